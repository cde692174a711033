"""Coins carried from one owner to another outside any payment: a restock, a sweep, a miner's sale."""

from collections.abc import Callable

from sandbox.chains.bitcoin import Confirmation
from sandbox.journal.kinds import QuickPurpose as Purpose
from sandbox.mirror import BitcoinLedger
from sandbox.rail import Ground

#: Satoshi a virtual byte that such a transfer pays; nobody is in a hurry.
FEERATE = 1.0


def deliver(
    ground: Ground,
    ledger: BitcoinLedger,
    actor: int,
    debit: int,
    credit: int,
    sats: int,
    booked: Callable[[bool], None],
    conflicted: Callable[[], None],
) -> Confirmation:
    """Broadcast a transfer. ``booked`` is called in the first block that holds it, ``conflicted`` if none ever will.

    A reorganisation that takes its block away, and a later block that holds it again, are booked here.
    """
    books, first = ground.books, True

    def in_block(ok: bool) -> None:
        nonlocal first
        if first:
            first = False
            booked(ok)
        else:
            books.transfer(-1, actor, debit, credit, sats, Purpose.REORG)

    def undone() -> None:
        books.transfer(-1, actor, credit, debit, sats, Purpose.REORG)

    confirmation, _ = ledger.send(
        -1, actor, debit, credit, sats, FEERATE, in_block, undone, conflicted=conflicted
    )
    return confirmation
