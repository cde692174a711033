"""Supervision: what the regulator decides, how long it takes, how full the caps are, how much it can see."""

from sandbox.journal.kinds import Kind
from sandbox.lifecycle import State
from sandbox.metrics.measured import Metric

_NO_APPLICATION = "no application was decided"
_NO_VALUE = "no value of the cohort was credited"

#: Business days from each application to its decision, over the whole run: admission precedes the window.
_APPLICATIONS = f"""WITH filed AS (
    SELECT seq, time, subject FROM journal WHERE kind = {Kind.APPLIED:d}),
ruled AS (
    SELECT seq, time, subject FROM journal
    WHERE kind IN ({Kind.ADMITTED:d}, {Kind.FOUND_FIT:d}, {Kind.ADMISSION_REFUSED:d})),
decided AS (
    SELECT filed.seq, filed.time AS filed, min(ruled.time) AS ruled
    FROM ruled ASOF JOIN filed ON ruled.subject = filed.subject AND ruled.seq > filed.seq
    GROUP BY filed.seq, filed.time),
waits AS (
    SELECT (SELECT count(*) FROM business_days WHERE begins > filed AND begins <= ruled) AS business_days
    FROM decided)"""

#: Use of the cap on all firms and goods at the end of each of its periods: the counter falls when a new period begins.
_CAPS = f"""WITH used AS (
    SELECT seq, actor, extra AS cap, amount,
           lead(amount) OVER (PARTITION BY actor ORDER BY seq) AS next_amount
    FROM journal WHERE kind = {Kind.QUOTA_USED:d} AND extra > 0 AND subject < 0 AND object < 0),
periods AS (SELECT amount / cap AS share FROM used WHERE next_amount IS NULL OR next_amount < amount)"""

#: Payments whose settlement the regulator or the operator saw order by order.
_SEEN = f"""WITH seen AS (
    SELECT DISTINCT payment FROM journal
    WHERE kind IN ({Kind.CONSUMED:d}, {Kind.RECEIPT:d}) AND payment >= 0)"""


#: Reports due by the horizon, with the regime they are owed to (-1: the first) and the second of their filing.
REPORTS = f"""WITH due AS (
    SELECT CASE WHEN e.name LIKE 'regime/%' THEN e.id ELSE -1 END AS regime_id, j.subject, j.amount,
           j.extra AS by_second
    FROM journal j JOIN entities e ON e.id = j.actor WHERE j.kind = {Kind.REPORT_DUE:d}),
filed AS (
    SELECT object AS regime_id, subject, amount, extra AS by_second, min(time) AS filed_at
    FROM journal WHERE kind = {Kind.REPORT_FILED:d} GROUP BY ALL),
reports AS (
    SELECT due.regime_id, by_second, filed.filed_at
    FROM due CROSS JOIN facts LEFT JOIN filed USING (regime_id, subject, amount, by_second)
    WHERE due.by_second < facts.horizon)"""


def _share_of_credited(which: str) -> str:
    return f"""SELECT coalesce(sum(value_cents) FILTER ({which}), 0) / nullif(sum(value_cents), 0) AS value,
       count(*) AS n
FROM cohort WHERE ending = 'CREDITED'"""


