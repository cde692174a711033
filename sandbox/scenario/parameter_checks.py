"""Checks of the numbers a scenario overrides: each must be one that a run computes with."""

from collections.abc import Iterable

from sandbox.scenario.faults import Finding
from sandbox.scenario.parameters import ParameterLibrary
from sandbox.scenario.readers import EVENTS, FIELDS
from sandbox.scenario.schema import Scenario


def cutoff(scenario: Scenario, parameters: ParameterLibrary) -> Iterable[Finding]:
    """A bank's payment department works from its opening until the cut-off."""
    named = [name for name in ("hours.payment_cutoff", "hours.desks") if name in scenario.parameters]
    if not named:
        return
    opens = parameters.table("hours.desks", scenario.clock.start)["opens"]
    closes = parameters.number("hours.payment_cutoff", scenario.clock.start)
    if closes <= opens:
        yield Finding(
            ("parameters", named[0]), "out_of_range", f"payments end at {closes:g} and begin at {opens:g}"
        )


def idle_overrides(scenario: Scenario, parameters: ParameterLibrary) -> Iterable[Finding]:
    """A number that a field or an event of the scenario sets, or that explains others only, is not set here."""
    for name in scenario.parameters:
        at, code = ("parameters", name), "no_effect"
        if name in FIELDS:
            field = FIELDS[name]
            yield Finding(at, code, f"the scenario's field {field} sets it", f"write {field}")
        elif name in EVENTS:
            kind, _, field = EVENTS[name].partition(".")
            yield Finding(at, code, f"an event of the timeline sets it: {kind} ({field})")
        elif parameters.entry(name).context:
            yield Finding(at, code, "it explains other numbers, and no run computes with it")


PARAMETER_CHECKS = (cutoff, idle_overrides)
