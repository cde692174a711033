"""What dated events do to the world: the one implementation of :class:`sandbox.stage.Stage`."""

from collections import Counter
from functools import partial
from typing import Literal

from sandbox.clock import HOUR
from sandbox.goods import ExportBar
from sandbox.market.conditions import Conditions
from sandbox.mirror import EvmLedger
from sandbox.money import Asset
from sandbox.payments import Process
from sandbox.rails.agent import AgentRail
from sandbox.stage import Gates, RegimeTerms, Rule
from sandbox.world import World
from sandbox.world.review import hold, measured
from sandbox.world.second_regime import open_regime


class Effects:
    """Carries events out on a world. An event about something the world lacks changes nothing."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._changes: Counter[str] = Counter()
        """How often each rail's permission was set."""

    def set_pressure(self, level: float) -> None:
        """The pressure index takes a level."""
        self._world.pressure.move_to(level)

    def warn_banks(self, count: int) -> None:
        """A foreign authority warns the first so many authorised banks."""
        for bank in self._world.banks[:count]:
            self._world.derisking.warn(bank.index)

    def rule_agents(self, leaving: float, fee_points: float) -> None:
        """A share of the agents closes down, the others add percentage points to their fee."""
        rail = self._world.rails.get(AgentRail.name)
        if isinstance(rail, AgentRail):
            rail.added_points = fee_points
            self._world.importers.lose_agents(leaving)

    def add_places(
        self, regime: str, count: int, selection: Rule | None, quotas: dict[str, int], spread: bool
    ) -> None:
        """More firms may take part in a regime; they are chosen by a rule and apply at once or one by one."""
        found = self._world.regime(regime)
        if found is not None:
            found.add_places(count, selection, quotas, spread)

    def review(self, gates: Gates, entry_open: bool, wind_down: int | None) -> bool:
        """The regime's record is held against gates; whether it stays, or is wound down over so many seconds."""
        world, regulator = self._world, self._world.regulator
        if regulator is None or world.record is None:
            return False
        found = measured(gates, world.record, world.screening, regulator.supervisor)
        return hold(world.ground, regulator, found, entry_open, wind_down, self._close_regime)

    def _close_regime(self) -> None:
        """No new order goes on a rail of the regime; what is authorised may still be released."""
        closed = {rail.entity for rail in self._world.rails.values() if rail.needs_authorisation}
        self._world.permits.rails -= closed

    def open_regime(self, terms: RegimeTerms) -> None:
        """A further regime opens beside the first."""
        open_regime(self._world, terms)

    def revoke(self, regime: str, rank: int) -> None:
        """The participant that a regime admitted ``rank``-th loses its admission."""
        found = self._world.regime(regime)
        if found is not None:
            found.revoke(rank)

    def staff(self, desk: str, people: int) -> None:
        """A desk has this many people."""
        found = self._world.desks.get(desk)
        if found is not None:
            found.staff(people)

    def freeze(self, holder: str, rank: int, by_holdings: bool, delayed: bool, rail_halt: int) -> None:
        """The issuer freezes a dealer's or a supplier's address; the rail may then stand still for a while."""
        issuer, accounts = self._world.issuer, self._holders(holder)
        if by_holdings:
            accounts.sort(key=lambda account: (-self._world.ground.books.balance(account), account))
        if issuer is None or rank > len(accounts):
            return
        then = partial(self._halt_usdt, rail_halt) if rail_halt else None
        if delayed:
            issuer.decide_to_freeze(accounts[rank - 1], then)
        else:
            issuer.freeze(accounts[rank - 1], then)

    def _halt_usdt(self, seconds: int) -> None:
        """Close the USDT rail to new orders for a while, unless the law has closed it or closes it meanwhile."""
        rail = self._world.rails.get("usdt")
        if rail is not None and rail.entity in self._world.permits.rails:
            self._world.ground.env.process(self._reopen_usdt(seconds))

    def _reopen_usdt(self, seconds: int) -> Process[None]:
        self.permit("usdt", False, None)
        changes = self._changes["usdt"]
        yield self._world.ground.env.timeout(seconds)
        if self._changes["usdt"] == changes:
            self.permit("usdt", True, None)

    def unfreeze(self, holder: str) -> None:
        """The issuer lifts the freezes of this kind of holder."""
        issuer = self._world.issuer
        if issuer is not None:
            for account in self._holders(holder):
                if issuer.is_frozen(account):
                    issuer.unfreeze(account)

    def pause(self, seconds: int) -> None:
        """The issuer pauses the token."""
        if self._world.issuer is not None:
            self._world.ground.env.process(self._world.issuer.pause(seconds))

    def reorganise(self, depth: int, double_spend: bool) -> None:
        """The bitcoin chain's last blocks are replaced."""
        if self._world.chains.coins is not None:
            self._world.chains.coins.reorganise(depth, double_spend)

    def halt(self, chain: str, seconds: int) -> None:
        """A chain makes no blocks."""
        ledger = self._world.chains.ledgers.get(f"chain/{chain}")
        if ledger is None:
            return
        until = self._world.ground.now + seconds
        if isinstance(ledger, EvmLedger):
            ledger.producer.halt(until)
        else:
            ledger.blocks.halt(until)

    def restrict_export(self, country: str, category: str, bite: float, basis: str) -> None:
        """A country refuses part of a category's exports, by end use or by licence."""
        self._world.export_rules[country, category] = ExportBar(bite, basis)

    def permit(self, rail: str, permitted: bool, acceptance: float | None) -> None:
        """The law opens or closes a rail; suppliers' acceptance may change with it."""
        world = self._world
        found = world.rails.get(rail)
        self._changes[rail] += 1
        if acceptance is not None:
            world.suppliers.acceptance[rail] = acceptance
        if found is None:
            return
        permits = world.permits
        permits.rails = permits.rails | {found.entity} if permitted else permits.rails - {found.entity}
        if found.needs_authorisation and world.regimes is not None:
            world.regimes.permit(found.entity, permitted)

    def change_market(
        self,
        *,
        btc_volatility: float,
        btc_jumps: float,
        volume: float,
        spread: float,
        correlation: float | Literal["stress"] | None,
    ) -> None:
        """The market enters a regime: factors of its ordinary state, and the correlation of bitcoin and rouble."""
        ground = self._world.ground
        if correlation == "stress":
            correlation = ground.number("fx.corr_btc_usdrub_stress")
        self._world.market.change(
            Conditions(btc_volatility, btc_jumps, volume, spread, correlation), ground.now
        )

    def jump_bitcoin(self, share: float) -> None:
        """Bitcoin's price changes by a share at once."""
        market, ground = self._world.market, self._world.ground
        market.jump_bitcoin(share, ground.now)
        market.write(ground.journal, ground.now, Asset.BTC, Asset.USD)

    def break_peg(self, size: float, halflife: int | None) -> None:
        """The stablecoin loses a share of its worth; half comes back in ``halflife`` seconds (None: as usual)."""
        world, ground = self._world, self._world.ground
        half = halflife or round(ground.number("usdt.depeg_halflife_h") * HOUR)
        world.market.break_peg(size, half, ground.now)
        if world.breaker is not None:
            world.breaker.look()

    def bridge(self, rail: str, acceptance: float | None, fee: int | None) -> float:
        """A rail's platform is joined to others abroad; the share of suppliers that take it now."""
        world = self._world
        share = world.ground.number("supplier.accept_dr_bridge") if acceptance is None else acceptance
        world.suppliers.acceptance[rail] = share
        if fee is not None and world.operator is not None:
            world.ground.env.process(world.operator.charge(fee))
        return share

    def mine(self, operator: str, sites: int, mw_per_site: float | None, offered: float | None) -> None:
        """An operator has so many mining sites; None: the library's power of a site, or share offered."""
        if self._world.mining is not None:
            self._world.mining.run(operator, sites, mw_per_site, offered)

    def _holders(self, holder: str) -> list[int]:
        world = self._world
        if holder == "dealer":
            return (
                []
                if world.dealers is None
                else [
                    dealer.inventory[Asset.USDT]
                    for dealer in world.dealers.dealers
                    if Asset.USDT in dealer.inventory
                ]
            )
        return [supplier.wallets[Asset.USDT] for supplier in world.suppliers.holders(Asset.USDT)]
