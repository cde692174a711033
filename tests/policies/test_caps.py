"""Volume caps: no counter passes its limit, and each month begins empty."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from sandbox.policies.caps import BOUNDLESS, Dated, VolumeCaps, in_force

START = date(2025, 1, 30)
LIMITS = st.one_of(st.none(), st.integers(0, 500))
DATED: st.SearchStrategy[Dated] = st.lists(
    st.tuples(st.integers(0, 60), LIMITS), max_size=3, unique_by=lambda pair: pair[0]
).map(lambda pairs: tuple((START + timedelta(days=day), limit) for day, limit in sorted(pairs)))
ORDERS = st.lists(
    st.tuples(
        st.integers(0, 3), st.sampled_from(["civil", "metals"]), st.integers(1, 300), st.integers(0, 20)
    ),
    max_size=40,
)


@given(DATED, DATED, DATED, ORDERS)
def test_no_cap_is_passed_and_none_refuses_what_fits(
    total: Dated, own: Dated, metals: Dated, orders: list[tuple[int, str, int, int]]
) -> None:
    """Against sums made from the list of what was let through; what went while no cap was in force counts for none."""
    caps = VolumeCaps(total, own, {"metals": metals})
    taken: list[tuple[int, str, int, date]] = []
    day = START
    for firm, category, cents, later in orders:
        day += timedelta(days=later)
        counted = [
            (
                in_force(dated, day),
                sum(
                    old[2]
                    for old in taken
                    if old[3].replace(day=1) == day.replace(day=1)
                    and alike(old)
                    and in_force(dated, old[3]) is not None
                ),
            )
            for dated, alike in (
                (total, lambda old: True),
                (own, lambda old, firm=firm: old[0] == firm),
                (metals if category == "metals" else (), lambda old: old[1] == "metals"),
            )
        ]
        fits = all(limit is None or used + cents <= limit for limit, used in counted)
        room = caps.room((firm, category), day)
        assert (cents <= room) == fits
        tried = caps.planned().take((firm, category), cents, day)
        uses = caps.take((firm, category), cents, day)
        assert tried == uses
        assert (uses is not None) == fits
        if uses is not None:
            taken.append((firm, category, cents, day))
            expected = [(used + cents, limit) for limit, used in counted if limit is not None]
            assert [(use.used, use.limit) for use in uses] == expected


def test_without_caps_there_is_room_for_anything() -> None:
    assert VolumeCaps().room((0, "civil"), START) == BOUNDLESS
    assert not VolumeCaps().any


def test_a_later_limit_may_hold_what_todays_does_not() -> None:
    caps = VolumeCaps(((START, 100), (START + timedelta(days=90), None)))
    assert caps.ever_fits((0, "civil"), 200, START)
    assert not VolumeCaps(((START, 100),)).ever_fits((0, "civil"), 200, START)
