"""How payments end: further attempts after a return, and freezes by a stablecoin's issuer."""

from collections.abc import Sequence
from functools import partial
from math import exp
from typing import Any

import numpy as np

from sandbox.actors.issuer import StablecoinIssuer
from sandbox.chains.evm.errors import EngineMissing
from sandbox.journal.kinds import Kind
from sandbox.lifecycle import State
from sandbox.mirror import EvmLedger
from sandbox.rail import Ground
from sandbox.scenario.canonical import canonical_json, digest
from sandbox.scenario.load import Loaded
from sandbox.scenario.schema import Scenario
from sandbox.simulation import simulate
from sandbox.simulation.kernel import Kernel
from sandbox.validation.laboratory import laboratory, shipped_parameters
from sandbox.validation.reading import Effort, Reading, counted, repeated
from sandbox.world import World
from sandbox.world.chains import token_chain

_DAY = 86_400
_YEAR = 365 * _DAY


def small_world(document: dict[str, Any], parameters: dict[str, object]) -> Loaded[Scenario]:
    """A scenario that stands in no file."""
    scenario = Scenario.model_validate(document)
    library = shipped_parameters().with_overrides(parameters)
    canonical = canonical_json({"scenario": scenario.model_dump(mode="json", by_alias=True)})
    return Loaded(scenario, library, digest(canonical), (), canonical)


def journal_of(loaded: Loaded[Scenario], seed: int) -> np.ndarray[Any, np.dtype[np.void]]:
    """All records of a run."""
    chunks: list[np.ndarray[Any, np.dtype[np.void]]] = []

    def listen(world: World) -> None:
        world.ground.journal.on_chunk.append(lambda records, first: chunks.append(records))

    run = simulate(loaded, seed=seed, chain_tables=False, tamper=listen)
    if run.status != "complete":
        raise RuntimeError(f"the run ended {run.status}: {run.audit}")
    return np.concatenate(chunks)


def retries(effort: Effort) -> Sequence[Reading]:
    """V17: a whole world on correspondents alone, in which four payments of five come back."""
    returned, attempts, observed, rest = 0.8, 3, 40, 30
    document = {
        "schema": 1,
        "title": {"en": "Returns and further attempts"},
        "question": {"en": "How many payments get through in three attempts?"},
        "clock": {
            "start": "2025-03-03",
            "horizon": f"{observed + rest}d",
            "warm_up": "1d",
            "cool_down": "1d",
        },
        "population": {
            "importers": 20,
            "payments_per_business_day": float(max(20, round(240 * effort.scale))),
            "suppliers_per_importer": 1,
            "hours": "always",
        },
        "rails": {"correspondent": {}},
        "policy": {"regime": False, "screening": False, "banks": 1},
        "market": {"prices": "constant"},
    }
    parameters: dict[str, object] = {
        "correspondent.p_return_a": float(np.log(returned / (1 - returned))),
        "correspondent.p_return_b": 0.0,
        "correspondent.p_return_dualuse_shift": 0.0,
        "correspondent.return_stuck_days": {"probability": 0.0, "else_median": 0.5, "else_sigma": 0.1},
        "correspondent.corr_days_mean": {"per_pressure": 0.0},
        "choice.max_attempts": attempts,
        # A warned bank is trusted less abroad: its payments come back more often.
        "bank.warning_rate": {"per_pressure": 0.0, "per_missed_restricted": 0.0},
        "bank.nostro_usd": 10_000_000_000.0,
    }
    rows = journal_of(small_world(document, parameters), seed=17)
    created = rows[rows["kind"] == int(Kind.CREATED)]
    cohort = created["payment"][created["time"] < observed * _DAY]
    moved = rows[(rows["kind"] == int(Kind.MOVED)) & np.isin(rows["payment"], cohort)]
    tried = np.zeros(int(created["payment"].max()) + 1, dtype=np.int64)
    np.maximum.at(tried, moved["payment"], moved["amount"])
    through = int((moved["object"] == int(State.CREDITED)).sum())
    ended = through + int((moved["object"] == int(State.FAILED)).sum())
    mean = (1 - returned**attempts) / (1 - returned)
    limit = effort.widest(0.03)
    return [
        counted(
            "share credited within three attempts",
            1 - returned**attempts,
            through,
            ended,
            widest=limit,
            published="0.488",
        ),
        repeated(
            "attempts a payment",
            mean,
            [float(part.mean()) for part in np.array_split(tried[cohort], 20)],
            len(cohort),
            widest=2 * limit,
            published="2.44",
        ),
    ]


class Holders:
    """Addresses that hold the token: always thirty, for each that is frozen a new one comes."""

    def __init__(self, ledger: EvmLedger, count: int) -> None:
        self._ledger = ledger
        self._opened = 0
        self.now = [self._open() for _ in range(count)]

    def replace(self, account: int) -> None:
        """An address is frozen: its owner leaves, somebody else comes."""
        self.now[self.now.index(account)] = self._open()

    def _open(self) -> int:
        self._opened += 1
        return self._ledger.open(f"holder/{self._opened}", "wallet")


def freezes(effort: Effort) -> Sequence[Reading]:
    """V19: years in which at least one of thirty addresses is frozen, on the chain."""
    hazard, addresses, years = 0.02, 30, effort.of(1_400)
    ground = laboratory(
        {"usdt.freeze_hazard": hazard, "usdt.p_unfreeze_year": 0.0, "usdt.p_destroy_value": 0.0}, seed=19
    )
    ledger = _token_ledger(ground)
    holders = Holders(ledger, addresses)
    issuer = StablecoinIssuer(ground, ledger, ledger.chain.account("issuer/owner"), lambda: holders.now)
    ledger.open_block()
    ledger.watchers.append(partial(_replace_frozen, issuer, holders))
    assert isinstance(ground.env, Kernel)
    ground.env.run_to(years * _YEAR)
    rows = ground.journal.array()
    hit = rows["time"][rows["kind"] == int(Kind.FROZEN)] // _YEAR
    ledger.chain.close()
    with_one = len(set(hit.tolist()))
    expected = 1.0 - exp(-hazard * addresses)
    per_year = np.bincount(np.asarray(hit, dtype=np.int64), minlength=years)
    return [
        counted(
            "years with a freeze", expected, with_one, years, widest=effort.widest(0.06), published="0.451"
        ),
        repeated(
            "freezes a year",
            hazard * addresses,
            [float(part.mean()) for part in np.array_split(per_year, 20)],
            years,
            widest=effort.widest(0.2),
        ),
    ]


def _token_ledger(ground: Ground) -> EvmLedger:
    """The token's chain on the default engine, the reference engine where that is not installed."""
    try:
        return token_chain(ground, "revm", 19, "needed")[0]
    except EngineMissing:
        return token_chain(ground, "eth-tester", 19, "needed")[0]


def _replace_frozen(
    issuer: StablecoinIssuer, holders: Holders, chain: str, height: int, touched: object
) -> None:
    """After a block: whoever the chain says is frozen gives way to a new holder."""
    for account in list(holders.now):
        if issuer.is_frozen(account):
            holders.replace(account)
