"""Speed: how long from order to credit, how many within the targets, and which ending comes when.

Times are those of credited payments; the shares and the cumulative incidences keep every payment of the
cohort, so that a rail which fails often cannot look fast.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from sandbox.metrics.incidence import aalen_johansen
from sandbox.metrics.measured import Answer, Metric
from sandbox.metrics.staging import EACH_WAY

_G20 = "G20 roadmap for cross-border payments (FSB targets, 2021)"
_END_TO_END = "CPMI/FSB end to end: initiation to credit at the beneficiary"
_NOBODY = "no payment of the cohort was credited"
_NO_COHORT = "no payment was created in the observed window"

#: Days at which cumulative incidences are told.
INCIDENCE_DAYS = (1, 7, 30, 90)
_DAY_SECONDS = 86_400


def _quantile(percent: int) -> Metric:
    return Metric(
        name=f"settlement_time_p{percent}",
        family="speed",
        unit="h",
        definition=f"{percent}% quantile (linear between order statistics) of seconds from creation to "
        "CREDITED, over credited payments of the cohort; rail is that of the last attempt",
        standard=_END_TO_END,
        direction="lower",
        empty=_NOBODY,
        sql=f"""SELECT rail, direction, quantile_cont(settlement_seconds, {percent / 100}) / 3600.0 AS value,
       count(*) AS n
FROM cohort WHERE ending = 'CREDITED' {EACH_WAY}""",
    )


def _leg(name: str, begins: str, ends: str, words: str) -> Metric:
    return Metric(
        name=f"leg_{name}_mean",
        family="speed",
        unit="h",
        definition=f"mean time {words}, over credited payments of the cohort; the three legs add up to "
        "settlement_time_mean, earlier attempts falling into the originator's leg",
        standard="legs as in the BIS/CPMI study of SWIFT gpi data",
        direction="lower",
        empty=_NOBODY,
        sql=f"""SELECT rail, direction, sum({ends} - {begins}) / (3600.0 * count(*)) AS value, count(*) AS n
FROM cohort WHERE ending = 'CREDITED' AND last_sent IS NOT NULL AND settled IS NOT NULL
{EACH_WAY}""",
    )


def _ways(rows: Sequence[tuple[Any, ...]]) -> dict[str, Sequence[tuple[Any, ...]]]:
    """All rows under "", and those of each direction of trade where firms sell abroad."""
    told = sorted({row[2] for row in rows if row[3]})
    return {"": rows} | {way: [row for row in rows if row[2] == way] for way in told}


def _of_way(way: str) -> dict[str, str]:
    """The group of a direction of trade; none for the whole cohort."""
    return {"direction": way} if way else {}


def _incidences(rows: Sequence[tuple[Any, ...]]) -> Iterable[Answer]:
    """Cumulative incidence of every ending at INCIDENCE_DAYS, of the cohort and of each direction of trade."""
    endings = sorted({row[1] for row in rows} - {"CENSORED"} | {"CREDITED", "STOPPED", "FAILED", "LOST"})
    codes = {ending: code for code, ending in enumerate(endings, 1)}
    times = [days * _DAY_SECONDS for days in INCIDENCE_DAYS]
    for way, group in _ways(rows).items():
        seconds, causes = [row[0] for row in group], [codes.get(row[1], 0) for row in group]
        for ending in endings:
            curve = aalen_johansen(seconds, causes, cause=codes[ending], at=times) if group else None
            for position, days in enumerate(INCIDENCE_DAYS):
                value = None if curve is None else curve[position]
                yield {"ending": ending, "within_days": str(days)} | _of_way(way), value, len(group)


def _failure_at_90_days(rows: Sequence[tuple[Any, ...]]) -> Iterable[Answer]:
    """Cumulative incidence at 90 days of an unsuccessful ending that is no compliance stop."""
    if not rows:
        yield {}, None, 0
        return
    for way, group in _ways(rows).items():
        causes = [{"CENSORED": 0, "CREDITED": 1, "STOPPED": 1}.get(row[1], 2) for row in group]
        seconds = [row[0] for row in group]
        yield _of_way(way), aalen_johansen(seconds, causes, cause=2, at=[90 * _DAY_SECONDS])[0], len(group)


_DURATIONS = """SELECT observed_seconds, ending, direction, (SELECT told FROM both_ways) AS told
FROM cohort ORDER BY payment"""

METRICS = (
    *(_quantile(percent) for percent in (50, 75, 90, 95, 99)),
    Metric(
        name="settlement_time_mean",
        family="speed",
        unit="h",
        definition="mean seconds from creation to CREDITED / 3600, over credited payments of the cohort",
        standard=_END_TO_END,
        direction="lower",
        empty=_NOBODY,
        sql=f"""SELECT rail, direction, sum(settlement_seconds) / (3600.0 * count(*)) AS value, count(*) AS n
FROM cohort WHERE ending = 'CREDITED' {EACH_WAY}""",
    ),
    _leg("originator", "created", "last_sent", "from creation to the last release onto a rail"),
    _leg("in_flight", "last_sent", "settled", "from the last release to final settlement on the rail"),
    _leg("beneficiary", "settled", "(created + settlement_seconds)", "from final settlement to the credit"),
    Metric(
        name="share_le_1h",
        family="speed",
        unit="share",
        definition="payments credited within 3,600 s of creation / all payments of the cohort, failures "
        "included",
        standard=f"{_G20}: 75% within one hour",
        direction="higher",
        empty=_NO_COHORT,
        sql=f"""SELECT rail, direction, count(*) FILTER (settlement_seconds <= 3600) / count(*) AS value, count(*) AS n
FROM cohort {EACH_WAY}""",
    ),
    Metric(
        name="share_le_1bd",
        family="speed",
        unit="share",
        definition="payments credited before the end of the first business day that begins after their "
        "creation / all payments of the cohort, failures included",
        standard=f"{_G20}: the remainder within one business day",
        direction="higher",
        empty=_NO_COHORT,
        sql=f"""SELECT rail, direction, count(*) FILTER (settlement_seconds < d.begins + 86400 - c.created) / count(*)
       AS value, count(*) AS n
FROM cohort c ASOF LEFT JOIN business_days d ON c.created < d.begins {EACH_WAY}""",
    ),
    Metric(
        name="time_cif",
        family="speed",
        unit="probability",
        definition="cumulative incidence of each ending within so many days of creation (Aalen-Johansen: the "
        "endings compete, payments in flight at the horizon are censored)",
        standard="Aalen-Johansen estimator",
        empty=_NO_COHORT,
        sql=_DURATIONS,
        estimator=_incidences,
    ),
    Metric(
        name="fail_cif",
        family="speed",
        unit="probability",
        definition="cumulative incidence of FAILED, LOST or CANCELLED within 90 days of creation (Aalen- "
        "Johansen; credit and compliance stop compete)",
        standard="Aalen-Johansen estimator",
        direction="lower",
        empty=_NO_COHORT,
        sql=_DURATIONS,
        estimator=_failure_at_90_days,
    ),
)
