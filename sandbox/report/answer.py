"""The answer in words: short sentences that any reader can check against the tables below them."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from sandbox.report.comparing import Difference
from sandbox.report.measures import Measure, Measures
from sandbox.report.readings import ENDINGS
from sandbox.report.wording import changed, listed, measured, number, percent, rail_label, say, translated

#: What a comparison's summary speaks of first, if both arms have it: the whole run, not a rail.
HEADLINES = (
    "settlement_time_p50",
    "settlement_time_p95",
    "cost_pct_all_in",
    "cost_pct_charges",
    "fail_rate_n",
    "throughput_usd_day",
    "share_le_1h",
)

#: The headlines that an arm is introduced by.
_FACTS = frozenset(HEADLINES) - {"cost_pct_charges", "share_le_1h"}

#: What a comparison's summary tells beside the headlines and never weighs against them.
_BESIDE = ("aml_recall", "compliance_exposure_usd")

#: Every metric whose values an answer may state, in words, of a run or of a comparison.
ANSWERED = (
    "payments",
    "payments_by_ending",
    *HEADLINES,
    "cost_pct_fsb",
    *_BESIDE,
)

#: Metrics that the policy table of a comparison shows, over all rails and by rail.
BY_RAIL = (
    "payments",
    "settlement_time_p50",
    "settlement_time_p95",
    "cost_pct_all_in",
    "cost_pct_charges",
    "fail_rate_n",
    "throughput_usd_day",
)


def run_answer(measures: Measures) -> tuple[str, ...]:
    """What one run found: endings, speed by rail, cost, who carried the value, enforcement."""
    sentences = (
        _endings(measures),
        _speed(measures),
        _cost(measures),
        _shares(measures),
        _enforcement(measures),
    )
    return tuple(sentence for sentence in sentences if sentence)


def _endings(measures: Measures) -> str:
    total = measures.find("payments")
    if total is None or not total.value:
        return say("answer.none")
    counts = [(ending, measures.find("payments_by_ending", ending=ending)) for ending in ENDINGS]
    parts = [
        f"{number(found.value)} {say(f'ended.{ending}')} ({percent(found.value / total.value)})"
        for ending, found in counts
        if found is not None and found.value
    ]
    return say("answer.endings", total=number(total.value), parts=listed(parts))


def _speed(measures: Measures) -> str:
    overall = measures.find("settlement_time_p50")
    if overall is None or overall.value is None:
        return ""
    rails = [
        (dict(each.by)["rail"], each)
        for each in measures.named("settlement_time_p50")
        if [key for key, _ in each.by] == ["rail"] and each.value is not None
    ]
    fastest_first = sorted(rails, key=lambda pair: (pair[1].value or 0, pair[0]))
    parts = [say("answer.over", value=each.text, rail=rail_label(rail)) for rail, each in fastest_first]
    by_rail = f": {listed(parts)}" if parts else ""
    return say("answer.speed", value=overall.text, by_rail=by_rail)


def _cost(measures: Measures) -> str:
    standard = measures.find("cost_pct_fsb")
    all_in = _told(measures, "cost_pct_all_in") or _told(measures, "cost_pct_charges")
    if all_in is None:
        return ""
    key = "answer.cost_all_in" if all_in.name == "cost_pct_all_in" else "answer.cost_charges"
    subset = ""
    if standard is not None and standard.value is not None:
        subset = say("answer.cost_fsb", value=standard.text)
    return say(key, value=all_in.text, subset=subset)


def _told(measures: Measures, name: str) -> Measure | None:
    found = measures.find(name)
    return found if found is not None and found.value is not None else None


def _shares(measures: Measures) -> str:
    total = measures.find("throughput_usd_day")
    if total is None or not total.value:
        return ""
    parts = []
    for each in measures.named("throughput_usd_day"):
        if [key for key, _ in each.by] == ["rail"] and each.value:
            parts.append((each.value / total.value, rail_label(dict(each.by)["rail"])))
    parts.sort(key=lambda part: (-part[0], part[1]))
    shares = listed([say("answer.over", value=percent(share), rail=rail) for share, rail in parts])
    return say("answer.shares", value=total.text, shares=shares) if parts else ""


def _enforcement(measures: Measures) -> str:
    recall = measures.find("aml_recall") or measures.find("recall")
    if recall is None:
        return ""
    if recall.value is None:
        return say("answer.no_recall", reason=translated("empty", recall.reason))
    return say("answer.recall", value=recall.text)


def comparison_answer(
    differences: Sequence[Difference], regime: Mapping[str, bool] = MappingProxyType({})
) -> tuple[str, ...]:
    """What a comparison found about the whole runs: each arm, then what can be told apart from chance.

    ``regime`` says of an arm by its name whether its world has the regime; where one of two arms has it, the
    sentences speak of the world with it and of the world without it.
    """
    shown = [
        each
        for name in (*HEADLINES, *_BESIDE)
        for each in differences
        if each.metric == name and not each.by and each.has_value
    ]
    if not shown:
        return (say("answer.no_difference"),)
    arms = list(dict.fromkeys(each.alternative for each in shown))
    baseline = shown[0].baseline
    told = [_arm(arm, shown, arms, regime) for arm in arms]
    told.append(_arm(baseline, shown, arms, regime))
    if regime.get(baseline) and not regime.get(arms[0], True):
        told.reverse()
    for arm in arms:
        told += _contrast([each for each in shown if each.alternative == arm], arm if len(arms) > 1 else "")
    return tuple(sentence for sentence in told if sentence)


def _arm(arm: str, shown: Sequence[Difference], arms: Sequence[str], regime: Mapping[str, bool]) -> str:
    """One arm's own numbers."""
    facts = []
    for each in shown:
        value = each.alternative_value if arm == each.alternative else each.baseline_value
        mine = arm == each.alternative or (arm == each.baseline and each.alternative == arms[0])
        if mine and value is not None and each.metric in _FACTS:
            facts.append(say("answer.fact", title=each.title, value=measured(value, each.unit)))
    known = {regime.get(each) for each in (*arms, shown[0].baseline)}
    key = "answer.with_arm"
    if len(arms) == 1 and known == {True, False}:
        key = "answer.with_regime" if regime[arm] else "answer.without_regime"
    return say(key, arm=arm, facts="; ".join(facts)) if facts else ""


