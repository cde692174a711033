"""Every view of the page, in both languages and widths: axe finds nothing, and nothing sticks out."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.page.browser.looking import BOTH, look
from tests.page.browser.views import stop, unfinished, views
from tests.page.processes import Served

pytestmark = pytest.mark.browser


@BOTH
def test_every_view_is_fit_for_everybody(
    visit: Callable[..., Any],
    served: Served,
    run: str,
    other_run: str,
    comparison: str,
    width: int,
    locale: str,
) -> None:
    page = visit("/", width=width, locale=locale, reduced_motion="reduce")
    for view in views(served, run, other_run, comparison).values():
        view.open(page)
        look(page)


@BOTH
def test_every_view_of_what_goes_on_is_fit_for_everybody(
    visit: Callable[..., Any], served: Served, run: str, comparison: str, width: int, locale: str
) -> None:
    page = visit("/", width=width, locale=locale, reduced_motion="reduce")
    shown = unfinished(served)
    try:
        for view in shown.values():
            view.open(page)
            look(page)
    finally:
        stop(served, shown)


@pytest.mark.parametrize("locale", ["en-GB", "ru-RU"])
def test_no_view_sticks_out_of_half_a_window(
    visit: Callable[..., Any], served: Served, run: str, other_run: str, comparison: str, locale: str
) -> None:
    """200% of a wide window is 600 of its points."""
    page = visit("/", width=600, locale=locale, reduced_motion="reduce")
    for view in views(served, run, other_run, comparison).values():
        view.open(page)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), page.url
