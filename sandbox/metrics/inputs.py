"""Which numbers of the world a metric rests on most directly: patterns over the parameter library.

Every parameter touches every outcome in some run; named here are those that a reader should look at first when
a metric's value is questioned: the parameters of the submodels that the metric's own events come from.
"""

from collections.abc import Mapping
from fnmatch import fnmatchcase
from types import MappingProxyType

_RETURNS = ("correspondent.p_return_*", "pressure.*")
_DELAY = (
    "macro.key_rate",
    "choice.time_value_goods",
    "choice.delay_passthrough",
    "population.late_penalty_*",
)
_BEHIND_CHOICE = ("choice.*", "supplier.*", "agent.agent_onboard_hazard", "pressure.*")

#: Family of metrics -> patterns of parameter names.
BY_FAMILY: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "speed": (
            "correspondent.corr_*",
            "correspondent.return_stuck_days",
            "agent.agent_days_mean",
            "btc.block_interval_s",
            "btc.confirmations",
            "usdt.evm_block_interval_s",
            "usdt.finality_blocks",
            "digital_ruble.dr_settle_s",
            "dfa.dfa_issue_days",
            "bank.kyc_hours",
            "aml.aml_review_hours",
            "liquidity.lp_replenish_hours",
            *_RETURNS,
        ),
        "cost": (
            "correspondent.corr_fee_pct",
            "correspondent.fx_margin_pct",
            "correspondent.return_fx_loss_pct",
            "agent.*fee*",
            "liquidity.onramp_*",
            "liquidity.offramp_*",
            "liquidity.impact_*",
            "liquidity.adv_*",
            "bank.bank_fee_elr_pct",
            "btc.btc_fee_usd",
            "fx.cny_onshore_premium",
            "usdt.usdt_fee_usd",
            "digital_ruble.dr_fee_rub",
            "dfa.dfa_fee_pct",
            *_DELAY,
            *_RETURNS,
        ),
        "reliability": ("agent.agent_f*", "aml.*", "choice.max_attempts", "supplier.*", *_RETURNS),
        "throughput": ("population.*", "regulator.cap_*", *_BEHIND_CHOICE),
        "queueing": (
            "bank.kyc_*",
            "aml.aml_*",
            "aml.p_escalate",
            "regulator.review_*",
            "regulator.application_rate",
            "population.pay_rate_per_bd",
        ),
        "concentration": (
            "population.turnover_ln_sigma",
            "population.*_exponent",
            "population.invoice_*",
            "regulator.participants_initial",
            "regulator.selection_rule",
            "bank.n_elr_banks",
            "liquidity.lp_count",
            *_BEHIND_CHOICE,
        ),
        "compliance": ("aml.*", "population.share_category", "supplier.export_restriction_bite"),
        "supervision": ("regulator.*", *_BEHIND_CHOICE),
        "market": ("fx.*", "btc.*", "usdt.depeg_*", "liquidity.breaker_*", "liquidity.quote_valid_min"),
        "liquidity": ("bank.nostro_usd", "liquidity.*", "fx.*"),
        "access": (
            "transparency.serves_*",
            "correspondent.corr_*",
            "agent.*fee*",
            "supplier.accept_*",
            *_RETURNS,
            *_BEHIND_CHOICE,
        ),
        "exports": (
            "population.*",
            "correspondent.*",
            "liquidity.o*",
            "bank.bank_fee_elr_pct",
            "usdt.usdt_fee_usd",
            *_BEHIND_CHOICE,
        ),
        "goods": (
            "goods.*",
            "supplier.export_restriction_bite",
            "population.late_penalty_*",
            "choice.time_value_goods",
        ),
        "monetary": ("liquidity.onramp_*", "liquidity.offramp_*", *_BEHIND_CHOICE),
    }
)

#: Metrics that rest on something else than their family does.
BY_METRIC: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "cost_pct_financing": ("macro.key_rate",),
        "cost_pct_penalty": ("population.late_penalty_*", "population.open_account_days"),
        "delay_cost_pct": ("choice.time_value_goods", "choice.delay_passthrough"),
        "return_rate": _RETURNS,
        "disclosure_share": ("transparency.disclosed",),
        "review_within_sla": ("regulator.review_*", "regulator.interagency_bd", "regulator.application_rate"),
        "frozen_usd": ("usdt.freeze_*", "usdt.p_*"),
        "destroyed_usd": ("usdt.freeze_*", "usdt.p_*"),
    }
)


def behind(metric: str, family: str) -> tuple[str, ...]:
    """Patterns of the parameters a metric rests on; empty for a family that nobody has described."""
    return BY_METRIC.get(metric) or BY_FAMILY.get(family, ())


def rests_on(metric: str, family: str, names: list[str]) -> list[str]:
    """Those of some parameters that a metric rests on, in their order, each once."""
    patterns = behind(metric, family)
    found = [name for name in names if any(fnmatchcase(name, pattern) for pattern in patterns)]
    return list(dict.fromkeys(found))
