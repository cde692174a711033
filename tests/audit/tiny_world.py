"""A tiny world that writes with the real journal and books: who is in it, and what all payments do."""

import heapq
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sandbox.audit import Owed
from sandbox.books import Books
from sandbox.journal import Journal, Kind, Purpose
from sandbox.lifecycle import Reason, State
from sandbox.money import Asset
from tests.audit.histories import EVM_SECONDS, TERMS, History

Story = Generator[int, None, None]
OVERDRAWN = ("outside", "issuer")
FRONT = (State.CREATED, State.VALIDATED)
DESKS = ("desk/kyc", "desk/aml")


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