def _contrast(mine: Sequence[Difference], arm: str) -> list[str]:
    """What differs detectably, what does not, and what stands beside the cost, of one alternative."""
    paired = [each for each in mine if each.difference is not None]
    main = [each for each in paired if each.metric not in _BESIDE]
    single = [each for each in main if each.low is None]
    same = [each for each in main if each.low is not None and each.low == each.high == each.difference == 0]
    told = [each for each in main if each.detectable]
    chance = [each for each in main if each not in single and each not in same and each not in told]
    of = {"arm": arm} if arm else {}
    suffix = "_of" if arm else ""
    sentences = []
    if told:
        first = told[0]
        parts = "; ".join(_direction(each) for each in told)
        level = percent(first.level, digits=0)
        sentences.append(say(f"answer.detectable{suffix}", n=first.n, level=level, parts=parts, **of))
    if chance:
        parts = "; ".join(f"{each.title} ({each.interval})" for each in chance)
        sentences.append(say(f"answer.not_detectable{suffix}", parts=parts, **of))
    if same:
        sentences.append(say("answer.same", parts="; ".join(each.title for each in same)))
    if single:
        parts = "; ".join(f"{each.title} {each.change}" for each in single)
        sentences.append(say("answer.single", parts=parts))
    beside = [f"{each.title}: {each.words}" for each in paired if each.metric in _BESIDE]
    if beside:
        sentences.append(say("answer.beside", parts="; ".join(beside)))
    return sentences


def _direction(each: Difference) -> str:
    key = "answer.higher" if (each.difference or 0) > 0 else "answer.lower"
    change = changed(abs(each.difference or 0), each.unit, signed=False)
    return say(key, title=each.title, change=change, interval=each.interval)
