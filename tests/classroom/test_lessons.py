"""Every lesson runs, asks what its runs can answer, and knows a right answer from a wrong one."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.classroom.answers import Evidence, NoAnswer, is_right, marks, number_of, right_answer
from sandbox.classroom.lesson import Lesson, SqlAnswer, find_lesson, lessons
from sandbox.classroom.working import ANSWERS_FILE, AnswersUnreadable, check, run_folders, set_out
from sandbox.metrics import BY_NAME
from sandbox.report.runfolder import RunUnreadable
from sandbox.world import Engines

#: Each lesson is set out once for the whole file.
pytestmark = pytest.mark.xdist_group("lessons")

NAMES = [each.name for each in lessons()]


def short(name: str) -> Lesson:
    """A lesson with three replications at most: what is asked is the same, the numbers are not."""
    lesson = find_lesson(name)
    assert lesson is not None
    return lesson.model_copy(update={"replications": min(lesson.replications, 3)})


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The folder of a lesson that was set out; each is set out once."""
    folders: dict[str, Path] = {}

    def folder(name: str) -> Path:
        lesson = short(name)
        if lesson.name not in folders:
            folders[lesson.name] = tmp_path_factory.mktemp("lessons") / lesson.name
            set_out(lesson, folders[lesson.name], "en", Engines(), lambda *_: None)
        return folders[lesson.name]

    return folder


def evidence(lesson: Lesson, folder: Path) -> Evidence:
    return Evidence(run_folders(lesson, folder))


def test_there_are_six_in_both_languages() -> None:
    assert len(NAMES) == 6 and [name[:2] for name in NAMES] == [f"{n:02d}" for n in range(1, 7)]
    for lesson in lessons():
        texts = [lesson.title, lesson.text, *(arm.title for arm in lesson.arms.values())]
        for task in lesson.tasks:
            texts += [task.question, *task.choices.values(), *task.hints]
        for text in texts:
            assert set(text) == {"en", "ru"}
        russian = [text["ru"] for text in texts if not re.search("[а-яё]", text["ru"], re.IGNORECASE)]
        assert russian in ([], ["USDT"], ["USDT", "USDT"]), lesson.name


def test_found_by_name_number_and_the_rest_of_the_name() -> None:
    assert find_lesson("03-peg-break") is find_lesson("3") is find_lesson("03") is find_lesson("peg-break")
    assert find_lesson("peg") is None and find_lesson("") is None and find_lesson("../03") is None


def test_tasks_name_metrics_and_arms_that_exist() -> None:
    for lesson in lessons():
        for task in lesson.tasks:
            answer = getattr(task.answer, "of", task.answer)
            arms = [getattr(answer, name, None) for name in ("arm", "above", "below", "from_", "to")]
            assert {arm for arm in arms if arm} <= set(lesson.arms), task.id
            assert isinstance(answer, SqlAnswer) or answer.metric in BY_NAME


@pytest.mark.parametrize("name", NAMES)
def test_a_lesson_answers_its_own_questions(done: Callable[[str], Path], name: str) -> None:
    lesson, folder = short(name), done(name)
    seen = evidence(lesson, folder)
    right = {task.id: right_answer(task, seen) for task in lesson.tasks}
    given = {task: answer if isinstance(answer, str) else f"{answer:.4f}" for task, answer in right.items()}
    assert all(mark.right for mark in marks(lesson, given, seen))
    wrong = {
        task.id: next(choice for choice in task.choices if choice != right[task.id])
        if task.choices
        else f"{float(right[task.id]) * 1.5 + 1:.4f}"
        for task in lesson.tasks
    }
    assert not any(mark.right for mark in marks(lesson, wrong, seen))
    assert not any(mark.right for mark in marks(lesson, {}, seen))


def test_lessons_show_what_they_are_about(done: Callable[[str], Path]) -> None:
    """The worlds were chosen so that something is there to be seen."""

    def answer(name: str, task: str) -> float | str:
        lesson = short(name)
        asked = lesson.task(task)
        assert asked is not None
        return right_answer(asked, evidence(lesson, done(name)))

    assert answer("01", "half") == "more"
    assert answer("05", "undone") and not answer("05", "undone-seven")
    assert answer("03", "lowest") == pytest.approx(90, abs=2) and answer("03", "waited")
    assert answer("03", "loser") == "no"
    assert answer("04", "gain") == "narrower"
    assert answer("06", "stopped") and answer("06", "again") == "never"


