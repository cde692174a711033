"""The clerk takes orders: checks them, finds whether the result is there already, queues them, sees them done."""

import asyncio
import contextlib
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sandbox import __version__
from sandbox.page.jobs import ROOM, Arm, Job, Kind, State
from sandbox.page.refusals import Refusal
from sandbox.page.settings import Settings
from sandbox.page.shelf import Shelf
from sandbox.page.turns import Turns
from sandbox.page.workers import Checker, work

#: Answers of the checker that are remembered, by what was asked.
_REMEMBERED = 256
#: Askers that one job is kept for beside the first: more than a class has teams.
_MOST_ASKERS = 200
LOG = "server-worker.log"


@dataclass(frozen=True, slots=True)
class Wanted:
    """One scenario as a visitor names it: shipped, or written out."""

    shipped: str = ""
    text: str = ""

    @property
    def order(self) -> dict[str, str]:
        """What the checker is asked."""
        return {"shipped": self.shipped} if self.shipped else {"text": self.text}


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a visitor asks for."""

    kind: Kind
    owner: str
    wanted: tuple[Wanted, ...]
    seed: int
    replications: int = 1
    language: str = "en"
    key: str = ""
    request: str = ""


class Clerk:
    """Everything the server does with jobs; one for each server, all in one event loop."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.shelf = Shelf(settings.folder)
        self.turns = Turns()
        self.progress: dict[str, dict[str, int]] = {}
        self._checker = Checker(settings.folder / LOG, settings.limits)
        self._answers: OrderedDict[tuple[tuple[str, str], ...], dict[str, Any]] = OrderedDict()
        self._running: dict[str, asyncio.Task[tuple[str, str]]] = {}
        self._loops: list[asyncio.Task[None]] = []
        self._taking = asyncio.Lock()

    async def open(self) -> None:
        """Take up what a former server left unfinished, and begin to work."""
        for job in self.shelf.unfinished(self.settings.limits.starts):
            await self.turns.put(job.owner, job.id)
        self._loops = [asyncio.create_task(self._work()) for _ in range(self.settings.workers)]
        self._loops.append(asyncio.create_task(self._checker.warm()))

    async def close(self) -> None:
        """Stop all work; what was under way waits on the shelf for the next server."""
        for loop in self._loops:
            loop.cancel()
        await asyncio.gather(*self._loops, self._checker.close(), return_exceptions=True)

    async def check(self, wanted: Wanted) -> dict[str, Any]:
        """What the loader says of a scenario. Raises Refusal when reading it took too long."""
        asked = tuple(wanted.order.items())
        if asked in self._answers:
            self._answers.move_to_end(asked)
            return self._answers[asked]
        found = await self._checker.check(wanted.order)
        if found is None:
            raise Refusal(422, "too_slow", "the scenario takes too long to read")
        self._answers[asked] = found
        if len(self._answers) > _REMEMBERED:
            self._answers.popitem(last=False)
        return found

    async def complete(self, text: str, line: int, column: int, language: str) -> dict[str, Any]:
        """What may be written at a place of a text. Raises Refusal when reading it took too long."""
        asked = {"complete": text, "line": line, "column": column, "language": language}
        found = await self._checker.check(asked)
        if found is None:
            raise Refusal(422, "too_slow", "the scenario takes too long to read")
        return found

    async def submit(self, order: Order) -> tuple[Job, bool]:
        """The job that does what is asked, and whether it is new. Raises Refusal."""
        arms, texts = await self._arms(order)
        async with self._taking:
            if (earlier := self.shelf.under_key(order.owner, order.key)) is not None:
                if earlier.request != order.request:
                    raise Refusal(409, "key_reused", "this idempotency key was used for something else")
                return earlier, False
            job = Job(
                id="",
                number=0,
                kind=order.kind,
                owner=order.owner,
                arms=arms,
                seed=order.seed,
                replications=order.replications,
                language=order.language,
                key=order.key,
                request=order.request,
                version=__version__,
            )
            if (same := self.shelf.same(job)) is not None:
                return self._asked_too(same, order.owner, arms, texts), False
            self._refuse_too_many(order.owner)
            job = self.shelf.add(job, texts)
            await self.turns.put(job.owner, job.id)
            return job, True

    def _asked_too(self, job: Job, owner: str, arms: tuple[Arm, ...], texts: Mapping[str, str]) -> Job:
        """The job, with one more who asked for it: in a class nobody sees what others alone have asked for."""
        if not self.settings.teams or owner in (each.owner for each in job.askers):
            return job
        if len(job.others) >= _MOST_ASKERS:
            raise Refusal(
                429, "shelf_full", f"a job is kept for {_MOST_ASKERS} who asked for it, and no more"
            )
        return self.shelf.ask_too(job, owner, [arm.file for arm in arms], texts)

    async def cancel(self, job: Job) -> Job:
        """Stop a job that waits or runs; one that has ended stays as it is."""
        if self.turns.remove(job.id):
            return self._put(job, state=State.CANCELLED)
        task = self._running.get(job.id)
        if task is not None:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.wait([task])
        return self.shelf.find(job.id) or job

    def _refuse_too_many(self, owner: str) -> None:
        limits = self.settings.limits
        if owner != ROOM and self.shelf.active(owner) >= limits.waiting_each:
            raise Refusal(429, "too_many_waiting", f"at most {limits.waiting_each} jobs may wait at a time")
        if self.shelf.active() >= limits.waiting_all:
            raise Refusal(429, "queue_full", "the queue is full; try again when some jobs have ended")
        if len(self.shelf) >= limits.kept:
            raise Refusal(
                429, "shelf_full", f"the server keeps {limits.kept} jobs; remove folders of old ones"
            )

    async def _arms(self, order: Order) -> tuple[tuple[Arm, ...], Mapping[str, str]]:
        """The scenarios, each with a name of its own; Refusal 422 with all faults if one cannot be used."""
        arms: list[Arm] = []
        texts: dict[str, str] = {}
        for place, wanted in enumerate(order.wanted, start=1):
            found = await self.check(wanted)
            if not found["valid"]:
                raise Refusal(422, "scenario_invalid", "the scenario cannot be used", faults=found["faults"])
            name = wanted.shipped or ("scenario" if len(order.wanted) == 1 else f"scenario-{place}")
            if name in (arm.name for arm in arms):
                raise Refusal(422, "same_arm", f"{name} is named twice")
            if wanted.text:
                texts[f"{name}.yaml"] = wanted.text
            file = f"{name}.yaml" if wanted.text else name
            arms.append(
                Arm(
                    name=name, file=file, hash=found["hash"], title=found["title"], question=found["question"]
                )
            )
        return tuple(arms), texts

    async def _work(self) -> None:
        """Do one job after another, until cancelled."""
        while True:
            job = self.shelf.find(await self.turns.take())
            if job is None or job.ended:
                continue
            try:
                await self._do(job)
            except OSError:
                # The disk does not take what the job has become: it will be found unfinished at the next start.
                continue
            finally:
                self._running.pop(job.id, None)
                self.progress.pop(job.id, None)

    async def _do(self, job: Job) -> None:
        job = self._put(job, state=State.RUNNING, starts=job.starts + 1)
        directory = self.shelf.directory(job)
        document = {
            "directory": str(directory.resolve()),
            "kind": str(job.kind),
            "folder": self.shelf.run_folder(job).name,
            "arms": [{"name": arm.name, "file": arm.file, "hash": arm.hash} for arm in job.arms],
            "seed": job.seed,
            "replications": job.replications,
            "language": job.language,
            "engines": {"evm": self.settings.evm, "bitcoin": self.settings.bitcoin},
        }

        def heard(progress: dict[str, int]) -> None:
            self.progress[job.id] = progress

        task = asyncio.create_task(work(document, directory / "worker.log", self.settings.limits, heard))
        self._running[job.id] = task
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError:
            # The server closes: the worker is stopped, and the job stays unfinished on the shelf.
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
            raise
        state, message = (str(State.CANCELLED), "") if task.cancelled() else task.result()
        self._put(job, state=State(state), message=message)

    def _put(self, job: Job, **changes: Any) -> Job:
        """Keep what has become of a job; meanwhile others may have asked for it too."""
        return self.shelf.put((self.shelf.find(job.id) or job).now(**changes))