METRICS = (
    Metric(
        name="application_wait_mean",
        family="supervision",
        unit="business days",
        definition="mean number of business days that begin after a firm's application and no later than its "
        "decision, over applications decided in the run",
        direction="lower",
        empty=_NO_APPLICATION,
        sql=f"{_APPLICATIONS}\nSELECT avg(business_days) AS value, count(*) AS n FROM waits",
    ),
    Metric(
        name="application_wait_p95",
        family="supervision",
        unit="business days",
        definition="95% quantile (linear between order statistics) of the same waits",
        direction="lower",
        empty=_NO_APPLICATION,
        sql=f"{_APPLICATIONS}\nSELECT quantile_cont(business_days, 0.95) AS value, count(*) AS n FROM waits",
    ),
    Metric(
        name="review_within_sla",
        family="supervision",
        unit="share",
        definition="applications decided within the statutory number of business days / applications decided",
        direction="higher",
        empty=_NO_APPLICATION,
        needs="review_business_days",
        sql=f"""{_APPLICATIONS}
SELECT count(*) FILTER (business_days <= review_business_days) / nullif(count(*), 0) AS value, count(*) AS n
FROM waits, facts""",
    ),
    Metric(
        name="applications_pending",
        family="supervision",
        unit="applications",
        definition="applications without a decision at the horizon",
        direction="lower",
        empty="no firm applied",
        sql=f"""{_APPLICATIONS}
SELECT CASE WHEN count(*) > 0 THEN count(*) - (SELECT count(*) FROM decided) END AS value, count(*) AS n
FROM filed""",
    ),
    Metric(
        name="cap_utilisation",
        family="supervision",
        unit="share",
        definition="mean over the cap's periods of volume used at the period's last order / cap; a period "
        "ends where the counter falls",
        empty="no order used a capped volume",
        sql=f"{_CAPS}\nSELECT avg(share) AS value, count(*) AS n FROM periods",
    ),
    Metric(
        name="cap_utilisation_max",
        family="supervision",
        unit="share",
        definition="largest volume used / cap of any period",
        empty="no order used a capped volume",
        sql=f"{_CAPS}\nSELECT max(share) AS value, count(*) AS n FROM periods",
    ),
    Metric(
        name="quota_wait_share",
        family="supervision",
        unit="share",
        definition="payments that ever waited for the next period's cap / payments of the cohort whose "
        "last attempt was on one of the regime's rails",
        direction="lower",
        empty="no payment of the cohort went over the regime's rails",
        sql="""SELECT count(*) FILTER (quota_waits > 0) / nullif(count(*), 0) AS value, count(*) AS n
FROM cohort WHERE rail IN (SELECT rail FROM regime_rails)""",
    ),
    Metric(
        name="report_timely",
        family="supervision",
        unit="share",
        definition="participants' periodic reports filed by the second they were due / reports due by the "
        "horizon, whole run",
        direction="higher",
        empty="no report was due",
        sql=f"""{REPORTS}
SELECT count(*) FILTER (filed_at <= by_second) / nullif(count(*), 0) AS value, count(*) AS n FROM reports""",
    ),
    Metric(
        name="inspections",
        family="supervision",
        unit="inspections",
        definition="inspections of participants that ended in the run",
        empty="always defined",
        sql=f"SELECT count(*) AS value, count(*) AS n FROM journal WHERE kind = {Kind.INSPECTED:d}",
    ),
    Metric(
        name="breaches_found",
        family="supervision",
        unit="inspections",
        definition="inspections that found a breach: late reports or a threat of laundering",
        empty="always defined",
        sql=f"""SELECT count(*) FILTER (amount > 0) AS value, count(*) AS n
FROM journal WHERE kind = {Kind.INSPECTED:d}""",
    ),
    Metric(
        name="revocations",
        family="supervision",
        unit="participants",
        definition="admissions withdrawn in the run, for breaches and by dated decisions",
        empty="always defined",
        sql=f"SELECT count(*) AS value, count(*) AS n FROM journal WHERE kind = {Kind.REVOKED:d}",
    ),
    Metric(
        name="visibility_share",
        family="supervision",
        unit="share",
        definition="invoice value credited with a consumed authorisation or the platform operator's "
        "receipt / invoice value credited, cohort",
        direction="higher",
        empty=_NO_VALUE,
        sql=f"{_SEEN}\n{_share_of_credited('payment IN (SELECT payment FROM seen)')}",
    ),
    Metric(
        name="share_elr",
        family="supervision",
        unit="share",
        definition="invoice value credited over the regime's rails / invoice value credited, cohort",
        empty=_NO_VALUE,
        sql=_share_of_credited("rail IN (SELECT rail FROM regime_rails)"),
    ),
    Metric(
        name="crypto_share_of_imports",
        family="supervision",
        unit="share",
        definition="invoice value of imports credited over USDT or BTC / invoice value of imports credited, cohort",
        empty=_NO_VALUE,
        sql=_share_of_credited("rail IN ('usdt', 'btc')") + " AND direction = 'import'",
    ),
    Metric(
        name="cap_binding_share",
        family="supervision",
        unit="share",
        definition="days of the observed window (steps of 86,400 s) on which an order began to wait for the "
        "next period's cap / days of the observed window",
        direction="lower",
        empty="",
        sql=f"""WITH held AS (
    SELECT DISTINCT j.time // 86400 AS day FROM journal j, facts f
    WHERE j.kind = {Kind.MOVED:d} AND j.object = {State.QUOTA_WAIT:d}
      AND j.time >= f.observed_from AND j.time < f.observed_until)
SELECT count(held.day) * 86400.0 / any_value(observed_until - observed_from) AS value, count(held.day) AS n
FROM facts LEFT JOIN held ON true""",
    ),
)
