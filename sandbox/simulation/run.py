"""One run: a scenario, a seed and a replication become a journal, audited as it grows."""

import gc
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path

from sandbox import goods
from sandbox.actors.asset_platform import OPERATOR
from sandbox.audit.auditor import Auditor
from sandbox.audit.facts import ChainTerms, Owed, Terms
from sandbox.audit.violation import Violation
from sandbox.clock import DAY, Clock
from sandbox.journal import Journal, Kind, names_of
from sandbox.lifecycle import REASON_NAMES, State
from sandbox.mirror import EvmLedger
from sandbox.money import Asset
from sandbox.rails import PROMISES, REGIME_RAILS
from sandbox.scenario.load import Loaded
from sandbox.scenario.parameters import Used
from sandbox.scenario.schema import Scenario
from sandbox.simulation.chain_tables import write_chain_tables
from sandbox.simulation.drive import Drive
from sandbox.simulation.kernel import Kernel
from sandbox.simulation.stopping import Stopping
from sandbox.world import Engines, World, assemble
from sandbox.world.platform import holding_limit, operation_limit

#: Called once a simulated day: (seconds done, horizon, payments created).
Progress = Callable[[int, int, int], None]


#: What a chain says of some accounts: (account, minor units).
Reader = Callable[[Iterable[int]], list[tuple[int, int]]]


class Interrupted(Exception):
    """The user stopped the run; what the journal holds up to there is kept."""

    def __init__(self, run: "Run") -> None:
        super().__init__(run)
        self.run = run


@dataclass(slots=True)
class Run:
    """What a run leaves behind, beside its journal."""

    seed: int
    replication: int
    status: str
    """``complete``, ``interrupted`` or ``invalid``."""
    digest: str
    """Hex digest of the whole journal."""
    rows: int
    payments: int
    """Payments created."""
    audit: str
    """``passed``, ``not completed``, or the broken rule."""
    violation: Violation | None = None
    used: list[Used] = field(default_factory=list)
    """The dated parameters that were looked up, with source and confidence."""
    engines: Engines = field(default_factory=Engines)


