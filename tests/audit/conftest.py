"""A tiny world that writes legal histories with the real journal and books, and an auditor over them."""

import heapq
from collections.abc import Callable, Generator, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from sandbox.audit import Auditor, ChainTerms, Owed, Terms
from sandbox.books import Books, Conversion
from sandbox.journal import Journal, Kind, Purpose
from sandbox.lifecycle import Reason, State
from sandbox.money import Asset

Story = Generator[int, None, None]
K_EVM, K_BTC, EVM_SECONDS = 3, 2, 12
#: What one digital-ruble order may move and one wallet may hold: more than any history here makes.
OPERATION_LIMIT, HOLDING_LIMIT = 10**10, 10**12
TERMS = Terms(
    registered_from=3_000_000_00,
    exports=True,
    chains={
        "chain/evm": ChainTerms(confirmations=K_EVM, block_seconds=EVM_SECONDS),
        "chain/bitcoin": ChainTerms(confirmations=K_BTC),
    },
    operation_limit=OPERATION_LIMIT,
    holding_limit=HOLDING_LIMIT,
)
OVERDRAWN = ("outside", "issuer")
FRONT = (State.CREATED, State.VALIDATED)
DESKS = ("desk/kyc", "desk/aml")


@dataclass
class History:
    """What a run leaves: rows, static tables and what the chains said."""

    records: np.ndarray[Any, Any]
    entities: list[str]
    accounts: list[Any]
    readings: list[tuple[str, int, int, list[tuple[int, int]]]]
    owed: Owed = field(default_factory=Owed.nothing)

    def audit(self, chunk_rows: int = 64, complete: bool = True, terms: Terms = TERMS) -> Auditor:
        """Feed the history to a fresh auditor in chunks."""
        auditor = Auditor(lambda: self.entities, lambda: self.accounts, terms, lambda: self.owed)
        for chain, height, rows, readings in self.readings:
            auditor.block_closed(chain, height, rows, readings)
        for first in range(0, len(self.records), chunk_rows):
            auditor.chunk(self.records[first : first + chunk_rows], first)
        auditor.finish(complete)
        return auditor

    def find(self, kind: Kind, nth: int = 0, **columns: int) -> int:
        """Row of the nth record of a kind with these columns."""
        mask = self.records["kind"] == int(kind)
        for name, value in columns.items():
            mask = mask & (self.records[name] == int(value))
        return int(np.flatnonzero(mask)[nth])

    def account(self, owner: str, role: str, asset: Asset) -> int:
        """Number of an account."""
        entity = self.entities.index(owner)
        return next(row[0] for row in self.accounts if row[1:4] == (entity, int(asset), role))

    def changed(self, row: int, **columns: int) -> "History":
        """A copy with other values in one row."""
        records = self.records.copy()
        for name, value in columns.items():
            records[name][row] = int(value)
        return History(records, self.entities, self.accounts, self.readings, self.owed)

    def without(self, *rows: int) -> "History":
        """A copy without these rows."""
        return self._spliced({row: [] for row in rows})

    def with_row(self, before: int, like: int, **columns: int) -> "History":
        """A copy with one more row before another, like a third with other values."""
        new = self.records[like].copy()
        new["time"] = self.records["time"][min(before, len(self.records) - 1)]
        for name, value in columns.items():
            new[name] = int(value)
        return self._spliced({before: [new, self.records[before]]})

    def _spliced(self, instead: dict[int, list[Any]]) -> "History":
        """Rows replaced by none or several; the readings and the horizon's count follow."""
        rows: list[Any] = []
        moved = []
        for row, record in enumerate(self.records):
            rows += instead.get(row, [record])
            moved.append(len(rows))
        records = np.array([r.item() for r in rows], dtype=self.records.dtype)
        records["extra"][records["kind"] == int(Kind.HORIZON)] = len(records) - 1
        readings = [(c, h, moved[at - 1], list(units)) for c, h, at, units in self.readings]
        return History(records, self.entities, self.accounts, readings, self.owed)


