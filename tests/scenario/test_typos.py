"""Single slips of the finger in keys get the right 'did you mean'."""

import string
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from sandbox.scenario.load import check
from sandbox.scenario.nearest import did_you_mean, nearest
from sandbox.scenario.schema import Clock, Policy, Population, Scenario

HEAD = "schema: 1\ntitle: {en: A}\nquestion: {en: B}\nrails: {usdt: {}}\n"


def _slips(word: str) -> Iterator[str]:
    """Letters left out, doubled, swapped and replaced by the next one of the alphabet."""
    for at in range(len(word)):
        yield word[:at] + word[at + 1 :]
        yield word[:at] + word[at] + word[at:]
        if at + 1 < len(word) and word[at] != word[at + 1]:
            yield word[:at] + word[at + 1] + word[at] + word[at + 2 :]
        following = string.ascii_lowercase[(string.ascii_lowercase.find(word[at]) + 1) % 26]
        yield word[:at] + following + word[at + 1 :]


def _keys(model: type[BaseModel]) -> list[str]:
    return [field.alias or name for name, field in model.model_fields.items()]


@pytest.mark.parametrize("model", [Scenario, Policy, Population, Clock])
def test_nine_in_ten_slips_are_understood(model: type[BaseModel]) -> None:
    keys = _keys(model)
    slips = [(slip, key) for key in keys for slip in _slips(key) if slip and slip not in keys]
    right = sum(nearest(slip, keys) == key for slip, key in slips)
    assert right >= 0.95 * len(slips), [slip for slip, key in slips if nearest(slip, keys) != key]


def test_the_suggestion_reaches_the_message(tmp_path: Path) -> None:
    """A sample of slips through the whole loader; the rest is the same search."""
    slips = [
        (slip, key) for key in _keys(Policy) for slip in list(_slips(key))[::19] if slip not in _keys(Policy)
    ]
    body = "policy:\n" + "".join(f"  {slip}: null\n" for slip in dict.fromkeys(slip for slip, _ in slips))
    (tmp_path / "x.yaml").write_text(HEAD + body)
    hints = {fault.path: fault.hint for fault in check(tmp_path / "x.yaml") if fault.code == "unknown_key"}
    right = sum(hints[f"policy.{slip}"] == f"did you mean '{key}'?" for slip, key in slips)
    assert len(slips) > 20
    assert right >= 0.9 * len(slips)


@given(st.lists(st.text(string.ascii_lowercase, min_size=1, max_size=8), min_size=1, max_size=6))
def test_a_known_word_is_nearest_to_itself_unless_too_short(known: list[str]) -> None:
    assert all(nearest(word, known) == word for word in known)


@pytest.mark.parametrize("word", ["", "qqqqqqq", "x" * 200, "regulator"])
def test_far_words_get_no_suggestion(word: str) -> None:
    assert nearest(word, ["banks", "officers"]) is None
    assert did_you_mean(word, ["banks", "officers"]) == ""


def test_a_swap_of_neighbours_is_one_edit() -> None:
    assert nearest("lsat", ["last"]) == "last"
    assert nearest("lzzt", ["last"]) is None


def test_case_and_dashes_do_not_count() -> None:
    assert nearest("Digital-Ruble", ["digital_ruble", "dfa"]) == "digital_ruble"
