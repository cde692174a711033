"""The auditor: checks a journal as it grows, chunk by chunk, and stops the run at the first broken rule."""

from collections.abc import Callable, Iterable, Sequence

import numpy as np

from sandbox.audit.authority import Authority
from sandbox.audit.balances import Balances
from sandbox.audit.blocks import Blocks
from sandbox.audit.control import CurrencyControl
from sandbox.audit.conversions import Conversions
from sandbox.audit.desks import Desks
from sandbox.audit.entries import Entries
from sandbox.audit.escrow import Escrow
from sandbox.audit.exports import Exports
from sandbox.audit.facts import AccountRow, Directory, Owed, Terms
from sandbox.audit.fees import Fees
from sandbox.audit.finality import Finality
from sandbox.audit.freezes import Freezes
from sandbox.audit.goods import Goods
from sandbox.audit.halts import Halts
from sandbox.audit.holds import Holds
from sandbox.audit.limits import Limits
from sandbox.audit.orders import Orders
from sandbox.audit.payouts import Payouts
from sandbox.audit.permanence import Permanence
from sandbox.audit.refunds import Refunds
from sandbox.audit.regimes import Regimes
from sandbox.audit.retries import Retries
from sandbox.audit.rows import Rows
from sandbox.audit.rules import Family
from sandbox.audit.settlement import Settlement
from sandbox.audit.shape import Shape
from sandbox.audit.supervision import Supervision
from sandbox.audit.transfers import Transfers
from sandbox.audit.transit import Transit
from sandbox.audit.transitions import Transitions
from sandbox.audit.violation import Finding, Findings, Records, Violation
from sandbox.audit.volumes import Volumes
from sandbox.audit.wallets import Wallets
from sandbox.journal.kinds import Kind


class Auditor:
    """Checks every rule of :data:`sandbox.audit.rules.CHECKS` on a journal that is fed to it in order.

    ``entities``, ``accounts`` and ``owed`` give the journal's static tables as they stand. Put :meth:`chunk` on the
    journal's ``on_chunk``, call :meth:`block_closed` after each block and :meth:`finish` after the journal's
    last flush; each raises :class:`Violation` at the first broken rule, and the auditor is then of no more
    use. It knows no engine: everything is folded anew from the rows.
    """

    def __init__(
        self,
        entities: Callable[[], Sequence[str]],
        accounts: Callable[[], Sequence[AccountRow]],
        terms: Terms,
        owed: Callable[[], Owed] = Owed.nothing,
    ) -> None:
        self._directory = Directory(entities, accounts, terms, owed)
        self._pending: Records | None = None
        self._first = 0
        orders = Orders()
        holds = Holds(orders)
        self._balances = Balances(self._directory, holds)
        self._shape = Shape(self._directory)
        blocks = Blocks(self._directory)
        # Later families use what earlier ones found out about the chunk.
        self._families: tuple[Family, ...] = (
            Transitions(orders),
            Retries(),
            Entries(self._directory),
            holds,
            self._balances,
            Freezes(self._directory),
            Wallets(self._directory),
            Limits(self._directory),
            Conversions(self._directory, orders),
            Halts(),
            Fees(self._directory, orders),
            Transit(self._directory, orders, self._balances),
            Authority(self._directory, orders),
            Supervision(self._directory, orders),
            Permanence(self._directory),
            Volumes(self._directory, orders),
            Regimes(self._directory, orders),
            blocks,
            Finality(self._directory, blocks),
            Settlement(self._directory, blocks),
            Transfers(self._directory),
            Payouts(self._directory),
            Exports(self._directory),
            Desks(self._directory),
            Goods(self._directory, orders),
            Refunds(self._directory),
            Escrow(self._directory),
            CurrencyControl(self._directory),
        )
        self._time = 0

    def chunk(self, records: Records, first: int) -> None:
        """Check the next records of the journal, the first of which is row ``first``."""
        if self._pending is not None:
            first -= len(self._pending)
            records = np.concatenate((self._pending, records))
        whole = _whole_entries(records)
        self._pending = records[whole:] if whole < len(records) else None
        if whole:
            self._check(records[:whole], first)

    def block_closed(self, chain: str, height: int, rows: int, readings: Iterable[tuple[int, int]]) -> None:
        """Note what a chain itself says after block ``height``, when the journal had ``rows`` rows.

        ``readings`` are ``(account, units)`` of the accounts that the block touched, read from the chain and
        not from the books. They are compared with the books at exactly that row, once it is checked.
        """
        try:
            self._balances.readings.add(rows, height, readings)
        except OverflowError:
            raise Violation(
                Finding(
                    rule="C4",
                    seq=rows,
                    time=self._time,
                    payment=-1,
                    expected=f"a balance on {chain} as in the books after block {height}",
                    found="more units than 64 bits hold",
                )
            ) from None

    def finish(self, complete: bool = True) -> None:
        """Check what only the end shows. ``complete`` False: the run was interrupted before its horizon."""
        if self._pending is not None:
            pending, self._pending = self._pending, None
            self._check(pending, self._first)
        self._directory.refresh()
        findings = Findings()
        self._balances.settle_readings(self._first, findings)
        if complete:
            for family in self._families:
                family.finish(findings)
        if findings:
            raise Violation(
                Finding(
                    rule=findings.rule,
                    seq=self._first,
                    time=self._time,
                    payment=findings.payment,
                    expected=findings.expected,
                    found=findings.found,
                )
            )

    def _check(self, records: Records, first: int) -> None:
        self._directory.refresh()
        rows = Rows(records, first)
        findings = Findings()
        self._shape.chunk(rows, findings)
        if findings:
            # The whole entries before the unreadable row may break another rule earlier.
            readable = records[: findings.position]
            rows = Rows(readable[: _whole_entries(readable)], first)
        if len(rows):
            for family in self._families:
                family.chunk(rows, findings)
        if findings:
            at = findings.position
            raise Violation(
                Finding(
                    rule=findings.rule,
                    seq=first + at,
                    time=int(records["time"][at]),
                    payment=int(records["payment"][at]),
                    expected=findings.expected,
                    found=findings.found,
                )
            )
        self._first = first + len(records)
        self._time = int(records["time"][-1])


def _whole_entries(records: Records) -> int:
    """How many of the records can be checked: all but the entry that may go on in the next chunk."""
    kinds, numbers = records["kind"], records["extra"]
    end, entry = len(records), None
    while end:
        kind, number = int(kinds[end - 1]), int(numbers[end - 1])
        if kind == Kind.POSTED and entry in (None, number):
            entry = number
        elif kind == Kind.HOLD_POSTED:  # comes just before its entry
            return end - 1
        elif kind != Kind.CONVERTED or entry is not None:  # CONVERTED comes just after its entry
            break
        end -= 1
    return end
