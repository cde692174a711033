"""Every check must be able to fail: a component is broken on purpose, and its check says so."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from sandbox import population, station
from sandbox.actors import issuer
from sandbox.actors.dealer import Dealers
from sandbox.books import Books
from sandbox.clock.hours import AlwaysOpen
from sandbox.market.prices import merton_path
from sandbox.metrics import incidence
from sandbox.metrics.table import BY_NAME
from sandbox.payments import Payment
from sandbox.policies.rail_choice import utility
from sandbox.rails.agent import AgentRail
from sandbox.rails.correspondent import CorrespondentRail
from sandbox.randomness import IndexedStream
from sandbox.validation import CHECKS, Effort, run_check
from sandbox.validation import estimators as estimators_module
from sandbox.validation import liquidity as liquidity_module

Break = Callable[[pytest.MonkeyPatch], None]

BY_ID = {check.id: check for check in CHECKS}


def one_more_server(patch: pytest.MonkeyPatch) -> None:
    """A desk serves with one person more than it has."""
    limit = station._limit
    patch.setattr(station, "_limit", lambda servers: limit(servers) + 1)


def slower_work(patch: pytest.MonkeyPatch) -> None:
    """Work takes a tenth longer than it should."""
    patch.setattr(AlwaysOpen, "finish", lambda self, start, work: start + work + work // 10)


def first_come(patch: pytest.MonkeyPatch) -> None:
    """Priorities are ignored."""
    patch.setattr(station, "_ByPriority", station._Fifo)


def exits_unwritten(patch: pytest.MonkeyPatch) -> None:
    """One departure in ten never reaches the journal."""
    from sandbox.desk import Desk

    told = Desk.finished
    patch.setattr(
        Desk, "finished", lambda self, key, elapsed: None if key % 10 == 9 else told(self, key, elapsed)
    )


def final_a_block_early(patch: pytest.MonkeyPatch) -> None:
    """A payment counts as final after five blocks."""
    from sandbox.chains.bitcoin import BitcoinBlocks

    watch = BitcoinBlocks.watch
    patch.setattr(BitcoinBlocks, "watch", lambda self, number, confirmations=None: watch(self, number, 5))


def branch_refused(patch: pytest.MonkeyPatch) -> None:
    """A longer branch leaves the chain as it was."""
    from sandbox.chains.bitcoin import BitcoinBlocks

    patch.setattr(BitcoinBlocks, "reorg", lambda self, depth: None)


def transit_twice_as_long(patch: pytest.MonkeyPatch) -> None:
    """Direct payments take twice their time."""
    journey = CorrespondentRail.journey

    def twice(self: CorrespondentRail, payment: Payment) -> tuple[int, int]:
        calm, stress = journey(self, payment)
        return 2 * calm, 2 * stress

    patch.setattr(CorrespondentRail, "journey", twice)


def linear_impact(patch: pytest.MonkeyPatch) -> None:
    """Impact grows with the order itself."""
    patch.setattr(Dealers, "impact", lambda self, asset, cents: 0.0246 * cents / 12_000_000_000 * 10)


def certain_alerts(patch: pytest.MonkeyPatch) -> None:
    """Screening never misses a prohibited payment, and stops twice as many lawful ones."""
    patch.setattr(IndexedStream, "bernoulli", lambda self, index, p: self.uniform(index) < min(1.0, 2 * p))


def even_invoices(patch: pytest.MonkeyPatch) -> None:
    """All draws of a normal law lie closer together."""
    from sandbox.randomness import Stream

    normals = Stream.normals
    patch.setattr(Stream, "normals", lambda self, n: 0.9 * normals(self, n))


def shares_not_squared(patch: pytest.MonkeyPatch) -> None:
    """The concentration metric answers with another formula."""
    wrong = BY_NAME["hhi_norm"]
    patch.setattr(estimators_module, "BY_NAME", {**BY_NAME, "hhi_value": wrong})


def no_jumps(patch: pytest.MonkeyPatch) -> None:
    """Paths diffuse and never jump."""
    patch.setattr(
        "sandbox.validation.markets.merton_path",
        lambda stream, start, steps, dt, sigma, rate, jump: merton_path(
            stream, start, steps, dt, sigma, 0.0, 0.0
        ),
    )


def biased_walk(patch: pytest.MonkeyPatch) -> None:
    """More comes in than goes out."""
    from sandbox.randomness import Stream

    patch.setattr(Stream, "bernoulli", lambda self, p: self.uniform() < 0.9 * p)


def credit_for_all(patch: pytest.MonkeyPatch) -> None:
    """Every bank may pay what it does not have."""
    opened = Books.open
    patch.setattr(
        Books, "open", lambda self, owner, asset, role, **_: opened(self, owner, asset, role, overdraft=True)
    )
    patch.setattr(Books, "available", lambda self, account: 10**9)


def no_offsetting(patch: pytest.MonkeyPatch) -> None:
    """Payments the other way round are never looked for."""
    patch.setattr(liquidity_module.GrossSettlement, "_offset", lambda self, payer, payee, now: False)


def cost_counts_double(patch: pytest.MonkeyPatch) -> None:
    """The firm feels every cost twice."""
    patch.setattr("sandbox.validation.markets.utility", lambda *given: 2 * utility(*given))


def no_second_attempt(patch: pytest.MonkeyPatch) -> None:
    """A returned payment is given up at once."""
    from sandbox.actors import bank

    patch.setattr(bank, "may_retry", lambda reason: False)


def no_season(patch: pytest.MonkeyPatch) -> None:
    """Orders come evenly over the year."""
    patch.setattr(population, "_season", lambda day, amplitude, peak: 1.0)


def freezes_twice_as_often(patch: pytest.MonkeyPatch) -> None:
    """The issuer's year has half its days."""
    patch.setattr(issuer, "_YEAR", 365 * 43_200)


