"""The answer in words: short sentences that any reader can check against the tables below them."""

from collections.abc import Sequence

from sandbox.report.comparing import Difference
from sandbox.report.measures import Measure, Measures
from sandbox.report.readings import ENDINGS
from sandbox.report.wording import listed, number, percent, rail_label, say, translated

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


def comparison_answer(differences: Sequence[Difference]) -> tuple[str, ...]:
    """What a comparison found about the whole runs, one sentence a headline metric and alternative."""
    chosen = [
        each
        for name in HEADLINES
        for each in differences
        if each.metric == name and not each.by and each.has_value
    ]
    return tuple(f"{each.alternative}, {each.title}: {each.words}." for each in chosen)
