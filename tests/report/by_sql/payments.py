"""Numbers about payments as SQL on the raw tables: speed, endings, flow, concentration, exports, access."""

from sandbox.journal.kinds import Kind, Purpose
from sandbox.lifecycle import Reason, State
from sandbox.money import Asset
from tests.report.by_sql.ground import DAY, by_rail, each

_GOOD = "ending NOT IN ('STOPPED', 'CENSORED')"
_LEGS = "last_sent IS NOT NULL AND settled IS NOT NULL"
_NEXT_DAY = "(SELECT min(begins) FROM bd WHERE begins > created)"
_DAYS = "(SELECT count(*) FROM bd, w WHERE begins >= t0 AND begins < t1)"
_ARRIVED = "(SELECT p.* FROM pay p, w WHERE ending = 'CREDITED' AND ended BETWEEN t0 AND t1 - 1)"


def _times(percent: int) -> str:
    return by_rail(f"at_share(list_sort(list(took)), {percent / 100}) / 3600.0", "credited")


def _export_times(percent: int) -> str:
    return by_rail(
        f"at_share(list_sort(list(took)), {percent / 100}) / 3600.0",
        "credited",
        "direction = 'export'",
        ways=False,
    )


SPEED = {
    **{f"settlement_time_p{percent}": _times(percent) for percent in (50, 75, 90, 95, 99)},
    "settlement_time_mean": by_rail("avg(took) / 3600.0", "credited"),
    "leg_originator_mean": by_rail("avg(last_sent - created) / 3600.0", "credited", _LEGS),
    "leg_in_flight_mean": by_rail("avg(settled - last_sent) / 3600.0", "credited", _LEGS),
    "leg_beneficiary_mean": by_rail("avg(ended - settled) / 3600.0", "credited", _LEGS),
    "share_le_1h": by_rail(
        "avg(CASE WHEN ending = 'CREDITED' AND ended - created <= 3600 THEN 1 ELSE 0 END)"
    ),
    "share_le_1bd": by_rail(
        f"avg(CASE WHEN ending = 'CREDITED' AND ended < {_NEXT_DAY} + {DAY} THEN 1 ELSE 0 END)",
        "(SELECT * FROM coh)",
    ),
}

RELIABILITY = {
    "payments": by_rail("count(*)"),
    "payments_by_ending": f"""
SELECT ending, rg AS rail, wg AS direction, count(*) AS value, count(*) AS n
FROM {each("coh")} GROUP BY ending, rg, wg""",
    "censored_share": by_rail("sum(CASE ending WHEN 'CENSORED' THEN 1 ELSE 0 END) / count(*)"),
    "fail_rate_n": by_rail("avg(CASE ending WHEN 'CREDITED' THEN 0 ELSE 1 END)", where=_GOOD),
    "return_rate": f"""
WITH tried AS (
    SELECT c.rail, c.direction, m.state FROM coh c JOIN moves m USING (payment)
    JOIN entities e ON e.id = m.rail AND e.name = 'rail/correspondent'
    WHERE m.state IN ({State.IN_FLIGHT:d}, {State.RETURNED:d}))
SELECT wg AS direction, count(*) FILTER (state = {State.RETURNED:d}) / count(*) FILTER (state = {State.IN_FLIGHT:d})
       AS value, count(*) FILTER (state = {State.IN_FLIGHT:d}) AS n
FROM {each("tried")} WHERE rg IS NULL GROUP BY wg""",
    "attempts_mean": by_rail("avg(attempts)"),
    "settlement_efficiency": by_rail(
        "sum(CASE WHEN ending = 'CREDITED' AND ended <= due THEN cents ELSE 0 END) / sum(cents)",
        where="due BETWEEN 0 AND horizon - 1",
    ),
}

