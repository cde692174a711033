"""Settlement in gross with a queue, on the product's books: how much liquidity, how much delay.

Each bank pays one unit at a time from what it has; what it cannot pay waits in its own queue, first in first
out. With offsetting, a payment that would have to wait is settled at once against one that waits the other way
round, wherever it stands in its queue: of equal payments nothing moves on net.
"""

from collections import deque
from collections.abc import Sequence
from math import comb, sqrt
from statistics import fmean, stdev

from sandbox.books import Books
from sandbox.journal.kinds import Purpose
from sandbox.money import Asset
from sandbox.randomness import Stream, Streams
from sandbox.validation.laboratory import laboratory
from sandbox.validation.reading import Effort, Reading, fixed, repeated


class GrossSettlement:
    """Banks that settle unit payments in real time, one day."""

    def __init__(self, books: Books, accounts: Sequence[int], offsetting: bool) -> None:
        self._books, self._accounts, self._offsetting = books, accounts, offsetting
        self._queues: list[deque[tuple[int, float]]] = [deque() for _ in accounts]
        self.delay = 0.0
        """Sum of the times that settled payments waited, in days."""

    def submit(self, payer: int, payee: int, now: float) -> None:
        """A payment of one unit arrives."""
        if not self._queues[payer] and self._pay(payer, payee):
            self._settle_what_can_be(payee, now)
        elif not (self._offsetting and self._offset(payer, payee, now)):
            self._queues[payer].append((payee, now))

    def close(self, end: float = 1.0) -> None:
        """The day ends: what still waits has waited until now, and is dropped."""
        for queue in self._queues:
            self.delay += sum(end - came for _, came in queue)
            queue.clear()

    def _pay(self, payer: int, payee: int) -> bool:
        books, accounts = self._books, self._accounts
        if books.available(accounts[payer]) < 1:
            return False
        books.transfer(-1, -1, accounts[payer], accounts[payee], 1, Purpose.PRINCIPAL)
        return True

    def _settle_what_can_be(self, first: int, now: float) -> None:
        """A bank was paid: work off its queue, and those of the banks that it pays thereby."""
        paid = [first]
        while paid:
            bank = paid.pop()
            queue = self._queues[bank]
            while queue and self._pay(bank, queue[0][0]):
                payee, came = queue.popleft()
                self.delay += now - came
                paid.append(payee)

    def _offset(self, payer: int, payee: int, now: float) -> bool:
        """Settle a new payment against one that the payee owes the payer, if one waits."""
        owed = self._queues[payee]
        for place, (creditor, came) in enumerate(owed):
            if creditor == payer:
                del owed[place]
                self.delay += now - came
                # What stood behind it may be first now.
                self._settle_what_can_be(payee, now)
                return True
        return False


def delay_indicator(level: int, offsetting: bool, days: int, seed: int) -> list[float]:
    """Share of the longest possible delay that payments had, day by day.

    15 banks with ``level`` units each at dawn; 3,000 unit payments a day between random pairs, at even steps.
    """
    banks, payments = 15, 3_000
    streams = Streams(seed)
    payers, payees = streams.named("payers"), streams.named("payees")
    longest = sum(1.0 - (number + 0.5) / payments for number in range(payments))
    indicators = []
    for _ in range(days):
        ground = laboratory()
        books = ground.books
        source = books.open("central-bank", Asset.RUB, "outside", overdraft=True)
        accounts = [books.open(f"bank/{number}", Asset.RUB, "cash") for number in range(banks)]
        for account in accounts:
            books.transfer(-1, -1, source, account, level, Purpose.OPENING)
        system = GrossSettlement(books, accounts, offsetting)
        for number in range(payments):
            payer, payee = _pair(banks, payers, payees)
            system.submit(payer, payee, (number + 0.5) / payments)
        system.close()
        indicators.append(system.delay / longest)
    return indicators


def _pair(banks: int, payers: Stream, payees: Stream) -> tuple[int, int]:
    payer = payers.integers(banks)
    return payer, (payer + 1 + payees.integers(banks - 1)) % banks


#: Opening liquidity a bank -> published delay indicator first in first out, and with bilateral offsetting.
CONGESTION = (
    (1, 0.137, 0.083),
    (5, 0.056, 0.044),
    (10, 0.026, 0.023),
    (20, 0.0075, 0.007),
    (40, 0.0002, 0.0002),
)


#: The published curve is told to so much.
_SHAPE = 0.01


def congestion(effort: Effort) -> Sequence[Reading]:
    """V15."""
    days = effort.times(60)
    readings = []
    for level, plain, offset in CONGESTION:
        for offsetting, published in ((False, plain), (True, offset)):
            found = delay_indicator(level, offsetting, days, seed=150 + level)
            error = stdev(found) / sqrt(len(found))
            what = f"delay indicator at {level} units, {'with offsetting' if offsetting else 'first in first out'}"
            readings.append(
                Reading(
                    what=what,
                    expected=published,
                    got=fmean(found),
                    tolerance=max(3.0 * error, _SHAPE),
                    allowed="3 standard errors or .01",
                    samples=days * 3_000,
                    widest=max(_SHAPE, effort.widest(0.016)),
                )
            )
    return readings


def bounds(effort: Effort) -> Sequence[Reading]:
    """V14: what a bank needs so that 200 payments in and out never wait, and so that they settle in the end."""
    payments, days = 200, effort.times(3_000)
    stream = Streams(14).named("directions")
    needed: list[float] = []
    least: list[float] = []
    for _ in range(days):
        books = laboratory().books
        world = books.open("world", Asset.RUB, "outside", overdraft=True)
        bank = books.open("bank/1", Asset.RUB, "cash", overdraft=True)
        lowest = 0
        for _ in range(payments):
            pair = (bank, world) if stream.bernoulli(0.5) else (world, bank)
            books.transfer(-1, -1, *pair, 1, Purpose.PRINCIPAL)
            lowest = min(lowest, books.balance(bank))
        needed.append(-float(lowest))
        least.append(max(0.0, -float(books.balance(bank))))
    upper, lower = _expected_peak(payments), _expected_excess(payments)
    limit = effort.widest(0.9)
    ratio = fmean(needed) / fmean(least)
    return [
        repeated("units so that nothing waits", upper, needed, days, widest=limit, published="10.798"),
        repeated("units so that everything settles", lower, least, days, widest=limit, published="5.635"),
        fixed("their ratio by formula", 1.916, upper / lower, 0.0006),
        fixed("their ratio in the sample", upper / lower, ratio, 0.25),
    ]


def _expected_excess(steps: int) -> float:
    """Mean positive part of a symmetric walk after so many steps."""
    return sum((2 * up - steps) * comb(steps, up) for up in range(steps // 2 + 1, steps + 1)) / 2.0**steps


def _expected_peak(steps: int) -> float:
    """Mean maximum of the walk (Spitzer's identity)."""
    return sum(_expected_excess(n) / n for n in range(1, steps + 1))
