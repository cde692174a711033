"""Scenarios to write and to run: the editor, and the button that starts a run."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from sandbox.page.api.call import Call
from sandbox.page.api.orders import submit
from sandbox.page.asked import RunAsked
from sandbox.page.bodies import as_model
from sandbox.page.catalogue import find_scenario, shipped_scenarios
from sandbox.page.clerk import Wanted
from sandbox.page.jobs import Kind
from sandbox.page.pages.outcomes import Elsewhere, Outcome, Shown, own_form, whole_number
from sandbox.page.refusals import Refusal


async def editor(call: Call) -> Outcome:
    """A scenario's text to change: a shipped one, that of an earlier run, or the shortest there is."""
    name = call.request.query_params.get("scenario", "")
    found = find_scenario(name) if name else shipped_scenarios()[0]
    if found is None:
        raise Refusal(404, "no_scenario", "there is no shipped scenario of that name")
    return _editor(found.text, source=found.name)


def _editor(
    text: str,
    checked: Mapping[str, Any] | None = None,
    *,
    source: str,
    seed: str = "1",
    sent: bool = False,
    refusal: Refusal | None = None,
) -> Shown:
    """The editor with a text; ``source`` names what it was before somebody changed it and ``sent`` it here."""
    status = refusal.status if refusal else 200
    values = {"text": text, "checked": checked, "seed": seed, "refusal": refusal, "source": source}
    return Shown("editor.html.j2", {**values, "sent": sent}, status, section="editor")


async def take_editor(call: Call) -> Outcome:
    """The editor's form: check the text, or run it; faults are shown beside it."""
    form = await own_form(call)
    text, seed = form.get("text", "").replace("\r\n", "\n"), form.get("seed", "1")
    again = partial(_editor, text, seed=seed, source=form.get("source", "")[:80], sent=True)
    try:
        if form.get("do") == "run":
            return await _run(call, {"text": text, "seed": seed})
        as_model(RunAsked, {"text": text, "seed": whole_number(seed)})
        call.reception.count_submit(call.owner)
        return again(await call.reception.clerk.check(Wanted(text=text)))
    except Refusal as refusal:
        faults = {"valid": False, "faults": refusal.faults} if refusal.faults else None
        return again(faults, refusal=refusal)


async def start_run(call: Call) -> Outcome:
    """One click at a shipped scenario, or again at a job."""
    form = await own_form(call)
    return await _run(call, {name: form[name] for name in ("scenario", "seed") if name in form})


async def _run(call: Call, fields: Mapping[str, Any]) -> Elsewhere:
    asked = as_model(RunAsked, {**fields, "seed": whole_number(fields.get("seed", "1"))})
    _, view = await submit(call, Kind.RUN, [asked.wanted()], asked, asked.seed)
    return Elsewhere(f"/runs/{view['id']}")


async def scenario_of(call: Call) -> Outcome:
    """The scenario that a run was made from, as text."""
    job = call.job(Kind.RUN)
    file = call.viewer.file_of(job)
    path = call.reception.clerk.shelf.directory(job) / file
    shipped = find_scenario(file)
    if file.endswith(".yaml") and path.is_file():
        return _editor(path.read_text(encoding="utf-8"), seed=str(job.seed), source=job.id)
    if shipped is None:
        raise Refusal(404, "no_scenario", "there is no shipped scenario of that name")
    return _editor(shipped.text, seed=str(job.seed), source=shipped.name)
