"""Concentration: whether value depends on few participants, banks, dealers, rails or corridors."""

from sandbox.journal.kinds import Kind
from sandbox.metrics.measured import Metric

_EMPTY = "no value of the cohort was credited there"

#: Credited value by holder in each market. A payment's dealer is the last one that converted for it.
_SHARES = f"""WITH credited AS (SELECT * FROM cohort WHERE ending = 'CREDITED' AND value_cents > 0),
dealt AS (
    SELECT c.payment, arg_max(e.name, j.seq) AS dealer
    FROM journal j JOIN credited c USING (payment) JOIN entities e ON e.id = j.actor
    WHERE j.kind = {Kind.CONVERTED:d} AND e.name LIKE 'dealer/%'
      AND c.rail IN (SELECT rail FROM regime_rails) GROUP BY c.payment),
shares AS (
    SELECT 'participants' AS among, importer AS holder, sum(value_cents) AS cents FROM credited
        WHERE rail IN (SELECT rail FROM regime_rails) GROUP BY importer
    UNION ALL SELECT 'importers', importer, sum(value_cents) FROM credited GROUP BY importer
    UNION ALL SELECT 'banks', bank, sum(value_cents) FROM credited GROUP BY bank
    UNION ALL SELECT 'rails', rail, sum(value_cents) FROM credited GROUP BY rail
    UNION ALL SELECT 'corridors', country, sum(value_cents) FROM credited GROUP BY country
    UNION ALL SELECT 'dealers', dealer, sum(value_cents)
        FROM credited JOIN dealt USING (payment) GROUP BY dealer),
markets AS (
    SELECT unnest(['participants', 'importers', 'banks', 'dealers', 'rails', 'corridors']) AS among)"""

_WHAT = (
    "by credited invoice value of the cohort, among importers on the regime's rails (participants), all "
    "importers, banks, dealers on the regime's rails, rails and countries (corridors)"
)

METRICS = (
    Metric(
        name="hhi_value",
        family="concentration",
        unit="points",
        definition=f"10,000 x sum of squared shares {_WHAT}; n counts the holders",
        standard="Herfindahl-Hirschman; US DOJ 2023 bands by convention: above 1,000 moderate, above 1,800 "
        "high",
        empty=_EMPTY,
        sql=f"""{_SHARES}
SELECT among, 10000.0 * sum(cents::HUGEINT * cents::HUGEINT)
       / (sum(cents)::HUGEINT * sum(cents)::HUGEINT) AS value, count(cents) AS n
FROM markets LEFT JOIN shares USING (among) GROUP BY among""",
    ),
    Metric(
        name="hhi_norm",
        family="concentration",
        unit="share",
        definition="(H - 1/n) / (1 - 1/n) with H = hhi_value / 10,000 and n holders: 0 when all are equal",
        standard="normalised Herfindahl-Hirschman",
        empty="fewer than two holders",
        sql=f"""{_SHARES},
indices AS (
    SELECT among, sum(cents::HUGEINT * cents::HUGEINT) / (sum(cents)::HUGEINT * sum(cents)::HUGEINT) AS h,
           count(cents) AS n
    FROM markets LEFT JOIN shares USING (among) GROUP BY among)
SELECT among, CASE WHEN n > 1 THEN (h - 1 / n) / (1 - 1 / n) END AS value, n FROM indices""",
    ),
    Metric(
        name="cr3",
        family="concentration",
        unit="share",
        definition=f"sum of the three largest shares {_WHAT}",
        empty=_EMPTY,
        sql=f"""{_SHARES},
ranked AS (SELECT *, row_number() OVER (PARTITION BY among ORDER BY cents DESC, holder) AS place FROM shares)
SELECT among, sum(cents) FILTER (place <= 3) / nullif(sum(cents), 0) AS value, count(cents) AS n
FROM markets LEFT JOIN ranked USING (among) GROUP BY among""",
    ),
)
