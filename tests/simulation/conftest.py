"""Small worlds for tests: a scenario as a map, run in memory, with its journal kept to be looked at."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sandbox.journal.kinds import Kind, Purpose
from sandbox.lifecycle import Reason, State
from sandbox.scenario.load import Loaded, load
from sandbox.scenario.schema import Scenario
from sandbox.simulation import Run, simulate
from sandbox.world import Engines, World

START = "2025-03-03"
QUICK = Engines(evm="revm", bitcoin="python")

#: Firms are onboarded at once, nobody applies unasked, and no address is frozen by chance.
CALM = {
    "bank.onboarding_bd": {"median": 0.01, "sigma": 0.1},
    "regulator.application_rate": 0,
    "usdt.freeze_hazard": 0,
    "population.invoice_ln_sigma": 0.8,
}


@dataclass
class Seen:
    """A finished run and everything that its journal holds."""

    run: Run
    world: World
    rows: np.ndarray[Any, np.dtype[np.void]]
    entities: list[str] = field(default_factory=list)

    def of(self, *kinds: Kind, payment: int | None = None) -> np.ndarray[Any, np.dtype[np.void]]:
        """Rows of these kinds, of one payment if given."""
        chosen = np.isin(self.rows["kind"], [int(kind) for kind in kinds])
        if payment is not None:
            chosen &= self.rows["payment"] == payment
        return self.rows[chosen]

    def path(self, payment: int) -> list[State]:
        """The states a payment went through."""
        return [State(code) for code in self.of(Kind.MOVED, payment=payment)["object"].tolist()]

    def who_entered(self, state: State, reason: Reason | None = None) -> list[int]:
        """Payments that came to a state (for a reason), each once."""
        moved = self.of(Kind.MOVED)
        chosen = moved["object"] == int(state)
        if reason is not None:
            chosen &= moved["reason"] == int(reason)
        return list(dict.fromkeys(moved["payment"][chosen].tolist()))

    def ended(self, state: State) -> list[int]:
        """Payments whose last state this is."""
        moved = self.of(Kind.MOVED)
        last = {int(row["payment"]): int(row["object"]) for row in moved}
        return [payment for payment, code in last.items() if code == state]

    def rail(self, payment: int) -> list[str]:
        """Names of the rails chosen, attempt by attempt."""
        return [self.entities[row["object"]] for row in self.of(Kind.CHOSE_RAIL, payment=payment)]

    def posted(self, payment: int, purpose: Purpose) -> list[tuple[str, str, int]]:
        """(role of the giver, role of the receiver, minor units) of a payment's postings."""
        accounts = self.world.ground.books.accounts
        return [
            (accounts[row["subject"]].role, accounts[row["object"]].role, int(row["amount"]))
            for row in self.of(Kind.POSTED, payment=payment)
            if row["reason"] == int(purpose)
        ]


Observe = Callable[..., Seen]


def _merged(base: dict[str, Any], change: dict[str, Any]) -> dict[str, Any]:
    result = dict(base)
    for key, value in change.items():
        inner = result.get(key)
        result[key] = _merged(inner, value) if isinstance(inner, dict) and isinstance(value, dict) else value
    return result


def document(**change: Any) -> dict[str, Any]:
    """A small world of one bank and ten firms in which orders come at all hours; ``change`` is laid over it."""
    base: dict[str, Any] = {
        "schema": 1,
        "title": {"en": "A small world"},
        "question": {"en": "Does it do what it says?"},
        "clock": {"start": START, "horizon": "12d", "warm_up": "1d", "cool_down": "1d"},
        "population": {
            "importers": 10,
            "payments_per_business_day": 12.0,
            "suppliers_per_importer": 1,
            "hours": "always",
        },
        "policy": {
            "opens": START,
            "application_desk": False,
            "participants": {"initial": 10},
            "banks": 1,
            "kyc_analysts": 10,
            "aml_analysts": 10,
        },
        "market": {"prices": "constant"},
        "parameters": CALM,
    }
    return _merged(base, change)


@pytest.fixture
def loaded(tmp_path: Path) -> Callable[..., Loaded[Scenario]]:
    """A scenario made from a map, through the loader that every scenario passes."""

    def made(**change: Any) -> Loaded[Scenario]:
        path = tmp_path / "world.yaml"
        path.write_text(json.dumps(document(**change)))
        return load(str(path))

    return made


@pytest.fixture
def observe(loaded: Callable[..., Loaded[Scenario]]) -> Iterator[Observe]:
    """Run a small world and look at its journal. ``valid`` asks that the audit passes."""

    def run(
        *,
        seed: int = 1,
        engines: Engines = QUICK,
        tamper: Callable[[World], None] | None = None,
        valid: bool = True,
        **change: Any,
    ) -> Seen:
        chunks: list[np.ndarray[Any, np.dtype[np.void]]] = []
        worlds: list[World] = []

        def look(world: World) -> None:
            worlds.append(world)
            world.ground.journal.on_chunk.insert(0, lambda records, first: chunks.append(records))
            if tamper is not None:
                tamper(world)

        result = simulate(loaded(**change), seed=seed, engines=engines, chain_tables=False, tamper=look)
        if valid:
            assert result.status == "complete", result.violation
        rows = np.concatenate(chunks)
        return Seen(result, worlds[0], rows, list(worlds[0].ground.journal.entities))

    yield run
