"""The process that reads what visitors write: ``python -m sandbox.page.checking``. It stays warm between texts.

Each order is one text; the answer is the loader's own: every fault with line and column, or the scenario's
title, length and hash. An order may instead ask what may be written at a place of the text. Nothing of the
machine's folders is told.
"""

import os
import tempfile
from pathlib import Path
from typing import Any

from sandbox.page.child import answers, bound, orders, tell

#: What a text is called while it is read, and in messages.
TEXT_FILE = "scenario.yaml"


def main() -> None:
    """Read texts until the server is gone."""
    out = answers()
    every = orders()
    first = next(every)
    bound(address_bytes=first["address_bytes"], file_bytes=first["file_bytes"])
    with tempfile.TemporaryDirectory(prefix="sandbox-check-") as folder:
        os.chdir(folder)
        # The first reading loads the loader and its library; then the server is told that texts may come.
        check({"text": ""})
        tell(out, {"ready": True})
        for order in every:
            tell(out, complete(order) if "complete" in order else check(order))
        os.chdir("/")


def complete(order: dict[str, Any]) -> dict[str, Any]:
    """What may be written at a cursor: ``{"complete": text, "line": ..., "column": ..., "language": ...}``."""
    from sandbox.page.completion import complete
    from sandbox.speech import speaking

    with speaking(str(order["language"])):
        return complete(str(order["complete"]), int(order["line"]), int(order["column"]))


def check(order: dict[str, Any]) -> dict[str, Any]:
    """The answer to one order: ``{"text": ...}`` or ``{"shipped": name}``."""
    from sandbox.experiment.expectations import known_metrics
    from sandbox.scenario.faults import ScenarioInvalid
    from sandbox.scenario.load import load

    if "shipped" in order:
        asked = str(order["shipped"])
    else:
        asked = TEXT_FILE
        # A lone surrogate has no bytes: it is replaced, and the loader then says where it stood.
        Path(asked).write_bytes(str(order["text"]).encode("utf-8", "surrogatepass"))
    try:
        loaded = load(asked, checks=(known_metrics,))
    except ScenarioInvalid as stop:
        return {"valid": False, "faults": [_fault(each) for each in stop.faults]}
    except (MemoryError, RecursionError):
        return {"valid": False, "faults": [_own_fault("the text takes too much to read")]}
    scenario = loaded.scenario
    return {
        "valid": True,
        "faults": [_fault(each) for each in loaded.warnings],
        "hash": loaded.hash,
        "title": dict(scenario.title),
        "question": dict(scenario.question),
        "days": scenario.clock.horizon // 86_400,
    }


def _fault(fault: Any) -> dict[str, Any]:
    return {
        "file": Path(fault.file).name,
        "line": fault.line,
        "column": fault.column,
        "severity": fault.severity,
        "code": fault.code,
        "path": fault.path,
        "message": _without_folders(fault.message),
        "hint": _without_folders(fault.hint),
    }


def _own_fault(message: str) -> dict[str, Any]:
    """A fault of the whole text."""
    place = {"file": TEXT_FILE, "line": 1, "column": 1, "severity": "error"}
    return {**place, "code": "too_large", "path": "", "message": message, "hint": ""}


def _without_folders(text: str) -> str:
    """A message without the folders in which this program lies."""
    from sandbox.scenario.library import folder

    return text.replace(f"{os.path.realpath(folder())}/", "").replace(f"{folder()}/", "")


if __name__ == "__main__":
    main()
