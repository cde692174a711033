"""Every count, sum, share and quantile that a run's report shows is the journal's, by SQL of its own.

A number that has no SQL in ``by_sql`` fails, so that none can be added to a report unproved.
"""

import re
import shutil
from collections.abc import Callable, Collection
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pytest

from sandbox.experiment.record import Origin, record
from sandbox.journal.kinds import Kind, Purpose
from sandbox.lifecycle import State
from sandbox.report.assemble import run_page
from sandbox.report.twins import document
from sandbox.report.wording import number, say
from sandbox.scenario.load import load
from sandbox.world import Engines
from tests.report.by_sql import shown
from tests.report.by_sql.ground import Ground
from tests.report.by_sql.registry import BY_FORMULA, SQL
from tests.report.by_sql.shown import Retold


def _event(name: str, **fields: str) -> tuple[str, ...]:
    """A dated event as single values."""
    return tuple(f"timeline.{name}.{field}={value}" for field, value in fields.items())


#: Shortened worlds: five rails, where much goes wrong; firms that sell and buy, with goods; a second regime.
WORLDS = {
    "classroom": (
        "clock.horizon=24d", "clock.warm_up=3d", "clock.cool_down=3d",
        "policy.cap_rule=wait", 'policy.monthly_cap="12000000"', "rails.btc.source=mined",
        *_event("mine", at="2025-03-03", kind="mining_capacity", operator="regional", sites="2"),
        *_event("freeze", at="2025-03-11T12:00", kind="freeze", holder="dealer", by="holdings", delayed="true"),
        *_event("selloff", at="2025-03-14T11:00", kind="market_regime", btc_jump="-0.35", usdt_depeg="0.05"),
    ),
    "exporters": (
        "clock.start=2025-01-06", "clock.horizon=35d", "clock.warm_up=5d", "clock.cool_down=5d",
        "population.importers=60", "population.payments_per_business_day=12.0",
    ),
    "rusky-island": (
        "clock.start=2025-01-06", "clock.horizon=90d", "clock.warm_up=5d", "clock.cool_down=5d",
        "population.importers=60", "population.payments_per_business_day=7.0",
    ),
}  # fmt: skip


