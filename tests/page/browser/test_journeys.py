"""What people do, in a real browser; every view is looked at by axe on the way, in both languages."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.page.browser.looking import look
from tests.page.conftest import SHORT
from tests.page.processes import Served

pytestmark = pytest.mark.browser


def test_an_analyst_runs_a_scenario_and_opens_a_payment(visit: Callable[..., Any]) -> None:
    page = visit("/editor")
    page.get_by_label("Scenario (YAML)").fill(SHORT)
    page.get_by_label("Seed").fill("41")
    page.get_by_role("button", name="Check").click()
    page.get_by_text("in order: 6 simulated days").wait_for()
    page.get_by_role("button", name="Run").click()
    page.get_by_role("progressbar").wait_for()
    look(page)
    page.get_by_role("heading", name="The answer").wait_for(timeout=120_000)
    page.locator(".js-plotly-plot").nth(3).wait_for()
    page.get_by_role("link", name="Open the payments").click()
    page.get_by_label("Rail").select_option("usdt")
    page.get_by_role("button", name="Show").click()
    page.get_by_role("link", name=re.compile("^P-")).first.click()
    page.get_by_role("heading", name="What happened, step by step").wait_for()
    page.get_by_role("link", name="Open the transaction").first.click()
    page.get_by_role("heading", name=re.compile("Transaction .* on evm")).wait_for()


def test_a_fault_is_told_beside_the_text(visit: Callable[..., Any]) -> None:
    page = visit("/editor")
    page.get_by_label("Scenario (YAML)").fill("extends: classroom.yaml\npolicy: {kyc_analist: 4}\n")
    page.get_by_role("button", name="Run").click()
    page.get_by_role("alert").wait_for()
    assert "line 2, column 10" in page.get_by_role("alert").inner_text()
    assert "did you mean 'kyc_analysts'" in page.get_by_role("alert").inner_text()
    look(page)


def test_a_run_is_stopped_by_keyboard_alone(visit: Callable[..., Any]) -> None:
    page = visit("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    button = page.get_by_role("button", name="Run: The focus group of September 2024")
    for _ in range(80):
        page.keyboard.press("Tab")
        if button.evaluate("each => each === document.activeElement"):
            break
    page.keyboard.press("Enter")
    page.get_by_role("progressbar").wait_for()
    stop = page.get_by_role("button", name="Stop it")
    for _ in range(20):
        page.keyboard.press("Tab")
        if stop.evaluate("each => each === document.activeElement"):
            break
    page.keyboard.press("Enter")
    page.get_by_text("Somebody stopped it").wait_for()
    look(page)


def test_an_analyst_compares_two_policies(
    visit: Callable[..., Any], run: str, other_run: str, comparison: str
) -> None:
    """From two runs that are there to their numbers side by side, and on to replications with intervals."""
    page = visit(run)
    page.get_by_label("Beside another run").select_option(other_run.rpartition("/")[2])
    page.get_by_role("button", name="Side by side").click()
    page.get_by_role("heading", name="Two runs side by side").wait_for()
    page.get_by_text("Both ran with the same seed").wait_for()
    assert page.get_by_role("table").first.get_by_role("row").count() > 10
    page.locator(".js-plotly-plot").nth(3).wait_for()
    page.get_by_label(re.compile("^Replications")).fill("2")
    page.get_by_role("button", name="Compare with replications").click()
    # The same scenarios, seed and replications were compared before: the result is there already.
    page.get_by_role("heading", name="The answer").wait_for()
    assert page.url.endswith(comparison)
    page.get_by_text("95%").first.wait_for()


def test_a_comparison_is_asked_for_and_stopped(visit: Callable[..., Any]) -> None:
    page = visit("/compare")
    page.get_by_label("Baseline").select_option("classroom")
    page.get_by_role("checkbox").nth(1).check()
    page.get_by_label(re.compile("^Replications")).fill("2")
    page.get_by_role("button", name="Compare", exact=True).first.click()
    page.get_by_role("progressbar").wait_for()
    page.get_by_role("button", name="Stop it").click()
    page.get_by_text("Somebody stopped it").wait_for()


def test_a_refused_payment_is_explained(visit: Callable[..., Any], served: Served, run: str) -> None:
    """By keyboard alone: from the run's page to why a payment was refused."""
    listed = served.ask("GET", f"/api{run}/payments?limit=200")[1]["payments"]
    refused = next(each for each in listed if each["attempts"] > 1)
    page = visit(run)
    page.get_by_role("link", name="Open the payments").focus()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Payments").wait_for()
    page.get_by_label("Rail").focus()
    page.keyboard.type(refused["rail_label"])
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_role("link", name=refused["payment"]).focus()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="What happened, step by step").wait_for()
    refusal = page.locator("li").filter(has=page.get_by_text("reason", exact=True)).first
    assert refusal.get_by_text("rule", exact=True).count() == 1
    page.locator(".js-plotly-plot").first.wait_for()
    look(page)
    page.locator("li.quiet summary").first.focus()
    page.keyboard.press("Enter")
    assert page.locator("details[open]").count() == 1


def test_pages_read_without_scripts(visit: Callable[..., Any], run: str) -> None:
    page = visit(run, java_script_enabled=False)
    page.get_by_text("The numbers behind this chart").first.click()
    page.get_by_role("table").nth(1).wait_for()
    page.get_by_role("link", name="Open the payments").click()
    page.get_by_role("link", name=re.compile("^P-")).first.click()
    page.get_by_role("heading", name="What happened, step by step").wait_for()


def test_hostile_names_are_text(visit: Callable[..., Any], served: Served) -> None:
    hostile = "<img src=x onerror=alert(1)>{{7*7}}<script>alert(2)</script>"
    text = f"{SHORT}title: {{en: '{hostile}', ru: x}}\n"
    _, job = served.ask("POST", "/api/runs", {"text": text, "seed": 5})
    page = visit(f"/runs/{job['id']}")
    assert hostile in page.get_by_role("heading", level=1).inner_text()
    page.get_by_role("heading", name="The answer").wait_for(timeout=120_000)
    assert page.locator("h1 img, h1 script").count() == 0
