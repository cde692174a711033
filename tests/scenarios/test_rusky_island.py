"""The scenario of a second site, shortened: it has participants, they pay on its rails, and its cap holds."""

from pathlib import Path

import pytest

from sandbox.journal.kinds import Kind
from sandbox.journal.reader import JournalReader
from sandbox.scenario.load import load
from sandbox.simulation import simulate

#: Its runs serve the whole file.
pytestmark = pytest.mark.xdist_group("rusky-island")

SHORT = (
    "clock.start=2025-01-06",
    "clock.horizon=150d",
    "clock.warm_up=5d",
    "clock.cool_down=5d",
    "population.importers=120",
    "population.payments_per_business_day=25.0",
)


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> JournalReader:
    directory: Path = tmp_path_factory.mktemp("island")
    run = simulate(load("rusky-island", sets=SHORT), seed=1, directory=directory)
    assert run.status == "complete", run.violation
    return JournalReader(directory)


def _per_regime(reader: JournalReader, kind: Kind, what: str) -> dict[str, int]:
    rows = reader.sql(
        f"SELECT e.name, {what} FROM journal j JOIN entities e ON e.id = j.actor WHERE j.kind = {kind:d} GROUP BY 1"
    )
    return {str(name): int(value) for name, value in rows}


def test_both_sites_admit_and_authorise(reader: JournalReader) -> None:
    assert set(_per_regime(reader, Kind.ADMITTED, "count(*)")) == {"regulator", "regime/rusky"}
    assert _per_regime(reader, Kind.AUTHORISED, "count(*)")["regime/rusky"] >= 3


def test_the_island_keeps_to_its_cap(reader: JournalReader) -> None:
    used = _per_regime(reader, Kind.QUOTA_USED, "max(j.amount)")
    assert set(used) == {"regime/rusky"} and used["regime/rusky"] <= 10_000_000_00


def test_assets_are_for_the_island_alone(reader: JournalReader) -> None:
    regimes = reader.sql(
        "SELECT DISTINCT e.name FROM journal j JOIN entities e ON e.id = j.actor"
        " JOIN entities rail ON rail.id = j.object"
        f" WHERE j.kind = {Kind.AUTHORISED:d} AND rail.name IN ('rail/dfa', 'rail/btc') ORDER BY 1"
    )
    by_rail = reader.sql(
        "SELECT DISTINCT rail.name, e.name FROM journal j JOIN entities e ON e.id = j.actor"
        " JOIN entities rail ON rail.id = j.object"
        f" WHERE j.kind = {Kind.AUTHORISED:d} ORDER BY 1, 2"
    )
    assert ("rail/dfa", "regulator") not in by_rail
    assert ("rail/btc", "regime/rusky") not in by_rail
    assert regimes
