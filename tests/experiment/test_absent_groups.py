"""An arm without a rail moves nothing over it: a zero for counts and sums, a gap for times and shares."""

from sandbox.experiment.comparison import comparison_of
from sandbox.experiment.design import Arm, Design, Task
from sandbox.experiment.executor import Outcome


def measured(name: str, rail: str, value: float) -> dict[str, object]:
    return {
        "name": name,
        "by": {"rail": rail},
        "value": value,
        "unit": "USD",
        "n": 1,
        "reason": None,
        "family": "x",
    }


def test_sums_of_an_absent_rail_are_zero_and_times_are_not() -> None:
    base, other = Arm("without"), Arm("with")
    design = Design((base, other), 2, 1)
    outcomes = []
    for r in range(2):
        rows = [measured("throughput_usd_day", "agent", 10.0)]
        more = [
            measured("throughput_usd_day", "usdt", 5.0 + r),
            measured("settlement_time_p50", "usdt", 60.0),
        ]
        outcomes.append(Outcome(Task(base, r, 1), tuple(rows), ""))
        outcomes.append(Outcome(Task(other, r, 1), tuple(rows + more), ""))
    table = comparison_of(design, outcomes)
    value = table.row("throughput_usd_day", rail="usdt")
    assert value.baseline_mean is not None and value.baseline_mean.value == 0.0
    assert value.deltas[0].difference is not None and value.deltas[0].difference.value == 5.5
    assert table.row("settlement_time_p50", rail="usdt").deltas[0].difference is None
