"""Office hours of a world, from the parameters ``hours.*`` as they stand on its first day."""

from sandbox.clock import CHINA, RUSSIA, Clock, DeskHours
from sandbox.rail import Numbers


def desk_hours(clock: Clock, numbers: Numbers) -> DeskHours:
    """Of Russian institutions."""
    hours = numbers.table("hours.desks", clock.start)
    return DeskHours(clock, RUSSIA, int(hours["opens"]), int(hours["closes"]))


def payment_hours(clock: Clock, numbers: Numbers) -> DeskHours:
    """Of the banks' payment departments: from a desk's opening to the cut-off."""
    opens = numbers.table("hours.desks", clock.start)["opens"]
    return DeskHours(clock, RUSSIA, int(opens), int(numbers.number("hours.payment_cutoff", clock.start)))


def hours_abroad(clock: Clock, numbers: Numbers) -> DeskHours:
    """Of the banks that pay suppliers out, in their own time zone."""
    hours = numbers.table("hours.abroad", clock.start)
    return DeskHours(clock, CHINA, int(hours["opens"]), int(hours["closes"]), int(hours["utc"]))


__all__ = ["desk_hours", "hours_abroad", "payment_hours"]
