"""Two finished runs held together: what was asked differently, where journals part, which payments end otherwise."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.journal.divergence import Divergence, divergence
from sandbox.journal.kinds import Kind
from sandbox.journal.reader import JournalReader
from sandbox.lifecycle import TERMINALS, State
from sandbox.report.runfolder import RunFolder

DIFFERENCE_SCHEMA = "sandbox.difference/1"

#: What of a manifest decides about a journal, beside the scenario.
_ASKED = ("seed", "replication", "engines", "versions")

#: What a scenario says for its readers; no journal follows from it.
_FOR_READERS = ("title", "question", "covers", "compare_to", "expect")

_LAST_STATES = (
    f"SELECT payment, arg_max(object, seq) FROM journal WHERE kind = {Kind.MOVED:d} GROUP BY payment"
)


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that was asked differently; None where one side says nothing."""

    key: str
    one: Any
    other: Any


@dataclass(frozen=True, slots=True)
class Otherwise:
    """A payment that does not end alike in both runs; None where a run has no such payment."""

    payment: int
    one: str | None
    other: str | None


@dataclass(frozen=True, slots=True)
class RunDifference:
    """All that tells two runs apart."""

    folders: tuple[Path, Path]
    digests: tuple[str, str]
    rows: tuple[int, int]
    payments: tuple[int, int]
    asked: tuple[Change, ...]
    parting: Divergence | None
    """None if both journals say the same, record by record."""
    otherwise: tuple[Otherwise, ...]
    """Payments by number."""

    @property
    def same(self) -> bool:
        """Whether the journals say the same."""
        return self.parting is None

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        parting = self.parting
        return {
            "schema": DIFFERENCE_SCHEMA,
            "runs": [
                {"folder": str(folder), "journal_digest": digest, "rows": rows, "payments": payments}
                for folder, digest, rows, payments in zip(
                    self.folders, self.digests, self.rows, self.payments, strict=True
                )
            ],
            "same": self.same,
            "asked": [{"key": each.key, "one": each.one, "other": each.other} for each in self.asked],
            "first_difference": None
            if parting is None
            else {
                "record": parting.record,
                "before": list(parting.before),
                "one": list(parting.one),
                "other": list(parting.other),
            },
            "payments_ending_otherwise": [
                {"payment": f"P-{each.payment:05d}", "one": each.one, "other": each.other}
                for each in self.otherwise
            ],
        }


def difference_of(one: Path, other: Path, context: int = 3) -> RunDifference:
    """Hold two run folders together. Raises RunUnreadable and JournalDamaged."""
    runs = RunFolder(one), RunFolder(other)
    with JournalReader(one, check=False) as left, JournalReader(other, check=False) as right:
        parting = divergence(left, right, (runs[0].clock, runs[1].clock), context)
        rows, digests = (left.rows, right.rows), (left.digest, right.digest)
    ends = _endings(runs[0]), _endings(runs[1])
    return RunDifference(
        folders=(one, other),
        digests=digests,
        rows=rows,
        payments=(len(ends[0]), len(ends[1])),
        asked=(*_changes(_asked(runs[0]), _asked(runs[1])), *_values(runs[0], runs[1])),
        parting=parting,
        otherwise=tuple(
            Otherwise(payment, ends[0].get(payment), ends[1].get(payment))
            for payment in sorted(ends[0].keys() | ends[1].keys())
            if ends[0].get(payment) != ends[1].get(payment)
        ),
    )


def _endings(run: RunFolder) -> dict[int, str]:
    """Payment -> how it ended; CENSORED for one that was in flight at the horizon."""
    last = ((payment, State(code)) for payment, code in run.rows(_LAST_STATES))
    return {payment: state.name if state in TERMINALS else "CENSORED" for payment, state in last}


def _asked(run: RunFolder) -> dict[str, Any]:
    """Everything a journal follows from, by dotted key."""
    named = {key: run.manifest.get(key) for key in _ASKED}
    world = {key: value for key, value in run.scenario.items() if key not in _FOR_READERS}
    return dict(_flat({**named, "scenario": world}))


def _values(one: RunFolder, other: RunFolder) -> Iterator[Change]:
    """Values of the parameter library that both runs read and that are not the same."""
    read = [
        {(row["name"], row["date_in_force"]): row["value"] for row in run.parameters} for run in (one, other)
    ]
    for name, day in sorted(read[0].keys() & read[1].keys()):
        left, right = read[0][name, day], read[1][name, day]
        if left != right:
            yield Change(f"{name} ({day})", left, right)


def _flat(value: Any, lead: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping) and value:
        for key, inner in value.items():
            yield from _flat(inner, f"{lead}.{key}" if lead else str(key))
    else:
        yield lead, value


def _changes(one: Mapping[str, Any], other: Mapping[str, Any]) -> Iterator[Change]:
    """What differs, and what one side alone says, by key."""
    for key in sorted(one.keys() | other.keys()):
        if one.get(key) != other.get(key):
            yield Change(key, one.get(key), other.get(key))
