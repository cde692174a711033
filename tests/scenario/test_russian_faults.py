"""The loader's messages in Russian: every sentence that the code words has one, and English lines stay as they are."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.phrasebook import names_in
from sandbox.scenario.editor import editor_schema
from sandbox.scenario.faults import Fault, Mark
from sandbox.scenario.library import parameters_folder
from sandbox.scenario.load import check
from sandbox.scenario.parameters import ParameterLibrary
from sandbox.scenario.wording import book, line, sections, titles, worded
from tests.wording import english_words, sentences_in

PACKAGE = Path(__file__).parents[2] / "sandbox"

#: Where faults of a scenario are worded.
WORDED = [
    *sorted((PACKAGE / "scenario").glob("*.py")),
    *sorted((PACKAGE / "disruptions").glob("*.py")),
    *(PACKAGE / name for name in ("spec.py", "durations.py", "money.py", "policies/oversight.py")),
    PACKAGE / "rails" / "__init__.py",
    PACKAGE / "experiment" / "expectations.py",
    PACKAGE / "experiment" / "protocol.py",
]

#: Calls whose texts are sentences for people.
CALLS = {
    "Fault", "Finding", "refuse", "_refuse", "ValueError", "UnusableValue", "Reading", "Prohibited",
}  # fmt: skip

#: Texts that are put together of parts, each of which the book has (the corpus of broken files says so), and one
#: of an arithmetic that no scenario reaches.
COMPOSED = {
    "{} does not meet {}",
    "needs {} {} {}",
    "must be {} {} {}",
    "{}, or put text in quotes",
}


def test_every_sentence_of_the_loader_is_in_the_book() -> None:
    russian = book("ru")
    found = {text for path in WORDED for text in sentences_in(path, CALLS)}
    assert len(found) > 90
    # A model's own rule may begin with the key path that it is about.
    spoken = {re.sub(r"^[a-z_]+(\.[a-z_]+)+: ", "", text) for text in found - COMPOSED}
    missing = {text for text in spoken if not russian.knows(text.replace("{}", "7"))}
    assert missing == set()


def test_the_finder_of_sentences_finds_one_that_is_missing(tmp_path: Path) -> None:
    path = tmp_path / "worded.py"
    path.write_text(
        'raise ValueError(f"the {kind} of " f"{a:g} is no sentence of the book")\n', encoding="utf-8"
    )
    (sentence,) = sentences_in(path, CALLS)
    assert sentence == "the {} of {} is no sentence of the book"
    assert not book("ru").knows(sentence.replace("{}", "7"))


@pytest.mark.parametrize("corpus", ["broken_files.txt", "broken_overrides.txt"])
def test_no_line_of_the_corpus_keeps_an_english_sentence(corpus: str) -> None:
    """Of the model that the corpus was made with come two sentences of its own."""
    own = {"nothing of the horizon is left to observe", "the desk needs at least one officer"}
    told = [worded(fault, "ru") for fault in _faults_of(corpus)]
    assert len(told) > 10
    for fault in told:
        text = f"{fault.message}; {fault.hint}"
        if not any(each in text for each in own):
            assert not english_words(text), (fault.code, text)
            assert re.search("[а-яё]", text), (fault.code, text)


def _faults_of(corpus: str) -> Iterator[Fault]:
    """The faults whose lines stand in a corpus; where its hint begins, a line does not say."""
    lines = (Path(__file__).parent / corpus).read_text(encoding="utf-8").splitlines()
    for text in lines:
        found = re.fullmatch(r"\S+?:\d+:\d+: \w+\[(\w+)\](?: (\S+))?: (.*)", text)
        if found:
            yield _split(found[1], found[2] or "", found[3])


def _split(code: str, path: str, told: str) -> Fault:
    """The fault with what follows a semicolon as its hint, where the book knows both parts."""
    russian, mark = book("ru"), Mark("x.yaml", 1, 1)
    for at in [each.start() for each in re.finditer("; ", told)]:
        fault = Fault(mark, code, path, told[:at], told[at + 2 :])
        if russian.knows(fault.hint) and not english_words(russian.told(fault.message)):
            return fault
    return Fault(mark, code, path, told)


def test_a_line_keeps_place_code_and_path_in_both_languages(tmp_path: Path) -> None:
    file = tmp_path / "x.yaml"
    file.write_text("schema: 1\npolicy: {bank: 3}\n", encoding="utf-8")
    faults = [fault for fault in check(file) if fault.code == "unknown_key"]
    assert len(faults) == 1
    english, russian = (line(faults[0], language) for language in ("en", "ru"))
    assert english == str(faults[0])
    assert russian.startswith(
        f"{file}:2:10: ошибка[unknown_key] policy.bank: неизвестный ключ «bank» (допустимы: "
    )
    assert russian.endswith("; может быть, «banks»?")


def test_the_russian_of_a_sentence_has_the_same_names() -> None:
    for name, phrases in sections("ru").items():
        for english, russian in phrases.items():
            assert names_in(russian) <= names_in(english) | {"rail"}, (name, english)


def test_every_description_of_the_schema_is_russian_for_a_russian_reader() -> None:
    def descriptions(schema: object) -> Iterator[str]:
        if isinstance(schema, dict):
            if isinstance(schema.get("description"), str):
                yield schema["description"]
            for value in schema.values():
                yield from descriptions(value)
        elif isinstance(schema, list):
            for value in schema:
                yield from descriptions(value)

    english, russian = (list(descriptions(editor_schema(language))) for language in ("en", "ru"))
    assert len(english) == len(russian) > 150
    for text, turned in zip(english, russian, strict=True):
        assert re.search("[а-яё]", turned), text


def test_every_parameter_has_a_russian_title() -> None:
    library = ParameterLibrary.load(parameters_folder())
    wanted = {name for name in library.names() if "ru" not in library.entry(name).title}
    assert wanted == titles("ru").keys()
    assert all(re.search("[а-яё]", title) for title in titles("ru").values())


def test_the_books_of_english_are_empty() -> None:
    assert sections("en") == {} and titles("en") == {}
