"""The digital ruble's two readings, shortened: each opens on its day, and the bridge brings its use."""

from pathlib import Path

import pytest

from sandbox.journal.reader import JournalReader
from sandbox.scenario.load import load
from sandbox.simulation import simulate

SMALL = (
    "clock.warm_up=5d",
    "clock.cool_down=5d",
    "population.importers=60",
    "population.payments_per_business_day=40.0",
)


def _paid(name: str, folder: Path, start: str, days: int) -> dict[str, int]:
    """Days from the start of the first payment credited in digital rubles, and how many there were."""
    sets = (*SMALL, f"clock.start={start}", f"clock.horizon={days}d")
    run = simulate(load(name, sets=sets), seed=1, directory=folder)
    assert run.status == "complete", run.violation
    with JournalReader(folder) as reader:
        ((first, count),) = reader.sql(
            "SELECT coalesce(min(time) // 86400, -1)::BIGINT, count(*)::BIGINT FROM transitions"
            " WHERE state_entered = 'CREDITED' AND rail = 'rail/digital_ruble'"
        )
    return {"first": first, "count": count}


@pytest.mark.parametrize(
    ("name", "start", "opens"),
    [("digital-ruble", "2026-12-01", 0), ("digital-ruble-2025", "2024-12-16", 16)],
)
def test_it_is_used_from_its_day_on(tmp_path: Path, name: str, start: str, opens: int) -> None:
    seen = _paid(name, tmp_path, start, 46)
    assert seen["count"] > 0 and seen["first"] >= opens


def test_the_actual_schedule_has_nothing_in_2025(tmp_path: Path) -> None:
    assert _paid("digital-ruble", tmp_path, "2024-12-16", 30)["count"] == 0


def test_the_bridge_multiplies_its_use(tmp_path: Path) -> None:
    """Acceptance of 2% before, 30% after: neither fee nor speed has changed for the better."""
    before = _paid("digital-ruble", tmp_path / "before", "2026-11-02", 30)["count"]
    after = _paid("digital-ruble", tmp_path / "after", "2027-02-01", 30)["count"]
    assert after > 5 * max(1, before)
