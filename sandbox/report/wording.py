"""Every label a report shows, in one catalogue, and how numbers and spans of time are written.

One dictionary a language: a second language is a second dictionary with the same keys. A key that the
catalogue does not know is shown as it stands, so that a new metric or desk is never hidden.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

ENGLISH: Mapping[str, str] = MappingProxyType(
    {
        # rails
        "rail.correspondent": "correspondent banks",
        "rail.agent": "payment agents",
        "rail.usdt": "USDT",
        "rail.btc": "BTC",
        "rail.digital_ruble": "digital ruble",
        "rail.dfa": "digital financial assets",
        "rail.none": "no rail chosen",
        # endings
        "ending.CREDITED": "credited",
        "ending.STOPPED": "stopped for compliance",
        "ending.FAILED": "failed",
        "ending.LOST": "lost",
        "ending.CANCELLED": "cancelled",
        "ending.CENSORED": "in flight at the horizon",
        # goods
        "category.civil": "civil goods",
        "category.electronics": "electronics",
        "category.metals": "metals",
        "category.dual_use_restricted": "dual-use, restricted",
        "category.drone": "drones",
        "category.other": "other goods",
        # countries
        "country.CN": "China",
        "country.TR": "Türkiye",
        "country.AE": "United Arab Emirates",
        "country.OT": "other countries",
        # contract terms
        "terms.prepay": "prepayment: the goods leave after the money arrives",
        "terms.open_account": "open account: the goods leave first",
        "terms.milestone_advance": "milestone contract, advance: the goods leave after it arrives",
        "terms.milestone_balance": "milestone contract, balance: due after delivery",
        # desks
        "desk/kyc": "customer due diligence desk",
        "desk/aml": "AML desk",
        "desk/applications": "regulator's application desk",
        "desk/orders": "regulator's order desk",
        # purposes of postings
        "purpose.OPENING": "opening balance",
        "purpose.PRINCIPAL": "principal",
        "purpose.FX_LEG": "conversion at the mid rate",
        "purpose.SPREAD": "spread",
        "purpose.BANK_FEE": "bank fee",
        "purpose.NETWORK_FEE": "network fee",
        "purpose.AGENT_FEE": "agent fee",
        "purpose.PLATFORM_FEE": "platform fee",
        "purpose.CORRESPONDENT_FEE": "correspondent fee",
        "purpose.OFFRAMP_FEE": "off-ramp fee",
        "purpose.ROUNDING": "rounding",
        "purpose.RETURN": "return of the principal",
        "purpose.RETURN_LOSS": "loss on converting back",
        "purpose.ISSUE": "issue",
        "purpose.REDEEM": "redemption",
        "purpose.DESTROY": "destruction of frozen units",
        "purpose.FUNDING": "funding",
        "purpose.REORG": "reversal after a reorganisation",
        "purpose.PROCEEDS": "proceeds to the beneficiary",
        "purpose.LOSS": "loss written off",
        # confidence letters
        "confidence.A": "primary or peer-reviewed figure, or own fit on public prices",
        "confidence.B": "reputable report of a named primary source",
        "confidence.C": "a single press, vendor or trade page",
        "confidence.D": "assumption: no usable source",
        "confidence.E": "derived or calibrated here from A to C",
        # metric families
        "family.speed": "Speed",
        "family.cost": "Cost",
        "family.reliability": "Reliability",
        "family.throughput": "Throughput",
        "family.queueing": "Queues",
        "family.liquidity": "Liquidity",
        "family.concentration": "Concentration",
        "family.compliance": "Compliance",
        "family.supervision": "Supervision",
        "family.market": "Market",
        "family.access": "Access and welfare",
        "family.monetary": "Monetary control",
        "family.goods": "Goods",
        "family.exports": "Exports",
        # units of metrics
        "unit.s": "time",
        "unit.pct": "% of value",
        "unit.usd": "USD",
        "unit.share": "share",
        # metrics
        "metric.settlement_time_p50": "settlement time, median",
        "metric.settlement_time_p75": "settlement time, 75% within",
        "metric.settlement_time_p90": "settlement time, 90% within",
        "metric.settlement_time_p95": "settlement time, 95% within",
        "metric.settlement_time_p99": "settlement time, 99% within",
        "metric.settlement_time_mean": "settlement time, mean",
        "metric.leg_originator_mean": "originator's leg, mean",
        "metric.leg_in_flight_mean": "time on the rail, mean",
        "metric.leg_beneficiary_mean": "beneficiary's leg, mean",
        "metric.share_le_1h": "credited within one hour",
        "metric.share_le_1bd": "credited within one business day",
        "metric.cost_pct_all_in": "cost, all in",
        "metric.cost_pct_charges": "all charges",
        "metric.cost_pct_fsb": "fees and margin (FSB retail indicator)",
        "metric.cost_pct_item": "charges",
        "metric.cost_pct_financing": "financing of money in flight",
        "metric.cost_pct_penalty": "penalty for late payment",
        "metric.delay_cost_pct": "delay of goods",
        "metric.goods_cycle_days": "contract to delivery",
        "metric.contracts_refused_share": "contracts refused export",
        "metric.contracts_abandoned_share": "contracts given up",
        "metric.export_value_usd": "exports credited",
        "metric.export_share_credited": "exports credited, share",
        "metric.export_time_p50": "exports, median time to the credit",
        "metric.export_time_p95": "exports, 95% credited within",
        "metric.export_cost_pct": "exports, charges",
        "metric.refund_days_p50": "refund, median",
        "metric.penalty_usd": "penalties for late payment",
        "metric.landed_cost_per_contract": "landed cost of a contract",
        "metric.restricted_value_stopped": "value stopped or refused export",
        "metric.fail_rate_n": "failed",
        "metric.throughput_usd_day": "credited value a business day",
        "metric.throughput_n_day": "credited payments a business day",
        "metric.aml_alert_rate": "screenings that raise an alert",
        "metric.aml_fdr": "alerts on lawful payments (false discovery rate)",
        "metric.aml_fpr": "lawful payments that raise an alert (false positive rate)",
        "metric.aml_recall": "prohibited payments found (recall)",
        "metric.effective_recall_10d": "prohibited payments found and confirmed within 10 days",
        "metric.time_to_clear_p50": "alert to decision, median",
        "metric.time_to_clear_p95": "alert to decision, 95% within",
        "metric.value_stopped_usd": "value stopped",
        "metric.prohibited_stopped_usd": "truly prohibited value stopped",
        "metric.prohibited_credited_usd": "truly prohibited value credited",
        "metric.compliance_exposure_usd": "compliance exposure",
        "metric.alerts_undecided": "alerts without a decision",
        "metric.review_within_sla": "applications decided in the statutory time",
        "metric.report_timely": "participants' reports filed in time",
        "metric.inspections": "inspections of participants",
        "metric.breaches_found": "inspections that found a breach",
        "metric.revocations": "admissions withdrawn",
        "metric.cap_utilisation": "use of the volume cap",
        "metric.cap_utilisation_max": "use of the volume cap, highest",
        "metric.regime_participants": "participants",
        "metric.regime_value_usd": "paid under the regime",
        "metric.regime_value_share": "share of what all regimes paid",
        "metric.regime_application_wait_mean": "firm's application, mean wait by regime",
        "metric.application_wait_mean": "firm's application, mean wait",
        "metric.application_wait_p95": "firm's application, 95% within",
        "metric.share_elr": "import value on the regime's rails",
        "metric.payments_by_ending": "payments by ending",
        "metric.desk_wait_mean": "wait at the desk, mean",
        "metric.desk_wait_p95": "wait at the desk, 95% within",
        "metric.return_rate": "correspondent payments returned",
        "metric.attempts_mean": "attempts a payment",
        "metric.lp_stockout_share": "quotes refused for want of inventory",
        "metric.fx_var99": "price loss on the way, 99%",
        "metric.es995_loss": "loss of the worst 0.5% of payments",
        "metric.quote_expiry_share": "agreed prices that ran out",
        "metric.market_wait_share": "payments held up by a halted market",
        "metric.deposit_to_dr_outflow": "bank deposits turned into digital rubles",
        "metric.deposit_outflow_peak_day": "deposits turned into digital rubles, largest day",
        "metric.mined_btc_sold": "mined bitcoin sold",
        "metric.domestic_mined_cover": "mined bitcoin a bitcoin used",
        "metric.visibility_share": "import value the regulator sees",
        "metric.frozen_usd": "frozen by the issuer",
        "metric.destroyed_usd": "destroyed by the issuer",
        "metric.issuer_concentration": "share of the regime's value in one issuer's token",
        "metric.hhi_value": "concentration of value (HHI)",
        "metric.hhi_norm": "concentration of value, normalised",
        "metric.cr3": "share of the three largest",
        "metric.aggregate_open_exposure": "value on the way whose price may move",
        "metric.access_rate": "importers with a lawful rail that serves",
        "metric.sme_gap": "gap in access, largest less smallest importers",
        "metric.choice_worth": "worth of the choice of rails (logsum)",
        "metric.disclosure_share": "cost, time, tracking and terms told before the order",
        "metric.outside_reporting_usd": "credited over agents, outside reporting",
        "metric.fx_turnover_share": "crypto's share of conversions from roubles",
        "metric.monetary_leakage_ratio": "roubles for crypto that reach no beneficiary",
        "metric.quota_wait_share": "orders that waited for a cap",
        "metric.cap_binding_share": "days on which a cap binds",
        "metric.settlement_efficiency": "value settled by its due date",
        "metric.delay_indicator": "delay indicator",
        "metric.dispersion_index": "dispersion of daily credits",
        "metric.in_flight_value": "value on the way",
        "metric.fail_cif": "failed within 90 days (competing risks)",
        "metric.desk_utilisation": "use of the desk",
        "metric.desk_number_mean": "cases at the desk, mean",
        "metric.desk_queue_mean": "cases waiting at the desk, mean",
        "metric.desk_backlog_max": "cases waiting at the desk, most",
        # sections of a page
        "section.answer": "The answer in words",
        "section.policy": "Policy table",
        "section.charts": "What the runs look like",
        "section.charts_run": "What the run looks like",
        "section.enforcement": "Cost, and compliance beside it",
        "section.timeline": "Dated events",
        "section.assumptions": "Assumptions used",
        "section.method": "Method",
        "section.scope": "What this is, and what it is not",
        "section.definitions": "Definitions",
    }
)

#: Letters of the confidence scale, best first.
CONFIDENCE = ("A", "B", "C", "D", "E")


def say(key: str, *, otherwise: str | None = None) -> str:
    """The label for ``key``; ``otherwise`` (or the key's last part) when the catalogue has none."""
    found = ENGLISH.get(key)
    if found is not None:
        return found
    return otherwise if otherwise is not None else key.rsplit(".", 1)[-1].replace("_", " ")


def rail_label(entity: str) -> str:
    """A rail's label from its entity name (``rail/usdt``) or its plain name; "" means none was chosen."""
    name = entity.removeprefix("rail/")
    return say(f"rail.{name}" if name else "rail.none", otherwise=name)


def metric_title(name: str, by: Sequence[tuple[str, str]] = ()) -> str:
    """A metric and what it is broken down by: ``settlement time, median, USDT``."""
    label = say(f"metric.{name}", otherwise=name.replace("_", " "))
    return ", ".join([label, *(_group(key, value) for key, value in by)])


def _group(key: str, value: str) -> str:
    if key == "rail":
        return rail_label("" if value == "none" else value)
    return say(f"{key}.{value}", otherwise=say(value, otherwise=f"{key.replace('_', ' ')} {value}"))


def span(seconds: int) -> str:
    """A stretch of time to the second: ``2 d 3 h 4 min 5 s`` (parts that are nought are left out)."""
    sign = "-" if seconds < 0 else ""
    left, parts = abs(seconds), []
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s")):
        count, left = divmod(left, size)
        if count:
            parts.append(f"{count} {unit}")
    return sign + (" ".join(parts) or "0 s")


def rough_span(seconds: float) -> str:
    """A stretch of time for reading at a glance: two leading parts (``2 d 3 h``), seconds below a minute."""
    whole = round(seconds)
    if abs(whole) < 60:
        return f"{seconds:.0f} s"
    for size, keep in ((86_400, 3_600), (3_600, 60), (60, 1)):
        if abs(whole) >= size:
            return span(round(whole / keep) * keep)
    return span(whole)


def number(value: float | int | None, *, digits: int = 2) -> str:
    """A number with thousands separators; integers stay whole; None is a dash."""
    if value is None:
        return "–"
    if isinstance(value, int) or float(value).is_integer():
        return f"{int(value):,}"
    return f"{value:,.{digits}f}"


def percent(share: float | None, *, digits: int = 1) -> str:
    """A share of one as a percentage."""
    if share is None:
        return "–"
    if 0 < share < 0.5 / 10 ** (digits + 2):
        return f"<{0.1**digits:.{digits}f}%"
    return f"{100 * share:.{digits}f}%"


def millions(usd_cents: int) -> str:
    """USD cents in dollars, in millions above a million: ``$12.3 M``."""
    dollars, sign = abs(usd_cents) / 100, "-" if usd_cents < 0 else ""
    return f"{sign}${dollars / 1e6:,.1f}\u00a0M" if dollars >= 1e6 else f"{sign}${dollars:,.0f}"


#: Units that a heading or a metric's name makes plain enough.
_SILENT_UNITS = frozenset({"payments", "attempts", "alerts", "items", "applications", "points", "ratio", ""})


def measured(value: float | int | None, unit: str) -> str:
    """A metric's value in its own unit; a dash if there is none."""
    if value is None:
        return "–"
    match unit:
        case "h":
            return _minus(rough_span(value * 3_600))
        case "share" | "probability":
            return _minus(percent(value))
        case "USD" | "USD/business day":
            return _minus(millions(round(value * 100)))
        case "RUB" if abs(value) >= 1e6:
            return _minus(f"{value / 1e6:,.1f}\u00a0M RUB")
        case "% of value":
            return _minus(f"{value:,.2f}%")
        case _:
            return _minus(number(value) if unit in _SILENT_UNITS else f"{number(value)} {unit}")


def changed(value: float | None, unit: str, *, signed: bool = True) -> str:
    """A difference of two values of a metric: shares and percentages differ by percentage points (pp)."""
    if value is None:
        return "–"
    plus = "+" if signed and value > 0 else ""
    match unit:
        case "share" | "probability":
            return _minus(f"{plus}{_fine(100 * value, 1)} pp")
        case "% of value":
            return _minus(f"{plus}{_fine(value, 2)} pp")
        case _:
            return plus + measured(value, unit)


def _fine(value: float, digits: int) -> str:
    """So many digits; one significant digit where those would show a nought that is none."""
    return f"{value:.1g}" if 0 < abs(value) < 0.5 / 10**digits else f"{value:,.{digits}f}"


def _minus(text: str) -> str:
    """A true minus sign, which no line breaks after."""
    return text.replace("-", "−", 1) if text.startswith("-") else text
