"""Every table and sentence of a run's report: what its cells must be, from SQL on the raw tables.

Words and units are those of the report; numbers are recomputed. A table that is not named here has no SQL.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sandbox.clock import Clock
from sandbox.journal.kinds import Kind
from sandbox.money import Asset
from sandbox.report.wording import (
    desk_label,
    measured,
    metric_title,
    millions,
    number,
    percent,
    rail_label,
    rough_span,
    say,
    span,
)
from tests.report.by_sql.ground import DAY, Ground
from tests.report.by_sql.registry import Values, recomputed

Row = tuple[str, ...]

#: In the order in which a report names them.
_ENDINGS = ("CREDITED", "CANCELLED", "CENSORED", "FAILED", "STOPPED", "LOST")


@dataclass
class Retold:
    """One run's numbers by SQL, each metric asked for once."""

    ground: Ground
    units: Mapping[str, str]
    """Metric -> unit, as the report states it."""
    _values: dict[str, Values] = field(default_factory=dict)

    def values(self, name: str) -> Values:
        """A metric's values by group."""
        if name not in self._values:
            self._values[name] = recomputed(self.ground, name)
        return self._values[name]

    def value(self, name: str, *by: tuple[str, str]) -> float | None:
        """One value; None where there is none."""
        return self.values(name).get(tuple(sorted(by)), (None, 0))[0]

    def text(self, name: str, *by: tuple[str, str]) -> str:
        """The value as a report writes it."""
        value = self.value(name, *by)
        return measured(_whole(value), self.units[name])

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        return self.ground.sql.execute(sql).fetchall()


def _whole(value: float | None) -> float | int | None:
    return int(value) if value is not None and value.is_integer() else value


def _of_rail(name: str) -> str:
    return rail_label("" if name == "none" else name)


def _ways(told: Retold) -> list[str]:
    if not told.rows("SELECT 1 FROM payments WHERE direction = 'export' LIMIT 1"):
        return []
    return [way for (way,) in told.rows("SELECT DISTINCT direction FROM coh ORDER BY 1")]


def metrics_table(told: Retold, headings: Sequence[str]) -> set[Row]:
    """Title, value and sample of every metric that has a value."""
    assert len(headings) == 3
    return {
        (metric_title(name, by), measured(_whole(value), told.units[name]), number(n))
        for name in told.units
        for by, (value, n) in told.values(name).items()
        if value is not None
    }


def policy(told: Retold, headings: Sequence[str]) -> set[Row]:
    """One row a rail, a direction and the whole; the headings say which metrics."""
    names = [next(name for name in told.units if say(f"column.{name}") == head) for head in headings[1:]]
    groups: dict[str, tuple[tuple[str, str], ...]] = {
        _of_rail(rail): (("rail", rail),) for (rail,) in told.rows("SELECT DISTINCT rail FROM coh")
    }
    groups |= {say(f"direction.{way}"): (("direction", way),) for way in _ways(told)}
    groups[say("table.all_rails")] = ()
    return {(label, *(told.text(name, *by) for name in names)) for label, by in groups.items()}


def settlement_times(told: Retold, headings: Sequence[str]) -> set[Row]:
    """Payments, credits and quantiles by rail."""
    shares = [int(re.sub(r"\D", "", head)) / 100 for head in headings[3:]]
    asked = ", ".join(
        f"at_share(list_sort(list(ended - created) FILTER (ending = 'CREDITED')), {q})" for q in shares
    )
    return {
        (_of_rail(rail), number(n), number(good), *("–" if x is None else rough_span(x) for x in times))
        for rail, n, good, *times in told.rows(
            f"SELECT rail, count(*), count(*) FILTER (ending = 'CREDITED'), {asked} FROM coh GROUP BY rail"
        )
    }


def value_flow(told: Retold, headings: Sequence[str]) -> set[Row]:
    """Payments and value by goods, rail and ending."""
    assert len(headings) == 5
    return {
        (say(f"category.{goods}"), _of_rail(rail), say(f"ending.{ending}"), number(n), millions(int(cents)))
        for goods, rail, ending, n, cents in told.rows(
            "SELECT category, rail, ending, count(*), sum(cents) FROM coh GROUP BY ALL"
        )
    }


def endings(told: Retold, headings: Sequence[str]) -> set[Row]:
    """Counts and shares by rail and, where there are both, by direction of trade."""
    counts: dict[str, dict[str, int]] = {}
    queries = [("rail", _of_rail)]
    if _ways(told):
        queries.append(("direction", lambda way: say(f"direction.{way}")))
    for column, label in queries:
        for group, ending, n in told.rows(f"SELECT {column}, ending, count(*) FROM coh GROUP BY ALL"):
            counts.setdefault(label(group), {})[ending] = n
    there = [ending for ending in _ENDINGS if any(ending in each for each in counts.values())]
    assert list(headings[2:]) == [say(f"ending.{ending}") for ending in there]
    return {
        (label, number(sum(of.values())), *(_share(of.get(each, 0), sum(of.values())) for each in there))
        for label, of in counts.items()
    }


