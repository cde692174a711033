"""Who owes whom: double-entry books of bank money and chain assets in whole minor units."""

from sandbox.books.accounts import (
    Account,
    AssetsDiffer,
    BadAmount,
    BooksError,
    HoldResolved,
    InsufficientFunds,
    SameAccount,
    UnknownAccount,
    UnknownHold,
    WrongLegs,
)
from sandbox.books.conversion import Conversion, cost_of
from sandbox.books.ledger import Books, Leg

__all__ = [
    "Account",
    "AssetsDiffer",
    "BadAmount",
    "Books",
    "BooksError",
    "Conversion",
    "HoldResolved",
    "InsufficientFunds",
    "Leg",
    "SameAccount",
    "UnknownAccount",
    "UnknownHold",
    "WrongLegs",
    "cost_of",
]
