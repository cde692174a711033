"""A further regime's own supervisor, and events that name a regime."""

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.actors.supervisor import Breach
from sandbox.journal.kinds import Kind
from sandbox.population import Importer
from sandbox.world import World
from tests.simulation.test_second_regime_events import by_regime, two_regimes

DAY = 86_400
#: Long enough for three periods of a fortnight; nearly no payment, since firms are what this is about.
QUIET: dict[str, Any] = {
    "clock": {"horizon": "70d"},
    "population": {"payments_per_business_day": 0.5},
}
WATCHED: dict[str, Any] = {"supervision": {"report_every": "14d"}}


def test_each_regime_is_reported_to_by_its_own_firms(observe: Callable[..., Any]) -> None:
    change = two_regimes(**WATCHED)
    change["policy"]["supervision"] = {"report_every": "20d"}
    seen = observe(**change, **QUIET)
    members = {
        name: {int(r["subject"]) for r in rows} for name, rows in by_regime(seen, Kind.ADMITTED).items()
    }
    due = by_regime(seen, Kind.REPORT_DUE)
    assert set(due) == {"regulator", "regime/island"}
    period = {"regulator": 20 * DAY, "regime/island": 14 * DAY}
    opened = {"regulator": 0, "regime/island": DAY}
    for name, rows in due.items():
        assert {int(row["subject"]) for row in rows} == members[name]
        assert all(int(row["time"]) == opened[name] + period[name] * int(row["amount"]) for row in rows)
    island = seen.entities.index("regime/island")
    for row in seen.of(Kind.REPORT_FILED):
        assert (int(row["object"]) == island) == (int(row["subject"]) in members["regime/island"])
        assert int(row["object"]) in (island, -1)


def test_without_levers_nobody_watches_the_further_regime(observe: Callable[..., Any]) -> None:
    change = two_regimes()
    change["policy"]["supervision"] = {}
    seen = observe(**change, **QUIET)
    assert set(by_regime(seen, Kind.REPORT_DUE)) == {"regulator"}
    assert set(by_regime(seen, Kind.INSPECTED)) <= {"regulator"}


def test_the_further_regimes_inspections_may_change_on_a_day(observe: Callable[..., Any]) -> None:
    """None before the day, many after it: the worlds' clocks begin on 3 March 2025."""

    def dated(rate: float) -> dict[str, Any]:
        return {"value": rate, "source": "test", "confidence": "D"}

    rates = {"values": {"2025-03-04": dated(0.0), "2025-04-01": dated(50.0)}}
    change = two_regimes(supervision={"inspections_per_year": rates})
    ended = [
        int(row["time"])
        for row in by_regime(observe(**change, **QUIET), Kind.INSPECTED)["regime/island"]
        if row["extra"] == Breach.NONE
    ]
    assert len(ended) > 5 and min(ended) > 29 * DAY


def test_a_watched_second_regime_leaves_the_first_as_it_was(observe: Callable[..., Any]) -> None:
    rows = []
    for site in ({}, WATCHED):
        change = two_regimes(**site)
        change["policy"]["supervision"] = {"inspections_per_year": 20.0}
        seen = observe(**change, **QUIET)
        rows.append(
            [(int(r["time"]), int(r["subject"])) for r in by_regime(seen, Kind.INSPECTED)["regulator"]]
        )
    assert rows[0] and rows[0] == rows[1]


def _strict(**site: Any) -> dict[str, Any]:
    """Every report is late, and every breach that is found costs the admission of the island's firms."""
    levers = {"report_every": "14d", "report_limit_business_days": 1, "revoke_probability": 1.0}
    parameters = {"regulator.report_delay_bd": 5}
    return two_regimes(supervision=levers, **site) | QUIET | {"parameters": parameters}


def test_late_reports_cost_the_admission_to_the_regime_they_are_owed_to(observe: Callable[..., Any]) -> None:
    seen = observe(**_strict())
    revoked = by_regime(seen, Kind.REVOKED)
    assert set(revoked) == {"regime/island"}
    for row in revoked["regime/island"]:
        assert row["extra"] == Breach.REPORTS
        inspected = [
            one for one in by_regime(seen, Kind.INSPECTED)["regime/island"] if one["time"] <= row["time"]
        ]
        assert any(one["subject"] == row["subject"] and one["amount"] == Breach.REPORTS for one in inspected)


def test_who_is_in_both_regimes_is_watched_by_both(observe: Callable[..., Any]) -> None:
    change = two_regimes(overlap="both", participants=10, **WATCHED)
    change["policy"]["supervision"] = {"report_every": "20d"}
    seen = observe(**change, **QUIET)
    firms = {
        name: {int(r["subject"]) for r in rows} for name, rows in by_regime(seen, Kind.REPORT_DUE).items()
    }
    assert len(firms["regulator"]) == 5 and firms["regulator"] < firms["regime/island"]
    periods = {int(r["amount"]) for r in by_regime(seen, Kind.REPORT_DUE)["regulator"]}
    assert periods == {1, 2, 3}, "the second admission does not end the first"


def test_a_wave_and_a_revocation_may_name_the_regime(observe: Callable[..., Any]) -> None:
    change = two_regimes(participants=2)
    change["timeline"] |= {
        "more": {"at": "2025-03-05", "kind": "admission_wave", "add": 2, "regime": "island"},
        "out": {"at": "2025-03-07", "kind": "revocation", "participant": 1, "regime": "island"},
    }
    seen = observe(**change)
    admitted = by_regime(seen, Kind.ADMITTED)
    assert len(admitted["regulator"]) == 5
    assert [int(row["amount"]) for row in admitted["regime/island"]] == [1, 1, 2, 2, 2]
    assert set(by_regime(seen, Kind.REVOKED)) == {"regime/island"}, "and its place goes to the next"
    [revoked] = by_regime(seen, Kind.REVOKED)["regime/island"]
    assert revoked["subject"] == admitted["regime/island"][0]["subject"]


# -- defects ----------------------------------------------------------------------------------------------


def _when_open(world: World, then: Callable[[Any], None]) -> None:
    """Do something to the island's regulator as soon as it exists."""
    regulators = world.regulators

    class Watched(list[Any]):
        def append(self, regulator: Any) -> None:
            super().append(regulator)
            then(regulator)

    world.regulators = Watched(regulators)


def without_inspection(world: World) -> None:
    """The island withdraws admissions for late reports that no inspection has found."""

    def hasty(regulator: Any) -> None:
        supervisor = regulator.supervisor
        supervisor._look = lambda firm, file: regulator.withdraw(firm, int(Breach.REPORTS))

    _when_open(world, hasty)


def on_the_word_of_the_other(world: World) -> None:
    """The first regime withdraws its admissions for what the island's inspectors found."""

    def lent(regulator: Any) -> None:
        first = world.regulator
        assert first is not None

        def withdraw(firm: Importer, breach: int) -> None:
            if first.has(firm.index):
                first.withdraw(firm, breach)

        regulator.supervisor._withdraw = withdraw

    _when_open(world, lent)


@pytest.mark.parametrize("defect", [without_inspection, on_the_word_of_the_other])
def test_a_defect_of_the_second_supervisor_is_caught(
    observe: Callable[..., Any], defect: Callable[[World], None]
) -> None:
    run = observe(tamper=defect, valid=False, **_strict(overlap="both", participants=10)).run
    assert run.audit == "A8", run.violation