def test_replications_are_laid_out_for_those_who_work_it_out_themselves(done: Callable[[str], Path]) -> None:
    lesson, folder = short("04"), done("04")
    rows = [
        line.split(",") for line in (folder / "replications.csv").read_text(encoding="utf-8").splitlines()
    ]
    assert rows[0] == ["replication", "one", "two", "metric"] and len(rows) == 1 + lesson.replications
    gaps = [float(two) - float(one) for _, one, two, _ in rows[1:]]
    asked = lesson.task("difference")
    assert asked is not None
    assert sum(gaps) / len(gaps) == pytest.approx(right_answer(asked, evidence(lesson, folder)))
    assert not (done("06") / "replications.csv").exists()


def test_a_learners_folder_from_blank_to_right(done: Callable[[str], Path]) -> None:
    lesson, folder = short("06"), done("06")
    assert not any(mark.right for mark in check(lesson, folder))
    seen = evidence(lesson, folder)
    right = {task.id: right_answer(task, seen) for task in lesson.tasks}
    lines = [f"{task}: {answer}" for task, answer in right.items()]
    (folder / ANSWERS_FILE).write_text("\n".join(lines), encoding="utf-8")
    assert all(mark.right for mark in check(lesson, folder))


@pytest.mark.parametrize("text", ["[1, 2]", "stopped", "a: 1", "stopped: [", "? {a: 1}\n: 2", "", "1"])
def test_a_damaged_file_of_answers_is_told(done: Callable[[str], Path], text: str) -> None:
    folder = done("06")
    before = (folder / ANSWERS_FILE).read_text(encoding="utf-8")
    (folder / ANSWERS_FILE).write_text(text, encoding="utf-8")
    try:
        with pytest.raises(AnswersUnreadable):
            check(short("06"), folder)
    finally:
        (folder / ANSWERS_FILE).write_text(before, encoding="utf-8")


def test_a_run_that_was_tampered_with_proves_nothing(done: Callable[[str], Path], tmp_path: Path) -> None:
    import shutil

    folder = shutil.copytree(done("06"), tmp_path / "copy")
    metrics = folder / "runs" / "world" / "metrics.json"
    metrics.write_text(metrics.read_text(encoding="utf-8").replace('"n": 1', '"n": 2'), encoding="utf-8")
    with pytest.raises(RunUnreadable):
        check(short("06"), folder)


def test_a_question_that_the_run_cannot_answer_is_the_lessons_fault(done: Callable[[str], Path]) -> None:
    lesson = short("06")
    asked = lesson.tasks[0].model_copy(
        update={"answer": SqlAnswer(kind="sql", arm="world", query="SELECT NULL")}
    )
    with pytest.raises(NoAnswer):
        right_answer(asked, evidence(lesson, done("06")))


@given(st.decimals(-(10**6), 10**6, places=3, allow_nan=False))
def test_numbers_are_read_as_people_write_them(value: object) -> None:
    text = f"{value}"
    assert number_of(text) == number_of(text.replace(".", ",")) == number_of(f" {text} % ") == float(text)


@given(st.text(max_size=30))
def test_any_other_text_is_no_number(text: str) -> None:
    found = number_of(text)
    assert found is None or re.fullmatch(r"[+\-−]?\d+([.,]\d+)?", re.sub(r"[\s%]", "", text))


def test_rounding_is_forgiven_and_guessing_is_not() -> None:
    lesson = find_lesson("01")
    assert lesson is not None
    task = lesson.tasks[0]
    assert (
        is_right(task, "88,7", 88.69) and is_right(task, "88.69 %", 88.69) and not is_right(task, "85", 88.69)
    )
    exact = task.model_copy(update={"tolerance": 0.0})
    assert is_right(exact, "4", 4.0) and not is_right(exact, "5", 4.0) and not is_right(exact, "NaN", 4.0)
