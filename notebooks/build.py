"""Run the notebooks and write them as .ipynb: ``python notebooks/build.py [NAME...]``.

A notebook is written as a Python file of cells (``# %%``), which diffs and lints like any other; the .ipynb beside
it is made from it, outputs included, for those who read on the web or open it in Jupyter.
"""

import ast
import io
import json
import sys
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any, NamedTuple

HERE = Path(__file__).parent


class Cell(NamedTuple):
    """One cell: ``markdown`` or ``code``."""

    kind: str
    text: str


def names() -> list[str]:
    """The notebooks, by the stem of their file."""
    return sorted(path.stem for path in HERE.glob("*.py") if path.name != "build.py")


def cells(text: str) -> Iterator[Cell]:
    """The cells of a Python file in the percent format."""
    for part in text.split("# %%")[1:]:
        head, _, body = part.partition("\n")
        if "[markdown]" in head:
            lines = [line.removeprefix("#").removeprefix(" ") for line in body.strip("\n").splitlines()]
            yield Cell("markdown", "\n".join(lines))
        else:
            yield Cell("code", body.strip("\n"))


def execute(found: list[Cell]) -> list[list[dict[str, Any]]]:
    """Run the code cells one after another in one namespace; what each shows. Raises what a cell raises."""
    names: dict[str, Any] = {"__name__": "__notebook__"}
    return [_run(cell.text, names) if cell.kind == "code" else [] for cell in found]


def _run(text: str, names: dict[str, Any]) -> list[dict[str, Any]]:
    tree = ast.parse(text)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    printed = io.StringIO()
    value = None
    with redirect_stdout(printed):
        exec(compile(tree, "<cell>", "exec"), names)
        if last is not None:
            value = eval(compile(ast.Expression(last.value), "<cell>", "eval"), names)
    shown: list[dict[str, Any]] = []
    if printed.getvalue():
        shown.append({"output_type": "stream", "name": "stdout", "text": printed.getvalue()})
    if value is not None:
        shown.append({"output_type": "display_data", "metadata": {}, "data": _data(value)})
    return shown


def _data(value: Any) -> dict[str, Any]:
    """A value as a notebook holds it: as HTML or a Plotly figure where it can be, and as text."""
    if hasattr(value, "to_plotly_json"):
        figure = json.loads(value.to_json())
        return {"application/vnd.plotly.v1+json": figure, "text/plain": "a Plotly figure"}
    if hasattr(value, "_repr_html_"):
        return {"text/html": value._repr_html_(), "text/plain": type(value).__name__}
    return {"text/plain": repr(value)}


def notebook(found: list[Cell], outputs: list[list[dict[str, Any]]]) -> dict[str, Any]:
    """The document (nbformat 4.5)."""
    made = []
    for number, (cell, shown) in enumerate(zip(found, outputs, strict=True), start=1):
        entry: dict[str, Any] = {
            "cell_type": cell.kind,
            "id": f"cell-{number}",
            "metadata": {},
            "source": cell.text,
        }
        if cell.kind == "code":
            entry |= {"execution_count": None, "outputs": shown}
        made.append(entry)
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    return {"cells": made, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def main(asked: list[str]) -> None:
    """Write the notebooks asked for, or all."""
    for name in asked or names():
        found = list(cells((HERE / f"{name}.py").read_text(encoding="utf-8")))
        document = notebook(found, execute(found))
        text = json.dumps(document, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
        (HERE / f"{name}.ipynb").write_text(text, encoding="utf-8")
        print(HERE / f"{name}.ipynb")


if __name__ == "__main__":
    main(sys.argv[1:])
