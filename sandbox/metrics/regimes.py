"""Regimes side by side: who takes part, what was paid under each, how long each took over applications.

``regime`` is ``main`` for the first and the short name of any other.
"""

from sandbox.journal.kinds import Kind
from sandbox.metrics.measured import Metric
from sandbox.metrics.supervision import REPORTS

_NAME = "CASE WHEN e.name LIKE 'regime/%' THEN substr(e.name, 8) ELSE 'main' END"

#: Invoice value of the cohort's credited orders, by the regime that authorised the last attempt.
_VALUE = f"""WITH consents AS (
    SELECT payment, arg_max(actor, seq) AS actor FROM journal WHERE kind = {Kind.AUTHORISED:d} GROUP BY payment),
paid AS (
    SELECT {_NAME} AS regime, sum(c.value_cents) AS cents, count(*) AS n
    FROM cohort c JOIN consents USING (payment) JOIN entities e ON e.id = consents.actor
    WHERE c.ending = 'CREDITED' AND c.rail IN (SELECT rail FROM regime_rails)
    GROUP BY regime)"""

METRICS = (
    Metric(
        name="regime_participants",
        family="supervision",
        unit="firms",
        definition="firms admitted less firms revoked, at the horizon, by regime",
        empty="no firm was admitted",
        sql=f"""SELECT {_NAME} AS regime,
       count(*) FILTER (j.kind = {Kind.ADMITTED:d}) - count(*) FILTER (j.kind = {Kind.REVOKED:d}) AS value,
       count(*) AS n
FROM journal j JOIN entities e ON e.id = j.actor
WHERE j.kind IN ({Kind.ADMITTED:d}, {Kind.REVOKED:d}) GROUP BY regime""",
    ),
    Metric(
        name="regime_value_usd",
        family="supervision",
        unit="USD",
        definition="invoice value of the cohort's credited orders on the regime's rails, by the regime that "
        "authorised their last attempt",
        direction="higher",
        empty="no order of the cohort was credited under a regime",
        sql=f"{_VALUE}\nSELECT regime, cents / 100.0 AS value, n FROM paid",
    ),
    Metric(
        name="regime_value_share",
        family="supervision",
        unit="share",
        definition="the same as a share of all regimes",
        empty="no order of the cohort was credited under a regime",
        sql=f"{_VALUE}\nSELECT regime, cents / (SELECT sum(cents) FROM paid) AS value, n FROM paid",
    ),
    Metric(
        name="regime_application_wait_mean",
        family="supervision",
        unit="business days",
        definition="mean number of business days that begin after a firm's application and no later than its "
        "decision, over applications decided in the run, by regime",
        direction="lower",
        empty="no application was decided",
        sql=f"""WITH filed AS (
    SELECT seq, time, subject, actor FROM journal WHERE kind = {Kind.APPLIED:d}),
ruled AS (
    SELECT seq, time, subject, actor FROM journal WHERE kind IN ({Kind.ADMITTED:d}, {Kind.ADMISSION_REFUSED:d})),
decided AS (
    SELECT filed.seq, filed.actor, filed.time AS filed, min(ruled.time) AS ruled
    FROM ruled ASOF JOIN filed
         ON ruled.subject = filed.subject AND ruled.actor = filed.actor AND ruled.seq > filed.seq
    GROUP BY filed.seq, filed.actor, filed.time),
waits AS (
    SELECT {_NAME} AS regime,
           (SELECT count(*) FROM business_days WHERE begins > filed AND begins <= ruled) AS business_days
    FROM decided JOIN entities e ON e.id = decided.actor)
SELECT regime, avg(business_days) AS value, count(*) AS n FROM waits GROUP BY regime""",
    ),
    Metric(
        name="regime_report_timely",
        family="supervision",
        unit="share",
        definition="participants' periodic reports filed by the second they were due / reports due by the horizon, "
        "whole run, by the regime they are owed to",
        direction="higher",
        empty="no report was due",
        sql=f"""{REPORTS}
SELECT CASE WHEN regime_id < 0 THEN 'main' ELSE {_NAME} END AS regime,
       count(*) FILTER (filed_at <= by_second) / count(*) AS value, count(*) AS n
FROM reports LEFT JOIN entities e ON e.id = regime_id GROUP BY regime""",
    ),
    Metric(
        name="regime_inspections",
        family="supervision",
        unit="inspections",
        definition="inspections of participants that ended in the run, by regime",
        empty="no inspection ended",
        sql=f"""SELECT {_NAME} AS regime, count(*) AS value, count(*) AS n
FROM journal j JOIN entities e ON e.id = j.actor WHERE j.kind = {Kind.INSPECTED:d} GROUP BY regime""",
    ),
    Metric(
        name="regime_revocations",
        family="supervision",
        unit="participants",
        definition="admissions withdrawn in the run, for breaches and by dated decisions, by regime",
        empty="no admission was withdrawn",
        sql=f"""SELECT {_NAME} AS regime, count(*) AS value, count(*) AS n
FROM journal j JOIN entities e ON e.id = j.actor WHERE j.kind = {Kind.REVOKED:d} GROUP BY regime""",
    ),
)
