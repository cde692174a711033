"""``sandbox validate``: every fault of every file."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sandbox.cli.exits import Exit, complain_of
from sandbox.cli.printing import print_json
from sandbox.cli.wording import told
from sandbox.experiment.expectations import known_metrics
from sandbox.scenario.faults import Fault
from sandbox.scenario.load import check


def validate_paths(paths: Sequence[str], sets: Sequence[str], as_json: bool) -> Exit:
    """Check files, and the ``*.yaml`` files right inside of folders; 3 if any cannot be used."""
    found = {name: check(name, sets=sets, checks=(known_metrics,)) for name in scenario_files(paths)}
    wrong = [name for name, faults in found.items() if any(fault.severity == "error" for fault in faults)]
    if as_json:
        listed = [_document(name, name not in wrong, faults) for name, faults in found.items()]
        print_json({"schema": "sandbox.validation/1", "files": listed})
    else:
        for name, faults in found.items():
            complain_of(faults)
            if name not in wrong:
                print(told(f"{name}: in order"))
    return Exit.INVALID if wrong else Exit.DONE


def scenario_files(paths: Sequence[str]) -> list[str]:
    """The files meant, each once. A folder without scenarios is an error of reading."""
    files: list[str] = []
    for name in paths:
        path = Path(name)
        if name != "-" and path.is_dir():
            inside = [str(each) for each in sorted(path.glob("*.yaml"))]
            if not inside:
                raise FileNotFoundError(2, "no *.yaml file in this folder", name)
            files += inside
        else:
            files.append(name)
    return list(dict.fromkeys(files))


def _document(name: str, valid: bool, faults: Sequence[Fault]) -> dict[str, Any]:
    listed = [
        {
            "file": fault.file,
            "line": fault.line,
            "column": fault.column,
            "severity": fault.severity,
            "code": fault.code,
            "path": fault.path,
            "message": fault.message,
            "hint": fault.hint,
        }
        for fault in faults
    ]
    return {"file": name, "valid": valid, "faults": listed}
