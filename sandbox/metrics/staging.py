"""The tables every metric's SQL may ask, made from a run folder in a few passes over its journal.

All sums are of integers. Money of any asset becomes millionths of a US dollar (``micro_usd``) at the PRICE
row in force, that is the last one before the posting in journal order; halves round up. The digital rouble
and a claim on a rouble are worth one rouble. The texts below are published with the metrics: running them in
order on the Parquet files, after :func:`declare` has written the run's facts, gives the same tables in any SQL
engine of the kind.
"""

import re
from collections.abc import Iterable
from pathlib import Path

import duckdb

from sandbox.journal.kinds import Kind, Purpose
from sandbox.lifecycle import TERMINALS, State
from sandbox.metrics.facts import RunFacts
from sandbox.money import Asset

#: Charges that the originator pays for a payment that goes through: fees and the margin on conversions.
FSB_CHARGES = (
    Purpose.SPREAD,
    Purpose.BANK_FEE,
    Purpose.NETWORK_FEE,
    Purpose.AGENT_FEE,
    Purpose.PLATFORM_FEE,
    Purpose.CORRESPONDENT_FEE,
    Purpose.OFFRAMP_FEE,
)
#: All posted charges: losses on the way back and money written off come on top.
CHARGES = (*FSB_CHARGES, Purpose.RETURN_LOSS, Purpose.LOSS)

_PAYMENT_COLUMNS = (
    "payment BIGINT, created BIGINT, importer BIGINT, bank BIGINT, country VARCHAR, category VARCHAR, "
    "terms VARCHAR, invoice_usd_cents BIGINT, due BIGINT, prohibited BOOLEAN, direction VARCHAR"
)

#: Characters that a file name may have and that DuckDB would take for a pattern.
_WILD = re.compile(r"[\[*?]")

_FILES = ("journal", "payments", "entities", "accounts")

_ENDINGS = "\n".join(
    f"           WHEN {state:d} THEN '{state.name}'"
    for state in sorted(TERMINALS, key=lambda state: state.value)
)

#: The whole cohort, each rail and, where firms sell abroad, each direction of trade.
EACH_WAY = """GROUP BY GROUPING SETS ((), (rail), (direction))
HAVING direction IS NULL OR (SELECT told FROM both_ways)"""

