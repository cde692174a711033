"""Desk hours against a second-by-definition oracle: a plain scan over the days."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.clock import ALWAYS, CHINA, DAY, HOUR, RUSSIA, Calendar, Clock, DeskHours, Hours

DAYS = 60


class Scan:
    """The same timetable by a scan over every day, without bisection or shared arithmetic."""

    def __init__(self, clock: Clock, calendar: Calendar, opens: int, closes: int, offset: int) -> None:
        self.intervals: list[tuple[int, int]] = []
        self.days: list[date] = []
        self.clock = clock
        self.ahead = (offset - 3) * HOUR
        for n in range(-1, DAYS + 40):
            day = clock.start + timedelta(days=n)
            if calendar.is_business_day(day):
                midnight = clock.second(day) - (offset - 3) * HOUR
                self.intervals.append((midnight + opens * HOUR, midnight + closes * HOUR))
                self.days.append(day)

    def is_open(self, second: int) -> bool:
        return any(start <= second < end for start, end in self.intervals)

    def next_open(self, second: int) -> int:
        return min(max(start, second) for start, end in self.intervals if second < end)

    def working_seconds(self, a: int, b: int) -> int:
        return sum(max(0, min(b, end) - max(a, start)) for start, end in self.intervals)

    def business_days_after(self, second: int, n: int) -> int:
        today = self.clock.date(second + self.ahead)
        return second + ([day for day in self.days if day > today][n - 1] - today).days * DAY

    def finish(self, start: int, work: int) -> int:
        for opens, closes in self.intervals:
            begin = max(start, opens)
            if begin < closes:
                if work <= closes - begin:
                    return begin + work
                work -= closes - begin
        raise AssertionError("the scan is too short")


@st.composite
def desks(draw: st.DrawFn) -> tuple[DeskHours, Scan]:
    clock = Clock(draw(st.dates(date(2022, 1, 3), date(2028, 9, 1))))
    calendar = draw(st.sampled_from([RUSSIA, CHINA]))
    opens = draw(st.integers(0, 23))
    closes = draw(st.integers(opens + 1, 24))
    offset = draw(st.sampled_from([0, 3, 4, 8]))
    horizon = draw(st.integers(1, 90))
    desk = DeskHours(clock, calendar, opens, closes, offset, horizon)
    return desk, Scan(clock, calendar, opens, closes, offset)


SECONDS = st.one_of(st.integers(0, DAYS * DAY), st.integers(0, DAYS * 24).map(lambda hour: hour * HOUR))


@given(desks(), SECONDS)
def test_open_and_next_open(desk: tuple[DeskHours, Scan], second: int) -> None:
    hours, scan = desk
    assert hours.is_open(second) == scan.is_open(second)
    assert hours.next_open(second) == scan.next_open(second)


@given(desks(), SECONDS, SECONDS)
def test_working_seconds(desk: tuple[DeskHours, Scan], a: int, b: int) -> None:
    hours, scan = desk
    a, b = sorted((a, b))
    assert hours.working_seconds(a, b) == scan.working_seconds(a, b)


@given(desks(), SECONDS, st.one_of(st.integers(1, 5 * HOUR), st.integers(1, 20).map(lambda n: n * HOUR)))
def test_finish_is_the_first_second_by_which_the_work_is_done(
    desk: tuple[DeskHours, Scan], start: int, work: int
) -> None:
    hours, scan = desk
    end = hours.finish(start, work)
    assert end == scan.finish(start, work)
    assert hours.working_seconds(start, end) == work
    assert hours.working_seconds(start, end - 1) == work - 1


@given(desks(), SECONDS, st.integers(1, 15))
def test_business_days_after(desk: tuple[DeskHours, Scan], second: int, n: int) -> None:
    hours, scan = desk
    assert hours.business_days_after(second, n) == scan.business_days_after(second, n)


def test_business_days_skip_the_may_holidays() -> None:
    clock = Clock(date(2024, 4, 26))
    hours = DeskHours(clock, RUSSIA, 9, 18)
    noon = clock.second(date(2024, 4, 27), 12)  # a Saturday that is worked
    assert clock.text(hours.business_days_after(noon, 1)) == "2024-05-02T12:00:00+03:00"
    assert hours.business_days_after(noon, 0) == noon
    assert clock.text(hours.next_open(clock.second(date(2024, 4, 27), 18))) == "2024-05-02T09:00:00+03:00"
    assert hours.is_business_day(date(2024, 4, 27)) and not hours.is_business_day(date(2024, 4, 28))


def test_a_chinese_desk_works_in_its_own_time_zone() -> None:
    clock = Clock(date(2024, 9, 2))
    hours = DeskHours(clock, CHINA, 9, 17, utc_offset_hours=8)
    assert hours.next_open(0) == 4 * HOUR
    assert hours.finish(4 * HOUR, 8 * HOUR) == 12 * HOUR
    assert not hours.is_open(12 * HOUR)


def test_an_answer_does_not_depend_on_how_far_days_are_laid_out() -> None:
    clock = Clock(date(2024, 1, 1))
    short, long = DeskHours(clock, RUSSIA, 9, 18, horizon_days=1), DeskHours(clock, RUSSIA, 9, 18)
    for second in (0, 100 * DAY, 800 * DAY, 1_500 * DAY):
        assert short.next_open(second) == long.next_open(second)
        assert short.finish(second, 900_000) == long.finish(second, 900_000)


def test_the_end_of_the_calendar_is_an_error() -> None:
    hours = DeskHours(Clock(date(2029, 12, 1)), RUSSIA, 9, 18)
    with pytest.raises(ValueError, match="ends with 2029"):
        hours.next_open(60 * DAY)
    with pytest.raises(ValueError, match="ends with 2029"):
        hours.business_days_after(0, 300)


@pytest.mark.parametrize(("opens", "closes"), [(9, 9), (18, 9), (-1, 5), (9, 25)])
def test_hours_that_make_no_day_are_refused(opens: int, closes: int) -> None:
    with pytest.raises(ValueError, match="opens before it closes"):
        DeskHours(Clock(date(2024, 1, 1)), RUSSIA, opens, closes)


def test_always_open() -> None:
    hours: Hours = ALWAYS
    assert hours.is_open(5) and hours.next_open(5) == 5 and hours.finish(5, 7) == 12
    assert hours.working_seconds(5, 9) == 4 and hours.business_days_after(5, 2) == 5 + 2 * DAY
    assert hours.is_business_day(date(2024, 1, 1))
