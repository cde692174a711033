"""The scenario of the frozen dealer: its freeze strikes, and it alone changes the run."""

from pathlib import Path

from sandbox.experiment.run_facts import facts_of
from sandbox.metrics import compute_all
from sandbox.scenario.load import load
from sandbox.simulation import simulate

SHORT = (
    "clock.start=2025-02-10",
    "clock.horizon=45d",
    "clock.warm_up=5d",
    "clock.cool_down=5d",
    "population.importers=40",
    "population.payments_per_business_day=15.0",
    "policy.opens=2025-02-10",
    "policy.application_desk=false",
)


def test_the_freeze_takes_tokens_and_the_rail_stands_still(tmp_path: Path) -> None:
    digests, frozen = [], []
    for name in ("elr-2024", "issuer-freeze"):
        loaded = load(name, sets=SHORT)
        run = simulate(loaded, seed=1, directory=tmp_path / name)
        assert run.status == "complete", run.violation
        measured = {each.metric.name: each for each in compute_all(tmp_path / name, facts_of(loaded))}
        digests.append(run.digest)
        frozen.append(measured["frozen_usd"].value)
    assert frozen[0] == 0 < frozen[1] and digests[0] != digests[1]
