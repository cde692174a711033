"""Two languages: the same keys, nothing left untranslated, numbers and dates as each language writes them."""

import re
import string
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from sandbox.lifecycle import PHASE, Reason, State
from sandbox.metrics.table import METRICS
from sandbox.money import Asset
from sandbox.report.assemble import build_report
from sandbox.report.explain import explain
from sandbox.report.story import Story
from sandbox.report.wording import (
    changed,
    day,
    listed,
    measured,
    moment,
    money,
    number,
    percent,
    say,
    span,
    speaking,
)  # fmt: skip
from sandbox.report.words import LANGUAGES, catalogue

#: Texts that are the same in both languages, because they are names, codes or symbols.
_SAME = re.compile(r"^[\W\d_]*$|^USDT$|^Python$")

#: Groups that only the languages other than English have: other parts word them in English.
_TERMS = {"phase", "reason", "unit", "empty", "standard", "definition", "source", "author", "expectation"}


def _placeholders(text: str) -> set[str]:
    """Names in braces; the templates of Plotly (%{y}) are not ours."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name} if "%{" not in text else set()


def test_the_languages_have_the_same_keys_and_the_same_values_in_braces() -> None:
    english, russian = catalogue("en"), catalogue("ru")
    shared = {key for key in russian if key.partition(".")[0] not in _TERMS}
    assert shared == set(english)
    for key in english:
        extra = (
            {"label"} if key == "story.state" else set()
        )  # in English the state's own name is plain enough
        assert _placeholders(english[key]) | extra == _placeholders(russian[key]), key


def test_no_russian_text_is_left_in_english() -> None:
    english = catalogue("en")
    for key, text in catalogue("ru").items():
        if not _SAME.match(re.sub(r"\{\w+\}", "", text)):
            assert re.search("[А-Яа-яё]", text) or not re.search("[A-Za-z]{3}", text), (key, text)
            assert text != english.get(key), key


def test_whatever_other_parts_word_in_english_is_translated() -> None:
    russian = catalogue("ru")
    wanted = {f"definition.{metric.name}" for metric in METRICS} | {f"metric.{m.name}" for m in METRICS}
    wanted |= {f"empty.{metric.empty}" for metric in METRICS if metric.empty}
    wanted |= {f"standard.{metric.standard}" for metric in METRICS if metric.standard}
    wanted |= {f"phase.{state.name}" for state in PHASE} | {f"state.{state.name}" for state in State}
    wanted |= {f"reason.{reason.text}" for reason in Reason if reason}
    wanted |= {f"class.{reason.klass}" for reason in Reason if reason}
    units = {metric.unit for metric in METRICS} - {"USD", "BTC"}
    wanted |= {f"unit.{unit}" for unit in units}
    assert wanted <= set(russian), sorted(wanted - set(russian))


def test_numbers_money_and_dates_in_russian() -> None:
    with speaking("ru"):
        assert number(12_345) == "12\u202f345"
        assert number(1234.5) == "1\u202f234,50"
        assert percent(0.123) == "12,3\u00a0%"
        assert measured(1_250_000, "USD") == "$1,2\u00a0млн"
        assert measured(3.5, "business days") == "3,50 раб. дн."
        assert changed(-0.035, "share") == "−3,5\u00a0п.\u00a0п."
        assert money(1_234_567, Asset.USD) == "12\u202f345,67 USD"
        assert span(90_061) == "1 д 1 ч 1 мин 1 с"
        assert day(date(2024, 9, 2)) == "02.09.2024"
        assert moment("2024-09-02T10:15:00") == "02.09.2024 10:15:00"
        assert listed(["а", "б", "в"]) == "а, б и в"
    assert moment("2024-09-02T10:15") == "2024-09-02 10:15"


def test_a_language_is_spoken_inside_its_block_alone() -> None:
    with speaking("ru"):
        with speaking("en"):
            assert say("yes") == "yes"
        assert say("yes") == "да"
    assert say("yes") == "yes"
    with pytest.raises(KeyError):
        speaking("tlh").__enter__()


def test_a_report_in_russian_speaks_no_english(run_folder: Path, tmp_path: Path) -> None:
    with speaking("ru"):
        text = build_report(run_folder, tmp_path / "ru.html").read_text(encoding="utf-8")
    assert '<html lang="ru">' in text
    assert "Платежей в окне наблюдения: 7. Из них 4 зачислено (57,1\u00a0%)" in text
    body = re.sub(r"(?s)<(script|style|pre|code)\b.*?</\1>|<[^>]*>", " ", text)
    for word in ("settlement time", "baseline", "waiting", "Definitions", "nothing"):
        assert not re.search(rf"\b{word}\b", body), word


def test_a_story_in_russian(run_folder: Path) -> None:
    with speaking("ru"):
        told = explain(run_folder, "P-00003")
        assert isinstance(told, Story)
        text = told.to_text()
    assert max(map(len, text.splitlines())) <= 100
    assert "Попытка 2" in text and "возвращено без объяснения причины" in text
    assert not re.search(r"(waits for|the order|rule |converted)", text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_name_with_braces_is_no_template(language: str, build_run: Callable[..., Path]) -> None:
    def hostile(teller: Any) -> None:
        teller.order(0, rail="{0.__class__}", cents=100, currency=Asset.USD, category="{category}")

    with speaking(language):
        told = explain(build_run(tales=[hostile], name=language), "0")
        assert isinstance(told, Story)
        assert "{0.__class__}" in told.to_text()
