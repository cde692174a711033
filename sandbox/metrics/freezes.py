"""The issuer's power over value: what it froze, what it destroyed, how much of the regime hangs on it."""

from sandbox.journal.kinds import Kind, Purpose
from sandbox.metrics.measured import Metric
from sandbox.money import Asset

#: Every freeze of the run beside what its address held at that moment, in the token's minor units.
_FROZEN = f"""WITH freezes AS (SELECT seq, subject AS account FROM journal WHERE kind = {Kind.FROZEN:d}),
held AS (
    SELECT f.seq, sum(CASE WHEN p.object = f.account THEN p.amount ELSE -p.amount END) AS units
    FROM freezes f JOIN journal p ON p.kind = {Kind.POSTED:d} AND p.seq < f.seq
         AND (p.object = f.account OR p.subject = f.account)
    GROUP BY f.seq)"""

METRICS = (
    Metric(
        name="frozen_usd",
        family="concentration",
        unit="USD",
        definition="tokens that addresses held when the issuer froze them, at one dollar each, over the whole "
        "run; n counts the freezes",
        empty="",
        sql=f"""{_FROZEN}
SELECT coalesce(sum(h.units), 0) / {Asset.USDT.scale}.0 AS value, count(*) AS n
FROM freezes f LEFT JOIN held h USING (seq)""",
    ),
    Metric(
        name="destroyed_usd",
        family="concentration",
        unit="USD",
        definition="frozen tokens that the issuer destroyed, at one dollar each, over the whole run; n counts "
        "the addresses",
        direction="lower",
        empty="",
        sql=f"""SELECT coalesce(sum(amount), 0) / {Asset.USDT.scale}.0 AS value, count(*) AS n
FROM journal WHERE kind = {Kind.POSTED:d} AND reason = {Purpose.DESTROY:d}""",
    ),
    Metric(
        name="issuer_concentration",
        family="concentration",
        unit="share",
        definition="credited invoice value of the cohort that settled in the largest issuer's token / that on "
        "all rails of the regime; bitcoin has no issuer",
        empty="no value of the cohort was credited on the regime's rails",
        sql="""SELECT coalesce(sum(value_cents) FILTER (rail = 'usdt'), 0) / nullif(sum(value_cents), 0) AS value,
       count(*) AS n
FROM cohort WHERE ending = 'CREDITED' AND rail IN (SELECT rail FROM regime_rails)""",
    ),
)
