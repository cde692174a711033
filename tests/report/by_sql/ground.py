"""A run folder's raw tables in SQL, told apart anew: nothing here comes from the package that measures runs.

What a scenario declares (window, hours, terms) is read from the documents beside the journal.
"""

import json
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb

from sandbox.clock import RUSSIA, Clock, DeskHours
from sandbox.journal.kinds import Kind, Purpose
from sandbox.lifecycle import TERMINALS, State
from sandbox.money import Asset
from sandbox.rails import PROMISES

DAY = 86_400

#: What a payer is charged for a payment that goes through; the last two are losses on top.
FEES = ["SPREAD", "BANK_FEE", "NETWORK_FEE", "AGENT_FEE", "PLATFORM_FEE", "CORRESPONDENT_FEE", "OFFRAMP_FEE"]
LOSSES = ["RETURN_LOSS", "LOSS"]

_ENDED = ", ".join(f"({int(state)}, '{state.name}')" for state in TERMINALS)
_PURPOSES = ", ".join(f"({int(Purpose[name])}, '{name}', {name in FEES})" for name in FEES + LOSSES)
_ASSETS = ", ".join(
    f"({int(asset)}, '{asset.name}', {asset.scale},"
    f" {int(Asset.RUB if asset.name in ('DRUB', 'DFA') else asset)})"
    for asset in Asset
)
_REGIME = ", ".join(f"('{name}')" for name, promise in PROMISES.items() if promise.authorised)

_VIEWS = f"""
CREATE TABLE terminals AS SELECT * FROM (VALUES {_ENDED}) t(code, name);
CREATE TABLE charged_for AS SELECT * FROM (VALUES {_PURPOSES}) t(code, name, fee);
CREATE TABLE assets AS SELECT * FROM (VALUES {_ASSETS}) t(code, name, scale, priced_as);
CREATE TABLE regime_rails AS SELECT * FROM (VALUES {_REGIME}) t(rail);

-- linear between order statistics, from a sorted list
CREATE MACRO at_share(xs, q) AS
    xs[1 + floor((len(xs) - 1) * q)::BIGINT]
    + ((len(xs) - 1) * q - floor((len(xs) - 1) * q))
      * (xs[least(len(xs), 2 + floor((len(xs) - 1) * q)::BIGINT)] - xs[1 + floor((len(xs) - 1) * q)::BIGINT]);

CREATE TABLE j AS
    SELECT r.*, e.name AS who FROM journal r LEFT JOIN entities e ON e.id = r.actor;
CREATE TABLE moves AS SELECT seq, time, payment, object AS state, reason, amount AS attempt, extra AS rail
    FROM j WHERE kind = {Kind.MOVED:d};
CREATE TABLE acc AS
    SELECT a.account, a.asset, a.role, e.name AS owner, s.name AS coin, s.scale
    FROM accounts a LEFT JOIN entities e ON e.id = a.owner LEFT JOIN assets s ON s.code = a.asset;

-- every payment with its last state and its last rail
CREATE TABLE pay AS
WITH last_state AS (SELECT * FROM moves QUALIFY row_number() OVER (PARTITION BY payment ORDER BY seq DESC) = 1),
last_rail AS (
    SELECT m.payment, replace(e.name, 'rail/', '') AS rail FROM moves m JOIN entities e ON e.id = m.rail
    WHERE m.rail >= 0 QUALIFY row_number() OVER (PARTITION BY m.payment ORDER BY m.seq DESC) = 1)
SELECT p.payment, p.created, p.due, p.terms, p.category, p.country, p.prohibited, p.direction,
       p.invoice_usd_cents AS cents, i.name AS importer, b.name AS bank, coalesce(r.rail, 'none') AS rail,
       coalesce(t.name, 'CENSORED') AS ending, CASE WHEN t.name IS NOT NULL THEN s.time END AS ended,
       coalesce(s.attempt, 1) AS attempts,
       (SELECT min(time) FROM moves m WHERE m.payment = p.payment AND state = {State.IN_FLIGHT:d}) AS first_sent,
       (SELECT max(time) FROM moves m WHERE m.payment = p.payment AND state = {State.IN_FLIGHT:d}) AS last_sent,
       (SELECT max(time) FROM moves m WHERE m.payment = p.payment AND state = {State.SETTLED:d}) AS settled
FROM payments p LEFT JOIN last_state s USING (payment) LEFT JOIN last_rail r USING (payment)
LEFT JOIN terminals t ON t.code = s.state
JOIN entities i ON i.id = p.importer JOIN entities b ON b.id = p.bank;

CREATE VIEW coh AS SELECT * FROM pay, w WHERE created BETWEEN t0 AND t1 - 1;
CREATE VIEW credited AS SELECT *, ended - created AS took FROM coh WHERE ending = 'CREDITED';

-- dollars of one whole unit of an asset as a fraction, as last journalled before each posting or conversion
CREATE TABLE quoted AS
    SELECT seq, time, CASE WHEN object = {Asset.USD:d} THEN subject ELSE object END AS asset,
           CASE WHEN object = {Asset.USD:d} THEN amount ELSE 100000000 END::HUGEINT AS up,
           CASE WHEN object = {Asset.USD:d} THEN 100000000 ELSE amount END::HUGEINT AS down
    FROM j WHERE kind = {Kind.PRICE:d} AND {Asset.USD:d} IN (subject, object) AND subject <> object;
CREATE TABLE stretches AS
    SELECT asset, time AS since, lead(time, 1, 9223372036854775807) OVER (PARTITION BY asset ORDER BY seq) AS until,
           up / down AS dollars FROM quoted;
CREATE MACRO micro(units, coin, since) AS
    CASE WHEN coin = {Asset.USD:d} THEN units::HUGEINT * 10000 ELSE
    (SELECT (units::HUGEINT * q.up * 2000000 // (q.down * s.scale) + 1) // 2
     FROM assets s, quoted q WHERE s.code = coin AND q.asset = s.priced_as AND q.seq < since
     ORDER BY q.seq DESC LIMIT 1) END;
CREATE TABLE charged AS
    SELECT p.payment, u.name AS purpose, u.fee, sum(micro(p.amount, a.asset, p.seq)) AS micro
    FROM j p JOIN acc a ON a.account = p.subject JOIN charged_for u ON u.code = p.reason
    WHERE p.kind = {Kind.POSTED:d} AND p.payment >= 0 GROUP BY ALL;
CREATE VIEW charges_of AS SELECT payment, sum(micro) AS micro, coalesce(sum(micro) FILTER (fee), 0) AS fees
    FROM charged GROUP BY payment;
"""

