"""The scenario of the exporters, shortened: they are credited on all their rails, the regime's is the quicker."""

from pathlib import Path
from statistics import median

from sandbox.journal.kinds import Kind
from sandbox.journal.reader import JournalReader
from sandbox.lifecycle import State
from sandbox.scenario.load import load
from sandbox.simulation import simulate

SHORT = (
    "clock.start=2025-01-06",
    "clock.horizon=90d",
    "clock.warm_up=5d",
    "clock.cool_down=5d",
    "population.importers=60",
    "population.payments_per_business_day=15.0",
    "policy.application_desk=false",
    "policy.participants.initial=40",
)


def test_the_regime_is_the_quicker_way_for_exporters(tmp_path: Path) -> None:
    run = simulate(load("exporters", sets=SHORT), seed=1, directory=tmp_path)
    assert run.status == "complete", run.violation
    credited: dict[str, list[int]] = {}
    for rail, seconds in JournalReader(tmp_path).sql(
        "SELECT e.name, j.time - p.created FROM journal j JOIN payments p USING (payment)"
        " JOIN entities e ON e.id = j.extra"
        f" WHERE j.kind = {Kind.MOVED:d} AND j.object = {State.CREDITED:d} AND p.direction = 'export'"
    ):
        credited.setdefault(str(rail), []).append(int(seconds))
    assert set(credited) == {"rail/correspondent", "rail/agent", "rail/usdt"}
    assert median(credited["rail/usdt"]) < median(credited["rail/agent"])
    assert median(credited["rail/usdt"]) < median(credited["rail/correspondent"])