def _share(part: int, whole: int) -> str:
    return f"{number(part)} ({percent(part / whole)})"


def incidence(told: Retold, headings: Sequence[str]) -> set[Row]:
    """Cumulative incidence of the endings that occur, of the whole and of each direction."""
    days = [re.sub(r"\D", "", head) for head in headings[1:]]
    rows = set()
    for way in ("", *_ways(told)):
        of = (("direction", way),) if way else ()
        where = f"direction = '{way}'" if way else "true"
        for (ending,) in told.rows(f"SELECT DISTINCT ending FROM coh WHERE ending <> 'CENSORED' AND {where}"):
            cells = [
                percent(told.value("time_cif", ("ending", ending), ("within_days", each), *of))
                for each in days
            ]
            name = say(f"ending.{ending}")
            rows.add((f"{name}, {say(f'direction.{way}')}" if way else name, *cells))
    return rows


def corridor(told: Retold, headings: Sequence[str]) -> set[Row]:
    """Payments, credits, value and median time by country and rail."""
    assert len(headings) == 6
    return {
        (
            say(f"country.{country}"),
            _of_rail(rail),
            number(n),
            number(good),
            millions(int(cents)),
            "–" if median is None else rough_span(median),
        )
        for country, rail, n, good, cents, median in told.rows(
            "SELECT country, rail, count(*), count(*) FILTER (ending = 'CREDITED'), sum(cents),"
            " at_share(list_sort(list(ended - created) FILTER (ending = 'CREDITED')), 0.5) FROM coh GROUP BY ALL"
        )
    }


