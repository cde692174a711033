"""The rule behind each wait, with the parameters and scenario settings that decide its length.

The words stand in the catalogue under ``rule``; a rail's own row comes before the general one, an exporter's
before both. Names in ``parameters`` are those of the parameter library; ``settings`` are key paths of the
scenario file.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sandbox.lifecycle import State
from sandbox.report.wording import knows, say


@dataclass(frozen=True, slots=True)
class Rule:
    """Why a payment stands in a state, and for how long."""

    sentence: str
    parameters: tuple[str, ...] = ()
    """Dated parameters that decide the wait or the outcome, if the run used them."""
    settings: tuple[str, ...] = ()
    """Key paths of the scenario that do."""


@dataclass(frozen=True, slots=True)
class _Behind:
    """What a wait rests on, without the words."""

    parameters: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()


_GENERAL: Mapping[State, _Behind] = {
    State.CREATED: _Behind(
        (
            "choice.beta_cost",
            "choice.beta_fail",
            "choice.habit",
            "choice.time_value_goods",
            "choice.delay_passthrough",
            "macro.key_rate",
            "population.late_penalty_per_day",
        )
    ),
    State.AUTHORISATION: _Behind(
        settings=("policy.authorisation_valid", "policy.monthly_cap", "policy.participant_monthly_cap")
    ),
    State.ORDER_DESK: _Behind(settings=("policy.order_approval",)),
    State.QUOTA_WAIT: _Behind(
        settings=("policy.monthly_cap", "policy.participant_monthly_cap", "policy.cap_rule")
    ),
    State.PROFILE: _Behind(("bank.kyc_hours", "bank.kyc_servers"), ("policy.kyc_analysts",)),
    State.SCREENING: _Behind(
        ("aml.prevalence", "aml.aml_sensitivity", "aml.aml_specificity"), ("policy.screening",)
    ),
    State.MANUAL_REVIEW: _Behind(
        ("aml.aml_review_hours", "aml.aml_analysts", "aml.alert_confirm", "aml.p_escalate"),
        ("policy.aml_analysts",),
    ),
    State.ESCALATED: _Behind(("aml.p_escalate", "aml.suspension_days_max")),
    State.SUSPENDED: _Behind(("aml.suspension_days_max",)),
    State.FUNDS_WAIT: _Behind(("bank.nostro_usd",)),
    State.CONVERSION: _Behind(("liquidity.impact_Y", "liquidity.lp_inventory_days")),
    State.DEALER_WAIT: _Behind(
        ("liquidity.lp_replenish_hours", "liquidity.lp_inventory_days", "liquidity.lp_daily_capacity_usd")
    ),
    State.MARKET_WAIT: _Behind(("usdt.depeg_halflife_h", "usdt.issuer_pause_rate")),
    State.HELD: _Behind(("correspondent.return_stuck_days",)),
    State.FROZEN: _Behind(
        ("usdt.freeze_hazard", "usdt.freeze_latency_min", "usdt.p_unfreeze_year", "usdt.p_destroy_value")
    ),
    State.RETURNING: _Behind(("correspondent.return_stuck_days",)),
    State.RETURNED: _Behind(("correspondent.return_fx_loss_pct",)),
    State.RETRY: _Behind(("choice.max_attempts",)),
    State.FAILED: _Behind(("choice.max_attempts",)),
}

#: A rail's own rule may rest on other numbers, or on none.
_BY_RAIL: Mapping[tuple[State, str], _Behind] = {
    (State.CONVERSION, "usdt"): _Behind(
        ("liquidity.onramp_pct_usdt", "liquidity.impact_Y", "liquidity.adv_usdt_rub_usd")
    ),
    (State.CONVERSION, "btc"): _Behind(
        ("liquidity.onramp_pct_btc", "liquidity.impact_Y", "btc.btc_total_vol")
    ),
    (State.RELEASE, "correspondent"): _Behind(("correspondent.corr_fee_pct", "correspondent.fx_margin_pct")),
    (State.RELEASE, "agent"): _Behind(("agent.agent_fee_pct", "pressure.P_index")),
    (State.RELEASE, "usdt"): _Behind(("bank.bank_fee_elr_pct", "usdt.usdt_fee_usd")),
    (State.RELEASE, "btc"): _Behind(("bank.bank_fee_elr_pct", "btc.btc_fee_usd")),
    (State.RELEASE, "digital_ruble"): _Behind(("digital_ruble.dr_fee_rub",)),
    (State.RELEASE, "dfa"): _Behind(("dfa.dfa_fee_pct", "bank.bank_fee_elr_pct")),
    (State.IN_FLIGHT, "correspondent"): _Behind(
        (
            "correspondent.corr_speed_unstressed",
            "correspondent.corr_days_mean",
            "correspondent.p_return_a",
            "correspondent.p_return_b",
            "correspondent.p_return_dualuse_shift",
            "correspondent.return_stuck_days",
            "pressure.P_index",
        )
    ),
    (State.IN_FLIGHT, "agent"): _Behind(
        ("agent.agent_days_mean", "agent.agent_fail", "agent.agent_fraud_loss", "pressure.P_index")
    ),
    (State.IN_FLIGHT, "usdt"): _Behind(
        ("usdt.usdt_confirm_s", "usdt.evm_block_interval_s"),
        ("rails.usdt.confirmations", "rails.usdt.delivery_versus_payment"),
    ),
    (State.IN_FLIGHT, "btc"): _Behind(
        ("btc.block_interval_s", "btc.confirmations", "btc.btc_fee_usd"), ("rails.btc.confirmations",)
    ),
    (State.IN_FLIGHT, "digital_ruble"): _Behind(("digital_ruble.dr_settle_s",)),
    (State.OFFRAMP, "dfa"): _Behind(("dfa.dfa_issue_days",)),
    (State.OFFRAMP, "usdt"): _Behind(("liquidity.offramp_pct_usdt",)),
    (State.OFFRAMP, "btc"): _Behind(("liquidity.offramp_pct_usdt",)),
}

#: An exporter's order: its buyer pays, its own bank checks and converts.
_OF_EXPORTS: Mapping[tuple[State, str], _Behind] = {
    (State.CREATED, ""): _Behind(
        (
            "choice.beta_cost",
            "choice.beta_fail",
            "choice.habit",
            "choice.time_value_goods",
            "choice.delay_passthrough",
            "macro.key_rate",
            "population.late_penalty_per_day",
        )
    ),
    (State.CONVERSION, "usdt"): _Behind(
        ("liquidity.onramp_pct_usdt", "liquidity.offramp_pct_usdt", "liquidity.impact_Y")
    ),
    (State.RELEASE, "agent"): _Behind(("agent.agent_fee_pct", "pressure.P_index")),
    (State.IN_FLIGHT, "agent"): _Behind(
        ("agent.agent_days_mean", "agent.agent_fail", "agent.agent_fraud_loss", "pressure.P_index")
    ),
    (State.RELEASE, "correspondent"): _Behind(("correspondent.corr_fee_pct", "correspondent.fx_margin_pct")),
    (State.RETURNING, ""): _Behind(("correspondent.return_stuck_days",)),
    (State.OFFRAMP, "usdt"): _Behind(("bank.bank_fee_elr_pct",)),
}


def rule_for(state: State, rail: str, export: bool = False) -> Rule:
    """The rule of a state on a rail (plain name; "" before a rail is chosen), for an exporter's order or another."""
    if export:
        for own in (rail, ""):
            key = f"rule.export.{own}.{state.name}" if own else f"rule.export.{state.name}"
            if knows(key):
                return _rule(key, _OF_EXPORTS.get((state, own), _Behind()))
    if knows(f"rule.{rail}.{state.name}"):
        return _rule(f"rule.{rail}.{state.name}", _BY_RAIL.get((state, rail), _Behind()))
    return _rule(f"rule.{state.name}", _GENERAL.get(state, _Behind()))


def _rule(key: str, behind: _Behind) -> Rule:
    return Rule(say(key), behind.parameters, behind.settings)
