"""Supply: deposits that become digital rubles, and mined bitcoin that reaches the regime's dealers."""

from sandbox.journal.kinds import Kind, Purpose
from sandbox.metrics.measured import Metric
from sandbox.money import Asset

#: Bank deposits that went to the platform of the digital ruble (+) and came back from it (-).
_DEPOSITS = f"""WITH client AS (
    SELECT account FROM accounts WHERE role = 'client' AND asset = {Asset.RUB:d}),
platform AS (
    SELECT a.account FROM accounts a JOIN entities e ON e.id = a.owner WHERE e.name = 'operator'),
moved AS (
    SELECT time, payment, amount AS units FROM journal
    WHERE kind = {Kind.POSTED:d} AND reason = {Purpose.REDEEM:d}
      AND subject IN (SELECT account FROM client) AND object IN (SELECT account FROM platform)
    UNION ALL SELECT time, payment, -amount FROM journal
    WHERE kind = {Kind.POSTED:d} AND reason = {Purpose.RETURN:d}
      AND object IN (SELECT account FROM client) AND subject IN (SELECT account FROM platform)),
seen AS (
    SELECT m.time, m.units, o.bank FROM moved m JOIN orders o USING (payment), facts f
    WHERE m.time >= f.observed_from AND m.time < f.observed_until)"""

_NO_DEPOSITS = "no bank deposit moved to the platform of the digital ruble"

#: Bitcoin from one owner to another in the observed window; what a reorganisation took back counts against.
_COINS = f"""WITH moved AS (
    SELECT giver.name AS giver, taker.name AS taker, b.role AS taker_role, a.role AS giver_role, j.amount
    FROM journal j
    JOIN accounts a ON a.account = j.subject JOIN accounts b ON b.account = j.object
    JOIN entities giver ON giver.id = a.owner JOIN entities taker ON taker.id = b.owner, facts f
    WHERE j.kind = {Kind.POSTED:d} AND a.asset = {Asset.BTC:d}
      AND j.time >= f.observed_from AND j.time < f.observed_until),
sold AS (
    SELECT CASE WHEN taker LIKE 'dealer/%' THEN 'dealers' ELSE 'exchange' END AS buyer, amount AS sats
    FROM moved WHERE giver LIKE 'miner/%' AND (taker LIKE 'dealer/%' OR taker = 'exchange')
    UNION ALL
    SELECT CASE WHEN giver LIKE 'dealer/%' THEN 'dealers' ELSE 'exchange' END, -amount
    FROM moved WHERE taker LIKE 'miner/%' AND (giver LIKE 'dealer/%' OR giver = 'exchange')),
used AS (
    SELECT amount AS sats FROM moved WHERE giver LIKE 'dealer/%' AND taker_role IN ('wallet', 'beneficiary')
    UNION ALL
    SELECT -amount FROM moved WHERE taker LIKE 'dealer/%' AND giver_role IN ('wallet', 'beneficiary'))"""

METRICS = (
    Metric(
        name="deposit_to_dr_outflow",
        family="liquidity",
        unit="RUB",
        definition="importers' bank deposits turned into digital rubles less those turned back in the "
        "observed window, in roubles, by the payment's bank; n counts the postings",
        empty=_NO_DEPOSITS,
        sql=f"""{_DEPOSITS}
SELECT bank, sum(units)::BIGINT / 100.0 AS value, count(*) AS n
FROM seen GROUP BY GROUPING SETS ((), (bank))""",
    ),
    Metric(
        name="deposit_outflow_peak_day",
        family="liquidity",
        unit="RUB",
        definition="largest net amount of deposits, in roubles, that became digital rubles on one day "
        "(86,400 s steps from the start) of the observed window, at all banks and at each; n counts the "
        "days with a posting",
        direction="lower",
        empty=_NO_DEPOSITS,
        sql=f"""{_DEPOSITS},
daily AS (
    SELECT bank, sum(units)::BIGINT AS units FROM seen
    GROUP BY GROUPING SETS ((time // 86400, bank), (time // 86400)))
SELECT bank, max(units) / 100.0 AS value, count(*) AS n FROM daily GROUP BY bank""",
    ),
    Metric(
        name="mined_btc_sold",
        family="liquidity",
        unit="BTC",
        definition="bitcoin that domestic miners delivered in the observed window, to the regime's dealers "
        "and to the exchange, less what a reorganisation took back; n counts the postings",
        empty="no miner delivered bitcoin",
        sql=f"""{_COINS}
SELECT buyer, sum(sats)::BIGINT / {Asset.BTC.scale}.0 AS value, count(*) AS n
FROM sold GROUP BY GROUPING SETS ((), (buyer))""",
    ),
    Metric(
        name="domestic_mined_cover",
        family="liquidity",
        unit="ratio",
        definition="bitcoin that domestic miners delivered to the regime's dealers in the observed window / "
        "bitcoin that the dealers delivered for payments in it; n counts the latter's postings",
        empty="no payment was made in bitcoin, or no miner sells any",
        sql=f"""{_COINS}
SELECT (SELECT sum(sats)::BIGINT FROM sold WHERE buyer = 'dealers') / nullif(sum(sats)::BIGINT, 0) AS value,
       count(*) AS n
FROM used""",
    ),
)
