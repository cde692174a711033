"""The life cycle's page says what the table says, and no way to credit leaves a check out."""

from pathlib import Path

import pytest

from sandbox.goods import goods_as_markdown
from sandbox.lifecycle import TRANSITIONS, State, as_markdown

ROOT = Path(__file__).parents[1]


def test_the_page_is_made_from_the_tables() -> None:
    page = as_markdown() + goods_as_markdown()
    assert (ROOT / "docs" / "LIFECYCLE.md").read_text(encoding="utf-8") == page, "run make docs"


def reachable(without: State | None = None) -> set[State]:
    """States that a payment can come to from CREATED when one state is closed."""
    seen, waiting = {State.CREATED}, [State.CREATED]
    while waiting:
        for to in TRANSITIONS[waiting.pop()]:
            if to not in seen and to != without:
                seen.add(to)
                waiting.append(to)
    return seen


def test_every_state_can_be_reached() -> None:
    assert reachable() == set(State)


@pytest.mark.parametrize(
    "check",
    [
        State.VALIDATED,
        State.AUTHORISATION,
        State.PROFILE,
        State.SCREENING,
        State.FUNDS,
        State.RELEASE,
        State.SETTLED,
    ],
)
def test_no_credit_without_the_check(check: State) -> None:
    """ACCC implies ACTC, ACCP and ACFC, and everything else that must come first."""
    assert State.CREDITED not in reachable(without=check)
