"""The notebooks run from top to bottom, and what is committed beside them is made of them."""

import importlib.util
import json
from pathlib import Path
from types import ModuleType

import pytest

HERE = Path(__file__).parents[2] / "notebooks"
NAMES = ("a_study", "first_steps", "writing_a_rail")


@pytest.fixture(scope="module")
def build() -> ModuleType:
    """The builder, which is a script and no package."""
    spec = importlib.util.spec_from_file_location("notebooks_build", HERE / "build.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_notebook_is_tried(build: ModuleType) -> None:
    assert tuple(build.names()) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_it_runs_and_shows_something(build: ModuleType, name: str) -> None:
    found = list(build.cells((HERE / f"{name}.py").read_text(encoding="utf-8")))
    outputs = build.execute(found)
    shown = [each for output in outputs for each in output]
    assert any("text/html" in each.get("data", {}) for each in shown)
    assert found[0].kind == "markdown" and found[0].text.startswith("# ")


@pytest.mark.parametrize("name", NAMES)
def test_the_committed_notebook_is_made_of_these_cells(build: ModuleType, name: str) -> None:
    document = json.loads((HERE / f"{name}.ipynb").read_text(encoding="utf-8"))
    found = list(build.cells((HERE / f"{name}.py").read_text(encoding="utf-8")))
    assert [(each["cell_type"], each["source"]) for each in document["cells"]] == [
        tuple(cell) for cell in found
    ]
    assert (document["nbformat"], document["nbformat_minor"]) == (4, 5)
    text = json.dumps(document)
    assert "/tmp" not in text and "/home" not in text


def test_a_cell_that_fails_fails_the_notebook(build: ModuleType) -> None:
    with pytest.raises(ZeroDivisionError):
        build.execute([build.Cell("code", "1 / 0")])


def test_markdown_and_code_are_told_apart(build: ModuleType) -> None:
    text = "# %% [markdown]\n# # Title\n#\n# text\n\n# %%\nx = 1\nx\n"
    first, second = build.cells(text)
    assert first == ("markdown", "# Title\n\ntext")
    (shown,) = build.execute([second])
    assert shown[0]["data"] == {"text/plain": "1"}
