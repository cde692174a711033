"""The server's side of its worker processes: start one, hear it, stop it, and leave none behind."""

import asyncio
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sandbox.page.settings import Limits

#: A worker that has said its last word may take this long to go.
STOP_SECONDS = 1.0
#: A process that loads this program on a busy machine may take this long.
START_SECONDS = 120.0
#: Longest line of a worker: a fault list of 200 faults is a tenth of it.
_LINE_BYTES = 4 * 1024 * 1024

#: Called with every report of progress: done, of, count.
OnProgress = Callable[[dict[str, int]], None]


async def start(module: str, log: Path) -> asyncio.subprocess.Process:
    """A worker of its own session, so that Ctrl-C at the server's terminal reaches the server alone."""
    with log.open("ab") as errors:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            module,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=errors,
            limit=_LINE_BYTES,
            start_new_session=True,
            env=_environment(),
        )


def _environment() -> dict[str, str]:
    """What a worker needs to find this program: the server may have been started from any folder."""
    paths = [path for path in sys.path if path]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "PYTHONUNBUFFERED": "1"}


async def order(process: asyncio.subprocess.Process, document: dict[str, Any]) -> None:
    """Send one line; a worker that is gone is noticed where its answer is awaited."""
    assert process.stdin is not None
    try:
        process.stdin.write(json.dumps(document).encode() + b"\n")
        await process.stdin.drain()
    except (BrokenPipeError, ConnectionResetError):
        return


async def answer(process: asyncio.subprocess.Process) -> dict[str, Any] | None:
    """The next line, or None when the worker is gone or says what is no answer."""
    assert process.stdout is not None
    try:
        line = await process.stdout.readline()
        return dict(json.loads(line)) if line.endswith(b"\n") else None
    except (ValueError, TypeError):
        return None


async def end(process: asyncio.subprocess.Process) -> None:
    """Close the worker's way in, after which it goes by itself; kill it if it does not."""
    if process.stdin is not None:
        process.stdin.close()
    try:
        await asyncio.wait_for(process.wait(), STOP_SECONDS)
    except TimeoutError:
        await kill(process)


async def kill(process: asyncio.subprocess.Process) -> None:
    """End a worker at once: what it has not finished counts for nothing, and is made anew if it is wanted."""
    if process.returncode is None:
        process.kill()
    await process.wait()


async def work(
    document: dict[str, Any], log: Path, limits: Limits, on_progress: OnProgress
) -> tuple[str, str]:
    """Have one job done; its end and a message. Cancelling this coroutine kills the worker."""
    process = await start("sandbox.page.work", log)
    said = False
    try:
        bounds = {"address_bytes": limits.run_bytes, "file_bytes": limits.file_bytes}
        await order(process, {**document, **bounds})
        async with asyncio.timeout(limits.run_seconds):
            while (line := await answer(process)) is not None:
                if "progress" in line:
                    on_progress(line["progress"])
                elif "end" in line:
                    said = True
                    return str(line["end"]), str(line.get("message", ""))
        return "failed", "died"
    except TimeoutError:
        return "failed", "time"
    finally:
        await asyncio.shield(end(process) if said else kill(process))


class Checker:
    """The warm process that reads scenarios, one text at a time; a new one takes over when it dies or hangs."""

    #: Texts read by one process before a fresh one takes over.
    MOST_TEXTS = 500

    def __init__(self, log: Path, limits: Limits) -> None:
        self._log = log
        self._limits = limits
        self._turn = asyncio.Lock()
        self._process: asyncio.subprocess.Process | None = None
        self._texts = 0

    async def check(self, asked: dict[str, Any]) -> dict[str, Any] | None:
        """The loader's answer, or what may be written at a cursor; None when reading took too long or too much."""
        async with self._turn:
            process = await self._ready()
            try:
                async with asyncio.timeout(self._limits.check_seconds):
                    await order(process, asked)
                    found = await answer(process)
            except TimeoutError:
                found = None
            except asyncio.CancelledError:
                # The answer would be taken for that to the next text.
                await kill(process)
                raise
            self._texts += "complete" not in asked
            if found is None:
                await kill(process)
            return found

    async def warm(self) -> None:
        """Have the process ready before the first text comes."""
        async with self._turn:
            await self._ready()

    async def close(self) -> None:
        """End the process."""
        if self._process is not None:
            await end(self._process)

    async def _ready(self) -> asyncio.subprocess.Process:
        if self._process is not None and self._process.returncode is None and self._texts < self.MOST_TEXTS:
            return self._process
        if self._process is not None:
            await end(self._process)
        self._process, self._texts = await start("sandbox.page.checking", self._log), 0
        bounds = {"address_bytes": self._limits.check_bytes, "file_bytes": self._limits.body_bytes}
        await order(self._process, bounds)
        try:
            # Loading the program is no fault of the text that waits for it.
            async with asyncio.timeout(START_SECONDS):
                await answer(self._process)
        except TimeoutError:
            await kill(self._process)
        return self._process
