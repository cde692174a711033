"""Throughput: what is credited a business day, how evenly, how late, and how much is on the way."""

from sandbox.metrics.measured import Metric
from sandbox.metrics.staging import EACH_WAY

_NO_DAYS = "no business day lies in the observed window"

_DAYS = """WITH days AS (
    SELECT count(*) AS n FROM business_days, facts WHERE begins >= observed_from AND begins < observed_until),
arrived AS (
    SELECT o.* FROM orders o, facts f
    WHERE ending = 'CREDITED' AND ended >= f.observed_from AND ended < f.observed_until)"""

METRICS = (
    Metric(
        name="throughput_usd_day",
        family="throughput",
        unit="USD/business day",
        definition="invoice value credited in the observed window / business days that begin in it",
        direction="higher",
        empty=_NO_DAYS,
        sql=f"""{_DAYS}
SELECT rail, direction, coalesce(sum(value_cents), 0) / (100.0 * nullif((SELECT n FROM days), 0)) AS value,
       count(*) AS n
FROM arrived {EACH_WAY}""",
    ),
    Metric(
        name="throughput_n_day",
        family="throughput",
        unit="payments/business day",
        definition="payments credited in the observed window / business days that begin in it",
        direction="higher",
        empty=_NO_DAYS,
        sql=f"""{_DAYS}
SELECT rail, direction, count(*) / nullif((SELECT n FROM days), 0) AS value, count(*) AS n
FROM arrived {EACH_WAY}""",
    ),
    Metric(
        name="value_credited_usd",
        family="throughput",
        unit="USD",
        definition="invoice value of the cohort's credited payments",
        direction="higher",
        empty="no payment was created in the observed window",
        sql=f"""SELECT rail, direction, coalesce(sum(value_cents) FILTER (ending = 'CREDITED'), 0) / 100.0 AS value,
       count(*) FILTER (ending = 'CREDITED') AS n
FROM cohort {EACH_WAY}""",
    ),
    Metric(
        name="dispersion_index",
        family="throughput",
        unit="ratio",
        definition="variance (divisor n) / mean of the number of payments credited on each day of the "
        "observed window, counted in 86,400 s steps from its start; 1 for a Poisson stream",
        empty="nothing was credited in the observed window",
        sql=f"""{_DAYS},
daily AS (
    SELECT d.day, count(a.payment) AS credited
    FROM (SELECT unnest(range(0, (observed_until - observed_from) // 86400)) AS day FROM facts) d
    LEFT JOIN (SELECT payment, (ended - observed_from) // 86400 AS day FROM arrived, facts) a USING (day)
    GROUP BY d.day)
SELECT (count(*) * sum(credited * credited) - sum(credited) * sum(credited))
       / nullif(count(*) * sum(credited), 0) AS value, coalesce(sum(credited), 0) AS n FROM daily""",
    ),
    Metric(
        name="delay_indicator",
        family="throughput",
        unit="ratio",
        definition="sum of value x (ending - creation) / sum of value x (horizon - creation) over the "
        "cohort; a payment that is never credited counts to the horizon",
        standard="Leinonen and Soramäki (1999)",
        direction="lower",
        empty="no payment was created in the observed window",
        sql=f"""SELECT rail, direction, sum(value_cents::HUGEINT * coalesce(settlement_seconds, horizon - created))
       / nullif(sum(value_cents::HUGEINT * (horizon - created)), 0) AS value, count(*) AS n
FROM cohort, facts {EACH_WAY}""",
    ),
    Metric(
        name="in_flight_value",
        family="throughput",
        unit="USD",
        definition="time average, over the observed window, of the invoice value of payments between their "
        "first release onto a rail and their ending",
        empty="no payment was released onto a rail",
        sql=f"""SELECT rail, direction, sum(value_cents::HUGEINT
       * greatest(0, least(coalesce(ended, horizon), observed_until) - greatest(first_sent, observed_from)))
       / (100.0 * any_value(observed_until - observed_from))
       AS value,
       count(*) AS n
FROM orders, facts WHERE first_sent IS NOT NULL {EACH_WAY}""",
    ),
)
