"""`extends`: joining, and faults reported in the file where the value was written."""

import os
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field

from sandbox.scenario.extends import MOST_PARENTS
from sandbox.scenario.faults import Mark, ScenarioInvalid
from sandbox.scenario.load import check, load
from sandbox.scenario.tree import Entry, ListNode, MapNode, Node, ScalarNode, merge, plain
from sandbox.spec import Spec


class Desk(Spec):
    officers: int = Field(default=1, ge=1)
    hours: float = 8.0


class Small(Spec):
    title: str
    desk: Desk = Field(default_factory=Desk)
    banks: list[str] = Field(default_factory=list)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    return tmp_path / "work"


def _write(folder: Path, **files: str) -> None:
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text)


def test_maps_join_and_lists_replace(folder: Path) -> None:
    _write(
        folder,
        old="title: Old\ndesk: {officers: 3, hours: 6.5}\nbanks: [a, b]\n",
        new="extends: old.yaml\ndesk: {officers: 5}\nbanks: [c]\n",
    )
    loaded = load("new.yaml", model=Small)
    assert loaded.scenario == Small(title="Old", desk=Desk(officers=5, hours=6.5), banks=["c"])
    shas = {file: sha256(Path(file).read_bytes()).hexdigest() for file in ("new.yaml", "old.yaml")}
    assert dict(loaded.files[:2]) == shas


def test_a_fault_is_reported_in_the_file_of_a_chain_of_three_where_it_stands(folder: Path) -> None:
    _write(
        folder,
        top="title: Top\ndesk:\n  officers: 0\n  ours: 7\n",
        middle="extends: top.yaml\nbanks: 3\n",
        low="extends: middle.yaml\ntitle: 5\n",
    )
    assert [str(fault) for fault in check("low.yaml", model=Small)] == [
        "low.yaml:2:8: error[wrong_type] title: needs text (got 5); put it in quotes",
        "middle.yaml:2:8: error[wrong_type] banks: needs a list (got 3)",
        "top.yaml:3:13: error[out_of_range] desk.officers: must be at least 1 (got 0)",
        "top.yaml:4:3: error[unknown_key] desk.ours: unknown key 'ours' (allowed: officers, hours); "
        "did you mean 'hours'?",
    ]


def test_a_value_the_child_replaces_is_not_looked_at_in_the_parent(folder: Path) -> None:
    _write(folder, top="title: Top\nbanks: 3\n", low="extends: top.yaml\nbanks: []\n")
    assert check("low.yaml", model=Small) == []


def test_a_cycle_is_shown_as_its_chain(folder: Path) -> None:
    _write(folder, a="extends: b.yaml\n", b="extends: c.yaml\n", c="title: C\nextends: a.yaml\n")
    assert [str(fault) for fault in check("a.yaml", model=Small)] == [
        "c.yaml:2:10: error[extends_cycle] extends: the scenarios extend each other: "
        "a.yaml -> b.yaml -> c.yaml -> a.yaml"
    ]


def test_a_chain_has_at_most_sixteen_parents(folder: Path) -> None:
    _write(folder, p0="title: First\n", **{f"p{n}": f"extends: p{n - 1}.yaml\n" for n in range(1, 19)})
    assert check(f"p{MOST_PARENTS}.yaml", model=Small) == []
    (fault,) = check(f"p{MOST_PARENTS + 1}.yaml", model=Small)
    assert fault.code == "extends_too_deep"


@pytest.mark.parametrize("parent", ["../outside.yaml", "link.yaml", "{absolute}"])
def test_a_parent_outside_the_folder_tree_is_not_read(folder: Path, parent: str) -> None:
    outside = folder.parent / "outside.yaml"
    outside.write_text("title: Outside\n")
    (folder / "link.yaml").symlink_to(outside)
    _write(folder, low=f"extends: {parent.format(absolute=outside)}\n")
    (fault,) = check("low.yaml", model=Small)
    assert (fault.code, fault.path) == ("no_file", "extends")


def test_a_parent_may_lie_in_a_folder_below(folder: Path) -> None:
    (folder / "below").mkdir()
    (folder / "below" / "top.yaml").write_text("title: 1\n")
    _write(folder, low="extends: below/top.yaml\n")
    (fault,) = check("low.yaml", model=Small)
    assert fault.mark == Mark(os.path.join("below", "top.yaml"), 1, 8)


def test_a_near_name_is_suggested(folder: Path) -> None:
    _write(folder, baseline="title: B\n", low="extends: basline.yaml\n")
    (fault,) = check("low.yaml", model=Small)
    assert fault.hint == "did you mean 'baseline.yaml'?"


def test_faults_of_child_and_unreadable_parent_come_together(folder: Path) -> None:
    _write(folder, top="title: [\n", low="extends: top.yaml\ntitle: 1e3\n")
    with pytest.raises(ScenarioInvalid) as stop:
        load("low.yaml", model=Small)
    assert [(fault.file, fault.code) for fault in stop.value.faults] == [
        ("low.yaml", "number_format"),
        ("top.yaml", "syntax"),
    ]


_MARK = Mark("x", 1, 1)


def _node(value: Any) -> Node:
    if isinstance(value, dict):
        return MapNode({key: Entry(_MARK, _node(inner)) for key, inner in value.items()}, _MARK)
    if isinstance(value, list):
        return ListNode([_node(item) for item in value], _MARK)
    return ScalarNode(value, False, _MARK)


_VALUES = st.recursive(
    st.sampled_from("abc"),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("xyz"), inner, max_size=3),
    max_leaves=8,
)
_MAPS = st.dictionaries(st.sampled_from("xyz"), _VALUES, max_size=3)


@given(_MAPS, _MAPS, _MAPS)
def test_joining_three_does_not_depend_on_which_two_come_first(a: Any, b: Any, c: Any) -> None:
    left = merge(merge(_node(a), _node(b)), _node(c))
    right = merge(_node(a), merge(_node(b), _node(c)))
    if _no_kind_changes(a, b, c):
        assert plain(left) == plain(right)


@given(_MAPS)
def test_an_empty_child_changes_nothing(a: Any) -> None:
    assert plain(merge(_node(a), _node({}))) == a
    assert plain(merge(_node(a), _node(a))) == a


def _no_kind_changes(*values: Any) -> bool:
    """Where a single value stands between two maps, the order of joining matters, and rightly so."""
    kinds = {type(value) is dict for value in values}
    if kinds == {False}:
        return True
    if len(kinds) == 2:
        return False
    keys = {key for value in values for key in value}
    return all(_no_kind_changes(*(value[key] for value in values if key in value)) for key in keys)
