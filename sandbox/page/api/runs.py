"""What a finished run of the API holds: measures, payments, its film, its chains."""

from dataclasses import asdict
from typing import Any

from sandbox.page import addresses, chain_book, payment_list, playback, search, transactions
from sandbox.page.api.call import Answer, Call
from sandbox.page.asked import BesideQuery, BlocksQuery, FilmQuery, PageQuery, PaymentsQuery, SearchQuery
from sandbox.page.bodies import query_model
from sandbox.page.jobs import Kind


async def metrics(call: Call) -> Answer:
    """Every measured number of a run, with definition and SQL."""
    job = call.job(Kind.RUN)
    return 200, {"metrics": await call.reception.read(job, _metrics)}


def _metrics(opened: Any) -> list[dict[str, Any]]:
    return list(opened.run.metrics)


async def side_by_side(call: Call) -> Answer:
    """Two finished runs, number by number."""
    query = query_model(call.request, BesideQuery)
    one, other = call.job(Kind.RUN, query.first), call.job(Kind.RUN, query.second)
    tables = await call.reception.pair(one, other)
    views = {"first": call.reception.view(one), "second": call.reception.view(other)}
    return 200, {**views, "tables": {name: asdict(table) for name, table in tables.items()}}


async def payments(call: Call) -> Answer:
    """Payments of a run."""
    query = query_model(call.request, PaymentsQuery)
    job = call.job(Kind.RUN)
    asked = (query.ending, query.rail, query.offset, query.limit)
    return 200, await call.reception.read(job, payment_list.payments, *asked)


async def payment(call: Call) -> Answer:
    """One payment explained."""
    job, number = call.job(Kind.RUN), call.payment()
    return 200, await call.reception.read(job, payment_list.story, number)


async def film(call: Call) -> Answer:
    """A slice of a run's film."""
    query = query_model(call.request, FilmQuery)
    job = call.job(Kind.RUN)
    return 200, await call.reception.read(job, playback.film, query.since, query.limit, remember=False)


async def chains(call: Call) -> Answer:
    """Chains of a run."""
    return 200, await call.reception.read(call.job(Kind.RUN), chain_book.chains)


async def blocks(call: Call) -> Answer:
    """Blocks of a chain, the newest first."""
    query = query_model(call.request, BlocksQuery)
    job = call.job(Kind.RUN)
    asked = (call.path("chain"), query.empty == "hide", query.offset, query.limit)
    return 200, await call.reception.read(job, chain_book.blocks, *asked)


async def block(call: Call) -> Answer:
    """One height of a chain: its block, and those reorganised away."""
    job = call.job(Kind.RUN)
    return 200, await call.reception.read(job, chain_book.block, call.path("chain"), call.number("height"))


async def transaction(call: Call) -> Answer:
    """One transaction: identity, decoded fields, events, what it moved."""
    job = call.job(Kind.RUN)
    asked = (call.path("chain"), call.number("number"))
    return 200, await call.reception.read(job, transactions.transaction, *asked)


async def balances(call: Call) -> Answer:
    """Every account of a chain with its balance at the end."""
    job = call.job(Kind.RUN)
    return 200, await call.reception.read(job, chain_book.balances, call.path("chain"))


async def address(call: Call) -> Answer:
    """One address: its balance and every movement."""
    query = query_model(call.request, PageQuery)
    job = call.job(Kind.RUN)
    asked = (call.path("chain"), call.path("address"), query.offset, query.limit)
    return 200, await call.reception.read(job, addresses.address, *asked)


async def found(call: Call) -> Answer:
    """What a word, number, hash or address may mean in this run."""
    query = query_model(call.request, SearchQuery)
    job = call.job(Kind.RUN)
    return 200, await call.reception.read(job, search.search, query.q)
