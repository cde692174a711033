"""The table of the goods, and the contracts drawn at the start."""

from importlib import resources

from ruamel.yaml import YAML

from sandbox.goods import CREDIT_FIRST, GOODS_PHASE, GOODS_TERMINALS, GOODS_TRANSITIONS, GoodsState, Terms


def test_states_and_terms_are_those_of_the_table() -> None:
    text = resources.files("sandbox").joinpath("goods.yaml").read_text(encoding="utf-8")
    table = YAML(typ="safe", pure=True).load(text)
    written = {**table["states"], **table["terminals"]}
    assert {state.name: int(state) for state in GoodsState} == {n: row["code"] for n, row in written.items()}
    assert {terms.name: int(terms) for terms in Terms} == {
        n: row["code"] for n, row in table["terms"].items()
    }
    for name, row in written.items():
        assert GOODS_PHASE[GoodsState[name]] == row["phase"]
        assert {to.name for to in GOODS_TRANSITIONS[GoodsState[name]]} == set(row.get("to", ()))
    assert {terms.text for terms in Terms} == {row["text"] for row in table["terms"].values()}


def test_every_state_can_be_reached_and_left_for_an_ending() -> None:
    seen, waiting = {GoodsState.ORDERED}, [GoodsState.ORDERED]
    while waiting:
        fresh = GOODS_TRANSITIONS[waiting.pop()] - seen
        seen |= fresh
        waiting += fresh
    assert seen == set(GoodsState)
    ends = set(GOODS_TERMINALS)
    while grown := {state for state in GoodsState if GOODS_TRANSITIONS[state] & ends} - ends:
        ends |= grown
    assert ends == set(GoodsState)
    assert all(not GOODS_TRANSITIONS[state] for state in GOODS_TERMINALS)


def test_nothing_is_shipped_that_was_not_ready_and_nothing_delivered_that_was_not_released() -> None:
    for without, end in (
        (GoodsState.READY, GoodsState.SHIPPED),
        (GoodsState.AT_BORDER, GoodsState.DELIVERED),
        (GoodsState.RELEASED, GoodsState.DELIVERED),
    ):
        seen, waiting = {GoodsState.ORDERED}, [GoodsState.ORDERED]
        while waiting:
            fresh = GOODS_TRANSITIONS[waiting.pop()] - seen - {without}
            seen |= fresh
            waiting += fresh
        assert end not in seen


def test_money_comes_first_under_these_terms() -> None:
    assert {Terms.PREPAY, Terms.MILESTONE_ADVANCE} == CREDIT_FIRST
