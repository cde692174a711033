"""The first page, and the list of all jobs."""

from sandbox.page.api.call import Call
from sandbox.page.asked import PageQuery
from sandbox.page.bodies import query_model
from sandbox.page.catalogue import shipped_scenarios
from sandbox.page.pages.job import finished_runs
from sandbox.page.pages.outcomes import Outcome, Shown, part_of


async def home(call: Call) -> Outcome:
    """Every shipped scenario with its question, and the latest jobs."""
    jobs = [call.reception.view(job) for job in call.reception.jobs(call.viewer)[:6]]
    return Shown("home.html.j2", {"scenarios": shipped_scenarios(), "jobs": jobs}, section="home")


async def jobs(call: Call) -> Outcome:
    """Everything that was ever asked for here."""
    query = query_model(call.request, PageQuery)
    found = call.reception.jobs(call.viewer)
    shown = [call.reception.view(job) for job in found[query.offset : query.offset + query.limit]]
    values = {"jobs": shown, "total": len(found), "complete": finished_runs(call)}
    return Shown("jobs.html.j2", {**values, **part_of(query)}, section="runs")
