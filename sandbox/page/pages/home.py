"""The first page, and the list of all jobs."""

from sandbox.page.api.call import Call
from sandbox.page.asked import PageQuery
from sandbox.page.bodies import query_model
from sandbox.page.catalogue import FIRST, find_scenario, shipped_scenarios
from sandbox.page.pages.job import finished_runs
from sandbox.page.pages.outcomes import Outcome, Shown, part_of

#: Jobs that the first page lists; the others have a page of their own.
_LATEST = 5


async def home(call: Call) -> Outcome:
    """The latest jobs; every shipped scenario with its question, those to begin with first."""
    jobs = [call.reception.view(job) for job in call.reception.jobs(call.viewer)[:_LATEST]]
    first = [each for name in FIRST if (each := find_scenario(name)) is not None]
    rest = [each for each in shipped_scenarios() if each not in first]
    return Shown("home.html.j2", {"first": first, "rest": rest, "jobs": jobs}, section="home")


async def jobs(call: Call) -> Outcome:
    """Everything that was ever asked for here."""
    query = query_model(call.request, PageQuery)
    found = call.reception.jobs(call.viewer)
    shown = [call.reception.view(job) for job in found[query.offset : query.offset + query.limit]]
    values = {"jobs": shown, "total": len(found), "complete": finished_runs(call)}
    return Shown("jobs.html.j2", {**values, **part_of(query)}, section="runs")
