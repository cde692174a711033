"""The page of one scenario, at most sixty lines: the answer first, then the numbers, and how to see it again."""

from collections.abc import Iterator

from changes import changes
from result import HEADLINES, Result, both, counted
from rulings import rulings
from side_by_side import COST, ENFORCEMENT, beside, by_rail

from sandbox.metrics.inputs import rests_on
from sandbox.report.assumptions import Assumption, counts_by_confidence, read_assumptions
from sandbox.report.comparing import Difference
from sandbox.report.wording import metric_title, number, rail_label

#: A page is a page.
MOST_LINES = 60

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
_MOST_ANSWERS = 6
_MOST_UNCLEAR = 6
_MOST_VARIED = 6
_MOST_MOVED = 3
_MOST_EXPECTED = 4
_MOST_ASSUMPTIONS = 4
_MOST_HEADLINES = 3
#: A difference below this share of the base is told in the tables alone.
_SMALLEST = 0.01
_FEW = 100


def page(result: Result) -> str:
    """The whole page as Markdown."""
    parts = [_head(result)]
    if result.base:
        parts.append(_answer(result))
    parts += [by_rail(result), beside(result), _expected(result), _limits(result), _made(result)]
    return "\n\n".join("\n".join(lines) for lines in (list(part) for part in parts) if lines) + "\n"


def _head(result: Result) -> Iterator[str]:
    yield f"# {result.scenario.title['en']}"
    yield ""
    yield f"**{result.scenario.question['en']}**"
    yield ""
    against = f" against [`{result.base}`]({result.base}.md)" if result.base else " by itself"
    run = result.run
    observed = (run.warm_up, run.horizon - run.cool_down)
    first, last = (run.clock.date(second).isoformat() for second in observed)
    each = " of each on the same luck" if result.base else ""
    told = (
        f"Scenario [`{result.name}`](../../scenarios/{result.name}.yaml){against}:"
        f" {counted(result.replications)}{each}, seed {result.seed}; orders of {first} to {last}."
    )
    yield f"{told} {_varied(result)}" if result.base else told


def _varied(result: Result) -> str:
    assert result.base_run is not None
    found = changes(result.base_run.scenario, result.run.scenario)
    told = "; ".join(f"{each.path} {each.base or '–'} → {each.own or '–'}" for each in found[:_MOST_VARIED])
    more = len(found) - _MOST_VARIED
    return f"Varied: {told}{f'; and {more} settings more' if more > 0 else ''}."


def _answer(result: Result) -> Iterator[str]:
    yield "## The answer"
    asked = [each for each in result.asked if each.has_value]
    sure = [each for each in asked if each.detectable or each.difference is None]
    for each in sure[:_MOST_ANSWERS]:
        yield f"- {each.title}: {both(each)}{_how_sure(each)}."
    if len(sure) > _MOST_ANSWERS:
        yield f"- Detectable too, see the tables: {'; '.join(each.title for each in sure[_MOST_ANSWERS:])}."
    unclear = [each for each in asked if each.difference is not None and not each.detectable]
    if unclear and result.replications == 1:
        told = "; ".join(f"{each.title} {both(each)}" for each in unclear[:_MOST_UNCLEAR])
        yield f"- One replication shows differences, and not which of them are chance: {told}."
    elif unclear:
        told = "; ".join(f"{each.title} ({each.interval})" for each in unclear[:_MOST_UNCLEAR])
        rest = ", ".join(each.title for each in unclear[_MOST_UNCLEAR:])
        told += f"; nor {rest}" if rest else ""
        yield f"- **Not detectable** (interval of the difference): {told}."
    if result.replications > 1:
        yield _moved(result)


def _how_sure(each: Difference) -> str:
    """The difference with its interval, or why there is none to tell."""
    if each.difference is None:
        return f" ({each.verdict})"
    if each.low == each.high:
        return " (the same in every replication)"
    return f", that is {each.change} ({each.interval})"


