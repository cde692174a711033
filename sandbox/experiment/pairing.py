"""Which scenarios may stand side by side: the one that a scenario names to be held against, and equal clocks."""

from collections.abc import Mapping
from pathlib import Path

from sandbox.scenario.library import find_shipped
from sandbox.scenario.schema import Scenario


class NotComparable(Exception):
    """Two scenarios whose difference would say nothing, or a scenario without anything to be compared with."""


def baseline_file(scenario: Scenario, file: str) -> str:
    """The file of the scenario that ``scenario``, read from ``file``, names in ``compare_to``.

    It stands beside that file or is a shipped one. Raises NotComparable if none is named or there is no such file.
    """
    named = scenario.compare_to
    if named is None:
        raise NotComparable(f"{file} names no scenario to be compared with (compare_to): name one beside it")
    own = find_shipped(file) if not Path(file).is_file() else Path(file)
    beside = (own or Path(file)).parent / named
    if beside.is_file():
        # A shipped scenario asked for by its name is answered with names, so that commands stay short.
        return str(beside) if Path(file).is_file() else Path(named).stem
    shipped = find_shipped(named)
    if shipped is None:
        raise NotComparable(f"{file} is to be compared with {named}, and there is no such file")
    return shipped.stem


def check_clocks(scenarios: Mapping[str, Scenario]) -> None:
    """Refuse scenarios whose clocks differ: what differs would be how long, or when, was looked.

    Raises NotComparable with both clocks and the way out.
    """
    told = {name: _told(scenario) for name, scenario in scenarios.items()}
    (first, base), *others = told.items()
    for name, clock in others:
        if clock != base:
            key = next(part for part in clock if clock[part] != base[part])
            raise NotComparable(
                f"{first} and {name} do not run on one clock ({key} {base[key]} and {clock[key]}): their difference"
                f" would be of time, not of policy; compare scenarios of one clock, or give all of them one with"
                f" --set clock.{key}={clock[key]}"
            )


def _told(scenario: Scenario) -> dict[str, str]:
    """A clock's four settings as a scenario writes them."""
    clock = scenario.clock
    days = {key: getattr(clock, key) / 86_400 for key in ("horizon", "warm_up", "cool_down")}
    return {"start": clock.start.isoformat(), **{key: f"{value:g}d" for key, value in days.items()}}
