"""What a metric must know of a run beside its journal: the observed window, calendars and declared terms.

These are numbers the scenario declares (dated parameters with a source), never state of the world.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from sandbox.rails import REGIME_RAILS

DAY_SECONDS = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class DelayTerms:
    """What waiting costs, in the units of the parameter library."""

    key_rate: tuple[tuple[int, float], ...]
    """(second from which it holds, percent a year), ascending; the first holds before its second too"""
    penalty_percent_per_day: float
    """contract penalty for each day past due, percent of value"""
    penalty_cap_share: float
    """most a penalty can reach, share of value"""
    time_value_percent_per_day: float
    """ad valorem cost of a day's delay of goods, percent of value"""
    passthrough: float
    """share of the time value that a late prepayment hands to the shipment"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreeningTerms:
    """The declared quality of screening, for the probability left after it."""

    prevalence: Mapping[str, float]
    """share of truly prohibited payments by goods category"""
    sensitivity: float
    specificity: float
    confirmed: float
    """probability that an analyst confirms a true hit"""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFacts:
    """One run's window and declared terms; times are seconds from the scenario's start."""

    horizon: int
    warm_up: int
    cool_down: int
    business_days: tuple[int, ...]
    """first second of every business day of the run, ascending (see the function of that name)"""
    regime_rails: tuple[str, ...] = REGIME_RAILS
    """rails that exist only under the experimental legal regime"""
    desk_open_seconds: Mapping[str, int] = field(default_factory=dict)
    """working seconds of a desk inside the observed window; a desk not named is open all the time"""
    review_business_days: int | None = None
    """statutory time for deciding an application"""
    delay: DelayTerms | None = None
    screening: ScreeningTerms | None = None
    disclosed: Mapping[str, float] | None = None
    """rail -> share of cost, time, tracking and terms that it discloses before an order"""

    def __post_init__(self) -> None:
        if not 0 <= self.warm_up < self.horizon - self.cool_down <= self.horizon:
            raise ValueError(
                f"nothing is observed: warm-up {self.warm_up} s and cool-down {self.cool_down} s "
                f"leave no time before the horizon {self.horizon} s"
            )
        if list(self.business_days) != sorted(set(self.business_days)):
            raise ValueError("business days must ascend")

    @property
    def observed_from(self) -> int:
        """First second of the observed window."""
        return self.warm_up

    @property
    def observed_until(self) -> int:
        """First second after the observed window."""
        return self.horizon - self.cool_down


def _no_weekend(day: date) -> bool:
    return day.weekday() < 5


def business_days(
    start: date, horizon: int, is_business_day: Callable[[date], bool] = _no_weekend
) -> tuple[int, ...]:
    """First seconds of a run's business days; without a calendar, of its Mondays to Fridays."""
    days = range(-(-horizon // DAY_SECONDS))
    return tuple(day * DAY_SECONDS for day in days if is_business_day(start + timedelta(days=day)))
