"""No queue degrades with its backlog: operations are counted, not timed."""

import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

BENCH = Path(__file__).resolve().parents[2] / "bench"
NAMES = [
    "station, first come first served",
    "station by priority",
    "station, half of them cancelled",
    "line before a volume cap",
]


def _calls(work: Callable[[], object]) -> int:
    """Calls of functions, built-in ones included, that a piece of work makes."""
    count = 0

    def seen(frame: FrameType, event: str, argument: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(seen)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.parametrize("name", NAMES)
def test_four_times_the_backlog_takes_about_four_times_the_steps(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A queue that looks at everybody again and again would take sixteen times as many."""
    monkeypatch.syspath_prepend(str(BENCH))
    import queues

    assert list(queues.QUEUES) == NAMES
    drain = queues.QUEUES[name]
    few = _calls(lambda: drain(1_000))
    assert few > 1_000
    assert _calls(lambda: drain(4_000)) < 5 * few


def test_a_queue_that_asks_everybody_every_time_would_be_caught() -> None:
    def asking(waiting: int) -> None:
        line = list(range(waiting))
        while line:
            for one in line:
                abs(one)
            del line[:20]

    assert _calls(lambda: asking(4_000)) > 5 * _calls(lambda: asking(1_000))
