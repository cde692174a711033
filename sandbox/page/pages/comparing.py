"""Comparisons: what to compare, two finished runs side by side, and the order for replications."""

from collections.abc import Mapping

from sandbox.page import beside
from sandbox.page.api.call import Call
from sandbox.page.api.orders import compare
from sandbox.page.asked import BesideQuery, ComparisonAsked
from sandbox.page.bodies import as_model, query_model
from sandbox.page.catalogue import shipped_scenarios
from sandbox.page.jobs import Job, Kind
from sandbox.page.pages.outcomes import Elsewhere, Outcome, Shown, base_of, own_form, whole_number
from sandbox.page.refusals import Refusal

#: How the names of ticked scenarios begin in the comparison's form.
_TICK = "with-"


async def comparing(call: Call) -> Outcome:
    """Choose what to compare."""
    return _compare_form(call)


async def side_by_side(call: Call) -> Outcome:
    """Two finished runs: their numbers with the differences, and their charts in pairs."""
    query = query_model(call.request, BesideQuery)
    one, other = call.job(Kind.RUN, query.first), call.job(Kind.RUN, query.second)
    tables = await call.reception.pair(one, other)
    results = [await call.reception.result(job) for job in (one, other)]
    values = {
        "jobs": [call.reception.view(job) for job in (one, other)],
        "bases": [base_of(one), base_of(other)],
        "answers": [result["answer"] for result in results],
        "tables": tables,
        "charts": beside.chart_pairs(*results),
        "limits": call.reception.settings.limits,
    }
    return Shown("beside.html.j2", values, section="compare")


async def compare_beside(call: Call) -> Outcome:
    """Replications of the scenarios of two finished runs: what chance alone would do is then told apart."""
    form = await own_form(call)
    jobs = [call.job(Kind.RUN, form.get(name, "")) for name in ("first", "second")]
    scenarios = [_scenario_of(call, job) for job in jobs]
    document = {
        "baseline": scenarios[0],
        "alternatives": scenarios[1:],
        "seed": jobs[0].seed,
        "replications": whole_number(form.get("replications", "5")),
    }
    _, view = await compare(call, as_model(ComparisonAsked, document))
    return Elsewhere(f"/comparisons/{view['id']}")


def _scenario_of(call: Call, job: Job) -> dict[str, str]:
    """What a run was asked with: the name of a shipped scenario, or the text that lies in its folder."""
    file = call.viewer.file_of(job)
    if not file.endswith(".yaml"):
        return {"scenario": file}
    return {"text": (call.reception.clerk.shelf.directory(job) / file).read_text(encoding="utf-8")}


def _compare_form(call: Call, form: Mapping[str, str] | None = None, refusal: Refusal | None = None) -> Shown:
    scenarios = shipped_scenarios()
    names = {each.name: each for each in scenarios}
    filled = {"baseline": "", "replications": "5", "seed": "1", **(form or {})}
    values = {
        "scenarios": scenarios,
        "pairs": [(each, names[each.compare_to]) for each in scenarios if each.compare_to in names],
        "limits": call.reception.settings.limits,
        "form": filled,
        "ticked": [each.name for each in scenarios if f"{_TICK}{each.name}" in filled],
        "refusal": refusal,
    }
    return Shown("compare.html.j2", values, refusal.status if refusal else 200, section="compare")


async def start_comparison(call: Call) -> Outcome:
    """The comparison's form: a baseline, ticked alternatives, replications and seed."""
    form = await own_form(call)
    chosen_ones = [name.removeprefix(_TICK) for name in form if name.startswith(_TICK)]
    document = {
        "baseline": {"scenario": form.get("baseline", "")},
        "alternatives": [{"scenario": name} for name in chosen_ones if name != form.get("baseline")],
        "seed": whole_number(form.get("seed", "1")),
        "replications": whole_number(form.get("replications", "5")),
    }
    try:
        _, view = await compare(call, as_model(ComparisonAsked, document))
    except Refusal as refusal:
        return _compare_form(call, form, refusal)
    return Elsewhere(f"/comparisons/{view['id']}")
