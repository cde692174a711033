"""Liquidity: how far nostro accounts are drawn down and how often dealers run dry."""

from sandbox.journal.kinds import Kind, Purpose
from sandbox.metrics.measured import Metric
from sandbox.metrics.staging import EACH_WAY

#: Running balance of every nostro account without its opening balance, in journal order.
_NOSTRO = f"""WITH nostro AS (
    SELECT n.account, bank.name AS bank, s.name AS asset, s.scale
    FROM accounts n JOIN entities bank ON bank.id = n.owner JOIN assets s ON s.code = n.asset
    WHERE n.role = 'nostro'),
posted AS (
    SELECT seq, subject, object, amount FROM journal
    WHERE kind = {Kind.POSTED:d} AND reason <> {Purpose.OPENING:d}),
touched AS (
    SELECT seq, subject AS account, -amount AS units FROM posted
        WHERE subject IN (SELECT account FROM nostro)
    UNION ALL SELECT seq, object, amount FROM posted WHERE object IN (SELECT account FROM nostro)),
running AS (
    SELECT account, sum(units) OVER (PARTITION BY account ORDER BY seq ROWS UNBOUNDED PRECEDING) AS moved
    FROM touched)"""

#: The same accounts' payments out and back alone, without opening balances and top-ups; net debit of each day.
_SETTLED = f"""WITH nostro AS (
    SELECT n.account, bank.name AS bank, s.name AS asset, s.scale
    FROM accounts n JOIN entities bank ON bank.id = n.owner JOIN assets s ON s.code = n.asset
    WHERE n.role = 'nostro'),
paid AS (
    SELECT j.seq, j.time, n.account, CASE WHEN j.subject = n.account THEN j.amount ELSE -j.amount END AS units
    FROM journal j JOIN nostro n ON n.account = j.subject OR n.account = j.object
    WHERE j.kind = {Kind.POSTED:d} AND j.payment >= 0),
running AS (
    SELECT account, time // 86400 AS day, units,
           sum(units) OVER (PARTITION BY account, time // 86400 ORDER BY seq ROWS UNBOUNDED PRECEDING) AS debit,
           sum(units) OVER (PARTITION BY account, time // 86400) AS day_net
    FROM paid),
bounds AS (
    SELECT account, sum(units) FILTER (units > 0)::BIGINT AS outgoing, greatest(0, max(debit))::BIGINT AS upper,
           greatest(0, max(day_net))::BIGINT AS lower, count(*) AS n
    FROM running GROUP BY account)"""

#: The same, and how far each account ever stood below its opening balance, top-ups included.
_USED = f"""{_SETTLED},
others AS (
    SELECT j.seq, n.account, CASE WHEN j.subject = n.account THEN j.amount ELSE -j.amount END AS units
    FROM journal j JOIN nostro n ON n.account = j.subject OR n.account = j.object
    WHERE j.kind = {Kind.POSTED:d} AND j.reason <> {Purpose.OPENING:d}),
used AS (
    SELECT account, greatest(0, max(moved))::BIGINT AS used FROM (
        SELECT account, sum(units) OVER (PARTITION BY account ORDER BY seq ROWS UNBOUNDED PRECEDING) AS moved
        FROM others) GROUP BY account)"""

#: Balance of every nostro account over the observed window, as stretches between postings.
_HELD = f"""WITH moved AS (
    SELECT j.seq, j.time, n.account, CASE WHEN j.object = n.account THEN j.amount ELSE -j.amount END AS units
    FROM journal j JOIN accounts n ON n.role = 'nostro' AND (n.account = j.subject OR n.account = j.object)
    WHERE j.kind = {Kind.POSTED:d}),
level AS (
    SELECT account, time, sum(units) OVER (PARTITION BY account ORDER BY seq ROWS UNBOUNDED PRECEDING) AS balance,
           lead(time) OVER (PARTITION BY account ORDER BY seq) AS next_time
    FROM moved),
held AS (
    SELECT account, sum(balance::HUGEINT * greatest(0, least(coalesce(next_time, f.horizon), f.observed_until)
           - greatest(time, f.observed_from)))::DOUBLE / any_value(f.observed_until - f.observed_from) AS average
    FROM level, facts f GROUP BY account),
outgoing AS (
    SELECT j.subject AS account, sum(j.amount)::BIGINT AS units, count(*) AS n FROM journal j, facts f
    WHERE j.kind = {Kind.POSTED:d} AND j.payment >= 0 AND j.time >= f.observed_from AND j.time < f.observed_until
    GROUP BY j.subject)"""

