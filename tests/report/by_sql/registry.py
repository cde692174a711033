"""Every metric of a report and the SQL that recomputes it; the competing risks by their formula."""

import math
from collections.abc import Callable, Mapping
from fractions import Fraction

from tests.report.by_sql import desks, money, oversight, payments
from tests.report.by_sql.ground import DAY, Ground, each

Group = tuple[tuple[str, str], ...]
Values = dict[Group, tuple[float | None, int]]

SQL: Mapping[str, str] = {
    **payments.SPEED, **payments.RELIABILITY, **payments.THROUGHPUT, **payments.CONCENTRATION, **payments.EXPORTS,
    **payments.ACCESS, **payments.WAITS, **money.COST, **money.MARKET, **money.GOODS, **money.MONETARY,
    **desks.QUEUEING, **desks.LIQUIDITY, **oversight.COMPLIANCE, **oversight.SUPERVISION, **oversight.REGIMES,
}  # fmt: skip

#: What a scenario declares, in the texts above.
_TERMS = {**money.TERMS, **oversight.SCREENING, "sla": "regulator.review_sla_bd"}

_LIVES = f"""
SELECT wg, ifnull(ended, horizon) - created AS seconds, ending FROM {each("(SELECT * FROM coh)")} WHERE rg IS NULL"""


def recomputed(ground: Ground, name: str) -> Values:
    """A metric's values by group. Raises KeyError for one that has no SQL."""
    if name in BY_FORMULA:
        return BY_FORMULA[name](ground)
    text = SQL[name]
    for term, parameter in _TERMS.items():
        if f"{{{term}}}" in text:
            text = text.replace(f"{{{term}}}", repr(float(ground.value(parameter))))
    cursor = ground.sql.execute(text)
    heads = [head[0] for head in cursor.description]
    found: Values = {}
    for row in cursor.fetchall():
        told = dict(zip(heads, row, strict=True))
        value, n = told.pop("value"), told.pop("n")
        group = tuple(sorted((key, str(part)) for key, part in told.items() if part is not None))
        assert group not in found, (name, group)
        found[group] = (None if value is None or not math.isfinite(value) else float(value), int(n or 0))
    return found


def _lives(ground: Ground) -> dict[str | None, list[tuple[int, str]]]:
    lives: dict[str | None, list[tuple[int, str]]] = {}
    for way, seconds, ending in ground.sql.execute(_LIVES).fetchall():
        lives.setdefault(way, []).append((seconds, ending))
    return lives


def incidence(lives: list[tuple[int, str]], endings: set[str], until: int) -> float:
    """Aalen and Johansen's sum of S(t-) d(t) / n(t), in fractions, over the moments at which anything ended."""
    surviving, total = Fraction(1), Fraction(0)
    for moment in sorted({seconds for seconds, ending in lives if ending != "CENSORED" and seconds <= until}):
        at_risk = sum(seconds >= moment for seconds, _ in lives)
        now = [ending for seconds, ending in lives if seconds == moment and ending != "CENSORED"]
        total += surviving * Fraction(sum(ending in endings for ending in now), at_risk)
        surviving *= 1 - Fraction(len(now), at_risk)
        # Exact fractions of many moments grow without end; twenty places are plenty.
        surviving, total = (each.limit_denominator(10**20) for each in (surviving, total))
    return float(total)


def _by_time(ground: Ground) -> Values:
    lives, found = _lives(ground), Values()
    endings = {ending for _, ending in lives[None]} - {"CENSORED"} | {"CREDITED", "STOPPED", "FAILED", "LOST"}
    for way, group in lives.items():
        for ending in endings:
            for days in (1, 7, 30, 90):
                by = {"ending": ending, "within_days": str(days)} | ({"direction": way} if way else {})
                found[tuple(sorted(by.items()))] = (incidence(group, {ending}, days * DAY), len(group))
    return found


def _failed_by_90_days(ground: Ground) -> Values:
    failures = {"FAILED", "LOST", "CANCELLED"}
    return {
        (("direction", way),) if way else (): (incidence(group, failures, 90 * DAY), len(group))
        for way, group in _lives(ground).items()
    }


BY_FORMULA: Mapping[str, Callable[[Ground], Values]] = {"time_cif": _by_time, "fail_cif": _failed_by_90_days}
