"""The page of one scenario: what it varies, what differed, what did not, and how to see it again."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from changes import changes
from concerns import concerns
from rulings import rulings

from sandbox.metrics.inputs import rests_on
from sandbox.report.assumptions import Assumption, counts_by_confidence, read_assumptions
from sandbox.report.comparing import Difference
from sandbox.report.runfolder import RunFolder
from sandbox.report.tables import is_enforcement
from sandbox.report.wording import measured, metric_title, number, rail_label
from sandbox.scenario.schema import Scenario

#: What the answer speaks of, over the whole world.
HEADLINES = (
    "share_elr",
    "settlement_time_p50",
    "settlement_time_p95",
    "cost_pct_all_in",
    "fail_rate_n",
    "throughput_usd_day",
)
COST = ("cost_pct_all_in", "cost_pct_charges", "cost_pct_financing", "cost_pct_penalty", "delay_cost_pct")
ENFORCEMENT = (
    "aml_recall",
    "effective_recall_10d",
    "time_to_clear_p95",
    "value_stopped_usd",
    "prohibited_stopped_usd",
    "prohibited_credited_usd",
    "compliance_exposure_usd",
    "visibility_share",
    "outside_reporting_usd",
)
RAIL_COLUMNS = (
    ("orders", "payments"),
    ("median time", "settlement_time_p50"),
    ("95% within", "settlement_time_p95"),
    ("cost, all in", "cost_pct_all_in"),
    ("failed", "fail_rate_n"),
    ("credited a business day", "throughput_usd_day"),
)
#: Metrics that say in other words what the tables above them say.
TOLD = frozenset(
    {
        *HEADLINES,
        *COST,
        *ENFORCEMENT,
        "payments",
        "value_credited_usd",
        "throughput_n_day",
        "crypto_share_of_imports",
    }
)
_SIMILAR = ("settlement_time_", "leg_", "time_cif", "desk_little", "payments_by")
_MOST_MOVED = 5
_MOST_ASSUMPTIONS = 5
_MOST_HEADLINES = 3
#: A difference below this share of the base is told in the tables alone.
_SMALLEST = 0.01
_FEW = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One scenario's replications, and those of what it is compared with."""

    name: str
    scenario: Scenario
    means: Sequence[Mapping[str, Any]]
    """each metric and group over the scenario's replications"""
    run: RunFolder
    """its first replication"""
    base: str
    """name of what it is compared with; empty if it stands alone"""
    base_run: RunFolder | None
    differences: Sequence[Difference]
    replications: int
    reproducible: bool
    """whether the first replications were made by the code that is here now"""
    seed: int

    def mean(self, metric: str, **by: str) -> Mapping[str, Any] | None:
        """The row of a metric and group over the scenario's own replications."""
        return next((row for row in self.means if row["name"] == metric and dict(row["by"]) == by), None)

    @property
    def asked(self) -> list[Difference]:
        """What the answer speaks of: what the change is about, what was expected, then the whole world."""
        varied = changes(self.base_run.scenario, self.run.scenario) if self.base_run else []
        groups = [*concerns(varied), *((each.metric, each.by) for each in self.scenario.expect)]
        groups += [(name, {}) for name in HEADLINES]
        found = [each for metric, by in groups if (each := self.difference(metric, **dict(by))) is not None]
        return list(dict.fromkeys(found))

    def text(self, metric: str, **by: str) -> str:
        """That mean in its unit."""
        row = self.mean(metric, **by)
        return "–" if row is None else measured(_rounded(row["value"], row["unit"]), row["unit"])

    def difference(self, metric: str, **by: str) -> Difference | None:
        """The paired difference of a metric and group."""
        wanted = tuple(sorted(by.items()))
        return next((each for each in self.differences if (each.metric, each.by) == (metric, wanted)), None)


def page(result: Result) -> str:
    """The whole page as Markdown."""
    parts = [_head(result)]
    if result.base:
        parts += [_varied(result), _answer(result)]
    parts += [_by_rail(result), _beside(result)]
    if result.base and result.replications > 1:
        parts.append(_moved(result))
    parts += [_expected(result), _assumed(result), _caveats(result), _made(result)]
    return "\n\n".join("\n".join(lines) for lines in (list(part) for part in parts) if lines) + "\n"


def _head(result: Result) -> Iterator[str]:
    yield f"# {result.scenario.title['en']}"
    yield ""
    against = f"against [`{result.base}`]({result.base}.md)" if result.base else "by itself"
    run = result.run
    observed = (run.warm_up, run.horizon - run.cool_down)
    first, last = (run.clock.date(second).isoformat() for second in observed)
    each = " of each, on the same luck" if result.base else ""
    yield (
        f"Scenario `{result.name}` {against}: {counted(result.replications)}{each}; orders of {first} to {last}."
    )
    yield ""
    yield f"**{result.scenario.question['en']}**"


def counted(replications: int) -> str:
    """``1 replication``, ``4 replications``."""
    return f"{replications} replication" + ("s" if replications > 1 else "")


