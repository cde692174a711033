"""Both languages say everything, with the same places to fill in."""

import re
import string
from importlib import resources

import pytest

from sandbox.page.words import LANGUAGES, catalogue, chosen

_FIELDS = string.Formatter()


def _fields(text: str) -> set[str]:
    return {name for _, name, _, _ in _FIELDS.parse(text) if name}


def test_languages_have_the_same_keys_and_places() -> None:
    english = catalogue("en")
    for language in LANGUAGES[1:]:
        other = catalogue(language)
        assert other.keys() == english.keys()
        assert {key: _fields(text) for key, text in other.items()} == {
            key: _fields(text) for key, text in english.items()
        }


def test_russian_is_translated() -> None:
    english, russian = catalogue("en"), catalogue("ru")
    #: Names that are the same everywhere, and texts that are nothing but places to fill in.
    same = {key for key in english if english[key] == russian[key]}
    assert same == {"language_en", "language_ru", "nav_api", "result_example"}
    untold = {key for key, text in russian.items() if not re.search("[а-яё]", text, re.IGNORECASE)}
    assert untold == {"language_en", "nav_api", "result_example"}


def test_templates_use_every_key_and_no_other() -> None:
    """A key nobody uses is dead, and one that is missing is an error when its page is opened."""
    folder = resources.files("sandbox.page").joinpath("templates")
    texts = [each.read_text(encoding="utf-8") for each in folder.iterdir()]
    used, starts = set(), set()
    for text in texts:
        used |= set(re.findall(r'\bt\(\s*"(\w+)"[,)]', text))
        used |= set(re.findall(r'\bt\("(\w+)" if \w[^)]* else "\w+"', text))
        used |= set(re.findall(r'\bt\("\w+" if \w[^)]* else "(\w+)"', text))
        starts |= set(re.findall(r'\bt\("(\w+_)" ~ ', text))
    keys = set(catalogue("en"))
    assert used <= keys
    assert {key for key in keys - used if not key.startswith(tuple(starts))} == set()


@pytest.mark.parametrize(
    ("cookie", "accepted", "expected"),
    [
        (None, "", "en"),
        (None, "ru-RU,ru;q=0.9,en;q=0.8", "ru"),
        (None, "de, en;q=0.5", "en"),
        ("ru", "en", "ru"),
        ("xx", "de", "en"),
        ("../ru", "*", "en"),
    ],
)
def test_language_is_the_visitors_choice_then_the_browsers(cookie: str, accepted: str, expected: str) -> None:
    assert chosen(cookie, accepted, "en") == expected
