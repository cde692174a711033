"""What the editor offers at a cursor: only what the loader would take there, whatever the text looks like so far."""

from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from sandbox.page import completion
from sandbox.page.checking import check
from sandbox.page.completion import complete
from sandbox.page.cursor import standing
from tests.page.asgi import Browser


@pytest.fixture(autouse=True)
def _a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Texts are read from a file in the working folder."""
    monkeypatch.chdir(tmp_path)


def _at(marked: str) -> tuple[str, int, int]:
    """A text with the cursor at its bar."""
    before, bar, after = marked.partition("|")
    assert bar
    return before + after, before.count("\n") + 1, len(before) - before.rfind("\n") - 1


def _labels(marked: str) -> list[str]:
    return [option["label"] for option in complete(*_at(marked))["options"]]


@pytest.mark.parametrize(
    ("marked", "path", "at", "word", "key"),
    [
        ("|", (), "key", "", ""),
        ("ext|ends: a.yaml\n", (), "key", "ext", ""),
        ("policy:\n  kyc_an|", ("policy",), "key", "kyc_an", ""),
        ("policy:\n  banks: 2\n  |\nclock: {}\n", ("policy",), "key", "", ""),
        ("policy:\n  banks: 2\n|", (), "key", "", ""),
        ("policy: {banks: 2, ky|}", ("policy",), "key", "ky", ""),
        ("policy: {banks: 2|}", ("policy",), "value", "2", "banks"),
        ("policy: {participants: {initial: 3}, ba|}", ("policy",), "key", "ba", ""),
        ("clock:\n  horizon: 6|", ("clock",), "value", "6", "horizon"),
        ("expect:\n  - metric: co|", ("expect", "[]"), "value", "co", "metric"),
        ("expect:\n- metric: a\n  m|", ("expect", "[]"), "key", "m", ""),
        ("policy:\n  rails: [usdt, b|]", ("policy", "rails"), "value", "b", ""),
        ("timeline:\n  x:\n    {at: 2024-01-01,\n     kind: fr|}", ("timeline", "x"), "value", "fr", "kind"),
        ('title: {en: "a: {b", r|}', ("title",), "key", "r", ""),
        ("clock: {start: 2024-06-03} # {\npolicy:\n  b|", ("policy",), "key", "b", ""),
    ],
)
def test_the_cursor_knows_where_it_stands(
    marked: str, path: tuple[str, ...], at: str, word: str, key: str
) -> None:
    found = standing(*_at(marked))
    assert found is not None
    assert (found.path, found.at, found.word, found.key) == (path, at, word, key)


@pytest.mark.parametrize("marked", ["a: 1 # comm|ent", "# |", "policy: {a: 1} # |"])
def test_nothing_is_offered_in_a_comment(marked: str) -> None:
    assert _labels(marked) == []


@settings(max_examples=150, deadline=None, derandomize=True)
@given(
    text=st.text(alphabet="ab:{}[],- #\"'\n?|é", max_size=60)
    | st.lists(
        st.sampled_from(
            ["policy:", "  rails:", "    - usdt", "timeline: {x: {", "kind: ", "}", "  - ", "\t", "a"]
        )
    ).map("\n".join),
    line=st.integers(1, 12),
    column=st.integers(0, 30),
)
def test_any_text_has_an_answer(text: str, line: int, column: int) -> None:
    found = complete(text, line, column)
    assert len(found["options"]) <= 60
    assert 0 <= found["typed"] <= column


@pytest.mark.parametrize(
    "marked",
    [
        "extends: classroom.yaml\n|\n",
        "extends: classroom.yaml\npolicy: {|}\n",
        "extends: classroom.yaml\nrails: {usdt: {|}}\n",
        "extends: classroom.yaml\ntimeline: {x: {at: 2025-03-04, kind: freeze, |}}\n",
        "extends: classroom.yaml\npopulation:\n  |\n",
        "extends: classroom.yaml\nexpect:\n  - |\n",
        "extends: classroom.yaml\npolicy:\n  participants:\n    |\n",
    ],
)
def test_every_key_offered_is_one_the_loader_knows(marked: str) -> None:
    """Written with no value each: the loader may want one, but calls none unknown."""
    keys = _labels(marked)
    assert keys
    one_line = "{|}" in marked or ", |" in marked
    indent = len(marked.partition("|")[0].rpartition("\n")[2].replace("-", " "))
    parts = [f"{key}: null" for key in keys]
    text = marked.replace("|", (", " if one_line else "\n" + " " * indent).join(parts))
    faults = check({"text": text})["faults"]
    assert [fault for fault in faults if fault["code"] == "unknown_key"] == []
    assert not any(fault["code"] == "yaml" for fault in faults), faults


def test_a_key_of_another_place_is_seen() -> None:
    """A seeded defect: were keys of another map offered, the test above would fail."""
    faults = check({"text": "extends: classroom.yaml\npolicy: {confirmations: null}\n"})["faults"]
    assert [fault["code"] for fault in faults] == ["unknown_key"]


@pytest.mark.parametrize(
    ("marked", "options"),
    [
        ("rails: {usdt: {beneficiary: |}}", ["exchange", "keep"]),
        ("policy: {application_desk: f|}", ["false"]),
        ("timeline:\n  x: {at: 2024-01-01, kind: fr|}", ["freeze", "unfreeze"]),
        ("policy: {rails: [|]}", ["usdt", "btc", "dfa"]),
        ("clock: {horizon: 45|}", ["45d", "45h", "45m", "45s"]),
        ("compare_to: classr|", ["classroom.yaml"]),
        ("expect: [{metric: settlement_time_p9|}]", [f"settlement_time_p9{digit}" for digit in (0, 5, 9)]),
        ("title: {en: x, |}", ["ru"]),
    ],
)
def test_choices_and_units_come_from_the_schema(marked: str, options: list[str]) -> None:
    assert _labels(marked) == options


def test_the_kind_of_an_event_decides_its_keys() -> None:
    assert {"holder", "rank"} <= set(_labels("timeline:\n  x:\n    |\n    kind: freeze\n"))
    assert "holder" not in _labels("timeline:\n  x: {kind: pressure, |}")
    assert "depth" in _labels("timeline:\n  x: {kind: reorg, |}")


def test_parameters_come_with_their_unit() -> None:
    found = complete(*_at("parameters:\n  btc.block|"))
    assert found["options"][0] == {
        "text": "btc.block_interval_s: ", "label": "btc.block_interval_s", "detail": "s: Block interval"
    }  # fmt: skip


def test_what_is_expected_is_told_with_bounds_and_the_usual_value() -> None:
    assert complete(*_at("rails: {usdt: {confirmations: |}}"))["hint"] == (
        "blocks after which a transfer is final; a whole number at least 1 and at most 10000; usually 19"
    )
    hint = complete(*_at("clock: {horizon: |}"))["hint"]
    assert hint == "length of the run; a length of time: a whole number and d, h, m or s; usually 820d"


def test_the_api_answers_from_the_reading_process(browser: Browser, monkeypatch: Any) -> None:
    monkeypatch.setattr(completion, "complete", lambda *_: 1 // 0)
    text, line, column = _at("policy: {kyc|}")
    asked = {"text": text, "line": line, "column": column}
    answer = browser.post_json("/api/scenarios/complete", asked)
    assert answer.json["options"][0]["text"] == "kyc_analysts: "
    assert browser.post_json("/api/scenarios/complete", {**asked, "line": 0}).status == 422
