"""How the auditor is fed, how it stops, and what it says."""

from typing import Any

import pytest
import simpy

from sandbox.audit import CHECKS, Auditor, Finding, Terms, Violation, message
from sandbox.journal import Journal, Kind
from sandbox.lifecycle import State

FINDING = Finding(rule="V4", seq=3, time=60, payment=7, expected="at least 0", found="-1")


def test_a_violation_survives_simpy_which_rebuilds_exceptions_from_their_arguments() -> None:
    env = simpy.Environment()

    def process() -> Any:
        yield env.timeout(1)
        raise Violation(FINDING)

    env.process(process())
    with pytest.raises(Violation) as caught:
        env.run()
    assert caught.value.finding == FINDING
    rebuilt = type(caught.value)(*caught.value.args)
    assert (rebuilt.rule, rebuilt.seq, rebuilt.payment) == ("V4", 3, 7)
    assert "at least 0" in str(rebuilt) and "-1" in rebuilt.text


def test_a_violation_stops_the_journal_at_the_chunk_that_holds_it() -> None:
    journal = Journal(lambda: 0, chunk_rows=2)
    auditor = Auditor(lambda: journal.entities, lambda: journal.accounts, Terms())
    journal.on_chunk.append(auditor.chunk)
    journal.record(Kind.CREATED, 0, journal.entity("importer/0"), extra=-1)
    with pytest.raises(Violation) as caught:
        journal.record(Kind.MOVED, 0, subject=State.CREATED, object=State.CREDITED)
    assert (caught.value.rule, caught.value.seq, caught.value.payment) == ("L2", 1, 0)
    journal.close()
    assert len(journal.array()) == 2


def test_an_interrupted_run_is_not_asked_for_its_endings(history: Any) -> None:
    half = type(history)(history.records[:200], history.entities, history.accounts, [], history.owed)
    half.audit(complete=False)
    with pytest.raises(Violation) as caught:
        half.audit(complete=True)
    assert caught.value.finding.found == "none" and caught.value.rule == "L1"


def test_a_reading_after_the_last_row_is_compared_too(history: Any) -> None:
    account = next(row[0] for row in history.accounts if row[3] == "inventory")
    rows = len(history.records)
    readings = [*history.readings, ("chain/evm", 999, rows, [(account, -5)])]
    with pytest.raises(Violation) as caught:
        type(history)(history.records, history.entities, history.accounts, readings, history.owed).audit()
    assert caught.value.rule == "C4" and "-5 on the chain after block 999" in caught.value.found


def test_a_reading_that_no_journal_column_holds_is_a_difference() -> None:
    auditor = Auditor(list, list, Terms())
    with pytest.raises(Violation) as caught:
        auditor.block_closed("chain/evm", 1, 0, [(0, 2**80)])
    assert caught.value.rule == "C4"


def test_the_earliest_row_is_named_when_several_break_a_rule(history: Any) -> None:
    late = history.find(Kind.QUOTA_USED, 2)
    early = history.find(Kind.MOVED, payment=0, object=State.PROFILE)
    broken = history.changed(late, amount=10**9).changed(early, object=State.RELEASE)
    with pytest.raises(Violation) as caught:
        broken.audit(100_000)
    assert caught.value.seq == early


def test_the_message_fits_one_screen_and_says_what_to_do(history: Any) -> None:
    row = history.find(Kind.MOVED, payment=0, object=State.CREDITED)
    broken = history.changed(row, object=State.FAILED)
    with pytest.raises(Violation) as caught:
        broken.audit()
    finding = caught.value.finding
    text = message(
        finding,
        broken.records,
        0,
        entities=broken.entities,
        when=lambda second: f"day {second // 86_400}",
        replay="sandbox run x.yaml --seed 5",
    )
    lines = text.splitlines()
    assert len(lines) <= 24 and all(len(line) <= 120 for line in lines)
    assert CHECKS[finding.rule].sentence in text
    assert finding.expected in text and finding.found in text
    assert "payment P-00000" in text and "day 0" in text
    assert "OFFRAMP -> FAILED" in text and f"> {row:>9}" in text
    assert lines[-1].endswith("sandbox run x.yaml --seed 5")


def test_the_message_of_a_rule_about_no_payment_shows_the_last_rows(history: Any) -> None:
    last = len(history.records) - 1
    finding = Finding(rule="T1", seq=last, time=0, payment=-1, expected="a", found="b")
    text = message(finding, history.records[-40:], last - 39)
    assert "no single payment" in text and "HORIZON" in text and "play it again" not in text
