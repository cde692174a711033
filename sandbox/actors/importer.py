"""What importers decide: which lawful rail a payment takes, and what they learn from how it went."""

from collections.abc import Sequence
from typing import Protocol

from sandbox.clock import DAY
from sandbox.journal.kinds import QuickKind as Kind
from sandbox.lifecycle import Reason
from sandbox.payments import Payment, Quote
from sandbox.policies.experience import Experience
from sandbox.policies.rail_choice import Tastes, inclusive_value, pick, utility
from sandbox.policies.satisficing import settle_for
from sandbox.population import Importer, Population
from sandbox.rail import Ground, Rail
from sandbox.randomness import IndexedStream

#: Reason classes a firm learns from. A compliance stop or a freeze teaches it nothing (scope rule).
_LEARNT = frozenset({"technical", "liquidity", "limit", "counterparty_policy"})

#: Steps of a percentage point in which a record tells what a choice is worth, and the most it can tell.
_STEPS, _MOST = 10_000, 2_000_000_000


class Memberships(Protocol):
    """The regimes, as a firm meets them."""

    def may_use(self, firm: int, rail: int) -> bool:
        """Whether a firm (its index) is in a regime that has the rail."""


class Importers:
    """The firms' rule of choice over the rails that exist."""

    def __init__(
        self, ground: Ground, population: Population, rails: Sequence[Rail], satisficing: bool = False
    ) -> None:
        self._ground = ground
        self._firms = population.importers
        self._rails = tuple(rails)
        self._choice = ground.streams.indexed("importer/rail")
        self._agent = ground.streams.indexed("importer/agent-onboarding")
        self._agent_closes = ground.streams.indexed("importer/agent-closes")
        self._agent_again = ground.streams.indexed("importer/agent-again")
        self._satisficing = satisficing
        self._tastes_of = -1
        self._today_tastes: Tastes
        self._serves = 0.0, 0.0
        """Largest failure and share of the value with which a rail is quoted to serve a payment (told, not obeyed)."""
        self.lived: list[dict[int, Experience]] = [{} for _ in self._firms]
        """Firm -> rail entity -> its own experience there (no compliance stop and no freeze is learnt from)."""
        self.inward: tuple[Rail, ...] = ()
        """Rails on which a buyer abroad may pay an exporter."""
        self.regimes: Memberships | None = None
        """Which firm may use which rail, where there is more than one regime or a rail is not for all."""
        self._bits = {rail.entity: 1 << place for place, rail in enumerate(self._rails)}

    def lawful(self, payment: Payment, open_rails: frozenset[int]) -> list[Rail]:
        """Rails that the law permits, the beneficiary takes and the firm is onboarded for."""
        firm = self._firms[payment.importer]
        now = self._ground.now
        usable = []
        failures = payment.failures
        declined = bool(failures) and any(reason is Reason.AG01 for _, reason in failures)
        for rail in self.inward if payment.export else self._rails:
            if rail.entity not in open_rails or not rail.accepts(payment):
                continue
            if rail.needs_authorisation:
                if firm.admitted_at < 0 or not 0 <= firm.regime_ready <= now:
                    continue
                if declined:
                    continue  # its bank has declined this order: that holds for all rails of the regime
                if self.regimes and not self.regimes.may_use(firm.index, rail.entity):
                    continue
            elif rail.name == "agent" and not 0 <= firm.agent_ready <= now:
                continue
            usable.append(rail)
        return usable

    def choose(self, payment: Payment, open_rails: frozenset[int]) -> Rail | None:
        """The rail of this attempt, or None when no lawful rail is left."""
        usable = self.lawful(payment, open_rails)
        if not usable:
            return None
        firm = self._firms[payment.importer]
        tastes, quotes, mask, serving = self._tastes(), [], 0, 0
        most_failure, most_cost = self._serves
        for rail in usable:
            quote = rail.quote(payment)
            quotes.append(quote)
            bit = self._bits[rail.entity]
            mask |= bit
            if quote.failure <= most_failure and quote.cost_share <= most_cost:
                serving |= bit
        utilities, last = self._utilities(tastes, payment, firm, usable, quotes)
        place = 0 if len(usable) == 1 else self._place(tastes, payment, utilities, last)
        chosen = usable[place]
        payment.chosen_at, payment.quote, payment.set_aside = self._ground.now, quotes[place], 0
        worth = round(inclusive_value(utilities, tastes.beta_cost) * _STEPS)
        firm.last_rail = chosen.entity
        payment.rail = chosen.entity
        self._ground.journal.record(
            Kind.CHOSE_RAIL,
            payment.number,
            firm.entity,
            max(-_MOST, min(_MOST, worth)),
            chosen.entity,
            serving << 32 | mask,
            payment.attempt,
        )
        return chosen

    def _utilities(
        self, tastes: Tastes, payment: Payment, firm: Importer, usable: list[Rail], quotes: list[Quote]
    ) -> tuple[list[float], int]:
        """Utility of each usable rail as the firm sees it, and the position of the one it used last (-1: none)."""
        lived, utilities, last = self.lived[firm.index], [], -1
        for position, (rail, quote) in enumerate(zip(usable, quotes, strict=True)):
            known = lived.get(rail.entity)
            read = quote if known is None else known.corrected(quote)
            used_last = rail.entity == firm.last_rail
            last = position if used_last else last
            habit = used_last and not self._satisficing
            utilities.append(utility(tastes, read, read.failure, payment.prepaid, habit))
        return utilities, last

    def _place(self, tastes: Tastes, payment: Payment, utilities: list[float], last: int) -> int:
        """Position of the rail that the firm's rule takes."""
        draw = self._choice.uniform(payment.draw)
        if not self._satisficing:
            return pick(utilities, draw)
        enough = -tastes.beta_cost * self._ground.number("choice.aspiration_pct")
        return settle_for(utilities, enough, last, draw)

    def learn(self, payment: Payment, rail: Rail, reason: Reason) -> None:
        """Update the firm's belief about a rail after an attempt (NONE: it settled)."""
        firm = self._firms[payment.importer]
        failed = bool(reason)
        if failed and reason.klass not in _LEARNT:
            return
        alpha = self._ground.number("choice.learn_alpha")
        quote, lived = payment.quote, self.lived[firm.index]
        assert quote is not None, "an attempt on a rail that nobody chose"
        known = lived.get(rail.entity)
        if known is None:
            known = lived[rail.entity] = Experience(quote.failure)
        seconds = self._ground.now - payment.chosen_at - payment.set_aside
        if failed:
            known.failed(seconds, alpha)
        else:
            known.settled(seconds, quote.seconds, alpha)
        if failed and rail.name == "correspondent" and not firm.failed_direct:
            self._seek_agent(firm)

    def lose_agents(self, share: float) -> None:
        """A share of the agents closes down: their clients look for another, which takes as long as ever."""
        for firm in self._firms:
            if firm.agent_ready >= 0 and self._agent_closes.uniform(firm.index) < share:
                firm.agent_ready = -1
                self._seek_agent(firm, self._agent_again)

    def _seek_agent(self, firm: Importer, luck: IndexedStream | None = None) -> None:
        """After the first failed direct payment a firm looks for an agent; finding one takes months."""
        firm.failed_direct = True
        if firm.agent_ready < 0:
            hazard = self._ground.number("agent.agent_onboard_hazard")
            month = 30 * 86_400
            wait = (luck or self._agent).exponential(firm.index, month / hazard)
            firm.agent_ready = self._ground.now + int(wait)

    def _tastes(self) -> Tastes:
        """Today's weights, put together once a day as the parameters' values are."""
        today = self._ground.now // DAY
        if today != self._tastes_of:
            self._tastes_of, self._today_tastes = today, self._weigh()
            number = self._ground.number
            cost = number("transparency.serves_cost_pct_most") / 100.0
            self._serves = number("transparency.serves_failure_most"), cost
        return self._today_tastes

    def _weigh(self) -> Tastes:
        number = self._ground.number
        interest = number("macro.key_rate") / 365.0
        return Tastes(
            beta_cost=number("choice.beta_cost"),
            beta_fail=number("choice.beta_fail"),
            habit=number("choice.habit"),
            kappa_prepaid=number("choice.delay_passthrough") * number("choice.time_value_goods") + interest,
            kappa_open=number("population.late_penalty_per_day") + interest,
        )
