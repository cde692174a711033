"""Numbers about desks and liquidity as SQL on the raw tables: levels are walked from change to change."""

from sandbox.journal.kinds import Kind, Purpose
from sandbox.money import Asset
from tests.report.by_sql.ground import DAY

_E, _S, _F, _O = Kind.DESK_ENTERED, Kind.DESK_STARTED, Kind.DESK_FINISHED, Kind.DESK_OPENED

_STEPS = f"""
WITH steps AS (
    SELECT seq, time, kind, amount, extra, regexp_replace(who, '^desk/', '') AS desk FROM j
    WHERE kind IN ({_E:d}, {_S:d}, {_F:d}, {_O:d})),
seen AS (SELECT s.* FROM steps s, w WHERE time BETWEEN t0 AND t1 - 1),
levels AS (
    SELECT desk, time AS since, lead(time, 1, (SELECT horizon FROM w)) OVER own AS until,
           sum(CASE kind WHEN {_E:d} THEN 1 WHEN {_F:d} THEN -1 ELSE 0 END) OVER own AS present,
           sum(CASE kind WHEN {_E:d} THEN 1 WHEN {_S:d} THEN -1 ELSE 0 END) OVER own AS waiting
    FROM steps WINDOW own AS (PARTITION BY desk ORDER BY seq)),
held AS (
    SELECT desk, greatest(0, least(until, t1) - greatest(since, t0)) AS span, present, waiting, t1 - t0 AS whole
    FROM levels, w),
means AS (
    SELECT desk, sum(span * present) / max(whole) AS present, sum(span * waiting) / max(whole) AS waiting
    FROM held GROUP BY desk),
counts AS (
    SELECT d.desk, count(*) FILTER (kind = {_E:d}) AS entered, count(*) FILTER (kind = {_S:d}) AS started,
           count(*) FILTER (kind = {_F:d}) AS finished,
           avg(CASE kind WHEN {_S:d} THEN extra END) AS wait, avg(CASE kind WHEN {_F:d} THEN extra END) AS service,
           sum(CASE kind WHEN {_S:d} THEN amount ELSE 0 END) AS work,
           max(CASE kind WHEN {_E:d} THEN extra END) AS longest
    FROM (SELECT DISTINCT desk FROM steps) d LEFT JOIN seen s ON s.desk = d.desk GROUP BY d.desk)
"""

QUEUEING = {
    "desk_wait_mean": f"{_STEPS} SELECT desk, wait / 3600 AS value, started AS n FROM counts",
    "desk_wait_p95": f"""{_STEPS} SELECT desk, at_share(list_sort(list(extra)), 0.95) / 3600 AS value, count(*) AS n
FROM seen WHERE kind = {_S:d} GROUP BY desk""",
    "desk_utilisation": f"""{_STEPS},
staff AS (
    SELECT desk, amount AS servers, time AS since, lead(time, 1, (SELECT horizon FROM w)) OVER
           (PARTITION BY desk ORDER BY seq) AS until FROM steps WHERE kind = {_O:d}),
capacity AS (
    SELECT desk, CASE WHEN min(servers) >= 0 THEN
           sum(servers * greatest(0, least(until, t1) - greatest(since, t0))) / max(t1 - t0)
           * ifnull(max(h.seconds), max(t1 - t0)) END AS seconds
    FROM staff LEFT JOIN hours h USING (desk), w GROUP BY desk)
SELECT c.desk, c.work / nullif(s.seconds, 0) AS value, c.started AS n
FROM counts c LEFT JOIN capacity s USING (desk)""",
    "desk_number_mean": f"""{_STEPS}
SELECT desk, present AS value, entered AS n FROM means JOIN counts USING (desk)""",
    "desk_queue_mean": f"""{_STEPS}
SELECT desk, waiting AS value, entered AS n FROM means JOIN counts USING (desk)""",
    "desk_backlog_max": f"{_STEPS} SELECT desk, longest AS value, entered AS n FROM counts",
    "desk_little_residual": f"""{_STEPS}
SELECT desk, abs(1 - entered / (SELECT max(t1 - t0) FROM w) * (wait + service) / nullif(present, 0)) AS value,
       entered AS n
FROM means JOIN counts USING (desk)""",
}

#: Every posting that touches a bank's account abroad: what left it counts up.
_NOSTRO = f"""
WITH nostro AS (SELECT account, owner AS bank, coin AS asset, scale FROM acc WHERE role = 'nostro'),
out AS (
    SELECT p.seq, p.time, p.payment, n.*, p.amount * CASE p.subject WHEN n.account THEN 1 ELSE -1 END AS units
    FROM nostro n JOIN j p ON n.account IN (p.subject, p.object)
    WHERE p.kind = {Kind.POSTED:d} AND p.reason <> {Purpose.OPENING:d}),
below AS (
    SELECT account, greatest(0, max(x)) AS used, count(*) AS n FROM (
        SELECT account, sum(units) OVER (PARTITION BY account ORDER BY seq) AS x FROM out) GROUP BY account),
days AS (
    SELECT account, units, sum(units) OVER (PARTITION BY account, time // {DAY} ORDER BY seq) AS debit,
           sum(units) OVER (PARTITION BY account, time // {DAY}) AS net FROM out WHERE payment >= 0),
bounds AS (
    SELECT account, greatest(0, max(debit)) AS upper, greatest(0, max(net)) AS lower,
           sum(greatest(units, 0)) AS paid, count(*) AS n
    FROM days GROUP BY account)
"""


