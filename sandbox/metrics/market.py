"""Market risk: what prices do to a payment while it is on its way, and how often a price runs out before its use."""

from sandbox.journal.kinds import Kind, Purpose
from sandbox.lifecycle import Reason, State
from sandbox.metrics.measured import Metric
from sandbox.metrics.staging import EACH_WAY
from sandbox.money import Asset

#: What carries the value between release and credit; correspondents carry the beneficiary's own currency.
_CARRIED = f"""(VALUES ('usdt', {Asset.USDT:d}), ('btc', {Asset.BTC:d}), ('agent', {Asset.RUB:d}),
        ('digital_ruble', {Asset.RUB:d})) AS carried(rail, asset)"""

#: Loss of each credited payment's carrying asset against the dollar from the last release to the credit.
_WINDOWS = f"""WITH dollars AS (
    SELECT time, CASE WHEN object = {Asset.USD:d} THEN subject ELSE object END AS asset,
           max_by(CASE WHEN object = {Asset.USD:d} THEN amount / 1e8 ELSE 1e8 / amount END, seq) AS usd
    FROM journal
    WHERE kind = {Kind.PRICE:d} AND (subject = {Asset.USD:d}) <> (object = {Asset.USD:d})
    GROUP BY ALL),
begun AS (
    SELECT c.payment, c.rail, c.value_cents, c.ended, carried.asset, d.usd
    FROM cohort c JOIN {_CARRIED} USING (rail)
    ASOF JOIN dollars d ON d.asset = carried.asset AND c.last_sent >= d.time
    WHERE c.ending = 'CREDITED' AND c.last_sent IS NOT NULL),
windows AS (
    SELECT b.payment, b.rail, b.value_cents, 100.0 * (1 - d.usd / b.usd) AS loss
    FROM begun b ASOF JOIN dollars d ON d.asset = b.asset AND b.ended >= d.time)"""

METRICS = (
    Metric(
        name="fx_var99",
        family="market",
        unit="% of value",
        definition="99% quantile of the loss against the dollar of what carries a credited payment (tokens, coins, "
        "digital or ordinary roubles) from its last release to the credit, at the journal's prices; a gain is a "
        "negative loss; payments over correspondents, carried in the beneficiary's currency, are left out",
        standard="value at risk over each payment's own settlement window",
        direction="lower",
        empty="no payment of this group was credited over a rail whose carrying asset has a price",
        sql=f"""{_WINDOWS}
SELECT rail, quantile_cont(loss, 0.99) AS value, count(*) AS n
FROM windows GROUP BY GROUPING SETS ((), (rail))""",
    ),
    Metric(
        name="es995_loss",
        family="market",
        unit="% of value",
        definition="mean total loss of the worst 0.5% of the cohort's payments (at least one), in percent of their "
        "value: money lost or destroyed, losses on conversions back, and a loss of the carrying asset as in fx_var99; "
        "a payment without a loss counts with zero",
        standard="expected shortfall, of payments of one run in place of years",
        direction="lower",
        empty="no payment of this group in the cohort",
        sql=f"""{_WINDOWS},
lost AS (
    SELECT payment, sum(micro_usd) / 100.0 AS percent_cents,
           bool_or(purpose = '{Purpose.LOSS.name}') AS written_off FROM charges
    WHERE purpose IN ('{Purpose.LOSS.name}', '{Purpose.RETURN_LOSS.name}') GROUP BY payment),
losses AS (
    SELECT c.rail, greatest(0, coalesce(w.loss, 0)) + coalesce(l.percent_cents / c.value_cents, 0)
           + CASE WHEN c.ending = 'LOST' AND NOT coalesce(l.written_off, false) THEN 100 ELSE 0 END AS loss
    FROM cohort c LEFT JOIN windows w USING (payment) LEFT JOIN lost l USING (payment)),
ranked AS (
    SELECT rail, loss, row_number() OVER (PARTITION BY rail ORDER BY loss DESC) AS place,
           count(*) OVER (PARTITION BY rail) AS size
    FROM (SELECT rail, loss FROM losses UNION ALL SELECT NULL, loss FROM losses))
SELECT rail, avg(loss) AS value, count(*) AS n
FROM ranked WHERE place <= greatest(1, floor(size * 0.005)) GROUP BY rail""",
    ),
    Metric(
        name="quote_expiry_share",
        family="market",
        unit="share",
        definition="payments whose agreed price ran out while they waited for a dealer or a halted market / payments "
        "of the cohort that asked a dealer for a quote (entered CONVERSION), by rail of the last attempt",
        direction="lower",
        empty="no payment of the cohort asked a dealer for a quote",
        sql=f"""WITH expired AS (
    SELECT DISTINCT payment FROM journal
    WHERE kind = {Kind.MOVED:d} AND object = {State.CONVERSION:d} AND reason = {Reason.ELR_QUOTE_EXPIRED:d})
SELECT rail, direction, count(e.payment) / nullif(count(*), 0) AS value, count(*) AS n
FROM cohort LEFT JOIN expired e USING (payment)
WHERE conversions > 0 {EACH_WAY}""",
    ),
    Metric(
        name="market_wait_share",
        family="market",
        unit="share",
        definition="payments that ever waited for a halted market or a paused token (entered MARKET_WAIT) / payments "
        "of the cohort that asked a dealer for a quote, by rail of the last attempt",
        direction="lower",
        empty="no payment of the cohort asked a dealer for a quote",
        sql=f"""WITH waited AS (
    SELECT DISTINCT payment FROM journal WHERE kind = {Kind.MOVED:d} AND object = {State.MARKET_WAIT:d})
SELECT rail, direction, count(w.payment) / nullif(count(*), 0) AS value, count(*) AS n
FROM cohort LEFT JOIN waited w USING (payment)
WHERE conversions > 0 {EACH_WAY}""",
    ),
    Metric(
        name="aggregate_open_exposure",
        family="market",
        unit="USD",
        definition="time average over the observed window of the invoice value of payments over USDT and bitcoin "
        "between release and credit: positions that nobody hedges, revalued in full by fx_var99",
        direction="lower",
        empty="no payment was under way over USDT or bitcoin in the observed window",
        sql="""WITH open AS (
    SELECT o.rail, o.value_cents, greatest(o.last_sent, f.observed_from) AS since,
           least(coalesce(o.ended, f.horizon), f.observed_until) AS until
    FROM orders o, facts f WHERE o.rail IN ('usdt', 'btc') AND o.last_sent IS NOT NULL)
SELECT rail, sum(value_cents::HUGEINT * (until - since)) / (100.0 * any_value(f.observed_until - f.observed_from))
           AS value, count(*) AS n
FROM open, facts f WHERE until > since GROUP BY GROUPING SETS ((), (rail))""",
    ),
)
