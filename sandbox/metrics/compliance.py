"""Compliance: what screening finds, what it costs in false alarms, what is stopped and what may get through.

The truth behind an alert is known to the laboratory only. These numbers stand beside cost and speed and are
never netted against them.
"""

from sandbox.metrics.measured import Metric
from sandbox.metrics.staging import EACH_WAY

_NO_SCREEN = "no payment of the cohort was screened"
_NO_ALERT = "screening raised no alert"
_NO_COHORT = "no payment was created in the observed window"

#: Seconds within which a confirmed alert can still be acted upon.
_TEN_DAYS = 10 * 86_400

#: Seconds from each alert to the first decision on it that is not an escalation.
_CLEARED = """WITH judged AS (
    SELECT d.payment, d.time AS decided, s.seq AS alert, s.time AS raised
    FROM (SELECT * FROM decisions WHERE decision <> 2) d
    ASOF JOIN (SELECT * FROM screenings WHERE alert) s ON d.payment = s.payment AND d.seq > s.seq),
cleared AS (SELECT alert, min(decided - raised) AS seconds FROM judged GROUP BY alert)"""

#: Probability that a credited payment is prohibited, given its category and whether it ever raised an alert.
_RESIDUAL = f"""WITH alerted AS (SELECT payment, bool_or(alert) AS alert FROM screenings GROUP BY payment),
weighed AS (
    SELECT c.rail, c.direction, c.value_cents, p.share AS prior,
           CASE WHEN a.alert IS NULL THEN 1.0 WHEN a.alert THEN f.sensitivity * (1 - f.confirmed)
                ELSE 1 - f.sensitivity END AS if_prohibited,
           CASE WHEN a.alert IS NULL THEN 1.0 WHEN a.alert THEN 1 - f.specificity
                ELSE f.specificity END AS if_lawful
    FROM cohort c CROSS JOIN facts f
    LEFT JOIN prevalence p USING (category) LEFT JOIN alerted a USING (payment)
    WHERE c.ending = 'CREDITED')
SELECT rail, direction, CASE WHEN count(prior) = count(*) THEN sum(round(value_cents * coalesce(prior * if_prohibited
       / nullif(prior * if_prohibited + (1 - prior) * if_lawful, 0), 0))::BIGINT) / 100.0 END AS value,
       count(*) AS n
FROM weighed {EACH_WAY}"""


def _confusion(name: str, of: str, among: str, *, words: str, empty: str, **more: str) -> Metric:
    """A share of the screenings that satisfy ``among``; ``more``: standard and direction."""
    return Metric(
        name=name,
        family="compliance",
        unit="share",
        definition=words,
        standard=more.get("standard", ""),
        direction="higher"
        if more.get("direction") == "higher"
        else "lower"
        if more.get("direction") == "lower"
        else "",
        empty=empty,
        sql=f"""SELECT count(*) FILTER ({of}) / nullif(count(*), 0) AS value, count(*) AS n
FROM screenings WHERE {among}""",
    )


def _value(name: str, which: str, words: str) -> Metric:
    return Metric(
        name=name,
        family="compliance",
        unit="USD",
        definition=words,
        empty=_NO_COHORT,
        sql=f"""SELECT rail, direction, coalesce(sum(value_cents) FILTER ({which}), 0) / 100.0 AS value,
       count(*) FILTER ({which}) AS n
FROM cohort {EACH_WAY}""",
    )


def _clearing(name: str, share: float) -> Metric:
    return Metric(
        name=name,
        family="compliance",
        unit="h",
        definition=f"{share:.0%} quantile of seconds from alert to the first decision on it other than an "
        "escalation / 3600; alerts without such a decision are not in it (see alerts_undecided)",
        direction="lower",
        empty="no alert of the cohort was decided",
        sql=f"""{_CLEARED}
SELECT quantile_cont(seconds, {share}) / 3600.0 AS value, count(*) AS n FROM cleared""",
    )


METRICS = (
    _confusion(
        "aml_alert_rate",
        "alert",
        "true",
        words="(TP + FP) / N over screenings of the cohort",
        empty=_NO_SCREEN,
    ),
    _confusion(
        "aml_fdr",
        "NOT truth",
        "alert",
        words="FP / (TP + FP): share of alerts on lawful payments",
        empty=_NO_ALERT,
        standard="false discovery rate; the industry's 'false positive rate' of 90-95% is this one",
        direction="lower",
    ),
    _confusion(
        "aml_fpr",
        "alert",
        "NOT truth",
        words="FP / (FP + TN): share of lawful payments' screenings that raise an alert",
        empty="no lawful payment was screened",
        standard="false positive rate",
        direction="lower",
    ),
    _confusion(
        "aml_recall",
        "alert",
        "truth",
        words="TP / (TP + FN): share of prohibited payments' screenings that raise an alert",
        empty="no prohibited payment was screened",
        standard="recall",
        direction="higher",
    ),
    Metric(
        name="effective_recall_10d",
        family="compliance",
        unit="share",
        definition="prohibited payments' screenings that raise an alert which is confirmed within 10 days / "
        "prohibited payments' screenings (known to the laboratory only)",
        standard="recall",
        direction="higher",
        empty="no prohibited payment was screened",
        sql=f"""WITH confirmed AS (SELECT payment, seq, time FROM decisions WHERE decision = 1)
SELECT count(*) FILTER (c.time - s.time <= {_TEN_DAYS}) / nullif(count(*), 0) AS value, count(*) AS n
FROM screenings s ASOF LEFT JOIN confirmed c ON c.payment = s.payment AND s.seq < c.seq
WHERE s.truth""",
    ),
    _clearing("time_to_clear_p50", 0.5),
    _clearing("time_to_clear_p95", 0.95),
    Metric(
        name="alerts_undecided",
        family="compliance",
        unit="alerts",
        definition="alerts of the cohort that no decision other than an escalation follows",
        direction="lower",
        empty=_NO_ALERT,
        sql=f"""{_CLEARED}
SELECT count(*) FILTER (c.alert IS NULL) AS value, count(*) AS n
FROM screenings s LEFT JOIN cleared c ON c.alert = s.seq WHERE s.alert""",
    ),
    _value(
        "value_stopped_usd",
        "ending = 'STOPPED'",
        "invoice value of the cohort's payments stopped for compliance",
    ),
    _value(
        "prohibited_stopped_usd",
        "prohibited AND ending = 'STOPPED'",
        "invoice value of truly prohibited payments stopped for compliance (known to the laboratory only)",
    ),
    _value(
        "prohibited_credited_usd",
        "prohibited AND ending = 'CREDITED'",
        "invoice value of truly prohibited payments that were credited (known to the laboratory only)",
    ),
    Metric(
        name="compliance_exposure_usd",
        family="compliance",
        unit="USD",
        definition="sum over credited payments of value x probability that the payment is prohibited, by "
        "Bayes from its category's prevalence and whether it was screened clear or its alert "
        "was cleared; repeated screenings of one payment count once",
        direction="lower",
        empty="no payment was credited, or a category has no declared prevalence",
        needs="screening",
        sql=_RESIDUAL,
    ),
)
