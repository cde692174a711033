"""A state machine of settlement in tokens, for Hypothesis: random histories, rules checked after every step.

Use it as it is (``TestSettlement = SettlementMachine.TestCase``), or subclass it to add rules, to change parts of
the world or the engine of the chain::

    class Patient(SettlementMachine):
        evm_engine = "eth-tester"

        @rule()
        def a_quiet_day(self) -> None:
            self.world.advance(86_400)
"""

from typing import ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from sandbox.lifecycle import State
from sandbox.money import Asset
from sandbox.testing.deals import Deal, Deals
from sandbox.testing.replay import Replay
from sandbox.testing.token_world import TokenWorld

_WHICH = st.integers(0, 5)
_UNITS = st.one_of(st.integers(1, 100), st.integers(1, 10**9), st.just(10**9))
_SMALL = st.one_of(st.integers(1, 100), st.integers(1, 10**8))
#: Around 1 kopeck for 10**4 token units, so that a thousand rouble orders are within reach; few divide evenly.
_PRICE = st.one_of(st.just(10**4), st.integers(1, 10**8))


class SettlementMachine(RuleBasedStateMachine):
    """Importers, dealers and suppliers around one token; after each step the rules V1-V5, A3, C4 and L2 hold.

    ``world`` is what happens, ``deals`` the payments, ``replay`` an independent reading of the journal. At the end
    the auditor of runs reads the whole journal as well (unless ``audits`` is False, for worlds that do what the
    auditor cannot know). An invariant's failure begins with the rule's id.
    """

    evm_engine: ClassVar[str] = "revm"
    world_class: ClassVar[type[TokenWorld]] = TokenWorld
    audits: ClassVar[bool] = True

    def __init__(self) -> None:
        super().__init__()
        self.world = self.world_class(self.evm_engine)
        self.deals = Deals(self.world)
        self.replay = Replay(self.world.journal)

    def teardown(self) -> None:
        """The auditor's turn; then let go of the chain."""
        try:
            if self.audits:
                self.world.audit()
        finally:
            self.world.close()

    def pick(self, which: int, state: State, reserved: bool = True) -> Deal:
        """One of the deals that stand in a state (there must be one)."""
        found = self.deals.at(state, reserved)
        return found[which % len(found)]

    # -- deals --------------------------------------------------------------------------------------------

    @rule(importer=st.integers(0, 1), supplier=st.integers(0, 1), units=_UNITS)
    def create(self, importer: int, supplier: int, units: int) -> None:
        """An order comes in."""
        self.deals.create(importer, supplier, units)

    @precondition(lambda self: self.deals.at(State.FUNDS, reserved=False))
    @rule(which=_WHICH, kopecks=st.one_of(st.just(10**7), _UNITS))
    def reserve(self, which: int, kopecks: int) -> None:
        """An importer's roubles are held, if it has them."""
        deal = self.pick(which, State.FUNDS, reserved=False)
        available = self.world.books.available(self.world.clients[deal.importer])
        assert self.deals.reserve(deal, kopecks) == (kopecks <= available), (
            "V4: a hold above what is available"
        )

    @precondition(lambda self: self.deals.at(State.FUNDS))
    @rule(
        which=_WHICH,
        dealer=st.integers(0, 1),
        mid=_PRICE,
        margin=st.one_of(st.just(0), _PRICE),
        valid=st.sampled_from([60, 0, 86_400]),
    )
    def quote(self, which: int, dealer: int, mid: int, margin: int, valid: int) -> None:
        """A dealer names a price and holds the tokens."""
        self.deals.quote(self.pick(which, State.FUNDS), dealer, mid, margin, valid)

    @rule(importer=st.integers(0, 1), supplier=st.integers(0, 1), dealer=st.integers(0, 1), units=_SMALL)
    def agree(self, importer: int, supplier: int, dealer: int, units: int) -> None:
        """The usual way to a deal in one step: ample roubles held, a price that they pay for."""
        deal = self.deals.create(importer, supplier, units)
        if self.deals.reserve(deal, 10**7):
            self.deals.quote(deal, dealer, 10**6 + 7, 10**4, 86_400)

    @precondition(lambda self: self.deals.at(State.CONVERSION))
    @rule(which=_WHICH)
    def broadcast(self, which: int) -> None:
        """A deal is released and its transfer offered to the chain."""
        self.deals.broadcast(self.pick(which, State.CONVERSION))

    @precondition(lambda self: self.deals.at(State.FUNDS) or self.deals.at(State.CONVERSION))
    @rule(which=_WHICH)
    def void(self, which: int) -> None:
        """The customer cancels: what is held is released."""
        self._call_off(which, expire=False)

    @precondition(lambda self: self.deals.at(State.FUNDS) or self.deals.at(State.CONVERSION))
    @rule(which=_WHICH)
    def expire(self, which: int) -> None:
        """The holds run out."""
        self._call_off(which, expire=True)

    def _call_off(self, which: int, expire: bool) -> None:
        found = self.deals.at(State.CONVERSION) + self.deals.at(State.FUNDS)
        self.deals.call_off(found[which % len(found)], expire=expire)

    # -- time ---------------------------------------------------------------------------------------------

    @rule()
    def mine(self) -> None:
        """The next block falls due."""
        self.world.mine()

    @rule(seconds=st.integers(1, 600))
    def advance(self, seconds: int) -> None:
        """Time passes."""
        self.world.advance(seconds)

    # -- the issuer and the holders ------------------------------------------------------------------------

    @rule(units=_UNITS)
    def issue(self, units: int) -> None:
        """More tokens on the issuer's own address."""
        self.world.issue(units)

    @rule(units=_UNITS)
    def redeem(self, units: int) -> None:
        """Fewer tokens, as far as the issuer has them."""
        self.world.redeem(units)

    @rule(debit=_WHICH, credit=_WHICH, units=_UNITS)
    def transfer(self, debit: int, credit: int, units: int) -> None:
        """A holder sends tokens to another."""
        holders = self.world.holders
        if debit % len(holders) != credit % len(holders):
            self.world.transfer(holders[debit % len(holders)], holders[credit % len(holders)], units)

    @rule(which=_WHICH)
    def freeze(self, which: int) -> None:
        """The issuer freezes a dealer's or a supplier's address with the next block."""
        self.world.issuer.freeze(self._target(which))

    @rule(which=_WHICH)
    def unfreeze(self, which: int) -> None:
        """A freeze is lifted with the next block."""
        self.world.issuer.unfreeze(self._target(which))

    @rule(which=_WHICH)
    def destroy(self, which: int) -> None:
        """A frozen address is wiped, if nothing of it is promised."""
        self.world.destroy(self._target(which))

    def _target(self, which: int) -> int:
        targets = self.world.holders[1:]
        return targets[which % len(targets)]

    # -- what always holds -----------------------------------------------------------------------------------

    @invariant()
    def every_rule_holds(self) -> None:
        """All rules in their order; one invariant, so that a failing history prints short."""
        self.journal_keeps_the_rules()
        self.v1_value_is_conserved()
        self.v3_amounts_are_whole()
        self.v4_nobody_gives_what_he_has_not()
        self.v5_holds_add_up()
        self.c4_books_equal_the_chain()

    def journal_keeps_the_rules(self) -> None:
        """V2, V3, V5, A3 and L2, row by row."""
        self.replay.read_on()

    def v1_value_is_conserved(self) -> None:
        """V1: what is in circulation of an asset is what its issuers and the outside have given."""
        for asset in (Asset.RUB, Asset.USDT):
            mine = [account for account in self.world.books.accounts if account.asset is asset]
            balances = [self.world.books.balance(account.number) for account in mine]
            assert sum(balances) == 0, f"V1: {asset.name} came or went: {sum(balances)}"
        for account in self.world.books.accounts:
            booked, read = self.world.books.balance(account.number), self.replay.balances[account.number]
            assert booked == read, f"V1: account {account.number} holds {booked}, its rows say {read}"

    def v3_amounts_are_whole(self) -> None:
        """V3: balances and holds are whole numbers."""
        for account in self.world.books.accounts:
            for units in (self.world.books.balance(account.number), self.world.books.held(account.number)):
                assert type(units) is int, f"V3: account {account.number} has {units!r}"

    def v4_nobody_gives_what_he_has_not(self) -> None:
        """V4: nothing is below what is held."""
        for account in self.world.books.accounts:
            available = self.world.books.available(account.number)
            assert account.overdraft or available >= 0, (
                f"V4: account {account.number} is short by {-available}"
            )

    def v5_holds_add_up(self) -> None:
        """V5: what is held is the sum of the open holds."""
        for account in self.world.books.accounts:
            booked, read = self.world.books.held(account.number), self.replay.held(account.number)
            assert booked == read, f"V5: account {account.number} holds back {booked}, its holds are {read}"

    def c4_books_equal_the_chain(self) -> None:
        """C4: at every block the books say what the contract's storage says, and the supply is what was issued."""
        world = self.world
        for account in world.holders:
            booked, stored = world.books.balance(account), world.ledger.units_on_chain(account)
            assert booked == stored, f"C4: account {account} holds {booked} in the books, {stored} on chain"
        supply, issued = world.token.read("totalSupply"), -world.books.balance(world.issuer.emission)
        assert supply == issued, f"C4: the supply is {supply}, the books issued {issued}"
