"""Runs at the edge: nothing happened, prices missing, payments reorganised, staff changing, equal shares."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

from sandbox.clock import RUSSIA
from sandbox.journal.kinds import Kind, Purpose
from sandbox.lifecycle import State
from sandbox.metrics import BY_NAME, METRICS, Measured, Metric, RunFacts, business_days, compute_all
from sandbox.money import Asset

DAY, HOUR = 86_400, 3_600
S = State


def _of(measured: list[Measured], name: str, **by: str) -> Measured:
    return next(m for m in measured if m.name == name and dict(m.by) == by)


def _asked(folder: Path, facts: RunFacts, *names: str) -> list[Measured]:
    """These metrics alone."""
    return compute_all(folder, facts, [BY_NAME[name] for name in names])


def _credited(scribe: Any, at: int, value: int, rail: str = "agent", **attributes: Any) -> int:
    payment: int = scribe.order(at, value, **attributes)
    scribe.path(
        payment, rail, [(at, S.CREATED), (at + 60, S.IN_FLIGHT), (at + 90, S.SETTLED), (at + 120, S.CREDITED)]
    )
    return payment


def test_an_empty_run_has_reasons_instead_of_numbers(scribe: Any, tmp_path: Path, facts: RunFacts) -> None:
    measured = compute_all(scribe.write(tmp_path), facts)
    assert {m.name for m in measured} == set(BY_NAME)
    values = {m.name: m.value for m in measured if m.value is not None}
    assert set(values.values()) <= {0}, values
    assert all(m.reason for m in measured if m.value is None)


def test_without_declared_terms_their_metrics_say_so(small_world: Path, facts: RunFacts) -> None:
    bare = replace(facts, delay=None, screening=None, review_business_days=None, disclosed=None)
    silent = {
        m.name: m.reason for m in compute_all(small_world, bare) if m.reason.startswith("the run declares no")
    }
    assert set(silent) == {metric.name for metric in METRICS if metric.needs}


def test_a_charge_without_a_price_in_force_is_not_guessed(
    scribe: Any, tmp_path: Path, facts: RunFacts
) -> None:
    priced, unpriced = _credited(scribe, DAY, 100), _credited(scribe, DAY, 100, rail="btc")
    scribe.charge(DAY + 60, priced, Purpose.AGENT_FEE, Asset.USD, 100)
    scribe.charge(DAY + 60, unpriced, Purpose.NETWORK_FEE, Asset.BTC, 100)
    scribe.price(DAY + 61, Asset.BTC, Asset.USD, 60_000)
    measured = _asked(scribe.write(tmp_path), facts, "cost_pct_charges", "cost_pct_item")
    assert _of(measured, "cost_pct_charges", rail="agent").value == 1.0
    for by in ({}, {"rail": "btc"}):
        missing = _of(measured, "cost_pct_charges", **by)
        assert missing.value is None and "no price in force" in missing.reason
    assert _of(measured, "cost_pct_item", purpose="NETWORK_FEE").value is None


def test_prices_in_either_direction_and_the_digital_rouble(
    scribe: Any, tmp_path: Path, facts: RunFacts
) -> None:
    scribe.price(0, Asset.RUB, Asset.USD, 0.01)
    scribe.price(0, Asset.USD, Asset.CNY, 8)
    scribe.price(0, Asset.USDT, Asset.RUB, 1)  # no dollar in it: no use for dollars
    payment = _credited(scribe, DAY, 1_000)
    for asset, units in ((Asset.RUB, 100_000), (Asset.DRUB, 100_000), (Asset.CNY, 8_000)):
        scribe.charge(DAY + 60, payment, Purpose.BANK_FEE, asset, units)
    assert _asked(scribe.write(tmp_path), facts, "cost_pct_fsb")[0].value == pytest.approx(3.0)


def test_a_reorganised_credit_is_no_ending_until_credited_again(
    new_scribe: Callable[[], Any], tmp_path: Path, facts: RunFacts
) -> None:
    moves = [(DAY, S.CREATED), (DAY + 60, S.IN_FLIGHT), (DAY + 90, S.SETTLED), (DAY + 90, S.CREDITED)]
    moves += [(DAY + 500, S.REORGED), (DAY + 500, S.IN_FLIGHT)]
    again = [(DAY + 800, S.SETTLED), (DAY + HOUR, S.CREDITED)]
    for name, path, ending in (("open", moves, "CENSORED"), ("closed", moves + again, "CREDITED")):
        scribe = new_scribe()
        scribe.path(scribe.order(DAY, 100), "btc", path)
        folder = scribe.write(tmp_path / name)
        measured = _asked(folder, facts, "payments_by_ending", "settlement_time_p50")
        assert _of(measured, "payments_by_ending", ending=ending).value == 1
        assert (
            len([m for m in measured if m.name == "payments_by_ending" and m.by == {"ending": ending}]) == 1
        )
    assert _of(measured, "settlement_time_p50").value == 1.0


def test_ten_equal_shares(scribe: Any, tmp_path: Path, facts: RunFacts) -> None:
    for firm in range(10):
        _credited(scribe, DAY + firm, 500, importer=f"importer/{firm}", country="CN")
    measured = _asked(scribe.write(tmp_path), facts, "hhi_value", "hhi_norm", "cr3")
    assert _of(measured, "hhi_value", among="importers").value == 1_000
    assert _of(measured, "hhi_norm", among="importers").value == pytest.approx(0, abs=1e-12)
    assert _of(measured, "cr3", among="importers").value == pytest.approx(0.3)
    assert _of(measured, "hhi_value", among="corridors").value == 10_000
    assert _of(measured, "hhi_norm", among="corridors").reason == "fewer than two holders"


def test_utilisation_follows_staff_and_opening_hours(scribe: Any, tmp_path: Path, facts: RunFacts) -> None:
    desk = scribe.entity("desk/orders")
    scribe.record(0, Kind.DESK_OPENED, actor=desk, amount=1, extra=0)
    scribe.record(8 * DAY, Kind.DESK_OPENED, actor=desk, amount=3, extra=1)
    scribe.desk("orders", 2 * DAY, 0, 2 * DAY, 14 * DAY // 10, 4 * DAY)
    folder = scribe.write(tmp_path)
    # 7 days of one officer and 7 of three: two on average over 14 days
    open_always = _of(_asked(folder, facts, "desk_utilisation"), "desk_utilisation", desk="orders")
    assert open_always.value == pytest.approx(1.4 / 28)
    third = replace(facts, desk_open_seconds={"orders": 14 * DAY // 3})
    busier = _of(_asked(folder, third, "desk_utilisation"), "desk_utilisation", desk="orders")
    assert busier.value == pytest.approx(3 * 1.4 / 28)


def test_a_broken_account_of_a_desk_shows_in_the_residual(
    scribe: Any, tmp_path: Path, facts: RunFacts
) -> None:
    desk = scribe.entity("desk/kyc")
    for k in range(20):
        scribe.desk("kyc", DAY + k * HOUR, 0, DAY + k * HOUR, 600, DAY + k * HOUR + 600)
    scribe.record(2 * DAY, Kind.DESK_ENTERED, actor=desk, extra=0)  # goes in and never comes out
    measured = _asked(scribe.write(tmp_path), facts, "desk_little_residual")
    residual = _of(measured, "desk_little_residual", desk="kyc").value
    assert residual is not None and residual > 0.9


def test_measuring_twice_gives_the_same_bytes(small_world: Path, facts: RunFacts) -> None:
    first, second = ([m.to_dict() for m in compute_all(small_world, facts)] for _ in range(2))
    assert repr(first) == repr(second)


@pytest.mark.parametrize("name", ["it's", "run [1]", "what?", "all*"])
def test_a_folder_of_any_name_can_be_measured(
    small_world: Path, facts: RunFacts, tmp_path: Path, name: str
) -> None:
    folder = Path(copytree(small_world, tmp_path / name))
    assert compute_all(folder, facts, [BY_NAME["payments"]])[0].value == 11


def test_a_folder_without_a_journal_is_named(tmp_path: Path, facts: RunFacts) -> None:
    with pytest.raises(FileNotFoundError, match="journal, payments, entities, accounts missing"):
        compute_all(tmp_path, facts)


def test_published_sql_stands_beside_every_value(small_world: Path, facts: RunFacts) -> None:
    for row in (m.to_dict() for m in compute_all(small_world, facts)):
        assert row["sql"] and row["definition"] and row["unit"] and row["family"]
        assert (row["value"] is None) == (row["reason"] is not None)


def test_a_missing_value_needs_a_reason() -> None:
    metric: Metric = BY_NAME["payments"]
    for value, reason in ((None, ""), (1, "why")):
        with pytest.raises(ValueError, match="needs a reason"):
            Measured(metric=metric, value=value, n=0, reason=reason)


def test_a_window_must_hold_something(facts: RunFacts) -> None:
    with pytest.raises(ValueError, match="nothing is observed"):
        replace(facts, warm_up=facts.horizon)
    with pytest.raises(ValueError, match="ascend"):
        replace(facts, business_days=(DAY, 0))


def test_business_days_follow_the_calendar() -> None:
    # Monday 10 June 2024; the 12th is Russia Day
    assert business_days(date(2024, 6, 10), 7 * DAY) == tuple(day * DAY for day in range(5))
    russian = business_days(date(2024, 6, 10), 7 * DAY, RUSSIA.is_business_day)
    assert russian == tuple(day * DAY for day in (0, 1, 3, 4))


def test_recall_in_time_counts_what_is_confirmed_within_ten_days(
    scribe: Any, tmp_path: Path, facts: RunFacts
) -> None:
    """One confirmed on the last second, one a second late, one cleared, one never decided, one not found."""
    for late, decision in ((10 * DAY, 1), (10 * DAY + 1, 1), (DAY, 0), (0, None), (0, -1), (DAY, 1)):
        payment = scribe.order(2 * DAY, 100, prohibited=True)
        truth = int(late != DAY or decision != 1)  # the last one is lawful and confirmed by mistake
        alert = int(decision != -1)
        scribe.record(2 * DAY, Kind.SCREENED, payment=payment, amount=alert, extra=truth)
        if decision in (0, 1):
            scribe.record(2 * DAY, Kind.ALERT_DECIDED, payment=payment, amount=2, extra=truth)
            scribe.record(2 * DAY + late, Kind.ALERT_DECIDED, payment=payment, amount=decision, extra=truth)
    measured = _asked(scribe.write(tmp_path), facts, "effective_recall_10d", "aml_recall")
    assert _of(measured, "effective_recall_10d").value == pytest.approx(1 / 5)
    assert _of(measured, "aml_recall").value == pytest.approx(4 / 5)


@pytest.mark.parametrize("usdt_came_back", [False, True])
def test_only_what_the_crypto_rails_return_comes_off_the_leakage(
    scribe: Any, tmp_path: Path, facts: RunFacts, usdt_came_back: bool
) -> None:
    """A correspondent sends 9,000 roubles back; the same order then buys USDT for 10,100 and gets through or not."""
    scribe.price(0, Asset.USD, Asset.RUB, 100)
    order = scribe.order(DAY, 100)
    client = scribe.account("importer/0", Asset.RUB, "client")
    pool = scribe.account("bank/0", Asset.RUB, "nostro")

    def back(time: int, kopecks: int) -> None:
        legs = {"subject": pool, "object": client, "amount": kopecks, "reason": Purpose.RETURN}
        scribe.record(time, Kind.POSTED, payment=order, **legs)

    first = [(DAY, S.CREATED), (DAY + 60, S.IN_FLIGHT), (DAY + 90, S.RETURNING), (DAY + 120, S.RETURNED)]
    scribe.path(order, "correspondent", first)
    back(DAY + 100, 900_000)
    scribe.record(
        2 * DAY + 10, Kind.CONVERTED, payment=order, subject=Asset.USDT, object=Asset.RUB, extra=1_010_000
    )
    last = S.FAILED if usdt_came_back else S.CREDITED
    scribe.path(order, "usdt", [(2 * DAY, S.RETRY), (2 * DAY + 60, S.IN_FLIGHT), (2 * DAY + 90, last)], 2)
    if usdt_came_back:
        back(2 * DAY + 80, 990_000)
    (leaked,) = _asked(scribe.write(tmp_path), facts, "monetary_leakage_ratio")
    assert leaked.value == pytest.approx(20 / 1_010 if usdt_came_back else 10 / 1_010)
