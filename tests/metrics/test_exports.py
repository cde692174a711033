"""The metrics of exports against plain sums over the journal of a small run."""

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest

from sandbox.journal.kinds import Kind
from sandbox.lifecycle import TERMINALS, State
from sandbox.metrics import BY_NAME, DelayTerms, RunFacts, compute_all
from sandbox.metrics.measured import Measured
from sandbox.scenario.load import load
from sandbox.simulation import simulate
from sandbox.world import Engines

NAMES = tuple(name for name, metric in BY_NAME.items() if metric.family == "exports")


def _run(folder: Path, exporters: dict[str, float] | None) -> Path:
    document: dict[str, Any] = {
        "schema": 1,
        "title": {"en": "Exports"},
        "question": {"en": "How long?"},
        "clock": {"start": "2025-03-03", "horizon": "20d", "warm_up": "0d", "cool_down": "0d"},
        "population": {"importers": 12, "payments_per_business_day": 12, "exporters": exporters},
        "rails": {"correspondent": {}},
        "policy": {"regime": False, "banks": 1},
        "timeline": {"pressure": {"at": "2025-03-03", "kind": "pressure", "level": 0.3}},
    }
    path = folder / "exports.yaml"
    path.write_text(json.dumps(document))
    done = simulate(load(str(path)), seed=2, engines=Engines("revm", "python"), directory=folder)
    assert done.status == "complete", done.violation
    return folder


def _measured(folder: Path) -> dict[str, Measured]:
    facts = RunFacts(horizon=20 * 86_400, warm_up=0, cool_down=0, business_days=(0,))
    measured = compute_all(folder, facts, [BY_NAME[name] for name in NAMES])
    return {each.name: each for each in measured if not each.by}


