"""Miners: what they bring forth, the share offered to the regime, and their daily sale.

Each offers a share of its output. At noon the day's coins go to the regime's dealers, those with the least stock
first and each up to its target; what no dealer wants goes to the exchange. Every sale is a transfer on the chain out
of a treasury that was mined before the start, so that books and chain move together; amounts are never scaled. What a
miner does not offer is sold elsewhere and does not appear.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from sandbox.chains.bitcoin import TransactionConflicted
from sandbox.clock import DAY, HOUR
from sandbox.journal.kinds import Purpose
from sandbox.market import Market
from sandbox.market.delivery import deliver
from sandbox.market.liquidity import Dealer
from sandbox.market.prices import paid_units
from sandbox.mirror import BitcoinLedger
from sandbox.money import Asset
from sandbox.payments import Process
from sandbox.rail import Ground

_DAYS_A_YEAR = 365


def sats_a_day(bitcoin_a_day: float) -> int:
    """A yield in whole satoshi a day."""
    return round(bitcoin_a_day * Asset.BTC.scale)


def site_sats_a_day(sites: int, mw_per_site: float, btc_per_mw_year: float) -> int:
    """What so many sites of one size bring forth."""
    return sats_a_day(sites * mw_per_site * btc_per_mw_year / _DAYS_A_YEAR)


def national_rate(ground: Ground) -> int:
    """Satoshi a day that the country's miners offer by today's parameters."""
    number = ground.number
    return sats_a_day(number("miner.mined_btc_per_day_national") * number("miner.share_mined_to_elr"))


@dataclass(slots=True)
class Output:
    """Satoshi brought forth since a second, to the unit, at a rate that may change."""

    rate: int = 0
    """Satoshi a day."""
    since: int = 0
    ready: int = 0
    """Satoshi brought forth and not taken yet."""
    _rest: int = 0
    """What a division left over, in satoshi x seconds of a day."""

    def at(self, second: int) -> int:
        """Satoshi ready at a second."""
        whole, self._rest = divmod(self.rate * (second - self.since) + self._rest, DAY)
        self.ready += whole
        self.since = second
        return self.ready

    def change(self, second: int, rate: int) -> None:
        """From this second on it is another rate."""
        self.at(second)
        self.rate = rate


@dataclass(slots=True, eq=False)
class Miner:
    """One miner that sells, and its accounts."""

    name: str
    entity: int
    treasury: int
    cash: int
    output: Output = field(default_factory=Output)
    """What it offers."""


class Miners:
    """All miners of the country that offer coins to the regime."""

    def __init__(
        self,
        ground: Ground,
        market: Market,
        ledger: BitcoinLedger,
        dealers: Sequence[Dealer],
        target: Callable[[Asset], int],
        arrived: Callable[[Asset], None],
        exchange: int,
        outside_rub: int,
    ) -> None:
        self._ground = ground
        self._market = market
        self._ledger = ledger
        self._dealers = dealers
        self._target = target
        self._arrived = arrived
        self._exchange = exchange
        self._outside = outside_rub
        self._promised: dict[int, int] = {}
        """Dealer -> satoshi on their way to it."""
        self.miners: dict[str, Miner] = {}

    def open(self, name: str, treasury: int) -> Miner:
        """A miner with the wallet that its coins lie in."""
        owner = f"miner/{name}"
        cash = self._ground.books.open(owner, Asset.RUB, "cash")
        miner = self.miners[name] = Miner(owner, self._ground.journal.entity(owner), treasury, cash)
        return miner

    def begin(self, opens: int) -> None:
        """Offer coins from the second on in which the regime opens."""
        for miner in self.miners.values():
            miner.output.since = max(opens, self._ground.now)
        self._ground.env.process(self._daily(opens))

    def offer(self, name: str, rate: int) -> None:
        """A miner offers so many satoshi a day from now on."""
        output = self.miners[name].output
        output.change(max(self._ground.now, output.since), rate)

    def _daily(self, opens: int) -> Process[None]:
        ground = self._ground
        first = max(opens, ground.now)
        sale = int(ground.number("miner.sale_hour") * HOUR)
        yield ground.until(first // DAY * DAY + sale + (DAY if first % DAY >= sale else 0))
        while True:
            for miner in self.miners.values():
                if miner.name == "miner/national":
                    miner.output.change(ground.now, national_rate(self._ground))
                self._sell(miner, miner.output.at(ground.now))
            yield ground.env.timeout(DAY)

    def _sell(self, miner: Miner, sats: int) -> None:
        """The day's coins: to dealers below their target, the rest to the exchange."""
        books, left = self._ground.books, sats
        wanted = self._target(Asset.BTC)
        # Less waits for the next day: its fee would be out of proportion.
        least = round(self._ground.number("miner.least_sale_btc") * Asset.BTC.scale)

        def stock(dealer: Dealer) -> int:
            return books.available(dealer.inventory[Asset.BTC]) + self._promised.get(dealer.index, 0)

        for dealer in sorted(self._dealers, key=lambda dealer: (stock(dealer), dealer.index)):
            part = min(left, wanted - stock(dealer))
            if part >= least:
                self._deliver(miner, part, dealer)
                left -= part
        if left >= least:
            self._deliver(miner, left, None)
            left = 0
        miner.output.ready = left

    def _deliver(self, miner: Miner, sats: int, dealer: Dealer | None) -> None:
        """Sell at the mid price; a dealer of the regime buys, or (None) the exchange."""
        ground, books = self._ground, self._ground.books
        roubles = paid_units(sats, self._market.cross(Asset.BTC, Asset.RUB, ground.now))
        wallet = self._exchange if dealer is None else dealer.inventory[Asset.BTC]
        payer = self._outside if dealer is None else dealer.cash
        paid = False
        if dealer is not None:
            self._promised[dealer.index] = self._promised.get(dealer.index, 0) + sats

        def on_its_way_no_more() -> None:
            if dealer is not None:
                self._promised[dealer.index] -= sats

        def booked(_: bool) -> None:
            nonlocal paid
            paid = True
            on_its_way_no_more()
            legs = [(miner.treasury, wallet, sats, Purpose.FUNDING)]
            if roubles:
                legs.append((payer, miner.cash, roubles, Purpose.FUNDING))
            books.post(-1, miner.entity, legs)

        def conflicted() -> None:
            # Its coins hang on a transfer that never happened.
            if not paid:
                on_its_way_no_more()
            elif roubles:
                books.transfer(-1, miner.entity, miner.cash, payer, roubles, Purpose.RETURN)

        sent = deliver(ground, self._ledger, miner.entity, miner.treasury, wallet, sats, booked, conflicted)

        def until_there() -> Process[None]:
            try:
                yield sent.included | sent
            except TransactionConflicted:
                return
            if dealer is not None:
                self._arrived(Asset.BTC)

        ground.env.process(until_there())


__all__ = ["Miner", "Miners", "Output", "national_rate", "sats_a_day", "site_sats_a_day"]
