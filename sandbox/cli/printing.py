"""Where text goes: one JSON document, or lines and tables, on stdout."""

import json
import shutil
import sys
from pathlib import Path
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


def program() -> str:
    """What to type to start this program again: after ``make run`` it stands in no folder that the shell searches."""
    typed = Path(sys.argv[0])
    found = shutil.which("sandbox")
    if typed.name != "sandbox" or not typed.is_file() or (found and typed.samefile(found)):
        return "sandbox"
    return str(typed)
