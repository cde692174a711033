"""Cost: what it takes to get one dollar through, itemised, with the retail standard's subset beside it.

Charges are the POSTED rows by purpose, failed attempts included. The all-in figures divide by the value that
was credited, because the failures have to be paid by what gets through. Compliance is never netted here.
"""

from sandbox.metrics.measured import Metric
from sandbox.metrics.staging import EACH_WAY

_NOBODY = "no payment of this group was credited, or a charge had no price in force"

#: Charges of each payment of the cohort beside its rail and country.
_CHARGED = """WITH charged AS (
    SELECT c.payment, c.rail, c.country, c.direction, c.ending, c.value_cents, x.purpose, x.fsb, x.micro_usd, x.unpriced
    FROM cohort c LEFT JOIN charges x USING (payment)),
credited AS (
    SELECT {group}, sum(value_cents) AS cents, count(*) AS n
    FROM cohort WHERE ending = 'CREDITED' GROUP BY {sets})"""


#: A direction of trade is a group only where firms sell abroad.
_TOLD = "(k.direction IS NULL OR (SELECT told FROM both_ways))"


def _percent_of_credited(group: str, chosen: str) -> str:
    """SQL: charges that satisfy ``chosen`` in percent of value credited, by each of ``group`` and in all."""
    names = group.split(", ")
    sets = f"GROUPING SETS ((), {', '.join(f'({name})' for name in names)})"
    same = " AND ".join(f"k.{name} IS NOT DISTINCT FROM s.{name}" for name in names)
    return f"""{_CHARGED.format(group=group, sets=sets)}
SELECT {", ".join(f"k.{name}" for name in names)},
       CASE WHEN coalesce(s.unpriced, 0) = 0
            THEN coalesce(s.micro_usd, 0) / (100.0 * k.cents) END AS value, k.n
FROM credited k LEFT JOIN (
    SELECT {group}, sum(micro_usd) AS micro_usd, sum(unpriced) AS unpriced
    FROM charged WHERE {chosen} GROUP BY {sets}) s ON {same}
WHERE k.cents > 0 AND {_TOLD}"""


#: Financing and penalty of each payment in whole micro_usd: an integer a payment, so that sums are exact.
DELAY = """WITH waited AS (
    SELECT c.*, r.percent_per_year, f.*,
           coalesce(ended, horizon) - first_sent AS stuck_seconds,
           greatest(0, coalesce(ended, horizon) - due) AS late_seconds
    FROM cohort c CROSS JOIN facts f
    ASOF LEFT JOIN (SELECT CASE WHEN since = min(since) OVER () THEN least(since, 0) ELSE since END AS since,
                           percent_per_year FROM key_rates) r ON c.created >= r.since),
delayed AS (
    SELECT payment, rail, direction, ending, value_cents,
           coalesce(round(value_cents * 10000.0 * percent_per_year / 100 / 365 * stuck_seconds / 86400),
                    0)::BIGINT AS financing,
           CASE WHEN due < 0 THEN 0 ELSE round(value_cents * 10000.0
                * least(penalty_cap_share, penalty_percent_per_day / 100 * late_seconds / 86400))::BIGINT END
               AS penalty,
           CASE WHEN terms = 'prepay' THEN round(value_cents * 10000.0 * passthrough
                * time_value_percent_per_day / 100 * observed_seconds / 86400)::BIGINT ELSE 0 END AS goods
    FROM waited)"""


def _delay_percent(column: str) -> str:
    return f"""{DELAY}
SELECT rail, direction, sum({column}) / (100.0 * sum(value_cents) FILTER (ending = 'CREDITED')) AS value,
       count(*) FILTER (ending = 'CREDITED') AS n
FROM delayed {EACH_WAY}"""


