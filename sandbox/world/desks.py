"""The desks that people sit at: who works there on the first day, and when."""

from datetime import date

from sandbox.clock import Hours
from sandbox.desk import Desk
from sandbox.rail import Ground
from sandbox.scenario.schema import Policy, Scenario, Schedule


def open_desks(ground: Ground, scenario: Scenario, office: Hours, banks: Hours) -> dict[str, Desk]:
    """Desks by name; the banks' may be open at all hours, the regulator's desk of applications is not."""
    policy, start = scenario.policy, scenario.clock.start
    desks: dict[str, Desk] = {}
    if policy.screening:
        desks["aml"] = Desk(ground, "desk/aml", _people_at(start, policy.aml_analysts), banks)
    if policy.regime and scenario.rails.needs_profile:
        desks["kyc"] = Desk(ground, "desk/kyc", _people_at(start, policy.kyc_analysts), banks)
    if policy.regime:
        desks["applications"] = Desk(
            ground,
            "desk/applications",
            _people_at(start, policy.review_officers),
            office,
            "fifo" if policy.application_priority == "arrival" else "priority",
        )
    if policy.regime and policy.order_approval is not None:
        desks["orders"] = Desk(ground, "desk/orders", policy.order_approval.officers, banks)
    return desks


def order_desk(policy: Policy, desks: dict[str, Desk]) -> tuple[Desk, float, float] | None:
    """Where orders are approved one by one, with the hours it takes: mean and coefficient of variation."""
    approval = policy.order_approval
    if approval is None or "orders" not in desks:
        return None
    return desks["orders"], approval.hours_mean, approval.hours_cv


def _people_at(start: date, lever: int | Schedule[int]) -> int:
    """A lever's value on the first day: the last one dated by then, else the first there is."""
    if isinstance(lever, int):
        return lever
    past = [day for day in lever.values if day <= start]
    return lever.values[max(past) if past else min(lever.values)].value
