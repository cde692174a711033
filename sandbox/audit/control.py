"""Currency control: nothing of value leaves under a contract that was never registered."""

import numpy as np

from sandbox.audit.cells import Cells
from sandbox.audit.facts import Directory
from sandbox.audit.rows import Rows, merged
from sandbox.audit.violation import Findings
from sandbox.journal.kinds import Kind
from sandbox.lifecycle import State
from sandbox.money import Asset

_VALIDATED, _PROFILE = int(State.VALIDATED), int(State.PROFILE)

#: A rate may turn between the bank's look at it and the row: values this near the threshold are left alone.
_CLEARLY_ABOVE = 1.02


class CurrencyControl:
    """D7. An order's value is its invoice at the journal's last price of the dollar when its attempt begins.

    Only then does the bank look at the value; authorisation and documents may take weeks in which the price turns.
    """

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._invoice = Cells()
        self._importer = Cells(np.int32, -1)
        self._supplier = Cells(np.int32, -1)
        self._rate = 0
        """Roubles of one dollar x 10**8."""
        self._registered: set[tuple[int, int]] = set()
        self._large: set[int] = set()
        """Payments whose attempt began with a value above the threshold."""

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
        begun = moved[rows.object[moved] == _VALIDATED]
        rates = np.concatenate(([self._rate], rows.amount[prices]))
        kopecks = self._invoice.at(rows.payment[begun]) * (rates[np.searchsorted(prices, begun)] / 10**8)
        thresholds = np.full(len(begun), float(threshold))
        exports_from = self._directory.terms.exports_registered_from
        if exports_from is not None:
            thresholds[self._directory.owed().exported(rows.payment[begun])] = exports_from
        large = begun[kopecks > thresholds * _CLEARLY_ABOVE]
        if len(prices):
            self._rate = int(rows.amount[prices[-1]])
        # Rows of the payments that are or become large, and what registers their contracts, in their order.
        concerned = np.array(sorted(self._large.union(rows.payment[large].tolist())), dtype=np.int64)
        entered = moved[rows.object[moved] == _PROFILE]
        steps = np.concatenate((begun, entered))
        steps = steps[np.isin(rows.payment[steps], concerned)]
        above = set(large.tolist())
        for position in merged(rows.of(Kind.REGISTERED), steps).tolist():
            payment = int(rows.payment[position])
            if rows.kind[position] == int(Kind.REGISTERED):
                self._registered.add(self._contract(payment))
            elif rows.object[position] == _VALIDATED:
                (self._large.add if position in above else self._large.discard)(payment)
            elif payment not in self._large:
                continue
            elif self._contract(payment) in self._registered:
                self._large.discard(payment)
            else:
                findings.where(
                    "D7",
                    np.array([True]),
                    np.array([position], dtype=np.int64),
                    lambda i: "a registered contract behind an order of this value",
                    lambda i: "none registered",
                )
                return

    def _contract(self, payment: int) -> tuple[int, int]:
        """Importer and supplier of an order."""
        number = np.array([payment])
        return int(self._importer.at(number)[0]), int(self._supplier.at(number)[0])

    def finish(self, findings: Findings) -> None:
        """Nothing more at the end."""