_ALL_IN = f"""{DELAY},
posted AS (
    SELECT c.rail, c.direction, sum(x.micro_usd) AS micro_usd, sum(x.unpriced) AS unpriced
    FROM cohort c JOIN charges x USING (payment) GROUP BY GROUPING SETS ((), (c.rail), (c.direction))),
totals AS (
    SELECT rail, direction, sum(financing + penalty) AS delay_micro_usd,
           sum(value_cents) FILTER (ending = 'CREDITED') AS cents, count(*) FILTER (ending = 'CREDITED') AS n
    FROM delayed GROUP BY GROUPING SETS ((), (rail), (direction)))
SELECT k.rail, k.direction, CASE WHEN coalesce(p.unpriced, 0) = 0
                    THEN (coalesce(p.micro_usd, 0) + k.delay_micro_usd) / (100.0 * k.cents) END AS value, k.n
FROM totals k LEFT JOIN posted p
    ON p.rail IS NOT DISTINCT FROM k.rail AND p.direction IS NOT DISTINCT FROM k.direction
WHERE {_TOLD}"""

METRICS = (
    Metric(
        name="cost_pct_all_in",
        family="cost",
        unit="% of value",
        definition="(all posted charges: fees, spread with impact, network fee, loss on returns, money "
        "written off; plus financing of money in flight plus late penalty) of all payments of "
        "the cohort / invoice value of those credited x 100",
        standard="adapted from the FSB cost indicator; there is no wholesale cost target",
        direction="lower",
        empty=_NOBODY,
        needs="delay",
        sql=_ALL_IN,
    ),
    Metric(
        name="cost_pct_charges",
        family="cost",
        unit="% of value",
        definition="all posted charges of the cohort, failed attempts included / invoice value credited x "
        "100",
        direction="lower",
        empty=_NOBODY,
        sql=_percent_of_credited("rail, country, direction", "payment IS NOT NULL"),
    ),
    Metric(
        name="cost_pct_fsb",
        family="cost",
        unit="% of value",
        definition="fees and conversion margin posted for credited payments (all their attempts) / their "
        "invoice value x 100: no losses, financing or penalties",
        standard="FSB G20 retail cost indicator: average at most 1%, no corridor above 3%",
        direction="lower",
        empty=_NOBODY,
        sql=_percent_of_credited("rail, country, direction", "fsb AND ending = 'CREDITED'"),
    ),
    Metric(
        name="cost_pct_item",
        family="cost",
        unit="% of value",
        definition="posted charges of one purpose, failed attempts included / invoice value credited x "
        "100; the purposes add up to cost_pct_charges",
        empty=_NOBODY,
        sql="""WITH credited AS (SELECT sum(value_cents) AS cents FROM cohort WHERE ending = 'CREDITED')
SELECT x.purpose, CASE WHEN sum(x.unpriced) = 0 AND any_value(k.cents) > 0
                       THEN sum(x.micro_usd) / (100.0 * any_value(k.cents)) END AS value,
       count(DISTINCT x.payment) AS n
FROM charges x JOIN cohort c USING (payment) CROSS JOIN credited k GROUP BY x.purpose""",
    ),
    Metric(
        name="cost_pct_financing",
        family="cost",
        unit="% of value",
        definition="value x key rate at creation / 365 x days from first release to the ending (or "
        "horizon), over the cohort / invoice value credited x 100",
        direction="lower",
        empty=_NOBODY,
        needs="delay",
        sql=_delay_percent("financing"),
    ),
    Metric(
        name="cost_pct_penalty",
        family="cost",
        unit="% of value",
        definition="value x penalty rate x days past due up to its cap, over payments of the cohort that "
        "have a due date / invoice value credited x 100",
        direction="lower",
        empty=_NOBODY,
        needs="delay",
        sql=_delay_percent("penalty"),
    ),
    Metric(
        name="delay_cost_pct",
        family="cost",
        unit="% of value",
        definition="value x pass-through x time value of goods x days from creation to the ending (or "
        "horizon), over prepaid payments of the cohort / invoice value credited x 100; beside, "
        "not inside, cost_pct_all_in",
        standard="Hummels and Schaur (2013), ad valorem cost of a day",
        direction="lower",
        empty=_NOBODY,
        needs="delay",
        sql=_delay_percent("goods"),
    ),
)
