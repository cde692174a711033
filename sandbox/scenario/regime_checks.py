"""Checks of regimes: each has a name of its own, and whoever names one names one that is open by then."""

from collections.abc import Iterable

from sandbox.scenario.faults import Finding
from sandbox.scenario.nearest import did_you_mean
from sandbox.scenario.parameters import ParameterLibrary
from sandbox.scenario.schema import Scenario
from sandbox.stage import MAIN_REGIME

#: Regimes that may open beside the first.
MOST_REGIMES = 7


def own_names(scenario: Scenario, parameters: ParameterLibrary) -> Iterable[Finding]:
    """Regimes have names of their own, and there are few of them."""
    seen: set[str] = set()
    for name, event in scenario.timeline.items():
        if event.kind != "regime_open":
            continue
        path = ("timeline", name, "id")
        if event.id == MAIN_REGIME:
            yield Finding(path, "reserved", f"{MAIN_REGIME} is the regime of the scenario itself")
        if event.id in seen:
            yield Finding(path, "twice", f"regime {event.id} has been opened already")
        seen.add(event.id)
        if len(seen) > MOST_REGIMES:
            yield Finding(
                ("timeline", name), "too_many", f"more than {MOST_REGIMES} regimes beside the first"
            )


def named_ones_are_open(scenario: Scenario, parameters: ParameterLibrary) -> Iterable[Finding]:
    """A wave or a revocation is of a regime that has opened before it."""
    opened = {event.id: event.at for event in scenario.timeline.values() if event.kind == "regime_open"}
    for name, event in scenario.timeline.items():
        if event.kind not in ("admission_wave", "revocation") or event.regime == MAIN_REGIME:
            continue
        path = ("timeline", name, "regime")
        if event.regime not in opened:
            yield Finding(
                path,
                "unknown_regime",
                f"no regime_open opens {event.regime}; there are {', '.join((MAIN_REGIME, *opened))}",
                hint=did_you_mean(event.regime, (MAIN_REGIME, *opened)),
            )
        elif opened[event.regime] >= event.at:
            yield Finding(
                path, "not_open_yet", f"{event.regime} opens on {opened[event.regime]}, not before {event.at}"
            )


#: For the list of all checks.
REGIME_CHECKS = (own_names, named_ones_are_open)

__all__ = ["MOST_REGIMES", "REGIME_CHECKS"]
