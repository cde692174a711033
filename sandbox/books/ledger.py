"""Double-entry books: every movement debits the account that gives and credits the one that receives.

An entry happens whole or not at all; what is recorded can be replayed row by row without any account ever
going below what it holds.
"""

import struct
from collections.abc import Iterable, Sequence

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
from sandbox.books.conversion import Conversion
from sandbox.journal import Journal, Purpose
from sandbox.journal.kinds import QuickKind, QuickPurpose
from sandbox.money import MAX_UNITS, Asset

#: Debit account, credit account, minor units, why.
Leg = tuple[int, int, int, Purpose]

_WRONG_AMOUNT = "an amount is a positive whole number of minor units, not {!r}"


class Books:
    """All accounts of a run. Only accounts with ``overdraft`` may give more than they received."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._record = journal.record
        self._enter = journal.entry
        self._accounts: list[Account] = []
        self._assets: list[Asset] = []
        self._balances: list[int] = []
        self._held: list[int] = []
        self._overdraft: list[bool] = []
        self._entries = 0
        self._holds: dict[int, tuple[int, int, int]] = {}
        self._hold_count = 0

    @property
    def accounts(self) -> tuple[Account, ...]:
        """All accounts, by number."""
        return tuple(self._accounts)

    def open(
        self,
        owner: str,
        asset: Asset,
        role: str,
        overdraft: bool = False,
        chain: str | None = None,
        address: str = "",
    ) -> int:
        """Open an account with nothing on it; its number."""
        number = len(self._accounts)
        entity = self._journal.entity
        chain_entity = -1 if chain is None else entity(chain)
        self._journal.account(number, entity(owner), asset, role, overdraft, chain_entity, address)
        self._accounts.append(Account(number, owner, asset, role, overdraft, chain, address))
        self._assets.append(asset)
        self._balances.append(0)
        self._held.append(0)
        self._overdraft.append(overdraft)
        return number

    def balance(self, account: int) -> int:
        """Received minus given, in minor units."""
        return self._balances[self._known(account)]

    def held(self, account: int) -> int:
        """Reserved by open holds, in minor units."""
        return self._held[self._known(account)]

    def available(self, account: int) -> int:
        """Balance minus what is held."""
        if account < 0:
            raise UnknownAccount(f"no account {account}")
        try:
            return self._balances[account] - self._held[account]
        except IndexError:
            raise UnknownAccount(f"no account {account}") from None

    def most_available(self, accounts: Iterable[int]) -> int:
        """The largest of what these accounts have available."""
        balances, held = self._balances, self._held
        most: int | None = None
        for account in accounts:
            free = balances[account] - held[account]
            if most is None or free > most:
                most = free
        if most is None:
            raise ValueError("no account to look at")
        return most

    def total(self, asset: Asset) -> int:
        """Units in circulation: the balances of all accounts that cannot be overdrawn."""
        return sum(
            balance
            for balance, held_asset, overdraft in zip(
                self._balances, self._assets, self._overdraft, strict=True
            )
            if held_asset is asset and not overdraft
        )

    def transfer(
        self, payment: int, actor: int, debit: int, credit: int, amount: int, purpose: Purpose
    ) -> int:
        """Post an entry of one leg; its number. Raises BooksError with nothing changed."""
        return self.post(payment, actor, ((debit, credit, amount, purpose),))

    def post(self, payment: int, actor: int, legs: Sequence[Leg]) -> int:
        """Post an entry of several legs, all or none; its number.

        Legs apply in the order given, and no account may give more than it has available at its turn.
        Raises BooksError with nothing changed.
        """
        self._move(legs)
        number = self._entries + 1  # what _write does, without its frame: entries are the commonest act here
        try:
            self._enter(payment, actor, legs, number)
        except struct.error:
            self._undo(legs)
            raise
        self._entries = number
        return number

    def reserve(self, payment: int, account: int, amount: int) -> int:
        """Hold part of what is available; the hold's number. Raises BooksError with nothing changed."""
        if not 0 <= account < len(self._balances):
            raise UnknownAccount(f"no account {account}")
        available = self._balances[account] - self._held[account]
        if type(amount) is not int or not 0 < amount <= MAX_UNITS:
            raise BadAmount(_WRONG_AMOUNT.format(amount))
        if amount > available and not self._overdraft[account]:
            raise InsufficientFunds(account, amount, available)
        hold = self._hold_count + 1
        self._record(QuickKind.RESERVED, payment, -1, account, -1, amount, hold)
        self._hold_count = hold
        self._held[account] += amount
        self._holds[hold] = (payment, account, amount)
        return hold

    def post_hold(self, hold: int, actor: int, legs: Sequence[Leg]) -> int:
        """Deliver held money with these legs and release the rest; the entry's number.

        The legs that debit the held account sum to more than nothing and at most the hold. Raises BooksError
        with nothing changed. The journal gets HOLD_POSTED first, then the legs.
        """
        payment, account, amount = self._open_hold(hold)
        delivered = sum(leg[2] for leg in legs if leg[0] == account)
        if not 0 < delivered <= amount:
            raise WrongLegs(f"hold {hold} of {amount} cannot deliver {delivered}")
        self._held[account] -= amount
        try:
            self._move(legs)
        except BooksError:
            self._held[account] += amount
            raise
        del self._holds[hold]
        self._record(QuickKind.HOLD_POSTED, payment, actor, account, -1, delivered, hold)
        return self._write(payment, actor, legs)

    def void(self, hold: int) -> None:
        """Release a hold that is not needed. Raises UnknownHold or HoldResolved."""
        payment, account, amount = self._holds.get(hold) or self._open_hold(hold)
        self._record(QuickKind.HOLD_VOIDED, payment, -1, account, -1, amount, hold)
        del self._holds[hold]
        self._held[account] -= amount

    def expire(self, hold: int) -> None:
        """Release a hold whose time is up. Raises UnknownHold or HoldResolved."""
        payment, account, amount = self._open_hold(hold)
        self._record(QuickKind.HOLD_EXPIRED, payment, -1, account, -1, amount, hold)
        del self._holds[hold]
        self._held[account] -= amount

    def quote(
        self, payment: int, provider: int, *, sold: Asset, paid: Asset, price_e8: int, valid_until: int
    ) -> None:
        """Record a provider's promise: minor units paid x 10**8 for one minor unit sold, until a second."""
        if price_e8 <= 0:
            raise BadAmount(f"a price must be positive, not {price_e8}")
        self._record(QuickKind.QUOTED, payment, provider, sold, paid, price_e8, valid_until)

    def convert(
        self,
        payment: int,
        provider: int,
        conversion: Conversion,
        *,
        deliver: tuple[int, int],
        pay: tuple[int, int],
        spread_to: int,
        rounding_to: int,
        hold: int | None = None,
    ) -> int:
        """Both legs of a conversion, its spread and its rounding as one entry; the entry's number.

        ``deliver`` and ``pay`` are (debit, credit) accounts of the asset sold and the asset paid; with
        ``hold`` the client's money was reserved before. Raises BooksError with nothing changed.
        """
        legs = self._conversion_legs(conversion, deliver, pay, spread_to, rounding_to)
        entry = self.post(payment, provider, legs) if hold is None else self.post_hold(hold, provider, legs)
        sold, paid, units_sold, units_paid = conversion[:4]
        self._record(QuickKind.CONVERTED, payment, provider, sold, paid, units_sold, units_paid)
        return entry

    def _conversion_legs(
        self,
        conversion: Conversion,
        deliver: tuple[int, int],
        pay: tuple[int, int],
        spread_to: int,
        rounding_to: int,
    ) -> list[Leg]:
        sold, paid, units_sold, _, mid_units, spread_units, rounding_units = conversion
        payer, payee = pay
        for debit, asset in ((deliver[0], sold), (payer, paid)):
            if not 0 <= debit < len(self._assets) or self._assets[debit] is not asset:
                raise AssetsDiffer(f"account {self._known(debit)} does not hold {asset.name}")
        legs: list[Leg] = []
        if mid_units:
            legs.append((payer, payee, mid_units, QuickPurpose.FX_LEG))
        if spread_units:
            legs.append((payer, spread_to, spread_units, QuickPurpose.SPREAD))
        if rounding_units:
            legs.append((payer, rounding_to, rounding_units, QuickPurpose.ROUNDING))
        legs.append((*deliver, units_sold, QuickPurpose.FX_LEG))
        return legs

    def _move(self, legs: Sequence[Leg]) -> None:
        """Apply legs to the balances, or none of them; every rule of a leg is checked here."""
        if not legs:
            raise WrongLegs("an entry has at least one leg")
        balances, held, assets, overdraft = self._balances, self._held, self._assets, self._overdraft
        moved = 0
        try:
            for debit, credit, amount, _ in legs:
                if type(amount) is not int or not 0 < amount <= MAX_UNITS:
                    raise BadAmount(_WRONG_AMOUNT.format(amount))
                if debit < 0 or credit < 0:
                    raise UnknownAccount(f"no account {min(debit, credit)}")
                if debit == credit:
                    raise SameAccount(f"account {debit} cannot pay itself")
                if assets[debit] is not assets[credit]:
                    raise AssetsDiffer(f"accounts {debit} and {credit} hold different assets")
                rest = balances[debit] - amount
                if rest < held[debit] and not overdraft[debit]:
                    raise InsufficientFunds(debit, amount, rest + amount - held[debit])
                balances[debit] = rest
                balances[credit] += amount
                moved += 1
        except (BooksError, IndexError) as refusal:
            self._undo(legs[:moved])
            if isinstance(refusal, IndexError):
                raise UnknownAccount(f"no account {max(debit, credit)}") from None
            raise

    def _undo(self, legs: Sequence[Leg]) -> None:
        for debit, credit, amount, _ in legs:
            self._balances[debit] += amount
            self._balances[credit] -= amount

    def _write(self, payment: int, actor: int, legs: Sequence[Leg]) -> int:
        """Record an entry that has been applied; its number."""
        number = self._entries + 1
        try:
            self._enter(payment, actor, legs, number)
        except struct.error:
            self._undo(legs)
            raise
        self._entries = number
        return number

    def _open_hold(self, hold: int) -> tuple[int, int, int]:
        found = self._holds.get(hold)
        if found is not None:
            return found
        if 0 < hold <= self._hold_count:
            raise HoldResolved(f"hold {hold} has been resolved")
        raise UnknownHold(f"no hold {hold}")

    def _known(self, account: int) -> int:
        if not 0 <= account < len(self._accounts):
            raise UnknownAccount(f"no account {account}")
        return account
