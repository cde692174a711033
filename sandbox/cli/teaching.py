"""``sandbox lesson``: list what there is, set a lesson out in a folder, check the answers in it."""

from pathlib import Path
from typing import Any, Literal

from sandbox.classroom.answers import Mark
from sandbox.classroom.lesson import Lesson, find_lesson, lessons
from sandbox.classroom.working import (
    ANSWERS_FILE,
    AnswersUnreadable,
    check,
    lesson_text,
    set_out,
    tried,
)
from sandbox.cli.engines import choose
from sandbox.cli.exits import Exit, Stop, complain
from sandbox.cli.printing import print_json, stdout_console
from sandbox.report.runfolder import RunUnreadable
from sandbox.scenario.nearest import did_you_mean
from sandbox.world import Engines

Language = Literal["en", "ru"]

_WORDS = {
    "en": {
        "right": "right",
        "wrong": "not right",
        "none": "no answer yet",
        "hint": "hint",
        "of": "{right} of {tasks} right",
        "write": "Write your answers into {file}, then: sandbox lesson check {name}{out}",
        "again": "The lesson is set out already; its text again:",
    },
    "ru": {
        "right": "верно",
        "wrong": "неверно",
        "none": "ответа ещё нет",
        "hint": "подсказка",
        "of": "верно {right} из {tasks}",
        "write": "Запишите ответы в {file}, затем: sandbox lesson check {name}{out} --lang ru",
        "again": "Урок уже разложен; его текст ещё раз:",
    },
}


def print_lessons(language: Language, as_json: bool) -> Exit:
    """One line a lesson."""
    if as_json:
        listed = [
            {"name": each.name, "title": each.title, "tasks": [task.id for task in each.tasks]}
            for each in lessons()
        ]
        print_json({"schema": "sandbox.lessons/1", "lessons": listed})
        return Exit.DONE
    width = max(len(each.name) for each in lessons())
    out = stdout_console().file
    for each in lessons():
        out.write(f"{each.name:<{width}}  {each.title[language]}\n")
    return Exit.DONE


def start_lesson(name: str, language: Language, parent: Path) -> Exit:
    """Set a lesson out, run its worlds and print its text; one that is set out already is only printed."""
    lesson = _found(name)
    folder, words = parent / lesson.name, _WORDS[language]
    if (folder / ANSWERS_FILE).is_file():
        complain(words["again"])
    else:
        evm: Any = choose("evm", None)
        bitcoin: Any = choose("bitcoin", None)
        try:
            set_out(lesson, folder, language, Engines(evm, bitcoin), _tell)
        except RunUnreadable as problem:
            raise Stop(Exit.VIOLATION, str(problem)) from None
    out = "" if parent == Path("lessons") else f" --out {parent}"
    console = stdout_console()
    console.file.write(lesson_text(lesson, language) + "\n")
    console.file.write(words["write"].format(file=folder / ANSWERS_FILE, name=lesson.name, out=out) + "\n")
    return Exit.DONE


def check_lesson(name: str, language: Language, parent: Path, as_json: bool) -> Exit:
    """Print what each answer is worth; 0 when all are right, 4 otherwise."""
    lesson = _found(name)
    folder = parent / lesson.name
    if not (folder / ANSWERS_FILE).is_file():
        raise Stop(
            Exit.UNREADABLE, f"error: {folder} holds no {ANSWERS_FILE}: sandbox lesson start {lesson.name}"
        )
    try:
        found = check(lesson, folder)
    except AnswersUnreadable as problem:
        raise Stop(Exit.INVALID, f"error: {problem}") from None
    except RunUnreadable as problem:
        raise Stop(Exit.MISMATCH, f"error: {problem}") from None
    tries = tried(folder, found)
    right = sum(mark.right for mark in found)
    if as_json:
        told = [{"task": mark.task.id, "given": mark.given, "right": mark.right} for mark in found]
        print_json({"schema": "sandbox.lesson-check/1", "lesson": lesson.name, "right": right, "tasks": told})
    else:
        _print_marks(found, tries, right, language)
    return Exit.DONE if right == len(found) else Exit.EXPECTATION


def _print_marks(found: list[Mark], tries: dict[str, int], right: int, language: Language) -> None:
    words, out = _WORDS[language], stdout_console().file
    for mark in found:
        verdict = words["right" if mark.right else "wrong" if mark.given else "none"]
        out.write(f"{mark.task.id}: {verdict}\n")
        if mark.given and not mark.right:
            hint = mark.task.hints[min(tries[mark.task.id], len(mark.task.hints)) - 1]
            out.write(f"  {words['hint']}: {hint[language]}\n")
    out.write(words["of"].format(right=right, tasks=len(found)) + "\n")


def _found(name: str) -> Lesson:
    lesson = find_lesson(name)
    if lesson is None:
        names = [each.name for each in lessons()]
        hint = did_you_mean(name, names) or f"lessons: {', '.join(names)}"
        raise Stop(Exit.USAGE, f"error: there is no lesson {name!r}; {hint}")
    return lesson


def _tell(arm: str, replication: int, of: int) -> None:
    complain(f"running {arm}" + (f", replication {replication + 1} of {of}" if of > 1 else ""))
