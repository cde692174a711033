"""Write the generated parts of ``docs/`` anew: ``python docs/build.py``, or ``make docs``.

A page is prose by hand with blocks between ``<!-- made: WORD ARGUMENTS -->`` and ``<!-- end -->``; each block is made
from the code or the parameter library, so that it cannot say anything else than they do. LIFECYCLE.md is made whole.
"""

import ast
import re
from collections.abc import Callable, Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from sandbox.goods import goods_as_markdown
from sandbox.lifecycle import as_markdown
from sandbox.scenario.library import parameters_folder
from sandbox.scenario.parameters import ParameterLibrary

ROOT = Path(__file__).resolve().parents[1]
BLOCK = re.compile(
    r"(<!-- made: (?P<word>[a-z]+) ?(?P<arguments>[^>]*?) -->\n)(?P<body>.*?)(<!-- end -->)", re.DOTALL
)

#: The pages that hold blocks.
PAGES = ("ODD.md", "TRACE.md", "METRICS.md", "PARAMETERS.md", "../README.md")


def cell(text: object) -> str:
    """A value in a cell of a table: one line, no bars."""
    if isinstance(text, dict):
        text = ", ".join(f"{key} {part}" for key, part in text.items())
    return " ".join(("–" if text is None else str(text)).split()).replace("|", "\\|")


