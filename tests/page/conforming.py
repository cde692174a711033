"""The API before Schemathesis: requests that fit its description and requests that do not, answers checked against it.

Schemathesis is no part of the ordinary test environment: see the ``api`` group and ``make test-api``.
"""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import hypothesis.strategies as st
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.page.asgi import Server

CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
)
#: Answers by which a request that does not fit is refused: one that is too long is refused before it is read.
_REJECTED = ("400", "403", "404", "405", "409", "413", "415", "422", "429")


@dataclass
class Walked:
    """What came of one operation."""

    answers: Counter[int] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)


def operations_of(server: Server) -> Sequence[Any]:
    """Every operation of the API, from the description that the server itself gives."""
    host = f"127.0.0.1:{server.settings.port}"
    schema = schemathesis.openapi.from_asgi("/api/openapi.json", bridged(server), headers={"host": host})
    schema.config.update(base_url=f"http://{host}")
    schema.config.checks.negative_data_rejection.expected_statuses = list(_REJECTED)
    return [each.ok() for each in schema.get_all_operations()]


def bridged(server: Server) -> Callable[..., Awaitable[None]]:
    """An ASGI application that hands each request to the loop in which the server runs."""

    async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            # The server's life began before, and ends later.
            while (message := await receive())["type"] != "lifespan.shutdown":
                await send({"type": f"{message['type']}.complete"})
            await send({"type": "lifespan.shutdown.complete"})
            return
        chunks = []
        while True:
            message = await receive()
            chunks.append(message.get("body", b""))
            if not message.get("more_body", False):
                break
        answer = await asyncio.to_thread(
            server.send, scope["method"], scope["path"], scope["headers"], chunks, scope["query_string"]
        )
        headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in answer.headers]
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await send({"type": "http.response.body", "body": answer.body})

    return app


def walk(
    operation: Any,
    known: Mapping[str, Sequence[str]],
    cases: int,
    luck: int,
    after: Callable[[], None] = lambda: None,
) -> Walked:
    """About so many requests to one operation: fitting ones and misfits, half of them about what is there."""
    found = Walked()
    parts = [each.name for each in operation.path_parameters if each.name in known]
    fixed = {name: known[name][-1] for name in parts}
    fitting, misfit = (operation.as_strategy(mode) for mode in GenerationMode)
    ways = [fitting, _about_what_is_there(fitting, known), misfit]
    if fixed:
        ways.append(operation.as_strategy(GenerationMode.NEGATIVE, path_parameters=fixed))
    for number, way in enumerate(ways):
        # Where nothing is left that could be wrong, no request can be a misfit.
        with contextlib.suppress(Unsatisfiable):
            _walk(operation, way, -(-cases // len(ways)), luck + number, found)
        after()
    return found


@st.composite
def _about_what_is_there(
    draw: st.DrawFn, fitting: st.SearchStrategy[Any], known: Mapping[str, Sequence[str]]
) -> Any:
    """A fitting request whose names lead somewhere: in its path, its query, and where its body names a scenario."""
    case = draw(fitting)
    for where in (case.path_parameters, case.query):
        for name in set(where or {}) & set(known):
            where[name] = draw(st.sampled_from(known[name]))
    if isinstance(case.body, dict) and isinstance(case.body.get("scenario"), str):
        case.body["scenario"] = draw(st.sampled_from(known["name"]))
    return case


def _walk(operation: Any, way: st.SearchStrategy[Any], cases: int, luck: int, found: Walked) -> None:
    @seed(luck)
    @settings(
        max_examples=cases,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=way)
    def requests(case: Any) -> None:
        answer = case.call()
        found.answers[answer.status_code] += 1
        try:
            case.validate_response(answer, checks=list(CHECKS))
        except FailureGroup as failures:
            found.faults += [f"{operation.label}: {_told(each)}" for each in failures.exceptions]

    requests()


def _told(failure: BaseException) -> str:
    """A failure in one line."""
    return f"{type(failure).__name__}: {' '.join(str(failure).split())[:400]}"
