"""One page on what an experiment found, for a reader who has not run it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sandbox.experiment.judging import Judged
from sandbox.experiment.plans import Reversal
from sandbox.experiment.protocol import Experiment
from sandbox.experiment.sensitivity import Influence
from sandbox.experiment.sweep import Swept
from sandbox.scenario.schema import Text

_KINDS = {
    "reversed": "reverses it",
    "lost": "leaves it undetectable",
    "gained": "makes it detectable",
}
#: Influences that the page names for a metric.
_SHOWN = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """Everything that an experiment came to."""

    name: str
    experiment: Experiment
    size: str
    """``full`` or ``reduced``."""
    version: str
    judged: Sequence[Judged]
    swept: Swept
    measured: Mapping[str, float]
    beside: Mapping[str, Swept]
    reversals: Sequence[Reversal] | None
    """None: assumptions were not moved."""
    assumed: Swept | None
    sensitivity: Swept | None
    command: str


def page_of_result(result: Result) -> str:
    """The page, in Markdown: the answer first."""
    plan = result.swept.plan
    lines = [
        f"# {_text(result.experiment.title)}",
        "",
        f"**{_text(result.experiment.question)}**",
        "",
        *_hypotheses(result.judged),
        "",
        "## How it was run",
        "",
        f"Experiment `{result.name}`, {result.size} size: {len(plan.points)} cells x {plan.replications} replications"
        f" on common random numbers, seed {plan.seed}. Synthetic actors on local test chains: a laboratory, not a"
        " forecast.",
        "",
        *(f"- {each.name}: {', '.join(level.label for level in each.levels)}" for each in plan.factors),
        *(f"- beside, {name}: {one.plan.replications} replications" for name, one in result.beside.items()),
        *(f"- {_measured(name, result.measured.get(name))}" for name in result.experiment.measured),
        *_reversals(result),
        *_indices(result),
        "",
        "```console",
        f"$ {result.command}",
        "```",
        "",
    ]
    tables = {"factors": result.swept, **{f"beside {name}": one for name, one in result.beside.items()}}
    optional = {"assumptions": result.assumed, "sensitivity": result.sensitivity}
    tables |= {name: one for name, one in optional.items() if one is not None}
    digests = "; ".join(
        f"{name} `{one.digest}` ({len(one.plan.points)} x {one.plan.replications})"
        for name, one in tables.items()
    )
    return "\n".join([*lines, f"Version {result.version}. SHA-256 of the tables: {digests}."]) + "\n"


def counted(rulings: Iterable[str]) -> str:
    """``3 held, 1 not held, 2 not detectable``."""
    counts = Counter(rulings)
    return ", ".join(
        f"{counts[ruling]} {ruling}" for ruling in ("held", "not held", "not detectable") if counts[ruling]
    )


def _measured(name: str, value: float | None) -> str:
    if value is None:
        return f"{name}: nothing measured (too few payments), and levels that are shares of it left out"
    return f"{name}, measured before any factor was changed: {value:,.0f}"


def _hypotheses(judged: Sequence[Judged]) -> list[str]:
    tested = sum(each.p is not None for each in judged)
    lines = [f"Of the hypotheses, all written before the run: {counted(each.ruling for each in judged)}.", ""]
    lines += ["| | ruling | claim | found | test | n | p (Holm) |", "|---|---|---|---|---|---:|---:|"]
    for each in judged:
        lines.append(
            f"| {each.name} | **{each.ruling}** | {each.text} | {each.numbers} | {each.test or '–'} | {each.n} | "
            f"{_p(each)} |"
        )
    lines += [
        "",
        f"P-values are adjusted together for {tested} hypotheses (Holm); intervals are of each alone. "
        '"Not detectable" says that the replications do not tell, not that there is nothing.',
    ]
    return lines


def _reversals(result: Result) -> list[str]:
    asked = result.experiment.assumptions
    if result.reversals is None or asked is None:
        return []
    lines = ["", "## Which assumption would reverse a conclusion", ""]
    lines.append(
        f"Each of {len(asked.parameters)} uncertain numbers is moved to either end of its range in the library, one at "
        f"a time, {asked.replications} replications on the same luck."
    )
    for name in asked.hypotheses:
        mine = [each for each in result.reversals if each.hypothesis == name]
        base = mine[0].base
        effects = [each.moved.effect for each in mine if each.moved.effect is not None]
        lines += [
            "",
            f"**{name}**: {base.ruling}, effect {number(base.effect)} {interval(base)} with all as it is.",
        ]
        if effects:
            lines[-1] += f" Over all ends the effect lies between {min(effects):.4g} and {max(effects):.4g}."
        changed = [each for each in mine if each.kind]
        lines += [
            f"- {each.assumption} {_KINDS[each.kind]}: effect {number(each.moved.effect)} {interval(each.moved)}"
            for each in changed
        ]
        if not changed:
            lines.append("- none of them changes the ruling")
    return lines


def _indices(result: Result) -> list[str]:
    swept = result.sensitivity
    if swept is None:
        return []
    lines = ["", "## What the outcome rests on (total Sobol indices)", ""]
    lines.append(f"{len(swept.plan.factors)} numbers over their ranges, {swept.plan.n} base samples.")
    lines += ["", "| metric | heaviest numbers with 95% intervals |", "|---|---|"]
    for metric, found in swept.influences.items():
        known = [each for each in found if each.value is not None][:_SHOWN]
        if known and "[" not in metric:
            lines.append(f"| {metric} | {'; '.join(map(_influence, known))} |")
    return lines


def _influence(one: Influence) -> str:
    return f"{one.factor} {number(one.value)} ({number(one.low)} to {number(one.high)})"


def number(value: float | None) -> str:
    """A number as the page prints it."""
    return "–" if value is None else f"{value:,.4g}"


def interval(judged: Judged) -> str:
    """The interval of an effect."""
    if judged.low is None or judged.high is None:
        return "–"
    return f"{number(judged.low)} to {number(judged.high)}"


def _p(judged: Judged) -> str:
    if judged.p_holm is None:
        return "–"
    return "< 0.001" if judged.p_holm < 0.001 else f"{judged.p_holm:.3f}"


def _text(texts: Text) -> str:
    return texts.get("en") or next(iter(texts.values()))
