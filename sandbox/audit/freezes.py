"""Frozen accounts give nothing, and while a token is paused nobody moves it."""

import numpy as np

from sandbox.audit.cells import Cells
from sandbox.audit.facts import NOBODY, Directory
from sandbox.audit.groups import Groups
from sandbox.audit.rows import Rows, marks, merged
from sandbox.audit.violation import Findings
from sandbox.journal.kinds import Kind, Purpose
from sandbox.money import Asset

#: What takes units from a frozen account all the same: destruction, and a reorganisation of the chain.
_FORCED = marks((Purpose.DESTROY, Purpose.REORG))
#: What a pause does not stop.
_UNPAUSED = marks((Purpose.OPENING, Purpose.ISSUE, Purpose.REDEEM, Purpose.DESTROY, Purpose.REORG))


class Freezes:
    """A3 and A4. Rows of freezes are rare, so most chunks cost one look."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._frozen = Cells(np.int8)
        self._any_frozen = False
        self._paused = False

    def chunk(self, rows: Rows, findings: Findings) -> None:
        """Check the postings of a chunk against the freezes and pauses in force."""
        self._frozen_accounts(rows, findings)
        self._paused_token(rows, findings)

    def finish(self, findings: Findings) -> None:
        """Nothing more at the end."""

    def _frozen_accounts(self, rows: Rows, findings: Findings) -> None:
        orders = rows.of(Kind.FROZEN, Kind.UNFROZEN)
        if not len(orders) and not self._any_frozen:
            return
        self._frozen.reach(self._directory.accounts)
        touched = self._frozen.data.astype(np.bool_)
        touched[rows.subject[orders]] = True
        posted = rows.of(Kind.POSTED)
        posted = posted[touched[rows.subject[posted]]]
        at = merged(orders, posted)
        groups = Groups(rows.subject[at])
        place = groups.take(at)
        kind = rows.kind[place]
        is_order = kind != int(Kind.POSTED)
        frozen = groups.latest(is_order, (kind == int(Kind.FROZEN)).astype(np.int64), self._frozen)
        gives = ~is_order & ~_FORCED[rows.reason[place]]
        findings.where(
            "A3",
            gives & (frozen == 1),
            place,
            lambda i: f"nothing leaves the frozen {self._directory.account_name(int(groups.keys[i]))}",
            lambda i: f"{rows.amount[place[i]]} minor units leave it",
        )
        groups.leave(self._frozen, frozen)
        self._any_frozen = bool(self._frozen.data.any())

    def _paused_token(self, rows: Rows, findings: Findings) -> None:
        orders = rows.of(Kind.PAUSED, Kind.UNPAUSED)
        orders = orders[rows.actor[orders] == self._issuer()]
        if not len(orders) and not self._paused:
            return
        posted = rows.of(Kind.POSTED)
        token = self._directory.asset.at(rows.subject[posted]) == int(Asset.USDT)
        on_chain = self._directory.chain.at(rows.subject[posted]) >= 0
        stopped = ~_UNPAUSED[rows.reason[posted]]
        posted = posted[token & on_chain & stopped]
        last = np.searchsorted(orders, posted) - 1
        said = np.append(rows.kind[orders] == int(Kind.PAUSED), self._paused)
        findings.where(
            "A4",
            said[last],
            posted,
            lambda i: "no transfer of a paused token",
            lambda i: f"{rows.amount[posted[i]]} minor units move",
        )
        self._paused = bool(said[len(orders) - 1])

    def _issuer(self) -> int:
        issuer = self._directory.entity("issuer")
        return issuer if issuer != NOBODY else -3
