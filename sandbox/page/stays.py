"""A payment's stays as bars of one line of time: where each begins and how long it is, in thousandths."""

from collections.abc import Mapping
from typing import Any

from sandbox.report.wording import say, span

#: Shortest bar that can still be seen, in thousandths of the line.
_THINNEST = 3


def bars(story: Mapping[str, Any]) -> list[dict[str, Any]]:
    """One bar for each stay that took time; empty for a payment that took none."""
    total = int(story["total_seconds"])
    steps = story["steps"]
    if total <= 0:
        return []
    first = steps[0]["second"]
    return [
        {
            "start": 1_000 * (step["second"] - first) / total,
            "width": max(1_000 * step["wait_seconds"] / total, _THINNEST),
            "shade": place % 3,
            "label": state_name(step["state"]),
            "text": span(step["wait_seconds"]),
        }
        for place, step in enumerate(steps)
        if step["wait_seconds"] > 0
    ]


def state_name(state: str) -> str:
    """What a state is called."""
    return say(f"state.{state}", otherwise=state.replace("_", " ").lower())
