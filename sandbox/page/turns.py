"""Whose turn it is: jobs wait in one line a visitor, and the lines are served in rotation."""

import asyncio
from collections import deque


class Turns:
    """A fair queue of job ids: thirty jobs of one visitor delay another's first by one job."""

    def __init__(self) -> None:
        self._lines: dict[str, deque[str]] = {}
        self._arrived = asyncio.Condition()

    def __len__(self) -> int:
        return sum(len(line) for line in self._lines.values())

    async def put(self, owner: str, job_id: str) -> None:
        """Join the owner's line."""
        async with self._arrived:
            self._lines.setdefault(owner, deque()).append(job_id)
            self._arrived.notify()

    async def take(self) -> str:
        """The next job, waiting for one if need be; its owner's line goes to the end of the rotation."""
        async with self._arrived:
            await self._arrived.wait_for(lambda: bool(self._lines))
            owner = next(iter(self._lines))
            line = self._lines.pop(owner)
            job_id = line.popleft()
            if line:
                self._lines[owner] = line
            return job_id

    def remove(self, job_id: str) -> bool:
        """Leave the line; whether the job still stood there."""
        for owner, line in list(self._lines.items()):
            if job_id in line:
                line.remove(job_id)
                if not line:
                    del self._lines[owner]
                return True
        return False

    def before(self, job_id: str) -> int | None:
        """How many jobs come before this one; None for a job that does not wait."""
        lines = [list(line) for line in self._lines.values()]
        depth = max((len(line) for line in lines), default=0)
        order = [line[place] for place in range(depth) for line in lines if place < len(line)]
        return order.index(job_id) if job_id in order else None
