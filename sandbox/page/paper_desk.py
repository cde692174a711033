"""The server's side of papers: who opens one first has it written, whoever comes meanwhile waits for the same."""

import asyncio
import contextlib
from pathlib import Path

from sandbox.page.jobs import Job, State
from sandbox.page.refusals import Refusal
from sandbox.page.settings import Limits
from sandbox.page.shelf import Paper, Shelf
from sandbox.page.workers import answer, end, kill, order, start

#: A process that has had nothing to write for so long goes: it holds a few hundred megabytes.
IDLE_SECONDS = 60.0


class PaperDesk:
    """Reports, and results in further languages, of finished jobs; one process writes them, one after another."""

    def __init__(self, shelf: Shelf, log: Path, limits: Limits) -> None:
        self._shelf = shelf
        self._log = log
        self._limits = limits
        self._turn = asyncio.Lock()
        self._process: asyncio.subprocess.Process | None = None
        self._idle: asyncio.TimerHandle | None = None
        self._going: asyncio.Future[None] | None = None
        self._under_way: dict[tuple[str, Paper, str], asyncio.Task[str]] = {}
        self.written = 0
        """Papers that were asked of the process so far."""

    async def paper(self, job: Job, paper: Paper, language: str) -> Path:
        """The file; written first if it is not there. Refusal 409 for a job that is not complete or whose files are
        not those that were written, 429 where too many wait.
        """
        if job.state is not State.COMPLETE:
            raise Refusal(409, "not_complete", f"this {job.kind} is not complete")
        path = self._shelf.directory(job) / paper.file(language)
        if path.is_file():
            return path
        asked = (job.id, paper, language)
        if asked not in self._under_way:
            if len(self._under_way) >= self._limits.waiting_all:
                raise Refusal(429, "queue_full", "too many reports are being written; try again later")
            task = asyncio.create_task(self._write(job, paper, language))
            task.add_done_callback(lambda _: self._under_way.pop(asked, None))
            self._under_way[asked] = task
        # One who goes away does not take the paper from the others.
        ended = await asyncio.shield(self._under_way[asked])
        if ended == "damaged":
            raise Refusal(409, "run_damaged", "the files are not those that were written")
        if ended != "complete" or not path.is_file():
            raise Refusal(409, "not_written", "it could not be written within the limits of this server")
        return path

    async def close(self) -> None:
        """Stop at once: what is half written counts for nothing."""
        for task in list(self._under_way.values()):
            task.cancel()
        await asyncio.gather(*self._under_way.values(), return_exceptions=True)
        if self._idle is not None:
            self._idle.cancel()
        if self._process is not None:
            await kill(self._process)

    async def _write(self, job: Job, paper: Paper, language: str) -> str:
        document = {
            "directory": str(self._shelf.directory(job).resolve()),
            "kind": str(job.kind),
            "folder": self._shelf.run_folder(job).name,
            "arms": [{"name": arm.name, "file": arm.file} for arm in job.arms],
            "paper": str(paper),
            "language": language,
        }
        async with self._turn:
            process = await self._ready()
            self.written += 1
            found = None
            try:
                async with asyncio.timeout(self._limits.paper_seconds):
                    await order(process, document)
                    found = await answer(process)
            except TimeoutError:
                return "time"
            finally:
                # Cut off, or dead: the next paper gets a process that owes no answer.
                if found is None:
                    await asyncio.shield(kill(process))
            self._let_go_later(process)
            return str(found["end"]) if found else "died"

    async def _ready(self) -> asyncio.subprocess.Process:
        if self._idle is not None:
            self._idle.cancel()
        if self._process is None or self._process.returncode is not None:
            self._process = await start("sandbox.page.paper_work", self._log)
            await order(
                self._process,
                {"address_bytes": self._limits.run_bytes, "file_bytes": self._limits.file_bytes},
            )
        return self._process

    def _let_go_later(self, process: asyncio.subprocess.Process) -> None:
        def go() -> None:
            self._going = asyncio.ensure_future(self._let_go(process))

        self._idle = asyncio.get_running_loop().call_later(IDLE_SECONDS, go)

    async def _let_go(self, process: asyncio.subprocess.Process) -> None:
        async with self._turn:
            if process is self._process:
                with contextlib.suppress(ProcessLookupError):
                    await end(process)
