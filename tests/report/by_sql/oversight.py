"""Numbers about screening and supervision as SQL on the raw tables."""

from sandbox.journal.kinds import Kind
from sandbox.lifecycle import State
from tests.report.by_sql.ground import DAY, by_rail

_SCREENED = f"""
WITH seen AS (
    SELECT j.seq, j.time, j.payment, j.amount = 1 AS alert, j.extra = 1 AS truth
    FROM j SEMI JOIN coh USING (payment) WHERE kind = {Kind.SCREENED:d}),
ruled AS (
    SELECT j.seq, j.time, j.payment, j.amount AS verdict FROM j SEMI JOIN coh USING (payment)
    WHERE kind = {Kind.ALERT_DECIDED:d}),
raised AS (
    -- each verdict that is no escalation belongs to the payment's last alert before it
    SELECT r.*, (SELECT max(s.seq) FROM seen s WHERE s.alert AND s.payment = r.payment AND s.seq < r.seq) AS alert
    FROM ruled r WHERE verdict <> 2),
cleared AS (
    SELECT s.seq, min(r.time - s.time) AS seconds FROM seen s JOIN raised r ON r.alert = s.seq GROUP BY s.seq)
"""


def _share(of: str, among: str) -> str:
    return f"{_SCREENED} SELECT avg(({of})::INT) AS value, count(*) AS n FROM seen WHERE {among}"


def _stopped(which: str) -> str:
    return by_rail(
        f"sum(CASE WHEN {which} THEN cents ELSE 0 END) / 100.0", n=f"sum(CASE WHEN {which} THEN 1 ELSE 0 END)"
    )


#: What the run's parameters say of screening fills this in; a payment that was never screened keeps its prior.
_WEIGHED = f"""(
SELECT c.*, x.prior * x.bad / (x.prior * x.bad + (1 - x.prior) * x.good) AS chance
FROM credited c JOIN (
    SELECT p.payment,
           {{prevalence}} * CASE p.category WHEN 'dual_use_restricted' THEN {{restricted}} ELSE 1 END AS prior,
           CASE max(s.amount) WHEN 1 THEN {{sensitivity}} * (1 - {{confirm}}) WHEN 0 THEN 1 - {{sensitivity}} ELSE 1 END
               AS bad,
           CASE max(s.amount) WHEN 1 THEN 1 - {{specificity}} WHEN 0 THEN {{specificity}} ELSE 1 END AS good
    FROM pay p LEFT JOIN j s ON s.payment = p.payment AND s.kind = {Kind.SCREENED:d} GROUP BY p.payment, p.category
) x USING (payment))"""

#: Parameters by which the text above is filled in.
SCREENING = {
    "prevalence": "aml.prevalence",
    "restricted": "aml.prevalence_restricted_factor",
    "sensitivity": "aml.aml_sensitivity",
    "specificity": "aml.aml_specificity",
    "confirm": "aml.alert_confirm",
}

COMPLIANCE = {
    "aml_alert_rate": _share("alert", "true"),
    "aml_fdr": _share("NOT truth", "alert"),
    "aml_fpr": _share("alert", "NOT truth"),
    "aml_recall": _share("alert", "truth"),
    "effective_recall_10d": f"""{_SCREENED}
SELECT avg(ifnull((SELECT min(r.time) FROM ruled r WHERE r.verdict = 1 AND r.payment = s.payment AND r.seq > s.seq)
                  - s.time <= {10 * DAY}, false)::INT) AS value, count(*) AS n
FROM seen s WHERE truth""",
    "time_to_clear_p50": f"""{_SCREENED}
SELECT at_share(list_sort(list(seconds)), 0.5) / 3600 AS value, count(*) AS n FROM cleared""",
    "time_to_clear_p95": f"""{_SCREENED}
SELECT at_share(list_sort(list(seconds)), 0.95) / 3600 AS value, count(*) AS n FROM cleared""",
    "alerts_undecided": f"""{_SCREENED}
SELECT count(*) - (SELECT count(*) FROM cleared) AS value, count(*) AS n FROM seen WHERE alert""",
    "value_stopped_usd": _stopped("ending = 'STOPPED'"),
    "prohibited_stopped_usd": _stopped("prohibited AND ending = 'STOPPED'"),
    "prohibited_credited_usd": _stopped("prohibited AND ending = 'CREDITED'"),
    "compliance_exposure_usd": by_rail("sum(round(cents * chance)) / 100.0", _WEIGHED),
}

_BUSINESS_DAYS = "(SELECT count(*) FROM bd WHERE begins > f.time AND begins <= f.ruled)"
_FIRST_RULING = (
    "SELECT min(r.time) FROM j r"
    " WHERE r.subject = a.subject AND r.seq > a.seq AND r.seq < ifnull(a.again, r.seq + 1)"
)


def _filed(kinds: str, per: str = "") -> str:
    """Applications with the time of the first ruling that comes before the firm's next application."""
    return f"""
WITH applied AS (
    SELECT *, lead(seq) OVER (PARTITION BY subject{per} ORDER BY seq) AS again FROM j WHERE kind = {Kind.APPLIED:d}),
filed AS (
    SELECT a.*, ({_FIRST_RULING} AND r.kind IN ({kinds}){" AND r.actor = a.actor" if per else ""}) AS ruled
    FROM applied a),
waits AS (SELECT *, {_BUSINESS_DAYS} AS days FROM filed f WHERE ruled IS NOT NULL)"""


