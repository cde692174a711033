"""The JSON API: what the page can do, for scripts. Each endpoint is one function and one line of the table."""

import hashlib
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.page import addresses, chain_book, payment_list, playback, search, transactions
from sandbox.page.asked import (
    BesideQuery,
    BlocksQuery,
    ComparisonAsked,
    CompletionAsked,
    FilmQuery,
    Nothing,
    PageQuery,
    PaymentsQuery,
    RunAsked,
    ScenarioText,
    SearchQuery,
)
from sandbox.page.bodies import as_model, json_body, query_model
from sandbox.page.catalogue import find_scenario, shipped_scenarios
from sandbox.page.clerk import Order, Wanted
from sandbox.page.jobs import Kind
from sandbox.page.reception import Reception
from sandbox.page.refusals import Refusal
from sandbox.page.sessions import Session

#: Header under which a script may submit the same thing twice and get one job.
KEY_HEADER = "idempotency-key"
_KEY = re.compile(r"^[\x21-\x7e]{1,200}$", re.ASCII)
_PAYMENT = re.compile(r"^(?:P-)?(\d{1,9})$", re.ASCII)
_NUMBER = re.compile(r"^\d{1,12}$", re.ASCII)


@dataclass(frozen=True, slots=True)
class Call:
    """One request, as an endpoint sees it."""

    reception: Reception
    request: Request
    session: Session

    @property
    def owner(self) -> str:
        """Whose jobs these are."""
        return self.reception.owner(self.request, self.session)

    def path(self, name: str) -> str:
        """A part of the path."""
        return str(self.request.path_params[name])

    def number(self, name: str) -> int:
        """A part of the path that is a whole number. Refusal 404 for anything else."""
        if not _NUMBER.match(self.path(name)):
            raise Refusal(404, "no_page", "there is nothing here")
        return int(self.path(name))

    def payment(self) -> int:
        """The number of the payment in the path. Refusal 404 for what is no payment."""
        found = _PAYMENT.match(self.path("payment"))
        if found is None:
            raise Refusal(404, "no_payment", "this run has no such payment")
        return int(found[1])


