"""The folder of jobs: the only memory of the server. What it says after a restart is what stands here."""

import json
import re
import secrets
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from pathlib import Path

from sandbox.experiment.folder import read_manifest, write_json, write_text
from sandbox.page.jobs import Asker, Job, Kind, State
from sandbox.page.words import LANGUAGES

JOB_FILE = "job.json"
#: The run's own folder, or the comparison's, inside the job's.
RUN, COMPARISON = "run", "comparison"


class Paper(StrEnum):
    """What may be asked of a finished job, in either language; made once."""

    RESULT = "result.json"
    """What the page shows of it."""
    REPORT = "report.html"
    """One file to keep."""

    def file(self, language: str) -> str:
        """Its file in the job's folder: ``report.html`` in English, ``report.ru.html`` in Russian."""
        stem, dot, kind = self.value.partition(".")
        return self.value if language == LANGUAGES[0] else f"{stem}.{language}{dot}{kind}"


_ID = re.compile(r"^[0-9a-f]{32}$", re.ASCII)


class Shelf:
    """All jobs, in memory as on disk."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._jobs: dict[str, Job] = {}
        for path in folder.glob(f"*/{JOB_FILE}"):
            if (job := _read(path)) is not None:
                self._jobs[job.id] = job
        self._next = 1 + max((job.number for job in self._jobs.values()), default=0)

    def __len__(self) -> int:
        return len(self._jobs)

    def jobs(self) -> list[Job]:
        """All jobs, the newest first."""
        return sorted(self._jobs.values(), key=lambda job: -job.number)

    def find(self, job_id: str) -> Job | None:
        """A job by its id; an id that is not of our making finds nothing, and no path is made of it."""
        return self._jobs.get(job_id) if _ID.match(job_id) else None

    def directory(self, job: Job) -> Path:
        """The job's folder."""
        return self.folder / job.id

    def run_folder(self, job: Job) -> Path:
        """Where the run, or the comparison, itself is kept."""
        return self.directory(job) / (RUN if job.kind is Kind.RUN else COMPARISON)

    def add(self, job: Job, texts: Mapping[str, str]) -> Job:
        """Keep a new job and the scenarios that came with it, by file name; its id and number are given here."""
        kept = job.now(id=secrets.token_hex(16), number=self._next)
        self._next += 1
        directory = self.directory(kept)
        directory.mkdir()
        for name, text in texts.items():
            write_text(directory / name, text)
        return self.put(kept)

    def put(self, job: Job) -> Job:
        """Keep what a job has become, on the disk before in memory."""
        write_json(self.directory(job) / JOB_FILE, job.to_dict())
        self._jobs[job.id] = job
        return job

    def ask_too(self, job: Job, owner: str, files: Sequence[str], texts: Mapping[str, str]) -> Job:
        """Keep that somebody else asked for the same; ``files`` and ``texts`` are how, arm by arm, as of a new job."""
        names = {file: f"asked-{len(job.others) + 2}-{file}" for file in texts}
        for file, text in texts.items():
            write_text(self.directory(job) / names[file], text)
        asker = Asker(owner, tuple(names.get(file, file) for file in files))
        return self.put(job.now(others=(*job.others, asker)))

    def unfinished(self, most_starts: int) -> list[Job]:
        """Jobs to go on with after a restart, the oldest first; those begun too often are given up."""
        waiting = []
        for job in sorted(self._jobs.values(), key=lambda each: each.number):
            if job.ended:
                continue
            if job.state is State.RUNNING and job.starts >= most_starts and not self.whole(job):
                self.put(job.now(state=State.INTERRUPTED))
                continue
            waiting.append(self.put(job.now(state=State.WAITING)))
        return waiting

    def whole(self, job: Job) -> bool:
        """Whether the run itself is complete on the disk, whatever the server knows of it."""
        try:
            return read_manifest(self.run_folder(job)).get("status") == "complete"
        except (OSError, ValueError):
            return False

    def same(self, job: Job) -> Job | None:
        """A job that gives, or will give, the same result."""
        alike = (each for each in self._jobs.values() if each.identity == job.identity)
        usable = [each for each in alike if not each.ended or each.state is State.COMPLETE]
        return min(usable, key=lambda each: (not each.ended, each.number), default=None)

    def under_key(self, owner: str, key: str) -> Job | None:
        """The job that this visitor asked for under this idempotency key."""
        return next(
            (job for job in self._jobs.values() if key and (job.owner, job.key) == (owner, key)), None
        )

    def active(self, owner: str | None = None) -> int:
        """Jobs that wait or run, of one visitor or of all."""
        return sum(not job.ended for job in self._of(owner))

    def _of(self, owner: str | None) -> Iterable[Job]:
        return (job for job in self._jobs.values() if owner in (None, job.owner))


def _read(path: Path) -> Job | None:
    """The job of a file; None where it is none, so that one damaged folder does not hide the rest."""
    try:
        job = Job.from_dict(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return job if _ID.match(job.id) and path.parent.name == job.id else None
