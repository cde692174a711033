"""``sandbox new``: a folder for a study of one's own, with two scenarios, own values and tests that run."""

import json
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Any

from sandbox.cli.exits import Exit, Stop
from sandbox.cli.printing import as_json_text
from sandbox.report.wording import language, say
from sandbox.scenario.editor import editor_schema
from sandbox.scenario.library import find_shipped, shipped
from sandbox.scenario.load import load
from sandbox.scenario.nearest import did_you_mean

#: What a name may hold: it becomes a folder, a title in YAML and a word in Markdown.
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")
_LONGEST = 60

#: File of the study -> the text it is made from.
_FILES = {
    "README.md": "README.{language}.md",
    "scenarios/base.yaml": "base.yaml",
    "scenarios/alternative.yaml": "alternative.yaml",
    "scenarios/parameters/own.yaml": "own.yaml",
    "tests/test_study.py": "test_study.py",
}

#: The dated value that the study's own file begins with.
_VALUE = "bank.kyc_hours"


class _Text(Template):
    """``%%name`` stands for a value; the dollar belongs to the editors' ``$schema``, the @ to Python."""

    delimiter = "%%"


def begin_study(folder: Path, template: str) -> Exit:
    """Write the folder, which must not exist, and say what to type next.

    Raises Stop for a name or a template that cannot be used, OSError for a folder that is there already.
    """
    name = folder.name
    if not name or not set(name) <= _LETTERS or len(name) > _LONGEST:
        raise Stop(Exit.USAGE, f"error: {say('new.name', most=_LONGEST)}")
    found = find_shipped(template)
    if found is None:
        hint = did_you_mean(template, [path.stem for path in shipped()])
        raise Stop(Exit.USAGE, f"error: {say('new.template', name=template)} {hint}".rstrip())
    values = _values(name, found)
    texts = {file: _Text(_template(source)).substitute(values) for file, source in _FILES.items()}
    texts["scenarios/scenario.schema.json"] = as_json_text(editor_schema())
    folder.mkdir(parents=True)
    for file, text in texts.items():
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    print(say("new.made", folder=folder))
    for line in (f"cd {folder}", "sandbox validate scenarios/", "sandbox run scenarios/base.yaml"):
        print(f"  {line}")
    return Exit.DONE


def _template(source: str) -> str:
    """A text of the package, in the language spoken where it has two."""
    file = files("sandbox.cli").joinpath("study", f"{source.format(language=language())}.txt")
    return file.read_text(encoding="utf-8")


def _values(name: str, template: Path) -> Mapping[str, Any]:
    """What the texts leave open: of the template's world, so that the study begins with its numbers."""
    loaded = load(str(template))
    day = loaded.scenario.clock.start
    analysts = loaded.scenario.policy.kyc_analysts
    first = analysts if isinstance(analysts, int) else next(iter(analysts.values.values())).value
    hours = loaded.parameters.table(_VALUE, day)
    return {
        "name": name,
        "template": template.stem,
        "analysts": 2 * first,
        "day": day.isoformat(),
        "kyc_mean": json.dumps(hours["mean"]),
        "kyc_cv": json.dumps(hours["cv"]),
    }
