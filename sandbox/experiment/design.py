"""The design of an experiment: arms, replications and the one seed that all arms share.

Replication r draws the same random streams in every arm (common random numbers): the seed is the same, the
streams are named by purpose and entity, and only the arm differs. A difference between arms is then due to
the arm, and its interval is narrow.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Arm:
    """One of the alternatives compared: a name for tables and whatever the run needs to build it."""

    name: str
    spec: Any = None
    """plain picklable data such as a scenario's path and overrides; it travels to worker processes"""


@dataclass(frozen=True, slots=True)
class Task:
    """One replication of one arm."""

    arm: Arm
    replication: int
    seed: int

    @property
    def key(self) -> tuple[str, int]:
        """Arm name and replication: unique in a design."""
        return (self.arm.name, self.replication)


@dataclass(frozen=True, slots=True)
class Design:
    """Arms x replications; the first arm is the baseline of every difference."""

    arms: tuple[Arm, ...]
    replications: int
    seed: int

    def __post_init__(self) -> None:
        names = [arm.name for arm in self.arms]
        if not names or len(set(names)) != len(names):
            raise ValueError(f"an experiment needs arms of different names, not {names}")
        if self.replications < 1:
            raise ValueError(f"an experiment needs at least one replication, not {self.replications}")

    @property
    def baseline(self) -> Arm:
        """The arm every difference is taken against."""
        return self.arms[0]

    def tasks(self) -> Sequence[Task]:
        """All replications, the arms of one replication together, so that a run cut short stays paired."""
        return [
            Task(arm, replication, self.seed) for replication in range(self.replications) for arm in self.arms
        ]


def distinct(stems: Sequence[str]) -> list[str]:
    """A name for each arm: the stem of its file, numbered where two share it."""
    return [
        stem if stems.count(stem) == 1 else f"{stem}-{stems[: place + 1].count(stem)}"
        for place, stem in enumerate(stems)
    ]
