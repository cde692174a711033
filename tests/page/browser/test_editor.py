"""The editor in a real browser: it completes by keyboard, marks the loader's messages, and loses nothing."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.page.browser.looking import look

pytestmark = pytest.mark.browser

FAULTY = "extends: classroom.yaml\npolicy: {kyc_analist: 4}\n"


def test_a_key_and_a_choice_are_completed_by_keyboard(visit: Callable[..., Any]) -> None:
    page = visit("/editor")
    text = page.get_by_label("Scenario (YAML)")
    text.fill("extends: classroom.yaml\nrails: {usdt: {")
    text.press("End")
    page.keyboard.type("benef")
    page.get_by_role("option", name=re.compile("^beneficiary")).wait_for()
    look(page)
    page.keyboard.press("ArrowDown")
    assert text.get_attribute("aria-activedescendant") == "offers-0"
    page.keyboard.press("Enter")
    page.get_by_role("option", name=re.compile("^keep")).wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert text.input_value().endswith("{beneficiary: keep")
    page.keyboard.press("Control+z")
    assert not text.input_value().endswith("keep")
    page.keyboard.press("Control+Space")
    page.get_by_role("listbox").wait_for()
    page.keyboard.press("Escape")
    assert page.get_by_role("listbox").count() == 0
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "seed"


def test_messages_stand_at_their_line(visit: Callable[..., Any]) -> None:
    page = visit("/editor")
    page.get_by_label("Scenario (YAML)").fill(FAULTY)
    page.get_by_role("button", name="Check").click()
    page.get_by_role("alert").wait_for()
    assert "did you mean 'kyc_analysts'" in page.get_by_role("alert").inner_text()
    assert page.locator("#lines .wrong").inner_text().strip() == "● 2"
    page.get_by_role("button", name="line 2, column 10").click()
    assert page.evaluate("document.activeElement.id") == "text"
    assert "kyc_analysts" in page.locator("#here").inner_text()
    look(page)
    page.keyboard.press("Control+a")
    page.keyboard.type("extends: classroom.yaml\n")
    # Without being asked, the loader looks again when the typing pauses.
    page.get_by_text("in order: 60 simulated days").wait_for(timeout=15_000)
    assert page.locator("#lines .wrong").count() == 0


def test_unsaved_text_survives_a_reload_and_a_switch_of_language(visit: Callable[..., Any]) -> None:
    page = visit("/editor?scenario=no-elr")
    text = page.get_by_role("textbox").first
    original = text.input_value()
    text.fill("extends: no-elr.yaml\n# mine\n")
    page.reload()
    page.get_by_text("Your unsaved changes are back.").wait_for()
    assert text.input_value() == "extends: no-elr.yaml\n# mine\n"
    page.get_by_role("button", name="Русский").click()
    page.get_by_text("Несохранённые изменения возвращены.").wait_for()
    look(page)
    page.get_by_role("button", name="Показать текст без них").click()
    assert text.input_value() == original
    page.get_by_role("button", name="Вернуть мои изменения").click()
    assert text.input_value() == "extends: no-elr.yaml\n# mine\n"
    page.goto("/editor?scenario=classroom")
    assert page.locator("#draft").is_hidden()
