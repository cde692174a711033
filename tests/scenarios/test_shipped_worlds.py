"""The shipped scenarios, run: what each is for does happen in it, and the audit passes."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sandbox.journal.reader import JournalReader
from sandbox.scenario.load import load
from sandbox.simulation import Run, simulate
from sandbox.world import Engines

#: Its runs serve the whole file.
pytestmark = pytest.mark.xdist_group("shipped-worlds")

Told = tuple[Run, JournalReader]


@pytest.fixture(scope="module")
def tell(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Told]:
    """Run a shipped scenario (once for the module) and open its journal."""
    known: dict[Any, Told] = {}

    def told(name: str, *sets: str, seed: int = 1) -> Told:
        key = (name, sets, seed)
        if key not in known:
            directory: Path = tmp_path_factory.mktemp(name)
            run = simulate(load(name, sets=sets), seed=seed, directory=directory)
            assert run.status == "complete", run.violation
            known[key] = run, JournalReader(directory)
        return known[key]

    return told


SHORT = (
    "clock.start=2024-08-26",
    "clock.horizon=45d",
    "clock.warm_up=5d",
    "clock.cool_down=5d",
    "population.importers=80",
    "population.payments_per_business_day=30.0",
)


def test_in_the_classroom_every_rail_pays(tell: Callable[..., Told]) -> None:
    run, reader = tell("classroom")
    assert reader.digest == run.digest
    paid = dict(
        reader.sql("SELECT rail, count(*) FROM transitions WHERE state_entered = 'CREDITED' GROUP BY rail")
    )
    assert set(paid) == {
        f"rail/{name}" for name in ("correspondent", "agent", "usdt", "btc", "digital_ruble")
    }
    assert min(paid.values()) > 5


@pytest.mark.parametrize(
    ("what", "states"),
    [
        ("a correspondent payment that came back", ["HELD", "RETURNING", "RETURNED", "RETRY"]),
        ("a payment that was refused", ["REJECTED"]),
        ("a payment that was stopped", ["COMPLIANCE_STOP", "STOPPED"]),
        ("a frozen payment", ["FROZEN"]),
        ("an order on an officer's desk", ["ORDER_DESK"]),
        ("an order after the cut-off", ["CUTOFF_WAIT"]),
        ("an alert", ["MANUAL_REVIEW"]),
    ],
)
def test_the_classroom_has_an_example_of(tell: Callable[..., Told], what: str, states: list[str]) -> None:
    _, reader = tell("classroom")
    seen = {row[0] for row in reader.sql("SELECT DISTINCT state_entered FROM transitions")}
    assert set(states) <= seen, what


def test_the_classrooms_events_have_happened(tell: Callable[..., Told]) -> None:
    _, reader = tell("classroom")
    kinds = {row[0] for row in reader.sql("SELECT DISTINCT kind FROM chain_events")}
    assert {"REORG", "FINAL", "INCLUDED"} <= {str(kind) for kind in kinds}


def test_without_the_regime_there_is_no_chain(tell: Callable[..., Told]) -> None:
    _, reader = tell("no-elr", *SHORT)
    assert reader.sql("SELECT count(*) FROM chain_events") == [(0,)]
    rails = {
        row[0]
        for row in reader.sql("SELECT DISTINCT rail FROM transitions WHERE state_entered = 'IN_FLIGHT'")
    }
    assert rails == {"rail/correspondent", "rail/agent"}


def test_both_arms_have_the_same_orders(tell: Callable[..., Told]) -> None:
    """The comparison is of rules, not of luck."""
    columns = (
        "payment, created, country, category, terms, currency, invoice_usd_cents, payout_units, prohibited"
    )
    arms = [
        tell(name, *SHORT)[1].sql(f"SELECT {columns} FROM payments ORDER BY payment")
        for name in ("no-elr", "elr-2024")
    ]
    assert len(arms[0]) > 700
    assert arms[0] == arms[1]


def test_the_classroom_on_the_other_bitcoin_engine(tell: Callable[..., Told]) -> None:
    """With its reorganisation, which the shortened year does not have."""
    run, _ = tell("classroom")
    twin = simulate(load("classroom"), seed=1, engines=Engines("revm", "python"), chain_tables=False)
    assert twin.digest == run.digest


#: Six weeks in which the regime is open from the first day and suppliers take bitcoin more often.
BUSY_REGIME = (
    "clock.horizon=42d",
    "clock.warm_up=2d",
    "clock.cool_down=2d",
    "population.importers=60",
    "population.payments_per_business_day=25.0",
    "policy.application_desk=false",
    "policy.participants.initial=50",
)


def _hourly_bitcoin(reader: JournalReader) -> dict[int, int]:
    """Bitcoin's price by second."""
    return dict(
        reader.sql("SELECT time, max(amount) FROM journal WHERE kind = 61 AND subject = 7 GROUP BY time")
    )


def test_bitcoin_moves_twice_as_much_from_the_regimes_day_on(tell: Callable[..., Told]) -> None:
    sets = ("clock.start=2025-01-13", "policy.opens=2025-01-13", *BUSY_REGIME)
    calm, stirred = (tell(name, *sets)[1] for name in ("elr-2024", "btc-volatility"))
    before, after = _hourly_bitcoin(calm), _hourly_bitcoin(stirred)
    begins = 19 * 86_400
    assert all(before[second] == after[second] for second in before if second <= begins)

    def spread(prices: dict[int, int]) -> float:
        seconds = sorted(second for second in prices if second >= begins)
        return float(np.std(np.diff(np.log([prices[second] for second in seconds]))))

    assert spread(after) / spread(before) == pytest.approx(2.0, rel=0.01)
    quoted = [
        dict(
            reader.sql(
                "SELECT payment, max(amount) FROM journal WHERE kind = 15 AND subject = 7 GROUP BY payment"
            )
        )
        for reader in (calm, stirred)
    ]
    assert quoted[0] != quoted[1], "dealers price the regime"


def test_in_the_selloff_dealers_stop_and_orders_wait(tell: Callable[..., Told]) -> None:
    sets = ("clock.start=2025-03-17", "policy.opens=2025-03-17", *BUSY_REGIME)
    calm, hit = (tell(name, *sets)[1] for name in ("elr-2024", "selloff-depeg"))
    halts = "SELECT time, amount FROM journal WHERE kind = 65 ORDER BY seq"
    struck = 15 * 86_400 + 11 * 3_600
    (opened, closed) = hit.sql(halts)
    assert opened == (struck, 1) and closed[1] == 0 and closed[0] - struck == 32 * 3_600
    assert not calm.sql(halts)
    waits = "SELECT count(*) FROM transitions WHERE state_entered = 'MARKET_WAIT' AND reason = 'ELR.DEPEG'"
    assert calm.sql(waits) == [(0,)] and hit.sql(waits)[0][0] > 0
    lost = {name: _hourly_bitcoin(reader) for name, reader in (("calm", calm), ("hit", hit))}
    assert lost["hit"][struck] / lost["calm"][struck - 3_600] < 0.7
