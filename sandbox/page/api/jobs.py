"""Jobs of the API, runs and comparisons alike: lists, how one stands, its end, its result."""

from sandbox.page.api.call import Answer, Call, Handler
from sandbox.page.asked import Nothing, PageQuery
from sandbox.page.bodies import as_model, json_body, query_model
from sandbox.page.jobs import Kind
from sandbox.page.refusals import Refusal


def listing(kind: Kind) -> Handler:
    """Jobs of one kind, the newest first."""

    async def jobs(call: Call) -> Answer:
        query = query_model(call.request, PageQuery)
        found = [job for job in call.reception.jobs(call.viewer) if job.kind is kind]
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
        return 200, call.reception.view(call.job(kind))

    return job


def cancelling(kind: Kind) -> Handler:
    """Stop a job; one that has ended stays as it is."""

    async def cancel(call: Call) -> Answer:
        data = await call.request.body()
        if data:
            await json_body(call.request, Nothing, call.reception.settings.limits.json_depth)
        else:
            as_model(Nothing, {})
        job = call.job(kind)
        if not job.ended and not call.viewer.may_stop(job):
            raise Refusal(403, "not_yours", "only who asked for it may stop it")
        return 200, call.reception.view(await call.reception.clerk.cancel(job))

    return cancel


def result(kind: Kind) -> Handler:
    """Answer, tables, charts (as Plotly figures) and method of a finished job."""

    async def whole(call: Call) -> Answer:
        return 200, await call.reception.result(call.job(kind))

    return whole
