"""What a scenario may not say about banks' warnings and payment agents."""

from pathlib import Path
from shutil import copyfile

import pytest

from sandbox.scenario.library import find_shipped
from sandbox.scenario.load import check

RULE = "{at: 2025-03-20, kind: agent_rule, leaving: 0.5}"


def found(folder: Path, timeline: str, rest: str = "") -> set[tuple[str, str, str]]:
    """Severity, code and key of what is said about the classroom with these events."""
    path, base = folder / "changed.yaml", folder / "classroom.yaml"
    shipped = find_shipped("classroom")
    assert shipped is not None
    copyfile(shipped, base)
    text = "".join(f"  {line}\n" for line in timeline.splitlines())
    path.write_text(f"schema: 1\nextends: classroom.yaml\ntimeline:\n{text}{rest}")
    return {(fault.severity, fault.code, fault.path) for fault in check(str(path))}


@pytest.mark.parametrize(("banks", "wrong"), [(2, False), (3, True)])
def test_only_banks_that_exist_are_warned(tmp_path: Path, banks: int, wrong: bool) -> None:
    said = found(tmp_path, f"warned: {{at: 2025-03-20, kind: warning_to_bank, banks: {banks}}}")
    assert said == ({("error", "unknown_bank", "timeline.warned.banks")} if wrong else set())


def test_a_second_rule_of_agents_is_pointed_out(tmp_path: Path) -> None:
    assert found(tmp_path, f"first: {RULE}") == set()
    again = RULE.replace("03-20", "03-25")
    said = found(tmp_path, f"first: {RULE}\nsecond: {again}")
    assert said == {("warning", "repeated_rule", "timeline.second")}


def test_a_rule_of_agents_needs_agents(tmp_path: Path) -> None:
    said = found(tmp_path, f"first: {RULE}", "rails: {agent: null}\n")
    assert said == {("warning", "no_effect", "timeline.first")}