def flat_fee(patch: pytest.MonkeyPatch) -> None:
    """Agents do not answer to pressure."""
    patch.setattr(AgentRail, "fee_share", lambda self, country="": 0.04)


def returns_at_random(patch: pytest.MonkeyPatch) -> None:
    """Half of all direct payments come back, whatever the pressure."""
    patch.setattr(CorrespondentRail, "return_probability", lambda self, payment: 0.5)


def agencies_in_a_row(patch: pytest.MonkeyPatch) -> None:
    """The agencies wait for one another: a sum where the slowest alone should count."""
    from sandbox.actors.application_desk import ApplicationDesk

    ask = ApplicationDesk._consent

    def in_a_row(self: ApplicationDesk, firm: Any) -> Any:
        self._agencies = replace(self._agencies, in_turn=True)
        return ask(self, firm)

    patch.setattr(ApplicationDesk, "_consent", in_a_row)


def kaplan_meier(patch: pytest.MonkeyPatch) -> None:
    """Competing endings are taken for censorings."""
    proper = incidence.aalen_johansen

    def naive(seconds: Sequence[int], causes: Sequence[int], *, cause: int, at: Sequence[int]) -> list[float]:
        return proper(seconds, [one if one == cause else 0 for one in causes], cause=cause, at=at)

    patch.setattr(incidence, "aalen_johansen", naive)


def a_day_in_seven_idle(patch: pytest.MonkeyPatch) -> None:
    """Nobody mines on Sundays."""
    from sandbox.actors.miner import Output

    at = Output.at

    def rested(self: Output, second: int) -> int:
        if second % 604_800 < 86_400:
            self.since = second
        return at(self, second)

    patch.setattr(Output, "at", rested)


CONTROLS: list[tuple[str, Break, float]] = [
    ("V01", one_more_server, 0.1),
    ("V02", slower_work, 0.1),
    ("V03", first_come, 0.1),
    ("V04", exits_unwritten, 0.05),
    ("V05", final_a_block_early, 0.1),
    ("V06", branch_refused, 0.1),
    ("V07", transit_twice_as_long, 0.1),
    ("V08", linear_impact, 0.1),
    ("V09", certain_alerts, 0.1),
    ("V10", even_invoices, 0.1),
    ("V11", even_invoices, 0.1),
    ("V12", shares_not_squared, 1.0),
    ("V13", no_jumps, 0.1),
    ("V14", biased_walk, 0.1),
    ("V15", credit_for_all, 0.1),
    ("V15", no_offsetting, 0.1),
    ("V16", cost_counts_double, 1.0),
    ("V17", no_second_attempt, 0.1),
    ("V18", no_season, 1.0),
    ("V19", freezes_twice_as_often, 0.1),
    ("V20", a_day_in_seven_idle, 1.0),
    ("V21", transit_twice_as_long, 0.1),
    ("V22", flat_fee, 0.1),
    ("V22", returns_at_random, 0.1),
    ("V23", one_more_server, 0.1),
    ("V24", agencies_in_a_row, 0.1),
    ("V25", agencies_in_a_row, 0.1),
    ("V26", kaplan_meier, 1.0),
]


def test_every_check_has_a_control() -> None:
    assert {check for check, _, _ in CONTROLS} == {check.id for check in CHECKS}


@pytest.mark.parametrize(
    ("check", "broken", "scale"), CONTROLS, ids=[f"{c}-{b.__name__}" for c, b, _ in CONTROLS]
)
def test_a_broken_component_fails_its_check(
    check: str, broken: Break, scale: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It passes as it is and fails once it is broken, at the same size and with the same luck."""
    sound = run_check(BY_ID[check], Effort(scale))
    assert sound.passed, [reading for reading in sound.readings if not reading.passed]
    broken(monkeypatch)
    verdict = run_check(BY_ID[check], Effort(scale))
    wrong = [reading for reading in verdict.readings if not reading.passed]
    assert wrong, f"{check} does not notice: {broken.__doc__}"
    assert any("away" in reading.fault for reading in wrong), "it failed for want of a sample"
