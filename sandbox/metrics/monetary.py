"""Monetary control: how much currency conversion goes through crypto, what of it leaks, what stays out of sight."""

from sandbox.journal.kinds import Kind, Purpose
from sandbox.metrics.measured import Metric
from sandbox.money import Asset

_CRYPTO = f"({Asset.USDT:d}, {Asset.BTC:d})"
_CRYPTO_RAILS = "('usdt', 'btc')"

#: Roubles paid for each asset by conversions of the observed window, kopecks; takings back count against it.
_CONVERSIONS = f"""WITH conversions AS (
    SELECT j.payment, j.subject AS sold, j.extra AS kopecks
    FROM journal j, facts f
    WHERE j.kind = {Kind.CONVERTED:d} AND j.object = {Asset.RUB:d}
      AND j.time >= f.observed_from AND j.time < f.observed_until)"""

#: Of each payment of the cohort that bought crypto: dollars paid for it, and paid back by the rails it went to.
#: What a correspondent returned on an earlier or later attempt was never crypto.
_PATHS = f"""WITH bought AS (
    SELECT j.payment, sum((2 * j.extra::HUGEINT * p.numerator + p.denominator) // (2 * p.denominator)) AS micro_usd
    FROM journal j JOIN cohort USING (payment)
    ASOF JOIN prices p ON p.asset = j.object AND j.seq > p.seq
    WHERE j.kind = {Kind.CONVERTED:d} AND j.subject IN {_CRYPTO} AND j.object = {Asset.RUB:d} GROUP BY j.payment),
stages AS (
    SELECT m.payment, m.seq, substr(e.name, 6) AS rail
    FROM journal m JOIN bought USING (payment) JOIN entities e ON e.id = m.extra WHERE m.kind = {Kind.MOVED:d}),
returned AS (
    SELECT j.payment, sum((2 * j.amount::HUGEINT * p.numerator + p.denominator) // (2 * p.denominator)) AS micro_usd
    FROM journal j JOIN bought USING (payment) JOIN accounts a ON a.account = j.object
    ASOF JOIN stages s ON s.payment = j.payment AND j.seq > s.seq
    ASOF JOIN prices p ON p.asset = a.asset AND j.seq > p.seq
    WHERE j.kind = {Kind.POSTED:d} AND j.reason = {Purpose.RETURN:d} AND a.role = 'client'
      AND s.rail IN {_CRYPTO_RAILS} GROUP BY j.payment)"""

METRICS = (
    Metric(
        name="fx_turnover_share",
        family="monetary",
        unit="share",
        definition="roubles paid for USDT and bitcoin / roubles paid in all conversions, observed window",
        empty="nothing was converted from roubles in the observed window",
        sql=f"""{_CONVERSIONS}
SELECT coalesce(sum(kopecks) FILTER (sold IN {_CRYPTO}), 0)::BIGINT / nullif(sum(kopecks)::BIGINT, 0) AS value,
       count(*) AS n
FROM conversions""",
    ),
    Metric(
        name="monetary_leakage_ratio",
        family="monetary",
        unit="share",
        definition="(roubles paid for USDT and bitcoin - value credited over these rails - roubles these rails "
        "returned) / roubles paid, each at the dollar price of its moment, over the cohort's payments that bought "
        "crypto and have ended; charges, losses and price moves on the way are what leaks",
        direction="lower",
        empty="no ended payment of the cohort bought crypto",
        sql=f"""{_PATHS}
SELECT (sum(b.micro_usd) - sum(CASE WHEN c.ending = 'CREDITED' AND c.rail IN {_CRYPTO_RAILS}
                                   THEN c.value_cents * 10000 ELSE 0 END)
        - sum(coalesce(r.micro_usd, 0))) / nullif(sum(b.micro_usd)::DOUBLE, 0) AS value, count(*) AS n
FROM bought b JOIN cohort c USING (payment) LEFT JOIN returned r USING (payment)
WHERE c.ending <> 'CENSORED'""",
    ),
    Metric(
        name="outside_reporting_usd",
        family="monetary",
        unit="USD",
        definition="invoice value of the cohort credited over payment agents, which report no order to the regulator; "
        "its difference between two scenarios is the displacement a rule causes",
        empty="",
        sql="""SELECT coalesce(sum(value_cents), 0)::BIGINT / 100.0 AS value, count(*) AS n
FROM cohort WHERE ending = 'CREDITED' AND rail = 'agent'""",
    ),
)
