"""Compliance exposure stands beside savings and is never netted: on every page of a run, and in every formula."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sandbox.metrics import FAMILIES
from sandbox.report import tables
from sandbox.report.assemble import run_page
from sandbox.report.page import Page, render
from tests.report.run_folder import measurement

RESULTS = Path(__file__).parents[2] / "docs" / "results"

#: What enforcement did: found, in what time, what was stopped, what the regulator sees, what is left.
ENFORCEMENT = {
    "aml_recall",
    "time_to_clear_p95",
    "value_stopped_usd",
    "visibility_share",
    "compliance_exposure_usd",
}

#: Words of a formula that look at what screening knows.
COMPLIANCE = re.compile(r"prohibited|exposure|screen|recall|alert", re.IGNORECASE)

EVERYTHING = [
    measurement(metric.name, metric.family, 1.0, metric.unit, 1)
    for family in FAMILIES.values()
    for metric in family
]


def missing(page: Page) -> set[str]:
    """Enforcement metrics that the page does not show where cost is told, or that it tells as a cost."""
    beside, cost = set(page.enforcement.row_metrics), set(page.cost.row_metrics)
    return (ENFORCEMENT - beside) | (ENFORCEMENT & cost)


@pytest.fixture
def page(build_run: Callable[..., Path]) -> Page:
    """The report of a run that has measured everything."""
    return run_page(build_run(metrics=EVERYTHING))


def test_the_page_of_a_run_shows_enforcement_beside_cost(page: Page) -> None:
    assert "cost_pct_all_in" in page.cost.row_metrics
    assert missing(page) == set()
    assert "never netted" in render(page)


def test_a_page_without_enforcement_would_be_noticed(
    build_run: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    silent = [each for each in EVERYTHING if each["family"] != "compliance"]
    assert missing(run_page(build_run("silent", metrics=silent))) == ENFORCEMENT - {"visibility_share"}
    monkeypatch.setattr(tables, "is_cost", lambda each: each.family in ("cost", "compliance"))
    assert missing(run_page(build_run("mixed", metrics=EVERYTHING))) == ENFORCEMENT - {"visibility_share"}


def netted(metrics: Any) -> list[str]:
    """Metrics of cost whose formula asks about compliance, or the other way round."""
    return [
        metric.name
        for metric in metrics
        if (metric.family == "cost" and COMPLIANCE.search(metric.sql))
        or (metric.family == "compliance" and re.search(r"\bcost|\bcharges?\b", metric.sql))
    ]


def test_no_formula_nets_compliance_against_cost() -> None:
    exposure = next(each for each in FAMILIES["compliance"] if each.name == "compliance_exposure_usd")
    assert netted([*FAMILIES["cost"], *FAMILIES["compliance"]]) == []
    assert COMPLIANCE.search(exposure.sql), "the words would not be found in what they are of"


@pytest.mark.parametrize("path", sorted(RESULTS.glob("[a-z]*.md")), ids=lambda path: path.stem)
def test_a_page_of_results_shows_enforcement_beside_cost(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for words in ("(recall)", "value stopped", "compliance exposure", "the regulator sees", "not netted"):
        assert words in text, f"{path.name} says nothing of: {words}"
