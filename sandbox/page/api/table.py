"""The table of the API: each endpoint is one function and one line; OpenAPI follows from it."""

from sandbox.page.api import jobs, orders, runs, scenarios
from sandbox.page.api.call import Answer, Call, Endpoint
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
from sandbox.page.jobs import Kind


async def description(call: Call) -> Answer:
    """This API as OpenAPI 3.1."""
    from sandbox.page.openapi import document

    return 200, document()


_RUN, _CHAIN = "/api/runs/{id}", "/api/runs/{id}/chains/{chain}"

ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        method="GET",
        path="/api/openapi.json",
        summary="This description",
        handler=description,
        shape="Anything",
    ),
    Endpoint(
        method="GET",
        path="/api/scenarios",
        summary="Shipped scenarios",
        handler=scenarios.scenarios,
        shape="ShippedScenarios",
    ),
    Endpoint(
        method="POST",
        path="/api/scenarios/check",
        summary="Check a scenario's text; faults with line and column",
        handler=scenarios.check,
        shape="Checked",
        body=ScenarioText,
    ),
    Endpoint(
        method="POST",
        path="/api/scenarios/complete",
        summary="What may be written at a cursor: keys, choices, units, and what is expected",
        handler=scenarios.complete,
        shape="Completions",
        body=CompletionAsked,
    ),
    Endpoint(
        method="GET",
        path="/api/scenarios/{name}",
        summary="One scenario with its text",
        handler=scenarios.scenario,
        shape="ShippedScenarioText",
    ),
    Endpoint(
        method="GET",
        path="/api/runs",
        summary="Runs",
        handler=jobs.listing(Kind.RUN),
        shape="Runs",
        query=PageQuery,
    ),
    Endpoint(
        method="POST",
        path="/api/runs",
        summary="Ask for a run; 200 if its result is, or will be, there already",
        handler=orders.submit_run,
        shape="Job",
        body=RunAsked,
        answers=(200, 202),
    ),
    Endpoint(method="GET", path=_RUN, summary="How a run stands", handler=jobs.one(Kind.RUN), shape="Job"),
    Endpoint(
        method="POST",
        path=f"{_RUN}/cancel",
        summary="Stop a run",
        handler=jobs.cancelling(Kind.RUN),
        shape="Job",
        body=Nothing,
    ),
    Endpoint(
        method="GET",
        path=f"{_RUN}/result",
        summary="Answer, tables, charts",
        handler=jobs.result(Kind.RUN),
        shape="Result",
    ),
    Endpoint(
        method="GET",
        path=f"{_RUN}/metrics",
        summary="Every measured number",
        handler=runs.metrics,
        shape="Metrics",
    ),
    Endpoint(
        method="GET",
        path="/api/beside",
        summary="Two finished runs, number by number",
        handler=runs.side_by_side,
        shape="Beside",
        query=BesideQuery,
    ),
    Endpoint(
        method="GET",
        path=f"{_RUN}/payments",
        summary="Payments",
        handler=runs.payments,
        shape="Payments",
        query=PaymentsQuery,
    ),
    Endpoint(
        method="GET",
        path=f"{_RUN}/payments/{{payment}}",
        summary="One payment explained",
        handler=runs.payment,
        shape="Story",
    ),
    Endpoint(
        method="GET",
        path=f"{_RUN}/playback",
        summary="Who stands where at a second, and the moves from then on",
        handler=runs.film,
        shape="Film",
        query=FilmQuery,
    ),
    Endpoint(method="GET", path=f"{_RUN}/chains", summary="Chains", handler=runs.chains, shape="Chains"),
    Endpoint(
        method="GET",
        path=f"{_CHAIN}/blocks",
        summary="Blocks",
        handler=runs.blocks,
        shape="Blocks",
        query=BlocksQuery,
    ),
    Endpoint(
        method="GET",
        path=f"{_CHAIN}/blocks/{{height}}",
        summary="One block",
        handler=runs.block,
        shape="Block",
    ),
    Endpoint(
        method="GET",
        path=f"{_CHAIN}/transactions/{{number}}",
        summary="One transaction",
        handler=runs.transaction,
        shape="Transaction",
    ),
    Endpoint(
        method="GET",
        path=f"{_CHAIN}/balances",
        summary="Balances at the end",
        handler=runs.balances,
        shape="Balances",
    ),
    Endpoint(
        method="GET",
        path=f"{_CHAIN}/addresses/{{address}}",
        summary="One address: balance and movements",
        handler=runs.address,
        shape="Address",
        query=PageQuery,
    ),
    Endpoint(
        method="GET",
        path=f"{_RUN}/search",
        summary="Find a payment, block, transaction, address or name",
        handler=runs.found,
        shape="Found",
        query=SearchQuery,
    ),
    Endpoint(
        method="GET",
        path="/api/comparisons",
        summary="Comparisons",
        handler=jobs.listing(Kind.COMPARISON),
        shape="Comparisons",
        query=PageQuery,
    ),
    Endpoint(
        method="POST",
        path="/api/comparisons",
        summary="Ask for a comparison on common random numbers",
        handler=orders.submit_comparison,
        shape="Job",
        body=ComparisonAsked,
        answers=(200, 202),
    ),
    Endpoint(
        method="GET",
        path="/api/comparisons/{id}",
        summary="How it stands",
        handler=jobs.one(Kind.COMPARISON),
        shape="Job",
    ),
    Endpoint(
        method="POST",
        path="/api/comparisons/{id}/cancel",
        summary="Stop a comparison",
        handler=jobs.cancelling(Kind.COMPARISON),
        shape="Job",
        body=Nothing,
    ),
    Endpoint(
        method="GET",
        path="/api/comparisons/{id}/result",
        summary="Answer, tables, charts",
        handler=jobs.result(Kind.COMPARISON),
        shape="Result",
    ),
)
