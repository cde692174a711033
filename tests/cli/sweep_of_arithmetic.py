"""``sandbox`` in a process of its own whose replications are arithmetic and take a moment, to be interrupted."""

import sys
import time
from pathlib import Path
from typing import Any

import sandbox.experiment.sweep as sweep
from sandbox.experiment.design import Arm
from sandbox.experiment.points import DIGEST, leave_interrupts_to_the_parent

#: Seconds of one replication.
_TAKES = 0.25


def replication(arm: Arm, number: int, seed: int) -> list[dict[str, Any]]:
    """A metric that is a function of the point, the replication and the seed."""
    leave_interrupts_to_the_parent()
    time.sleep(_TAKES)
    return rows(arm, number, seed)


def rows(arm: Arm, number: int, seed: int) -> list[dict[str, Any]]:
    """The same at once."""
    value = float(sum(map(ord, " ".join(arm.spec.origin.sets))) % 97 + number * number + seed)
    row = {"by": {}, "unit": "", "n": 1, "direction": "lower", "family": "speed"}
    return [
        {**row, "name": DIGEST, "value": None, "reason": f"{value}"},
        {**row, "name": "settlement_time_p50", "value": value, "reason": None},
    ]


if __name__ == "__main__":
    # Workers must find the function by its module's name.
    sys.path.insert(0, str(Path(__file__).parent))
    from sweep_of_arithmetic import replication as by_name

    from sandbox.cli import main

    sweep.run_point = by_name
    main(sys.argv[1:])