Answer = tuple[int, dict[str, Any]]
Handler = Callable[[Call], Awaitable[Answer]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One line of the API."""

    method: str
    path: str
    summary: str
    handler: Handler
    answers: tuple[int, ...] = (200,)
    body: type[BaseModel] | None = None
    query: type[BaseModel] | None = None


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
    return 200, await call.reception.clerk.check(Wanted(text=asked.text))


async def complete(call: Call) -> Answer:
    """What may be written at the cursor."""
    asked = await json_body(call.request, CompletionAsked, call.reception.settings.limits.json_depth)
    call.reception.count_completion(call.owner)
    return 200, await call.reception.clerk.complete(asked.text, asked.line, asked.column)


async def submit_run(call: Call) -> Answer:
    """Ask for a run; 200 for one that was asked for before, by anybody."""
    asked = await json_body(call.request, RunAsked, call.reception.settings.limits.json_depth)
    return await submit(call, Kind.RUN, [asked.wanted()], asked, asked.seed)


async def submit_comparison(call: Call) -> Answer:
    """Ask for a comparison; 200 for one that was asked for before, by anybody."""
    asked = await json_body(call.request, ComparisonAsked, call.reception.settings.limits.json_depth)
    return await compare(call, asked)


async def compare(call: Call, asked: ComparisonAsked) -> Answer:
    """A comparison within the bounds of this server."""
    limits = call.reception.settings.limits
    if len(asked.alternatives) > limits.alternatives or asked.replications > limits.replications:
        raise Refusal(
            422,
            "too_much",
            f"at most {limits.alternatives} alternatives and {limits.replications} replications",
        )
    wanted = [each.wanted() for each in (asked.baseline, *asked.alternatives)]
    return await submit(call, Kind.COMPARISON, wanted, asked, asked.seed, asked.replications)


async def submit(
    call: Call, kind: Kind, wanted: Sequence[Wanted], asked: BaseModel, seed: int, replications: int = 1
) -> Answer:
    """Hand an order to the clerk."""
    key = call.request.headers.get(KEY_HEADER, "")
    if key and not _KEY.match(key):
        raise Refusal(400, "bad_key", "an idempotency key is 1 to 200 printable ASCII characters")
    call.reception.count_submit(call.owner)
    order = Order(
        kind=kind,
        owner=call.owner,
        wanted=tuple(wanted),
        seed=seed,
        replications=replications,
        key=_digest(key) if key else "",
        request=_digest(asked.model_dump_json()),
    )
    job, new = await call.reception.clerk.submit(order)
    return 202 if new else 200, call.reception.view(job)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def listing(kind: Kind) -> Handler:
    """Jobs of one kind, the newest first."""

    async def jobs(call: Call) -> Answer:
        query = query_model(call.request, PageQuery)
        found = [job for job in call.reception.clerk.shelf.jobs() if job.kind is kind]
        shown = found[query.offset : query.offset + query.limit]
        return 200, {
            "total": len(found),
            "offset": query.offset,
            "limit": query.limit,
            f"{kind}s": [call.reception.view(job) for job in shown],
        }

    return jobs


def one(kind: Kind) -> Handler:
    """How a job stands."""

    async def job(call: Call) -> Answer:
        return 200, call.reception.view(call.reception.job(call.path("id"), kind))

    return job


def cancelling(kind: Kind) -> Handler:
    """Stop a job; one that has ended stays as it is."""

    async def cancel(call: Call) -> Answer:
        data = await call.request.body()
        if data:
            await json_body(call.request, Nothing, call.reception.settings.limits.json_depth)
        else:
            as_model(Nothing, {})
        job = call.reception.job(call.path("id"), kind)
        if not job.ended and not call.reception.may_cancel(job, call.owner):
            raise Refusal(403, "not_yours", "only who asked for it may stop it")
        return 200, call.reception.view(await call.reception.clerk.cancel(job))

    return cancel


def result(kind: Kind) -> Handler:
    """Answer, tables, charts (as Plotly figures) and method of a finished job."""

    async def whole(call: Call) -> Answer:
        return 200, await call.reception.result(call.reception.job(call.path("id"), kind))

    return whole


async def metrics(call: Call) -> Answer:
    """Every measured number of a run, with definition and SQL."""
    job = call.reception.job(call.path("id"), Kind.RUN)
    return 200, {"metrics": await call.reception.read(job, _metrics)}


def _metrics(opened: Any) -> list[dict[str, Any]]:
    return list(opened.run.metrics)


async def side_by_side(call: Call) -> Answer:
    """Two finished runs, number by number."""
    query = query_model(call.request, BesideQuery)
    one, other, tables = await call.reception.pair(query.first, query.second)
    views = {"first": call.reception.view(one), "second": call.reception.view(other)}
    return 200, {**views, "tables": {name: asdict(table) for name, table in tables.items()}}


async def payments(call: Call) -> Answer:
    """Payments of a run."""
    query = query_model(call.request, PaymentsQuery)
    job = call.reception.job(call.path("id"), Kind.RUN)
    asked = (query.ending, query.rail, query.offset, query.limit)
    return 200, await call.reception.read(job, payment_list.payments, *asked)


async def payment(call: Call) -> Answer:
    """One payment explained."""
    job, number = call.reception.job(call.path("id"), Kind.RUN), call.payment()
    return 200, await call.reception.read(job, payment_list.story, number)


async def film(call: Call) -> Answer:
    """A slice of a run's film."""
    query = query_model(call.request, FilmQuery)
    job = call.reception.job(call.path("id"), Kind.RUN)
    return 200, await call.reception.read(job, playback.film, query.since, query.limit, remember=False)


async def chains(call: Call) -> Answer:
    """Chains of a run."""
    return 200, await call.reception.read(call.reception.job(call.path("id"), Kind.RUN), chain_book.chains)


async def blocks(call: Call) -> Answer:
    """Blocks of a chain, the newest first."""
    query = query_model(call.request, BlocksQuery)
    job = call.reception.job(call.path("id"), Kind.RUN)
    asked = (call.path("chain"), query.empty == "hide", query.offset, query.limit)
    return 200, await call.reception.read(job, chain_book.blocks, *asked)


async def block(call: Call) -> Answer:
    """One height of a chain: its block, and those reorganised away."""
    job = call.reception.job(call.path("id"), Kind.RUN)
    return 200, await call.reception.read(job, chain_book.block, call.path("chain"), call.number("height"))


async def transaction(call: Call) -> Answer:
    """One transaction: identity, decoded fields, events, what it moved."""
    job = call.reception.job(call.path("id"), Kind.RUN)
    asked = (call.path("chain"), call.number("number"))
    return 200, await call.reception.read(job, transactions.transaction, *asked)


async def balances(call: Call) -> Answer:
    """Every account of a chain with its balance at the end."""
    job = call.reception.job(call.path("id"), Kind.RUN)
    return 200, await call.reception.read(job, chain_book.balances, call.path("chain"))


async def address(call: Call) -> Answer:
    """One address: its balance and every movement."""
    query = query_model(call.request, PageQuery)
    job = call.reception.job(call.path("id"), Kind.RUN)
    asked = (call.path("chain"), call.path("address"), query.offset, query.limit)
    return 200, await call.reception.read(job, addresses.address, *asked)


async def found(call: Call) -> Answer:
    """What a word, number, hash or address may mean in this run."""
    query = query_model(call.request, SearchQuery)
    job = call.reception.job(call.path("id"), Kind.RUN)
    return 200, await call.reception.read(job, search.search, query.q)


async def description(call: Call) -> Answer:
    """This API as OpenAPI 3.1."""
    from sandbox.page.openapi import document

    return 200, document()


_RUN, _CHAIN = "/api/runs/{id}", "/api/runs/{id}/chains/{chain}"

ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(method="GET", path="/api/openapi.json", summary="This description", handler=description),
    Endpoint(method="GET", path="/api/scenarios", summary="Shipped scenarios", handler=scenarios),
    Endpoint(
        method="POST",
        path="/api/scenarios/check",
        summary="Check a scenario's text; faults with line and column",
        handler=check,
        body=ScenarioText,
    ),
    Endpoint(
        method="POST",
        path="/api/scenarios/complete",
        summary="What may be written at a cursor: keys, choices, units, and what is expected",
        handler=complete,
        body=CompletionAsked,
    ),
    Endpoint(
        method="GET", path="/api/scenarios/{name}", summary="One scenario with its text", handler=scenario
    ),
    Endpoint(method="GET", path="/api/runs", summary="Runs", handler=listing(Kind.RUN), query=PageQuery),
    Endpoint(
        method="POST",
        path="/api/runs",
        summary="Ask for a run; 200 if its result is, or will be, there already",
        handler=submit_run,
        body=RunAsked,
        answers=(200, 202),
    ),
    Endpoint(method="GET", path=_RUN, summary="How a run stands", handler=one(Kind.RUN)),
    Endpoint(
        method="POST", path=f"{_RUN}/cancel", summary="Stop a run", handler=cancelling(Kind.RUN), body=Nothing
    ),
    Endpoint(method="GET", path=f"{_RUN}/result", summary="Answer, tables, charts", handler=result(Kind.RUN)),
    Endpoint(method="GET", path=f"{_RUN}/metrics", summary="Every measured number", handler=metrics),
    Endpoint(
        method="GET",
        path="/api/beside",
        summary="Two finished runs, number by number",
        handler=side_by_side,
        query=BesideQuery,
    ),
    Endpoint(
        method="GET", path=f"{_RUN}/payments", summary="Payments", handler=payments, query=PaymentsQuery
    ),
    Endpoint(
        method="GET", path=f"{_RUN}/payments/{{payment}}", summary="One payment explained", handler=payment
    ),
    Endpoint(
        method="GET",
        path=f"{_RUN}/playback",
        summary="Who stands where at a second, and the moves from then on",
        handler=film,
        query=FilmQuery,
    ),
    Endpoint(method="GET", path=f"{_RUN}/chains", summary="Chains", handler=chains),
    Endpoint(method="GET", path=f"{_CHAIN}/blocks", summary="Blocks", handler=blocks, query=BlocksQuery),
    Endpoint(method="GET", path=f"{_CHAIN}/blocks/{{height}}", summary="One block", handler=block),
    Endpoint(
        method="GET", path=f"{_CHAIN}/transactions/{{number}}", summary="One transaction", handler=transaction
    ),
    Endpoint(method="GET", path=f"{_CHAIN}/balances", summary="Balances at the end", handler=balances),
    Endpoint(
        method="GET",
        path=f"{_CHAIN}/addresses/{{address}}",
        summary="One address: balance and movements",
        handler=address,
        query=PageQuery,
    ),
    Endpoint(
        method="GET",
        path=f"{_RUN}/search",
        summary="Find a payment, block, transaction, address or name",
        handler=found,
        query=SearchQuery,
    ),
    Endpoint(
        method="GET",
        path="/api/comparisons",
        summary="Comparisons",
        handler=listing(Kind.COMPARISON),
        query=PageQuery,
    ),
    Endpoint(
        method="POST",
        path="/api/comparisons",
        summary="Ask for a comparison on common random numbers",
        handler=submit_comparison,
        body=ComparisonAsked,
        answers=(200, 202),
    ),
    Endpoint(
        method="GET", path="/api/comparisons/{id}", summary="How it stands", handler=one(Kind.COMPARISON)
    ),
    Endpoint(
        method="POST",
        path="/api/comparisons/{id}/cancel",
        summary="Stop a comparison",
        handler=cancelling(Kind.COMPARISON),
        body=Nothing,
    ),
    Endpoint(
        method="GET",
        path="/api/comparisons/{id}/result",
        summary="Answer, tables, charts",
        handler=result(Kind.COMPARISON),
    ),
)


async def answered(endpoint: Endpoint, reception: Reception, request: Request) -> Response:
    """The endpoint's answer to a request, whatever becomes of it."""
    try:
        session = reception.visitor(request)
        reception.let_in(request, session)
        if endpoint.query is None and request.url.query:
            raise Refusal(422, "bad_query", "this endpoint takes no parameters")
        status, document = await endpoint.handler(Call(reception, request, session))
    except Refusal as refusal:
        return JSONResponse(refusal.to_dict(), refusal.status, refusal.headers)
    return JSONResponse(document, status)
