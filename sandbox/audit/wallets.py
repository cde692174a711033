"""Assets of a platform: only between registered holders, and only against the bank money that was debited."""

import numpy as np

from sandbox.audit.cells import Cells
from sandbox.audit.facts import Directory, asset_name
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
        self._client_has = {operator: Cells(np.int8) for operator in directory.terms.platforms.values()}
        self._backing = dict.fromkeys(directory.terms.platforms, 0)
        """Kopecks handed to the platform's operator and not paid out again, minus its units in being."""

    def chunk(self, rows: Rows, findings: Findings) -> None:
        """Check the wallets opened and the platforms' units moved."""
        for operator, has in self._client_has.items():
            self._open(rows, operator, has, findings)
        posted = rows.of(Kind.POSTED)
        assets = self._directory.asset.at(rows.subject[posted])
        for asset, operator in self._directory.terms.platforms.items():
            moved = posted[assets == int(asset)]
            if not len(moved):
                continue
            for accounts in (rows.subject[moved], rows.object[moved]):
                self._only_registered(rows, moved, accounts, asset, operator, findings)
            self._backed(rows, posted, assets, asset, operator, findings)

    def finish(self, findings: Findings) -> None:
        """Nothing more at the end."""

    def _open(self, rows: Rows, operator: str, has: Cells, findings: Findings) -> None:
        at = rows.of(Kind.WALLET_OPENED)
        at = at[(rows.object[at] >= 0) & (rows.actor[at] == self._directory.entity(operator))]
        if not len(at):
            return
        groups = Groups(rows.object[at])
        before = groups.previous(np.ones(len(at), np.int64), has)
        findings.where(
            "A5",
            before == 1,
            groups.take(at),
            lambda i: f"one wallet of {self._directory.name(int(groups.keys[i]))}",
            lambda i: "another one opened",
        )
        groups.leave(has, np.ones(len(at), np.int64))
        accounts = rows.subject[at]
        self._registered.reach(int(accounts.max()))
        np.minimum.at(self._registered.data, accounts, rows.first + at)

    def _only_registered(
        self, rows: Rows, moved: Ints, accounts: Ints, asset: Asset, operator: str, findings: Findings
    ) -> None:
        late = self._registered.at(accounts) > rows.first + moved
        # The operator's own accounts on its platform are no client's wallets.
        own = self._directory.owner.at(accounts) == self._directory.entity(operator)
        findings.where(
            "A5",
            late & ~own,
            moved,
            lambda i: f"{asset_name(asset)} only in registered wallets",
            lambda i: f"{self._directory.account_name(int(accounts[i]))}, not registered at that row",
        )

    def _backed(
        self, rows: Rows, posted: Ints, assets: Ints, asset: Asset, operator: str, findings: Findings
    ) -> None:
        directory, purpose, amount = self._directory, rows.reason[posted], rows.amount[posted]
        me = directory.entity(operator)
        units, roubles = assets == int(asset), assets == int(Asset.RUB)
        redeem = purpose == int(Purpose.REDEEM)
        handed_in = roubles & redeem & (directory.owner.at(rows.object[posted]) == me)
        paid_out = roubles & (directory.owner.at(rows.subject[posted]) == me)
        issued = units & (purpose == int(Purpose.ISSUE))
        change = np.where(handed_in | (units & redeem), amount, 0) - np.where(paid_out | issued, amount, 0)
        which = handed_in | paid_out | issued | (units & redeem)
        if not which.any():
            return
        at, entry = posted[which], rows.extra[posted][which]
        backing = self._backing[asset] + np.cumsum(change[which])
        last_of_entry = np.append(entry[1:] != entry[:-1], True)
        findings.where(
            "A5",
            (backing < 0) & last_of_entry,
            at,
            lambda i: f"{asset_name(asset)} only against non-cash roubles handed in and still there",
            lambda i: f"{-backing[i]} kopecks short of the units in being",
        )
        self._backing[asset] = int(backing[-1])
