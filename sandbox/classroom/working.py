"""A learner's folder: the lesson's text, its scenarios, their runs, and the file in which answers are written."""

import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from sandbox.classroom.answers import Evidence, Mark, marks, pairs
from sandbox.classroom.lesson import Lesson
from sandbox.classroom.plain_yaml import read_text
from sandbox.experiment.folder import write_json, write_text
from sandbox.experiment.record import Origin, record
from sandbox.experiment.replications import replication_folder
from sandbox.report.runfolder import RunUnreadable
from sandbox.scenario.load import load
from sandbox.world import Engines

ANSWERS_FILE = "answers.yaml"
TEXT_FILE = "lesson.md"
RUNS = "runs"
#: What each replication measured, in lessons that have several.
PAIRS_FILE = "replications.csv"
_TRIES_FILE = "tries.json"

#: How to look into the runs, from the lesson's folder.
_LOOK = {
    "en": "Look into a run: `sandbox report runs/WORLD -o report.html` writes every number; `sandbox explain "
    "runs/WORLD P-00042` tells one payment's story; `sandbox export runs/WORLD --format csv --view "
    "transitions` lists every step.",
    "ru": "Заглянуть в прогон: `sandbox report runs/МИР -o report.html --lang ru` пишет все числа; `sandbox explain "
    "runs/МИР P-00042 --lang ru` рассказывает историю платежа; `sandbox export runs/МИР --format csv --view "
    "transitions` перечисляет все шаги.",
}
_LOOK_AT_PAIRS = {
    "en": "What each replication measured stands in `replications.csv`.",
    "ru": "Что измерено в каждом повторении, стоит в `replications.csv`.",
}

#: Told before each run: which arm, which replication of how many.
OnRun = Callable[[str, int, int], None]


class AnswersUnreadable(Exception):
    """The file of answers is no map from tasks to answers."""


def set_out(lesson: Lesson, folder: Path, language: str, engines: Engines, on_run: OnRun) -> None:
    """Make a learner's folder and run its worlds; the file of answers comes last and says that all is there.

    What an interrupted start left is made anew. Raises RunUnreadable where the audit stops a run.
    """
    folder.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(folder / RUNS, ignore_errors=True)
    write_text(folder / TEXT_FILE, lesson_text(lesson, language))
    for arm in lesson.arms:
        write_text(folder / f"{arm}.yaml", lesson.scenario_text(arm))
    _run_worlds(lesson, folder, engines, on_run)
    if lesson.replications > 1:
        write_text(folder / PAIRS_FILE, _pairs_csv(lesson, Evidence(run_folders(lesson, folder))))
    write_text(folder / ANSWERS_FILE, _blank(lesson, language))


def _run_worlds(lesson: Lesson, folder: Path, engines: Engines, on_run: OnRun) -> None:
    """Run every arm of a lesson into folders below this one."""
    for arm, paths in run_folders(lesson, folder).items():
        for replication, path in enumerate(paths):
            on_run(arm, replication, len(paths))
            path.mkdir(parents=True)
            file = folder / f"{arm}.yaml"
            recorded = record(
                load(file),
                Origin(arm, str(file)),
                path,
                seed=lesson.seed,
                replication=replication,
                engines=engines,
            )
            if recorded.violation:
                raise RunUnreadable(recorded.violation)


def run_folders(lesson: Lesson, folder: Path) -> dict[str, list[Path]]:
    """Where the runs of each arm are kept."""
    each = {arm: folder / RUNS / arm for arm in lesson.arms}
    if lesson.replications == 1:
        return {arm: [parent] for arm, parent in each.items()}
    return {
        arm: [replication_folder(parent, number) for number in range(lesson.replications)]
        for arm, parent in each.items()
    }


def lesson_text(lesson: Lesson, language: str) -> str:
    """The lesson as Markdown: text, worlds, tasks."""
    lines = [f"# {_in(lesson.title, language)}", "", _in(lesson.text, language).strip(), ""]
    for arm, world in lesson.arms.items():
        lines.append(f"- `{arm}.yaml`, `runs/{arm}`: {_in(world.title, language)}")
    for number, task in enumerate(lesson.tasks, start=1):
        lines += ["", f"{number}. `{task.id}`: {_in(task.question, language)}"]
        lines += [f"   - `{name}`: {_in(text, language)}" for name, text in task.choices.items()]
    lines += ["", _LOOK[language]]
    if lesson.replications > 1:
        lines += ["", _LOOK_AT_PAIRS[language]]
    return "\n".join(lines) + "\n"


def _pairs_csv(lesson: Lesson, evidence: Evidence) -> str:
    """One row a replication and metric; metrics and arms are names of our own."""
    lines = []
    for each in pairs(lesson, evidence):
        group = "".join(f" {key}={value}" for key, value in sorted(each.by.items()))
        lines.append(f"replication,{each.arms[0]},{each.arms[1]},metric")
        lines += [f"{n},{one},{two},{each.metric}{group}" for n, (one, two) in enumerate(each.rows)]
    return "\n".join(lines) + "\n"


def check(lesson: Lesson, folder: Path) -> list[Mark]:
    """What the answers in a learner's folder are worth. Raises AnswersUnreadable, RunUnreadable, OSError."""
    given = _given(lesson, folder / ANSWERS_FILE)
    return marks(lesson, given, Evidence(run_folders(lesson, folder)))


def tried(folder: Path, found: list[Mark]) -> dict[str, int]:
    """Count wrong answers, task by task: how often each has been wrong so far, this time included."""
    path = folder / _TRIES_FILE
    try:
        before = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        before = {}
    known = before if isinstance(before, dict) else {}
    tries = {
        mark.task.id: _count(known.get(mark.task.id)) + (bool(mark.given) and not mark.right)
        for mark in found
    }
    write_json(path, tries)
    return tries


def _count(value: Any) -> int:
    return value if isinstance(value, int) and 0 <= value < 10_000 else 0


def _given(lesson: Lesson, path: Path) -> dict[str, str]:
    from ruamel.yaml.error import YAMLError

    try:
        document = read_text(path.read_text(encoding="utf-8"))
    except (YAMLError, ValueError, TypeError, RecursionError) as problem:
        raise AnswersUnreadable(f"{path}: not YAML: {str(problem).splitlines()[0]}") from None
    if not isinstance(document, Mapping):
        raise AnswersUnreadable(f"{path}: write one line a task, such as `{lesson.tasks[0].id}: 12.5`")
    unknown = [str(key) for key in document if lesson.task(str(key)) is None]
    if unknown:
        raise AnswersUnreadable(f"{path}: no such task: {unknown[0]!r}")
    return {str(key): _text(value) for key, value in document.items()}


def _text(value: Any) -> str:
    """An answer as it was meant: YAML takes `yes` for itself and `3` for a number."""
    return "" if value is None else str(value)


def _blank(lesson: Lesson, language: str) -> str:
    """The file of answers before any is written."""
    lines: list[str] = []
    for task in lesson.tasks:
        lines.append(f"# {_in(task.question, language)}")
        if task.choices:
            lines.append(f"# {' | '.join(task.choices)}")
        lines.append(f"{task.id}:")
    return "\n".join(lines) + "\n"


def _in(texts: Mapping[Any, str], language: str) -> str:
    return texts[language]
