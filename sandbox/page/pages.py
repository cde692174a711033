"""The pages for people: each is one function from a call to a template and its values, or to another address."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from sandbox.page import addresses, beside, chain_book, drawings, payment_list, playback, search, transactions
from sandbox.page.api import Call, compare, submit
from sandbox.page.asked import (
    BesideQuery,
    BlocksQuery,
    ComparisonAsked,
    PageQuery,
    PaymentsQuery,
    PlaybackQuery,
    RunAsked,
    SearchQuery,
)
from sandbox.page.bodies import as_model, form_body, query_model
from sandbox.page.catalogue import find_scenario, shipped_scenarios
from sandbox.page.clerk import Wanted
from sandbox.page.jobs import Job, Kind, State
from sandbox.page.reception import Reception
from sandbox.page.refusals import Refusal
from sandbox.page.rendering import render
from sandbox.page.sessions import COOKIE, Session
from sandbox.page.shelf import REPORT_FILE, in_language
from sandbox.page.stays import state_name
from sandbox.page.words import LANGUAGES, chosen
from sandbox.report.wording import language, span, speaking

LANGUAGE_COOKIE = "sandbox_language"
_COOKIE_TERMS: Mapping[str, Any] = {"httponly": True, "samesite": "strict", "path": "/"}

#: Fields that a form may carry beside those of its own.
_FORM_TOKEN = "token"
#: How the names of ticked scenarios begin in the comparison's form.
_TICK = "with-"


@dataclass(frozen=True, slots=True)
class Shown:
    """A template with its values."""

    template: str
    values: Mapping[str, Any]
    status: int = 200
    section: str = ""
    """Which entry of the navigation this page belongs to."""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Another address, fetched with GET after a form was taken."""

    address: str
    cookies: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Download:
    """A file to keep."""

    data: bytes
    name: str
    media_type: str


Outcome = Shown | Elsewhere | Download
Handler = Callable[[Call], Awaitable[Outcome]]


async def home(call: Call) -> Outcome:
    """Every shipped scenario with its question, and the latest jobs."""
    jobs = [call.reception.view(job) for job in call.reception.clerk.shelf.jobs()[:6]]
    return Shown("home.html.j2", {"scenarios": shipped_scenarios(), "jobs": jobs}, section="home")


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
        as_model(RunAsked, {"text": text, "seed": _whole(seed)})
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
    asked = as_model(RunAsked, {**fields, "seed": _whole(fields.get("seed", "1"))})
    _, view = await submit(call, Kind.RUN, [asked.wanted()], asked, asked.seed)
    return Elsewhere(f"/runs/{view['id']}")


