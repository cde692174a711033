"""Every metric of a hand-written run of thirteen payments, worked out by hand beside each case."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sandbox.journal.kinds import Kind
from sandbox.lifecycle import State
from sandbox.metrics import METRICS, Measured, RunFacts, compute_all


@pytest.fixture(scope="module")
def measured(small_world: Path, facts: RunFacts) -> list[Measured]:
    return compute_all(small_world, facts)


def _value(measured: list[Measured], name: str, **by: str) -> float | None:
    found = [m for m in measured if m.name == name and dict(m.by) == by]
    assert len(found) == 1, f"{name} {by}: {len(found)} values"
    return found[0].value


DAY = 86_400
T = 14 * 86_400  # observed seconds
KNOWN = [
    # credited: 60, 1800, 7200, 93600, 259200, 518400 s
    ("settlement_time_p50", {}, 14.0),
    ("settlement_time_p75", {}, 60.5),
    ("settlement_time_p90", {}, 108.0),
    ("settlement_time_p95", {}, 126.0),
    ("settlement_time_p99", {}, 140.4),
    ("settlement_time_mean", {}, 880_260 / 6 / 3_600),
    ("settlement_time_p50", {"rail": "usdt"}, (1_800 + 259_200) / 2 / 3_600),
    ("settlement_time_p50", {"rail": "agent"}, 144.0),
    # to last release: 600, 600, 50, 4 d, 1 h, 2.5 d; on the rail: 60, 5400, 5, 2 d, 1 d, 60; then the rest
    ("leg_originator_mean", {}, (600 + 600 + 50 + 345_600 + 3_600 + 216_000) / 6 / 3_600),
    ("leg_in_flight_mean", {}, (60 + 5_400 + 5 + 172_800 + 86_400 + 60) / 6 / 3_600),
    ("leg_beneficiary_mean", {}, (1_140 + 1_200 + 5 + 0 + 3_600 + 43_140) / 6 / 3_600),
    ("share_le_1h", {}, 2 / 11),
    ("share_le_1h", {"rail": "correspondent"}, 0.0),
    ("share_le_1bd", {}, 5 / 11),
    ("share_le_1bd", {"rail": "agent"}, 0.0),
    # within a day 5 of 11 end: 3 credited, 1 stopped, 1 failed; by day 7: + 26 h, 3 d, 6 d credited, 3 d lost
    ("time_cif", {"ending": "CREDITED", "within_days": "1"}, 3 / 11),
    ("time_cif", {"ending": "STOPPED", "within_days": "1"}, 1 / 11),
    ("time_cif", {"ending": "FAILED", "within_days": "1"}, 1 / 11),
    ("time_cif", {"ending": "CREDITED", "within_days": "7"}, 6 / 11),
    ("time_cif", {"ending": "LOST", "within_days": "7"}, 1 / 11),
    # the censored one leaves at day 6 with two at risk: the last, cancelled after 10 d, stands for both
    ("time_cif", {"ending": "CANCELLED", "within_days": "30"}, 2 / 11),
    ("fail_cif", {}, 4 / 11),
    # USD charged: usdt 10+5, btc 6+2, digital rouble .15, retried 30+20+1000, slow 25+15, lost 8000, dry 15
    ("cost_pct_charges", {}, 9_128.15 / 1_200),
    ("cost_pct_charges", {"rail": "usdt"}, 30 / 250),
    ("cost_pct_charges", {"rail": "agent"}, 9_050 / 400),
    ("cost_pct_charges", {"country": "TR"}, 1_050 / 400),
    ("cost_pct_fsb", {}, 1_108.15 / 1_200),
    ("cost_pct_fsb", {"rail": "agent"}, 1_030 / 400),
    ("cost_pct_fsb", {"rail": "digital_ruble"}, 0.15 / 50),
    ("cost_pct_item", {"purpose": "AGENT_FEE"}, 1_000 / 1_200),
    ("cost_pct_item", {"purpose": "LOSS"}, 8_000 / 1_200),
    ("cost_pct_item", {"purpose": "SPREAD"}, 40 / 1_200),
    # 36.5% a year is .1% a day before day 12, 99% after: flying alone is created then
    (
        "cost_pct_financing",
        {},
        (
            0.1
            * (
                10_000 * 1_200
                + 20_000 * 6_600
                + 5_000 * 10
                + 40_000 * (6 * 86_400 - 3_600)
                + 30_000 * 90_000
                + 8_000 * 172_800
                + 15_000 * 43_200
            )
            / 86_400
            + 99 / 365 * 50_000 * 5
        )
        / 120_000,
    ),
    ("cost_pct_penalty", {}, 0.1 * 40_000 / 120_000),
    ("delay_cost_pct", {"rail": "btc"}, 0.3 * 7_200 / 86_400),
    ("payments", {}, 11),
    ("payments", {"rail": "none"}, 1),
    ("payments_by_ending", {"ending": "CREDITED"}, 6),
    ("payments_by_ending", {"ending": "LOST", "rail": "agent"}, 1),
    ("payments_by_ending", {"ending": "CENSORED"}, 1),
    ("censored_share", {}, 1 / 11),
    ("fail_rate_n", {}, 3 / 9),
    ("fail_rate_n", {"rail": "usdt"}, 1 / 3),
    ("return_rate", {}, 1 / 3),
    ("attempts_mean", {}, 12 / 11),
    ("settlement_efficiency", {}, 3 / 7),
    ("throughput_usd_day", {}, 121_000 / 10),
    ("throughput_n_day", {}, 0.7),
    ("throughput_n_day", {"rail": "usdt"}, 0.3),
    ("value_credited_usd", {}, 120_000),
    ("value_credited_usd", {"rail": "none"}, 0),
    # credited on days 1, 1, 1, 2, 4, 7, 8 of 14: counts 3 1 1 1 1
    ("dispersion_index", {}, (13 / 14 - 0.25) / 0.5),
    ("delay_indicator", {"rail": "btc"}, 7_200 / (20 * 86_400 - 86_400 - 36_000)),
    ("in_flight_value", {"rail": "btc"}, 20_000 * 6_600 / T),
    ("in_flight_value", {"rail": "correspondent"}, 30_000 * 90_000 / T),
    ("desk_wait_mean", {"desk": "kyc"}, 7_000 / 3 / 3_600),
    ("desk_wait_p95", {"desk": "kyc"}, 1.35),
    ("desk_utilisation", {"desk": "kyc"}, 10_800 / 288_000),
    ("desk_number_mean", {"desk": "kyc"}, 17_800 / T),
    ("desk_number_mean", {"desk": "aml"}, 1_000 / T),
    ("desk_queue_mean", {"desk": "kyc"}, 7_000 / T),
    ("desk_backlog_max", {"desk": "kyc"}, 1),
    ("desk_little_residual", {"desk": "kyc"}, 0.0),
    ("hhi_value", {"among": "participants"}, 10_000 * (25**2 + 20**2) / 45**2),
    ("hhi_value", {"among": "dealers"}, 10_000 * (25**2 + 20**2) / 45**2),
    ("hhi_value", {"among": "banks"}, 10_000 * (100**2 + 20**2) / 120**2),
    ("hhi_value", {"among": "rails"}, 10_000 * (25**2 + 20**2 + 5**2 + 40**2 + 30**2) / 120**2),
    ("hhi_value", {"among": "corridors"}, 10_000 * (80**2 + 40**2) / 120**2),
    ("hhi_norm", {"among": "banks"}, ((100**2 + 20**2) / 120**2 - 0.5) / 0.5),
    ("cr3", {"among": "rails"}, 95 / 120),
    ("aml_alert_rate", {}, 0.2),
    ("aml_fdr", {}, 0.5),
    ("aml_fpr", {}, 1 / 8),
    ("aml_recall", {}, 0.5),
    ("effective_recall_10d", {}, 0.5),
    ("time_to_clear_p50", {}, 3.0),
    ("time_to_clear_p95", {}, 3.9),
    ("alerts_undecided", {}, 0),
    ("value_stopped_usd", {}, 7_000),
    ("prohibited_stopped_usd", {}, 7_000),
    ("prohibited_credited_usd", {"rail": "usdt"}, 15_000),
    ("application_wait_mean", {}, 3.0),
    ("application_wait_p95", {}, 4.8),
    ("regime_application_wait_mean", {"regime": "main"}, 3.0),
    ("regime_participants", {"regime": "main"}, 0),
    ("regime_value_usd", {"regime": "main"}, 25_000),
    ("regime_value_usd", {"regime": "site"}, 20_000),
    ("regime_value_share", {"regime": "site"}, 20 / 45),
    ("review_within_sla", {}, 0.5),
    ("applications_pending", {}, 1),
    ("cap_utilisation", {}, 0.5),
    ("cap_utilisation_max", {}, 0.8),
    ("quota_wait_share", {}, 1 / 5),
    ("report_timely", {}, 2 / 5),
    ("regime_report_timely", {"regime": "main"}, 2 / 4),
    ("regime_report_timely", {"regime": "site"}, 0),
    ("regime_inspections", {"regime": "main"}, 3),
    ("regime_revocations", {"regime": "main"}, 1),
    ("inspections", {}, 3),
    ("breaches_found", {}, 1),
    ("revocations", {}, 1),
    ("visibility_share", {}, 50 / 120),
    ("share_elr", {}, 45 / 120),
    ("crypto_share_of_imports", {}, 45 / 120),
    ("nostro_peak_use", {"bank": "bank/0", "asset": "CNY"}, 800),
    ("deposit_to_dr_outflow", {}, 300_000),
    ("deposit_to_dr_outflow", {"bank": "bank/0"}, 300_000),
    ("deposit_outflow_peak_day", {}, 290_000),
    ("mined_btc_sold", {"buyer": "dealers"}, 3.0),
    ("mined_btc_sold", {"buyer": "exchange"}, 4.0),
    ("mined_btc_sold", {}, 7.0),
    ("domestic_mined_cover", {}, 1.5),
    ("lp_stockout_share", {}, 1 / 3),
    ("lp_stockout_share", {"rail": "usdt"}, 1 / 2),
    ("issuer_concentration", {}, 25 / 45),
    ("frozen_usd", {}, 0),
    ("destroyed_usd", {}, 0),
    # on the way: usdt 0, btc -9%, digital rouble 0, agent 0, dry -5%; correspondents carry their own currency
    ("fx_var99", {}, 5 + 0.96 * 4),
    ("fx_var99", {"rail": "usdt"}, 0.99 * 5),
    ("fx_var99", {"rail": "btc"}, 9.0),
    # the worst one of eleven, then of each rail: all of lost; 20 of 40,000 dollars on retried's way back
    ("es995_loss", {}, 100.0),
    ("es995_loss", {"rail": "usdt"}, 5.0),
    ("es995_loss", {"rail": "digital_ruble"}, 0.0),
    ("quote_expiry_share", {}, 1 / 3),
    ("quote_expiry_share", {"rail": "btc"}, 0.0),
    ("market_wait_share", {"rail": "usdt"}, 1 / 2),
    # between release and credit: early 3600 s, usdt 1200, dry 43200; btc 6600
    ("aggregate_open_exposure", {"rail": "btc"}, 20_000 * 6_600 / T),
    ("aggregate_open_exposure", {"rail": "usdt"}, (1_000 * 3_600 + 10_000 * 1_200 + 15_000 * 43_200) / T),
    ("access_rate", {}, 1 / 2),
    ("choice_worth", {}, -1.0),
    # four over usdt, one each over btc and digital rouble, two each over agents and correspondents
    ("disclosure_share", {}, (4 + 0.75 + 1 + 2 * 0.25 + 2 * 0.25) / 10),
    ("disclosure_share", {"rail": "agent"}, 0.25),
    ("fx_turnover_share", {}, (3 * 909 + 1_530) / (3 * 909 + 1_530 + 3_930)),
    # at 90 roubles a dollar, the last one at 100: 10,100, 20,200 and 15,300 paid for 45,000 credited
    ("monetary_leakage_ratio", {}, 600 / 45_600),
    ("outside_reporting_usd", {}, 40_000),
    ("cap_binding_share", {}, 1 / 14),
    # out 300 and 500 on two days, 200 back on the second, 800 drawn before the top-up
    ("liquidity_upper_bound", {"bank": "bank/0", "asset": "CNY"}, 500),
    ("liquidity_lower_bound", {"bank": "bank/0", "asset": "CNY"}, 300),
    ("liquidity_efficiency", {"bank": "bank/0", "asset": "CNY"}, (500 - 800) / (500 - 300)),
    ("liquidity_usage_ratio", {"bank": "bank/0", "asset": "CNY"}, 800 / 800),
    # 1000 on a day, 700, 200 for an hour, 400 for 23, 800 on a day, 1100 on ten
    (
        "turnover_ratio",
        {"bank": "bank/0", "asset": "CNY"},
        800 / ((1_000 + 700 + (200 + 23 * 400) / 24 + 800 + 11_000) / 14),
    ),
]


@pytest.mark.parametrize(
    ("name", "by", "expected"), KNOWN, ids=[f"{n}-{'-'.join(b.values())}" for n, b, _ in KNOWN]
)
def test_known_value(measured: list[Measured], name: str, by: dict[str, str], expected: float) -> None:
    assert _value(measured, name, **by) == pytest.approx(expected, rel=1e-9, abs=1e-12)


def test_every_metric_is_known_by_hand() -> None:
    elsewhere = {"cost_pct_all_in", "compliance_exposure_usd", "sme_gap"}
    goods = {
        metric.name for metric in METRICS if metric.family in ("goods", "exports")
    }  # their own tests, on worlds with goods and with exporters
    assert goods and {metric.name for metric in METRICS} == {name for name, _, _ in KNOWN} | elsewhere | goods


def test_all_in_cost_is_charges_financing_and_penalty(measured: list[Measured]) -> None:
    rails = [{}] + [{"rail": rail} for rail in ("usdt", "btc", "digital_ruble", "correspondent", "agent")]
    for by in rails:
        parts = [_value(measured, f"cost_pct_{part}", **by) for part in ("charges", "financing", "penalty")]
        assert _value(measured, "cost_pct_all_in", **by) == pytest.approx(sum(parts), rel=1e-9)


def test_items_add_up_to_all_charges(measured: list[Measured]) -> None:
    items = sum(m.value for m in measured if m.name == "cost_pct_item")
    assert items == pytest.approx(_value(measured, "cost_pct_charges"), rel=1e-12)


def test_exposure_follows_bayes(measured: list[Measured]) -> None:
    clear = 0.01 * 0.1 / (0.01 * 0.1 + 0.99 * 0.95)
    cleared_alert = 0.01 * 0.9 * 0.05 / (0.01 * 0.9 * 0.05 + 0.99 * 0.05)
    assert _value(measured, "compliance_exposure_usd") == pytest.approx(
        80_000 * clear + 40_000 * cleared_alert, abs=0.05
    )


def test_legs_add_up_to_the_mean_time(measured: list[Measured]) -> None:
    legs = sum(_value(measured, f"leg_{leg}_mean") for leg in ("originator", "in_flight", "beneficiary"))
    assert legs == pytest.approx(_value(measured, "settlement_time_mean"), rel=1e-12)


def test_what_cannot_be_told_says_why(measured: list[Measured]) -> None:
    reasons = {(m.name, *m.by.values()): m.reason for m in measured if m.value is None}
    assert (
        reasons[("desk_utilisation", "aml")]
        == "the desk has no limit on servers, or no staffing was journalled"
    )
    assert reasons[("cost_pct_all_in", "none")].startswith("no payment of this group was credited")
    assert all(reasons.values())


def test_the_gap_is_of_the_largest_and_smallest_fifth(
    new_scribe: Callable[[], Any], facts: RunFacts, tmp_path: Path
) -> None:
    """Ten firms by value, the two smallest and one of the two largest without a rail that serves them."""
    s = new_scribe()
    rail = s.entity("rail/usdt")
    for firm in range(10):
        order = s.order(2 * DAY, 1_000 * (firm + 1), importer=f"importer/{firm}")
        s.path(order, "usdt", [(2 * DAY, State.CREATED)])
        serving = 0 if firm in (0, 1, 9) else 1
        columns = {"subject": 0, "object": rail, "amount": serving << 32 | 1, "extra": 1}
        s.record(2 * DAY, Kind.CHOSE_RAIL, payment=order, actor=s.entity(f"importer/{firm}"), **columns)
    measured = compute_all(s.write(tmp_path), facts)
    assert _value(measured, "access_rate") == 0.7
    assert _value(measured, "sme_gap") == 0.5
    assert next(m for m in measured if m.name == "sme_gap").n == 10
