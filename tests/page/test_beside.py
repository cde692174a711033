"""Two runs side by side: every number is each run's own, and every difference theirs."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sandbox.page import beside
from sandbox.report.measures import Measures
from tests.page.asgi import Browser, Server


def _metric(name: str, value: float | None, unit: str = "h", **by: str) -> dict[str, Any]:
    return {"name": name, "family": "speed", "by": by, "value": value, "unit": unit, "n": 3}


NAMES = ("one", "other")


def test_a_difference_is_the_second_less_the_first() -> None:
    first = [_metric("settlement_time_p50", 10.0), _metric("share_le_1h", 0.5, "share")]
    second = [_metric("settlement_time_p50", 8.0), _metric("share_le_1h", 0.75, "share")]
    rows = beside.tables(first, second, NAMES)["policy"].rows
    assert [row[1:4] for row in rows] == [("10 h", "8 h", "−2 h"), ("50.0%", "75.0%", "+25.0 pp")]


def test_what_one_run_does_not_have_is_a_dash() -> None:
    first = [_metric("settlement_time_p50", 10.0, rail="usdt"), _metric("settlement_time_p50", None)]
    second = [_metric("settlement_time_p50", 8.0, rail="btc"), _metric("settlement_time_p50", 3.0)]
    rows = {row[0]: row[1:] for row in beside.tables(first, second, NAMES)["policy"].rows}
    assert rows["settlement time, median, USDT"] == ("10 h", "–", "–", "3 / 0")
    assert rows["settlement time, median, BTC"] == ("–", "8 h", "–", "0 / 3")
    assert rows["settlement time, median"] == ("–", "3 h", "–", "3 / 3")


def test_charts_are_paired_by_name() -> None:
    def chart(name: str) -> dict[str, Any]:
        return {"name": name, "title": name, "lead": ""}

    pairs = beside.chart_pairs(
        {"charts": [chart("a"), chart("b"), chart("gantt")]}, {"charts": [chart("b"), chart("c")]}
    )
    assert [(each["name"], [side is not None for side in each["sides"]]) for each in pairs] == [
        ("a", [True, False]),
        ("b", [True, True]),
        ("c", [False, True]),
    ]


@pytest.fixture(scope="module")
def visitor(started: Callable[..., Server], finished: tuple[Path, str]) -> tuple[Browser, str]:
    """A visitor of a page with one finished run, and the run's id."""
    return Browser(started(finished[0])), finished[1]


def test_a_run_beside_itself_does_not_differ(visitor: tuple[Browser, str]) -> None:
    browser, run = visitor
    address = f"/beside?first={run}&second={run}"
    found = browser.get(f"/api{address}").json
    metrics = Measures.read(browser.get(f"/api/runs/{run}/metrics").json["metrics"])
    assert len(found["tables"]["all"]["rows"]) == len(metrics.listed)
    for row, measure in zip(found["tables"]["all"]["rows"], metrics.listed, strict=True):
        assert row[1] == row[2] == measure.text
        assert row[3] == "–" or not any(digit in row[3] for digit in "123456789"), row
    page = browser.get(address)
    assert page.status == 200
    assert 'action="/beside"' not in page.text


def test_only_finished_runs_stand_side_by_side(visitor: tuple[Browser, str]) -> None:
    browser, run = visitor
    assert browser.get(f"/beside?first={run}&second={'0' * 32}").status == 404
    assert browser.get(f"/beside?first={run}").status == 422
    assert browser.get(f"/beside?first={run}&second=../x").status == 422
    assert browser.post_form("/beside", {"first": run, "second": "0" * 32}).status == 404


def test_two_runs_become_a_comparison(
    started: Callable[..., Server], tmp_path: Path, short: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is compared is what the two runs were asked with."""
    asked: list[Any] = []

    async def compare(call: Any, wanted: Any) -> Any:
        asked.append(wanted)
        return 202, {"id": "0" * 32}

    monkeypatch.setattr("sandbox.page.pages.comparing.compare", compare)
    server = started(tmp_path)
    browser = Browser(server)
    browser.get("/")
    first = browser.post_json("/api/runs", {"text": short, "seed": 3}).json["id"]
    second = browser.post_json("/api/runs", {"scenario": "classroom", "seed": 4}).json["id"]
    answer = browser.post_form("/beside", {"first": first, "second": second, "replications": "2"})
    assert answer.header("location") == f"/comparisons/{'0' * 32}"
    (wanted,) = asked
    assert wanted.baseline.text == short
    assert wanted.alternatives[0].scenario == "classroom"
    assert (wanted.seed, wanted.replications) == (3, 2)
    for run in (first, second):
        browser.post_json(f"/api/runs/{run}/cancel", {})
