"""Replications that are arithmetic instead of simulations; a module, so that they travel to processes."""

import os
import time
from collections.abc import Mapping, Sequence
from typing import Any

from sandbox.experiment import Arm


def measured(name: str, value: float | None, reason: str | None = None, **by: str) -> dict[str, Any]:
    """One metric's row as metrics make it."""
    row = {"name": name, "family": "speed", "by": by, "value": value, "unit": "h", "n": 1, "reason": reason}
    return row | {"direction": "lower"}


def shifted(arm: Arm, replication: int, seed: int) -> Sequence[Mapping[str, Any]]:
    """Luck of the replication plus the arm's shift, and a wait which no arm changes."""
    luck = (seed * 7 + replication * replication * 13) % 101
    return [measured("time", luck + arm.spec), measured("wait", luck, desk="kyc")]


def sometimes_failing(arm: Arm, replication: int, seed: int) -> Sequence[Mapping[str, Any]]:
    """Breaks in replication 1 of the arm called broken."""
    if arm.name == "broken" and replication == 1:
        raise RuntimeError("the wires crossed")
    return shifted(arm, replication, seed)


def dying(arm: Arm, replication: int, seed: int) -> Sequence[Mapping[str, Any]]:
    """Takes its worker process down."""
    os._exit(9)


def one_quick_one_endless(arm: Arm, replication: int, seed: int) -> Sequence[Mapping[str, Any]]:
    """The arm called good answers at once; any other takes far longer than a test may."""
    if arm.name != "good":
        time.sleep(600)
    return shifted(arm, replication, seed)
