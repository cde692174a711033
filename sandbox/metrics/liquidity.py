"""Liquidity: how far nostro accounts are drawn down and how often dealers run dry."""

from sandbox.journal.kinds import Kind, Purpose
from sandbox.metrics.measured import Metric

#: Running balance of every nostro account without its opening balance, in journal order.
_NOSTRO = f"""WITH nostro AS (
    SELECT n.account, bank.name AS bank, s.name AS asset, s.scale
    FROM accounts n JOIN entities bank ON bank.id = n.owner JOIN assets s ON s.code = n.asset
    WHERE n.role = 'nostro'),
posted AS (
    SELECT seq, subject, object, amount FROM journal
    WHERE kind = {Kind.POSTED:d} AND reason <> {Purpose.OPENING:d}),
touched AS (
    SELECT seq, subject AS account, -amount AS units FROM posted
        WHERE subject IN (SELECT account FROM nostro)
    UNION ALL SELECT seq, object, amount FROM posted WHERE object IN (SELECT account FROM nostro)),
running AS (
    SELECT account, sum(units) OVER (PARTITION BY account ORDER BY seq ROWS UNBOUNDED PRECEDING) AS moved
    FROM touched)"""

METRICS = (
    Metric(
        name="nostro_peak_use",
        family="liquidity",
        unit="units of the asset",
        definition="largest amount by which a bank's nostro account stood below its opening balance after "
        "any posting of the run, top-ups included, in whole units of its asset; n counts the "
        "postings",
        direction="lower",
        empty="no bank used a nostro account",
        sql=f"""{_NOSTRO}
SELECT bank, asset, greatest(0, coalesce(max(-moved), 0)) / any_value(scale) AS value, count(moved) AS n
FROM nostro LEFT JOIN running USING (account) GROUP BY account, bank, asset""",
    ),
    Metric(
        name="lp_stockout_share",
        family="liquidity",
        unit="share",
        definition="payments that ever waited for a dealer's inventory / payments of the cohort that asked "
        "a dealer for a quote (entered CONVERSION), by rail of the last attempt",
        direction="lower",
        empty="no payment of the cohort asked a dealer for a quote",
        sql="""SELECT rail, count(*) FILTER (stockouts > 0) / nullif(count(*), 0) AS value, count(*) AS n
FROM cohort WHERE conversions > 0 GROUP BY GROUPING SETS ((), (rail))""",
    ),
)