def _whole(text: str) -> int | str:
    """A form's number; what is none stays text, and the model says what is wrong with it."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 20 else text


async def jobs(call: Call) -> Outcome:
    """Everything that was ever asked for here."""
    query = query_model(call.request, PageQuery)
    found = call.reception.clerk.shelf.jobs()
    shown = [call.reception.view(job) for job in found[query.offset : query.offset + query.limit]]
    values = {"jobs": shown, "total": len(found), "complete": _finished_runs(call.reception)}
    return Shown("jobs.html.j2", {**values, **_part(query)}, section="runs")


def job_page(kind: Kind) -> Handler:
    """A job: its progress while it goes on, its result when it is complete."""

    async def page(call: Call) -> Outcome:
        reception = call.reception
        job = reception.job(call.path("id"), kind)
        values: dict[str, Any] = {"job": reception.view(job), "base": _base(job)}
        section = "runs" if kind is Kind.RUN else "compare"
        if job.state is not State.COMPLETE:
            values["may_cancel"] = reception.may_cancel(job, call.owner)
            return Shown("progress.html.j2", values, section=section)
        values["result"] = await reception.result(job)
        is_run = kind is Kind.RUN
        values["others"] = _finished_runs(reception, job) if is_run else []
        values["examples"] = await reception.read(job, payment_list.example_payments) if is_run else []
        return Shown("result.html.j2", values, section=section)

    return page


def _finished_runs(reception: Reception, but: Job | None = None) -> list[dict[str, Any]]:
    """The latest complete runs, for a choice."""
    complete = (
        job
        for job in reception.clerk.shelf.jobs()
        if job.kind is Kind.RUN and job.state is State.COMPLETE and (but is None or job.id != but.id)
    )
    return [reception.view(job) for job in islice(complete, 30)]


def cancelling(kind: Kind) -> Handler:
    """The button that stops a job."""

    async def cancel(call: Call) -> Outcome:
        await own_form(call)
        job = call.reception.job(call.path("id"), kind)
        if not job.ended and not call.reception.may_cancel(job, call.owner):
            raise Refusal(403, "not_yours", "only who asked for it may stop it")
        await call.reception.clerk.cancel(job)
        return Elsewhere(_base(job))

    return cancel


def report(kind: Kind) -> Handler:
    """The report as a file to keep: it has scripts of its own, so it is never shown from this server."""

    async def download(call: Call) -> Outcome:
        job = call.reception.job(call.path("id"), kind)
        directory = call.reception.clerk.shelf.directory(job)
        path = directory / in_language(REPORT_FILE, language())
        path = path if path.is_file() else directory / REPORT_FILE
        if job.state is not State.COMPLETE or not path.is_file():
            raise Refusal(409, "not_complete", f"this {kind} is not complete")
        return Download(
            path.read_bytes(), f"{job.arms[0].name}-seed{job.seed}.html", "text/html; charset=utf-8"
        )

    return download


async def scenario_of(call: Call) -> Outcome:
    """The scenario that a run was made from, as text."""
    job = call.reception.job(call.path("id"), Kind.RUN)
    arm = job.arms[0]
    path = call.reception.clerk.shelf.directory(job) / arm.file
    shipped = find_scenario(arm.name)
    if arm.file.endswith(".yaml") and path.is_file():
        return _editor(path.read_text(encoding="utf-8"), seed=str(job.seed), source=job.id)
    if shipped is None:
        raise Refusal(404, "no_scenario", "there is no shipped scenario of that name")
    return _editor(shipped.text, seed=str(job.seed), source=shipped.name)


async def payments(call: Call) -> Outcome:
    """The payments of a run, chosen by ending and rail."""
    query = query_model(call.request, PaymentsQuery)
    job = call.reception.job(call.path("id"), Kind.RUN)
    asked = (query.ending, query.rail, query.offset, query.limit)
    found = await call.reception.read(job, payment_list.payments, *asked)
    choice = {"ending": query.ending, "rail": query.rail}
    values = {"job": call.reception.view(job), "base": _base(job), "found": found, "choice": choice}
    return Shown("payments.html.j2", {**values, **_part(query)}, section="runs")


async def payment(call: Call) -> Outcome:
    """One payment explained as a line of time."""
    job, number = call.reception.job(call.path("id"), Kind.RUN), call.payment()
    story = await call.reception.read(job, payment_list.story, number)
    chart = await call.reception.read(job, drawings.payment_chart, number)
    values = {"job": call.reception.view(job), "base": _base(job), "story": story, "chart": chart}
    return Shown(
        "payment.html.j2",
        {**values, "wait": span, "state_name": state_name},
        section="runs",
    )


async def played(call: Call) -> Outcome:
    """A run played back; the address says at which second and how fast."""
    query = query_model(call.request, PlaybackQuery)
    job = call.reception.job(call.path("id"), Kind.RUN)
    setting = await call.reception.read(job, playback.setting)
    at = min(query.at, setting["horizon"])
    values = {
        "job": call.reception.view(job),
        "base": _base(job),
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


async def chains(call: Call) -> Outcome:
    """The chains of a run."""
    job = call.reception.job(call.path("id"), Kind.RUN)
    found = await call.reception.read(job, chain_book.chains)
    return Shown(
        "chains.html.j2",
        {"job": call.reception.view(job), "base": _base(job), "found": found},
        section="runs",
    )


async def chain(call: Call) -> Outcome:
    """The blocks of a chain."""
    query = query_model(call.request, BlocksQuery)
    asked = (query.empty == "hide", query.offset, query.limit)
    job = call.reception.job(call.path("id"), Kind.RUN)
    chart = await call.reception.read(job, drawings.chain_chart, call.path("chain"))
    return await _of_chain(
        call, "chain.html.j2", chain_book.blocks, *asked, empty=query.empty, chart=chart, **_part(query)
    )


async def block(call: Call) -> Outcome:
    """One height of a chain."""
    return await _of_chain(call, "block.html.j2", chain_book.block, call.number("height"))


async def transaction(call: Call) -> Outcome:
    """One transaction."""
    return await _of_chain(call, "transaction.html.j2", transactions.transaction, call.number("number"))


async def balances(call: Call) -> Outcome:
    """Accounts of a chain at the end."""
    return await _of_chain(call, "balances.html.j2", chain_book.balances)


async def address(call: Call) -> Outcome:
    """One address of a chain with its movements."""
    query = query_model(call.request, PageQuery)
    asked = (call.path("address"), query.offset, query.limit)
    return await _of_chain(call, "address.html.j2", addresses.address, *asked, **_part(query))


async def searching(call: Call) -> Outcome:
    """What a reader has in hand, found in a run."""
    query = query_model(call.request, SearchQuery)
    job = call.reception.job(call.path("id"), Kind.RUN)
    found = await call.reception.read(job, search.search, query.q)
    if len(found["found"]) == 1:
        return Elsewhere(_base(job) + _place_of(found["found"][0]))
    shown = [{**each, "address_of_page": _place_of(each)} for each in found["found"]]
    values = {"job": call.reception.view(job), "base": _base(job), "query": found["query"], "found": shown}
    return Shown("search.html.j2", values, section="runs")


def _place_of(found: Mapping[str, Any]) -> str:
    """Where a thing that was found is shown, within the run's pages."""
    if found["kind"] == "payment":
        return f"/payments/{found['name']}"
    last = found["address"] if found["kind"] == "address" else found["number"]
    kinds = {"block": "blocks", "transaction": "transactions", "address": "addresses"}
    return f"/chains/{found['chain']}/{kinds[found['kind']]}/{last}"


