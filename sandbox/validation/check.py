"""A known-answer check and its verdict."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sandbox.validation.reading import Effort, Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A statement with a known answer, and how the product's own components are made to give it."""

    id: str
    """Such as ``V05``."""
    sentence: str
    """What is true if it passes."""
    inputs: str
    """The numbers put in."""
    component: str
    """What of the product is run."""
    measure: Callable[[Effort], Sequence[Reading]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a check found."""

    check: Check
    readings: tuple[Reading, ...]
    seconds: float
    """Processor seconds it took."""

    @property
    def passed(self) -> bool:
        """Whether it found something, and every number agreed."""
        return bool(self.readings) and all(reading.passed for reading in self.readings)

    def to_dict(self) -> dict[str, Any]:
        """Plain data for a document."""
        check = self.check
        return {
            "id": check.id,
            "sentence": check.sentence,
            "inputs": check.inputs,
            "component": check.component,
            "passed": self.passed,
            "seconds": round(self.seconds, 3),
            "readings": [_plain(reading) for reading in self.readings],
        }


def _plain(reading: Reading) -> dict[str, Any]:
    finite = reading.got == reading.got and reading.tolerance == reading.tolerance
    return {
        "what": reading.what,
        "expected": reading.expected,
        "published": reading.published or None,
        "got": reading.got if finite else None,
        "tolerance": reading.tolerance if finite else None,
        "allowed": reading.allowed,
        "samples": reading.samples,
        "passed": reading.passed,
        "fault": reading.fault or None,
    }