def _stretch(told: Retold) -> int:
    """Seconds that one point of a line stands for: the smallest size that keeps it to 400 points."""
    sizes = [size for size in (60, 300, 900, 3_600, 21_600, DAY) if told.ground.horizon <= 400 * size]
    return sizes[0] if sizes else DAY * -(-told.ground.horizon // (400 * DAY))


def _line(told: Retold, steps: str, extreme: str, shown: Sequence[str]) -> list[float]:
    """The extreme level of the stretches that end at these moments; ``steps`` has seq, second and step."""
    clock, size = Clock(told.ground.start), _stretch(told)
    ends = {
        clock.text(min(end, told.ground.horizon))[:16].replace("T", " "): end
        for end in range(size, told.ground.horizon + size, size)
    }
    # Only what stands at the end of a second counts: who comes and starts within it has not waited.
    told.ground.sql.execute(
        f"CREATE OR REPLACE TEMP TABLE line AS"
        " SELECT second, level, lead(second, 1, 9223372036854775807) OVER (ORDER BY second) AS until FROM ("
        "SELECT second, seq, level FROM ("
        f"SELECT second, seq, sum(step) OVER (ORDER BY seq) AS level FROM ({steps}))"
        " QUALIFY row_number() OVER (PARTITION BY second ORDER BY seq DESC) = 1)"
    )
    chosen = ", ".join(f"({place}, {ends[moment]})" for place, moment in enumerate(shown))
    return [
        level or 0
        for (level,) in told.rows(
            f"SELECT {extreme}(l.level) FROM (VALUES {chosen}) c(place, stop) LEFT JOIN line l"
            f" ON l.second < c.stop AND l.until > c.stop - {size} GROUP BY place ORDER BY place"
        )
    ]


def _lines(columns: Mapping[str, list[str]], shown: Sequence[str], headings: Sequence[str]) -> set[Row]:
    assert set(headings[1:]) == set(columns)
    return {(moment, *(columns[head][place] for head in headings[1:])) for place, moment in enumerate(shown)}


def queues(told: Retold, headings: Sequence[str], shown: Sequence[str]) -> set[Row]:
    """How many waited at each desk, at most, in the stretch that ends at each moment."""
    columns = {}
    for (desk,) in told.rows(f"SELECT DISTINCT who FROM j WHERE kind = {Kind.DESK_ENTERED:d}"):
        steps = (
            f"SELECT seq, time AS second, CASE kind WHEN {Kind.DESK_ENTERED:d} THEN 1 ELSE -1 END AS step FROM j"
            f" WHERE who = '{desk}' AND kind IN ({Kind.DESK_ENTERED:d}, {Kind.DESK_STARTED:d})"
        )
        columns[desk_label(desk)] = [number(int(level)) for level in _line(told, steps, "max", shown)]
    return _lines(columns, shown, headings)


def balances(told: Retold, headings: Sequence[str], shown: Sequence[str]) -> set[Row]:
    """What banks held abroad and dealers in stock, at least, in the stretch that ends at each moment."""
    columns = {}
    for account, owner, asset in told.rows(
        "SELECT account, owner, asset FROM acc WHERE role IN ('inventory', 'nostro') AND owner <> 'exchange'"
    ):
        steps = (
            f"SELECT seq, time AS second, CASE object WHEN {account} THEN amount ELSE -amount END AS step FROM j"
            f" WHERE kind = {Kind.POSTED:d} AND {account} IN (subject, object)"
        )
        if len(told.rows(steps)) > 1:
            scale = Asset(asset).scale
            levels = [number(float(level) / scale) for level in _line(told, steps, "min", shown)]
            columns[f"{desk_label(owner)}, {Asset(asset).name}"] = levels
    return _lines(columns, shown, headings)


def chain(name: str) -> Callable[[Retold, Sequence[str]], set[Row]]:
    """Blocks, transactions and waits of one chain by month."""

    def retold(told: Retold, headings: Sequence[str]) -> set[Row]:
        assert len(headings) == 6
        clock, size, chain_name = Clock(told.ground.start), _stretch(told), name.replace("-", "/", 1)
        own = f"who = '{chain_name}'"
        months: dict[str, list[tuple[str, int]]] = {}
        for kind, second, wait in told.rows(
            f"SELECT 'block', time // {size} * {size}, 0 FROM j WHERE {own} AND kind = {Kind.BLOCK:d}"
            f" UNION ALL SELECT 'in', time // {size} * {size}, 0 FROM j WHERE {own} AND kind = {Kind.INCLUDED:d}"
            f" UNION ALL SELECT 'turn', time, 0 FROM j WHERE {own} AND kind = {Kind.REORG:d}"
            f" UNION ALL SELECT 'wait', i.time, max(f.time) - i.time FROM"
            f" (SELECT extra, min(time) AS time FROM j WHERE {own} AND kind = {Kind.INCLUDED:d} GROUP BY extra) i"
            f" JOIN j f ON f.{own} AND f.kind = {Kind.FINAL:d} AND f.extra = i.extra GROUP BY i.time, i.extra"
        ):
            months.setdefault(clock.text(second)[:7], []).append((kind, wait))
        rows = set()
        for month, events in months.items():
            kinds = [kind for kind, _ in events]
            waits = sorted(wait for kind, wait in events if kind == "wait")
            times = ("–", "–")
            if waits:
                middle = (waits[(len(waits) - 1) // 2] + waits[len(waits) // 2]) / 2
                times = (rough_span(middle), rough_span(waits[-1]))
            counts = [number(kinds.count(kind)) for kind in ("block", "in", "turn")]
            rows.add((month, counts[0], counts[1], *times, counts[2]))
        return rows

    return retold


def gantt(told: Retold, payment: int) -> list[tuple[str, str, str]]:
    """State, entry and length of each stay of one payment that took time."""
    clock = Clock(told.ground.start)
    return [
        (state, clock.text(entered)[:19].replace("T", " "), span(left - entered))
        for state, entered, left in told.rows(
            "SELECT state, time, lead(time, 1, CASE WHEN t.name IS NULL THEN horizon ELSE time END) OVER (ORDER BY seq)"
            f" FROM moves LEFT JOIN terminals t ON t.code = state, w WHERE payment = {payment} ORDER BY seq"
        )
        if left > entered
    ]


#: Table -> its rows by SQL; the charts of chains are found by their names.
TABLES: Mapping[str, Callable[[Retold, Sequence[str]], set[Row]]] = {
    "policy": policy,
    "settlement-times": settlement_times,
    "incidence": incidence,
    "value-flow": value_flow,
    "endings": endings,
    "corridor": corridor,
}
LINES = {"queues": queues, "balances": balances}
#: Subsets of all metrics, row by row.
METRICS = ("cost", "enforcement", "all-metrics")
#: What the scenario and its parameters say; not of the journal.
DECLARED = ("timeline", "assumptions")


def sentence_numbers(told: Retold) -> set[str]:
    """Whatever number the answer in words may name: counts, shares, times, costs, values as they are written."""
    texts = {
        number(n)
        for (n,) in told.rows("SELECT count(*) FROM coh GROUP BY ending UNION ALL SELECT count(*) FROM coh")
    }
    texts |= {
        percent(x)
        for (x,) in told.rows("SELECT count(*) / (SELECT count(*) FROM coh) FROM coh GROUP BY ending")
    }
    total = told.value("throughput_usd_day") or 1
    for name in (
        "settlement_time_p50",
        "cost_pct_all_in",
        "cost_pct_charges",
        "cost_pct_fsb",
        "throughput_usd_day",
        "aml_recall",
    ):
        for by in told.values(name):
            texts.add(told.text(name, *by))
            if name == "throughput_usd_day":
                texts.add(percent((told.value(name, *by) or 0) / total))
    return texts