def table(headings: tuple[str, ...], rows: list[tuple[object, ...]]) -> str:
    """A Markdown table, or a plain word that there is nothing."""
    if not rows:
        return "nothing\n"
    lines = ["| " + " | ".join(headings) + " |", "|" + "---|" * len(headings)]
    lines += ["| " + " | ".join(cell(part) for part in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


# -- parameters ---------------------------------------------------------------------------------------------


def library() -> ParameterLibrary:
    """The shipped parameters."""
    return ParameterLibrary.load(parameters_folder())


def named(patterns: list[str], names: list[str]) -> list[str]:
    """The names that a list of shell patterns covers, in the names' order; a pattern that covers none is a slip."""
    for pattern in patterns:
        if not any(fnmatch(name, pattern) for name in names):
            raise SystemExit(f"no parameter is called {pattern}")
    return [name for name in names if any(fnmatch(name, pattern) for pattern in patterns)]


def parameters(arguments: list[str]) -> str:
    """Value, unit, plausible range, source and confidence of the parameters named by patterns."""
    shipped = library()
    rows: list[tuple[object, ...]] = []
    for name in named(arguments, shipped.names()):
        entry = shipped.entry(name)
        for day, dated in entry.values.items():
            value = dated.value if dated else None
            expected = " (announced only)" if dated and dated.expected else ""
            since = f"from {day} " if len(entry.values) > 1 else ""
            spread = f"{cell(entry.low)} to {cell(entry.high)}"
            origin = f"{dated.source}, {dated.confidence}" if dated else "–"
            rows.append(
                (
                    f"`{name}`",
                    f"{since}{cell(value)}{expected}",
                    entry.unit,
                    spread,
                    origin,
                    entry.title["en"],
                )
            )
    return table(("parameter", "value", "unit", "plausible", "source, confidence", "meaning"), rows)


def sources(_: list[str]) -> str:
    """Every source of the library."""
    rows: list[tuple[object, ...]] = [
        (f"`{key}`", source.title, source.publisher, source.date, source.url)
        for key, source in sorted(library().sources().items())
    ]
    return table(("key", "title", "publisher", "date", "where"), rows)


# -- code ---------------------------------------------------------------------------------------------------


def state(arguments: list[str]) -> str:
    """The state variables of classes named ``path.py:Class``, as their own docstrings say."""
    rows: list[tuple[object, ...]] = []
    for argument in arguments:
        path, _, name = argument.partition(":")
        found = _class(ROOT / path, name)
        lines = (ast.get_docstring(found) or "").splitlines()
        rows.append((f"**{name}** (`{path}`)", "", lines[0] if lines else ""))
        rows += [(f"`{field}`", kind, meaning) for field, kind, meaning in _fields(found)]
    return table(("entity and variable", "type", "meaning"), rows)


def _class(path: Path, name: str) -> ast.ClassDef:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ClassDef) and node.name == name:
            return node
    raise SystemExit(f"{path} has no class {name}")


def _fields(found: ast.ClassDef) -> Iterator[tuple[str, str, str]]:
    for position, node in enumerate(found.body):
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            after = found.body[position + 1] if position + 1 < len(found.body) else None
            said = after.value if isinstance(after, ast.Expr) else None
            meaning = str(said.value) if isinstance(said, ast.Constant) else ""
            yield node.target.id, ast.unparse(node.annotation), meaning.strip()


_STREAM = re.compile(r"\.(?P<how>named|indexed)\(\s*f?\"(?P<name>[^\"]+)\"")


def streams(_: list[str]) -> str:
    """The random streams of the world by name, and who draws from them."""
    rows: set[tuple[object, ...]] = set()
    for path in sorted((ROOT / "sandbox").rglob("*.py")):
        module = path.relative_to(ROOT).as_posix()
        if module.startswith(("sandbox/validation", "sandbox/testing")):
            continue
        for match in _STREAM.finditer(path.read_text(encoding="utf-8")):
            keyed = "by the number of the order, firm or day" if match["how"] == "indexed" else "in order"
            rows.add((f"`{match['name']}`", keyed, f"`{module}`"))
    return table(("stream", "drawn", "by"), sorted(rows, key=str))


def levers(_: list[str]) -> str:
    """Every field of a scenario's policy with its default."""
    from sandbox.scenario.schema import Policy

    rows: list[tuple[object, ...]] = []
    for name, field in Policy.model_fields.items():
        default = field.get_default(call_default_factory=True)
        shown = default.model_dump(mode="json") if hasattr(default, "model_dump") else default
        rows.append((f"`policy.{name}`", shown, field.description or ""))
    return table(("lever", "default", "meaning"), rows)


def events(_: list[str]) -> str:
    """Every kind of dated event."""
    from typing import get_args

    from sandbox.disruptions import Disruption

    kinds = get_args(get_args(Disruption)[0])
    rows: list[tuple[object, ...]] = [
        (f"`{get_args(kind.model_fields['kind'].annotation)[0]}`", (kind.__doc__ or "").splitlines()[0])
        for kind in kinds
    ]
    return table(("kind", "what it does"), sorted(rows, key=str))


# -- what is shipped ----------------------------------------------------------------------------------------


def scenarios(_: list[str]) -> str:
    """The shipped scenarios with the question each asks, and its page of results."""
    from sandbox.scenario.library import shipped
    from sandbox.scenario.load import load

    rows: list[tuple[object, ...]] = [
        (
            f"[`{path.stem}`](scenarios/{path.name})",
            load(path.stem).scenario.question["en"],
            _result(path.stem),
        )
        for path in shipped()
    ]
    return table(("scenario", "question", "result"), rows)


def experiments(_: list[str]) -> str:
    """The shipped experiments with the question each asks, and its page of results."""
    from sandbox.experiment.protocol import read_experiment, shipped_experiments

    rows: list[tuple[object, ...]] = [
        (
            f"[`{path.stem}`](experiments/{path.name})",
            read_experiment(path.stem)[0].question["en"],
            _result(path.stem),
        )
        for path in shipped_experiments()
    ]
    return table(("experiment", "question", "result"), rows)


def _result(name: str) -> str | None:
    page = f"docs/results/{name}.md"
    return f"[page]({page})" if (ROOT / page).is_file() else None


# -- checks -------------------------------------------------------------------------------------------------


def checks(arguments: list[str]) -> str:
    """Known-answer checks by id, or all."""
    from sandbox.validation.table import CHECKS

    known = {check.id: check for check in CHECKS}
    wanted = arguments or list(known)
    rows: list[tuple[object, ...]] = [
        (f"`{name}`", known[name].sentence, known[name].inputs, known[name].component) for name in wanted
    ]
    return table(("check", "statement", "inputs", "what is run"), rows)


def patterns(_: list[str]) -> str:
    """The published patterns the model is held against."""
    from sandbox.validation.patterns import PATTERNS

    rows: list[tuple[object, ...]] = [
        (f"`{each.id}`", each.what, each.published, each.source) for each in PATTERNS
    ]
    return table(("pattern", "what", "published", "counterpart in the model"), rows)


def metrics(_: list[str]) -> str:
    """Every metric with unit and definition."""
    from sandbox.metrics import METRICS

    rows: list[tuple[object, ...]] = [(f"`{m.name}`", m.family, m.unit, m.definition) for m in METRICS]
    return table(("metric", "family", "unit", "definition"), rows)


def submodel(arguments: list[str]) -> str:
    """Code, tests, checks and parameters of one submodel: ``code=… tests=… checks=… parameters=…``."""
    parts = dict(argument.split("=", 1) for argument in arguments)
    lines = []
    for word in ("code", "tests"):
        paths = [path for path in parts.get(word, "").split(",") if path]
        for path in paths:
            if not (ROOT / path).exists():
                raise SystemExit(f"there is no {path}")
        if paths:
            lines.append(
                f"{word.capitalize()}: " + ", ".join(f"[`{path}`](../{path})" for path in paths) + "."
            )
    text = " ".join(lines) + "\n"
    if "checks" in parts:
        text += "\n" + checks(parts["checks"].split(","))
    if "parameters" in parts:
        text += "\n" + parameters(parts["parameters"].split(","))
    return text


BLOCKS: dict[str, Callable[[list[str]], str]] = {
    "parameters": parameters,
    "sources": sources,
    "state": state,
    "streams": streams,
    "levers": levers,
    "events": events,
    "scenarios": scenarios,
    "experiments": experiments,
    "checks": checks,
    "patterns": patterns,
    "metrics": metrics,
    "submodel": submodel,
}


def filled(page: str) -> str:
    """A page with its blocks made anew."""

    def made(match: re.Match[str]) -> str:
        return f"{match[1]}\n{BLOCKS[match['word']](match['arguments'].split())}\n{match[5]}"

    return BLOCK.sub(made, page)


def arguments_of(page: str, word: str) -> Iterator[dict[str, Any]]:
    """The arguments of a page's blocks of one kind, for tests."""
    for match in BLOCK.finditer(page):
        if match["word"] == word:
            yield dict(part.split("=", 1) for part in match["arguments"].split())


def main() -> None:
    """Write every page."""
    (ROOT / "docs" / "LIFECYCLE.md").write_text(as_markdown() + goods_as_markdown(), encoding="utf-8")
    for name in PAGES:
        page = ROOT / "docs" / name
        page.write_text(filled(page.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
