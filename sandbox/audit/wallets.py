"""Digital rubles: only between registered wallets, one a client, and only against debited bank money."""

import numpy as np

from sandbox.audit.cells import Cells
from sandbox.audit.facts import Directory
from sandbox.audit.groups import Groups
from sandbox.audit.rows import Rows
from sandbox.audit.violation import Findings, Ints
from sandbox.journal.kinds import Kind, Purpose
from sandbox.money import Asset

_NEVER = 2**62


class Wallets:
    """A5."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._registered = Cells(np.int64, _NEVER)
        self._client_has = Cells(np.int8)
        self._backing = 0
        """Non-cash handed to the operator minus digital rubles issued against it."""

    def chunk(self, rows: Rows, findings: Findings) -> None:
        """Check the wallets opened and the digital rubles moved."""
        self._open(rows, findings)
        posted = rows.of(Kind.POSTED)
        asset = self._directory.asset.at(rows.subject[posted])
        moved = posted[asset == int(Asset.DRUB)]
        for accounts in (rows.subject[moved], rows.object[moved]):
            self._only_registered(rows, moved, accounts, findings)
        self._backed(rows, posted, asset, findings)

    def finish(self, findings: Findings) -> None:
        """Nothing more at the end."""

    def _open(self, rows: Rows, findings: Findings) -> None:
        at = rows.of(Kind.WALLET_OPENED)
        at = at[rows.object[at] >= 0]
        if not len(at):
            return
        groups = Groups(rows.object[at])
        has = groups.previous(np.ones(len(at), np.int64), self._client_has)
        findings.where(
            "A5",
            has == 1,
            groups.take(at),
            lambda i: f"one wallet of {self._directory.name(int(groups.keys[i]))}",
            lambda i: "another one opened",
        )
        groups.leave(self._client_has, np.ones(len(at), np.int64))
        accounts = rows.subject[at]
        self._registered.reach(int(accounts.max()))
        np.minimum.at(self._registered.data, accounts, rows.first + at)

    def _only_registered(self, rows: Rows, moved: Ints, accounts: Ints, findings: Findings) -> None:
        late = self._registered.at(accounts) > rows.first + moved
        # The operator's own accounts on its platform are no client's wallets.
        own = self._directory.owner.at(accounts) == self._directory.entity("operator")
        findings.where(
            "A5",
            late & ~own,
            moved,
            lambda i: "digital rubles only in registered wallets",
            lambda i: f"{self._directory.account_name(int(accounts[i]))}, not registered at that row",
        )

    def _backed(self, rows: Rows, posted: Ints, asset: Ints, findings: Findings) -> None:
        purpose = rows.reason[posted]
        issue, redeem = purpose == int(Purpose.ISSUE), purpose == int(Purpose.REDEEM)
        digital, cash = asset == int(Asset.DRUB), asset == int(Asset.RUB)
        which = (issue | redeem) & (digital | cash)
        if not which.any():
            return
        at = posted[which]
        adds = (redeem & cash) | (redeem & digital)
        change = np.where(adds, 1, -1)[which] * rows.amount[at]
        backing = self._backing + np.cumsum(change)
        entry = rows.extra[at]
        last_of_entry = np.append(entry[1:] != entry[:-1], True)
        findings.where(
            "A5",
            (backing < 0) & last_of_entry,
            at,
            lambda i: "digital rubles issued only against non-cash rubles handed in",
            lambda i: f"{-backing[i]} kopecks more issued than handed in",
        )
        self._backing = int(backing[-1])