_APPLIED = _filed(f"{Kind.ADMITTED:d}, {Kind.FOUND_FIT:d}, {Kind.ADMISSION_REFUSED:d}")

_PERIODS = f"""
WITH used AS (
    SELECT seq, who, amount, extra, lead(amount) OVER (PARTITION BY who ORDER BY seq) AS after FROM j
    WHERE kind = {Kind.QUOTA_USED:d} AND extra > 0 AND subject = -1 AND object = -1),
ends AS (SELECT amount / extra AS share FROM used WHERE after IS NULL OR after < amount)"""

_DUE = f"""
WITH due AS (
    SELECT CASE WHEN starts_with(who, 'regime/') THEN substr(who, 8) ELSE 'main' END AS regime,
           EXISTS (SELECT 1 FROM j f WHERE f.kind = {Kind.REPORT_FILED:d} AND f.subject = d.subject
                   AND f.amount = d.amount AND f.extra = d.extra AND f.time <= d.extra
                   AND f.object = CASE WHEN starts_with(d.who, 'regime/') THEN d.actor ELSE -1 END) AS kept
    FROM j d, w WHERE d.kind = {Kind.REPORT_DUE:d} AND d.extra < horizon)"""


def _count(kind: Kind, which: str = "true") -> str:
    return f"SELECT count(CASE WHEN {which} THEN 1 END) AS value, count(*) AS n FROM j WHERE kind = {kind:d}"


def _credited(which: str, among: str = "true") -> str:
    return f"""
SELECT sum(CASE WHEN {which} THEN cents ELSE 0 END) / sum(cents) AS value, count(*) AS n FROM credited WHERE {among}"""


SUPERVISION = {
    "application_wait_mean": f"{_APPLIED} SELECT avg(days) AS value, count(*) AS n FROM waits",
    "application_wait_p95": f"""{_APPLIED}
SELECT at_share(list_sort(list(days)), 0.95) AS value, count(*) AS n FROM waits""",
    "review_within_sla": f"{_APPLIED} SELECT avg((days <= {{sla}})::INT) AS value, count(*) AS n FROM waits",
    "applications_pending": f"""{_APPLIED}
SELECT CASE WHEN count(*) > 0 THEN sum((ruled IS NULL)::INT) END AS value, count(*) AS n FROM filed""",
    "cap_utilisation": f"{_PERIODS} SELECT avg(share) AS value, count(*) AS n FROM ends",
    "cap_utilisation_max": f"{_PERIODS} SELECT max(share) AS value, count(*) AS n FROM ends",
    "report_timely": f"{_DUE} SELECT avg(kept::INT) AS value, count(*) AS n FROM due",
    "inspections": _count(Kind.INSPECTED),
    "breaches_found": _count(Kind.INSPECTED, "amount <> 0"),
    "revocations": _count(Kind.REVOKED),
    "visibility_share": _credited(
        f"payment IN (SELECT payment FROM j WHERE kind IN ({Kind.CONSUMED:d}, {Kind.RECEIPT:d}))"
    ),
    "share_elr": _credited("rail IN (FROM regime_rails)"),
    "crypto_share_of_imports": _credited("rail IN ('usdt', 'btc')", "direction = 'import'"),
    "cap_binding_share": f"""
SELECT count(DISTINCT m.time // {DAY}) * {DAY} / max(t1 - t0) AS value, count(DISTINCT m.time // {DAY}) AS n
FROM w LEFT JOIN moves m ON m.state = {State.QUOTA_WAIT:d} AND m.time BETWEEN t0 AND t1 - 1""",
}

_REGIME = "CASE WHEN starts_with(who, 'regime/') THEN substr(who, 8) ELSE 'main' END"

_PAID = f"""
WITH consent AS (
    SELECT payment, {_REGIME} AS regime FROM j WHERE kind = {Kind.AUTHORISED:d}
    QUALIFY row_number() OVER (PARTITION BY payment ORDER BY seq DESC) = 1),
paid AS (
    SELECT regime, sum(cents) AS cents, count(*) AS n
    FROM credited SEMI JOIN regime_rails USING (rail) JOIN consent USING (payment) GROUP BY regime)"""


def _per_regime(value: str, kinds: str) -> str:
    return f"SELECT {_REGIME} AS regime, {value} AS value, count(*) AS n FROM j WHERE kind IN ({kinds}) GROUP BY 1"


REGIMES = {
    "regime_participants": _per_regime(
        f"sum(CASE kind WHEN {Kind.ADMITTED:d} THEN 1 ELSE -1 END)", f"{Kind.ADMITTED:d}, {Kind.REVOKED:d}"
    ),
    "regime_value_usd": f"{_PAID} SELECT regime, cents / 100.0 AS value, n FROM paid",
    "regime_value_share": f"{_PAID} SELECT regime, cents / sum(cents) OVER () AS value, n FROM paid",
    "regime_application_wait_mean": f"""{_filed(f"{Kind.ADMITTED:d}, {Kind.ADMISSION_REFUSED:d}", ", actor")}
SELECT {_REGIME} AS regime, avg(days) AS value, count(*) AS n FROM waits GROUP BY 1""",
    "regime_report_timely": f"{_DUE} SELECT regime, avg(kept::INT) AS value, count(*) AS n FROM due GROUP BY regime",
    "regime_inspections": _per_regime("count(*)", f"{Kind.INSPECTED:d}"),
    "regime_revocations": _per_regime("count(*)", f"{Kind.REVOKED:d}"),
}
