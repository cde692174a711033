"""Currency control: nothing of value leaves under a contract that was never registered."""

import numpy as np

from sandbox.audit.cells import Cells
from sandbox.audit.facts import Directory
from sandbox.audit.rows import Rows
from sandbox.audit.violation import Findings
from sandbox.journal.kinds import Kind
from sandbox.lifecycle import State
from sandbox.money import Asset

_PROFILE = int(State.PROFILE)

#: A rate may turn between the bank's look at it and the row: values this near the threshold are left alone.
_CLEARLY_ABOVE = 1.02


class CurrencyControl:
    """D7. The order's value is its invoice at the last price of the dollar in the journal."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._invoice = Cells()
        self._importer = Cells(np.int32, -1)
        self._supplier = Cells(np.int32, -1)
        self._rate = 0
        """Roubles of one dollar x 10**8."""
        self._registered: set[tuple[int, int]] = set()

    def chunk(self, rows: Rows, findings: Findings) -> None:
        """Check that orders above the threshold belong to registered contracts."""
        threshold = self._directory.terms.registered_from
        if threshold is None:
            return
        created = rows.of(Kind.CREATED)
        self._invoice.put(rows.payment[created], rows.amount[created])
        self._importer.put(rows.payment[created], rows.actor[created])
        self._supplier.put(rows.payment[created], rows.subject[created])
        prices = rows.of(Kind.PRICE)
        prices = prices[(rows.subject[prices] == int(Asset.USD)) & (rows.object[prices] == int(Asset.RUB))]
        moved = rows.of(Kind.MOVED)
        moved = moved[rows.object[moved] == _PROFILE]
        rates = np.concatenate(([self._rate], rows.amount[prices]))
        rate = rates[np.searchsorted(prices, moved)]
        kopecks = self._invoice.at(rows.payment[moved]) * (rate / 10**8)
        large = moved[kopecks > threshold * _CLEARLY_ABOVE]
        if len(prices):
            self._rate = int(rows.amount[prices[-1]])
        for position in np.sort(np.concatenate((rows.of(Kind.REGISTERED), large))).tolist():
            payment = rows.payment[position : position + 1]
            pair = (int(self._importer.at(payment)[0]), int(self._supplier.at(payment)[0]))
            if rows.kind[position] == int(Kind.REGISTERED):
                self._registered.add(pair)
            elif pair not in self._registered:
                findings.where(
                    "D7",
                    np.array([True]),
                    np.array([position], dtype=np.int64),
                    lambda i: "a registered contract behind an order of this value",
                    lambda i: "none registered",
                )
                return

    def finish(self, findings: Findings) -> None:
        """Nothing more at the end."""