async def _of_chain(
    call: Call, template: str, reading: Callable[..., Any], *asked: Any, **values: Any
) -> Outcome:
    job = call.reception.job(call.path("id"), Kind.RUN)
    found = await call.reception.read(job, reading, call.path("chain"), *asked)
    shown = {"job": call.reception.view(job), "base": _base(job), "chain": call.path("chain"), "found": found}
    return Shown(template, {**shown, **values}, section="runs")


async def comparing(call: Call) -> Outcome:
    """Choose what to compare."""
    return _compare_form(call)


async def side_by_side(call: Call) -> Outcome:
    """Two finished runs: their numbers with the differences, and their charts in pairs."""
    query = query_model(call.request, BesideQuery)
    one, other, tables = await call.reception.pair(query.first, query.second)
    results = [await call.reception.result(job) for job in (one, other)]
    values = {
        "jobs": [call.reception.view(job) for job in (one, other)],
        "bases": [_base(one), _base(other)],
        "answers": [result["answer"] for result in results],
        "tables": tables,
        "charts": beside.chart_pairs(*results),
        "limits": call.reception.settings.limits,
    }
    return Shown("beside.html.j2", values, section="compare")


async def compare_beside(call: Call) -> Outcome:
    """Replications of the scenarios of two finished runs: what chance alone would do is then told apart."""
    form = await own_form(call)
    jobs = [call.reception.job(form.get(name, ""), Kind.RUN) for name in ("first", "second")]
    scenarios = [_scenario_of(call.reception, job) for job in jobs]
    document = {
        "baseline": scenarios[0],
        "alternatives": scenarios[1:],
        "seed": jobs[0].seed,
        "replications": _whole(form.get("replications", "5")),
    }
    _, view = await compare(call, as_model(ComparisonAsked, document))
    return Elsewhere(f"/comparisons/{view['id']}")


def _scenario_of(reception: Reception, job: Job) -> dict[str, str]:
    """What a run was asked with: the name of a shipped scenario, or the text that lies in its folder."""
    arm = job.arms[0]
    if not arm.file.endswith(".yaml"):
        return {"scenario": arm.name}
    return {"text": (reception.clerk.shelf.directory(job) / arm.file).read_text(encoding="utf-8")}


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
        "seed": _whole(form.get("seed", "1")),
        "replications": _whole(form.get("replications", "5")),
    }
    try:
        _, view = await compare(call, as_model(ComparisonAsked, document))
    except Refusal as refusal:
        return _compare_form(call, form, refusal)
    return Elsewhere(f"/comparisons/{view['id']}")


async def joining(call: Call) -> Outcome:
    """Where the room code is given."""
    return Shown("join.html.j2", {"refusal": None})


async def join(call: Call) -> Outcome:
    """The room code; who has it gets a session that nobody could have fixed beforehand."""
    form = await own_form(call)
    try:
        call.reception.guess(call.request, form.get("code", "").strip())
    except Refusal as refusal:
        return Shown("join.html.j2", {"refusal": refusal}, refusal.status)
    sessions = call.reception.sessions
    return Elsewhere("/", {COOKIE: sessions.cookie(sessions.fresh(joined=True))})


async def choose_language(call: Call) -> Outcome:
    """The language switch; it leads back to the page it was on."""
    form = await own_form(call)
    wanted = form.get("language", "")
    back = form.get("back", "/")
    local = back.startswith("/") and not back.startswith("//") and back.isascii() and back.isprintable()
    cookies = {LANGUAGE_COOKIE: wanted} if wanted in LANGUAGES else {}
    return Elsewhere(back if local and "\\" not in back else "/", cookies)


async def own_form(call: Call) -> dict[str, str]:
    """The fields of one of our own forms. Refusal 403 for a form of anybody else's making."""
    form = await form_body(call.request)
    if call.session.new or not call.reception.sessions.is_form_token(call.session, form.pop(_FORM_TOKEN, "")):
        raise Refusal(403, "form", "this form is too old, or not of this server; open the page again")
    return form


