"""The measuring scripts count rightly, and what they measure is an audited run. No time is asserted."""

import sys
from math import exp
from pathlib import Path

import pytest

from sandbox.journal import Records
from sandbox.journal.kinds import Kind
from sandbox.lifecycle import State
from sandbox.scenario.load import load
from sandbox.simulation import simulate

BENCH = Path(__file__).resolve().parents[2] / "bench"


@pytest.fixture(autouse=True)
def _scripts_can_be_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(BENCH))


def test_every_script_can_be_imported() -> None:
    import growth
    import ratios
    import run_all

    assert set(ratios.GOALS) <= set(ratios.CONTENDERS)
    assert growth.ELR.is_file()
    assert run_all.USDT_ONLY.is_file()


def test_the_exponent_is_the_power_that_time_grows_with() -> None:
    from growth import exponent
    from rounds import Result

    def took(payments: int, seconds: float) -> Result:
        return Result("x", payments, payments, seconds, 1.0, {})

    squares = [took(10, exp(1.0) * 100), took(20, exp(1.0) * 400), took(70, exp(1.0) * 4_900)]
    assert exponent(squares) == pytest.approx(2.0)
    assert exponent([took(10, 3.0), took(1_000, 3.0)]) == pytest.approx(0.0)


def test_the_best_round_counts_and_the_worst_is_told() -> None:
    from rounds import _best

    rounds = [
        {"name": "x", "payments": 4, "settled": 3, "cpu_seconds": seconds} for seconds in (3.0, 2.0, 5.0)
    ]
    best = _best(rounds)
    assert (best.cpu_seconds, best.spread, best.settled) == (2.0, 2.5, 3)
    assert best.microseconds == pytest.approx(500_000)


def test_a_contender_that_fails_stops_the_bench() -> None:
    from rounds import measured

    with pytest.raises(SystemExit, match="no such thing"):
        measured([sys.executable, "-c", "raise SystemExit('no such thing')"])


def test_the_bench_scenario_settles_nearly_everything_under_audit() -> None:
    loaded = load(str(BENCH / "usdt_only.yaml"), sets=["clock.horizon=30m"])
    credited: list[int] = []

    run = simulate(
        loaded,
        seed=1,
        tamper=lambda world: world.ground.journal.on_chunk.append(
            lambda rows, _: credited.append(
                int(((rows["kind"] == Kind.MOVED) & (rows["object"] == State.CREDITED)).sum())
            )
        ),
    )
    assert (run.status, run.audit) == ("complete", "passed")
    assert sum(credited) > 0.85 * run.payments > 800


def _credited(rows: Records) -> int:
    return int(((rows["kind"] == Kind.MOVED) & (rows["object"] == State.CREDITED)).sum())
