"""Whatever stands in a file, the answer is a scenario or typed faults: never another exception."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from sandbox.scenario import load as load_module
from sandbox.scenario.faults import Fault, ScenarioInvalid
from sandbox.scenario.load import load

VALID = """schema: 1
title: {en: A test}
question: {en: 'Does it load?'}
clock: {start: 2024-06-03, horizon: 400d}
rails: {usdt: {confirmations: 19}, correspondent: {}}
policy:
  participants: {initial: 10, selection: turnover}
  review_officers: {values: {2024-06-03: {value: 4, source: assumption, confidence: D}}}
  monthly_cap: "2000000.50"
timeline:
  wave: {at: 2025-03-01, kind: admission_wave, add: 20}
parameters: {aml.prevalence: .01, supplier.accept_usdt: {CN: .5}}
"""

FEW = settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)


def _answers(folder: Path, data: bytes) -> None:
    path = folder / "x.yaml"
    path.write_bytes(data)
    try:
        loaded = load(path)
    except ScenarioInvalid as stop:
        assert stop.faults
        for fault in stop.faults:
            assert isinstance(fault, Fault)
            assert fault.line >= 1
            assert fault.column >= 1
            assert str(fault).isprintable()
    else:
        assert isinstance(loaded.scenario, BaseModel)


def test_the_seed_of_the_mutations_is_valid(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text(VALID)
    assert load(tmp_path / "x.yaml").parameters.dated("aml.prevalence")[0][1] == 0.01


@FEW
@given(st.binary(max_size=400))
def test_any_bytes(tmp_path: Path, data: bytes) -> None:
    _answers(tmp_path, data)


@FEW
@given(st.text(max_size=400))
def test_any_text(tmp_path: Path, text: str) -> None:
    _answers(tmp_path, text.encode("utf-8", "surrogatepass"))


_SIGNS = [
    *"{}[],|>#%?~@`\t'\"é",
    "- ",
    ": ",
    "  ",
    "\n",
    "&x",
    "*x",
    "!t",
    "---",
    "...",
    "\\x",
    "\\U00110000",
]
_VALUES = ["a", "1e3", "0x1", ".nan", "2024-06-03", "schema", "<<", "\\U00110000"]
_YAML_PIECES = st.sampled_from([*_SIGNS, *_VALUES])


@FEW
@given(st.lists(_YAML_PIECES, max_size=40).map("".join))
def test_any_yaml_like_text(tmp_path: Path, text: str) -> None:
    _answers(tmp_path, text.encode())


@FEW
@given(st.integers(0, len(VALID)), st.integers(0, 12), st.lists(_YAML_PIECES, max_size=3).map("".join))
def test_any_edit_of_a_valid_file(tmp_path: Path, at: int, removed: int, added: str) -> None:
    _answers(tmp_path, (VALID[:at] + added + VALID[at + removed :]).encode())


@settings(FEW, max_examples=60)
@given(st.lists(st.text(max_size=30), max_size=3))
def test_any_overrides(tmp_path: Path, sets: list[str]) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(VALID)
    try:
        load(path, sets=sets)
    except ScenarioInvalid as stop:
        assert all(fault.file == "--set" for fault in stop.faults)


def test_our_own_error_is_not_hidden_as_a_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: object) -> str:
        raise RuntimeError("defect")

    (tmp_path / "x.yaml").write_text(VALID)
    monkeypatch.setattr(load_module, "canonical_json", broken)
    with pytest.raises(RuntimeError, match="defect"):
        load(tmp_path / "x.yaml")
