"""Value: every entry is whole and balanced, and only an issuer changes how much of an asset there is."""

import numpy as np

from sandbox.audit.facts import Directory, asset_name
from sandbox.audit.rows import Rows, marks
from sandbox.audit.violation import Findings, Ints
from sandbox.journal.kinds import Kind, Purpose

_CREATES = marks((Purpose.OPENING, Purpose.ISSUE, Purpose.REORG))
_ENDS = marks((Purpose.REDEEM, Purpose.DESTROY, Purpose.REORG))


def purpose_name(code: int) -> str:
    """``BANK_FEE`` for 5; the number itself for a code nobody knows."""
    return Purpose(code).name if code in Purpose._value2member_map_ else f"purpose {code}"


class Entries:
    """V1, V2, V3: what a posting is, row by row."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._entry = 0

    def chunk(self, rows: Rows, findings: Findings) -> None:
        """Check the postings of a chunk; an entry is never cut by a chunk's end."""
        at = rows.of(Kind.POSTED)
        if not len(at):
            return
        debit, credit, amount = rows.subject[at], rows.object[at], rows.amount[at]
        findings.where("V3", amount <= 0, at, lambda i: "more than 0 minor units", lambda i: f"{amount[i]}")
        findings.where(
            "V2",
            debit == credit,
            at,
            lambda i: "two different accounts",
            lambda i: f"{self._directory.account_name(int(debit[i]))} on both sides",
        )
        gives, takes = self._directory.asset.at(debit), self._directory.asset.at(credit)
        findings.where(
            "V2",
            gives != takes,
            at,
            lambda i: f"{asset_name(int(gives[i]))} on both sides",
            lambda i: f"{asset_name(int(takes[i]))} credited",
        )
        self._numbering(rows, at, findings)
        self._supply(rows, at, findings)

    def finish(self, findings: Findings) -> None:
        """Nothing more at the end."""

    def _numbering(self, rows: Rows, at: Ints, findings: Findings) -> None:
        entry, payment = rows.extra[at], rows.payment[at]
        before = np.concatenate(([self._entry], entry[:-1]))
        step = entry - before
        findings.where(
            "V2",
            (step != 1) & (step != 0),
            at,
            lambda i: f"entry {before[i]} or {int(before[i]) + 1}",
            lambda i: f"entry {entry[i]}",
        )
        together = np.zeros(len(at), np.bool_)
        together[1:] = (
            (at[1:] == at[:-1] + 1)
            & (payment[1:] == payment[:-1])
            & (rows.time[at[1:]] == rows.time[at[:-1]])
        )
        findings.where(
            "V2",
            (step == 0) & ~together,
            at,
            lambda i: f"the legs of entry {entry[i]} in rows that follow one another",
            lambda i: "a leg by itself",
        )
        self._entry = int(entry[-1])

    def _supply(self, rows: Rows, at: Ints, findings: Findings) -> None:
        issuer = self._directory.role_code("issuer")
        role, purpose = self._directory.role, rows.reason[at]
        creates, ends = _CREATES[purpose], _ENDS[purpose]
        wrong = (role.at(rows.subject[at]) == issuer) & ~creates
        wrong |= (role.at(rows.object[at]) == issuer) & ~ends
        overdraft = self._directory.overdraft
        wrong |= (purpose == int(Purpose.ISSUE)) & (overdraft.at(rows.subject[at]) == 0)
        wrong |= (purpose == int(Purpose.DESTROY)) & (overdraft.at(rows.object[at]) == 0)
        findings.where(
            "V1",
            wrong,
            at,
            lambda i: "new or ended units only as opening, issue, redemption or destruction at an issuer",
            lambda i: (
                f"{purpose_name(int(purpose[i]))} from "
                f"{self._directory.account_name(int(rows.subject[at[i]]))} to "
                f"{self._directory.account_name(int(rows.object[at[i]]))}"
            ),
        )
