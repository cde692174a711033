"""Numbers about money as SQL on the raw tables: cost, market, goods, monetary control."""

from sandbox.goods import GoodsState
from sandbox.journal.kinds import Kind, Purpose
from sandbox.money import Asset
from tests.report.by_sql.ground import by_rail, each

_CREDITED = "sum(CASE ending WHEN 'CREDITED' THEN cents END)"
_N = "sum(CASE ending WHEN 'CREDITED' THEN 1 ELSE 0 END)"
_CHARGED = "(SELECT * FROM coh LEFT JOIN charges_of USING (payment))"

#: What waiting cost each payment, whole micro dollars; terms are parameters of the run.
_DELAYED = """(
SELECT c.*, h.micro, h.fees,
       round(cents * 1e4 * rate / 36500 * (ifnull(ended, horizon) - first_sent) / 86400) AS financing,
       CASE WHEN due >= 0 THEN round(cents * 1e4 * least({late_cap}, {late_day} / 100
            * greatest(0, ifnull(ended, horizon) - due) / 86400)) ELSE 0 END AS penalty,
       CASE terms WHEN 'prepay' THEN round(cents * 1e4 * {passthrough} * {goods_day} / 100
            * (ifnull(ended, horizon) - created) / 86400) ELSE 0 END AS goods
FROM (SELECT *, ifnull((SELECT max_by(percent, since) FROM rates WHERE since <= created),
                       (SELECT min_by(percent, since) FROM rates)) AS rate FROM coh) c
LEFT JOIN charges_of h USING (payment))"""

#: Parameters by which the text above is filled in.
TERMS = {
    "late_cap": "population.late_penalty_cap",
    "late_day": "population.late_penalty_per_day",
    "passthrough": "choice.delay_passthrough",
    "goods_day": "choice.time_value_goods",
}


def _with_countries(sum_of: str, which: str = "true") -> str:
    charged = f"ifnull(sum(CASE WHEN {which} THEN {sum_of} END), 0)"
    value = f"{charged} / (100.0 * {_CREDITED})"
    return (
        by_rail(value, _CHARGED, n=_N).replace("SELECT rg AS rail,", "SELECT NULL AS country, rg AS rail,")
        + f" HAVING {_CREDITED} > 0 UNION ALL BY NAME SELECT country, NULL AS rail, NULL AS direction,"
        f" {value} AS value, {_N} AS n FROM {_CHARGED} GROUP BY country HAVING {_CREDITED} > 0"
    )


def _delayed(column: str) -> str:
    return by_rail(f"ifnull(sum({column}), 0) / (100.0 * {_CREDITED})", _DELAYED, n=_N)


COST = {
    "cost_pct_all_in": by_rail(
        f"(ifnull(sum(micro), 0) + ifnull(sum(financing), 0) + sum(penalty)) / (100.0 * {_CREDITED})",
        _DELAYED,
        n=_N,
    ),
    "cost_pct_charges": _with_countries("micro"),
    "cost_pct_fsb": _with_countries("fees", "ending = 'CREDITED'"),
    "cost_pct_item": """
SELECT purpose, sum(micro) / (100.0 * (SELECT sum(cents) FROM credited)) AS value, count(DISTINCT payment) AS n
FROM charged SEMI JOIN coh USING (payment) GROUP BY purpose""",
    "cost_pct_financing": _delayed("financing"),
    "cost_pct_penalty": _delayed("penalty"),
    "delay_cost_pct": _delayed("goods"),
}

#: The asset that carries a payment's value between release and credit, and its loss against the dollar.
_CARRIED = f"""(
SELECT c.*, 100 * (1 - later.dollars / earlier.dollars) AS loss
FROM credited c JOIN (VALUES ('usdt', {Asset.USDT:d}), ('btc', {Asset.BTC:d}), ('agent', {Asset.RUB:d}),
                      ('digital_ruble', {Asset.RUB:d})) a(rail, asset) ON a.rail = c.rail
JOIN stretches later ON later.asset = a.asset AND c.ended >= later.since AND c.ended < later.until
JOIN stretches earlier ON earlier.asset = a.asset AND c.last_sent >= earlier.since AND c.last_sent < earlier.until
WHERE c.last_sent IS NOT NULL)"""

_WORST = f"""
WITH losses AS (
    SELECT c.payment, c.rail, c.direction, ifnull(greatest(0, m.loss), 0)
        + ifnull(l.micro / 100.0 / c.cents, 0)
        + CASE WHEN c.ending = 'LOST' AND l.written IS NOT TRUE THEN 100 ELSE 0 END AS loss
    FROM coh c LEFT JOIN {_CARRIED} m USING (payment)
    LEFT JOIN (SELECT payment, sum(micro) AS micro, max(purpose = 'LOSS') AS written FROM charged
               WHERE purpose IN ('LOSS', 'RETURN_LOSS') GROUP BY payment) l USING (payment))
SELECT rg AS rail, list_avg(list_sort(list(loss), 'DESC')[1:greatest(1, floor(count(*) * 0.005)::BIGINT)]) AS value,
       greatest(1, floor(count(*) * 0.005)::BIGINT) AS n
FROM {each("losses", ways=False)} GROUP BY rg"""

