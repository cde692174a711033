"""A phrasebook turns the sentences it has and leaves every other text as it stands."""

import pytest

from sandbox.phrasebook import Phrasebook, local_day, local_number, names_in, plural

BOOK = Phrasebook(
    {
        "a list": "список",
        "a whole number": "целое число",
        "null": "пусто",
        "needs {kinds} (got {found})": "требуется {kinds:either} (получено: {found:told})",
        "unknown key '{key}' (allowed: {keys})": "неизвестный ключ «{key}» (допустимы: {keys:list})",
        "{what}; {hint}": "{what:told}; {hint:told}",
        "{n} files": "{n} {n:файл|файла|файлов}",
        "from {day} to {other}": "с {day:day} по {other:day}",
        "about {share} of it": "около {share:number}",
        "{name} fights {name}": "{name} спорит с собой",
    }
)


@pytest.mark.parametrize(
    ("english", "russian"),
    [
        ("a list", "список"),
        ("needs a whole number or null (got a list)", "требуется целое число или пусто (получено: список)"),
        ("unknown key 'x' (allowed: a, b and 7 more)", "неизвестный ключ «x» (допустимы: a, b и ещё 7)"),
        ("a list; a whole number", "список; целое число"),
        ("1 files", "1 файл"),
        ("22 files", "22 файла"),
        ("1,112 files", "1,112 файлов"),
        ("from 2024-09-01 to nowhere", "с 01.09.2024 по nowhere"),
        ("about 1,234.5 of it", "около 1\u202f234,5"),
        ("a fights a", "a спорит с собой"),
    ],
)
def test_a_sentence_is_turned(english: str, russian: str) -> None:
    assert BOOK.knows(english)
    assert BOOK.told(english) == russian


@pytest.mark.parametrize("text", ["", "another list", "a fights b", "Unknown key", "x" * 10_000])
def test_what_no_sentence_fits_stays(text: str) -> None:
    assert not BOOK.knows(text)
    assert BOOK.told(text) == text


def test_braces_of_a_value_are_no_names() -> None:
    assert BOOK.told("needs a list (got '{found}')") == "требуется список (получено: '{found}')"
    assert BOOK.told("unknown key '\\g<0>{key}' (allowed: a)").startswith("неизвестный ключ «\\g<0>{key}»")


def test_plural_forms_of_a_number() -> None:
    forms = ("строка", "строки", "строк")
    told = {n: plural(str(n), forms) for n in (0, 1, 2, 4, 5, 11, 12, 14, 21, 101, 111, 112, 122)}
    assert [n for n, form in told.items() if form == "строка"] == [1, 21, 101]
    assert [n for n, form in told.items() if form == "строки"] == [2, 4, 122]
    assert plural("0.5", forms) == "строки"


def test_numbers_and_days_that_are_none_stay() -> None:
    assert (local_number("-1,000.25"), local_number("1.2.3")) == ("-1\u202f000,25", "1.2.3")
    assert (local_day("2025-03-03T10:30"), local_day("2025-13-01")) == ("03.03.2025 10:30", "2025-13-01")
    assert names_in("{a} {b:told} {c:один|два|пять}") == {"a", "b", "c"}