@contextmanager
def _without_collector() -> Iterator[None]:
    """The collector of reference cycles is off meanwhile, since a run's objects die by counting."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@_without_collector()
def simulate(
    loaded: Loaded[Scenario],
    *,
    seed: int,
    replication: int = 0,
    engines: Engines | None = None,
    directory: Path | None = None,
    progress: Progress | None = None,
    chain_tables: bool = True,
    tamper: Callable[[World], None] | None = None,
) -> Run:
    """Run a scenario to its horizon.

    ``directory`` receives the journal's files (None: kept in memory and dropped). ``tamper`` gets the world before
    it starts: tests seed their defects there. A broken audit rule ends the run with status ``invalid``;
    KeyboardInterrupt ends it with ``interrupted`` after the files are closed, raised as :class:`Interrupted`.
    """
    with Stopping() as stopping:
        run = _simulated(
            loaded,
            seed,
            replication,
            engines or Engines(),
            directory,
            progress,
            chain_tables,
            tamper,
            stopping,
        )
    stopping.obey()
    return run


def _simulated(
    loaded: Loaded[Scenario],
    seed: int,
    replication: int,
    chosen: Engines,
    directory: Path | None,
    progress: Progress | None,
    chain_tables: bool,
    tamper: Callable[[World], None] | None,
    stopping: Stopping,
) -> Run:
    scenario = loaded.scenario
    env = Kernel()
    codes = {
        "state": names_of(State),
        "reason": {int(code): name for code, name in REASON_NAMES.items()},
        "goods": names_of(goods.GoodsState),
        "terms": names_of(goods.Terms),
    }
    journal = Journal(env, directory, codes=codes)
    auditor = Auditor(
        lambda: journal.entities, lambda: journal.accounts, _terms(scenario, loaded), partial(_owed, journal)
    )
    journal.on_chunk.append(auditor.chunk)
    world = assemble(scenario, loaded.parameters, env, journal, seed, replication, chosen)
    horizon = scenario.clock.horizon
    drive = Drive(world, lambda now: progress(now, horizon, drive.created) if progress else None, stopping)
    run = Run(seed, replication, "complete", "", 0, 0, "passed", engines=chosen)
    try:
        _watch_chains(world, auditor, journal)
        if tamper is not None:
            tamper(world)
        drive.start()
        env.run_to(horizon)
        stopping.obey()
        _write_end(world, drive)
        journal.flush()
        _read_chains_once_more(world, auditor, journal)
        auditor.finish()
        stopping.obey()
    except Violation as violation:
        run.status, run.audit, run.violation = "invalid", violation.rule, violation
    except KeyboardInterrupt:
        run.status, run.audit = "interrupted", "not completed"
    finally:
        run.payments, run.rows = drive.created, journal.rows
        journal.on_chunk.clear()
        run.digest = journal.close()
        run.used = loaded.parameters.used()
        if directory is not None and chain_tables:
            write_chain_tables(world.chains, directory / "chains")
        world.close()
    if run.status == "interrupted":
        raise Interrupted(run)
    return run


def _terms(scenario: Scenario, loaded: Loaded[Scenario]) -> Terms:
    """What the scenario promised, as far as the audit depends on it."""
    chains: dict[str, ChainTerms] = {}
    specs = scenario.rails
    if specs.usdt is not None:
        seconds = int(loaded.parameters.number("usdt.evm_block_interval_s", scenario.clock.start))
        interval = seconds if specs.usdt.blocks == "needed" else None
        chains["chain/evm"] = ChainTerms(confirmations=specs.usdt.confirmations, block_seconds=interval)
    if specs.btc is not None:
        chains["chain/bitcoin"] = ChainTerms(confirmations=specs.btc.confirmations)
    if specs.digital_ruble is not None:
        # The platform is final at once: an order's own block is all there is to wait for.
        chains["chain/digital_ruble"] = ChainTerms(confirmations=1, block_seconds=0)
    if specs.dfa is not None:
        chains["chain/dfa"] = ChainTerms(confirmations=1, block_seconds=0)
    registered_from = exports_from = None
    if scenario.policy.currency_control:
        registered_from = _registered_from(scenario, loaded, "import")
        if scenario.population.exporters is not None:
            exports_from = _registered_from(scenario, loaded, "export")
    daily = cap = None
    if scenario.population.goods:
        number, start = loaded.parameters.number, scenario.clock.start
        daily = number("population.late_penalty_per_day", start) / 100.0
        cap = number("population.late_penalty_cap", start)
    return Terms(
        chains=chains,
        penalty_per_day=daily,
        penalty_cap=cap,
        registered_from=registered_from,
        exports_registered_from=exports_from,
        exports=scenario.population.exporters is not None,
        authorised_rails=frozenset(f"rail/{name}" for name in REGIME_RAILS),
        chain_rails=_proven_by("chain"),
        receipt_rails=_proven_by("receipt"),
        platforms={Asset.DRUB: "operator", Asset.DFA: OPERATOR},
        regimes=_regimes(scenario),
        overlap=any(e.kind == "regime_open" and e.overlap == "both" for e in scenario.timeline.values()),
        priority_desks=_by_priority(scenario),
        operation_limit=operation_limit(scenario),
        holding_limit=holding_limit(scenario, loaded.parameters),
        notice_seconds=DAY * int(loaded.parameters.number("regulator.notice_days_ml", scenario.clock.start)),
        month_starts=_month_starts(scenario),
    )


def _registered_from(scenario: Scenario, loaded: Loaded[Scenario], direction: str) -> int:
    """Kopecks above which a contract of this direction is registered."""
    name = f"currency_control.contract_registration_{direction}_rub"
    return int(loaded.parameters.number(name, scenario.clock.start) * 100)


def _month_starts(scenario: Scenario) -> tuple[int, ...]:
    """First second of every calendar month that begins in the run."""
    clock, last = Clock(scenario.clock.start), scenario.clock.horizon
    day, starts = scenario.clock.start, [0]
    while starts[-1] < last:
        day = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
        starts.append(clock.second(day))
    return tuple(starts[1:])


def _regimes(scenario: Scenario) -> dict[str, frozenset[str]]:
    """Every regime's rails."""
    rails = {"regulator": scenario.policy.rails or REGIME_RAILS}
    for event in scenario.timeline.values():
        if event.kind == "regime_open":
            rails[f"regime/{event.id}"] = event.rails
    return {regime: frozenset(f"rail/{name}" for name in names) for regime, names in rails.items()}


def _by_priority(scenario: Scenario) -> frozenset[str]:
    """Desks that take cases up by priority."""
    in_order = scenario.policy.application_priority == "arrival"
    return frozenset() if in_order else frozenset({"desk/applications"})


def _proven_by(proof: str) -> frozenset[str]:
    """Rails whose settlement this proves."""
    return frozenset(f"rail/{name}" for name, promise in PROMISES.items() if promise.proof == proof)


def _owed(journal: Journal) -> Owed:
    """What the journal's own table of payments says that beneficiaries are owed."""
    table = journal.static_table("payments")
    if not table.num_rows:
        return Owed.nothing()
    exports = table["direction"].to_numpy(zero_copy_only=False) == "export"
    return Owed(table["currency"].to_numpy(), table["payout_units"].to_numpy(), exports)


def _watch_chains(world: World, auditor: Auditor, journal: Journal) -> None:
    """After every block the auditor reads the accounts that it touched from the chain itself."""
    for ledger in world.chains.ledgers.values():

        def watch(chain: str, height: int, touched: Iterable[int], read: Reader = ledger.readings) -> None:
            auditor.block_closed(chain, height, journal.rows, read(touched))

        ledger.watchers.append(watch)


def _read_chains_once_more(world: World, auditor: Auditor, journal: Journal) -> None:
    """At the end every account of every chain is read, touched or not."""
    for name, ledger in world.chains.ledgers.items():
        height = ledger.chain.blocks[-1].height if isinstance(ledger, EvmLedger) else ledger.chain.height
        auditor.block_closed(name, height, journal.rows, ledger.readings(ledger.accounts))


def _write_end(world: World, drive: Drive) -> None:
    """Payments still under way are censored, not failed."""
    journal = world.ground.journal
    now = world.ground.now
    under_way = drive.in_flight | world.office.taken_up_again
    for number, payment in sorted(under_way.items()):
        journal.record(Kind.CENSORED, number, -1, payment.state, -1, now - payment.created)
    journal.record(Kind.HORIZON, amount=drive.created, extra=journal.rows)
