"""Checks of what a scenario says about banks, their warnings, and payment agents."""

from collections.abc import Iterable

from sandbox.scenario.faults import Finding
from sandbox.scenario.parameters import ParameterLibrary
from sandbox.scenario.schema import Scenario


def warned_banks(scenario: Scenario, parameters: ParameterLibrary) -> Iterable[Finding]:
    """Only banks that exist can be warned."""
    banks = scenario.policy.banks
    for name, event in scenario.timeline.items():
        if event.kind == "warning_to_bank" and event.banks > banks:
            yield Finding(
                path=("timeline", name, "banks"),
                code="unknown_bank",
                message=f"{event.banks} banks are warned where there are {banks}",
                hint=f"at most {banks}, or more of policy.banks",
            )


def agents_ruled_once(scenario: Scenario, parameters: ParameterLibrary) -> Iterable[Finding]:
    """A second rule of agents would reach the clients that the first has reached."""
    rules = sorted(
        (event.at, name) for name, event in scenario.timeline.items() if event.kind == "agent_rule"
    )
    for _, name in rules[1:]:
        yield Finding(
            path=("timeline", name),
            code="repeated_rule",
            message=f"agents are ruled in {rules[0][1]} already; this rule replaces its fee and finds the same firms",
            severity="warning",
        )


def appetite(scenario: Scenario, parameters: ParameterLibrary) -> Iterable[Finding]:
    """A mean of 0 or 1 leaves nothing to draw banks' appetites from."""
    mean = scenario.parameters.get("bank.risk_appetite")
    if isinstance(mean, int | float) and not 0.0 < mean < 1.0:
        yield Finding(
            path=("parameters", "bank.risk_appetite"),
            code="out_of_range",
            message=f"banks' mean appetite for risk must lie between 0 and 1, without either (got {mean:g})",
        )


BANK_CHECKS = (warned_banks, agents_ruled_once, appetite)
