"""What a miner brings forth: no satoshi is lost or made by looking at it, or by a change of its rate."""

from hypothesis import given
from hypothesis import strategies as st

from sandbox.actors.miner import Output, site_sats_a_day

DAY = 86_400
_steps = st.lists(st.tuples(st.integers(0, 3 * DAY), st.integers(0, 10**11), st.booleans()), max_size=20)


@given(rate=st.integers(0, 10**11), steps=_steps)
def test_taken_in_pieces_it_is_the_whole(rate: int, steps: list[tuple[int, int, bool]]) -> None:
    output, second, taken, exact = Output(rate), 0, 0, 0
    for gap, new, changes in steps:
        exact += output.rate * gap
        second += gap
        if changes:
            output.change(second, new)
        else:
            taken += output.at(second)
            output.ready = 0
    assert taken + output.at(second) == exact // DAY


def test_fifteen_sites_of_ten_megawatts() -> None:
    assert site_sats_a_day(15, 10.0, 10.0) == 410_958_904