@dataclass
class TinyWorld:
    """Two chains, a bank, a dealer, an agent, an operator; stories of payments interleaved in time."""

    now: int = 0
    on_chain: dict[int, int] = field(default_factory=dict)
    heights: dict[str, int] = field(default_factory=lambda: {"chain/evm": 0, "chain/bitcoin": 100})
    readings: list[tuple[str, int, int, list[tuple[int, int]]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.journal = Journal(lambda: self.now)
        self.books = Books(self.journal)
        self.entity = self.journal.entity
        self._numbers: dict[tuple[str, str, Asset], int] = {}
        self._payments: dict[int, int] = {}
        self._transactions = {"chain/evm": 0, "chain/bitcoin": 0}
        self._agenda: list[tuple[int, int, Story]] = []
        self._stories = 0
        self._hash = 1000
        self._admitted: set[int] = set()
        self._states: dict[int, State] = {}
        self._owed: list[int] = []
        self._waiting = dict.fromkeys(DESKS, 0)
        self._client_accounts()
        self._open_world()

    def _client_accounts(self) -> None:
        on = {Asset.USDT: "chain/evm", Asset.BTC: "chain/bitcoin"}
        plan = [
            ("world", "outside", (Asset.RUB, Asset.CNY, Asset.BTC)),
            ("issuer", "issuer", (Asset.USDT,)),
            ("operator", "issuer", (Asset.RUB, Asset.DRUB)),
            ("importer/0", "client", (Asset.RUB,)),
            ("importer/0", "wallet", (Asset.DRUB,)),
            ("importer/1", "client", (Asset.RUB,)),
            ("importer/1", "wallet", (Asset.DRUB,)),
            ("supplier/0", "beneficiary", (Asset.CNY,)),
            ("supplier/0", "wallet", (Asset.USDT, Asset.BTC, Asset.DRUB)),
            ("exchange", "wallet", (Asset.USDT, Asset.BTC)),
            ("exchange", "fee_income", (Asset.CNY,)),
            ("bank/0", "cash", (Asset.RUB,)),
            ("bank/0", "fee_income", (Asset.RUB,)),
            ("bank/0", "nostro", (Asset.CNY,)),
            ("rail/correspondent", "in_transit", (Asset.CNY,)),
            ("rail/agent", "in_transit", (Asset.RUB,)),
            ("agent/0", "cash", (Asset.RUB, Asset.CNY)),
            ("dealer/0", "cash", (Asset.RUB,)),
            ("dealer/0", "inventory", (Asset.USDT, Asset.BTC)),
            ("world", "rounding", (Asset.RUB,)),
        ]
        for owner, role, assets in plan:
            for asset in assets:
                overdraft = role in OVERDRAWN
                number = self.books.open(owner, asset, role, overdraft, on.get(asset))
                self._numbers[owner, role, asset] = number

    def of(self, owner: str, role: str, asset: Asset) -> int:
        return self._numbers[owner, role, asset]

    def _open_world(self) -> None:
        out, issuer = self._numbers, self.of("issuer", "issuer", Asset.USDT)
        opening = [
            (out["world", "outside", Asset.RUB], self.of("importer/0", "client", Asset.RUB), 10**13),
            (out["world", "outside", Asset.RUB], self.of("importer/1", "client", Asset.RUB), 10**13),
            (out["world", "outside", Asset.RUB], self.of("bank/0", "cash", Asset.RUB), 10**13),
            (out["world", "outside", Asset.CNY], self.of("bank/0", "nostro", Asset.CNY), 10**13),
            (out["world", "outside", Asset.CNY], self.of("agent/0", "cash", Asset.CNY), 10**13),
            (out["world", "outside", Asset.BTC], self.of("dealer/0", "inventory", Asset.BTC), 10**12),
            (issuer, self.of("dealer/0", "inventory", Asset.USDT), 10**14),
        ]
        for debit, credit, amount in opening:
            self.books.transfer(-1, self.entity("world"), debit, credit, amount, Purpose.OPENING)
            for account, change in ((debit, -amount), (credit, amount)):
                self.on_chain[account] = self.on_chain.get(account, 0) + change
        for desk in DESKS:
            self.record(Kind.DESK_OPENED, actor=self.entity(desk), amount=1, extra=0)
        for client in ("importer/0", "importer/1", "supplier/0"):
            wallet = self.of(client, "wallet", Asset.DRUB)
            self.record(
                Kind.WALLET_OPENED, actor=self.entity("operator"), subject=wallet, object=self.entity(client)
            )

    def record(self, kind: Kind, payment: int = -1, **columns: int) -> None:
        self.journal.record(kind, payment, **{name: int(value) for name, value in columns.items()})

    # -- time ---------------------------------------------------------------------------------------
    def start(self, at: int, story: Callable[..., Story], *arguments: Any) -> None:
        heapq.heappush(self._agenda, (at, self._stories, story(*arguments)))
        self._stories += 1

    def run(self, horizon: int) -> History:
        while self._agenda and self._agenda[0][0] < horizon:
            at, number, story = heapq.heappop(self._agenda)
            self.now = max(self.now, at)
            wait = next(story, None)
            if wait is not None:
                heapq.heappush(self._agenda, (self.now + wait, number, story))
        self.now = horizon
        for payment, state in self._states.items():
            if state < State.CREDITED:
                age = horizon - self._payments[payment]
                self.record(Kind.CENSORED, payment, subject=state, amount=age)
        self.record(Kind.HORIZON, amount=len(self._payments), extra=self.journal.rows)
        table = self.journal.static_table("accounts").to_pydict()
        accounts = list(zip(*table.values(), strict=True))
        owed = np.array(self._owed, np.int64)
        owed = Owed(np.full(len(owed), int(Asset.CNY)), owed)
        return History(self.journal.array(), self.journal.entities, accounts, self.readings, owed)

    # -- what all payments do -------------------------------------------------------------------------
    def move(self, p: int, rail: str, *states: State, reason: Reason = Reason.NONE, attempt: int = 1) -> None:
        for state in states:
            left = self._states.get(p, 0)
            rail_id = self.entity(rail) if rail else -1
            self.record(
                Kind.MOVED, p, actor=self.entity("bank/0"), subject=left, object=state, reason=reason,
                amount=attempt, extra=rail_id,
            )  # fmt: skip
            self._states[p] = state

    def create(self, cents: int) -> int:
        p = len(self._payments)
        self._payments[p] = self.now
        self._owed.append(cents * 7)
        importer = self.entity(f"importer/{p % 2}")
        self.record(
            Kind.CREATED, p, actor=importer, subject=self.entity("supplier/0"), amount=cents, extra=-1
        )
        self.move(p, "", State.CREATED, attempt=0)
        return p

    def client(self, p: int) -> int:
        return self.of(f"importer/{p % 2}", "client", Asset.RUB)

    def choose(self, p: int, rail: str, attempt: int = 1) -> None:
        self.record(
            Kind.CHOSE_RAIL, p, actor=self.entity(f"importer/{p % 2}"), object=self.entity(rail), amount=7,
            extra=attempt,
        )  # fmt: skip

    def desk(self, p: int, desk: str, wait: int) -> Story:
        """Wait for the one officer (who takes turns by story, which keeps first come first served)."""
        actor, entered = self.entity(desk), self.now
        self.record(Kind.DESK_ENTERED, p, actor=actor, extra=0)
        self.record(Kind.DESK_STARTED, p, actor=actor, amount=wait, extra=0)
        self.record(Kind.DESK_FINISHED, p, actor=actor, extra=self.now - entered)
        yield wait

    def front(self, p: int, rail: str, attempt: int = 1) -> Story:
        """From intake to the reserved funds."""
        self.choose(p, rail, attempt)
        self.move(p, rail, State.VALIDATED, State.AUTHORISATION, attempt=attempt)
        yield 60
        if rail in TERMS.authorised_rails:
            self._hash += 1
            firm = self.entity(f"importer/{p % 2}")
            if firm not in self._admitted:
                self._admitted.add(firm)
                self.record(Kind.ADMITTED, actor=self.entity("regulator"), subject=firm, amount=1)
            self.record(
                Kind.AUTHORISED, p, actor=self.entity("regulator"), object=self.entity(rail),
                amount=self._hash, extra=self.now + 10_000,
            )  # fmt: skip
            self.record(Kind.QUOTA_USED, p, actor=self.entity("regulator"), amount=p + 1, extra=10_000)
            self._authority = (self._hash, self.now + 10_000)
            setattr(self, f"_consent{p}", self._authority)
        self.move(p, rail, State.PROFILE, attempt=attempt)
        yield from self.desk(p, "desk/kyc", 30)
        self.move(p, rail, State.SCREENING, attempt=attempt)
        self.record(Kind.SCREENED, p, actor=self.entity("bank/0"))

    def fund(self, p: int, rail: str, rub: int, attempt: int = 1) -> int:
        self.move(p, rail, State.FUNDS, attempt=attempt)
        return self.books.reserve(p, self.client(p), rub * 2)

    def consume(self, p: int, rail: str) -> None:
        digest, expires = getattr(self, f"_consent{p}")
        self.record(
            Kind.CONSUMED, p, actor=self.entity("bank/0"), object=self.entity(rail), amount=digest,
            extra=expires,
        )  # fmt: skip

    def itemise(self, p: int, asset: Asset, **charges: int) -> None:
        for name, amount in charges.items():
            self.record(
                Kind.ITEMISED, p, actor=self.entity("bank/0"), subject=asset, amount=amount,
                reason=Purpose[name],
            )  # fmt: skip

    # -- blocks ---------------------------------------------------------------------------------------
    def block(self, chain: str, touched: Iterable[int] = (), transactions: int = 0) -> int:
        self.heights[chain] += 1
        self.record(Kind.BLOCK, actor=self.entity(chain), amount=self.heights[chain], object=transactions)
        readings = [(account, self.on_chain[account]) for account in touched]
        self.readings.append((chain, self.heights[chain], self.journal.rows, readings))
        return self.heights[chain]

    def carry(self, debit: int, credit: int, units: int) -> None:
        """The chain's own bookkeeping, apart from the books."""
        self.on_chain[debit] = self.on_chain.get(debit, 0) - units
        self.on_chain[credit] = self.on_chain.get(credit, 0) + units

    def broadcast(self, p: int, chain: str, recipient: int, units: int) -> int:
        number = self._transactions[chain]
        self._transactions[chain] += 1
        self.record(
            Kind.BROADCAST, p, actor=self.entity("dealer/0"), subject=self.entity(chain), object=recipient,
            amount=units, extra=number,
        )  # fmt: skip
        return number

    # -- stories --------------------------------------------------------------------------------------
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

    def include(self, p: int, chain: str, number: int, *touched: int) -> int:
        height = self.heights[chain] + 1
        self.record(
            Kind.INCLUDED, p, actor=self.entity(chain), subject=1, amount=height, object=0, extra=number
        )
        return self.block(chain, touched, 1)

    def reorganise(
        self,
        p: int,
        chain: str,
        number: int,
        height: int,
        transfer: tuple[int, int, int],
        blocks_on_top: int = -1,
    ) -> int:
        """Blocks go and come again; the transfer is undone and done again in the books.

        It comes again a block later, or with ``blocks_on_top`` at once and that deep.
        """
        depth = self.heights[chain] - height + 1
        common = height - 1
        inventory, wallet, units = transfer
        actor = self.entity(chain)
        self.record(Kind.REORG, actor=actor, amount=common, object=depth)
        self.record(Kind.REORGED, p, actor=actor, amount=height, object=depth, extra=number)
        self.books.transfer(p, actor, wallet, inventory, units, Purpose.REORG)
        self.heights[chain] = common
        if blocks_on_top < 0:
            self.block(chain)
        self.books.transfer(p, actor, inventory, wallet, units, Purpose.REORG)
        height = self.include(p, chain, number, inventory, wallet)
        for _ in range(blocks_on_top):
            self.block(chain)
        return height

    def bury(self, p: int, chain: str, number: int, height: int, k: int) -> Story:
        if chain == "chain/evm":
            yield k * EVM_SECONDS
        else:
            while self.heights[chain] - height + 1 < k:
                yield 600
                self.block(chain)
        self.record(Kind.FINAL, p, actor=self.entity(chain), amount=height, object=k, extra=number)

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
    world = TinyWorld()
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


@pytest.fixture(scope="session")
def history() -> History:
    """One payment of each kind, apart in time; the auditor has nothing to say."""
    return classic()


@pytest.fixture
def tiny_world() -> Callable[[], TinyWorld]:
    """Makes worlds."""
    return TinyWorld
