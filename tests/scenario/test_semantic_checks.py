"""Scenarios whose every value is well formed and that still make no sense."""

from pathlib import Path

import pytest

from sandbox.scenario.faults import ScenarioInvalid
from sandbox.scenario.library import shipped
from sandbox.scenario.load import check, load


@pytest.mark.parametrize("path", shipped(), ids=lambda path: path.stem)
def test_shipped_scenarios_have_no_fault_and_no_warning(path: object) -> None:
    assert check(str(path)) == []


@pytest.mark.parametrize(
    ("setting", "code", "words"),
    [
        ("population.payments_per_business_day=199999.0", "too_large", "orders over the horizon"),
        ("parameters.liquidity.lp_count=300", "treasury", "5,500 to spend"),
        ("parameters.bank.risk_appetite=1", "out_of_range", "between 0 and 1"),
        ("clock.horizon=1401d", "beyond_calendars", "at most 1400d"),
        ("parameters.bank.kyc_servers=3", "no_effect", "write policy.kyc_analysts"),
        ("parameters.miner.komi_sites_full=3", "no_effect", "mining_capacity (sites)"),
        ("parameters.hours.payment_cutoff=8", "out_of_range", "payments end at 8 and begin at 9"),
        ("parameters.hours.payment_cutoff=16.5", "out_of_range", "whole hours of a day"),
        ("parameters.digital_ruble.dr_hours=25", "out_of_range", "at most 24 hours"),
        ("parameters.fx.import_rub_share=0.5", "no_effect", "no run computes with it"),
    ],
)
def test_what_cannot_run_is_refused(setting: str, code: str, words: str) -> None:
    with pytest.raises(ScenarioInvalid) as stop:
        load("classroom", sets=[setting])
    [fault] = stop.value.faults
    assert fault.code == code
    assert words in str(fault)


def with_island(folder: Path, event: str) -> str:
    """A scenario file in which a site opens on the first of April, and something else happens."""
    path = folder / "island.yaml"
    path.write_text(
        "schema: 1\ntitle: {en: Two regimes}\nquestion: {en: Whose wave is it?}\n"
        "clock: {start: 2025-03-03}\nrails: {usdt: {}, btc: {}, dfa: {}}\n"
        "timeline:\n  site: {at: 2025-04-01, kind: regime_open, id: island}\n"
        f"  next: {event}\n"
    )
    return str(path)


@pytest.mark.parametrize(
    ("event", "code", "words"),
    [
        (
            "{at: 2025-04-02, kind: admission_wave, add: 2, regime: iland}",
            "unknown_regime",
            "did you mean 'island'?",
        ),
        (
            "{at: 2025-04-01, kind: admission_wave, add: 2, regime: island}",
            "not_open_yet",
            "opens on 2025-04-01",
        ),
        ("{at: 2025-03-20, kind: revocation, participant: 1, regime: island}", "not_open_yet", "not before"),
        ("{at: 2025-04-02, kind: regime_open, id: main}", "reserved", "the scenario itself"),
    ],
)
def test_who_names_a_regime_names_one_that_is_open(tmp_path: Path, event: str, code: str, words: str) -> None:
    with pytest.raises(ScenarioInvalid) as stop:
        load(with_island(tmp_path, event))
    [fault] = stop.value.faults
    assert (fault.code, words in str(fault)) == (code, True), str(fault)


def test_a_regime_may_be_named_after_it_has_opened(tmp_path: Path) -> None:
    wave = "{at: 2025-04-02, kind: admission_wave, add: 2, regime: island}"
    assert not load(with_island(tmp_path, wave)).warnings


@pytest.mark.parametrize(
    ("setting", "code", "key"),
    [
        ("rails.btc=null", "no_effect", "timeline.reorganisation"),
        ("policy.regime=false", "no_effect", "timeline.freeze"),
        ("clock.start=2025-04-10", "before_start", "timeline.freeze.at"),
        ("clock.horizon=30d", "after_horizon", "timeline.freeze.at"),
    ],
)
def test_what_has_no_effect_is_a_warning(setting: str, code: str, key: str) -> None:
    assert (code, key) in {(fault.code, fault.path) for fault in load("classroom", sets=[setting]).warnings}


def test_a_run_may_last_to_the_calendars_last_day() -> None:
    assert load("classroom", sets=["clock.horizon=1400d"]).scenario.clock.horizon == 1400 * 86_400
