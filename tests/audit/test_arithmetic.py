"""The array arithmetic of the auditor against plain Python."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sandbox.audit.cells import Cells
from sandbox.audit.conversions import PRICE_SCALE, off_quote
from sandbox.audit.groups import Groups, stable_order
from sandbox.audit.open_sums import CODES, OpenSums

_UNITS = st.integers(0, 2**62)


def ints(values: list[int]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array(values, dtype=np.int64)


@given(_UNITS, _UNITS, st.integers(1, 2**62))
def test_any_price_is_judged_exactly(sold: int, paid: int, price: int) -> None:
    exact = paid * PRICE_SCALE - sold * price
    wrong = not 0 <= exact < max(PRICE_SCALE, price)
    assert bool(off_quote(ints([sold]), ints([paid]), ints([price]))[0]) == wrong


@given(st.integers(1, 2**44), st.integers(1, 2**40), st.sampled_from((-1, 0, 1)))
def test_a_minor_unit_off_the_quote_is_seen(sold: int, price: int, off: int) -> None:
    paid = -(-sold * price // PRICE_SCALE) + off
    if not 0 <= paid < 2**62:
        return
    exact = paid * PRICE_SCALE - sold * price
    wrong = not 0 <= exact < max(PRICE_SCALE, price)
    assert bool(off_quote(ints([sold]), ints([paid]), ints([price]))[0]) == wrong
    if off == 0:
        assert not wrong
    if off == -1:
        assert wrong


_KEYS = st.one_of(st.integers(0, 5), st.integers(0, 2**17), st.integers(0, 2**60))


@given(st.lists(_KEYS, max_size=60))
def test_equal_keys_keep_their_order(keys: list[int]) -> None:
    expected = sorted(range(len(keys)), key=lambda i: keys[i])
    assert stable_order(ints(keys)).tolist() == expected


@given(st.lists(st.tuples(st.integers(0, 4), st.booleans(), st.integers(-9, 9)), max_size=40))
def test_groups_look_back_within_their_key_only(rows: list[tuple[int, bool, int]]) -> None:
    carry = Cells()
    carry.put(ints([0, 1, 2, 3, 4]), ints([100, 101, 102, 103, 104]))
    groups = Groups(ints([key for key, _, _ in rows]))
    mask = np.array([marked for _, marked, _ in rows], np.bool_)[groups.order]
    values = groups.take(ints([value for _, _, value in rows]))
    latest, previous = groups.latest(mask, values, carry), groups.previous(values, carry)
    running = groups.running(values, carry)
    last, before, total = ({key: 100 + key for key in range(5)} for _ in range(3))
    for place, index in enumerate(groups.order.tolist()):
        key, marked, value = rows[index]
        assert previous[place] == before[key]
        before[key] = value
        total[key] += value
        last[key] = value if marked else last[key]
        assert (running[place], latest[place]) == (total[key], last[key])


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2), st.integers(-2, 2), st.booleans()), max_size=40),
    st.integers(1, 41),
)
def test_open_sums_are_found_where_they_are_asked_for(
    rows: list[tuple[int, int, int, bool]], cut: int
) -> None:
    """Rows either add to a sum of an order, or ask whether the order has an open one."""
    sums, kept = OpenSums(), dict[tuple[int, int], int]()
    for start in range(0, len(rows), cut):
        part = list(enumerate(rows[start : start + cut]))
        adds = [(at, row) for at, row in part if not row[3]]
        asks = [(at, row[0]) for at, row in part if row[3]]
        found = sums.fold(
            ints([at for at, _ in adds]),
            ints([row[0] * CODES + row[1] for _, row in adds]),
            ints([row[2] for _, row in adds]),
            ints([at for at, _ in asks]),
            ints([payment for _, payment in asks]),
        )
        first = None
        for at, (payment, code, units, asked) in part:
            if not asked:
                kept[payment, code] = kept.get((payment, code), 0) + units
            elif first is None and any(kept.get((payment, c)) for c in range(3)):
                first = at
        assert (found.position if found else None) == first
    assert dict(zip(sums.keys.tolist(), sums.units.tolist(), strict=True)) == {
        payment * CODES + code: units for (payment, code), units in kept.items() if units
    }