_NO_NOSTRO = "no bank paid out of a nostro account"

METRICS = (
    Metric(
        name="liquidity_upper_bound",
        family="liquidity",
        unit="units of the asset",
        definition="largest cumulative net debit of a bank's nostro account within one day (86,400 s steps from the "
        "start) if every payment settles at once: what makes nothing wait; n counts the postings",
        standard="Leinonen and Soramaki 1999",
        empty=_NO_NOSTRO,
        sql=f"""{_SETTLED}
SELECT bank, asset, upper / scale AS value, n FROM nostro JOIN bounds USING (account)""",
    ),
    Metric(
        name="liquidity_lower_bound",
        family="liquidity",
        unit="units of the asset",
        definition="largest net debit of a day of the same account: what settles everything by the end of the day",
        standard="Leinonen and Soramaki 1999",
        empty=_NO_NOSTRO,
        sql=f"""{_SETTLED}
SELECT bank, asset, lower / scale AS value, n FROM nostro JOIN bounds USING (account)""",
    ),
    Metric(
        name="liquidity_efficiency",
        family="liquidity",
        unit="ratio",
        definition="(upper bound - nostro_peak_use) / (upper bound - lower bound): 1 where a bank used no more than "
        "the lower bound, below 0 where it used more than would make nothing wait",
        standard="Leinonen and Soramaki 1999, index of efficiency",
        direction="higher",
        empty="the two bounds are the same, or no bank paid out of a nostro account",
        sql=f"""{_USED}
SELECT bank, asset, (upper - used) / nullif(upper - lower, 0) AS value, n
FROM nostro JOIN bounds USING (account) JOIN used USING (account)""",
    ),
    Metric(
        name="liquidity_usage_ratio",
        family="liquidity",
        unit="ratio",
        definition="nostro_peak_use / value of the payments out of the account over the run",
        direction="lower",
        empty=_NO_NOSTRO,
        sql=f"""{_USED}
SELECT bank, asset, used / nullif(outgoing, 0) AS value, n
FROM nostro JOIN bounds USING (account) JOIN used USING (account)""",
    ),
    Metric(
        name="turnover_ratio",
        family="liquidity",
        unit="ratio",
        definition="payments out of a bank's nostro account / its time-averaged balance, observed window",
        standard="as in reports on payment systems",
        empty=_NO_NOSTRO,
        sql=f"""{_HELD}
SELECT bank.name AS bank, s.name AS asset, o.units / nullif(h.average, 0) AS value, o.n AS n
FROM outgoing o JOIN held h USING (account) JOIN accounts a USING (account)
JOIN entities bank ON bank.id = a.owner JOIN assets s ON s.code = a.asset""",
    ),
    Metric(
        name="nostro_peak_use",
        family="liquidity",
        unit="units of the asset",
        definition="largest amount by which a bank's nostro account stood below its opening balance after "
        "any posting of the run, top-ups included, in whole units of its asset; n counts the "
        "postings",
        direction="lower",
        empty="no bank used a nostro account",
        sql=f"""{_NOSTRO}
SELECT bank, asset, greatest(0, coalesce(max(-moved), 0)) / any_value(scale) AS value, count(moved) AS n
FROM nostro LEFT JOIN running USING (account) GROUP BY account, bank, asset""",
    ),
    Metric(
        name="lp_stockout_share",
        family="liquidity",
        unit="share",
        definition="payments that ever waited for a dealer's inventory / payments of the cohort that asked "
        "a dealer for a quote (entered CONVERSION), by rail of the last attempt",
        direction="lower",
        empty="no payment of the cohort asked a dealer for a quote",
        sql=f"""SELECT rail, direction, count(*) FILTER (stockouts > 0) / nullif(count(*), 0) AS value, count(*) AS n
FROM cohort WHERE conversions > 0 {EACH_WAY}""",
    ),
)
