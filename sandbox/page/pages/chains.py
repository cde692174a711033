"""The chains of a finished run, like a block explorer."""

from collections.abc import Callable
from typing import Any

from sandbox.page import addresses, chain_book, drawings, transactions
from sandbox.page.api.call import Call
from sandbox.page.asked import BlocksQuery, PageQuery
from sandbox.page.bodies import query_model
from sandbox.page.jobs import Kind
from sandbox.page.pages.outcomes import Outcome, Shown, base_of, part_of


async def chains(call: Call) -> Outcome:
    """The chains of a run."""
    job = call.job(Kind.RUN)
    found = await call.reception.read(job, chain_book.chains)
    return Shown(
        "chains.html.j2",
        {"job": call.reception.view(job), "base": base_of(job), "found": found},
        section="runs",
    )


async def chain(call: Call) -> Outcome:
    """The blocks of a chain."""
    query = query_model(call.request, BlocksQuery)
    asked = (query.empty == "hide", query.offset, query.limit)
    job = call.job(Kind.RUN)
    chart = await call.reception.read(job, drawings.chain_chart, call.path("chain"))
    return await _of_chain(
        call, "chain.html.j2", chain_book.blocks, *asked, empty=query.empty, chart=chart, **part_of(query)
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
    return await _of_chain(call, "address.html.j2", addresses.address, *asked, **part_of(query))


async def _of_chain(
    call: Call, template: str, reading: Callable[..., Any], *asked: Any, **values: Any
) -> Outcome:
    job = call.job(Kind.RUN)
    found = await call.reception.read(job, reading, call.path("chain"), *asked)
    shown = {
        "job": call.reception.view(job),
        "base": base_of(job),
        "chain": call.path("chain"),
        "found": found,
    }
    return Shown(template, {**shown, **values}, section="runs")
