"""A world of a few parties around the USDT-like token: books, a chain, an issuer.

Small enough to be driven step by step by a state machine, and made of the sandbox's own parts.
"""

from datetime import date

import simpy

from sandbox.actors.issuer import StablecoinIssuer
from sandbox.audit import Auditor, ChainTerms, Terms
from sandbox.books import Books, InsufficientFunds
from sandbox.chains.evm import Artefact, BlockProducer, EvmChain, artefact
from sandbox.clock import Clock
from sandbox.journal import Journal, Purpose
from sandbox.mirror import EvmLedger, Movement
from sandbox.money import Asset
from sandbox.rail import Ground
from sandbox.randomness import Streams


class NoChance:
    """Parameters of a world in which nothing happens unless somebody does it."""

    def number(self, name: str, on: date) -> float:
        """Zero, whatever is asked."""
        return 0.0

    def table(self, name: str, on: date) -> dict[str, float]:
        """Zeros for the delay of a freeze, the one table that is asked for."""
        return {"median": 0.0, "sigma": 0.0}


class TokenWorld:
    """Importers with roubles, dealers with tokens, suppliers with wallets; nobody acts by himself."""

    importers, dealers, suppliers = 2, 2, 2
    books_class: type[Books] = Books
    ground_class: type[Ground] = Ground
    ledger_class: type[EvmLedger] = EvmLedger
    issuer_class: type[StablecoinIssuer] = StablecoinIssuer
    artefact: Artefact | None = None
    """The token's contract; None for the shipped one."""
    confirmations = 3
    block_seconds = 12
    roubles, tokens = 10**9, 10**9
    """What each importer and each dealer has at the start, in minor units."""

    def __init__(self, evm_engine: str = "revm") -> None:
        """A world at second 0. Raises EngineMissing, ValueError for an unknown engine."""
        self.env = simpy.Environment(initial_time=0)
        self.journal = Journal(lambda: int(self.env.now))
        books = self.books_class(self.journal)
        clock = Clock(date(2025, 3, 3))
        self.ground = self.ground_class(self.env, clock, self.journal, books, Streams(0), NoChance())
        self.books = books
        self.rail = self.journal.entity("rail/usdt")
        self._terms = Terms(
            chains={
                "chain/evm": ChainTerms(confirmations=self.confirmations, block_seconds=self.block_seconds)
            },
            authorised_rails=frozenset(),
            chain_rails=frozenset({"rail/usdt"}),
            kept_assets=frozenset({Asset.USDT}),
        )
        self._open_chain(evm_engine)
        self._open_roubles()

    def _open_chain(self, engine: str) -> None:
        self.chain = EvmChain(engine, "chain/evm", genesis_time=self.ground.clock.unix(0))
        self.owner = self.chain.account("issuer/owner")
        made_from = self.artefact or artefact("usdt")
        self.token = self.chain.deploy(self.owner, made_from, 0, "Tether USD", "USDT", 6)
        producer = BlockProducer(self.env, self.chain, self.block_seconds, self.confirmations)
        self.ledger = self.ledger_class(self.ground, self.chain, producer, self.token, Asset.USDT)
        self.issuer = self.issuer_class(self.ground, self.ledger, self.owner, list)
        self.treasury = self.ledger.adopt("issuer", "inventory", self.owner)
        self.inventory = [self.ledger.open(f"dealer/{n + 1}", "inventory") for n in range(self.dealers)]
        self.wallets = [self.ledger.open(f"supplier/{n + 1}", "beneficiary") for n in range(self.suppliers)]
        for account in self.inventory:
            self.issuer.issue_at_start(account, self.tokens)
        self.ledger.open_block()

    def _open_roubles(self) -> None:
        books = self.books
        self.outside = books.open("outside", Asset.RUB, "outside", overdraft=True)
        self.rounding = books.open("rounding", Asset.RUB, "rounding")
        self.clients = [books.open(f"importer/{n + 1}", Asset.RUB, "client") for n in range(self.importers)]
        self.cash = [books.open(f"dealer/{n + 1}", Asset.RUB, "cash") for n in range(self.dealers)]
        self.margin = [books.open(f"dealer/{n + 1}", Asset.RUB, "fee_income") for n in range(self.dealers)]
        for client in self.clients:
            books.transfer(-1, -1, self.outside, client, self.roubles, Purpose.OPENING)

    # -- time ---------------------------------------------------------------------------------------------

    @property
    def now(self) -> int:
        """Whole seconds since the start."""
        return int(self.env.now)

    def advance(self, seconds: int) -> None:
        """Let time pass: blocks fall due, processes go on."""
        self.env.run(until=self.now + seconds)

    def mine(self) -> None:
        """Pass the next block."""
        self.advance(self.block_seconds - self.now % self.block_seconds + 1)

    # -- what the issuer and the holders do ------------------------------------------------------------

    @property
    def holders(self) -> list[int]:
        """Accounts of everybody who can hold the token, the issuer's own first."""
        return [self.treasury, *self.inventory, *self.wallets]

    def issue(self, units: int) -> None:
        """The issuer makes tokens on its own address, in the next block."""
        self._submit("issue", units, self.issuer.emission, self.treasury, Purpose.ISSUE)

    def redeem(self, units: int) -> bool:
        """The issuer unmakes tokens of its own address; False if it has not that many to spare."""
        hold = self._hold(self.treasury, units)
        if hold is None:
            return False
        self._submit("redeem", units, self.treasury, self.issuer.emission, Purpose.REDEEM, hold)
        return True

    def transfer(self, debit: int, credit: int, units: int) -> bool:
        """A holder sends tokens to another, outside any deal; False if it has not that many to spare."""
        hold = self._hold(debit, units)
        if hold is None:
            return False

        def booked(ok: bool) -> None:
            self.books.void(hold)
            if ok:
                self.books.transfer(-1, self.ledger.entity, debit, credit, units, Purpose.FUNDING)

        self.ledger.send(-1, self.ledger.entity, debit, credit, units, booked)
        return True

    def destroy(self, account: int) -> bool:
        """The issuer wipes a frozen address in the next block; False while anything is held there.

        What is held has been promised to a deal whose transfer may be under way.
        """
        self.mine()
        if self.books.held(account) or not self.issuer.is_frozen(account):
            return False
        self.issuer.destroy(account)
        self.mine()
        return True

    def _hold(self, account: int, units: int) -> int | None:
        try:
            return self.books.reserve(-1, account, units)
        except InsufficientFunds:
            return None

    def _submit(
        self, function: str, units: int, debit: int, credit: int, purpose: Purpose, hold: int | None = None
    ) -> None:
        """A call of the owner that changes the supply, booked in its block."""

        def booked(ok: bool) -> None:
            if hold is not None:
                self.books.void(hold)
            if ok:
                self.books.transfer(-1, self.issuer.entity, debit, credit, units, purpose)

        self.ledger.submit(Movement(-1, (self.treasury,), booked), self.owner, function, units)

    # -- the end ------------------------------------------------------------------------------------------

    def audit(self) -> None:
        """Read the whole journal with the auditor of runs. Raises Violation."""
        auditor = Auditor(lambda: self.journal.entities, lambda: self.journal.accounts, self._terms)
        auditor.chunk(self.journal.array(), 0)
        auditor.finish(complete=False)

    def close(self) -> None:
        """Let go of the chain's engine."""
        self.chain.close()
