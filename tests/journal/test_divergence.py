"""Where two journals part is found to the record, whatever numbers their worlds give to the same names."""

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st

from sandbox.clock import Clock
from sandbox.journal import Journal, Kind
from sandbox.journal.divergence import Divergence, divergence
from sandbox.journal.reader import JournalReader
from sandbox.money import Asset

CLOCKS = (Clock(date(2025, 3, 3)), Clock(date(2025, 3, 3)))

#: Prices by which the records of a test differ.
PRICES = st.lists(st.integers(1, 3), max_size=8)


def written(folder: Path, prices: Sequence[int], extra_names: Sequence[str] = ()) -> Path:
    """A journal of one posting and prices; names before the firm's give it and its account other numbers."""
    folder.mkdir()
    now = iter(range(10_000))
    with Journal(lambda: next(now), folder, chunk_rows=3) as journal:
        for place, name in enumerate(extra_names):
            journal.account(place, journal.entity(name), Asset.RUB, "current", False)
        firm, account = journal.entity("importer/1"), len(extra_names)
        journal.account(account, firm, Asset.RUB, "current", False)
        journal.record(Kind.POSTED, 0, firm, account, account, 500, 1, 0)
        for price in prices:
            journal.record(Kind.PRICE, -1, -1, Asset.USD, Asset.RUB, price)
    return folder


def parted(one: Path, other: Path, context: int = 3) -> Divergence | None:
    with JournalReader(one) as left, JournalReader(other) as right:
        return divergence(left, right, CLOCKS, context)


@given(one=PRICES, other=PRICES, context=st.integers(0, 4))
def test_the_first_difference_is_found(one: list[int], other: list[int], context: int) -> None:
    with TemporaryDirectory() as home:
        found = parted(written(Path(home, "a"), one), written(Path(home, "b"), other), context)
    shared = next(
        (n for n, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]),
        min(len(one), len(other)),
    )
    if one == other:
        assert found is None
        return
    assert found is not None
    assert found.record == 1 + shared
    assert len(found.before) == min(context, found.record)
    for told, prices in ((found.one, one), (found.other, other)):
        expected = prices[shared : shared + max(context, 1)]
        assert [json.loads(line)["amount"] for line in told] == expected


def test_another_number_of_the_same_firm_is_no_difference(tmp_path: Path) -> None:
    one = written(tmp_path / "a", [1, 2])
    other = written(tmp_path / "b", [1, 2], extra_names=["bank/1", "bank/2"])
    assert parted(one, other) is None


def test_another_firm_is_a_difference(tmp_path: Path) -> None:
    one, other = tmp_path / "a", tmp_path / "b"
    for folder, owner in ((one, "importer/1"), (other, "importer/2")):
        folder.mkdir()
        with Journal(lambda: 0, folder) as journal:
            journal.account(0, journal.entity(owner), Asset.RUB, "current", False)
            journal.record(Kind.POSTED, 0, -1, 0, 0, 500, 1, 0)
    found = parted(one, other)
    assert found is not None and found.record == 0 and found.before == ()
    assert "importer/1" in found.one[0] and "importer/2" in found.other[0]
