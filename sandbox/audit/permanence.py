"""The review of the regime: its verdict follows from its gates, and a regime that ends takes no new orders."""

import numpy as np

from sandbox.audit.facts import Directory
from sandbox.audit.rows import Rows
from sandbox.audit.violation import Findings
from sandbox.journal.kinds import Kind


class Permanence:
    """A9."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._all_passed = True
        """Whether every gate since the last review was passed."""
        self._ended_at = -1
        """Row of the review that ended the regime (-1: none)."""
        self._until = -1
        """Second up to which what is authorised may still be released."""

    def chunk(self, rows: Rows, findings: Findings) -> None:
        """Check gates and reviews row by row (there are few), then what came after an end."""
        for at in rows.of(Kind.GATE, Kind.REVIEWED).tolist():
            self._step(rows, at, findings)
        if self._ended_at < 0:
            return
        given = rows.of(Kind.AUTHORISED)
        findings.where(
            "A9",
            rows.first + given > self._ended_at,
            given,
            lambda i: "no new order on the regime's rails once it is being wound down",
            lambda i: "an authorisation",
        )
        used = rows.of(Kind.CONSUMED)
        findings.where(
            "A9",
            (rows.first + used > self._ended_at) & (rows.time[used] > self._until),
            used,
            lambda i: f"releases up to second {self._until}, the end of the wind-down",
            lambda i: f"second {rows.time[used[i]]}",
        )

    def finish(self, findings: Findings) -> None:
        """Nothing more at the end."""

    def _step(self, rows: Rows, at: int, findings: Findings) -> None:
        place, said = np.array([at]), int(rows.subject[at])
        if rows.kind[at] == int(Kind.GATE):
            value, threshold = int(rows.amount[at]), int(rows.extra[at])
            at_most = self._directory.name(int(rows.actor[at])).endswith("_max")
            passed = value >= 0 and (value <= threshold if at_most else value >= threshold)
            self._all_passed &= passed
            self._compare(place, said, passed, findings)
            return
        self._compare(place, int(rows.amount[at]), self._all_passed, findings)
        self._all_passed = True
        if not rows.amount[at]:
            self._ended_at, self._until = rows.first + at, int(rows.extra[at])

    def _compare(
        self, place: "np.ndarray[tuple[int], np.dtype[np.int64]]", said: int, truly: bool, findings: Findings
    ) -> None:
        findings.where(
            "A9",
            np.array([said != int(truly)]),
            place,
            lambda i: "passed" if truly else "not passed",
            lambda i: "passed" if said else "not passed",
        )
