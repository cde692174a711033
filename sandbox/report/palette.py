"""Colours, dashes and patterns that stay apart for the colour-blind and on grey paper.

The hues are those of Okabe and Ito (2008), darkened where a thin line on white needs it.
"""

from typing import NamedTuple


class Mark(NamedTuple):
    """How one series is drawn: never by colour alone."""

    colour: str
    dash: str
    pattern: str


_RAILS = {
    "correspondent": Mark("#0072B2", "solid", ""),
    "agent": Mark("#C27C00", "dash", "/"),
    "usdt": Mark("#00795A", "solid", "."),
    "btc": Mark("#C44601", "dot", "x"),
    "digital_ruble": Mark("#A3457E", "dashdot", "-"),
    "dfa": Mark("#2F8FC4", "longdash", "\\"),
}
_ENDINGS = {
    "CREDITED": Mark("#00795A", "solid", ""),
    "CANCELLED": Mark("#9A9A9A", "solid", "-"),
    "CENSORED": Mark("#56B4E9", "solid", "."),
    "FAILED": Mark("#E69F00", "solid", "/"),
    "STOPPED": Mark("#C44601", "solid", "x"),
    "LOST": Mark("#222222", "solid", ""),
}
#: The last is for a seventh line, such as the third dealer after four banks.
_SERIES = (*_RAILS.values(), Mark("#222222", "dot", "|"))
_OTHER = Mark("#6B6B6B", "dash", "+")

INK = "#1b2733"
FAINT = "#d7dde3"


def of_rail(entity: str) -> Mark:
    """The mark of ``rail/usdt`` or ``usdt``."""
    return _RAILS.get(entity.removeprefix("rail/"), _OTHER)


def of_ending(name: str) -> Mark:
    """The mark of an ending."""
    return _ENDINGS.get(name, _OTHER)


def of_number(index: int) -> Mark:
    """The mark of the n-th series of a chart whose series have no mark of their own."""
    return _SERIES[index % len(_SERIES)]


def translucent(colour: str, opacity: float) -> str:
    """A hex colour as ``rgba(...)``."""
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity})"
