"""Stories told of hand-written payments: complete, true, and with waits that sum to the second."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sandbox.lifecycle import State
from sandbox.money import Asset
from sandbox.report.explain import UnknownPayment, explain
from sandbox.report.rules import _BY_RAIL, _GENERAL, rule_for
from sandbox.report.runfolder import RunFolder, RunUnreadable
from sandbox.report.story import Step, Story, StoryContradiction
from sandbox.report.words import catalogue
from sandbox.scenario.library import parameters_folder
from sandbox.scenario.parameters import ParameterLibrary
from sandbox.scenario.schema import Scenario

HOUR, DAY = 3_600, 86_400


def story(run_folder: Path, payment: str) -> Story:
    """The story, which must exist."""
    told = explain(run_folder, payment)
    assert isinstance(told, Story)
    return told


def step(told: Story, state: State, attempt: int = 1) -> Step:
    """The one stay in a state during an attempt."""
    (found,) = [each for each in told.steps if each.state == state.name and each.attempt == attempt]
    return found


@pytest.mark.parametrize(
    ("payment", "total", "ended"),
    [
        ("P-00000", 2 * HOUR + 5_400 + 60 + HOUR, True),
        ("P-00001", 600 + 600 + 300 + 3_000, True),
        ("P-00002", 10, True),
        ("P-00003", 10 * DAY, True),
        ("P-00004", 6 * HOUR + 1_800, True),
        ("P-00005", 0, True),
        ("P-00006", 5 * DAY, False),
    ],
)
def test_waits_sum_to_the_total(run_folder: Path, payment: str, total: int, ended: bool) -> None:
    told = story(run_folder, payment)
    assert sum(each.wait_seconds for each in told.steps) == told.total_seconds == total
    assert told.ended is ended


def test_usdt_story(run_folder: Path) -> None:
    told = story(run_folder, "P-00000")
    desk = step(told, State.PROFILE)
    assert desk.wait_seconds == 2 * HOUR + 5_400
    assert desk.entered == "2024-09-02 01:00:00"
    assert any("after a wait of 2 h" in fact for fact in desk.facts)
    assert ("policy.kyc_analysts", "2") in desk.settings
    # Of two dated values the one in force counts, not the later one.
    assert [(each.name, each.since, each.confidence) for each in desk.assumptions] == [
        ("bank.kyc_hours", "2024-06-01", "D")
    ]
    assert any("authorises the order on USDT" in fact for fact in step(told, State.AUTHORISATION).facts)
    assert any("uses the authorisation up" in fact for fact in step(told, State.RELEASE).facts)
    assert ("rails.usdt.confirmations", "19") in step(told, State.IN_FLIGHT).settings
    (proof,) = told.proofs
    assert (proof.chain, proof.transaction, proof.height, proof.index) == ("chain/evm", 0, 1, 0)
    assert (proof.hash, proof.confirmations, proof.success) == ("eeeeeeee00ff", 19, True)
    assert [(each.purpose, each.promised, each.posted, each.usd) for each in told.charges] == [
        ("spread", "10,000.00 RUB", "10,000.00 RUB", "111.11 USD"),
        ("bank fee", "18,000.00 RUB", "18,000.00 RUB", "200.00 USD"),
    ]
    assert told.charges_usd == "311.11 USD"
    assert told.ending.startswith("credited over USDT on 2024-09-02 05:31:00, 4 h 31 min after the order")


def test_btc_story_tells_the_reorganisation(run_folder: Path) -> None:
    told = story(run_folder, "1")
    (proof,) = told.proofs
    assert (proof.height, proof.confirmations, proof.reorganised, proof.hash) == (
        102,
        6,
        True,
        "bbbbbbbb00ff",
    )
    flight = step(told, State.IN_FLIGHT)
    assert flight.wait_seconds == 4_500
    assert any("reorganisation of depth 1" in fact for fact in flight.facts)
    assert [each.name for each in flight.assumptions] == ["btc.block_interval_s"]


def test_digital_ruble_story_has_the_operators_receipt(run_folder: Path) -> None:
    told = story(run_folder, "P-00002")
    (proof,) = told.proofs
    assert "order 7 on the platform" in proof.text
    assert [(each.purpose, each.posted) for each in told.charges] == [("platform fee", "15.00 RUB")]


def test_returned_payment_tells_why_a_second_attempt_was_lawful(run_folder: Path) -> None:
    told = story(run_folder, "P-00003")
    assert step(told, State.IN_FLIGHT).wait_seconds == 5 * DAY
    back = step(told, State.RETURNING)
    assert (back.wait_seconds, back.reason, back.decided_by) == (3 * DAY, "MS03", "rail/correspondent")
    assert back.assumptions[0].overridden
    retry = step(told, State.RETRY, attempt=2)
    assert any("counterparty_policy" in fact and "is lawful" in fact for fact in retry.facts)
    assert step(told, State.IN_FLIGHT, attempt=2).rule == rule_for(State.IN_FLIGHT, "agent").sentence
    assert [(each.attempt, each.purpose) for each in told.charges] == [
        (1, "correspondent fee"),
        (1, "loss on converting back"),
        (2, "agent fee"),
    ]
    assert "over payment agents" in told.ending


def test_refused_payment_ends_with_its_reason(run_folder: Path) -> None:
    told = story(run_folder, "P-00004")
    assert any("decides the alert: confirmed" in fact for fact in step(told, State.MANUAL_REVIEW).facts)
    assert step(told, State.COMPLIANCE_STOP).reason == "RR04"
    assert told.ending.startswith("stopped for compliance")
    assert "RR04 (regulatory reason)" in told.ending
    assert told.charges == ()


def test_payment_in_flight_at_the_horizon(run_folder: Path) -> None:
    told = story(run_folder, "P-00006")
    assert told.ending.startswith("in flight at the horizon (2024-09-22 00:00:00) in IN_FLIGHT")
    assert told.steps[-1].wait_seconds == 5 * DAY


@pytest.mark.parametrize(
    ("asked", "nearest"),
    [("P-00099", "P-00006"), ("P-99999", "P-00006"), ("soon", ""), ("P-0x1", ""), ("-3", "")],
)
def test_unknown_payment_is_a_value_with_the_valid_range(run_folder: Path, asked: str, nearest: str) -> None:
    told = explain(run_folder, asked)
    assert isinstance(told, UnknownPayment)
    assert (told.first, told.last, told.nearest) == ("P-00000", "P-00006", nearest)
    assert "P-00000 to P-00006" in told.text


def test_unknown_payment_shows_no_control_characters(run_folder: Path) -> None:
    told = explain(run_folder, "\x1b[31mred\u202e")
    assert isinstance(told, UnknownPayment)
    assert "\x1b" not in told.text and "\u202e" not in told.text


def test_a_story_whose_waits_do_not_sum_is_refused(run_folder: Path) -> None:
    told = story(run_folder, "P-00000")
    fields = {name: getattr(told, name) for name in Story.__slots__}
    with pytest.raises(StoryContradiction, match="the waits sum to"):
        Story(**(fields | {"total_seconds": told.total_seconds + 1}))


def test_moves_that_do_not_join_up_are_refused(build_run: Callable[..., Path]) -> None:
    def broken(teller: Any) -> None:
        teller.order(0, rail="agent", cents=100, currency=Asset.USD)
        teller.state[0] = int(State.FUNDS)
        teller.move(0, State.RELEASE)

    with pytest.raises(StoryContradiction, match="leaves state 11"):
        explain(build_run(tales=[broken]), "0")


def test_text_is_narrow_and_document_is_whole(run_folder: Path) -> None:
    told = story(run_folder, "P-00003")
    text = told.to_text()
    assert max(len(line) for line in text.splitlines()) <= 100
    assert "Total:  10 d = 432000 + 259200 + 172800 s = 864000 s" in text
    document = told.to_dict()
    assert document["schema"] == "sandbox.story/1"
    assert sum(each["wait_seconds"] for each in document["steps"]) == document["total_seconds"]


def test_where_the_time_went_is_told_before_the_details(run_folder: Path) -> None:
    told = story(run_folder, "P-00003")
    lines = told.to_text().splitlines()
    short, first = lines.index("In short"), lines.index("Attempt 1")
    assert short < first and told.ending in " ".join(line.strip() for line in lines[short:first])
    assert sum(length for _, length in told.waits()) == told.total_seconds
    shares = [int(line.split("%")[0]) for line in lines[short:first] if "%  " in line]
    assert shares == sorted(shares, reverse=True) and len(shares) == len(told.waits())
    assert abs(sum(shares) - 100) <= len(shares)


def test_a_value_is_told_once_and_then_said_to_be_the_same(run_folder: Path) -> None:
    told = story(run_folder, "P-00003")
    values = [assumption.text for step in told.steps for assumption in step.assumptions]
    assert len(set(values)) < len(values), "a story with two attempts meets its values again"
    text = " ".join(told.to_text().split())
    for value in set(values):
        assert text.count(" ".join(value.split())) == 1
    assert "values as before" in text


def test_every_state_has_a_rule() -> None:
    assert {state for state in State if catalogue("en").get(f"rule.{state.name}")} == set(State)


def test_rules_name_only_parameters_and_settings_that_exist() -> None:
    known = set(ParameterLibrary.load(parameters_folder()).names())
    rules = [*_GENERAL.values(), *_BY_RAIL.values()]
    assert {name for rule in rules for name in rule.parameters} <= known
    schema = Scenario.model_json_schema()
    for path in {path for rule in rules for path in rule.settings}:
        assert _has(schema, path.split(".")), path


def _has(schema: dict[str, Any], path: list[str]) -> bool:
    """Whether the scenario's JSON Schema has the key path."""
    nodes = [schema]
    for key in path:
        nodes = [each["properties"][key] for each in nodes if key in each.get("properties", {})]
        nodes = [_resolved(schema, option) for each in nodes for option in each.get("anyOf", [each])]
    return bool(nodes)


def _resolved(schema: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = schema["$defs"][node["$ref"].rsplit("/", 1)[-1]] if "$ref" in node else node
    return found


def test_reading_a_changed_folder_is_refused(build_run: Callable[..., Path]) -> None:
    folder = build_run()
    document = folder / "parameters.json"
    document.write_text(document.read_text(encoding="utf-8").replace("600", "601"), encoding="utf-8")
    with pytest.raises(RunUnreadable, match=r"parameters\.json was changed"):
        RunFolder(folder)
    document.unlink()
    with pytest.raises(RunUnreadable, match=r"has no parameters\.json"):
        RunFolder(folder)
