"""What a finished run shows beside its result: payments, the film, what a search finds."""

from collections.abc import Mapping
from typing import Any

from sandbox.page import drawings, payment_list, playback, search
from sandbox.page.api.call import Call
from sandbox.page.asked import PaymentsQuery, PlaybackQuery, SearchQuery
from sandbox.page.bodies import query_model
from sandbox.page.jobs import Kind
from sandbox.page.pages.outcomes import Elsewhere, Outcome, Shown, base_of, part_of
from sandbox.page.stays import state_name
from sandbox.report.wording import span


async def payments(call: Call) -> Outcome:
    """The payments of a run, chosen by ending and rail."""
    query = query_model(call.request, PaymentsQuery)
    job = call.job(Kind.RUN)
    asked = (query.ending, query.rail, query.offset, query.limit)
    found = await call.reception.read(job, payment_list.payments, *asked)
    choice = {"ending": query.ending, "rail": query.rail}
    values = {"job": call.reception.view(job), "base": base_of(job), "found": found, "choice": choice}
    return Shown("payments.html.j2", {**values, **part_of(query)}, section="runs")


async def payment(call: Call) -> Outcome:
    """One payment explained as a line of time."""
    job, number = call.job(Kind.RUN), call.payment()
    story = await call.reception.read(job, payment_list.story, number)
    chart = await call.reception.read(job, drawings.payment_chart, number)
    values = {"job": call.reception.view(job), "base": base_of(job), "story": story, "chart": chart}
    return Shown(
        "payment.html.j2",
        {**values, "wait": span, "state_name": state_name},
        section="runs",
    )


async def played(call: Call) -> Outcome:
    """A run played back; the address says at which second and how fast."""
    query = query_model(call.request, PlaybackQuery)
    job = call.job(Kind.RUN)
    setting = await call.reception.read(job, playback.setting)
    at = min(query.at, setting["horizon"])
    values = {
        "job": call.reception.view(job),
        "base": base_of(job),
        "setting": setting,
        "marks": playback.marks(setting["rails"]),
        "speed": playback.speed_of(query.speed, setting["horizon"]),
        "speeds": playback.SPEEDS,
        "states": playback.state_names(),
        "rail_names": {rail["name"]: rail["label"] for rail in setting["rails"]},
        "endings": playback.ENDED,
        "found": await call.reception.read(job, playback.moment, at),
    }
    return Shown("playback.html.j2", values, section="runs")


async def searching(call: Call) -> Outcome:
    """What a reader has in hand, found in a run."""
    query = query_model(call.request, SearchQuery)
    job = call.job(Kind.RUN)
    found = await call.reception.read(job, search.search, query.q)
    if len(found["found"]) == 1:
        return Elsewhere(base_of(job) + _place_of(found["found"][0]))
    shown = [{**each, "address_of_page": _place_of(each)} for each in found["found"]]
    values = {"job": call.reception.view(job), "base": base_of(job), "query": found["query"], "found": shown}
    return Shown("search.html.j2", values, section="runs")


def _place_of(found: Mapping[str, Any]) -> str:
    """Where a thing that was found is shown, within the run's pages."""
    if found["kind"] == "payment":
        return f"/payments/{found['name']}"
    last = found["address"] if found["kind"] == "address" else found["number"]
    kinds = {"block": "blocks", "transaction": "transactions", "address": "addresses"}
    return f"/chains/{found['chain']}/{kinds[found['kind']]}/{last}"
