"""The stablecoin's issuer: supply, freezes, destruction of frozen units, and the pause of all transfers.

Addresses that hold the token are frozen at random at a yearly rate an address; between the issuer's decision and
its execution on the chain lies a delay that nobody can see. A freeze is lifted for a small share of the addresses and
ends in destruction for a larger one; the rest stays frozen. Very rarely the issuer pauses the whole token.
"""

from collections.abc import Callable
from math import log

import simpy

from sandbox.chains.evm import Account
from sandbox.journal.kinds import Kind, Purpose
from sandbox.lifecycle import Reason
from sandbox.mirror import EvmLedger, Movement
from sandbox.payments import Process
from sandbox.rail import Ground

_DAY = 86_400
_YEAR = 365 * _DAY


class StablecoinIssuer:
    """The token's owner on the chain."""

    def __init__(
        self, ground: Ground, ledger: EvmLedger, key: Account, holders: Callable[[], list[int]]
    ) -> None:
        self.entity = ground.journal.entity("issuer")
        self.paused_until = 0
        self._ground = ground
        self._ledger = ledger
        self._key = key
        self._holders = holders
        self.emission = ground.books.open("issuer", ledger.asset, "issuer", overdraft=True)
        self._frozen: set[int] = set()
        self._read: dict[int, bool] = {}
        self._verdicts: dict[int, list[simpy.Event]] = {}
        streams = ground.streams
        self._when = streams.named("issuer/freeze-time")
        self._whom = streams.named("issuer/freeze-address")
        self._delay = streams.named("issuer/freeze-delay")
        self._fate = streams.named("issuer/frozen-fate")
        self._fate_time = streams.named("issuer/frozen-fate-time")
        self._pause_time = streams.named("issuer/pause-time")
        self._pause_length = streams.named("issuer/pause-length")
        ground.env.process(self._freezes())
        ground.env.process(self._pauses())

    def issue_at_start(self, account: int, units: int) -> None:
        """Issue units to the owner and hand them to a wallet, in a block of their own before anything else."""
        ledger, chain, books = self._ledger, self._ledger.chain, self._ground.books

        def booked(ok: bool) -> None:
            assert ok, "the first issue cannot be refused"
            books.transfer(-1, self.entity, self.emission, account, units, Purpose.ISSUE)

        issue = Movement(-1, (), lambda ok: None)
        chain.submit(self._key, ledger.contract, "issue", units, tag=issue)
        move = Movement(-1, (account,), booked)
        chain.submit(self._key, ledger.contract, "transfer", ledger.address(account), units, tag=move)

    def is_frozen(self, account: int) -> bool:
        """What the contract's storage says; an account that is no address of the token is never frozen."""
        ledger = self._ledger
        # The list obeys the owner alone: what was read stays true until a block holds one of its orders.
        frozen = self._read.get(account)
        if frozen is None:
            frozen = self._read[account] = account in ledger.accounts and bool(
                ledger.contract.storage_word("isBlackListed", ledger.address(account))
            )
        return frozen

    def verdict(self, account: int) -> simpy.Event:
        """Succeeds with True when the freeze is lifted, with False when the units are destroyed."""
        event = self._ground.env.event()
        self._verdicts.setdefault(account, []).append(event)
        return event

    def freeze(self, account: int, then: Callable[[], None] | None = None) -> None:
        """Put an address on the chain's blocklist; it takes effect, and ``then`` is called, with its block."""

        def booked(ok: bool) -> None:
            if ok and account not in self._frozen:
                self._frozen.add(account)
                self._ground.journal.record(
                    Kind.FROZEN, actor=self.entity, subject=account, reason=Reason.ELR_ISSUER_FREEZE
                )
                self._ground.env.process(self._fate_of(account))
                if then is not None:
                    then()

        self._order("addBlackList", account, booked)

    def unfreeze(self, account: int) -> None:
        """Take an address off the list."""

        def booked(ok: bool) -> None:
            if ok and account in self._frozen:
                self._frozen.discard(account)
                self._ground.journal.record(Kind.UNFROZEN, actor=self.entity, subject=account)
                self._answer(account, True)

        self._order("removeBlackList", account, booked)

    def destroy(self, account: int) -> None:
        """Destroy what a frozen address holds; the total supply falls."""

        def booked(ok: bool) -> None:
            units = self._ground.books.balance(account)
            if ok and units > 0:
                self._ground.books.transfer(-1, self.entity, account, self.emission, units, Purpose.DESTROY)
            if ok:
                self._answer(account, False)

        self._order("destroyBlackFunds", account, booked)

    def pause(self, seconds: int) -> Process[None]:
        """Stop all transfers of the token for a while; a pause during another makes that one longer, if at all."""
        ground = self._ground
        goes_on = self.paused_until > ground.now
        self.paused_until = max(self.paused_until, ground.now + seconds)
        if goes_on:
            return
        yield self._ledger.submit(
            Movement(-1, (), lambda ok: self._note(Kind.PAUSED, ok)), self._key, "pause"
        )
        while self.paused_until > ground.now:
            yield ground.until(self.paused_until)
        yield self._ledger.submit(
            Movement(-1, (), lambda ok: self._note(Kind.UNPAUSED, ok)), self._key, "unpause"
        )

    def _note(self, kind: Kind, ok: bool) -> None:
        if ok:
            self._ground.journal.record(kind, actor=self.entity)

    def _order(self, function: str, account: int, booked: Callable[[bool], None]) -> None:
        def in_block(ok: bool) -> None:
            self._read.clear()
            booked(ok)

        self._ledger.submit(
            Movement(-1, (account,), in_block), self._key, function, self._ledger.address(account)
        )

    def _answer(self, account: int, lifted: bool) -> None:
        for event in self._verdicts.pop(account, []):
            event.succeed(lifted)

    def _freezes(self) -> Process[None]:
        """Addresses are hit at a rate that grows with their number (thinned from day to day)."""
        day = 86_400
        while True:
            yield self._ground.env.timeout(day)
            holders = [account for account in self._holders() if account not in self._frozen]
            hazard = self._ground.number("usdt.freeze_hazard") * len(holders) * day / _YEAR
            # One uniform a day and one for the address, whatever happens: the luck stays aligned between arms.
            hit, which = self._when.uniform(), self._whom.uniform()
            if holders and -log(1.0 - hit) < hazard:
                self._ground.env.process(self._freeze_later(holders[int(which * len(holders))]))

    def decide_to_freeze(self, account: int, then: Callable[[], None] | None = None) -> None:
        """Freeze an address after the issuer's own delay, which nobody else can see."""
        self._ground.env.process(self._freeze_later(account, then))

    def _freeze_later(self, account: int, then: Callable[[], None] | None = None) -> Process[None]:
        minutes = self._ground.table("usdt.freeze_latency_min")
        yield self._ground.env.timeout(int(self._delay.lognormal(minutes["median"], minutes["sigma"]) * 60))
        self.freeze(account, then)

    def _pauses(self) -> Process[None]:
        """Now and then all transfers stop: at a yearly rate, for a log-normal time."""
        number, table = self._ground.number, self._ground.table
        while True:
            yield self._ground.env.timeout(_DAY)
            # Both draws are made whatever happens: the luck stays aligned between arms.
            shape = table("usdt.issuer_pause_hours")
            hit, hours = (
                self._pause_time.uniform(),
                self._pause_length.lognormal(shape["median"], shape["sigma"]),
            )
            if -log(1.0 - hit) < number("usdt.issuer_pause_rate") * _DAY / _YEAR:
                self._ground.env.process(self.pause(max(1, int(hours * 3_600))))

    def _fate_of(self, account: int) -> Process[None]:
        """Within a year: lifted, destroyed, or neither."""
        number = self._ground.number
        luck, when = self._fate.uniform(), self._fate_time.uniform()
        yield self._ground.env.timeout(int(when * _YEAR))
        if account not in self._frozen:
            return
        if luck < number("usdt.p_unfreeze_year"):
            self.unfreeze(account)
        elif luck < number("usdt.p_unfreeze_year") + number("usdt.p_destroy_value"):
            # A transfer refused at the freeze frees its reservation in a block; until then nothing is destroyed.
            while self._ground.books.held(account) > 0:
                yield self._ground.env.timeout(_DAY)
            self.destroy(account)
