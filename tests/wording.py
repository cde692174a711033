"""Finding sentences in code, and English ones in what a reader of another language is shown."""

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

#: Two English words in a row, of which the first has a small letter: names, codes and keys have no spaces.
_ENGLISH = re.compile(r"(?<![\w./-])[A-Za-z]?[a-z]{2,}(?: (?:[a-z]{2,}|a))+(?![\w/-])")
#: What is quoted, in code, or an address is no sentence of ours.
_QUOTED = re.compile(
    r"'[^']*'|«[^»]*»|`[^`]*`|\"[^\"]*\"|\bsandbox [a-z-]+(?: [a-z-]+)?|\bpip install\b|https?://\S+"
)


def english_words(text: str) -> list[str]:
    """Runs of English words in a text, without what it quotes."""
    return [found.group() for found in _ENGLISH.finditer(_QUOTED.sub(" ", text))]


def sentences_in(path: Path, calls: Iterable[str]) -> set[str]:
    """Texts of several words that a module gives to these calls or raises, what varies in them as ``{}``.

    Texts put together with ``+`` and of a condition's two arms count one by one.
    """
    names = set(calls)
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _name_of(node.func) in names:
            arguments = [*node.args, *(each.value for each in node.keywords)]
            found |= {text for argument in arguments for text in _texts(argument) if _is_sentence(text)}
    return found


def _name_of(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _texts(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        yield "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
    elif isinstance(node, ast.IfExp):
        yield from _texts(node.body)
        yield from _texts(node.orelse)
    elif isinstance(node, ast.BoolOp):
        for value in node.values:
            yield from _texts(value)


def _is_sentence(text: str) -> bool:
    return " " in text.strip() and re.search("[a-z]{2}", text.replace("{}", "")) is not None
