"""Rows of real metrics go through a comparison: a run against itself, and against one without its window."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from sandbox.experiment import Arm, compare
from sandbox.metrics import RunFacts, compute_all


def test_a_run_against_itself_and_a_shorter_one(small_world: Path, facts: RunFacts) -> None:
    rows = [m.to_dict() for m in compute_all(small_world, facts)]
    fewer = [m.to_dict() for m in compute_all(small_world, replace(facts, warm_up=2 * 86_400, delay=None))]

    def run(arm: Arm, replication: int, seed: int) -> Sequence[dict[str, Any]]:
        return fewer if arm.name == "short" else rows

    found = compare(Arm("whole"), [Arm("twin"), Arm("short")], run=run, seed=1, reps=2)
    assert len(found.rows) == len({(row["name"], tuple(row["by"].items())) for row in rows + fewer})
    for row in found.rows:
        twin = row.deltas[0]
        missing = row.baseline_mean is None
        assert twin.words.startswith("no difference: whole:" if missing else "identical in all 2"), row
        assert twin.words.endswith(("against whole", row.baseline_reason or "?"))
    payments = found.row("payments").deltas[1]
    assert payments.difference.value == -2
    assert payments.words == "lower by 2 ± 0 payments (n = 2), against whole"
    all_in = found.row("cost_pct_all_in").deltas[1]
    assert all_in.words == "no difference: short: the run declares no cost of delay"
    assert json.loads(json.dumps(found.to_dict(), allow_nan=False))["baseline"] == "whole"
