"""Where text goes: one JSON document, or lines and tables, on stdout."""

import json
import sys
from typing import Any

from rich.console import Console


def print_json(document: Any) -> None:
    """Exactly one JSON document."""
    sys.stdout.write(as_json_text(document))


def as_json_text(document: Any) -> str:
    """A document as commands write it; ASCII, so that every locale can carry it."""
    return json.dumps(document, indent=1, ensure_ascii=True, allow_nan=False) + "\n"


def stdout_console() -> Console:
    """The terminal; characters that its encoding lacks are replaced, never an error."""
    reconfigure = getattr(sys.stdout, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="replace")
    return Console()


def print_pairs(console: Console, pairs: list[tuple[str, str]]) -> None:
    """Names and values, one pair a line."""
    width = max(len(name) for name, _ in pairs)
    for name, value in pairs:
        console.file.write(f"{name:<{width}}  {value}\n")