THROUGHPUT = {
    "throughput_usd_day": by_rail(f"sum(cents) / 100.0 / {_DAYS}", _ARRIVED),
    "throughput_n_day": by_rail(f"count(*) / {_DAYS}", _ARRIVED),
    "value_credited_usd": by_rail(
        "sum(CASE ending WHEN 'CREDITED' THEN cents ELSE 0 END) / 100.0",
        n="sum(CASE ending WHEN 'CREDITED' THEN 1 ELSE 0 END)",
    ),
    "dispersion_index": f"""
WITH per_day AS (
    SELECT d.day, count(a.payment) AS x FROM w, range(0, (t1 - t0) // {DAY}) d(day)
    LEFT JOIN {_ARRIVED} a ON (a.ended - (SELECT t0 FROM w)) // {DAY} = d.day GROUP BY d.day)
SELECT var_pop(x) / avg(x) AS value, sum(x) AS n FROM per_day""",
    "delay_indicator": by_rail(
        "sum(cents::DOUBLE * (CASE ending WHEN 'CREDITED' THEN ended ELSE horizon END - created))"
        " / sum(cents::DOUBLE * (horizon - created))"
    ),
    "in_flight_value": by_rail(
        "sum(cents::DOUBLE * greatest(0, least(ifnull(ended, horizon), t1) - greatest(first_sent, t0)))"
        " / (max(t1) - max(t0)) / 100",
        "(SELECT * FROM pay, w)",
        "first_sent IS NOT NULL",
    ),
}

_HELD = f"""
WITH dealt AS (
    SELECT payment, who AS dealer FROM j WHERE kind = {Kind.CONVERTED:d} AND starts_with(who, 'dealer/')
    QUALIFY row_number() OVER (PARTITION BY payment ORDER BY seq DESC) = 1),
good AS (SELECT * FROM credited LEFT JOIN dealt USING (payment) LEFT JOIN (SELECT rail, true AS regime
         FROM regime_rails) USING (rail) WHERE cents > 0),
held AS (
    SELECT 'participants' AS among, importer AS holder, cents FROM good WHERE regime
    UNION ALL SELECT 'importers', importer, cents FROM good
    UNION ALL SELECT 'banks', bank, cents FROM good
    UNION ALL SELECT 'rails', rail, cents FROM good
    UNION ALL SELECT 'corridors', country, cents FROM good
    UNION ALL SELECT 'dealers', dealer, cents FROM good WHERE regime AND dealer IS NOT NULL),
sums AS (SELECT among, holder, sum(cents)::DOUBLE AS x FROM held GROUP BY ALL),
shares AS (SELECT among, x / sum(x) OVER (PARTITION BY among) AS share FROM sums)
"""

CONCENTRATION = {
    "hhi_value": f"{_HELD} SELECT among, 10000 * sum(share ** 2) AS value, count(*) AS n FROM shares GROUP BY among",
    "hhi_norm": f"""{_HELD} SELECT among,
    CASE WHEN count(*) > 1 THEN (sum(share ** 2) - 1.0 / count(*)) / (1 - 1.0 / count(*)) END AS value,
    count(*) AS n FROM shares GROUP BY among""",
    "cr3": f"""{_HELD} SELECT among, list_sum(list_sort(list(share), 'DESC')[1:3]) AS value, count(*) AS n
    FROM shares GROUP BY among""",
    "frozen_usd": f"""
SELECT ifnull(sum(u), 0) / {Asset.USDT.scale} AS value, count(*) AS n FROM (
    SELECT f.seq, (SELECT sum(CASE p.object WHEN f.subject THEN p.amount ELSE -p.amount END) FROM j p
                   WHERE p.kind = {Kind.POSTED:d} AND f.subject IN (p.subject, p.object) AND p.seq < f.seq) AS u
    FROM j f WHERE f.kind = {Kind.FROZEN:d})""",
    "destroyed_usd": f"""
SELECT ifnull(sum(amount), 0) / {Asset.USDT.scale} AS value, count(*) AS n FROM j
WHERE kind = {Kind.POSTED:d} AND reason = {Purpose.DESTROY:d}""",
    "issuer_concentration": """
SELECT sum(CASE rail WHEN 'usdt' THEN cents ELSE 0 END) / sum(cents) AS value, count(*) AS n
FROM credited SEMI JOIN regime_rails USING (rail)""",
}

