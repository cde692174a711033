"""While the breaker of a market is open, dealers strike no conversion in its asset."""

import numpy as np

from sandbox.audit.facts import asset_name
from sandbox.audit.rows import Rows
from sandbox.audit.violation import Bools, Findings, Ints
from sandbox.journal.kinds import Kind


class Halts:
    """V10. Halts are rare, so most chunks cost one look.

    A quote for this very second only repeats the price of a delivery that was struck earlier and has just arrived.
    """

    def __init__(self) -> None:
        self._halted: set[int] = set()

    def chunk(self, rows: Rows, findings: Findings) -> None:
        """Check the quotes of a chunk against the halts in force."""
        halts = rows.of(Kind.MARKET_HALT)
        if not len(halts) and not self._halted:
            return
        quotes = rows.of(Kind.QUOTED)
        quotes = quotes[rows.extra[quotes] > rows.time[quotes]]
        for asset in sorted(self._halted | set(rows.subject[halts].tolist())):
            of_asset = halts[rows.subject[halts] == asset]
            struck = quotes[(rows.subject[quotes] == asset) | (rows.object[quotes] == asset)]
            said: Bools = np.append(rows.amount[of_asset] == 1, asset in self._halted)
            self._report(rows, asset, struck[said[np.searchsorted(of_asset, struck) - 1]], findings)
            if len(of_asset):
                (self._halted.add if said[len(of_asset) - 1] else self._halted.discard)(asset)

    def finish(self, findings: Findings) -> None:
        """Nothing more at the end."""

    def _report(self, rows: Rows, asset: int, wrong: Ints, findings: Findings) -> None:
        findings.where(
            "V10",
            np.ones(len(wrong), np.bool_),
            wrong,
            lambda i: f"no new quote for {asset_name(asset)} while its market is halted",
            lambda i: f"a quote valid until second {rows.extra[wrong[i]]}",
        )
