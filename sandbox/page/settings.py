"""What whoever starts the server decides, and the limits that everybody else lives under."""

from dataclasses import dataclass, field
from pathlib import Path

KILOBYTE = 1024
MEGABYTE = 1024 * KILOBYTE
GIGABYTE = 1024 * MEGABYTE


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds on requests, on runs and on the queue."""

    body_bytes: int = 1 * MEGABYTE
    """Longest body of a request: four scenarios of the loader's own limit."""
    json_depth: int = 32
    """Deepest nesting of a JSON body."""
    request_seconds: float = 10.0
    """Within this time the head of a request, and then its body, must have arrived."""
    check_seconds: float = 15.0
    """Longest reading of one scenario."""
    check_bytes: int = 3 * GIGABYTE
    """Address space of the process that reads scenarios."""
    run_seconds: float = 1_800.0
    """Longest run or comparison, on the clock."""
    run_bytes: int = 8 * GIGABYTE
    """Address space of a run's process: much of it is mapped and never touched."""
    file_bytes: int = 2 * GIGABYTE
    """Longest single file that a run may write."""
    paper_seconds: float = 120.0
    """Longest writing of one report."""
    replications: int = 30
    """Most replications of a comparison."""
    alternatives: int = 4
    """Most alternatives beside a comparison's baseline."""
    waiting_each: int = 8
    """Jobs that one visitor may have waiting or running."""
    waiting_all: int = 64
    """Jobs that may wait or run together."""
    kept: int = 2_000
    """Jobs that the folder may hold before new ones are refused."""
    submits_a_minute: int = 60
    """Submissions and checks of one visitor in a minute."""
    completions_a_minute: int = 600
    """Questions of one visitor in a minute about what may be written at a cursor."""
    guesses_a_minute: int = 10
    """Attempts at the room code from one address in a minute."""
    starts: int = 2
    """How often a job that was cut off is begun again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """One server."""

    folder: Path
    """Where jobs are kept, one folder each."""
    host: str = "127.0.0.1"
    port: int = 8000
    lan: bool = False
    """Whether machines of the same network may connect."""
    room: str = ""
    """The code that everybody from the network must give; never empty where ``lan`` is set."""
    teams: int = 0
    """Most teams of a classroom; 0: there is none."""
    language: str = "en"
    """Language of a visitor whose browser asks for none of ours."""
    workers: int = 1
    """Jobs that run at the same time."""
    evm: str = "revm"
    """Engine of the EVM chains."""
    bitcoin: str = "kernel"
    """Engine of the Bitcoin chain."""
    limits: Limits = field(default_factory=Limits)

    def __post_init__(self) -> None:
        if (self.lan or self.teams) and not self.room:
            raise ValueError("a server open to the network, and a classroom, need a room code")
