"""Scenarios of the API: shipped ones, and what the loader says of a text."""

from sandbox.page.api.call import Answer, Call
from sandbox.page.asked import CompletionAsked, ScenarioText
from sandbox.page.bodies import json_body
from sandbox.page.catalogue import find_scenario, shipped_scenarios
from sandbox.page.clerk import Wanted
from sandbox.page.refusals import Refusal
from sandbox.page.words.sentences import told_check


async def scenarios(call: Call) -> Answer:
    """All shipped scenarios."""
    return 200, {"scenarios": [each.to_dict() for each in shipped_scenarios()]}


async def scenario(call: Call) -> Answer:
    """One shipped scenario with its text."""
    found = find_scenario(call.path("name"))
    if found is None:
        raise Refusal(404, "no_scenario", "there is no shipped scenario of that name")
    return 200, {**found.to_dict(), "text": found.text}


async def check(call: Call) -> Answer:
    """What the loader says of a text."""
    limits = call.reception.settings.limits
    asked = await json_body(call.request, ScenarioText, limits.json_depth)
    call.reception.count_submit(call.owner)
    return 200, told_check(await call.reception.clerk.check(Wanted(text=asked.text)), call.spoken)


async def complete(call: Call) -> Answer:
    """What may be written at the cursor."""
    asked = await json_body(call.request, CompletionAsked, call.reception.settings.limits.json_depth)
    call.reception.count_completion(call.owner)
    return 200, await call.reception.clerk.complete(asked.text, asked.line, asked.column, call.spoken)