EXPORTS = {
    "export_value_usd": by_rail(
        "sum(CASE ending WHEN 'CREDITED' THEN cents ELSE 0 END) / 100.0",
        "coh",
        "direction = 'export'",
        n="sum(CASE ending WHEN 'CREDITED' THEN 1 ELSE 0 END)",
        ways=False,
    ),
    "export_share_credited": by_rail(
        "avg(CASE ending WHEN 'CREDITED' THEN 1 ELSE 0 END)", "coh", "direction = 'export'", ways=False
    ),
    "export_time_p50": _export_times(50),
    "export_time_p95": _export_times(95),
    "export_cost_pct": by_rail(
        "ifnull(sum(micro), 0) / (100.0 * sum(CASE ending WHEN 'CREDITED' THEN cents END))",
        "(SELECT * FROM coh LEFT JOIN charges_of USING (payment))",
        "direction = 'export'",
        n="sum(CASE ending WHEN 'CREDITED' THEN 1 ELSE 0 END)",
        ways=False,
    ),
}

_CHOSEN = f"""
WITH chosen AS (
    SELECT payment, subject AS worth, amount >= 4294967296 AS served FROM j WHERE kind = {Kind.CHOSE_RAIL:d}
    QUALIFY row_number() OVER (PARTITION BY payment ORDER BY seq) = 1),
firms AS (
    SELECT c.importer, sum(c.cents) AS cents, last(ifnull(h.served, false) ORDER BY c.payment) AS served
    FROM coh c LEFT JOIN chosen h USING (payment) GROUP BY c.importer),
placed AS (SELECT *, ntile(5) OVER (ORDER BY cents DESC, importer) AS fifth FROM firms)"""

ACCESS = {
    "access_rate": f"{_CHOSEN} SELECT avg(served::INT) AS value, count(*) AS n FROM firms",
    "sme_gap": f"""{_CHOSEN}
SELECT CASE WHEN (SELECT count(*) FROM firms) >= 5 THEN
       (SELECT avg(served::INT) FROM placed WHERE fifth = 1) - (SELECT avg(served::INT) FROM placed WHERE fifth = 5)
       END AS value, (SELECT count(*) FROM firms) AS n""",
    "choice_worth": f"""{_CHOSEN}
SELECT avg(worth) / 10000 AS value, count(*) AS n FROM chosen SEMI JOIN coh USING (payment)""",
    "disclosure_share": by_rail(
        "avg(share)", "(SELECT c.*, d.share FROM coh c JOIN disclosed d USING (rail))", ways=False
    ),
}

#: Of the payments that asked a dealer for a quote: how many ever came to this.
_ASKED = f"(SELECT * FROM coh SEMI JOIN (SELECT payment FROM moves WHERE state = {State.CONVERSION:d}) USING (payment))"


def asked(which: str) -> str:
    """Share of payments with such a move among those that asked for a quote."""
    return by_rail(f"avg((payment IN (SELECT payment FROM moves WHERE {which}))::INT)", _ASKED)


WAITS = {
    "lp_stockout_share": asked(f"state = {State.DEALER_WAIT:d}"),
    "quote_expiry_share": asked(f"state = {State.CONVERSION:d} AND reason = {Reason.ELR_QUOTE_EXPIRED:d}"),
    "market_wait_share": asked(f"state = {State.MARKET_WAIT:d}"),
    "quota_wait_share": f"""
SELECT avg((payment IN (SELECT payment FROM moves WHERE state = {State.QUOTA_WAIT:d}))::INT) AS value, count(*) AS n
FROM coh SEMI JOIN regime_rails USING (rail)""",
}
