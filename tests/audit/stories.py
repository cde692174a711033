"""Stories of payments in the tiny world: one method a rail, and the history that holds one payment of each kind."""

from collections.abc import Callable, Sequence
from typing import Any

from sandbox.books import Conversion
from sandbox.journal import Kind, Purpose
from sandbox.lifecycle import Reason, State
from sandbox.money import Asset
from tests.audit.histories import K_BTC, K_EVM, History
from tests.audit.tiny_world import Story, TinyWorld


class StoriedWorld(TinyWorld):
    """A tiny world that can tell how a payment goes over each rail."""

    def crypto(
        self, cents: int, asset: Asset, reorg: str = "", p: int | None = None, attempt: int = 1
    ) -> Story:
        """A token payment credited; reorganised on the way.

        ``shallow``: before it is final; ``deep``: after it was credited, and its finality is lost;
        ``carried``: after it was final, which it never stops to be.
        """
        chain = "chain/evm" if asset is Asset.USDT else "chain/bitcoin"
        rail, k = ("rail/usdt", K_EVM) if asset is Asset.USDT else ("rail/btc", K_BTC)
        if p is None:
            p = self.create(cents)
        yield from self.front(p, rail, attempt)
        price, mid = (10**6, 990_000) if asset is Asset.USDT else (6 * 10**8, 59 * 10**7)
        units = cents * (10**4 if asset is Asset.USDT else 16)
        conversion = Conversion.of_sold(asset, Asset.RUB, units, price_e8=price, mid_e8=mid)
        hold = self.fund(p, rail, conversion.units_paid, attempt)
        dealer = self.entity("dealer/0")
        self.move(p, rail, State.CONVERSION, attempt=attempt)
        inventory = self.of("dealer/0", "inventory", asset)
        self.books.quote(p, dealer, sold=asset, paid=Asset.RUB, price_e8=price, valid_until=self.now + 3_600)
        stock = self.books.reserve(p, inventory, units)
        self.itemise(p, Asset.RUB, SPREAD=conversion.spread_units, NETWORK_FEE=150, BANK_FEE=500)
        yield 45
        self.move(p, rail, State.RELEASE, attempt=attempt)
        self.consume(p, rail)
        wallet = self.of("supplier/0", "wallet", asset)
        number = self.broadcast(p, chain, wallet, units)
        self.move(p, rail, State.IN_FLIGHT, attempt=attempt)
        yield 12
        self.books.void(stock)
        cash, client = self.of("dealer/0", "cash", Asset.RUB), self.client(p)
        legs = [
            (client, cash, conversion.mid_units, Purpose.FX_LEG),
            (client, cash, conversion.spread_units, Purpose.SPREAD),
            (client, self.of("world", "rounding", Asset.RUB), conversion.rounding_units, Purpose.ROUNDING),
            (client, cash, 150, Purpose.NETWORK_FEE),
            (client, self.of("bank/0", "fee_income", Asset.RUB), 500, Purpose.BANK_FEE),
            (inventory, wallet, units, Purpose.FX_LEG),
        ]
        self.books.post_hold(hold, dealer, [leg for leg in legs if leg[2]])
        self.record(
            Kind.CONVERTED, p, actor=dealer, subject=asset, object=Asset.RUB, amount=units,
            extra=conversion.units_paid,
        )  # fmt: skip
        self.carry(inventory, wallet, units)
        height = self.include(p, chain, number, inventory, wallet)
        transfer = (inventory, wallet, units)
        if reorg == "shallow":
            height = self.reorganise(p, chain, number, height, transfer)
        yield from self.bury(p, chain, number, height, k)
        self.move(p, rail, State.SETTLED, State.OFFRAMP, attempt=attempt)
        yield 600
        if reorg == "carried":
            self.reorganise(p, chain, number, height, transfer, blocks_on_top=K_BTC - 1)
        if reorg not in ("deep", "carried"):
            exchange = self.of("exchange", "wallet", asset)
            self.books.transfer(p, dealer, wallet, exchange, units, Purpose.PRINCIPAL)
            self.carry(wallet, exchange, units)
            self.block(chain, (wallet, exchange))
        self.pay_out(p, cents)
        self.move(p, rail, State.CREDITED, attempt=attempt)
        if reorg == "deep":
            yield 1_000
            height = self.reorganise(p, chain, number, height, transfer)
            beneficiary = self.of("supplier/0", "beneficiary", Asset.CNY)
            outside = self.of("world", "outside", Asset.CNY)
            self.books.transfer(p, dealer, beneficiary, outside, cents * 7, Purpose.REORG)
            self.move(p, rail, State.REORGED, State.IN_FLIGHT, reason=Reason.ELR_REORG, attempt=attempt)
            yield from self.bury(p, chain, number, height, k)
            self.move(p, rail, State.SETTLED, State.OFFRAMP, attempt=attempt)
            self.pay_out(p, cents)
            self.move(p, rail, State.CREDITED, attempt=attempt)

    def pay_out(self, p: int, cents: int) -> None:
        """The exchange credits the beneficiary and books its fee."""
        exchange, outside = self.entity("exchange"), self.of("world", "outside", Asset.CNY)
        self.itemise(p, Asset.CNY, OFFRAMP_FEE=7)
        legs = [
            (outside, self.of("supplier/0", "beneficiary", Asset.CNY), cents * 7, Purpose.PROCEEDS),
            (outside, self.of("exchange", "fee_income", Asset.CNY), 7, Purpose.OFFRAMP_FEE),
        ]
        self.books.post(p, exchange, legs)

    def correspondent(self, cents: int, returned: bool = False, then: str = "FAILED") -> Story:
        """Through banks; ``returned`` by the foreign bank once, then tried again over USDT or given up."""
        rail, p = "rail/correspondent", self.create(cents)
        yield from self.front(p, rail)
        price, mid = 13 * 10**8, 125 * 10**7
        conversion = Conversion.of_sold(Asset.CNY, Asset.RUB, cents * 7, price_e8=price, mid_e8=mid)
        hold = self.fund(p, rail, conversion.units_paid)
        bank = self.entity("bank/0")
        self.books.quote(p, bank, sold=Asset.CNY, paid=Asset.RUB, price_e8=price, valid_until=self.now + 60)
        self.itemise(p, Asset.RUB, SPREAD=conversion.spread_units, BANK_FEE=300, CORRESPONDENT_FEE=250)
        self.move(p, rail, State.RELEASE, State.CUTOFF_WAIT)
        yield 30
        self.move(p, rail, State.RELEASE)
        income, client = self.of("bank/0", "fee_income", Asset.RUB), self.client(p)
        cash, nostro = self.of("bank/0", "cash", Asset.RUB), self.of("bank/0", "nostro", Asset.CNY)
        transit = self.of(rail, "in_transit", Asset.CNY)
        self.books.convert(
            p, bank, conversion, deliver=(nostro, transit), pay=(client, cash), spread_to=income,
            rounding_to=self.of("world", "rounding", Asset.RUB), hold=hold,
        )  # fmt: skip
        fees = [(client, income, 300, Purpose.BANK_FEE), (client, income, 250, Purpose.CORRESPONDENT_FEE)]
        self.books.post(p, bank, fees)
        self.move(p, rail, State.IN_FLIGHT)
        yield 4_000
        if not returned:
            self.move(p, rail, State.HELD, reason=Reason.NARR)
            yield 500
            beneficiary = self.of("supplier/0", "beneficiary", Asset.CNY)
            self.books.transfer(p, bank, transit, beneficiary, cents * 7, Purpose.PROCEEDS)
            self.move(p, rail, State.SETTLED, State.CREDITED)
            return
        reason = Reason.RR04 if then == "COMPLIANCE" else Reason.MS03
        self.move(p, rail, State.RETURNING, reason=reason)
        yield 900
        self.books.transfer(p, bank, transit, nostro, cents * 7, Purpose.RETURN)
        self.books.transfer(p, bank, cash, client, conversion.mid_units, Purpose.RETURN)
        self.move(p, rail, State.RETURNED)
        if then != "RETRY":
            self.move(p, rail, State.FAILED)
            return
        self.move(p, rail, State.RETRY)
        yield from self.crypto(cents, Asset.USDT, p=p, attempt=2)

    def agent(self, cents: int, lost: bool = False) -> Story:
        """Through a payment agent, who delivers or keeps the money."""
        rail, p = "rail/agent", self.create(cents)
        yield from self.front(p, rail)
        hold = self.fund(p, rail, cents * 90)
        self.itemise(p, Asset.RUB, AGENT_FEE=cents)
        self.move(p, rail, State.RELEASE)
        transit, agent = self.of(rail, "in_transit", Asset.RUB), self.entity("agent/0")
        cash = self.of("agent/0", "cash", Asset.RUB)
        client = self.client(p)
        legs = [(client, transit, cents * 90, Purpose.PRINCIPAL), (client, cash, cents, Purpose.AGENT_FEE)]
        self.books.post_hold(hold, agent, legs)
        self.move(p, rail, State.IN_FLIGHT)
        yield 5_000
        if lost:
            self.books.transfer(p, agent, transit, cash, cents * 90, Purpose.LOSS)
            self.move(p, rail, State.LOST, reason=Reason.ELR_AGENT_LOSS)
            return
        beneficiary = self.of("supplier/0", "beneficiary", Asset.CNY)
        legs = [
            (transit, cash, cents * 90, Purpose.FX_LEG),
            (self.of("agent/0", "cash", Asset.CNY), beneficiary, cents * 7, Purpose.FX_LEG),
        ]
        self.books.post(p, agent, legs)
        self.move(p, rail, State.SETTLED, State.CREDITED)

    def digital(self, cents: int) -> Story:
        """On the digital ruble's platform: final at once."""
        rail, p = "rail/digital_ruble", self.create(cents)
        yield from self.front(p, rail)
        rub, operator = cents * 90, self.entity("operator")
        hold = self.fund(p, rail, rub)
        self.itemise(p, Asset.RUB, PLATFORM_FEE=15)
        self.move(p, rail, State.RELEASE)
        wallet = self.of(f"importer/{p % 2}", "wallet", Asset.DRUB)
        theirs, client = self.of("supplier/0", "wallet", Asset.DRUB), self.client(p)
        income = self.of("bank/0", "fee_income", Asset.RUB)
        legs = [
            (client, self.of("operator", "issuer", Asset.RUB), rub, Purpose.REDEEM),
            (self.of("operator", "issuer", Asset.DRUB), wallet, rub, Purpose.ISSUE),
            (wallet, theirs, rub, Purpose.PRINCIPAL),
            (client, income, 15, Purpose.PLATFORM_FEE),
        ]
        self.books.post_hold(hold, operator, legs)
        self.record(Kind.RECEIPT, p, actor=operator, amount=p)
        self.move(p, rail, State.IN_FLIGHT, State.SETTLED, State.CREDITED)

    def refused(self, cents: int) -> Story:
        """Stopped by the analysts: the hold is released, nobody tries again."""
        rail, p = "rail/usdt", self.create(cents)
        yield from self.front(p, rail)
        self.move(p, rail, State.MANUAL_REVIEW, reason=Reason.NARR)
        yield from self.desk(p, "desk/aml", 90)
        self.move(p, rail, State.COMPLIANCE_STOP, State.STOPPED, reason=Reason.RR04)

    def freeze(self, seconds: int) -> Story:
        """The issuer freezes the exchange's wallet, which nobody empties, and lets go."""
        account = self.of("exchange", "wallet", Asset.USDT)
        self.record(Kind.FROZEN, actor=self.entity("issuer"), subject=account)
        yield seconds
        self.record(Kind.UNFROZEN, actor=self.entity("issuer"), subject=account)


def classic() -> History:
    """One payment of each kind, apart in time."""
    world = StoriedWorld()
    plan: Sequence[tuple[Callable[..., Story], tuple[Any, ...]]] = (
        (world.crypto, (1_000_00, Asset.USDT)),
        (world.crypto, (2_000_00, Asset.BTC)),
        (world.digital, (3_000_00,)),
        (world.correspondent, (4_000_00,)),
        (world.correspondent, (5_000_00, True, "RETRY")),
        (world.agent, (6_000_00,)),
        (world.agent, (7_000_00, True)),
        (world.refused, (8_000_00,)),
        (world.crypto, (9_000_00, Asset.BTC, "shallow")),
        (world.correspondent, (1_000_00, True, "COMPLIANCE")),
        (world.freeze, (3_000,)),
        (world.crypto, (3_000_00, Asset.BTC, "deep")),
        (world.crypto, (4_000_00, Asset.BTC, "carried")),
    )
    for number, (story, arguments) in enumerate(plan):
        world.start(number * 20_000, story, *arguments)
    world.start(len(plan) * 20_000 - 1_000, world.correspondent, 99_00)
    return world.run(len(plan) * 20_000)
