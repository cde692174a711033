"""Goods: how long contracts take, how many come to nothing, and what a contract costs when the goods have landed."""

from sandbox.goods import GoodsState
from sandbox.journal.kinds import Kind
from sandbox.metrics.cost import DELAY
from sandbox.metrics.measured import Metric

_NO_GOODS = "no goods were ordered in the observed window, or the world has none"

#: One row a contract whose goods were ordered in the observed window: when, and what became of them.
_CONTRACTS = f"""WITH contracts AS (
    SELECT j.payment AS contract, min(j.time) AS ordered,
           max(j.time) FILTER (j.object = {GoodsState.DELIVERED:d}) AS delivered,
           bool_or(j.object = {GoodsState.EXPORT_REFUSED:d}) AS refused,
           bool_or(j.object = {GoodsState.ABANDONED:d}) AS abandoned
    FROM journal j WHERE j.kind = {Kind.GOODS:d}
    GROUP BY j.payment HAVING arg_min(j.object, j.seq) = {GoodsState.ORDERED:d}),
observed AS (
    SELECT c.*, p.terms, p.invoice_usd_cents AS cents
    FROM contracts c JOIN payments p ON p.payment = c.contract, facts f
    WHERE c.ordered >= f.observed_from AND c.ordered < f.observed_until)"""

_REFUNDS = f"""SELECT extra / 86400.0 AS days FROM journal
    WHERE kind = {Kind.REFUND:d} AND subject = 2"""


def _share(name: str, column: str, words: str) -> Metric:
    return Metric(
        name=name,
        family="goods",
        unit="share",
        definition=f"contracts whose goods were {words} / contracts ordered in the observed window; those still "
        "under way at the horizon count as neither",
        direction="lower",
        empty=_NO_GOODS,
        sql=f"""{_CONTRACTS}
SELECT terms, count(*) FILTER ({column}) / nullif(count(*), 0) AS value, count(*) AS n
FROM observed GROUP BY GROUPING SETS ((), (terms))""",
    )


METRICS = (
    Metric(
        name="goods_cycle_days",
        family="goods",
        unit="days",
        definition="mean days from the contract to delivery of the goods, over contracts ordered in the observed "
        "window and delivered before the horizon",
        direction="lower",
        empty="no goods ordered in the observed window were delivered",
        sql=f"""{_CONTRACTS}
SELECT terms, sum(delivered - ordered) / (86400.0 * nullif(count(delivered), 0)) AS value, count(delivered) AS n
FROM observed GROUP BY GROUPING SETS ((), (terms))""",
    ),
    _share("contracts_refused_share", "refused", "refused export"),
    _share("contracts_abandoned_share", "abandoned", "given up because the money did not come"),
    Metric(
        name="refund_days_p50",
        family="goods",
        unit="days",
        definition="median days from the moment a refund is owed to its arrival, over all refunds that arrived "
        "in the run",
        direction="lower",
        empty="no refund arrived",
        sql=f"SELECT quantile_disc(days, 0.5) AS value, count(*) AS n FROM ({_REFUNDS})",
    ),
    Metric(
        name="penalty_usd",
        family="goods",
        unit="USD",
        definition="penalties for late payment that contracts charged to credited payments of the cohort",
        direction="lower",
        empty=_NO_GOODS,
        sql=f"""SELECT sum(j.amount) / 100.0 AS value, count(*) AS n
FROM journal j JOIN cohort c USING (payment) WHERE j.kind = {Kind.PENALTY:d}""",
    ),
    Metric(
        name="landed_cost_per_contract",
        family="goods",
        unit="USD",
        definition="mean over the cohort's credited payments of invoice value + posted charges + financing + "
        "penalty as journalled + pass-through of the delay of prepaid goods; duties are not modelled",
        direction="lower",
        empty="no payment was credited, or a charge had no price in force",
        needs="delay",
        sql=f"""{DELAY},
charged AS (SELECT payment, sum(micro_usd) AS micro_usd, sum(unpriced) AS unpriced FROM charges GROUP BY payment),
late AS (SELECT payment, sum(amount) * 10000 AS micro_usd FROM journal WHERE kind = {Kind.PENALTY:d} GROUP BY payment)
SELECT d.rail, CASE WHEN coalesce(sum(c.unpriced), 0) = 0 THEN
           (sum(d.value_cents) * 10000 + coalesce(sum(c.micro_usd), 0) + sum(d.financing + d.goods)
            + coalesce(sum(l.micro_usd), 0)) / (1000000.0 * count(*)) END AS value, count(*) AS n
FROM delayed d LEFT JOIN charged c USING (payment) LEFT JOIN late l USING (payment)
WHERE d.ending = 'CREDITED' GROUP BY GROUPING SETS ((), (d.rail))
HAVING count(*) > 0""",
    ),
    Metric(
        name="restricted_value_stopped",
        family="goods",
        unit="USD",
        definition="invoice value of the cohort's payments that were stopped for compliance or whose goods were "
        "refused export, each counted once",
        empty="nothing of the cohort was stopped",
        sql=f"""SELECT sum(c.value_cents) / 100.0 AS value, count(*) AS n FROM cohort c
WHERE c.ending = 'STOPPED' OR c.payment IN (
    SELECT payment FROM journal WHERE kind = {Kind.GOODS:d} AND object = {GoodsState.EXPORT_REFUSED:d})""",
    ),
)