def _varied(result: Result) -> Iterator[str]:
    assert result.base_run is not None
    yield "## What is varied"
    yield ""
    yield f"| setting | {result.base} | {result.name} |"
    yield "|---|---|---|"
    for each in changes(result.base_run.scenario, result.run.scenario):
        yield f"| {each.path} | {each.base or '–'} | {each.own or '–'} |"


def _answer(result: Result) -> Iterator[str]:
    yield "## The answer"
    asked = [each for each in result.asked if each.has_value]
    for each in asked:
        if each.detectable or each.difference is None:
            yield f"- {each.title}: {_both(each)}{_how_sure(each)}."
    unclear = [each for each in asked if each.difference is not None and not each.detectable]
    if unclear and result.replications == 1:
        told = "; ".join(f"{each.title} {_both(each)}" for each in unclear)
        yield f"- One replication shows differences, and not which of them are chance: {told}."
    elif unclear:
        told = "; ".join(f"{each.title} {_both(each)} ({each.interval})" for each in unclear)
        yield f"- **Not detectable** with {result.replications} replications (interval of the difference): {told}."


def _how_sure(each: Difference) -> str:
    """The difference with its interval, or why there is none to tell."""
    if each.difference is None:
        return f" ({each.verdict})"
    if each.low == each.high:
        return " (the same in every replication)"
    return f", that is {each.change} ({each.interval})"


def _both(each: Difference) -> str:
    return f"{measured(each.baseline_value, each.unit)} → {measured(each.alternative_value, each.unit)}"


def _by_rail(result: Result) -> Iterator[str]:
    yield "## By rail"
    yield ""
    yield "| rail of the last attempt | " + " | ".join(heading for heading, _ in RAIL_COLUMNS) + " |"
    yield "|---|" + "---:|" * len(RAIL_COLUMNS)
    rails = [
        dict(row["by"])["rail"] for row in result.means if row["name"] == "payments" and "rail" in row["by"]
    ]
    if result.base:
        rails = [dict(d.by)["rail"] for d in result.differences if d.metric == "payments" and dict(d.by)]
    for rail in dict.fromkeys(rails):
        label = rail_label("" if rail == "none" else rail)
        yield f"| {label} | " + " | ".join(_cell(result, name, rail=rail) for _, name in RAIL_COLUMNS) + " |"
    yield "| all | " + " | ".join(_cell(result, name) for _, name in RAIL_COLUMNS) + " |"
    if result.base:
        yield ""
        yield f"`{result.base}` → `{result.name}`, means of the replications; **bold**: a detectable difference."


def _cell(result: Result, metric: str, **by: str) -> str:
    if not result.base:
        return result.text(metric, **by)
    each = result.difference(metric, **by)
    if each is None or not each.has_value:
        return "–"
    before, after = (
        measured(_rounded(value, each.unit), each.unit)
        for value in (each.baseline_value, each.alternative_value)
    )
    if before == after:
        return before
    return f"**{before} → {after}**" if each.detectable else f"{before} → {after}"


def _rounded(value: float | None, unit: str) -> float | None:
    """Means of counts are told as whole numbers."""
    return round(value) if value is not None and unit in ("payments", "firms") else value


def _beside(result: Result) -> Iterator[str]:
    yield "## Cost, and enforcement beside it"
    if result.base:
        yield f"| over all rails | {result.base} | {result.name} | difference | 95% interval | |"
        yield "|---|---:|---:|---:|---:|---|"
        for each in (d for name in (*COST, *ENFORCEMENT) if (d := result.difference(name)) and d.has_value):
            assert is_enforcement(each) or each.family != "compliance"
            values = (measured(value, each.unit) for value in (each.baseline_value, each.alternative_value))
            yield f"| {each.title} | {' | '.join(values)} | {each.change} | {each.interval} | {each.verdict} |"
    else:
        yield "| over all rails | mean |"
        yield "|---|---:|"
        for name in (*COST, *ENFORCEMENT):
            yield f"| {metric_title(name)} | {result.text(name)} |"
    yield ""
    yield "Enforcement is not netted against cost; what is truly prohibited is known to the laboratory alone."


def _moved(result: Result) -> Iterator[str]:
    others = [
        each
        for each in result.differences
        if each.difference is not None
        and each.metric not in TOLD
        and not each.metric.startswith(_SIMILAR)
        and not (dict(each.by).keys() & {"asset", "purpose", "ending", "rail"})
    ]
    told = set(result.asked)
    moved = sorted(
        (each for each in others if each.detectable and each not in told and _matters(each)),
        key=_precision,
        reverse=True,
    )
    yield "## What else moved"
    if not moved:
        yield f"None of {len(others)} other metrics differs detectably by a hundredth of what it was or more."
        return
    yield (
        f"{len(moved)} of {len(others)} other metrics differ detectably by a hundredth or more of what they were (some"
        f" {round(0.05 * len(others))} might by chance); the clearest:"
    )
    for each in moved[:_MOST_MOVED]:
        yield f"- {each.title}: {_both(each)} ({each.interval})"