def _base(job: Job) -> str:
    return f"/{job.kind}s/{job.id}"


def _part(query: PageQuery) -> dict[str, int]:
    return {"offset": query.offset, "limit": query.limit}


#: Method, path, handler; and whether it may be seen before the room code is given.
PAGES: tuple[tuple[str, str, Handler, bool], ...] = (
    ("GET", "/", home, False),
    ("GET", "/editor", editor, False),
    ("POST", "/editor", take_editor, False),
    ("GET", "/runs", jobs, False),
    ("POST", "/runs", start_run, False),
    ("GET", "/runs/{id}", job_page(Kind.RUN), False),
    ("POST", "/runs/{id}/cancel", cancelling(Kind.RUN), False),
    ("GET", "/runs/{id}/report.html", report(Kind.RUN), False),
    ("GET", "/runs/{id}/scenario", scenario_of, False),
    ("GET", "/runs/{id}/payments", payments, False),
    ("GET", "/runs/{id}/payments/{payment}", payment, False),
    ("GET", "/runs/{id}/playback", played, False),
    ("GET", "/runs/{id}/chains", chains, False),
    ("GET", "/runs/{id}/chains/{chain}", chain, False),
    ("GET", "/runs/{id}/chains/{chain}/blocks/{height}", block, False),
    ("GET", "/runs/{id}/chains/{chain}/transactions/{number}", transaction, False),
    ("GET", "/runs/{id}/chains/{chain}/balances", balances, False),
    ("GET", "/runs/{id}/chains/{chain}/addresses/{address}", address, False),
    ("GET", "/runs/{id}/search", searching, False),
    ("GET", "/compare", comparing, False),
    ("GET", "/beside", side_by_side, False),
    ("POST", "/beside", compare_beside, False),
    ("POST", "/comparisons", start_comparison, False),
    ("GET", "/comparisons/{id}", job_page(Kind.COMPARISON), False),
    ("POST", "/comparisons/{id}/cancel", cancelling(Kind.COMPARISON), False),
    ("GET", "/comparisons/{id}/report.html", report(Kind.COMPARISON), False),
    ("GET", "/join", joining, True),
    ("POST", "/join", join, True),
    ("POST", "/language", choose_language, True),
)


async def answered(handler: Handler, open_to_all: bool, reception: Reception, request: Request) -> Response:
    """The page for a request, or the page that says why not."""
    session = reception.visitor(request)
    with speaking(_language_of(request, reception)):
        response = await _answered(handler, open_to_all, Call(reception, request, session))
    if session.new and f"{COOKIE}=" not in response.headers.get("set-cookie", ""):
        response.set_cookie(COOKIE, reception.sessions.cookie(session), **_COOKIE_TERMS)
    return response


async def _answered(handler: Handler, open_to_all: bool, call: Call) -> Response:
    reception, request, session = call.reception, call.request, call.session
    try:
        if not open_to_all and reception.settings.lan and not session.joined:
            return RedirectResponse("/join" if call.reception.book is None else "/class", 303)
        return _response(await handler(call), reception, request, session)
    except Refusal as refusal:
        return refused(refusal, reception, request, session)


def refused(refusal: Refusal, reception: Reception, request: Request, session: Session) -> Response:
    """The page of a refusal."""
    shown = Shown("error.html.j2", {"refusal": refusal}, refusal.status)
    response = _response(shown, reception, request, session)
    response.headers.update(refusal.headers)
    return response


def _response(outcome: Outcome, reception: Reception, request: Request, session: Session) -> Response:
    if isinstance(outcome, Elsewhere):
        response: Response = RedirectResponse(outcome.address, 303)
        for name, value in outcome.cookies.items():
            response.set_cookie(name, value, **_COOKIE_TERMS)
        return response
    if isinstance(outcome, Download):
        headers = {"content-disposition": f'attachment; filename="{outcome.name}"'}
        return Response(outcome.data, media_type=outcome.media_type, headers=headers)
    values = {
        **outcome.values,
        "section": outcome.section,
        "token": reception.sessions.form_token(session),
        "classroom": reception.book is not None,
        "here": request.url.path + (f"?{request.url.query}" if request.url.query else ""),
    }
    spoken = _language_of(request, reception)
    with speaking(spoken):
        return HTMLResponse(render(outcome.template, spoken, values), outcome.status)


def _language_of(request: Request, reception: Reception) -> str:
    """The visitor's language."""
    return chosen(
        request.cookies.get(LANGUAGE_COOKIE),
        request.headers.get("accept-language", ""),
        reception.settings.language,
    )