MARKET = {
    "fx_var99": by_rail("at_share(list_sort(list(loss)), 0.99)", _CARRIED, ways=False),
    "es995_loss": _WORST,
    "aggregate_open_exposure": by_rail(
        "sum(cents::DOUBLE * (least(ifnull(ended, horizon), t1) - greatest(last_sent, t0)))"
        " / 100 / (max(t1) - max(t0))",
        "(SELECT * FROM pay, w)",
        "rail IN ('usdt', 'btc') AND last_sent IS NOT NULL"
        " AND least(ifnull(ended, horizon), t1) > greatest(last_sent, t0)",
        ways=False,
    ),
}

_CONTRACTS = f"""(
SELECT g.payment, p.terms AS rail, g.ordered, g.delivered, g.refused, g.abandoned, '' AS direction FROM (
    SELECT payment, min(time) AS ordered, first(object ORDER BY seq) AS begun,
           max(CASE object WHEN {GoodsState.DELIVERED:d} THEN time END) AS delivered,
           max((object = {GoodsState.EXPORT_REFUSED:d})::INT) AS refused,
           max((object = {GoodsState.ABANDONED:d})::INT) AS abandoned
    FROM j WHERE kind = {Kind.GOODS:d} GROUP BY payment) g JOIN payments p USING (payment), w
WHERE g.begun = {GoodsState.ORDERED:d} AND g.ordered BETWEEN t0 AND t1 - 1)"""


def _by_terms(value: str, where: str = "true", n: str = "count(*)") -> str:
    return by_rail(value, _CONTRACTS, where, n=n, ways=False).replace("rg AS rail", "rg AS terms")


GOODS = {
    "goods_cycle_days": _by_terms("avg(delivered - ordered) / 86400.0", n="count(delivered)"),
    "contracts_refused_share": _by_terms("avg(refused)"),
    "contracts_abandoned_share": _by_terms("avg(abandoned)"),
    "refund_days_p50": f"""
SELECT list_sort(list(extra / 86400.0))[((count(*) + 1) // 2)] AS value, count(*) AS n FROM j
WHERE kind = {Kind.REFUND:d} AND subject = 2""",
    "penalty_usd": f"""
SELECT sum(amount) / 100.0 AS value, count(*) AS n FROM j SEMI JOIN coh USING (payment)
WHERE kind = {Kind.PENALTY:d}""",
    "landed_cost_per_contract": by_rail(
        "avg(cents / 100.0 + (ifnull(micro, 0) + ifnull(financing, 0) + goods) / 1e6 + ifnull(late, 0) / 100.0)",
        f"(SELECT d.*, l.late FROM {_DELAYED} d LEFT JOIN (SELECT payment, sum(amount) AS late FROM j"
        f" WHERE kind = {Kind.PENALTY:d} GROUP BY payment) l USING (payment))",
        "ending = 'CREDITED'",
        ways=False,
    ),
    "restricted_value_stopped": f"""
SELECT sum(cents) / 100.0 AS value, count(*) AS n FROM coh
WHERE ending = 'STOPPED' OR EXISTS (SELECT 1 FROM j WHERE j.payment = coh.payment AND j.kind = {Kind.GOODS:d}
                                    AND j.object = {GoodsState.EXPORT_REFUSED:d})""",
}

_COINS = f"({Asset.USDT:d}, {Asset.BTC:d})"

MONETARY = {
    "fx_turnover_share": f"""
SELECT sum(CASE WHEN subject IN {_COINS} THEN extra ELSE 0 END) / sum(extra) AS value, count(*) AS n FROM j, w
WHERE kind = {Kind.CONVERTED:d} AND object = {Asset.RUB:d} AND time BETWEEN t0 AND t1 - 1""",
    "monetary_leakage_ratio": f"""
WITH bought AS (
    SELECT payment, sum(micro(extra, object, seq)) AS paid FROM j
    WHERE kind = {Kind.CONVERTED:d} AND subject IN {_COINS} AND object = {Asset.RUB:d} GROUP BY payment),
back AS (
    SELECT r.payment, sum(micro(r.amount, a.asset, r.seq)) AS got
    FROM j r JOIN acc a ON a.account = r.object AND a.role = 'client'
    JOIN entities e ON e.id = (SELECT m.rail FROM moves m WHERE m.payment = r.payment AND m.seq < r.seq
                               ORDER BY m.seq DESC LIMIT 1)
    WHERE r.kind = {Kind.POSTED:d} AND r.reason = {Purpose.RETURN:d} AND e.name IN ('rail/usdt', 'rail/btc')
    GROUP BY r.payment)
SELECT 1 - sum(CASE WHEN ending = 'CREDITED' AND rail IN ('usdt', 'btc') THEN cents * 1e4 ELSE 0 END
               + ifnull(got, 0)) / sum(paid) AS value, count(*) AS n
FROM coh JOIN bought USING (payment) LEFT JOIN back USING (payment) WHERE ending <> 'CENSORED'""",
    "outside_reporting_usd": """
SELECT ifnull(sum(cents), 0) / 100.0 AS value, count(*) AS n FROM credited WHERE rail = 'agent'""",
}