def _matters(each: Difference) -> bool:
    """Whether there is a difference of at least a hundredth of what it was in the base."""
    assert each.difference is not None
    return abs(each.difference) >= _SMALLEST * abs(each.baseline_value or 0.0) and each.difference != 0


def _precision(each: Difference) -> float:
    """How many half-widths the difference is from zero."""
    assert each.difference is not None and each.low is not None and each.high is not None
    half = (each.high - each.low) / 2
    return abs(each.difference) / half if half else float("inf")


def _expected(result: Result) -> Iterator[str]:
    told = rulings(result.scenario.expect, result.means)
    yield "## Expectations written before the run"
    if not told:
        yield "None."
    for ruling, sentence in told:
        yield f"- **{ruling}**: {sentence}."


def _assumed(result: Result) -> Iterator[str]:
    ours = read_assumptions(result.run.parameters)
    theirs = (
        {each.name for each in read_assumptions(result.base_run.parameters)} if result.base_run else set()
    )
    guessed = {each.name: each for each in ours if each.assumed}
    moved = [each for each in result.differences if each.detectable and (each.metric in TOLD or not each.by)]
    counts = dict.fromkeys(guessed, 0)
    for metric, family in dict.fromkeys((each.metric, each.family) for each in moved):
        for name in rests_on(metric, family, list(guessed)):
            counts[name] += 1
    new = [name for name in guessed if result.base and name not in theirs]
    ranked = [
        name for name in sorted(counts, key=lambda name: -counts[name]) if counts[name] and name not in new
    ]
    chosen = [*new, *ranked][:_MOST_ASSUMPTIONS]
    by_letter = dict(counts_by_confidence(ours))
    yield "## Assumptions without a source"
    yield f"{by_letter['D']} of the {len(ours)} dated values used have none (confidence D)." + (
        " Those new here, and those behind most of what moved:" if chosen else ""
    )
    for name in chosen:
        yield f"- `{name}` = {_valued(guessed[name])}{' (not used in the base)' if name in new else ''}"


def _valued(each: Assumption) -> str:
    spread = f", plausible {each.low} to {each.high}" if "–" not in (each.low, each.high) else ""
    return f"{each.value} {each.unit}".strip() + spread


def _caveats(result: Result) -> Iterator[str]:
    yield "## Caveats"
    yield (
        f"- {counted(result.replications)}; intervals are Student's t at 95%, not corrected for looking at many"
        " metrics. What they do not show may still be there."
    )
    failed = result.difference("fail_rate_n")
    if failed is not None and failed.detectable and _matters(failed):
        yield "- Times and costs are of payments credited; another share fails here, the slow ones first."
    if result.base:
        yield "- A rail's numbers are of those who chose it, and who chooses it differs between the two."
    few = [
        f"{rail_label(dict(row['by'])['rail'])} {number(round(row['value']))}"
        for row in result.means
        if row["name"] == "payments"
        and dict(row["by"]).get("rail", "none") != "none"
        and row["value"]
        and row["value"] < _FEW
    ]
    if few:
        yield f"- Few orders a replication, so that quantiles and tails say little: {', '.join(few)}."
    events = result.run.scenario.get("timeline") or {}
    before = (result.base_run.scenario.get("timeline") or {}) if result.base_run else {}
    for name, event in events.items():
        if event.get("fact_note") and event != before.get(name) and result.base:
            yield f"- On the event {name}: {event['fact_note'].strip()}"


def _made(result: Result) -> Iterator[str]:
    yield "## To see it again"
    yield "```console"
    if result.base:
        yield f"$ sandbox compare {result.base} {result.name} --reps {result.replications} --seed {result.seed}"
    else:
        yield f"$ sandbox run {result.name} --reps {result.replications} --seed {result.seed}"
    yield "```"
    yield ""
    version = result.run.manifest["versions"]["elr-sandbox"]
    if not result.reproducible:
        yield f"Version {version}, an earlier state of its code; audits passed. Journal digests are therefore left out."
        return
    runs = [(result.base, result.base_run), (result.name, result.run)]
    digests = ", ".join(f"`{name}` {run.manifest['journal_digest']}" for name, run in runs if run is not None)
    yield f"Version {version}; audits passed; journal digests of the first replications: {digests}."


def headline(result: Result) -> str:
    """The index's word on a scenario: the first things that moved, or that nothing did detectably."""
    if not result.base:
        return (
            f"{metric_title('share_elr')} {result.text('share_elr')}, cost {result.text('cost_pct_all_in')}"
        )
    shown = [each for each in result.asked if each.difference is not None and _matters(each)]
    if result.replications == 1:
        told = [f"{each.title} {_both(each)}" for each in shown[:_MOST_HEADLINES]]
        return "; ".join([*told, "one replication, no interval"])
    told = [f"{each.title} {_both(each)}" for each in shown if each.detectable]
    return "; ".join(told[:_MOST_HEADLINES]) or "nothing detectable"
