"""What makes a world move: arrivals, the daily round, dated events. The only processes started from outside."""

from collections.abc import Callable, Iterator
from functools import partial
from math import exp
from typing import Any

import numpy as np
import simpy

from sandbox.clock import DAY, HOUR
from sandbox.disruptions import Disruption
from sandbox.journal.kinds import QuickKind as Kind
from sandbox.journal.kinds import QuickPurpose as Purpose
from sandbox.lifecycle import TERMINALS
from sandbox.market.prices import paid_units
from sandbox.money import Asset
from sandbox.payments import Payment, Process
from sandbox.population import Importer
from sandbox.rails.correspondent import CorrespondentRail
from sandbox.scenario.schema import Schedule
from sandbox.simulation.attributes import describe
from sandbox.simulation.events import Effects
from sandbox.simulation.kernel import Errand
from sandbox.simulation.stopping import Stopping
from sandbox.world import World

#: Kinds of events whose effect stands: one that lies before the start belongs to the opening state.
STANDING = frozenset(
    {
        "export_rule",
        "rail_permit",
        "rail_bridge",
        "mining_capacity",
        "admission_wave",
        "staffing",
        "regime_open",
    }
)


class Drive:
    """The processes of a run, and the payments that are under way."""

    def __init__(self, world: World, on_day: Callable[[int], None], stopping: Stopping) -> None:
        self.world = world
        self._stopping = stopping
        self.effects = Effects(world)
        self.in_flight: dict[int, Payment] = {}
        self.created = 0
        self._on_day = on_day
        self._applicants = world.ground.streams.named("importer/applications")
        self._applicant = world.ground.streams.named("importer/applicant")

    def start(self) -> None:
        """Start every process, in a fixed order (ties at one second are broken by it)."""
        env = self.world.ground.env
        self._describe_payments()
        self._agents_found_before()
        env.process(self._daily())
        self._schedule_rails()
        self._schedule_levers()
        self._schedule_timeline()
        if CorrespondentRail.name in self.world.rails:
            env.process(self._treasury())
        if self.world.regulator is not None:
            env.process(self._applications())
        if self.world.operator is not None:
            env.process(self._tariff())
        if self.world.goods is not None:
            self.world.goods.start()
        env.process(self._arrivals())

    # -- orders -----------------------------------------------------------------------------------------

    def _arrivals(self) -> Process[None]:
        """Each order comes into being at its second and goes its own way."""
        Errand(self._come())
        yield from ()

    def _come(self) -> Process[None]:
        env, order, begin, stopping = self.world.ground.env, self._order, self._begin, self._stopping
        for row in self._rows():
            if stopping.asked:
                stopping.obey()
            wait = row[1] - env.now
            if wait > 0:
                yield env.timeout(wait)
            begin(order(*row))

    def _rows(self) -> Iterator[tuple[Any, ...]]:
        """Number and columns of every order as plain Python values, a stretch at a time."""
        orders, stretch = self.world.orders, 4_096
        columns = (
            orders.created,
            orders.importer,
            orders.supplier,
            orders.invoice_cents,
            orders.prepaid,
            self._payouts,
            self._due,
            self._prohibited,
        )
        for first in range(0, len(orders), stretch):
            last = min(first + stretch, len(orders))
            yield from zip(
                range(first, last), *(column[first:last].tolist() for column in columns), strict=True
            )

    def _begin(self, payment: Payment) -> None:
        self.in_flight[payment.number] = payment
        Errand(self.world.office.story(payment), partial(self._finished, payment))

    def _finished(self, payment: Payment) -> None:
        if payment.state in TERMINALS:
            del self.in_flight[payment.number]
            if self.world.record is not None:
                self.world.record.ended(payment)
            if self.world.goods is not None and not payment.export:
                self.world.goods.ended(payment)

    def _order(
        self,
        number: int,
        created: int,
        importer: int,
        supplier_index: int,
        invoice: int,
        prepaid: bool,
        payout: int,
        due: int,
        prohibited: bool,
    ) -> Payment:
        population = self.world.population
        firm, supplier = population.importers[importer], population.suppliers[supplier_index]
        self.created = number + 1
        payment = Payment(
            number=number,
            created=created,
            importer=importer,
            supplier=supplier_index,
            bank=firm.bank,
            country=supplier.country,
            category=supplier.category,
            prepaid=prepaid,
            currency=Asset.RUB if firm.exports else supplier.currency,
            invoice_cents=invoice,
            payout_units=payout,
            due=due,
            prohibited=prohibited,
            export=firm.exports,
        )
        if not firm.exports:  # what an exporter sells crosses the border the other way and is not followed
            supplier.received_cents += invoice
            if self.world.goods is None:
                payment.export_refused = self._refused(number, supplier.country, supplier.category)
            else:
                self.world.goods.ordered(payment)
        self.world.ground.journal.record(
            Kind.CREATED, number, firm.entity, supplier.entity, payment.contract, invoice, payment.due
        )
        return payment

    def _refused(self, number: int, country: str, category: str) -> bool:
        rules = self.world.export_rules
        bar = rules.get((country, category)) if rules else None
        return bar is not None and float(self.world.orders.export[number]) < bar.bite

    def _describe_payments(self) -> None:
        """The static attributes of every order, kept once."""
        world = self.world
        table = describe(world)
        self._payouts, self._due, self._prohibited = (
            np.asarray(table[name]) for name in ("payout_units", "due", "prohibited")
        )
        world.ground.journal.describe_payments(table)

    def _agents_found_before(self) -> None:
        """Firms began to look for agents when secondary sanctions were announced; some found one before the start."""
        world, ground = self.world, self.world.ground
        if "agent" not in world.rails:
            return
        pressed_since = ground.clock.second(world.first_pressure)
        if pressed_since >= 0:
            return
        luck = ground.streams.named("importer/agent-before").uniforms(len(world.population.importers))
        hazard = ground.number("agent.agent_onboard_hazard") / (30 * DAY)
        for firm, uniform in zip(world.population.importers, luck.tolist(), strict=True):
            if uniform < 1.0 - exp(hazard * pressed_since):
                firm.agent_ready = 0
                firm.failed_direct = True

    # -- the daily round ----------------------------------------------------------------------------------

    def _daily(self) -> Process[None]:
        """At midnight: prices, the exchange's sweeps, then the warnings of the day that has passed."""
        world, env = self.world, self.world.ground.env
        while True:
            now = world.ground.now
            world.market.write_daily(world.ground.journal, now)
            if now:
                world.exchange.sweep()
                world.derisking.daily()
            self._on_day(now)
            self._stopping.obey()
            yield env.timeout(DAY)

    def _treasury(self) -> Process[None]:
        """On business mornings every bank fills its nostros up to their level, or to its largest waiting order."""
        world, ground = self.world, self.world.ground
        rail = world.rails[CorrespondentRail.name]
        assert isinstance(rail, CorrespondentRail)
        yield ground.env.timeout(int(ground.number("bank.nostro_refill_hour") * HOUR))
        while True:
            if world.hours.is_business_day(ground.today):
                for bank in world.banks:
                    for asset, account in bank.nostro.items():
                        self._fill(
                            bank.entity, bank.cash, account, asset, rail.wanted.get((bank.index, asset), 0)
                        )
                rail.topped_up()
            yield ground.env.timeout(DAY)

    def _fill(self, entity: int, cash: int, nostro: int, asset: Asset, wanted: int) -> None:
        books, world = self.world.ground.books, self.world
        missing = max(world.nostro_level(asset), wanted) - books.balance(nostro)
        if missing > 0:
            roubles = max(1, paid_units(missing, world.market.cross(asset, Asset.RUB, world.ground.now)))
            books.post(
                -1,
                entity,
                [
                    (world.abroad[asset], nostro, missing, Purpose.FUNDING),
                    (cash, world.outside, roubles, Purpose.FUNDING),
                ],
            )

    # -- the regime ---------------------------------------------------------------------------------------

    def _schedule_rails(self) -> None:
        world, ground = self.world, self.world.ground
        specs, policy = world.scenario.rails, world.scenario.policy
        for name in ("correspondent", "agent"):
            if name in world.rails:
                self.effects.permit(name, True, None)
        for name, spec in (("usdt", specs.usdt), ("btc", specs.btc), ("dfa", specs.dfa)):
            if name in world.rails and spec is not None:
                day = spec.opens or policy.opens
                self._at(ground.clock.second(day), partial(self.effects.permit, name, True, None))
        if "digital_ruble" in world.rails and specs.digital_ruble is not None:
            day = specs.digital_ruble.opens or world.digital_ruble_start
            self._at(ground.clock.second(day), partial(self.effects.permit, "digital_ruble", True, None))
        if world.regulator is not None:
            self._at(ground.clock.second(policy.opens), world.regulator.open)

    def _schedule_levers(self) -> None:
        policy = self.world.scenario.policy
        levers = {
            "applications": policy.review_officers,
            "kyc": policy.kyc_analysts,
            "aml": policy.aml_analysts,
        }
        for desk, lever in levers.items():
            if isinstance(lever, Schedule) and desk in self.world.desks:
                for day, dated in sorted(lever.values.items()):
                    second = self.world.ground.clock.second(day)
                    if second > 0:
                        self._at(second, partial(self.effects.staff, desk, dated.value))

    def _applications(self) -> Process[None]:
        """Firms apply of their own accord once the regime is open; they take the desk's time."""
        world, ground = self.world, self.world.ground
        regulator = world.regulator
        assert regulator is not None
        yield ground.until(ground.clock.second(world.scenario.policy.opens))
        firms: list[Importer] = world.population.importers
        while True:
            rate = ground.number("regulator.application_rate") * self._rush()
            if rate <= 0:
                return
            gap = self._applicants.exponential(1.0 / rate) * ground.number("hours.business_day") * HOUR
            yield ground.until(world.hours.finish(ground.now, max(1, int(gap))))
            regulator.unsolicited(firms[self._applicant.integers(len(firms))])

    def _rush(self) -> float:
        """How many times as often as usual firms apply: more before a review that may close or open the door."""
        review, now = self.world.review_at, self.world.ground.now
        if review < 0 or now >= review:
            return 1.0
        terms = self.world.ground.table("regulator.anticipation")
        return terms["factor"] if now >= review - terms["days"] * DAY else 1.0

    def _tariff(self) -> Process[None]:
        """The platform's fee is charged when its period of grace ends."""
        world, ground = self.world, self.world.ground
        operator = world.operator
        assert operator is not None
        ends = ground.clock.second(world.digital_ruble_grace)
        if ends > 0:
            yield ground.until(ends)
        yield from operator.charge(int(ground.number("digital_ruble.dr_fee_rub") * 100))

    # -- dated events ---------------------------------------------------------------------------------------

    def _schedule_timeline(self) -> None:
        world, ground = self.world, self.world.ground
        clock, journal = ground.clock, ground.journal
        own_pressure = any(event.kind == "pressure" for event in world.scenario.timeline.values())
        if not own_pressure:
            for day, level in world.pressure_series:
                if clock.second(day) > 0:
                    self._at(clock.second(day), partial(self.effects.set_pressure, level))
        dated = sorted(world.scenario.timeline.items(), key=lambda item: (item[1].at, item[0]))
        for name, event in dated:
            moment = event.at
            second = clock.second(moment.date(), moment.hour, moment.minute) + moment.second
            entity = journal.entity(f"event/{name}")
            if second < 0:
                # What lies before the start is part of the opening state.
                if event.kind in STANDING:
                    event.strike(self.effects)
                continue

            self._at(second, partial(self._happen, event, entity))

    def _happen(self, event: Disruption, entity: int) -> None:
        value = event.strike(self.effects)
        self.world.ground.journal.record(Kind.WORLD, actor=entity, amount=round(value * 10**6))

    def _at(self, second: int, action: Callable[[], object]) -> None:
        """Do something at a second; what is due at or before the start is done now."""
        if second <= 0:
            action()
            return
        event = self.world.ground.env.timeout(second)
        assert event.callbacks is not None

        def due(_: simpy.Event) -> None:
            action()

        event.callbacks.append(due)
