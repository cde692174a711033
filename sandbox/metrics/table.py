"""The table of all metrics: the one list a new metric is named in."""

from collections.abc import Mapping
from types import MappingProxyType

from sandbox.metrics import (
    access,
    compliance,
    concentration,
    cost,
    exports,
    freezes,
    goods,
    liquidity,
    market,
    monetary,
    queueing,
    regimes,
    reliability,
    speed,
    supervision,
    supply,
    throughput,
)
from sandbox.metrics.measured import Metric

#: Family -> its metrics, in the order in which a report shows them.
FAMILIES: Mapping[str, tuple[Metric, ...]] = MappingProxyType(
    {
        "speed": speed.METRICS,
        "cost": cost.METRICS,
        "reliability": reliability.METRICS,
        "throughput": throughput.METRICS,
        "queueing": queueing.METRICS,
        "concentration": (*concentration.METRICS, *freezes.METRICS),
        "compliance": compliance.METRICS,
        "supervision": (*supervision.METRICS, *regimes.METRICS),
        "liquidity": (*liquidity.METRICS, *supply.METRICS),
        "market": market.METRICS,
        "access": access.METRICS,
        "monetary": monetary.METRICS,
        "goods": goods.METRICS,
        "exports": exports.METRICS,
    }
)

METRICS: tuple[Metric, ...] = tuple(metric for family in FAMILIES.values() for metric in family)

BY_NAME: Mapping[str, Metric] = MappingProxyType({metric.name: metric for metric in METRICS})

if len(BY_NAME) != len(METRICS):
    raise ValueError("two metrics share a name")
