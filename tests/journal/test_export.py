"""JSON Lines: every record decoded, every line valid, the same bytes each time."""

import io
import json
from datetime import date
from pathlib import Path

import pytest

from sandbox.clock import Clock
from sandbox.journal import Journal, Kind, Purpose
from sandbox.journal.export import export_json_lines, json_lines
from sandbox.journal.meanings import MEANINGS
from sandbox.journal.reader import JournalReader
from sandbox.money import Asset


@pytest.fixture
def run(tmp_path: Path) -> Path:
    now = 7_200
    codes = {"state": {1: "CREATED", 2: "VALIDATED"}, "reason": {1: "AC06"}}
    with Journal(lambda: now, tmp_path, chunk_rows=2, codes=codes) as journal:
        bank = journal.entity('bank "A"\n\u202e')
        journal.account(0, bank, Asset.RUB, "nostro", False)
        journal.account(1, journal.entity("importer/1"), Asset.RUB, "current", False)
        journal.record(Kind.MOVED, 0, bank, 1, 2, 1, -1, 1)
        journal.record(Kind.POSTED, 0, bank, 0, 1, 500, 1, Purpose.PRINCIPAL)
        journal.record(Kind.PRICE, -1, -1, Asset.USD, Asset.RUB, 9_250_000_000)
        journal.record(Kind.BLOCK, -1, 1, -1, 3, 8)
        journal.record(999, 0, 77)
    return tmp_path


def test_lines_are_decoded(run: Path) -> None:
    with JournalReader(run) as reader:
        moved, posted, price, block, unknown = map(json.loads, json_lines(reader, Clock(date(2024, 9, 1))))
    bank = 'bank "A"\n\u202e'
    at = {"time": 7_200, "at": "2024-09-01T02:00:00+03:00"}
    assert moved == at | {
        "seq": 0,
        "kind": "MOVED",
        "reason": "AC06",
        "payment": 0,
        "actor": bank,
        "subject": "CREATED",
        "object": "VALIDATED",
        "amount": 1,
        "extra": -1,
    }
    assert posted["reason"] == "PRINCIPAL" and posted["extra"] == 1
    assert posted["subject"] == {"account": 0, "owner": bank, "role": "nostro", "asset": "RUB"}
    assert posted["object"]["owner"] == "importer/1"
    assert (price["subject"], price["object"], price["amount"]) == ("USD", "RUB", 9_250_000_000)
    assert "payment" not in price and "actor" not in price
    assert block["actor"] == "importer/1" and block["object"] == 3
    assert unknown["kind"] == 999 and unknown["actor"] == 77


def test_the_file_is_ascii_and_the_same_each_time(run: Path) -> None:
    texts = []
    for _ in range(2):
        out = io.StringIO()
        with JournalReader(run) as reader:
            assert export_json_lines(reader, out) == reader.rows == 5
        texts.append(out.getvalue())
    assert texts[0] == texts[1]
    assert texts[0].isascii() and texts[0].count("\n") == 5
    assert '"at"' not in texts[0]


def test_every_meaning_names_a_space_that_exists() -> None:
    spaces = {"", "entity", "account", "state", "asset", "reason", "purpose", "goods", "terms"}
    assert {space for meaning in MEANINGS.values() for space in meaning} <= spaces
