"""From any number of a page to what it means, what it rests on and who uses that: for charts, tables and answer.

A chart's numbers are defined by a sentence of its own (``defined`` in the catalogue) and by the metrics that state
the same; both name the parameters a reader should look at first.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from types import MappingProxyType

from sandbox.metrics import BY_NAME
from sandbox.metrics.inputs import rests_on
from sandbox.report.answer import ANSWERED
from sandbox.report.wording import say


@dataclass(frozen=True, slots=True)
class _Behind:
    """What a chart's numbers are made of."""

    metrics: tuple[str, ...]
    """Metrics that tell the same in one number."""
    patterns: tuple[str, ...] = ()
    """Parameters that no metric of these names."""


#: Chart -> what is behind it; a chart of one arm or one chain goes by the part before its first dash.
_CHARTS: Mapping[str, _Behind] = MappingProxyType(
    {
        "settlement-times": _Behind(tuple(f"settlement_time_p{each}" for each in (50, 75, 90, 95, 99))),
        "incidence": _Behind(("time_cif", "fail_cif")),
        "value-flow": _Behind(("payments_by_ending", "value_credited_usd")),
        "endings": _Behind(("payments", "payments_by_ending")),
        "corridor": _Behind(("payments", "value_credited_usd", "settlement_time_p50")),
        "queues": _Behind(("desk_queue_mean", "desk_backlog_max")),
        "balances": _Behind(("nostro_peak_use", "lp_stockout_share")),
        "chain": _Behind(
            ("leg_in_flight_mean",), ("btc.block_*", "btc.confirmations", "usdt.evm_*", "usdt.finality_*")
        ),
        "gantt": _Behind(("leg_originator_mean", "leg_in_flight_mean", "leg_beneficiary_mean"), ("hours.*",)),
        "differences": _Behind(ANSWERED),
    }
)


def chart_kind(name: str) -> str:
    """``endings`` for ``endings-1``, ``chain`` for ``chain-bitcoin``; the name itself if it is known."""
    return name if name in _CHARTS else name.partition("-")[0]


def chart_definition(name: str) -> str:
    """What a chart's numbers are: formula and unit in words; "" for a chart nobody has described."""
    return say(f"defined.{chart_kind(name).replace('-', '_')}", otherwise="")


def chart_metrics(name: str, defined: Collection[str]) -> list[str]:
    """Metrics that state what a chart shows, of those that the page defines."""
    behind = _CHARTS.get(chart_kind(name))
    return [each for each in behind.metrics if each in defined] if behind else []


def chart_parameters(name: str, used: Sequence[str]) -> list[str]:
    """Parameters that a chart rests on, of those used, each once."""
    behind = _CHARTS.get(chart_kind(name))
    if behind is None:
        return []
    found = [each for each in used if any(fnmatchcase(each, pattern) for pattern in behind.patterns)]
    for metric in behind.metrics:
        found += rests_on(metric, BY_NAME[metric].family, list(used))
    return sorted(set(found))


def answer_metrics(defined: Collection[str]) -> list[str]:
    """Metrics whose values the answer in words states, of those that the page defines."""
    return [name for name in ANSWERED if name in defined]


def used_by(parameter: str) -> str:
    """The actor, rail or submodel that reads a parameter, by its group."""
    group = parameter.partition(".")[0]
    return say(f"group.{group}", otherwise=group)
