"""A job: one run or one comparison that somebody asked for, from the queue to its end."""

from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from typing import Any

SCHEMA = "sandbox.page-job/1"


class State(StrEnum):
    """Where a job stands."""

    WAITING = "waiting"
    RUNNING = "running"
    COMPLETE = "complete"
    INVALID = "invalid"
    """The audit found a broken rule: the numbers are worth nothing."""
    FAILED = "failed"
    """The program ended badly, or a limit was reached."""
    CANCELLED = "cancelled"
    """A visitor stopped it."""
    INTERRUPTED = "interrupted"
    """The server went away too often while it ran."""


#: Who asks for what the whole class runs together.
ROOM = "room"

#: States in which nothing more will happen.
ENDED = frozenset({State.COMPLETE, State.INVALID, State.FAILED, State.CANCELLED, State.INTERRUPTED})


class Kind(StrEnum):
    """What a job does."""

    RUN = "run"
    COMPARISON = "comparison"


@dataclass(frozen=True, slots=True, kw_only=True)
class Arm:
    """One scenario of a job."""

    name: str
    """Short name for tables: that of the shipped scenario, or one the server made."""
    file: str
    """What the loader is given: a shipped name, or the name of a file in the job's folder."""
    hash: str
    """The scenario's own hash: equal meaning, equal hash."""
    title: dict[str, str] = field(default_factory=dict)
    question: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asked for a job, and with which words: equal scenarios may be written differently."""

    owner: str
    files: tuple[str, ...]
    """As :attr:`Arm.file`, arm by arm; the files of others than the first are their own."""

    @property
    def shipped(self) -> bool:
        """Whether shipped scenarios were asked for by name, and nothing that somebody wrote."""
        return not any(file.endswith(".yaml") for file in self.files)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What ``job.json`` in a job's folder says."""

    id: str
    """128 bits of chance in hexadecimal, made by the server: nobody guesses another's."""
    number: int
    """Order of submission."""
    kind: Kind
    owner: str
    """Who asked, as a digest of the session."""
    arms: tuple[Arm, ...]
    """The scenario of a run; the baseline and its alternatives of a comparison."""
    seed: int
    replications: int = 1
    key: str = ""
    """Digest of the visitor's idempotency key; "" without one."""
    request: str = ""
    """Digest of what was asked under that key."""
    version: str = ""
    """Version of the program that ran it: another version may give another result."""
    state: State = State.WAITING
    starts: int = 0
    """How often it was begun."""
    language: str = "en"
    """What whoever asked first reads: the result is made in it at once, in another when it is opened."""
    others: tuple[Asker, ...] = ()
    """Who else asked for the same while there was a class: whoever asked may see it."""
    message: str = ""
    """What to tell about its end, where there is more to tell than its state."""

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen."""
        return self.state in ENDED

    @property
    def askers(self) -> tuple[Asker, ...]:
        """Everybody who asked for it, the first first."""
        return (Asker(self.owner, tuple(arm.file for arm in self.arms)), *self.others)

    @property
    def identity(self) -> tuple[Any, ...]:
        """Equal for jobs that must give the same result."""
        return (
            self.kind,
            tuple(arm.hash for arm in self.arms),
            tuple(arm.name for arm in self.arms) if self.kind is Kind.COMPARISON else (),
            self.seed,
            self.replications,
            self.version,
        )

    def now(self, **changes: Any) -> "Job":
        """The job with some fields changed."""
        return replace(self, **changes)

    def to_dict(self) -> dict[str, Any]:
        """Plain data for the file."""
        return {"schema": SCHEMA, **asdict(self)}

    @classmethod
    def from_dict(cls, document: dict[str, Any]) -> "Job":
        """From the file's data. Raises KeyError, TypeError or ValueError where it is not a job."""
        if document["schema"] != SCHEMA:
            raise ValueError(f"not a job of {SCHEMA}")
        fields = {key: value for key, value in document.items() if key != "schema"}
        fields["kind"], fields["state"] = Kind(fields["kind"]), State(fields["state"])
        fields["arms"] = tuple(Arm(**arm) for arm in fields["arms"])
        others = fields.get("others", ())
        fields["others"] = tuple(Asker(each["owner"], tuple(each["files"])) for each in others)
        return cls(**fields)
