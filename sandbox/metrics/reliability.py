"""Reliability: how payments end, how often they come back and how many attempts they take."""

from sandbox.metrics.measured import Metric
from sandbox.metrics.staging import EACH_WAY

_NO_COHORT = "no payment was created in the observed window"

METRICS = (
    Metric(
        name="payments",
        family="reliability",
        unit="payments",
        definition="payments created in the observed window, by rail of the last attempt ('none': no rail "
        "chosen)",
        empty=_NO_COHORT,
        sql=f"SELECT rail, direction, count(*) AS value, count(*) AS n FROM cohort {EACH_WAY}",
    ),
    Metric(
        name="payments_by_ending",
        family="reliability",
        unit="payments",
        definition="payments of the cohort by ending; CENSORED were in flight at the horizon and are neither "
        "settled nor failed; the endings add up to payments",
        empty=_NO_COHORT,
        sql="""SELECT ending, rail, direction, count(*) AS value, count(*) AS n
FROM cohort GROUP BY GROUPING SETS ((ending), (ending, rail), (ending, direction))
HAVING direction IS NULL OR (SELECT told FROM both_ways)""",
    ),
    Metric(
        name="censored_share",
        family="reliability",
        unit="share",
        definition="payments of the cohort in flight at the horizon / payments of the cohort",
        empty=_NO_COHORT,
        sql=f"""SELECT rail, direction, count(*) FILTER (ending = 'CENSORED') / count(*) AS value, count(*) AS n
FROM cohort {EACH_WAY}""",
    ),
    Metric(
        name="fail_rate_n",
        family="reliability",
        unit="share",
        definition="1 - credited / ended payments of the cohort, compliance stops left out of both; censored "
        "payments have not ended and are told by censored_share",
        direction="lower",
        empty="no payment of this group ended other than by a compliance stop",
        sql=f"""SELECT rail, direction, 1 - count(*) FILTER (ending = 'CREDITED') / nullif(count(*), 0) AS value,
       count(*) AS n
FROM cohort WHERE ending NOT IN ('STOPPED', 'CENSORED') {EACH_WAY}""",
    ),
    Metric(
        name="return_rate",
        family="reliability",
        unit="share",
        definition="correspondent payments returned / correspondent payments sent: entries into RETURNED "
        "over entries into IN_FLIGHT of each attempt on that rail",
        standard="pacs.004 over pacs.008 messages",
        direction="lower",
        empty="no payment was sent over correspondent banks",
        sql="""SELECT direction, sum(returned) / nullif(sum(sent), 0) AS value, coalesce(sum(sent), 0) AS n
FROM correspondent_attempts JOIN cohort USING (payment) GROUP BY GROUPING SETS ((), (direction))
HAVING direction IS NULL OR (SELECT told FROM both_ways)""",
    ),
    Metric(
        name="attempts_mean",
        family="reliability",
        unit="attempts",
        definition="attempts / payments of the cohort",
        direction="lower",
        empty=_NO_COHORT,
        sql=f"""SELECT rail, direction, sum(coalesce(attempts, 1)) / nullif(count(*), 0) AS value, count(*) AS n
FROM cohort {EACH_WAY}""",
    ),
    Metric(
        name="settlement_efficiency",
        family="reliability",
        unit="share",
        definition="invoice value credited by its due date / invoice value of the cohort's payments whose "
        "due date falls before the horizon; prepaid orders have no due date",
        standard="adapted from the CSDR settlement efficiency rate",
        direction="higher",
        empty="no payment of the cohort fell due before the horizon",
        sql=f"""SELECT rail, direction, coalesce(sum(value_cents) FILTER (settlement_seconds <= due - created), 0)
       / nullif(sum(value_cents), 0) AS value, count(*) AS n
FROM cohort, facts WHERE due >= 0 AND due < horizon {EACH_WAY}""",
    ),
)
