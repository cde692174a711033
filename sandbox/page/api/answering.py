"""From a request to its answer in JSON: what the endpoint says, or why not."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.page.api.call import Call, Endpoint, spoken_by
from sandbox.page.reception import Reception
from sandbox.page.refusals import Refusal


async def as_json(endpoint: Endpoint, reception: Reception, request: Request) -> Response:
    """The endpoint's answer to a request, whatever becomes of it."""
    spoken = spoken_by(request)
    try:
        session = reception.visitor(request)
        reception.let_in(request, session)
        if endpoint.query is None and request.url.query:
            raise Refusal(422, "bad_query", "this endpoint takes no parameters")
        status, document = await endpoint.handler(Call(reception, request, session))
    except Refusal as refusal:
        return JSONResponse(refusal.to_dict(spoken), refusal.status, refusal.headers)
    return JSONResponse(document, status)
