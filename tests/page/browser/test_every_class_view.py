"""Every view of a class, in both languages and widths: axe finds nothing, and nothing sticks out."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.page.browser.class_views import class_views, furnish
from tests.page.browser.looking import BOTH, look
from tests.page.processes import Served

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def served(class_served: Served, chromium: Any) -> Served:
    """A class in the middle of its work."""
    page = chromium.new_page(base_url=class_served.address)
    furnish(page)
    page.close()
    return class_served


@BOTH
def test_every_view_of_the_class_is_fit_for_everybody(
    visit: Callable[..., Any], served: Served, width: int, locale: str
) -> None:
    page = visit("/", width=width, locale=locale, reduced_motion="reduce")
    for view in class_views(served).values():
        view.open(page)
        look(page)