#: Table -> the SQL that makes it, in the order in which they are made.
STAGING: dict[str, str] = {
    "lives": f"""
-- one row a payment: where it stands, when it last reached each turning point
SELECT payment, max(amount) AS attempts,
       arg_max(object, seq) AS last_state, arg_max(time, seq) AS last_moved,
       arg_max(extra, seq) FILTER (extra >= 0) AS rail_entity,
       min(time) FILTER (object = {State.IN_FLIGHT:d}) AS first_sent,
       max(time) FILTER (object = {State.IN_FLIGHT:d}) AS last_sent,
       max(time) FILTER (object = {State.SETTLED:d}) AS settled,
       count(*) FILTER (object = {State.IN_FLIGHT:d}) AS times_sent,
       count(*) FILTER (object = {State.RETURNED:d}) AS times_returned,
       count(*) FILTER (object = {State.CONVERSION:d}) AS conversions,
       count(*) FILTER (object = {State.DEALER_WAIT:d}) AS stockouts,
       count(*) FILTER (object = {State.QUOTA_WAIT:d}) AS quota_waits
FROM journal WHERE kind = {Kind.MOVED:d} GROUP BY payment""",
    "orders": f"""
-- one row a payment order, of any time; rail is that of its last attempt
SELECT p.payment, p.created, p.due, p.terms, p.category, p.country, p.prohibited, p.direction,
       p.invoice_usd_cents AS value_cents, importer.name AS importer, bank.name AS bank,
       coalesce(substr(rail.name, 6), 'none') AS rail,
       CASE l.last_state
{_ENDINGS}
           ELSE 'CENSORED' END AS ending,
       CASE WHEN ending <> 'CENSORED' THEN l.last_moved END AS ended,
       coalesce(ended, f.horizon) - p.created AS observed_seconds,
       CASE WHEN ending = 'CREDITED' THEN l.last_moved - p.created END AS settlement_seconds,
       l.first_sent, l.last_sent, l.settled, l.attempts, l.times_sent, l.times_returned,
       l.conversions, l.stockouts, l.quota_waits
FROM payments p
CROSS JOIN facts f
LEFT JOIN lives l USING (payment)
LEFT JOIN entities importer ON importer.id = p.importer
LEFT JOIN entities bank ON bank.id = p.bank
LEFT JOIN entities rail ON rail.id = l.rail_entity""",
    "cohort": """
-- orders created in the observed window, whatever became of them
SELECT o.* FROM orders o, facts f WHERE o.created >= f.observed_from AND o.created < f.observed_until""",
    "both_ways": """
-- whether some firms sell abroad: a direction of trade is then a group of its own
SELECT count(*) FILTER (direction = 'export') > 0 AS told FROM payments""",
    "correspondent_attempts": f"""
-- what became of each order's attempts over correspondent banks
SELECT j.payment, count(*) FILTER (j.object = {State.IN_FLIGHT:d}) AS sent,
       count(*) FILTER (j.object = {State.RETURNED:d}) AS returned
FROM journal j JOIN entities e ON e.id = j.extra
WHERE j.kind = {Kind.MOVED:d} AND j.object IN ({State.IN_FLIGHT:d}, {State.RETURNED:d})
  AND e.name = 'rail/correspondent'
GROUP BY j.payment""",
    "prices": f"""
-- micro_usd of one minor unit of an asset as a fraction, from each PRICE row on
WITH quoted AS (
    SELECT seq, CASE WHEN object = {Asset.USD:d} THEN subject ELSE object END AS asset,
           object = {Asset.USD:d} AS direct, amount::HUGEINT AS price
    FROM journal
    WHERE kind = {Kind.PRICE:d} AND (subject = {Asset.USD:d}) <> (object = {Asset.USD:d}))
SELECT q.seq, use.asset, CASE WHEN direct THEN price ELSE 100000000000000 END AS numerator,
       CASE WHEN direct THEN 100 ELSE price END * use.scale AS denominator
FROM quoted q
JOIN (SELECT code AS asset, scale, CASE WHEN name IN ('DRUB', 'DFA') THEN {Asset.RUB:d} ELSE code END AS priced_as
      FROM assets) use ON use.priced_as = q.asset
UNION ALL SELECT -1, {Asset.USD:d}, 10000, 1""",
    "charges": f"""
-- what each payment was charged, by purpose; unpriced counts postings with no price in force
WITH posted AS (
    SELECT j.seq, j.payment, j.reason AS purpose, a.asset, j.amount::HUGEINT AS amount
    FROM journal j JOIN accounts a ON a.account = j.subject
    WHERE j.kind = {Kind.POSTED:d} AND j.payment >= 0
      AND j.reason IN ({", ".join(str(int(purpose)) for purpose in CHARGES)}))
SELECT c.payment, u.name AS purpose, u.fsb,
       sum((2 * c.amount * p.numerator + p.denominator) // (2 * p.denominator)) AS micro_usd,
       count(*) FILTER (p.numerator IS NULL) AS unpriced
FROM posted c
JOIN purposes u ON u.code = c.purpose
ASOF LEFT JOIN prices p ON p.asset = c.asset AND c.seq > p.seq
GROUP BY c.payment, u.name, u.fsb""",
    "desk_events": f"""
SELECT j.time, j.kind, substr(e.name, CASE WHEN e.name LIKE 'desk/%' THEN 6 ELSE 1 END) AS desk,
       j.amount, j.extra
FROM journal j JOIN entities e ON e.id = j.actor
WHERE j.kind IN ({Kind.DESK_ENTERED:d}, {Kind.DESK_STARTED:d}, {Kind.DESK_FINISHED:d},
                 {Kind.DESK_OPENED:d})""",
    "screenings": f"""
SELECT j.seq, j.time, j.payment, j.amount = 1 AS alert, j.extra = 1 AS truth
FROM journal j JOIN cohort USING (payment) WHERE j.kind = {Kind.SCREENED:d}""",
    "decisions": f"""
SELECT j.seq, j.time, j.payment, j.amount AS decision, j.extra = 1 AS truth
FROM journal j JOIN cohort USING (payment) WHERE j.kind = {Kind.ALERT_DECIDED:d}""",
}


def _insert(
    connection: duckdb.DuckDBPyConnection, table: str, columns: str, rows: Iterable[tuple[object, ...]]
) -> None:
    connection.execute(f"CREATE TABLE {table} ({columns})")
    listed = list(rows)
    if listed:
        marks = ", ".join("?" * len(listed[0]))
        connection.executemany(f"INSERT INTO {table} VALUES ({marks})", listed)


