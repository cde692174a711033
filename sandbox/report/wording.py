"""What everything is called, and how numbers, money, dates and spans of time are written, in the language spoken.

``speaking("ru")`` chooses the language for what runs inside it (one task or thread, never the process); without
it everything is English. A key that no catalogue knows is shown as it stands, so that a new metric or desk is
never hidden.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sandbox.lifecycle import Reason, State
from sandbox.money import Asset, format_units
from sandbox.report.words import catalogue
from sandbox.speech import language as language
from sandbox.speech import speaking as speaking

#: Letters of the confidence scale, best first.
CONFIDENCE = ("A", "B", "C", "D", "E")

#: How Russian writes what Python formats: a comma before decimals, a thin space between thousands.
_RUSSIAN = str.maketrans({",": "\u202f", ".": ","})


def knows(key: str) -> bool:
    """Whether the catalogue spoken has this key."""
    return key in catalogue(language())


def say(key: str, *, otherwise: str | None = None, **values: Any) -> str:
    """The text for ``key``, its braces filled in; ``otherwise`` (or the key's last part) when there is none."""
    found = catalogue(language()).get(key)
    if found is not None:
        return found.format(**values) if values else found
    return otherwise if otherwise is not None else key.rsplit(".", 1)[-1].replace("_", " ")


def of_author(content: Any) -> str:
    """A text of a scenario's author: in the language spoken if it has that one, else in any it has.

    A plain text is in English; those of shipped scenarios are translated.
    """
    if isinstance(content, dict):
        return str(content.get(language()) or next(iter(content.values()), "") or "")
    text = str(content or "")
    return say(f"author.{text}", otherwise=text)


def rail_label(entity: str) -> str:
    """A rail's label from its entity name (``rail/usdt``) or its plain name; "" means none was chosen."""
    name = entity.removeprefix("rail/")
    return say(f"rail.{name}" if name else "rail.none", otherwise=name)


def desk_label(entity: str) -> str:
    """A desk's label from its entity name (``desk/kyc``); the name where the catalogue has none."""
    return say(f"desk.{entity.removeprefix('desk/')}", otherwise=entity)


def metric_title(name: str, by: Sequence[tuple[str, str]] = ()) -> str:
    """A metric and what it is broken down by: ``settlement time, median, USDT``."""
    label = say(f"metric.{name}", otherwise=name.replace("_", " "))
    return ", ".join([label, *(_group(key, value) for key, value in by)])


def _group(key: str, value: str) -> str:
    if key == "rail":
        return rail_label("" if value == "none" else value)
    if key == "desk":
        return desk_label(value)
    shown = say(f"{key}.{value}", otherwise="")
    if shown:
        return shown
    return f"{say(f'by.{key}', otherwise=key.replace('_', ' '))} {say(f'entity.{value}', otherwise=value)}"


def definition_of(name: str, english: str) -> str:
    """What a metric means, from its English definition."""
    return say(f"definition.{name}", otherwise=english)


def translated(kind: str, english: str) -> str:
    """A text that another part words in English (``reason``, ``empty``, ``standard``), as the reader speaks."""
    return say(f"{kind}.{english}", otherwise=english)


def translated_reason(reason: Reason) -> str:
    """What a reason of the life cycle means."""
    return say(f"reason.{reason.text}", otherwise=reason.meaning)


def translated_phase(state: State, english: str) -> str:
    """What is being waited for in a state, from its English words."""
    return say(f"phase.{state.name}", otherwise=english)


def local(text: str) -> str:
    """A number as Python writes it (``1,234.5``), as the language writes it."""
    return text.translate(_RUSSIAN) if language() == "ru" else text


def span(seconds: int) -> str:
    """A stretch of time to the second: ``2 d 3 h 4 min 5 s`` (parts that are nought are left out)."""
    sign = "-" if seconds < 0 else ""
    left, parts = abs(seconds), []
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s")):
        count, left = divmod(left, size)
        if count:
            parts.append(f"{count} {say(f'span.{unit}')}")
    return sign + (" ".join(parts) or f"0 {say('span.s')}")


def rough_span(seconds: float) -> str:
    """A stretch of time for reading at a glance: two leading parts (``2 d 3 h``), seconds below a minute."""
    whole = round(seconds)
    if abs(whole) < 60:
        return f"{seconds:.0f} {say('span.s')}"
    for size, keep in ((86_400, 3_600), (3_600, 60), (60, 1)):
        if abs(whole) >= size:
            return span(round(whole / keep) * keep)
    return span(whole)


def day(when: date) -> str:
    """A date: ``2024-09-02``, or ``02.09.2024``."""
    return when.strftime("%d.%m.%Y") if language() == "ru" else when.isoformat()


def moment(iso: str) -> str:
    """A date, or date and time, from its ISO text: ``2024-09-02 10:15``, or ``02.09.2024 10:15``."""
    head, _, clock = iso.replace("T", " ").partition(" ")
    if language() == "ru" and len(head) == 10 and head[4] == head[7] == "-":
        head = f"{head[8:]}.{head[5:7]}.{head[:4]}"
    return f"{head} {clock}" if clock else head


def month(iso: str) -> str:
    """A month from its ISO text: ``2024-09``, or ``09.2024``."""
    return f"{iso[5:]}.{iso[:4]}" if language() == "ru" else iso


def brief_span(seconds: float) -> str:
    """A stretch of time in its largest fitting unit alone (``19 h``), for a mark on a chart."""
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{round(seconds / size)} {say(f'span.{unit}')}"
    return f"{round(seconds)} {say('span.s')}"


def number(value: float | int | None, *, digits: int = 2) -> str:
    """A number with thousands separators; integers stay whole; None is a dash."""
    if value is None:
        return "–"
    if isinstance(value, int) or float(value).is_integer():
        return local(f"{int(value):,}")
    return local(f"{value:,.{digits}f}")


def percent(share: float | None, *, digits: int = 1) -> str:
    """A share of one as a percentage."""
    if share is None:
        return "–"
    if 0 < share < 0.5 / 10 ** (digits + 2):
        return say("percent", value="<" + local(f"{0.1**digits:.{digits}f}"))
    return say("percent", value=local(f"{100 * share:.{digits}f}"))


def money(units: int, asset: Asset) -> str:
    """An exact amount with its asset: ``10,000.00 USD``."""
    amount, _, name = format_units(units, asset).rpartition(" ")
    return f"{local(amount)} {name}"


def millions(usd_cents: int) -> str:
    """USD cents in dollars, in millions above a million: ``$12.3 M``."""
    dollars, sign = abs(usd_cents) / 100, "-" if usd_cents < 0 else ""
    if dollars >= 1e6:
        return sign + say("dollars.millions", value=local(f"{dollars / 1e6:,.1f}"))
    return sign + say("dollars.plain", value=local(f"{dollars:,.0f}"))


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
            return _minus(say("roubles.millions", value=local(f"{value / 1e6:,.1f}")))
        case "% of value":
            return _minus(say("percent", value=local(f"{value:,.2f}")))
        case _:
            return _minus(number(value) if unit in _SILENT_UNITS else f"{number(value)} {unit_label(unit)}")


def unit_label(unit: str) -> str:
    """A unit as a reader knows it."""
    return say(f"unit.{unit}", otherwise=unit)


def changed(value: float | None, unit: str, *, signed: bool = True) -> str:
    """A difference of two values of a metric: shares and percentages differ by percentage points (pp)."""
    if value is None:
        return "–"
    plus = "+" if signed and value > 0 else ""
    match unit:
        case "share" | "probability":
            return _minus(say("points", value=plus + local(_fine(100 * value, 1))))
        case "% of value":
            return _minus(say("points", value=plus + local(_fine(value, 2))))
        case _:
            return plus + measured(value, unit)


def listed(parts: Sequence[str]) -> str:
    """``a, b and c``."""
    if len(parts) < 2:
        return "".join(parts)
    return say("listed", first=", ".join(parts[:-1]), last=parts[-1])


def _fine(value: float, digits: int) -> str:
    """So many digits; one significant digit where those would show a nought that is none."""
    return f"{value:.1g}" if 0 < abs(value) < 0.5 / 10**digits else f"{value:,.{digits}f}"


def _minus(text: str) -> str:
    """A true minus sign, which no line breaks after."""
    return text.replace("-", "−", 1) if text.startswith("-") else text
