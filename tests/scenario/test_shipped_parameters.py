"""The shipped library is whole, and its numbers reproduce the figures they were fitted to."""

import math
from datetime import date
from functools import cache

import pytest

from sandbox.scenario.entries import UNITS, is_number
from sandbox.scenario.library import parameters_folder
from sandbox.scenario.parameters import ParameterLibrary

JUNE = date(2024, 6, 3)


@cache
def _library() -> ParameterLibrary:
    return ParameterLibrary.load(parameters_folder())


def _number(name: str) -> float:
    return _library().number(name, JUNE)


def test_every_entry_has_source_confidence_unit_and_title() -> None:
    library = _library()
    assert len(library.names()) >= 160
    for name in library.names():
        entry = library.entry(name)
        assert entry.unit in UNITS
        assert entry.title["en"]
        for dated in entry.values.values():
            assert dated is None or (dated.source in library.sources() and dated.confidence in "ABCDE")


def test_every_source_that_is_no_assumption_is_cited_with_where_it_was_read() -> None:
    for key, source in _library().sources().items():
        assert source.publisher, key
        assert source.read or key == "assumption"


def test_an_assumption_never_passes_for_more() -> None:
    for name in _library().names():
        for dated in _library().entry(name).values.values():
            if dated is not None and dated.source == "assumption":
                assert dated.confidence in ("C", "D"), name


@pytest.mark.parametrize(
    ("pressure", "share"), [(0, 0.030), (0.4, 0.178), (0.6, 0.364), (0.8, 0.602), (1, 0.800)]
)
def test_returns_of_direct_payments(pressure: float, share: float) -> None:
    odds = math.exp(_number("correspondent.p_return_a") + _number("correspondent.p_return_b") * pressure)
    assert odds / (1 + odds) == pytest.approx(share, abs=0.001)


@pytest.mark.parametrize(("pressure", "fee"), [(0, 0.5), (0.4, 1.38), (0.6, 2.48), (0.8, 4.02), (1, 6.0)])
def test_fees_of_agents(pressure: float, fee: float) -> None:
    table = _library().table("agent.agent_fee_pct", JUNE)
    assert table["base"] + table["per_pressure_squared"] * pressure**2 == pytest.approx(fee)


@pytest.mark.parametrize(("hours", "share"), [(5 / 60, 0.40), (0.5, 0.50), (6, 0.75), (24, 0.96)])
def test_speed_of_direct_payments_without_pressure(hours: float, share: float) -> None:
    part = _library().table("correspondent.corr_speed_unstressed", JUNE)

    def below(n: int) -> float:
        z = (math.log(hours) - part[f"mu_{n}"]) / part[f"sd_{n}"]
        return part[f"weight_{n}"] * 0.5 * (1 + math.erf(z / math.sqrt(2)))

    assert sum(below(n) for n in (1, 2, 3)) == pytest.approx(share, abs=0.02)


def test_mean_time_of_direct_payments() -> None:
    part = _library().table("correspondent.corr_speed_unstressed", JUNE)
    mean = sum(part[f"weight_{n}"] * math.exp(part[f"mu_{n}"] + part[f"sd_{n}"] ** 2 / 2) for n in (1, 2, 3))
    stressed = _library().table("correspondent.corr_days_mean", JUNE)
    assert mean == pytest.approx(8.6, abs=0.1)
    assert mean / 24 == pytest.approx(stressed["base"], abs=0.005)
    assert stressed["base"] + 0.4 * stressed["per_pressure"] == pytest.approx(7.2, abs=0.05)


def test_median_invoice() -> None:
    mean, sigma = _number("population.invoice_mean_usd"), _number("population.invoice_ln_sigma")
    assert mean * math.exp(-(sigma**2) / 2) == pytest.approx(57_623, abs=1)
    assert mean == pytest.approx(22_000_000 / 164, abs=1)


def test_volatility_of_bitcoin_is_the_sum_of_its_parts() -> None:
    jumps = _number("btc.btc_lambda") * _number("btc.btc_jump_sd") ** 2
    assert math.sqrt(_number("btc.btc_sigma_diff") ** 2 + jumps) == pytest.approx(
        _number("btc.btc_total_vol"), abs=1e-4
    )


def test_alerts_of_screening() -> None:
    prior, hit = _number("aml.prevalence"), _number("aml.aml_sensitivity")
    false = (1 - prior) * (1 - _number("aml.aml_specificity"))
    alerts = prior * hit + false
    assert alerts == pytest.approx(0.03231, abs=1e-5)
    assert false / alerts == pytest.approx(0.926, abs=0.001)


def test_agencies_in_parallel() -> None:
    table = _library().table("regulator.interagency_bd", JUNE)
    slowest = table["mean"] * sum(1 / n for n in range(1, int(table["agencies"]) + 1))
    assert slowest == pytest.approx(3.67, abs=0.01)


def test_finality_of_usdt_is_blocks_times_interval() -> None:
    blocks = _number("usdt.finality_blocks")
    assert blocks * _number("usdt.evm_block_interval_s") == _number("usdt.usdt_confirm_s")


def test_national_mining_is_the_published_year() -> None:
    assert _number("miner.mined_btc_per_day_national") * 365 == pytest.approx(35_000, rel=0.005)


def test_the_pressure_series_and_the_key_rate_step_on_their_days() -> None:
    library = _library()
    days = {date(2024, 6, 11): 0.7, date(2024, 6, 12): 0.8, date(2024, 8, 1): 1.0, date(2025, 7, 1): 0.6}
    assert {day: library.number("pressure.P_index", day) for day in days} == days
    rates = {date(2024, 7, 28): 16, date(2024, 7, 29): 18, date(2024, 9, 16): 19, date(2024, 10, 28): 21}
    assert {day: library.number("macro.key_rate", day) for day in rates} == rates
    assert library.number("macro.key_rate", date(2025, 6, 9)) == 20


def test_treatments_are_never_defaults() -> None:
    library = _library()
    assert library.optional_number("regulator.cap_total_month_usd", JUNE) is None
    assert library.number("miner.komi_sites", date(2027, 1, 1)) == 0
    assert library.number("supplier.accept_dr", date(2026, 8, 31)) == 0


def test_low_and_high_enclose_every_single_number() -> None:
    for name in _library().names():
        entry = _library().entry(name)
        for dated in entry.values.values():
            if (
                dated
                and is_number(dated.value)
                and isinstance(entry.low, float)
                and isinstance(entry.high, float)
            ):
                assert entry.low <= dated.value <= entry.high, name