#: Whether some firms sell abroad: only then is a direction of trade told apart.
_BOTH = "EXISTS (SELECT 1 FROM payments WHERE direction = 'export')"


def each(relation: str, where: str = "true", ways: bool = True) -> str:
    """Rows of a relation for the whole, again for their rail (``rg``) and again for their direction (``wg``)."""
    rows = f"SELECT * FROM {relation} WHERE {where}"
    told = f" UNION ALL SELECT *, NULL, direction FROM ({rows}) WHERE {_BOTH}" if ways else ""
    return (
        f"(SELECT *, NULL::VARCHAR AS rg, NULL::VARCHAR AS wg FROM ({rows})"
        f" UNION ALL SELECT *, rail, NULL FROM ({rows}){told})"
    )


def by_rail(
    value: str, relation: str = "coh", where: str = "true", *, n: str = "count(*)", ways: bool = True
) -> str:
    """A value of the whole, of each rail and of each direction of trade."""
    return (
        f"SELECT rg AS rail, wg AS direction, {value} AS value, {n} AS n"
        f" FROM {each(relation, where, ways)} GROUP BY rg, wg"
    )


class Ground:
    """One run folder's tables, and what its scenario declares, in one connection."""

    def __init__(self, folder: Path) -> None:
        documents = {
            name: json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
            for name in ("manifest", "scenario", "parameters")
        }
        scenario = documents["scenario"]
        self.scenario: Mapping[str, Any] = scenario.get("scenario", scenario)
        values = documents["parameters"]
        self.values = values["parameters"] if isinstance(values, dict) else values
        clock = documents["manifest"]["clock"]
        self.start = date.fromisoformat(clock["start"])
        self.horizon = int(clock["horizon"])
        self.t0, self.t1 = int(clock["warm_up"]), self.horizon - int(clock["cool_down"])
        self.sql = duckdb.connect(config={"threads": "1"})
        self.sql.execute("SET enable_progress_bar = false")
        for name in ("journal", "payments", "entities", "accounts"):
            self.sql.execute(f"CREATE TABLE {name} AS SELECT * FROM '{folder / name}.parquet'")
        self._declare()
        self.sql.execute(_VIEWS)

    def value(self, name: str) -> Any:
        """The first dated value of a parameter that the run lists."""
        return next(each["value"] for each in self.values if each["name"] == name)

    def _declare(self) -> None:
        sql, clock = self.sql, Clock(self.start)
        sql.execute(f"CREATE TABLE w AS SELECT {self.t0} AS t0, {self.t1} AS t1, {self.horizon} AS horizon")
        days = [
            n * DAY
            for n in range(-(-self.horizon // DAY))
            if RUSSIA.is_business_day(self.start + timedelta(days=n))
        ]
        sql.execute("CREATE TABLE bd AS SELECT unnest(?) AS begins", [days])
        rates = [
            (clock.second(date.fromisoformat(each["date_in_force"])), each["value"])
            for each in self.values
            if each["name"] == "macro.key_rate"
        ]
        sql.execute("CREATE TABLE rates (since BIGINT, percent DOUBLE)")
        sql.executemany("INSERT INTO rates VALUES (?, ?)", rates)
        hours = self.value("hours.desks")
        office = DeskHours(clock, RUSSIA, int(hours["opens"]), int(hours["closes"]))
        always = self.scenario["population"]["hours"] == "always"
        sql.execute("CREATE TABLE hours (desk VARCHAR, seconds BIGINT)")
        for desk in ("applications",) if always else ("applications", "kyc", "aml", "orders"):
            sql.execute("INSERT INTO hours VALUES (?, ?)", [desk, office.working_seconds(self.t0, self.t1)])
        sql.execute("CREATE TABLE disclosed (rail VARCHAR, share DOUBLE)")
        sql.executemany(
            "INSERT INTO disclosed VALUES (?, ?)", list(self.value("transparency.disclosed").items())
        )
