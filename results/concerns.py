"""What a change is most directly about: the metrics that a scenario's question asks for, by what it varies."""

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase

from changes import Change

Group = tuple[str, Mapping[str, str]]


def _on(name: str, *rails: str) -> list[Group]:
    return [(name, {"rail": rail}) for rail in rails]


_ADMISSION: list[Group] = [
    ("regime_participants", {"regime": "main"}),
    ("application_wait_mean", {}),
    ("review_within_sla", {}),
    ("desk_wait_p95", {"desk": "kyc"}),
]
_PRICES = [*_on("fx_var99", "usdt", "btc"), *_on("es995_loss", "usdt", "btc")]
_SUPPLY: list[Group] = [
    ("domestic_mined_cover", {}),
    ("mined_btc_sold", {}),
    *_on("lp_stockout_share", "btc"),
]
#: Of a world that sells abroad too; in others there is no such group.
_PROCEEDS: list[Group] = [
    ("settlement_time_p50", {"direction": "export"}),
    ("settlement_time_p95", {"direction": "export"}),
    ("share_le_1bd", {"direction": "export"}),
]
_WALLETS: list[Group] = [("deposit_to_dr_outflow", {}), ("deposit_outflow_peak_day", {})]
_GOODS: list[Group] = [
    ("restricted_value_stopped", {}),
    ("contracts_abandoned_share", {}),
    ("goods_cycle_days", {}),
]

#: Path of a setting, or kind of a dated event -> metrics that speak of it most directly.
CONCERNS: Mapping[str, list[Group]] = {
    "policy.regime": [*_PROCEEDS, ("access_rate", {}), ("choice_worth", {}), ("issuer_concentration", {})],
    "policy.review_officers": _ADMISSION,
    "policy.agencies*": _ADMISSION,
    "policy.monthly_cap": [
        ("cap_utilisation_max", {}),
        ("quota_wait_share", {}),
        *_on("settlement_time_p95", "usdt"),
    ],
    "rails.usdt.delivery_versus_payment": [
        *_GOODS,
        *_on("share_le_1bd", "usdt"),
        ("landed_cost_per_contract", {}),
    ],
    "rails.usdt*": [
        ("issuer_concentration", {}),
        *_on("es995_loss", "usdt", "btc"),
        *_on("lp_stockout_share", "btc"),
    ],
    "rails.btc.source": _SUPPLY,
    "rails.digital_ruble*": [*_WALLETS, *_on("throughput_n_day", "digital_ruble")],
    "rails.dfa": _on("throughput_n_day", "dfa"),
    "admission_wave": _ADMISSION,
    "permanence_review": [("regime_participants", {"regime": "main"}), ("desk_wait_p95", {"desk": "kyc"})],
    "regime_open": [
        ("regime_participants", {"regime": "rusky"}),
        ("regime_value_share", {"regime": "rusky"}),
    ],
    "market_regime": [
        *_PRICES,
        *_on("market_wait_share", "usdt", "btc"),
        *_on("cost_pct_all_in", "usdt", "btc"),
    ],
    "freeze": [("frozen_usd", {}), *_on("es995_loss", "usdt"), *_on("lp_stockout_share", "usdt")],
    "mining_capacity": _SUPPLY,
    "pressure": [("return_rate", {}), ("attempts_mean", {}), ("choice_worth", {})],
    "agent_rule": [("outside_reporting_usd", {}), ("attempts_mean", {}), ("choice_worth", {})],
    "export_rule": _GOODS,
}


def concerns(changes: Iterable[Change]) -> list[Group]:
    """Metrics and groups to speak of first, each once, in the order of the changes; the first pattern counts."""
    found: list[Group] = []
    for change in changes:
        kinds = [change.path, change.kind]
        for pattern, groups in CONCERNS.items():
            if any(fnmatchcase(kind, pattern) for kind in kinds):
                found += [group for group in groups if group not in found]
                break
    return found
