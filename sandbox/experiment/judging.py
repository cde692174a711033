"""Whether the replications bear hypotheses out: held, not held, or not detectable, looked at together.

An experiment asks several questions of one table, and one of many comes out by chance: the p-values of its hypotheses
are adjusted together (Holm), and only what then still stands at 5% is called held or not held. The intervals that are
printed are of each hypothesis alone.
"""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from sandbox.experiment.cells import Table, missing_of
from sandbox.experiment.claims import Hypothesis
from sandbox.experiment.findings import Finding, finding_of
from sandbox.experiment.inference import LEVEL, holm

Ruling = Literal["held", "not held", "not detectable"]

_ALPHA = 1 - LEVEL


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One hypothesis and what became of it."""

    name: str
    text: str
    check: str
    ruling: Ruling
    numbers: str
    """What was found, in words with intervals."""
    effect: float | None = None
    low: float | None = None
    high: float | None = None
    level: float | None = None
    """Level of the interval."""
    test: str = ""
    n: int = 0
    """Replications that have a value."""
    p: float | None = None
    """P-value of what points for or against the claim; None where it could not be looked at."""
    p_holm: float | None = None
    """The same, adjusted for all hypotheses that were looked at."""

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return asdict(self)


def judge_all(
    hypotheses: Mapping[str, Hypothesis],
    table: Table,
    beside: Mapping[str, Table] | None = None,
    left_out: Mapping[tuple[str, str], str] | None = None,
) -> list[Judged]:
    """Every hypothesis, in the order of the file; one whose levels were not run does not count in the adjustment.

    ``beside`` has the tables of cells outside the factors, ``left_out`` why levels of factors could not be run.
    """
    tables = {
        name: table if claim.beside is None else (beside or {})[claim.beside]
        for name, claim in hypotheses.items()
    }
    gaps = {name: _missing(claim, tables[name], left_out or {}) for name, claim in hypotheses.items()}
    findings = {name: finding_of(claim, tables[name]) for name, claim in hypotheses.items() if not gaps[name]}
    sides = {name: _side(finding) for name, finding in findings.items()}
    adjusted = dict(zip(sides, holm([p for _, p in sides.values()]), strict=True))
    judged = []
    for name, claim in hypotheses.items():
        if gaps[name]:
            judged.append(
                Judged(
                    name=name, text=claim.text, check=claim.check, ruling="not detectable", numbers=gaps[name]
                )
            )
            continue
        finding, (side, p) = findings[name], sides[name]
        ruling: Ruling = side if adjusted[name] <= _ALPHA else "not detectable"
        judged.append(
            Judged(
                name=name,
                text=claim.text,
                check=claim.check,
                ruling=ruling,
                numbers=_words(finding),
                effect=finding.effect,
                low=finding.low,
                high=finding.high,
                level=finding.level,
                test=finding.test,
                n=finding.n,
                p=p,
                p_holm=adjusted[name],
            )
        )
    return judged


def within(low: float, high: float, least: float | None, most: float | None) -> Ruling:
    """Whether an interval lies inside what was claimed, outside of it, or across its border."""
    bottom, top = (-math.inf if least is None else least), (math.inf if most is None else most)
    if low >= bottom and high <= top and math.isfinite(low) and math.isfinite(high):
        return "held"
    return "not held" if high < bottom or low > top else "not detectable"


def _side(finding: Finding) -> tuple[Ruling, float]:
    """Which way the finding points, and how surely; a refutation that is sure comes first."""
    if finding.fallen <= _ALPHA or finding.fallen < finding.held:
        return "not held", finding.fallen
    return "held", finding.held


def _missing(claim: Hypothesis, table: Table, left_out: Mapping[tuple[str, str], str]) -> str:
    cells = (claim.where, getattr(claim, "of", {}), getattr(claim, "to", {}))
    along = [name for field in ("factor", "moderator") if (name := getattr(claim, field, None)) is not None]
    return missing_of(cells, along, table, left_out) or _too_rare(claim, table)


def _too_rare(claim: Hypothesis, table: Table) -> str:
    """Why a claim about tails cannot be ruled on: what makes the tail hardly came. Empty: it can.

    Redrawing replications shows the spread of what was seen; an event that none of them saw has no spread.
    """
    if claim.seen is None:
        return ""
    values = table.values(claim.seen.metric, claim.seen.by, {**claim.where, **getattr(claim, "of", {})})
    times = int((values > 0).sum())
    if times >= claim.seen.least:
        return ""
    what = f"{claim.seen.metric} is above nothing in {times} of {len(values)} replications"
    return f"too rare to tell: {what}, and {claim.seen.least} are needed"


def _words(finding: Finding) -> str:
    if finding.effect is None:
        return "; ".join(filter(None, (f"{finding.what}: no value", finding.remark)))
    if finding.low is None or finding.high is None:
        interval = "no interval"
    else:
        interval = f"{finding.level:.0%} interval {finding.low:.4g} to {finding.high:.4g}"
    told = f"{finding.what}: {finding.effect:.4g} ({interval}); claimed {finding.claimed}"
    return "; ".join(filter(None, (told, finding.remark)))
