"""Tables of what a scenario's fields may say, and how a document is made of them.

A table names every field of one specification with the strategy of its values, so that a test can lay the table
beside the specification and see that none was forgotten.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, Final, NamedTuple, get_args

from hypothesis import strategies as st

from sandbox.disruptions.export_rule import ExportRule
from sandbox.scenario.schema import Category

Document = dict[str, Any]

#: The rails a scenario may name.
RAILS: Final = ("correspondent", "agent", "usdt", "btc", "digital_ruble", "dfa")
#: The rails of the regime, in the order in which its specification names them.
REGIME_RAILS: Final = ("usdt", "btc", "dfa")

COUNTRIES: Final = get_args(ExportRule.model_fields["country"].annotation)
CATEGORIES: Final = get_args(Category)
SELECTIONS: Final = st.sampled_from(["turnover", "lottery", "balanced"])


class DayAfter(int):
    """A day, as so many days after the start; :func:`dated` makes it a date."""


class Table(NamedTuple):
    """Every field of one specification: those that are always said, and those that may be left out."""

    always: Mapping[str, st.SearchStrategy[Any]] = {}
    maybe: Mapping[str, st.SearchStrategy[Any]] = {}

    @property
    def names(self) -> frozenset[str]:
        """All its fields."""
        return frozenset(self.always) | frozenset(self.maybe)

    @property
    def documents(self) -> st.SearchStrategy[Document]:
        """Maps of these fields; they shrink by leaving out what may be left out."""
        return st.fixed_dictionaries(dict(self.always), optional=dict(self.maybe))


def dated(value: Any, start: date) -> Any:
    """The same with a date for every day after the start, keys of maps included."""
    if isinstance(value, DayAfter):
        return (start + timedelta(days=value)).isoformat()
    if isinstance(value, dict):
        return {dated(key, start): dated(inner, start) for key, inner in value.items()}
    if isinstance(value, list):
        return [dated(inner, start) for inner in value]
    return value


@lru_cache(maxsize=64)
def days_after(most: int, least: int = 0) -> st.SearchStrategy[DayAfter]:
    """Days from ``least`` to ``most`` after the start."""
    return st.integers(least, most).map(DayAfter)


@lru_cache(maxsize=64)
def hundredths(least: int, most: int) -> st.SearchStrategy[float]:
    """Numbers with two decimals, bounds in hundredths."""
    return st.integers(least, most).map(lambda number: number / 100)


@lru_cache(maxsize=64)
def durations(most_seconds: int, least: int = 0) -> st.SearchStrategy[str]:
    """Whole hours or odd seconds."""
    return st.one_of(
        st.integers(-(-least // 3_600), max(most_seconds // 3_600, -(-least // 3_600))).map(
            lambda hours: f"{hours}h"
        ),
        st.integers(least, most_seconds).map(lambda seconds: f"{seconds}s"),
    )


@lru_cache(maxsize=64)
def money(most: int) -> st.SearchStrategy[str]:
    """Amounts as a scenario quotes them: whole, or with two decimals."""
    return st.one_of(
        st.integers(1, most).map(str), st.integers(1, most * 100).map(lambda c: f"{c // 100}.{c % 100:02d}")
    )


def schedules(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Document]:
    """Dated values of a lever, one or two of them."""
    lever = st.fixed_dictionaries(
        {
            "value": values,
            "source": st.sampled_from(["assumption", "a made-up order"]),
            "confidence": st.sampled_from(["D", "E", "C", "B", "A"]),
        }
    )
    dates = st.dictionaries(days_after(40, -5), lever, min_size=1, max_size=2)
    return dates.map(lambda values: {"values": values})


def regime_rails() -> st.SearchStrategy[list[str]]:
    """Some of the regime's rails, at least one."""
    return st.lists(st.sampled_from(REGIME_RAILS), min_size=1, max_size=3, unique=True)


def some_quotas(most: int) -> st.SearchStrategy[dict[str, int]]:
    """A quota for one sector, of at most so many places."""
    return st.tuples(st.sampled_from(CATEGORIES), st.integers(0, most)).map(lambda one: {one[0]: one[1]})
