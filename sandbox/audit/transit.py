"""Value in transit: what left the payer and has not reached an end belongs to an order in flight."""

import numpy as np

from sandbox.audit.balances import Balances
from sandbox.audit.facts import Directory, asset_name
from sandbox.audit.open_sums import CODES, OpenSums
from sandbox.audit.orders import Orders, is_terminal, state_name
from sandbox.audit.rows import Rows
from sandbox.audit.violation import Findings
from sandbox.journal.kinds import Kind


class Transit:
    """V9."""

    def __init__(self, directory: Directory, orders: Orders, balances: Balances) -> None:
        self._directory = directory
        self._orders = orders
        self._balances = balances
        self._sums = OpenSums()

    def chunk(self, rows: Rows, findings: Findings) -> None:
        """At every terminal the order has nothing left in transit."""
        role = self._directory.role_code("in_transit")
        posted = rows.of(Kind.POSTED)
        leaves = self._directory.role.at(rows.subject[posted]) == role
        comes = self._directory.role.at(rows.object[posted]) == role
        at = posted[leaves | comes]
        findings.where(
            "V9",
            rows.payment[at] < 0,
            at,
            lambda i: "value in transit belongs to an order",
            lambda i: f"{rows.amount[at[i]]} minor units of no order",
        )
        change = comes.astype(np.int64) - leaves.astype(np.int64)
        units = change[leaves | comes] * rows.amount[at]
        own = rows.payment[at] >= 0
        at, units = at[own], units[own]
        asset = self._directory.asset.at(rows.subject[at])
        keys = rows.payment[at] * CODES + (asset & 63)
        moved = rows.of(Kind.MOVED)
        ends = moved[is_terminal(rows.object[moved])]
        worst = self._sums.fold(at, keys, units, ends, rows.payment[ends])
        if worst is not None:
            what, left = asset_name(worst.code), worst.units
            asked = np.array([worst.position], dtype=np.int64)
            state = state_name(int(rows.object[worst.position]))
            findings.where(
                "V9",
                np.ones(1, np.bool_),
                asked,
                lambda i: f"nothing of it in transit when an order is {state}",
                lambda i: f"{left} minor units of {what} in transit",
            )

    def finish(self, findings: Findings) -> None:
        """What is in transit belongs to orders in flight, to the unit."""
        ended = np.flatnonzero(self._orders.ended(self._sums.payments))
        if len(ended):
            what = asset_name(int(self._sums.keys[ended[0]] % CODES))
            findings.at_end(
                "V9",
                "nothing in transit of an order that has ended",
                f"{self._sums.units[ended[0]]} minor units of {what}",
                int(self._sums.payments[ended[0]]),
            )
        accounts = self._directory.accounts
        role = self._directory.role_code("in_transit")
        transit = self._directory.role.data[:accounts] == role
        self._balances.posted.reach(accounts)
        for asset in np.unique(self._directory.asset.data[:accounts][transit]).tolist():
            which = transit & (self._directory.asset.data[:accounts] == asset)
            books = int(self._balances.posted.data[:accounts][which].sum())
            orders = int(self._sums.units[self._sums.keys % CODES == asset].sum())
            if books != orders:
                findings.at_end(
                    "V9",
                    f"{orders} minor units of {asset_name(asset)} of orders in flight in transit",
                    f"{books} on the accounts",
                )
