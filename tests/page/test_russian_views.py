"""A page in Russian holds no English sentence in text, labels or charts, nor do the API's words for people."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from sandbox.page.words.sentences import book, sections
from sandbox.phrasebook import names_in
from tests.page.asgi import Browser, Server
from tests.wording import english_words, sentences_in

PACKAGE = Path(__file__).parents[2] / "sandbox"

#: Positions of Plotly, labels of the tests' own scenario, names of engines, and what a page quotes of a document.
ALLOWED = {
    "bottom center", "middle center", "top center", "One leaves", "bitcoin kernel", "evm revm",
}  # fmt: skip

#: Elements whose text is code, or written by a visitor.
_CODE = ("style", "textarea", "code", "pre")
_SPOKEN = ("title", "alt", "aria-label", "placeholder")


class _Texts(HTMLParser):
    """Every text that a reader of a page meets, those of its charts among them."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._inside: list[str] = []
        self._json = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _CODE or tag == "script":
            self._inside.append(tag)
            self._json = ("type", "application/json") in attrs
        self.texts += [value for name, value in attrs if name in _SPOKEN and value]

    def handle_endtag(self, tag: str) -> None:
        if self._inside and self._inside[-1] == tag:
            self._inside.pop()

    def handle_data(self, data: str) -> None:
        if not self._inside:
            self.texts.append(data)
        elif self._inside[-1] == "script" and self._json:
            self.texts += _strings(json.loads(data))


def _strings(document: Any) -> Iterator[str]:
    if isinstance(document, str):
        yield re.sub("<[^>]+>", " ", document)
    elif isinstance(document, Mapping):
        for value in document.values():
            yield from _strings(value)
    elif isinstance(document, list):
        for value in document:
            yield from _strings(value)


def _english(page: str) -> set[str]:
    """English of a page, without what it says of sources: titles of publications keep their language."""
    parser = _Texts()
    parser.feed(page)
    texts = [re.sub(r"\(\d{4}-\d\d-\d\d; .*; [A-E]\)$", "", text.strip()) for text in parser.texts]
    return {found for text in texts for found in english_words(text)} - ALLOWED


def test_the_reading_of_a_page_finds_english_in_all_its_places() -> None:
    page = (
        '<p title="a hint here">Слова</p><code>some code here</code><script type="application/json">'
        '{"axis": ["value by rail", 1]}</script><p>one <b>more</b> sentence in it</p>'
    )
    assert _english(page) == {"hint here", "value by rail", "sentence in it"}


@pytest.fixture(scope="module")
def russian(started: Any, finished: tuple[Path, str]) -> Browser:
    """Somebody who has chosen Russian."""
    server: Server = started(finished[0])
    browser = Browser(server)
    assert browser.get("/").status == 200
    browser.cookies["sandbox_language"] = "ru"
    return browser


def _stories(browser: Browser, run: str) -> Iterator[str]:
    """Addresses of a run's pages: its result, and a payment of every rail."""
    yield from (
        "",
        "/payments",
        "/chains",
        "/scenario",
        "/playback?at=300000",
        "/search?q=supplier/1",
        "/search?q=x",
    )
    listed = browser.get(f"/api/runs/{run}/payments?limit=200").json["payments"]
    kinds = {each["rail"]: each["payment"] for each in listed}
    yield from (f"/payments/{payment}" for payment in kinds.values())


def _chains(browser: Browser, run: str) -> Iterator[str]:
    """Addresses of its explorer: each kind of page of a chain."""
    yield from (
        "/chains/evm",
        "/chains/evm/balances",
        "/chains/evm/transactions/3",
        "/chains/bitcoin/transactions/0",
    )
    blocks = browser.get(f"/api/runs/{run}/chains/bitcoin/blocks?empty=hide").json["blocks"]
    yield f"/chains/bitcoin/blocks/{blocks[0]['height']}"
    accounts = browser.get(f"/api/runs/{run}/chains/digital_ruble/balances").json["accounts"]
    yield f"/chains/digital_ruble/addresses/{accounts[0]['address']}"


@pytest.mark.parametrize("views", [_stories, _chains])
def test_no_page_of_a_run_holds_an_english_sentence(
    russian: Browser, finished: tuple[Path, str], views: Callable[[Browser, str], Iterator[str]]
) -> None:
    run = finished[1]
    for address in views(russian, run):
        answer = russian.get(f"/runs/{run}{address}")
        assert answer.status < 400, address
        assert _english(answer.text) == set(), address


def test_no_other_page_holds_an_english_sentence(russian: Browser, finished: tuple[Path, str]) -> None:
    run = finished[1]
    for address in ("/", "/runs", "/compare", "/editor", f"/beside?first={run}&second={run}"):
        assert _english(russian.get(address).text) == set(), address


def test_refusals_are_russian_for_russian_readers(russian: Browser, finished: tuple[Path, str]) -> None:
    run = finished[1]
    for address in ("/nothing", "/runs/0", "/runs?limit=-3", "/runs?x=1", f"/runs/{run}/payments/P-99999"):
        page, said = russian.get(address), russian.get(f"/api{address}")
        assert page.status >= 400 and _english(page.text) == set(), address
        assert re.search("[а-яё]", said.json["message"]) and not english_words(said.json["message"]), address
        english = Browser(russian.server, keeps_cookies=False).get(f"/api{address}").json
        assert english["code"] == said.json["code"] and not re.search("[а-яё]", english["message"])


def test_faults_of_a_text_and_hints_are_russian(russian: Browser) -> None:
    text = "extends: classroom.yaml\npolicy: {bank: 3, banks: 0}\n"
    found = russian.post_json("/api/scenarios/check", {"text": text}).json
    assert {fault["code"] for fault in found["faults"]} == {"unknown_key", "out_of_range"}
    for fault in found["faults"]:
        assert re.search("[а-яё]", fault["message"]) and not english_words(
            fault["message"] + " " + fault["hint"]
        )
    refused = russian.post_json("/api/runs", {"text": text}).json
    assert refused["code"] == "scenario_invalid" and refused["message"] == "сценарий нельзя использовать"
    assert refused["faults"] == found["faults"]
    offered = russian.post_json(
        "/api/scenarios/complete", {"text": "policy:\n  ", "line": 2, "column": 2}
    ).json
    assert offered["options"] and all(re.search("[а-яё]", each["detail"]) for each in offered["options"])


def test_a_script_that_asks_for_no_language_is_answered_in_english(script: Browser) -> None:
    assert script.get("/api/runs/0").json["message"] == "there is no such run"
    assert script.get("/api/runs/0", accept_language="ru").json["message"] == "такого прогона нет"


def test_every_refusal_of_the_server_is_in_the_book() -> None:
    paths = (PACKAGE / "page").rglob("*.py")
    found = {text for path in paths for text in sentences_in(path, {"Refusal", "_count", "_answer"})}
    assert len(found) > 35
    #: A field of a body and what pydantic says of it; a kind of job.
    composed = {"{}: {}", "there is no such {}", "this {} is not complete"}
    assert {text for text in found - composed if not book("ru").knows(text.replace("{}", "7"))} == set()
    for kind in ("run", "comparison"):
        assert book("ru").knows(f"there is no such {kind}") and book("ru").knows(
            f"this {kind} is not complete"
        )


def test_the_russian_of_a_refusal_has_the_same_names() -> None:
    for code, phrases in sections("ru").items():
        for english, russian in phrases.items():
            assert names_in(russian) <= names_in(english), (code, english)
