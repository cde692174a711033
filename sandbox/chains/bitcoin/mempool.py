"""Transactions that wait for a block: their kinship, their conflicts, and which a miner takes first."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush

from sandbox.chains.bitcoin.transaction import BitcoinTransaction

#: Most transactions in one chain of unconfirmed ones, itself included (Bitcoin Core's default policy).
ANCESTOR_LIMIT = 25
#: Packages that may fail to fit before the miner stops looking for smaller ones.
_MISFITS = 100

#: Weight of other people's transactions that pay at least this feerate (satoshi a virtual byte).
WeightAhead = Callable[[float], int]


@dataclass(slots=True, eq=False)
class Waiting:
    """One transaction in the mempool."""

    number: int
    transaction: BitcoinTransaction
    fee_sats: int
    parents: set[int] = field(default_factory=set)
    children: set[int] = field(default_factory=set)


class Mempool:
    """Unconfirmed transactions by number. It trusts that what is added was checked."""

    def __init__(self) -> None:
        self.waiting: dict[int, Waiting] = {}
        self._by_hash: dict[bytes, int] = {}
        self._spender: dict[bytes, int] = {}

    def __len__(self) -> int:
        return len(self.waiting)

    def __contains__(self, number: object) -> bool:
        return number in self.waiting

    def add(self, number: int, transaction: BitcoinTransaction, fee_sats: int) -> None:
        """Let a transaction wait. Its inputs must not be spent by another that waits."""
        entry = Waiting(number, transaction, fee_sats, self.parents_of(transaction))
        self.waiting[number] = entry
        self._by_hash[transaction.hash] = number
        for spent in transaction.inputs:
            self._spender[spent.outpoint] = number
        for parent in entry.parents:
            self.waiting[parent].children.add(number)

    def remove(self, number: int) -> None:
        """Take one transaction out; its relatives stay."""
        entry = self.waiting.pop(number)
        del self._by_hash[entry.transaction.hash]
        for spent in entry.transaction.inputs:
            del self._spender[spent.outpoint]
        for parent in entry.parents:
            self.waiting[parent].children.discard(number)
        for child in entry.children:
            self.waiting[child].parents.discard(number)

    def spender(self, outpoint: bytes) -> int | None:
        """Number of the waiting transaction that spends an output."""
        return self._spender.get(outpoint)

    def maker(self, outpoint: bytes) -> BitcoinTransaction | None:
        """The waiting transaction whose output this is."""
        number = self._by_hash.get(outpoint[:32])
        return None if number is None else self.waiting[number].transaction

    def conflicts(self, transaction: BitcoinTransaction) -> set[int]:
        """Numbers of the waiting transactions that spend any of the same coins."""
        found = (self._spender.get(spent.outpoint) for spent in transaction.inputs)
        return {number for number in found if number is not None}

    def parents_of(self, transaction: BitcoinTransaction) -> set[int]:
        """Numbers of the waiting transactions whose outputs it spends."""
        found = (self._by_hash.get(spent.outpoint[:32]) for spent in transaction.inputs)
        return {number for number in found if number is not None}

    def ancestors(self, numbers: Iterable[int]) -> set[int]:
        """The given transactions and all they depend on."""
        return self._closure(numbers, lambda entry: entry.parents)

    def descendants(self, numbers: Iterable[int]) -> set[int]:
        """The given transactions and all that depend on them."""
        return self._closure(numbers, lambda entry: entry.children)

    def _closure(self, numbers: Iterable[int], step: Callable[[Waiting], set[int]]) -> set[int]:
        found: set[int] = set()
        frontier = list(numbers)
        while frontier:
            number = frontier.pop()
            if number not in found:
                found.add(number)
                frontier.extend(step(self.waiting[number]))
        return found

    def template(self, max_weight: int, weight_ahead: WeightAhead | None = None) -> list[int]:
        """What a miner who wants the most fees puts into a block, in an order that respects dependence.

        Packages (a transaction with its waiting ancestors) are taken by falling feerate, the older first
        among equals, as far as ``max_weight`` reaches. ``weight_ahead`` is the weight that strangers'
        transactions paying at least a given feerate take up first.
        """
        chosen: dict[int, None] = {}
        heap = [
            self._score(number, {number}) if not entry.parents else self._score(number)
            for number, entry in self.waiting.items()
        ]
        heapify(heap)
        weight = misfits = 0
        while heap and misfits < _MISFITS:
            score, number = heappop(heap)
            if number in chosen:
                continue
            package = self._package(number, chosen)
            current = self._score(number, package)
            if current[0] != score:
                heappush(heap, current)
                continue
            size = sum(self.waiting[member].transaction.weight for member in package)
            ahead = weight_ahead(-score) if weight_ahead else 0
            if ahead + weight + size > max_weight:
                misfits += 1
                continue
            weight += size
            chosen.update(dict.fromkeys(sorted(package)))
            for relative in self.descendants(package) if any(map(self._has_children, package)) else ():
                if relative not in chosen:
                    heappush(heap, self._score(relative, self._package(relative, chosen)))
        return list(chosen)

    def _has_children(self, number: int) -> bool:
        return bool(self.waiting[number].children)

    def _package(self, number: int, chosen: dict[int, None]) -> set[int]:
        if not self.waiting[number].parents:
            return {number}
        return self.ancestors([number]) - chosen.keys()

    def _score(self, number: int, package: set[int] | None = None) -> tuple[float, int]:
        """Negative feerate of a package (satoshi a virtual byte), and the number that decides ties."""
        members = [self.waiting[member] for member in package or self.ancestors([number])]
        fees = sum(member.fee_sats for member in members)
        return -4 * fees / sum(member.transaction.weight for member in members), number
