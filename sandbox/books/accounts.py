"""What an account is, and the ways in which the books refuse."""

from dataclasses import dataclass

from sandbox.money import Asset


@dataclass(frozen=True, slots=True)
class Account:
    """One account; its balance is what it received minus what it gave."""

    number: int
    """Its number in journal and books, from 0."""
    owner: str
    """The entity whose account it is, such as ``dealer/1``."""
    asset: Asset
    """The one asset it holds."""
    role: str
    """What it is for, such as ``inventory``."""
    overdraft: bool
    """Whether it may give more than it received: issuers and the outside world only."""
    chain: str | None
    """The chain it mirrors, such as ``chain/evm``, or None for bank money."""
    address: str
    """Its address on that chain, or empty."""


class BooksError(ValueError):
    """The books refuse; nothing has changed and nothing is recorded."""


class BadAmount(BooksError):
    """An amount is not a positive whole number of minor units that fits the journal."""


class UnknownAccount(BooksError):
    """No account has this number."""


class SameAccount(BooksError):
    """An account cannot pay itself."""


class AssetsDiffer(BooksError):
    """The two accounts of one leg hold different assets."""


class WrongLegs(BooksError):
    """The legs do not make the entry they are meant to be."""


class UnknownHold(BooksError):
    """No hold has this number."""


class HoldResolved(BooksError):
    """The hold has already been posted, voided or expired."""


class InsufficientFunds(BooksError):
    """An account has less available than is asked of it."""

    def __init__(self, account: int, wanted: int, available: int) -> None:
        super().__init__(f"account {account} has {available} available, not {wanted}")
        self.account = account
        self.wanted = wanted
        self.available = available