def _moved(result: Result) -> str:
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
    if not moved:
        return (
            f"- None of {len(others)} other metrics differs detectably by a hundredth of what it was or more."
        )
    clearest = "; ".join(f"{each.title} {both(each)} ({each.interval})" for each in moved[:_MOST_MOVED])
    return (
        f"- {len(moved)} of {len(others)} other metrics differ detectably by a hundredth or more of what they were"
        f" (some {round(0.05 * len(others))} might by chance); the clearest: {clearest}."
    )


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
    if told:
        yield "## Expectations written before the run"
    for ruling, sentence in told[:_MOST_EXPECTED]:
        yield f"- **{ruling}**: {sentence}."
    if len(told) > _MOST_EXPECTED:
        rest = ", ".join(ruling for ruling, _ in told[_MOST_EXPECTED:])
        yield f"- and {len(told) - _MOST_EXPECTED} more: {rest}."


def _limits(result: Result) -> Iterator[str]:
    yield "## What it rests on, and what it does not say"
    yield _assumed(result)
    yield "- " + " ".join(_caveats(result))


def _assumed(result: Result) -> str:
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
    told = "; ".join(f"`{name}` = {_valued(guessed[name])}" for name in chosen)
    return (
        f"- {by_letter['D']} of the {len(ours)} dated values used have no source (confidence D)"
        f"{'; new here, or behind most of what moved: ' + told if chosen else ''}."
    )


def _valued(each: Assumption) -> str:
    spread = f", plausible {each.low} to {each.high}" if "–" not in (each.low, each.high) else ""
    return f"{each.value} {each.unit}".strip() + spread


def _caveats(result: Result) -> Iterator[str]:
    if result.base and result.replications > 1:
        yield "Intervals are Student's t at 95%, not corrected for looking at many metrics."
        yield "Bold in a table: a detectable difference."
    yield "Enforcement is not netted against cost; what is truly prohibited is known to the laboratory alone."
    failed = result.difference("fail_rate_n")
    if failed is not None and failed.detectable and _matters(failed):
        yield "Times and costs are of payments credited; another share fails here, the slow ones first."
    if result.base:
        yield "A rail's numbers are of those who chose it, and who chooses it differs between the two."
    few = [
        f"{rail_label(dict(row['by'])['rail'])} {number(round(row['value']))}"
        for row in result.means
        if row["name"] == "payments"
        and dict(row["by"]).get("rail", "none") != "none"
        and row["value"]
        and row["value"] < _FEW
    ]
    if few:
        yield f"Few orders a replication, so that quantiles and tails say little: {', '.join(few)}."
    events = result.run.scenario.get("timeline") or {}
    before = (result.base_run.scenario.get("timeline") or {}) if result.base_run else {}
    for name, event in events.items():
        if event.get("fact_note") and event != before.get(name) and result.base:
            yield f"On the event {name}: {' '.join(event['fact_note'].split())}"


def _made(result: Result) -> Iterator[str]:
    command = f"compare {result.base} {result.name}" if result.base else f"run {result.name}"
    yield "```console"
    yield f"$ sandbox {command} --reps {result.replications} --seed {result.seed}"
    yield "```"
    yield ""
    made = f"Made at commit {result.commit}; audits passed."
    if result.reproducible:
        runs = [(result.base, result.base_run), (result.name, result.run)]
        digests = ", ".join(
            f"`{name}` {run.manifest['journal_digest']}" for name, run in runs if run is not None
        )
        made += f" Journal digests of the first replications: {digests}."
    else:
        made += " The code has changed since; journal digests are therefore left out."
    yield f"{made} Definitions: [metrics](../METRICS.md), [parameters](../PARAMETERS.md)."


def headline(result: Result) -> str:
    """The index's word on a scenario: the first things that moved, or that nothing did detectably."""
    if not result.base:
        return (
            f"{metric_title('share_elr')} {result.text('share_elr')}, cost {result.text('cost_pct_all_in')}"
        )
    shown = [each for each in result.asked if each.difference is not None and _matters(each)]
    if result.replications == 1:
        told = [f"{each.title} {both(each)}" for each in shown[:_MOST_HEADLINES]]
        return "; ".join([*told, "one replication, no interval"])
    told = [f"{each.title} {both(each)}" for each in shown if each.detectable]
    return "; ".join(told[:_MOST_HEADLINES]) or "nothing detectable"
