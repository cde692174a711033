"""The rule behind each wait, in words, with the parameters and scenario settings that decide its length.

One table, state by state; a rail's own row comes before the general one. Names in ``parameters`` are those
of the parameter library; ``settings`` are key paths of the scenario file.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sandbox.lifecycle import State


@dataclass(frozen=True, slots=True)
class Rule:
    """Why a payment stands in a state, and for how long."""

    sentence: str
    parameters: tuple[str, ...] = ()
    """Dated parameters that decide the wait or the outcome, if the run used them."""
    settings: tuple[str, ...] = ()
    """Key paths of the scenario that do."""


_GENERAL: Mapping[State, Rule] = {
    State.CREATED: Rule(
        "The importer orders the payment under its contract and chooses among the rails that are lawful,"
        " that the beneficiary accepts and that the importer is set up for.",
        (
            "choice.beta_cost",
            "choice.beta_fail",
            "choice.habit",
            "choice.time_value_goods",
            "choice.delay_passthrough",
            "macro.key_rate",
            "population.late_penalty_per_day",
        ),
    ),
    State.VALIDATED: Rule("The bank checks the order's form and its currency-control documents."),
    State.AUTHORISATION: Rule(
        "A rail of the regime needs the regulator's authorisation of the order: the firm is admitted, the"
        " rail and the goods category are permitted and the cap has room.",
        settings=("policy.authorisation_valid", "policy.monthly_cap", "policy.participant_monthly_cap"),
    ),
    State.ORDER_DESK: Rule(
        "The regulator's officers decide orders one by one; the order waits for a free officer and for the"
        " decision, in office hours.",
        settings=("policy.order_approval",),
    ),
    State.QUOTA_WAIT: Rule(
        "The period's volume cap is used up; the order waits for the next calendar month.",
        settings=("policy.monthly_cap", "policy.participant_monthly_cap", "policy.cap_rule"),
    ),
    State.PROFILE: Rule(
        "The due-diligence desk studies parties and goods before the order may go on; the order waits for"
        " a free analyst, and the study takes desk hours.",
        ("bank.kyc_hours", "bank.kyc_servers"),
        ("policy.kyc_analysts",),
    ),
    State.DOCUMENTS: Rule("The desk asked for supporting documents; the importer gathers them."),
    State.SCREENING: Rule(
        "The bank's automatic lists and models screen the order; an alert sends it to an analyst.",
        ("aml.prevalence", "aml.aml_sensitivity", "aml.aml_specificity"),
        ("policy.screening",),
    ),
    State.MANUAL_REVIEW: Rule(
        "Screening raised an alert; an analyst clears it, confirms it or escalates it. The order waits for"
        " a free analyst, and the review takes desk hours.",
        ("aml.aml_review_hours", "aml.aml_analysts", "aml.alert_confirm", "aml.p_escalate"),
        ("policy.aml_analysts",),
    ),
    State.ESCALATED: Rule(
        "The alert went up to the financial intelligence unit, which decides within its legal time.",
        ("aml.p_escalate", "aml.suspension_days_max"),
    ),
    State.SUSPENDED: Rule(
        "The authority suspended the payment while it looks into it.", ("aml.suspension_days_max",)
    ),
    State.FUNDS: Rule(
        "The bank reserves the full rouble amount, charges included, on the importer's account."
    ),
    State.FUNDS_WAIT: Rule(
        "The bank has too little of the currency at its correspondent; the order waits for the next top-up.",
        ("bank.nostro_usd",),
    ),
    State.CONVERSION: Rule(
        "A dealer quotes a price with its spread and reserves inventory for the order.",
        ("liquidity.impact_Y", "liquidity.lp_inventory_days"),
    ),
    State.DEALER_WAIT: Rule(
        "No dealer has enough inventory; the order waits until one has replenished it.",
        ("liquidity.lp_replenish_hours", "liquidity.lp_inventory_days", "liquidity.lp_daily_capacity_usd"),
    ),
    State.MARKET_WAIT: Rule(
        "The market is off its peg or the token is paused; the order waits until trading resumes.",
        ("usdt.depeg_halflife_h", "usdt.issuer_pause_rate"),
    ),
    State.RELEASE: Rule(
        "Before the money leaves, the bank computes the order's fingerprint again and uses the"
        " authorisation up, if one was needed."
    ),
    State.CUTOFF_WAIT: Rule("The bank's cut-off has passed; the order waits for its next opening."),
    State.IN_FLIGHT: Rule("The money is on its rail."),
    State.HELD: Rule(
        "The foreign bank keeps the money and asks for documents.", ("correspondent.return_stuck_days",)
    ),
    State.FROZEN: Rule(
        "The value is frozen by the token's issuer or by an authority.",
        ("usdt.freeze_hazard", "usdt.freeze_latency_min", "usdt.p_unfreeze_year", "usdt.p_destroy_value"),
    ),
    State.UNFROZEN: Rule("The freeze was lifted; the money goes on or goes back."),
    State.RETURNING: Rule(
        "The money is on its way back to the importer's bank.", ("correspondent.return_stuck_days",)
    ),
    State.SETTLED: Rule("Settlement is final on the rail and cannot be revoked by it."),
    State.REORGED: Rule(
        "The chain replaced more blocks than the confirmations waited for; the transfer is undone in the"
        " books."
    ),
    State.ACCEPTED_NOT_POSTED: Rule("The beneficiary's institution has the money and has not yet booked it."),
    State.OFFRAMP: Rule("The beneficiary turns the asset into its own currency."),
    State.RETURNED: Rule(
        "The returned money is booked on the importer's account, less the loss on converting it back.",
        ("correspondent.return_fx_loss_pct",),
    ),
    State.RETRY: Rule(
        "The same obligation may be ordered again: the reason's class allows it and attempts are left. A"
        " refusal for compliance never may.",
        ("choice.max_attempts",),
    ),
    State.REJECTED: Rule("The order was refused before any money left."),
    State.TECHNICAL_FAILURE: Rule(
        "The attempt failed for a technical cause; what had been reserved is released."
    ),
    State.COMPLIANCE_STOP: Rule(
        "Compliance refused the order. That is final for this obligation on every rail."
    ),
    State.CREDITED: Rule("The beneficiary has the money in its own currency. This is the end."),
    State.STOPPED: Rule(
        "Stopped for compliance: no other rail and no later attempt may carry this obligation."
    ),
    State.FAILED: Rule(
        "No attempt succeeded: attempts are used up, or no lawful rail is left.", ("choice.max_attempts",)
    ),
    State.LOST: Rule("The value is gone: frozen and destroyed, or lost by an intermediary."),
    State.CANCELLED: Rule("The importer cancelled the order."),
}

#: On a rail outside the regime.
_NOTHING_TO_AUTHORISE = Rule("This rail lies outside the regime: there is nothing to authorise.")

_BY_RAIL: Mapping[tuple[State, str], Rule] = {
    (State.AUTHORISATION, "correspondent"): _NOTHING_TO_AUTHORISE,
    (State.AUTHORISATION, "agent"): _NOTHING_TO_AUTHORISE,
    (State.AUTHORISATION, "digital_ruble"): _NOTHING_TO_AUTHORISE,
    (State.CONVERSION, "usdt"): Rule(
        "A dealer quotes USDT against roubles with its spread and reserves inventory for the order.",
        ("liquidity.onramp_pct_usdt", "liquidity.impact_Y", "liquidity.adv_usdt_rub_usd"),
    ),
    (State.CONVERSION, "btc"): Rule(
        "A dealer quotes BTC against roubles with its spread and reserves inventory for the order.",
        ("liquidity.onramp_pct_btc", "liquidity.impact_Y", "btc.btc_total_vol"),
    ),
    (State.RELEASE, "correspondent"): Rule(
        "The bank charges the importer, converts the roubles and pays out of its account at the"
        " correspondent.",
        ("correspondent.corr_fee_pct", "correspondent.fx_margin_pct"),
    ),
    (State.RELEASE, "agent"): Rule(
        "The importer hands the roubles and the agent's fee over.",
        ("agent.agent_fee_pct", "pressure.P_index"),
    ),
    (State.RELEASE, "usdt"): Rule(
        "Before the token leaves, the bank computes the order's fingerprint again and uses the"
        " authorisation up.",
        ("bank.bank_fee_elr_pct", "usdt.usdt_fee_usd"),
    ),
    (State.RELEASE, "btc"): Rule(
        "Before the bitcoin leaves, the bank computes the order's fingerprint again and uses the"
        " authorisation up.",
        ("bank.bank_fee_elr_pct", "btc.btc_fee_usd"),
    ),
    (State.RELEASE, "digital_ruble"): Rule(
        "The bank turns the importer's money into digital roubles on the operator's platform.",
        ("digital_ruble.dr_fee_rub",),
    ),
    (State.RELEASE, "dfa"): Rule(
        "The authorisation is used up; the bank debits the importer, and the platform issues claims on as many"
        " roubles.",
        ("dfa.dfa_fee_pct", "bank.bank_fee_elr_pct"),
    ),
    (State.IN_FLIGHT, "correspondent"): Rule(
        "Correspondent banks pass the payment on; the stronger the pressure, the longer they take and the"
        " likelier the foreign bank sends it back.",
        (
            "correspondent.corr_speed_unstressed",
            "correspondent.corr_days_mean",
            "correspondent.p_return_a",
            "correspondent.p_return_b",
            "correspondent.p_return_dualuse_shift",
            "correspondent.return_stuck_days",
            "pressure.P_index",
        ),
    ),
    (State.IN_FLIGHT, "agent"): Rule(
        "The payment agent pays the beneficiary from its own means abroad, on its own time.",
        ("agent.agent_days_mean", "agent.agent_fail", "agent.agent_fraud_loss", "pressure.P_index"),
    ),
    (State.IN_FLIGHT, "usdt"): Rule(
        "The token transfer waits for its block and for the confirmations this rail asks before calling it"
        " final.",
        ("usdt.usdt_confirm_s", "usdt.evm_block_interval_s"),
        ("rails.usdt.confirmations",),
    ),
    (State.IN_FLIGHT, "btc"): Rule(
        "The Bitcoin transaction waits for its block and for the confirmations this rail asks before"
        " calling it final.",
        ("btc.block_interval_s", "btc.confirmations", "btc.btc_fee_usd"),
        ("rails.btc.confirmations",),
    ),
    (State.IN_FLIGHT, "digital_ruble"): Rule(
        "The operator's platform carries the transfer out; it is final at once.",
        ("digital_ruble.dr_settle_s",),
    ),
    (State.IN_FLIGHT, "dfa"): Rule(
        "The claims pass to the beneficiary on the platform of digital financial assets, finally and at once.",
    ),
    (State.OFFRAMP, "dfa"): Rule(
        "The beneficiary redeems the claims on the day they fall due; their roubles buy its currency.",
        ("dfa.dfa_issue_days",),
    ),
    (State.OFFRAMP, "usdt"): Rule(
        "The beneficiary's exchange buys the USDT and pays out in the hours of the beneficiary's bank.",
        ("liquidity.offramp_pct_usdt",),
    ),
    (State.OFFRAMP, "btc"): Rule(
        "The beneficiary's exchange buys the bitcoin and pays out in the hours of the beneficiary's bank.",
        ("liquidity.offramp_pct_usdt",),
    ),
    (State.OFFRAMP, "digital_ruble"): Rule("The beneficiary turns digital roubles into its own currency."),
}


#: Where an exporter's order has another rule: its buyer pays, its own bank checks and converts.
_OF_EXPORTS: Mapping[tuple[State, str], Rule] = {
    (State.CREATED, ""): Rule(
        "The exporter announces its buyer's payment under their contract and chooses among the rails that are"
        " lawful, that the buyer takes and that the exporter is set up for; what it is owed is fixed in roubles.",
        _GENERAL[State.CREATED].parameters,
    ),
    (State.DOCUMENTS, ""): Rule("The bank asked for supporting documents; the exporter gathers them."),
    (State.FUNDS, ""): Rule(
        "The buyer's bank reserves the full amount in the buyer's currency, all charges included."
    ),
    (State.CONVERSION, "usdt"): Rule(
        "A dealer names its price for the buyer's USDT and stands by it; the buyer gets the tokens from its"
        " exchange.",
        ("liquidity.onramp_pct_usdt", "liquidity.offramp_pct_usdt", "liquidity.impact_Y"),
    ),
    (State.DEALER_WAIT, ""): Rule(
        "The buyer's exchange has too few tokens; the order waits until it has more."
    ),
    (State.RELEASE, "correspondent"): Rule(
        "The exporter's bank names its rate; the buyer's bank debits the buyer and sends the currency.",
        ("correspondent.corr_fee_pct", "correspondent.fx_margin_pct"),
    ),
    (State.RELEASE, "agent"): Rule(
        "The buyer hands its currency and the agent's fee over; the agent names the roubles for it at the"
        " official rate of the day.",
        ("agent.agent_fee_pct", "pressure.P_index"),
    ),
    (State.IN_FLIGHT, "agent"): Rule(
        "The payment agent pays the exporter from its own means at home, on its own time.",
        ("agent.agent_days_mean", "agent.agent_fail", "agent.agent_fraud_loss", "pressure.P_index"),
    ),
    (State.CUTOFF_WAIT, ""): Rule("The buyer's bank is closed; the order waits for its next opening."),
    (State.RETURNING, ""): Rule(
        "The money is on its way back to the buyer's bank.", ("correspondent.return_stuck_days",)
    ),
    (State.RETURNED, ""): Rule("The returned money is booked on the buyer's account, in its own currency."),
    (State.OFFRAMP, "usdt"): Rule(
        "The dealer's roubles lie ready; the exporter's bank credits them in its hours and keeps its fee.",
        ("bank.bank_fee_elr_pct",),
    ),
    (State.CREDITED, ""): Rule("The exporter has its roubles. This is the end."),
    (State.CANCELLED, ""): Rule("The exporter cancelled the order."),
}


def rule_for(state: State, rail: str, export: bool = False) -> Rule:
    """The rule of a state on a rail (plain name; "" before a rail is chosen), for an exporter's order or another."""
    if export:
        own = _OF_EXPORTS.get((state, rail)) or _OF_EXPORTS.get((state, ""))
        if own is not None:
            return own
    return _BY_RAIL.get((state, rail), _GENERAL[state])
