"""Exports: what reaches the exporters, how long it takes and what their buyers are charged for it."""

from sandbox.metrics.measured import Metric

_NONE = "no firm exports, or no export of this group was credited"


def _quantile(percent: int) -> Metric:
    return Metric(
        name=f"export_time_p{percent}",
        family="exports",
        unit="h",
        definition=f"{percent}% quantile (linear between order statistics) of seconds from creation to CREDITED, over "
        "credited exports of the cohort; rail is that of the last attempt",
        direction="lower",
        empty=_NONE,
        sql=f"""SELECT rail, quantile_cont(settlement_seconds, {percent / 100}) / 3600.0 AS value, count(*) AS n
FROM cohort WHERE direction = 'export' AND ending = 'CREDITED' GROUP BY GROUPING SETS ((), (rail))""",
    )


METRICS = (
    Metric(
        name="export_value_usd",
        family="exports",
        unit="USD",
        definition="invoice value of the cohort's credited exports",
        direction="higher",
        empty="no firm exports, or no export was ordered in the observed window",
        sql="""SELECT rail, CASE WHEN count(*) > 0
            THEN coalesce(sum(value_cents) FILTER (ending = 'CREDITED'), 0) / 100.0 END AS value,
       count(*) FILTER (ending = 'CREDITED') AS n
FROM cohort WHERE direction = 'export' GROUP BY GROUPING SETS ((), (rail))""",
    ),
    Metric(
        name="export_share_credited",
        family="exports",
        unit="share",
        definition="exports of the cohort that were credited / exports of the cohort",
        direction="higher",
        empty="no firm exports, or no export was ordered in the observed window",
        sql="""SELECT rail, count(*) FILTER (ending = 'CREDITED') / nullif(count(*), 0) AS value, count(*) AS n
FROM cohort WHERE direction = 'export' GROUP BY GROUPING SETS ((), (rail))""",
    ),
    *(_quantile(percent) for percent in (50, 95)),
    Metric(
        name="export_cost_pct",
        family="exports",
        unit="% of value",
        definition="all posted charges of the cohort's exports, failed attempts included / invoice value of those "
        "credited x 100; the buyers bear them",
        direction="lower",
        empty=_NONE,
        sql="""WITH charged AS (
    SELECT c.rail, sum(x.micro_usd) AS micro_usd, sum(x.unpriced) AS unpriced
    FROM cohort c JOIN charges x USING (payment)
    WHERE c.direction = 'export' GROUP BY GROUPING SETS ((), (c.rail))),
credited AS (
    SELECT rail, sum(value_cents) FILTER (ending = 'CREDITED') AS cents,
           count(*) FILTER (ending = 'CREDITED') AS n
    FROM cohort WHERE direction = 'export' GROUP BY GROUPING SETS ((), (rail)))
SELECT k.rail, CASE WHEN coalesce(s.unpriced, 0) = 0
                    THEN coalesce(s.micro_usd, 0) / (100.0 * k.cents) END AS value, k.n
FROM credited k LEFT JOIN charged s ON s.rail IS NOT DISTINCT FROM k.rail""",
    ),
)
