"""The pages of docs/ say what the code says, and leave no parameter and no check out."""

import importlib.util
from fnmatch import fnmatch
from pathlib import Path
from types import ModuleType

import pytest

from sandbox.scenario.library import parameters_folder
from sandbox.scenario.parameters import ParameterLibrary
from sandbox.validation.table import CHECKS

DOCS = Path(__file__).parents[1] / "docs"


def builder() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_build", DOCS / "build.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", builder().PAGES)
def test_a_page_is_made_from_the_code(name: str) -> None:
    page = (DOCS / name).read_text(encoding="utf-8")
    assert builder().filled(page) == page, "run make docs"


def test_a_stale_block_is_noticed() -> None:
    page = (DOCS / "METRICS.md").read_text(encoding="utf-8")
    stale = page.replace("settlement_time_p95", "settlement_time_p96")
    assert stale != page
    assert builder().filled(stale) == page


def described(word: str) -> list[str]:
    """What the submodels of ODD.md name under one word."""
    page = (DOCS / "ODD.md").read_text(encoding="utf-8")
    parts = builder().arguments_of(page, "submodel")
    return [name for part in parts for name in part.get(word, "").split(",") if name]


def test_every_parameter_belongs_to_a_submodel() -> None:
    patterns = described("parameters")
    names = ParameterLibrary.load(parameters_folder()).names()
    assert [name for name in names if not any(fnmatch(name, pattern) for pattern in patterns)] == []


def test_every_known_answer_belongs_to_a_submodel() -> None:
    assert {check.id for check in CHECKS} <= set(described("checks"))


def test_every_submodel_has_code_and_a_test() -> None:
    page = (DOCS / "ODD.md").read_text(encoding="utf-8")
    bare = [
        part for part in builder().arguments_of(page, "submodel") if not ("code" in part and "tests" in part)
    ]
    assert bare == []


def test_a_wrong_path_or_parameter_is_refused() -> None:
    for block in ("submodel code=sandbox/nowhere.py", "parameters nobody.*"):
        with pytest.raises(SystemExit):
            builder().filled(f"<!-- made: {block} -->\n<!-- end -->\n")
