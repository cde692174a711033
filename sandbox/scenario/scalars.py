"""What an unquoted scalar means: YAML 1.2's values, with the traps of older YAML refused by name.

`NO` stays text. `1e3`, `1_000`, `0x10`, `010` and `1:30` mean different things to different readers, so
they mean nothing here: the fault says how to write what was intended.
"""

import re
import unicodedata
from typing import NamedTuple

#: Digits an integer may have: what a journal column holds, and no costly conversions.
MOST_DIGITS = 18

_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_TRUE = frozenset({"true", "True", "TRUE"})
_FALSE = frozenset({"false", "False", "FALSE"})
_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)", re.ASCII)
_DECIMAL = re.compile(r"[-+]?(?:(?:0|[1-9][0-9]*)\.[0-9]*|\.[0-9]+)", re.ASCII)
_NOT_FINITE = re.compile(r"[-+]?\.?(?:inf|infinity|nan)", re.IGNORECASE)
_YAML_NOT_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF|nan|NaN|NAN)")
_TRAPS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"[-+]?[0-9]*\.?[0-9]+[eE][-+]?[0-9]+"), "exponents are not read: write the digits out"),
    (re.compile(r"[-+]?[0-9.]+[eE][-+]?[0-9]+"), "exponents are not read: write the digits out"),
    (re.compile(r"[-+]?0[xX][0-9a-fA-F_]+"), "hexadecimal is not read: write it in decimal"),
    (re.compile(r"[-+]?0[oO][0-7_]+"), "octal is not read: write it in decimal"),
    (re.compile(r"[-+]?0[bB][01_]+"), "binary is not read: write it in decimal"),
    (re.compile(r"[-+]?[0-9][0-9_]*_[0-9_]*(?:\.[0-9_]*)?"), "leave the underscores out"),
    (re.compile(r"[-+]?0[0-9]+(?:\.[0-9]*)?"), "leave the leading zeros out"),
    (
        re.compile(r"[-+]?[0-9]+(?::[0-9]{1,2})+(?:\.[0-9]*)?"),
        "a time of day goes in quotes, a duration is written like 90m",
    ),
)
_DIGITS = re.compile(r"[-+]?[0-9._]+(?:[eE][-+]?[0-9]+)?")
_NUMBER_LIKE = re.compile(r"[-+]?\d[\d\s.,'’_]*(?:[eE][-+]?\d+)?")


class Reading(NamedTuple):
    """The value of a scalar, or what is wrong with it."""

    value: str | int | float | bool | None
    problem: str = ""
    """Fault code, empty when the value was read."""
    advice: str = ""
    """How to write it instead."""


def resolve(text: str, plain: bool) -> Reading:
    """The value of a scalar; quoted text is always text."""
    if not plain:
        return Reading(text)
    if text in _NULL:
        return Reading(None)
    if text in _TRUE or text in _FALSE:
        return Reading(text in _TRUE)
    first = text[0]
    if not (first.isdigit() or first in "+-."):
        return Reading(text)
    return _number(text)


def _number(text: str) -> Reading:
    if len(text) > MOST_DIGITS + 12 and _DIGITS.fullmatch(text):
        return Reading(None, "number_format", f"at most {MOST_DIGITS} digits are read")
    if _INTEGER.fullmatch(text):
        if len(text.lstrip("+-")) > MOST_DIGITS:
            return Reading(None, "number_format", f"at most {MOST_DIGITS} digits are read")
        return Reading(int(text))
    if _DECIMAL.fullmatch(text):
        return Reading(float(text))
    if _YAML_NOT_FINITE.fullmatch(text):
        return Reading(None, "not_finite", "a number must be finite")
    for pattern, advice in _TRAPS:
        if pattern.fullmatch(text):
            return Reading(None, "number_format", advice)
    return Reading(text)


def looks_like_number(text: str) -> bool:
    """Text somebody meant as a number: foreign separators, other scripts' digits, spaces, exponents."""
    return len(text) < 400 and _NUMBER_LIKE.fullmatch(unicodedata.normalize("NFKC", text)) is not None


def looks_not_finite(text: str) -> bool:
    """Text that spells infinity or not-a-number."""
    return _NOT_FINITE.fullmatch(text) is not None