def test_exports_are_counted_apart_from_imports(tmp_path: Path) -> None:
    folder = _run(tmp_path, {"share": 0.5})
    rows = duckdb.sql(
        f"SELECT p.invoice_usd_cents, max(j.time) FILTER (j.object = {State.CREDITED:d}) - p.created"
        f" FROM '{folder}/payments.parquet' p JOIN '{folder}/journal.parquet' j USING (payment)"
        f" WHERE p.direction = 'export' AND j.kind = {Kind.MOVED:d} GROUP BY p.payment, 1, p.created"
    ).fetchall()
    credited = [(cents, seconds) for cents, seconds in rows if seconds is not None]
    measured = _measured(folder)
    assert credited and len(credited) < len(rows)
    assert measured["export_value_usd"].value == pytest.approx(sum(cents for cents, _ in credited) / 100)
    assert measured["export_share_credited"].value == pytest.approx(len(credited) / len(rows))
    times = sorted(seconds / 3_600 for _, seconds in credited)
    middle = (times[(len(times) - 1) // 2] + times[len(times) // 2]) / 2
    assert measured["export_time_p50"].value == pytest.approx(middle)
    assert measured["export_time_p95"].value >= middle
    # Bank fee and margin, with nothing lost on the way back.
    assert 0.5 < measured["export_cost_pct"].value < 3.0


def _by_direction(folder: Path) -> dict[tuple[str, str], Measured]:
    """(metric, direction) -> its value, for metrics told of a direction."""
    delay = DelayTerms(
        key_rate=((0, 16.0),),
        penalty_percent_per_day=0.1,
        penalty_cap_share=0.1,
        time_value_percent_per_day=0.8,
        passthrough=0.3,
    )
    facts = RunFacts(horizon=20 * 86_400, warm_up=0, cool_down=0, business_days=(0,), delay=delay)
    measured = compute_all(folder, facts)
    return {(each.name, each.by["direction"]): each for each in measured if "direction" in each.by}


def test_value_time_cost_and_failure_are_told_of_each_direction(tmp_path: Path) -> None:
    folder = _run(tmp_path, {"share": 0.5})
    rows = duckdb.sql(
        "SELECT p.direction, p.invoice_usd_cents,"
        f" max(j.time) FILTER (j.object = {State.CREDITED:d}) - p.created,"
        f" count(*) FILTER (j.object = {State.FAILED:d}),"
        f" count(*) FILTER (j.object = {State.IN_FLIGHT:d}), count(*) FILTER (j.object = {State.RETURNED:d}),"
        f" count(*) FILTER (j.object = {State.STOPPED:d})"
        f" FROM '{folder}/payments.parquet' p JOIN '{folder}/journal.parquet' j USING (payment)"
        f" WHERE j.kind = {Kind.MOVED:d} GROUP BY p.payment, 1, 2, p.created"
    ).fetchall()
    told = _by_direction(folder)
    for way in ("import", "export"):
        own = [row for row in rows if row[0] == way]
        credited = [row for row in own if row[2] is not None]
        failed = sum(row[3] for row in own)
        assert credited and any(row[5] for row in own)
        assert told["payments", way].value == len(own)
        assert told["value_credited_usd", way].value == pytest.approx(sum(row[1] for row in credited) / 100)
        mean = sum(row[2] for row in credited) / len(credited) / 3_600
        assert told["settlement_time_mean", way].value == pytest.approx(mean)
        assert told["fail_rate_n", way].value == pytest.approx(failed / (failed + len(credited)))
        assert told["return_rate", way].value == pytest.approx(
            sum(row[5] for row in own) / sum(row[4] for row in own)
        )
    exports = _measured(folder)
    for name, other in (
        ("export_time_p50", "settlement_time_p50"),
        ("export_time_p95", "settlement_time_p95"),
        ("export_value_usd", "value_credited_usd"),
        ("export_cost_pct", "cost_pct_charges"),
    ):
        assert exports[name].value == told[other, "export"].value
    assert told["cost_pct_all_in", "export"].value > told["cost_pct_charges", "export"].value


def test_endings_and_their_times_are_told_of_each_direction(tmp_path: Path) -> None:
    """A cumulative incidence lies between the share of all and the share of those seen to the end."""
    folder = _run(tmp_path, {"share": 0.5})
    facts = RunFacts(horizon=20 * 86_400, warm_up=0, cool_down=0, business_days=(0,))
    names = ("payments_by_ending", "time_cif", "fail_cif", "in_flight_value", "value_stopped_usd")
    measured = compute_all(folder, facts, [BY_NAME[name] for name in names])
    counted = {
        (each.by["ending"], each.by.get("direction", "")): each.value
        for each in measured
        if each.name == "payments_by_ending" and "rail" not in each.by
    }
    rows = duckdb.sql(
        "SELECT p.direction, arg_max(j.object, j.seq), max(j.time) - p.created"
        f" FROM '{folder}/payments.parquet' p JOIN '{folder}/journal.parquet' j USING (payment)"
        f" WHERE j.kind = {Kind.MOVED:d} GROUP BY p.payment, 1, p.created"
    ).fetchall()
    for way in ("import", "export"):
        own = [row for row in rows if row[0] == way]
        credited = [row for row in own if row[1] == State.CREDITED]
        assert counted["CREDITED", way] == len(credited) > 0
        assert sum(n or 0 for (_, of), n in counted.items() if of == way) == len(own)
        (soon,) = (
            each.value
            for each in measured
            if each.name == "time_cif"
            and dict(each.by) == {"ending": "CREDITED", "within_days": "1", "direction": way}
        )
        first_day = sum(row[2] <= 86_400 for row in credited)
        ended = sum(row[1] in TERMINALS for row in own)
        assert first_day / len(own) <= (soon or 0) <= first_day / ended
    assert sum(n or 0 for (_, of), n in counted.items() if not of) == len(rows)
    apart = {(each.name, each.by["direction"]) for each in measured if "direction" in each.by}
    assert {(name, way) for name in names for way in ("import", "export")} == apart


def test_without_exporters_no_direction_is_told_apart(tmp_path: Path) -> None:
    assert not _by_direction(_run(tmp_path, None))


def test_without_exporters_there_is_nothing_to_measure(tmp_path: Path) -> None:
    measured = _measured(_run(tmp_path, None))
    assert set(measured) == set(NAMES)
    assert all(each.value is None for each in measured.values())
