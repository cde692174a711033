"""What importers decide: which lawful rail a payment takes, and what they learn from how it went."""

from collections.abc import Sequence

from sandbox.journal.kinds import QuickKind as Kind
from sandbox.lifecycle import Reason
from sandbox.payments import Payment
from sandbox.policies.rail_choice import Tastes, pick, utility
from sandbox.population import Importer, Population
from sandbox.rail import Ground, Rail

#: Reason classes a firm learns from. A compliance stop or a freeze teaches it nothing (scope rule).
_LEARNT = frozenset({"technical", "liquidity", "limit", "counterparty_policy"})


class Importers:
    """The firms' rule of choice over the rails that exist."""

    def __init__(self, ground: Ground, population: Population, rails: Sequence[Rail]) -> None:
        self._ground = ground
        self._firms = population.importers
        self._rails = tuple(rails)
        self._choice = ground.streams.indexed("importer/rail")
        self._agent = ground.streams.indexed("importer/agent-onboarding")
        self._bits = {rail.entity: 1 << place for place, rail in enumerate(self._rails)}

    def lawful(self, payment: Payment, open_rails: frozenset[int]) -> list[Rail]:
        """Rails that the law permits, the beneficiary takes and the firm is onboarded for."""
        firm = self._firms[payment.importer]
        now = self._ground.now
        usable = []
        for rail in self._rails:
            if rail.entity not in open_rails or not rail.accepts(payment):
                continue
            if rail.needs_authorisation and not (firm.admitted and 0 <= firm.regime_ready <= now):
                continue
            if rail.name == "agent" and not 0 <= firm.agent_ready <= now:
                continue
            usable.append(rail)
        return usable

    def choose(self, payment: Payment, open_rails: frozenset[int]) -> Rail | None:
        """The rail of this attempt, or None when no lawful rail is left."""
        usable = self.lawful(payment, open_rails)
        if not usable:
            return None
        firm = self._firms[payment.importer]
        if len(usable) == 1:
            chosen = usable[0]
        else:
            tastes = self._tastes()
            utilities = []
            for rail in usable:
                quote = rail.quote(payment)
                failure = firm.failures.get(rail.entity, quote.failure)
                utilities.append(
                    utility(tastes, quote, failure, payment.prepaid, rail.entity == firm.last_rail)
                )
            chosen = usable[pick(utilities, self._choice.uniform(payment.draw))]
        mask = 0
        for rail in usable:
            mask |= self._bits[rail.entity]
        firm.last_rail = chosen.entity
        payment.rail = chosen.entity
        self._ground.journal.record(
            Kind.CHOSE_RAIL, payment.number, firm.entity, -1, chosen.entity, mask, payment.attempt
        )
        return chosen

    def learn(self, payment: Payment, rail: Rail, reason: Reason) -> None:
        """Update the firm's belief about a rail after an attempt (NONE: it settled)."""
        firm = self._firms[payment.importer]
        failed = bool(reason)
        if failed and reason.klass not in _LEARNT:
            return
        alpha = self._ground.number("choice.learn_alpha")
        before = firm.failures.get(rail.entity)
        if before is None:
            before = rail.quote(payment).failure
        firm.failures[rail.entity] = before + alpha * (float(failed) - before)
        if failed and rail.name == "correspondent" and not firm.failed_direct:
            self._seek_agent(firm)

    def _seek_agent(self, firm: Importer) -> None:
        """After the first failed direct payment a firm looks for an agent; finding one takes months."""
        firm.failed_direct = True
        if firm.agent_ready < 0:
            hazard = self._ground.number("agent.agent_onboard_hazard")
            month = 30 * 86_400
            wait = self._agent.exponential(firm.index, month / hazard)
            firm.agent_ready = self._ground.now + int(wait)

    def _tastes(self) -> Tastes:
        number = self._ground.number
        interest = number("macro.key_rate") / 365.0
        return Tastes(
            beta_cost=number("choice.beta_cost"),
            beta_fail=number("choice.beta_fail"),
            habit=number("choice.habit"),
            kappa_prepaid=number("choice.delay_passthrough") * number("choice.time_value_goods") + interest,
            kappa_open=number("population.late_penalty_per_day") + interest,
        )