class Told:
    """A run, what its report says of it, and its numbers by SQL."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.report: dict[str, Any] = document(run_page(folder))
        units = {each["name"]: each["unit"] for each in self.report["measurements"]}
        self.retold = Retold(Ground(folder), units)


@pytest.fixture(scope="module")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Told]:
    """Each world by its name, run when it is first asked for."""
    return cache(lambda name: _made(name, tmp_path_factory.mktemp(name)))


@pytest.fixture(params=sorted(WORLDS))
def told(request: pytest.FixtureRequest, worlds: Callable[[str], Told]) -> Told:
    return worlds(request.param)


def _made(name: str, folder: Path) -> Told:
    recorded = record(
        load(name, sets=WORLDS[name]),
        Origin(name, name, WORLDS[name]),
        folder,
        seed=1,
        engines=Engines("revm", "python"),
    )
    assert not recorded.violation
    return Told(folder)


def _published(report: dict[str, Any]) -> dict[str, dict[Any, tuple[float | None, int]]]:
    found: dict[str, dict[Any, tuple[float | None, int]]] = {}
    for each in report["measurements"]:
        group = tuple(sorted((key, str(value)) for key, value in each["by"].items()))
        found.setdefault(each["name"], {})[group] = (each["value"], each["n"])
    return found


def _same(stated: float | None, found: float | None) -> bool:
    if stated is None or found is None:
        return stated is found
    return bool(stated == pytest.approx(found, rel=1e-9, abs=1e-12))


def _differing(report: dict[str, Any], retold: Retold, asked: Collection[str] = ()) -> list[str]:
    """Metrics (all, or those asked for) of which any value or sample is not what SQL says."""
    wrong = []
    for name, published in _published(report).items():
        if asked and name not in asked:
            continue
        own = retold.values(name)
        for group in published.keys() | own.keys():
            stated, found = published.get(group, (None, 0)), own.get(group, (None, 0))
            if stated[1] != found[1] or not _same(stated[0], found[0]):
                wrong.append(name)
                break
    return wrong


def test_every_measurement_is_the_journals(told: Told) -> None:
    assert _published(told.report).keys() == SQL.keys() | BY_FORMULA.keys()
    assert _differing(told.report, told.retold) == []


def test_every_cell_of_every_table_is_the_journals(told: Told) -> None:
    retold, tables = told.retold, told.report["tables"]
    of_metrics = shown.metrics_table(retold, ("", "", ""))
    for name, table in tables.items():
        heads, rows = table["headings"], [tuple(row) for row in table["rows"]]
        if name in shown.TABLES:
            assert set(rows) == shown.TABLES[name](retold, heads), name
        elif name in shown.LINES:
            assert set(rows) == shown.LINES[name](retold, heads, [row[0] for row in rows]), name
        elif name.startswith("chain-"):
            assert set(rows) == shown.chain(name)(retold, heads), name
        elif name in shown.METRICS:
            assert {row for row in rows if not row[1].startswith("– (")} <= of_metrics, name
        else:
            assert name in (*shown.DECLARED, "gantt", "stress"), f"the table {name} has no SQL"
        assert len(rows) == len(set(rows)), name


def test_the_example_took_as_long_as_its_moves_say(told: Told) -> None:
    table = told.report["tables"]["gantt"]
    (payment,) = re.findall(r"P-(\d+)", table["title"])
    stays = shown.gantt(told.retold, int(payment))
    states = {state.value: say(f"state.{state.name}") for state in State}
    assert [tuple(row[:3]) for row in table["rows"]] == [
        (states[int(state)], entered, took) for state, entered, took in stays
    ]


def test_every_number_of_the_answer_is_the_journals(told: Told) -> None:
    allowed = shown.sentence_numbers(told.retold)
    for sentence in told.report["answer"]:
        left = sentence
        for text in sorted(allowed, key=len, reverse=True):
            left = left.replace(text, "")
        assert not re.search(r"\d", left), (sentence, left)


def test_what_the_method_and_the_checklist_count_is_counted(told: Told) -> None:
    ((records,),) = told.retold.rows("SELECT count(*) FROM journal")
    ((entities,),) = told.retold.rows("SELECT count(*) FROM entities")
    assert told.report["method"][say("row.records")] == number(records)
    answers = " ".join(row[2] for row in told.report["tables"]["stress"]["rows"])
    assert number(records) in answers and number(entities) in answers


def _last(change: str, kind: Kind, which: str) -> str:
    """Change the last record of a kind in three weeks, of an order made after the warm-up: in the window."""
    chosen = f'SELECT max(seq) FROM journal WHERE kind = {kind:d} AND {which} AND "time" < 1728000 AND payment > 150'
    return f"UPDATE journal SET {change} WHERE seq = ({chosen})"


_CREDIT = f"object = {State.CREDITED:d}"

#: A row of the journal altered, some metrics that must then differ, and some that must not.
ALTERED = {
    "a credit a day later": (
        _last('"time" = "time" + 86400', Kind.MOVED, _CREDIT),
        {"settlement_time_mean", "leg_beneficiary_mean", "delay_indicator"},
        {"payments", "payments_by_ending", "cost_pct_charges", "desk_wait_mean", "aml_alert_rate"},
    ),
    "an ending changed": (
        _last(f"object = {State.FAILED:d}", Kind.MOVED, _CREDIT),
        {"payments_by_ending", "fail_rate_n", "value_credited_usd", "time_cif", "fail_cif", "hhi_value"},
        {"payments", "aml_alert_rate", "desk_wait_mean", "nostro_peak_use"},
    ),
    "a fee of one rouble more": (
        _last("amount = amount + 100", Kind.POSTED, f"reason = {Purpose.AGENT_FEE:d}"),
        {"cost_pct_charges", "cost_pct_all_in", "cost_pct_item"},
        {"payments", "settlement_time_p50", "throughput_usd_day", "desk_wait_mean"},
    ),
    "an alert silenced": (
        _last("amount = 0", Kind.SCREENED, "amount = 1"),
        {"aml_alert_rate", "aml_fdr"},
        {"payments", "settlement_time_p50", "cost_pct_charges"},
    ),
}


@pytest.mark.parametrize("name", sorted(ALTERED))
def test_one_altered_row_shows_in_the_numbers_concerned_alone(
    worlds: Callable[[str], Told], name: str, tmp_path: Path
) -> None:
    classroom = worlds("classroom")
    statement, concerned, untouched = ALTERED[name]
    copied = tmp_path / "copied"
    shutil.copytree(classroom.folder, copied)
    connection = duckdb.connect()
    connection.execute(f"CREATE TABLE journal AS SELECT * FROM '{copied / 'journal.parquet'}'")
    ((changed,),) = connection.execute(statement).fetchall()
    assert changed == 1
    connection.execute(f"COPY journal TO '{copied / 'journal.parquet'}' (FORMAT parquet)")
    retold = Retold(Ground(copied), classroom.retold.units)
    assert set(_differing(classroom.report, retold, concerned | untouched)) == concerned
