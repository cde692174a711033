"""Comparisons: pairing, the baseline named in every difference, failures and missing values told."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from sandbox.experiment import Arm, Comparison, compare

BASE, PLUS, SAME = Arm("no regime", 0.0), Arm("regime", 2.0), Arm("mirror", 0.0)


def _compare(**more: Any) -> Comparison:
    from arithmetic_runs import shifted

    return compare(BASE, [PLUS, SAME], run=shifted, seed=3, **more)


def test_a_shift_is_found_exactly_under_common_luck() -> None:
    found = _compare()
    plus, same = found.row("time").deltas
    assert found.replications == 5
    assert (plus.difference.value, plus.difference.half_width, plus.difference.n) == (2.0, 0.0, 5)
    assert plus.difference.unpaired_half_width > 20
    assert plus.words == "higher by 2 ± 0 h (n = 5), against no regime"
    assert same.words == "identical in all 5 replications, against no regime"
    assert found.row("wait", desk="kyc").deltas[0].words.startswith("identical")


def test_every_replication_has_the_same_seed_in_every_arm() -> None:
    seen: list[tuple[str, int, int]] = []

    def run(arm: Arm, replication: int, seed: int) -> Sequence[Mapping[str, Any]]:
        seen.append((arm.name, replication, seed))
        return []

    compare(BASE, [PLUS], run=run, seed=11, reps=2)
    assert seen == [("no regime", 0, 11), ("regime", 0, 11), ("no regime", 1, 11), ("regime", 1, 11)]


def test_processes_and_serial_give_the_same_document() -> None:
    serial, spawned = _compare(reps=3), _compare(reps=3, jobs=2)
    assert json.dumps(serial.to_dict()) == json.dumps(spawned.to_dict())


def test_a_failed_replication_is_kept_and_its_pair_left_out() -> None:
    from arithmetic_runs import sometimes_failing

    found = compare(BASE, [Arm("broken", 1.0)], run=sometimes_failing, seed=1, reps=4)
    delta = found.row("time").deltas[0]
    assert [failure[:2] for failure in found.failures] == [("broken", 1)]
    assert "the wires crossed" in found.failures[0][2] and "Traceback" in found.failures[0][2]
    assert delta.difference.n == 3 and delta.words.endswith("; 1 of 4 pairs have no value")


def test_what_one_arm_lacks_is_said_with_its_reason() -> None:
    from arithmetic_runs import measured

    def run(arm: Arm, replication: int, seed: int) -> Sequence[Mapping[str, Any]]:
        if arm is BASE:
            return [measured("time", None, "no payment was credited")]
        return [measured("time", 1.0 + replication), measured("time", 2.0, rail="usdt")]

    found = compare(BASE, [PLUS], run=run, seed=1, reps=3)
    whole, rail = found.row("time"), found.row("time", rail="usdt")
    assert whole.baseline_mean is None and whole.deltas[0].mean.value == 2.0
    assert whole.deltas[0].words == "no difference: no regime: no payment was credited"
    assert rail.deltas[0].words == "no difference: no regime: not measured in this arm"
    assert found.to_dict()["rows"][0]["deltas"][0]["difference"] is None


def test_a_value_in_one_arm_only_makes_no_pair() -> None:
    from arithmetic_runs import measured

    def run(arm: Arm, replication: int, seed: int) -> Sequence[Mapping[str, Any]]:
        odd = replication % 2 == 1
        return [
            measured(
                "time", None if odd == (arm is BASE) else 1.0, "nothing" if odd == (arm is BASE) else None
            )
        ]

    words = compare(BASE, [PLUS], run=run, seed=1, reps=4).row("time").deltas[0].words
    assert words == "no difference: regime: no replication has a value in both"


def test_unknown_rows_are_a_key_error() -> None:
    with pytest.raises(KeyError, match="rail"):
        _compare(reps=1).row("time", rail="usdt")


def test_arms_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="different names"):
        compare(BASE, [BASE], run=lambda *_: [], seed=1)


def test_a_folder_goes_on_where_it_stopped(tmp_path: Path) -> None:
    from arithmetic_runs import shifted

    calls: list[tuple[str, int]] = []

    def run(arm: Arm, replication: int, seed: int) -> Sequence[Mapping[str, Any]]:
        calls.append((arm.name, replication))
        if len(calls) == 4:
            raise KeyboardInterrupt
        return shifted(arm, replication, seed)

    with pytest.raises(KeyboardInterrupt):
        compare(BASE, [PLUS], run=run, seed=3, reps=3, directory=tmp_path)
    resumed = compare(BASE, [PLUS], run=run, seed=3, reps=3, directory=tmp_path)
    whole = compare(BASE, [PLUS], run=shifted, seed=3, reps=3)
    assert len(calls) == 7
    assert resumed.to_dict() == whole.to_dict()
