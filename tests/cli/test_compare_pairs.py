"""What may be compared: a scenario with the one it names, and only scenarios that run on one clock."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Command = Callable[..., Any]


@pytest.mark.usefixtures("few_metrics")
def test_a_scenario_alone_is_held_against_the_one_it_names(sandbox: Command, tiny: Path) -> None:
    other = tiny.with_name("other.yaml")
    other.write_text("extends: tiny.yaml\ncompare_to: tiny.yaml\npolicy: {banks: 1}\n", encoding="utf-8")
    alone = json.loads(sandbox("compare", other, "--reps", "1", "--json").out)
    both = json.loads(sandbox("compare", tiny, other, "--reps", "1", "--json").out)
    assert (alone["baseline"], alone["alternatives"]) == ("tiny", ["other"])
    assert alone["rows"] == both["rows"]


def test_the_scenario_it_names_has_to_be_there(sandbox: Command, tiny: Path) -> None:
    tiny.write_text(tiny.read_text(encoding="utf-8") + "compare_to: gone.yaml\n", encoding="utf-8")
    said = sandbox("compare", tiny)
    assert said.code == 2
    assert "is to be compared with gone.yaml, and there is no such file" in said.err
    assert not Path("runs").exists()


@pytest.mark.usefixtures("few_metrics")
def test_two_clocks_are_refused_with_the_way_out(sandbox: Command, tiny: Path) -> None:
    longer = tiny.with_name("longer.yaml")
    longer.write_text("extends: tiny.yaml\nclock: {horizon: 25d}\n", encoding="utf-8")
    said = sandbox("compare", tiny, longer)
    assert said.code == 3
    assert "tiny and longer do not run on one clock (horizon 20d and 25d)" in said.err
    assert not Path("runs").exists()
    (way_out,) = [word for word in said.err.split() if word.startswith("clock.")]
    assert sandbox("compare", tiny, longer, "--set", way_out, "--reps", "1").code == 0
