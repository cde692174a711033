"""What a machine can see of whether everybody can use a page."""

from typing import Any

import pytest

#: Rules of WCAG 2.2, levels A and AA.
_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]

#: Each language as wide as a desk and as narrow as a telephone.
BOTH = pytest.mark.parametrize(
    ("width", "locale"), [(1200, "en-GB"), (1200, "ru-RU"), (360, "en-GB"), (360, "ru-RU")]
)


def look(page: Any) -> None:
    """No violation of A or AA, and nothing wider than the window."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": _TAGS}}).response["violations"]
    assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in found] == [], page.url
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), page.url