def declare(connection: duckdb.DuckDBPyConnection, facts: RunFacts) -> None:
    """Write the run's facts and the vocabularies as tables, so that SQL needs no Python beside it."""
    delay, screening = facts.delay, facts.screening
    row = {
        "observed_from": facts.observed_from,
        "observed_until": facts.observed_until,
        "horizon": facts.horizon,
        "review_business_days": facts.review_business_days,
        "penalty_percent_per_day": delay and delay.penalty_percent_per_day,
        "penalty_cap_share": delay and delay.penalty_cap_share,
        "time_value_percent_per_day": delay and delay.time_value_percent_per_day,
        "passthrough": delay and delay.passthrough,
        "sensitivity": screening and screening.sensitivity,
        "specificity": screening and screening.specificity,
        "confirmed": screening and screening.confirmed,
    }
    whole = {"observed_from", "observed_until", "horizon", "review_business_days"}
    columns = ", ".join(f"{name} {'BIGINT' if name in whole else 'DOUBLE'}" for name in row)
    _insert(connection, "facts", columns, [tuple(row.values())])
    days = [(begins, number) for number, begins in enumerate(facts.business_days, 1)]
    connection.execute("CREATE TABLE business_days (begins BIGINT, number BIGINT)")
    if days:
        listed = ", ".join(f"({begins}, {number})" for begins, number in days)
        connection.execute(f"INSERT INTO business_days VALUES {listed}")
    _insert(connection, "regime_rails", "rail VARCHAR", [(rail,) for rail in facts.regime_rails])
    _insert(
        connection, "desk_hours", "desk VARCHAR, open_seconds BIGINT", sorted(facts.desk_open_seconds.items())
    )
    _insert(connection, "key_rates", "since BIGINT, percent_per_year DOUBLE", delay.key_rate if delay else ())
    prevalence = sorted(screening.prevalence.items()) if screening else ()
    _insert(connection, "prevalence", "category VARCHAR, share DOUBLE", prevalence)
    disclosed = sorted(facts.disclosed.items()) if facts.disclosed else ()
    _insert(connection, "disclosed", "rail VARCHAR, share DOUBLE", disclosed)
    assets = [(int(asset), asset.name, asset.scale) for asset in Asset]
    _insert(connection, "assets", "code INTEGER, name VARCHAR, scale BIGINT", assets)
    purposes = [(int(purpose), purpose.name, purpose in FSB_CHARGES) for purpose in CHARGES]
    _insert(connection, "purposes", "code INTEGER, name VARCHAR, fsb BOOLEAN", purposes)


def _no_payments(connection: duckdb.DuckDBPyConnection, folder: str) -> bool:
    """Whether a run has no payment at all; its table, which then lacks columns, is made empty and whole."""
    row = connection.execute(f"SELECT count(*) FROM read_parquet('{folder}/payments.parquet')").fetchone()
    if row and row[0]:
        return False
    connection.execute(f"CREATE TABLE payments ({_PAYMENT_COLUMNS})")
    return True


def stage(directory: Path, facts: RunFacts) -> duckdb.DuckDBPyConnection:
    """Open a run folder and make the staging tables; one thread, no network, no other folder.

    Raises FileNotFoundError if the folder lacks one of the journal's files.
    """
    missing = [name for name in _FILES if not (directory / f"{name}.parquet").is_file()]
    if missing:
        raise FileNotFoundError(f"{directory} is no complete run folder: {', '.join(missing)} missing")
    connection = duckdb.connect(
        ":memory:",
        config={
            "threads": 1,
            "temp_directory": "",
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        },
    )
    # In a worker process DuckDB takes itself for interactive and would draw its bar on stdout.
    connection.execute("SET enable_progress_bar = false")
    place = str(directory.resolve()).replace("'", "''")
    folder = _WILD.sub(r"[\g<0>]", place)
    connection.execute(f"SET allowed_directories = ['{place}', '{folder}']")
    connection.execute("SET enable_external_access = false")
    for name in _FILES:
        if name == "payments" and _no_payments(connection, folder):
            continue
        connection.execute(f"CREATE VIEW {name} AS SELECT * FROM read_parquet('{folder}/{name}.parquet')")
    declare(connection, facts)
    for table, sql in STAGING.items():
        connection.execute(f"CREATE TABLE {table} AS {sql}")
    return connection
