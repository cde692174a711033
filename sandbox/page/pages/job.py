"""A job on its page: its progress, its result, its end, its report."""

from itertools import islice
from typing import Any

from starlette.concurrency import run_in_threadpool

from sandbox.page import payment_list
from sandbox.page.api.call import Call
from sandbox.page.jobs import Job, Kind, State
from sandbox.page.pages.outcomes import Download, Elsewhere, Handler, Outcome, Shown, base_of, own_form
from sandbox.page.refusals import Refusal
from sandbox.page.shelf import Paper
from sandbox.report.wording import language


def job_page(kind: Kind) -> Handler:
    """A job: its progress while it goes on, its result when it is complete."""

    async def page(call: Call) -> Outcome:
        reception = call.reception
        job = call.job(kind)
        values: dict[str, Any] = {"job": reception.view(job), "base": base_of(job)}
        section = "runs" if kind is Kind.RUN else "compare"
        if job.state is not State.COMPLETE:
            values["may_cancel"] = call.viewer.may_stop(job)
            return Shown("progress.html.j2", values, section=section)
        values["result"] = await reception.result(job)
        is_run = kind is Kind.RUN
        values["others"] = finished_runs(call, job) if is_run else []
        values["examples"] = await reception.read(job, payment_list.example_payments) if is_run else []
        return Shown("result.html.j2", values, section=section)

    return page


def finished_runs(call: Call, but: Job | None = None) -> list[dict[str, Any]]:
    """The latest complete runs, for a choice."""
    complete = (
        job
        for job in call.reception.jobs(call.viewer)
        if job.kind is Kind.RUN and job.state is State.COMPLETE and (but is None or job.id != but.id)
    )
    return [call.reception.view(job) for job in islice(complete, 30)]


def cancelling(kind: Kind) -> Handler:
    """The button that stops a job."""

    async def cancel(call: Call) -> Outcome:
        await own_form(call)
        job = call.job(kind)
        if not job.ended and not call.viewer.may_stop(job):
            raise Refusal(403, "not_yours", "only who asked for it may stop it")
        await call.reception.clerk.cancel(job)
        return Elsewhere(base_of(job))

    return cancel


def report(kind: Kind) -> Handler:
    """The report as a file to keep: it has scripts of its own, so it is never shown from this server."""

    async def download(call: Call) -> Outcome:
        job = call.job(kind)
        path = await call.reception.papers.paper(job, Paper.REPORT, language())
        try:
            data = await run_in_threadpool(path.read_bytes)
        except OSError:
            raise Refusal(409, "run_damaged", "the files are not those that were written") from None
        return Download(data, f"{job.arms[0].name}-seed{job.seed}.html", "text/html; charset=utf-8")

    return download
