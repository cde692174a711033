"""The pages of lessons: read, run the worlds, answer, be told what is right."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from starlette.concurrency import run_in_threadpool

from sandbox.classroom.answers import Evidence, Pairs, is_right, pairs, right_answer
from sandbox.classroom.lesson import Lesson, find_lesson, lessons
from sandbox.experiment.replications import replication_folder
from sandbox.page.api.call import Call
from sandbox.page.classroom.book import Book
from sandbox.page.classroom.desk import SECTION
from sandbox.page.classroom.room import book_of, own_team, refuse_if_frozen, team_of
from sandbox.page.clerk import Order, Wanted
from sandbox.page.jobs import ROOM, Job, Kind, State
from sandbox.page.pages.outcomes import Elsewhere, Outcome, Shown, own_form
from sandbox.page.refusals import Refusal
from sandbox.report.wording import language

#: Longest answer that is kept.
_LONGEST = 60
#: How payments moved, and why: what many tasks ask about.
_STEPS = """select f.name, t.name, coalesce(r.name, ''), count(distinct j.payment)
from journal j
join codes f on f.space = 'state' and f.code = j.subject
join codes t on t.space = 'state' and t.code = j.object
left join codes r on r.space = 'reason' and r.code = j.reason and j.reason > 0
where j.kind = 2 group by all order by 1, 2, 3"""


async def listing(call: Call) -> Outcome:
    """All lessons, with what the team has answered."""
    book, team = book_of(call), team_of(call)
    right = book.right_answers()
    listed = [
        {"lesson": each, "right": right.get((team.number, each.name), 0) if team else 0} for each in lessons()
    ]
    return Shown("class_lessons.html.j2", {"listed": listed, "team": team}, section=SECTION)


async def lesson(call: Call) -> Outcome:
    """One lesson: its text, its worlds, its tasks."""
    return await _shown(call, _lesson(call))


async def run(call: Call) -> Outcome:
    """Have the lesson's worlds run; who asks second gets what was run for the first."""
    await own_form(call)
    found, book = _lesson(call), book_of(call)
    try:
        refuse_if_frozen(call)
        own_team(call)
        call.reception.count_submit(call.owner)
        for name, order in _orders(found):
            job, _ = await call.reception.clerk.submit(order)
            book.keep_job(found.name, name, job.id)
    except Refusal as refusal:
        return await _shown(call, found, refusal)
    return Elsewhere(f"/class/lessons/{found.name}")


async def answer(call: Call) -> Outcome:
    """The team's answers; each is marked, and a wrong one gets a hint."""
    form = await own_form(call)
    found, book = _lesson(call), book_of(call)
    try:
        refuse_if_frozen(call)
        team = own_team(call)
        folders = _folders(call, found)
        if folders is None:
            raise Refusal(409, "not_run", "run the lesson's worlds first")
        for task in found.tasks:
            given = form.get(f"task-{task.id}", "").strip()[:_LONGEST]
            if not given:
                continue
            right = await run_in_threadpool(_right, found.name, task.id, folders)
            before = book.answers(team, found.name).get(task.id)
            if before is None or before.given != given:
                book.answered(team, found.name, task.id, given, is_right(task, given, right))
    except Refusal as refusal:
        return await _shown(call, found, refusal)
    return Elsewhere(f"/class/lessons/{found.name}#tasks")


async def _shown(call: Call, found: Lesson, refusal: Refusal | None = None) -> Shown:
    book, team = book_of(call), team_of(call)
    jobs = {name: _job(call, book, found, name) for name in _runs(found)}
    steps = {
        name: await call.reception.read(job, how_payments_moved)
        for name, job in jobs.items()
        if job is not None and job.kind is Kind.RUN and job.state is State.COMPLETE
    }
    folders = _folders(call, found)
    several = folders is not None and found.replications > 1
    values = {
        "pairs": await run_in_threadpool(_pairs, found.name, folders) if several else [],
        "lesson": found,
        "team": team,
        "frozen": book.frozen,
        "jobs": {name: call.reception.view(job) for name, job in jobs.items() if job is not None},
        "steps": steps,
        "ready": folders is not None,
        "answers": book.answers(team, found.name) if team else {},
        "refusal": refusal,
    }
    return Shown("class_lesson.html.j2", values, refusal.status if refusal else 200, section=SECTION)


def _lesson(call: Call) -> Lesson:
    book_of(call)
    name = call.path("name")
    found = find_lesson(name)
    if found is None or found.name != name:
        raise Refusal(404, "no_page", "there is nothing here")
    return found


def _runs(found: Lesson) -> Sequence[str]:
    """What is run for a lesson: each world by itself, or all of them as one comparison, named "all"."""
    return ("all",) if found.replications > 1 else tuple(found.arms)


def _orders(found: Lesson) -> list[tuple[str, Order]]:
    texts = {arm: Wanted(text=found.scenario_text(arm)) for arm in found.arms}
    if found.replications > 1:
        wanted = tuple(texts.values())
        several = Order(
            kind=Kind.COMPARISON,
            owner=ROOM,
            wanted=wanted,
            seed=found.seed,
            replications=found.replications,
            language=language(),
        )
        return [("all", several)]
    return [
        (arm, Order(kind=Kind.RUN, owner=ROOM, wanted=(text,), seed=found.seed, language=language()))
        for arm, text in texts.items()
    ]


def _job(call: Call, book: Book, found: Lesson, name: str) -> Job | None:
    job_id = book.job_of(found.name, name)
    return call.reception.clerk.shelf.find(job_id) if job_id else None


def _folders(call: Call, found: Lesson) -> tuple[tuple[str, tuple[Path, ...]], ...] | None:
    """The folders of the lesson's finished runs, arm by arm; None while one is missing."""
    book, shelf = book_of(call), call.reception.clerk.shelf
    jobs = {name: _job(call, book, found, name) for name in _runs(found)}
    if any(job is None or job.state is not State.COMPLETE for job in jobs.values()):
        return None
    if found.replications == 1:
        return tuple((arm, (shelf.run_folder(job),)) for arm, job in jobs.items() if job is not None)
    job = jobs["all"]
    assert job is not None
    parents = [shelf.run_folder(job) / arm.name for arm in job.arms]
    return tuple(
        (arm, tuple(replication_folder(parent, number) for number in range(found.replications)))
        for arm, parent in zip(found.arms, parents, strict=True)
    )


@cache
def _right(name: str, task_id: str, folders: tuple[tuple[str, tuple[Path, ...]], ...]) -> float | str:
    """The right answer to a task; finished runs do not change, so it is worked out once."""
    found = find_lesson(name)
    assert found is not None
    task = found.task(task_id)
    assert task is not None
    return right_answer(task, Evidence(dict(folders)))


@cache
def _pairs(name: str, folders: tuple[tuple[str, tuple[Path, ...]], ...]) -> list[Pairs]:
    """What the replications measured."""
    found = find_lesson(name)
    assert found is not None
    return pairs(found, Evidence(dict(folders)))


def how_payments_moved(opened: Any) -> list[tuple[Any, ...]]:
    """State left, state entered, reason, payments."""
    return list(opened.run.rows(_STEPS))
