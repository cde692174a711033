"""Every command's output in Russian holds no English sentence, and its errors none either."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from sandbox.cli.app import app
from sandbox.cli.wording import book, complaint, sections
from sandbox.phrasebook import names_in
from sandbox.report.words import catalogue
from sandbox.scenario.library import shipped
from sandbox.scenario.load import load
from sandbox.scenario.seed_items import seed_items
from sandbox.speech import speaking
from sandbox.validation import CHECKS
from sandbox.validation.patterns import PATTERNS
from tests.cli.conftest import Command, Said
from tests.wording import english_words, sentences_in

PACKAGE = Path(__file__).parents[2] / "sandbox"

#: Titles of publications and notes of the library stay in the language of their documents.
OF_DOCUMENTS = ("источник  ", "примечание  ")

#: A parameter's value: names of rails.
NAMES = "usdt btc dfa"

#: Command lines that end well.
GOOD: tuple[tuple[object, ...], ...] = (
    *(
        ("list", what)
        for what in ("scenarios", "experiments", "seed-items", "rails", "metrics", "engines", "parameters")
    ),
    ("parameters", "regulator"),
    ("parameters", "regulator.review_officers"),
    ("parameters", "--unused"),
    ("lesson", "list"),
    ("verify", "--only", "V12"),
)

#: Command lines that end badly, each in a way of its own.
BAD: tuple[tuple[object, ...], ...] = (
    ("run", "classrom"),
    ("run", "classroom", "--set", "policy.banks=yes"),
    ("run", "-", "--reps", "2"),
    ("run", "classroom", "--replication", "1", "--reps", "2"),
    ("compare", "no-such-scenario"),
    ("sweep", "classroom"),
    ("sweep", "classroom", "--levers", "policy.banks=4:4"),
    ("sweep", "classroom", "--levers", "policy.banks=2:4", "--metrics", "fail_rate"),
    ("experiment", "E1"),
    ("parameters", "regulator.officers"),
    ("verify", "--only", "V99"),
    ("explain", "nowhere", "P-1"),
    ("verify-files", "nowhere"),
    ("lesson", "check", "99"),
    ("serve", "--room", "AB"),
)


def _without_documents(said: Said) -> str:
    lines = (said.out + "\n" + said.err).splitlines()
    text = "\n".join(line for line in lines if not line.startswith(OF_DOCUMENTS))
    return text.replace(NAMES, "")


@pytest.mark.parametrize("words", GOOD, ids=lambda words: " ".join(map(str, words)))
def test_what_a_command_prints_is_russian(sandbox: Command, words: tuple[object, ...]) -> None:
    said = sandbox(*words, "--lang", "ru")
    assert said.code == 0
    text = _without_documents(said)
    assert re.search("[а-яё]", text) or not text.strip()
    assert english_words(text) == []


@pytest.mark.parametrize("words", BAD, ids=lambda words: " ".join(map(str, words)))
def test_what_a_command_complains_of_is_russian(sandbox: Command, words: tuple[object, ...]) -> None:
    english, russian = sandbox(*words), sandbox(*words, "--lang", "ru")
    assert english.code == russian.code != 0
    assert re.search("[а-яё]", russian.err) and english_words(russian.err) == []
    assert not re.search("[а-яё]", english.err)


def test_a_run_and_all_that_reads_it_speak_russian(
    sandbox: Command, shared_run: Path, tmp_path: Path
) -> None:
    for words in (
        ("explain", shared_run, "2"),
        ("verify-files", shared_run),
        ("diff", shared_run, shared_run),
    ):
        said = sandbox(*words, "--lang", "ru")
        assert said.code == 0
        told = re.sub(r"источник: (?:[^()]|\([^()]*\))*\)", "", " ".join(said.out.split()))
        assert english_words(told) == [], words


def test_an_expectation_is_told_in_russian(sandbox: Command, tiny: Path) -> None:
    tiny.write_text(
        tiny.read_text(encoding="utf-8") + "expect: [{metric: payments, max: 3}]\n", encoding="utf-8"
    )
    said = sandbox("run", tiny, "--lang", "ru", "--no-report")
    assert said.code == 4
    assert "не подтверждается: платежи" in said.out and "не больше 3: получено" in said.out
    assert english_words(said.out) == []


def test_help_and_usage_are_russian(sandbox: Command) -> None:
    names = [
        command.name or str(getattr(command.callback, "__name__", "")) for command in app.registered_commands
    ]
    lessons = [("lesson", name) for name in ("list", "start", "check")]
    for words in [(), ("lesson",), *lessons, *((name.replace("_", "-"),) for name in names)]:
        said = sandbox(*words, "-h", "--lang", "ru")
        assert said.code == 0 and said.out.startswith("Использование: sandbox"), words
        assert english_words(said.out) == [], words
        assert not re.search("[а-яё]", sandbox(*words, "-h").out), words
    for bad in (("run",), ("rum",), ("run", "x", "y"), ("run", "x", "--nope"), ("run", "x", "--seed", "y")):
        said = sandbox(*bad, "--lang", "ru")
        assert said.code == sandbox(*bad).code == 2
        assert "ошибка: " in said.err and english_words(said.err) == [], bad


def test_every_command_can_be_asked_for_a_language() -> None:
    for command in app.registered_commands:
        function = command.callback
        assert function is not None and "lang" in _parameters_of(function), command


def _parameters_of(function: Callable[..., object]) -> set[str]:
    import inspect

    return set(inspect.signature(function).parameters)


#: Texts of the command line that are put together of parts, and what only a programmer can bring about.
COMPOSED = {"{} failed: {}; the log is {}", "{}, replication {} failed: {}", "error: {}", "running {}{}"}
CALLS = {
    "Stop",
    "complain",
    "BadFactor",
    "NotComparable",
    "StoreBusy",
    "OtherExperiment",
    "ScenarioChanged",
    "RunUnreadable",
}


def test_every_sentence_of_the_command_line_is_in_the_book() -> None:
    paths = [*(PACKAGE / "cli").glob("*.py"), *(PACKAGE / "experiment").glob("*.py")]
    paths += [PACKAGE / "report" / "runfolder.py"]
    found = {text for path in paths for text in sentences_in(path, CALLS)}
    assert len(found) > 40
    with speaking("ru"):
        told = {text: complaint(text.replace("{}", "7")) for text in found - COMPOSED}
    assert {
        text for text, russian in told.items() if not re.search("[а-яё]", russian) or english_words(russian)
    } == set()


def test_the_russian_of_a_sentence_has_the_same_names() -> None:
    for section, phrases in sections("ru").items():
        for english, russian in phrases.items():
            assert names_in(russian) <= names_in(english), (section, english)
    assert sections("en") == {}


def test_all_that_verify_names_is_in_the_book() -> None:
    russian = book("ru")
    wanted = {check.sentence for check in CHECKS} | {pattern.what for pattern in PATTERNS}
    assert {text for text in wanted if not russian.knows(text)} == set()


def test_texts_of_shipped_authors_are_translated() -> None:
    russian = catalogue("ru")
    wanted = {each for item in seed_items().values() for each in (item.text, item.fact_note)}
    for path in shipped():
        scenario = load(path).scenario
        wanted |= {*scenario.covers, *(event.fact_note for event in scenario.timeline.values())}
        wanted |= {str(getattr(event, "label", "")) for event in scenario.timeline.values()}
    assert {text for text in wanted - {""} if f"author.{text}" not in russian} == set()