def _bound(value: str) -> str:
    return f"""{_NOSTRO}
SELECT bank, asset, {value} AS value, b.n AS n FROM nostro JOIN bounds b USING (account) JOIN below USING (account)"""


_DEPOSITS = f"""
WITH turned AS (
    SELECT p.time, b.bank, CASE WHEN p.reason = {Purpose.REDEEM:d} THEN p.amount ELSE -p.amount END AS units
    FROM j p JOIN acc a ON a.account = p.subject JOIN acc z ON z.account = p.object
    JOIN pay b ON b.payment = p.payment, w
    WHERE p.kind = {Kind.POSTED:d} AND p.time BETWEEN t0 AND t1 - 1 AND (
        p.reason = {Purpose.REDEEM:d} AND a.role = 'client' AND a.asset = {Asset.RUB:d} AND z.owner = 'operator'
        OR p.reason = {Purpose.RETURN:d} AND z.role = 'client' AND z.asset = {Asset.RUB:d} AND a.owner = 'operator')),
both_ways AS (SELECT time, units, NULL::VARCHAR AS bank FROM turned UNION ALL BY NAME SELECT * FROM turned)
"""

_COINS = f"""
WITH given AS (
    SELECT a.owner AS giver, z.owner AS taker, a.role AS from_role, z.role AS to_role, p.amount / 1e8 AS coins
    FROM j p JOIN acc a ON a.account = p.subject JOIN acc z ON z.account = p.object, w
    WHERE p.kind = {Kind.POSTED:d} AND a.asset = {Asset.BTC:d} AND p.time BETWEEN t0 AND t1 - 1),
both_ways AS (
    SELECT giver, taker, to_role AS role, coins FROM given
    UNION ALL SELECT taker, giver, from_role, -coins FROM given),
mined AS (
    SELECT CASE taker WHEN 'exchange' THEN 'exchange' ELSE 'dealers' END AS buyer, coins FROM both_ways
    WHERE starts_with(giver, 'miner/') AND (starts_with(taker, 'dealer/') OR taker = 'exchange')),
used AS (
    SELECT coins FROM both_ways WHERE starts_with(giver, 'dealer/') AND role IN ('wallet', 'beneficiary'))
"""

LIQUIDITY = {
    "liquidity_upper_bound": _bound("upper / scale"),
    "liquidity_lower_bound": _bound("lower / scale"),
    "liquidity_efficiency": _bound("(upper - used) / nullif(upper - lower, 0)"),
    "liquidity_usage_ratio": _bound("used / nullif(paid, 0)"),
    "nostro_peak_use": f"""{_NOSTRO}
SELECT bank, asset, ifnull(used, 0) / scale AS value, ifnull(n, 0) AS n FROM nostro LEFT JOIN below USING (account)""",
    "turnover_ratio": f"""
WITH nostro AS (SELECT account, owner AS bank, coin AS asset FROM acc WHERE role = 'nostro'),
steps AS (
    SELECT n.*, p.seq, p.time, p.amount * CASE p.object WHEN n.account THEN 1 ELSE -1 END AS units
    FROM nostro n JOIN j p ON n.account IN (p.subject, p.object) WHERE p.kind = {Kind.POSTED:d}),
levels AS (
    SELECT account, time AS since, lead(time, 1, (SELECT horizon FROM w)) OVER own AS until, sum(units) OVER own AS x
    FROM steps WINDOW own AS (PARTITION BY account ORDER BY seq)),
held AS (
    SELECT account, sum(x::DOUBLE * greatest(0, least(until, t1) - greatest(since, t0))) / max(t1 - t0) AS mean
    FROM levels, w GROUP BY account),
paid AS (
    SELECT n.account, sum(p.amount) AS units, count(*) AS n FROM nostro n JOIN j p ON p.subject = n.account, w
    WHERE p.kind = {Kind.POSTED:d} AND p.payment >= 0 AND p.time BETWEEN t0 AND t1 - 1 GROUP BY n.account)
SELECT bank, asset, units / nullif(mean, 0) AS value, n
FROM paid JOIN held USING (account) JOIN nostro USING (account)""",
    "deposit_to_dr_outflow": f"""{_DEPOSITS}
SELECT bank, sum(units) / 100.0 AS value, count(*) AS n FROM both_ways GROUP BY bank""",
    "deposit_outflow_peak_day": f"""{_DEPOSITS},
daily AS (SELECT bank, time // {DAY} AS day, sum(units) AS x FROM both_ways GROUP BY ALL)
SELECT bank, max(x) / 100.0 AS value, count(*) AS n FROM daily GROUP BY bank""",
    "mined_btc_sold": f"""{_COINS}
SELECT buyer, sum(coins) AS value, count(*) AS n FROM
(SELECT NULL::VARCHAR AS buyer, coins FROM mined UNION ALL BY NAME SELECT * FROM mined) GROUP BY buyer""",
    "domestic_mined_cover": f"""{_COINS}
SELECT (SELECT sum(coins) FROM mined WHERE buyer = 'dealers') / sum(coins) AS value, count(*) AS n FROM used""",
}
