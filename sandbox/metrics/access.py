"""Access and welfare: which firms have a rail that serves them, and what a choice among rails is worth."""

from sandbox.journal.kinds import Kind
from sandbox.metrics.measured import Metric

_NO_CHOICE = "no order of the cohort had a lawful rail to choose"

#: First choice of each order of the cohort: was a serving rail open, what was the whole choice worth.
_CHOICES = f"""WITH first_choice AS (
    SELECT c.payment, c.importer, c.value_cents,
           arg_min(j.subject, j.seq) AS worth, arg_min(j.amount, j.seq) >> 32 > 0 AS served
    FROM journal j JOIN cohort c USING (payment)
    WHERE j.kind = {Kind.CHOSE_RAIL:d} GROUP BY c.payment, c.importer, c.value_cents)"""

#: Each firm of the cohort with its last known access; a firm whose orders found no rail at all has none.
_FIRMS = f"""{_CHOICES},
firms AS (
    SELECT c.importer, sum(c.value_cents)::BIGINT AS value_cents,
           arg_max(coalesce(f.served, false), c.payment) AS served
    FROM cohort c LEFT JOIN first_choice f USING (payment) GROUP BY c.importer),
ranked AS (
    SELECT served, ntile(5) OVER (ORDER BY value_cents DESC, importer) AS fifth FROM firms)"""

METRICS = (
    Metric(
        name="access_rate",
        family="access",
        unit="share",
        definition="importers that at their last order of the cohort had a lawful, accepted rail they were onboarded "
        "for, quoted to fail at most once in ten times and to cost at most 3% / importers with an order in the "
        "cohort",
        standard="FSB access target, adapted",
        direction="higher",
        empty="no importer made an order in the observed window",
        sql=f"""{_FIRMS}
SELECT count(*) FILTER (served) / nullif(count(*), 0) AS value, count(*) AS n FROM ranked""",
    ),
    Metric(
        name="sme_gap",
        family="access",
        unit="share",
        definition="access_rate of the fifth of importers with the largest invoice value in the cohort less that of "
        "the fifth with the smallest",
        direction="lower",
        empty="fewer than five importers made an order in the observed window",
        sql=f"""{_FIRMS}
SELECT CASE WHEN count(*) >= 5 THEN
           count(*) FILTER (served AND fifth = 1) / nullif(count(*) FILTER (fifth = 1), 0)
           - count(*) FILTER (served AND fifth = 5) / nullif(count(*) FILTER (fifth = 5), 0) END AS value,
       count(*) AS n
FROM ranked""",
    ),
    Metric(
        name="choice_worth",
        family="access",
        unit="pp of value",
        definition="mean over the cohort's orders of ln(sum over the rails open to the order of exp U) / beta_cost at "
        "its first choice, in percentage points of the value; only its difference between two scenarios means "
        "anything, and that is the change of consumer surplus",
        standard="logsum, Small and Rosen 1981",
        direction="higher",
        empty=_NO_CHOICE,
        sql=f"{_CHOICES}\nSELECT sum(worth)::BIGINT / (10000.0 * count(*)) AS value, count(*) AS n FROM first_choice",
    ),
    Metric(
        name="disclosure_share",
        family="access",
        unit="share",
        definition="sum over the cohort's orders of the share of cost, expected time, tracking and terms that the rail "
        "of their last attempt discloses before the order (parameter transparency.disclosed) / orders with a rail",
        standard="FSB minimum set of transparency, adapted",
        direction="higher",
        empty="no order of the cohort had a rail",
        needs="disclosed",
        sql="""SELECT c.rail, sum(d.share) / nullif(count(*), 0) AS value, count(*) AS n
FROM cohort c JOIN disclosed d USING (rail) GROUP BY GROUPING SETS ((), (c.rail))""",
    ),
)
