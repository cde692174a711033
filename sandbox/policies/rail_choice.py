"""Which rail an importer takes: a multinomial logit over the lawful, accepted and onboarded rails.

``U = -beta_cost (cost in percent + kappa * delay in days) - beta_fail * p_fail + habit`` where kappa is the
daily cost of a delay in percent of the value. Utility contains cost, delay and the firm's own experience of
failure, and nothing else: no variable about detection, screening or lists exists here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log

from sandbox.payments import Quote


@dataclass(slots=True, frozen=True)
class Tastes:
    """Weights of the choice, as parameters ``choice.*`` give them."""

    beta_cost: float
    """Utility of one percentage point."""
    beta_fail: float
    """Disutility of failing for certain, beyond its cost."""
    habit: float
    """Bonus of the rail used last."""
    kappa_prepaid: float
    """Percent of the value a day of delay costs when payment gates shipment."""
    kappa_open: float
    """The same when the goods are here already."""


def utility(tastes: Tastes, quote: Quote, failure: float, prepaid: bool, is_habit: bool) -> float:
    """Deterministic part of a rail's utility; ``failure`` is what the firm believes."""
    kappa = tastes.kappa_prepaid if prepaid else tastes.kappa_open
    burden = quote.cost_share * 100.0 + kappa * quote.seconds / 86_400.0
    return -tastes.beta_cost * burden - tastes.beta_fail * failure + (tastes.habit if is_habit else 0.0)


def shares(utilities: Sequence[float]) -> list[float]:
    """Choice probabilities of a logit with these utilities."""
    top = max(utilities)
    weights = [exp(value - top) for value in utilities]
    total = sum(weights)
    return [weight / total for weight in weights]


def pick(utilities: Sequence[float], uniform: float) -> int:
    """The alternative that a uniform draw falls on."""
    mark, passed = uniform, 0.0
    probabilities = shares(utilities)
    for position, probability in enumerate(probabilities):
        passed += probability
        if mark < passed:
            return position
    return len(probabilities) - 1


def inclusive_value(utilities: Sequence[float], beta_cost: float) -> float:
    """What the whole set of alternatives is worth, in percentage points of the payment's value: the logsum.

    ``ln(sum of exp U) / beta_cost`` (Small and Rosen, 1981); only differences of it mean anything. 0 where cost
    has no weight, because nothing can then be told in points.
    """
    if beta_cost <= 0:
        return 0.0
    if len(utilities) == 1:
        return utilities[0] / beta_cost  # what the sum below comes to: its only term is exp(0)
    top = max(utilities)
    return (top + log(sum(exp(value - top) for value in utilities))) / beta_cost
