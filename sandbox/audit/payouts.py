"""The amount: a beneficiary is credited with what it was owed, to the minor unit, and bears no charge."""

import numpy as np

from sandbox.audit.cells import Cells
from sandbox.audit.facts import Directory, Owed, asset_name
from sandbox.audit.groups import Groups
from sandbox.audit.rows import Rows, marks, merged
from sandbox.audit.violation import Bools, Findings, Ints
from sandbox.journal.kinds import Kind, Purpose
from sandbox.lifecycle import State

_PAYS = marks((Purpose.PROCEEDS, Purpose.PRINCIPAL, Purpose.FX_LEG))
_TAKES_BACK = marks((Purpose.REORG, Purpose.RETURN))
_CHARGES = marks(
    (
        Purpose.SPREAD,
        Purpose.BANK_FEE,
        Purpose.NETWORK_FEE,
        Purpose.AGENT_FEE,
        Purpose.PLATFORM_FEE,
        Purpose.CORRESPONDENT_FEE,
        Purpose.OFFRAMP_FEE,
    )
)
_CREDITED = int(State.CREDITED)


class Payouts:
    """V6. Money at a bank only: what reaches a wallet is another asset than the one owed."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._owed = Owed.nothing()
        self._paid = Cells()
        """Minor units of its currency that an order's beneficiary has, less those taken back."""
        self._in_wallet = Cells(np.int8)
        """Whether the order paid into a wallet that is kept."""

    def chunk(self, rows: Rows, findings: Findings) -> None:
        """Check what beneficiaries are credited with."""
        posted = rows.of(Kind.POSTED)
        posted = posted[rows.payment[posted] >= 0]
        purpose = rows.reason[posted]
        to_bank, to_wallet = self._theirs(rows.object[posted])
        from_bank, from_wallet = self._theirs(rows.subject[posted])
        pays, takes = _PAYS[purpose], _TAKES_BACK[purpose]
        self._no_charge(rows, posted[_CHARGES[purpose] & (from_bank | from_wallet)], findings)
        moved = rows.of(Kind.MOVED)
        moved = moved[rows.object[moved] == _CREDITED]
        if not (pays & (to_bank | to_wallet)).any() and not len(moved) and not takes.any():
            return
        paid = posted[(pays & to_bank) | (takes & from_bank)]
        self._learn(rows, np.concatenate((moved, paid)))
        self._currency(rows, paid, findings)
        wallet = posted[pays & to_wallet]
        at = merged(paid, wallet, moved)
        sign = np.zeros(len(rows), np.int64)
        sign[posted] = (pays & to_bank).astype(np.int64) - (takes & from_bank)
        kept = np.zeros(len(rows), np.int64)
        kept[wallet] = 1
        groups = Groups(rows.payment[at])
        place = groups.take(at)
        units = groups.running((sign * rows.amount)[place], self._paid)
        in_wallet = groups.latest(kept[place] == 1, kept[place], self._in_wallet)
        _, owed = self._owed.of(rows.payment[place])
        findings.where(
            "V6",
            rows.is_kind(place, Kind.MOVED) & (in_wallet == 0) & (units != owed),
            place,
            lambda i: f"{owed[i]} minor units credited, as owed",
            lambda i: f"{units[i]}",
        )
        groups.leave(self._paid, units)
        groups.leave(self._in_wallet, in_wallet)

    def finish(self, findings: Findings) -> None:
        """Nothing more at the end."""

    def _theirs(self, accounts: Ints) -> tuple[Bools, Bools]:
        """Which accounts are a beneficiary's at a bank, and which its kept wallets on a chain."""
        directory = self._directory
        role, on_chain = directory.role.at(accounts), directory.chain.at(accounts) >= 0
        theirs = role == directory.role_code("beneficiary")
        digital = np.zeros(len(accounts), np.bool_)
        for code in directory.terms.kept_assets:
            digital |= directory.asset.at(accounts) == int(code)
        return theirs & ~on_chain, (theirs & on_chain) | (digital & (role == directory.role_code("wallet")))

    def _no_charge(self, rows: Rows, at: Ints, findings: Findings) -> None:
        """Charges are the originator's (OUR), but for a wallet that pays as well as it receives."""
        payer = self._directory.role.at(rows.subject[at]) == self._directory.role_code("wallet")
        findings.where(
            "V6",
            ~payer,
            at,
            lambda i: "charges borne by the originator",
            lambda i: f"{Purpose(int(rows.reason[at[i]])).name} taken from the beneficiary",
        )

    def _learn(self, rows: Rows, at: Ints) -> None:
        """The table of payments is read when an order beyond it is credited."""
        if len(at) and int(rows.payment[at].max()) >= len(self._owed.units):
            self._owed = self._directory.owed()

    def _currency(self, rows: Rows, at: Ints, findings: Findings) -> None:
        asset = self._directory.asset.at(rows.object[at])
        back = _TAKES_BACK[rows.reason[at]]
        asset = np.where(back, self._directory.asset.at(rows.subject[at]), asset)
        owed, _ = self._owed.of(rows.payment[at])
        findings.where(
            "V6",
            asset != owed,
            at,
            lambda i: f"a beneficiary credited in {asset_name(int(owed[i]))}",
            lambda i: asset_name(int(asset[i])),
        )
