"""Photographs every view of the page: python docs/screenshots.py [--out FOLDER] [--keep].

Each view is taken wide, on a telephone's width and as printed, in English and in Russian, by the system's Chromium,
from a server that this script starts on runs that it makes. They are for people to look at. ``--keep`` writes the few
that the documentation shows to docs/images, small enough to keep.
"""

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.page.browser.views import SHORTER, finished_comparison, finished_run, views  # noqa: E402
from tests.page.processes import Served  # noqa: E402

IMAGES = ROOT / "docs" / "images"
_NAMES = ("chromium", "chromium-browser", "google-chrome")
_WIDTHS = {"wide": 1200, "narrow": 360}
_LANGUAGES = {"en": "en-GB", "ru": "ru-RU"}
#: Views that the documentation shows, and in which language.
_KEPT = {"playback": "en", "editor": "ru", "payment-usdt": "en"}
#: Longest that a kept picture may be, in pixels: the top of a view says what it is.
_KEPT_HEIGHT = 1_150


def main() -> None:
    """Start a server, make runs, photograph."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--out", type=Path, default=ROOT / ".screenshots")
    options.add_argument("--keep", action="store_true", help="also write the pictures of docs/images")
    options.add_argument("--only", default="", help="views whose name contains this")
    given = options.parse_args()
    from playwright.sync_api import sync_playwright

    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, _NAMES)), None)
    if path is None:
        sys.exit("no Chromium here; Debian: apt-get install chromium")
    given.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        served = Served(Path(folder))
        try:
            run, other = finished_run(served), finished_run(served, SHORTER)
            shown = views(served, run, other, finished_comparison(served))
            chosen = {name: address for name, address in shown.items() if given.only in name}
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
                _photograph(browser, served.address, chosen, given.out)
                if given.keep:
                    _keep(browser, served.address, shown)
                browser.close()
        finally:
            served.end(signal.SIGTERM)


def _photograph(browser: Any, server: str, shown: dict[str, str], out: Path) -> None:
    for language, locale in _LANGUAGES.items():
        for size, width in _WIDTHS.items():
            page = _opened(browser, server, locale, width)
            for name, address in shown.items():
                _go(page, address)
                page.screenshot(path=out / f"{name}-{size}-{language}.png", full_page=True)
                if size == "wide":
                    page.pdf(path=out / f"{name}-{language}.pdf", format="A4")
            page.context.close()


def _keep(browser: Any, server: str, shown: dict[str, str]) -> None:
    """The pictures that the documentation shows, made smaller where pngquant is there."""
    for name, language in _KEPT.items():
        page = _opened(browser, server, _LANGUAGES[language], _WIDTHS["wide"])
        _go(page, shown[name])
        height = min(page.evaluate("document.documentElement.scrollHeight"), _KEPT_HEIGHT)
        target = IMAGES / f"page-{name}.png"
        page.screenshot(path=target, clip={"x": 0, "y": 0, "width": 1200, "height": height}, full_page=True)
        page.context.close()
        if quant := shutil.which("pngquant"):
            subprocess.run([quant, "--force", "--output", str(target), "64", str(target)], check=True)


def _opened(browser: Any, server: str, locale: str, width: int) -> Any:
    context = browser.new_context(
        base_url=server, viewport={"width": width, "height": 900}, locale=locale, reduced_motion="reduce"
    )
    return context.new_page()


def _go(page: Any, address: str) -> None:
    """Open a view and wait until what scripts draw is drawn."""
    page.goto(address)
    for place in page.locator(".chart").all():
        place.locator(".main-svg").first.wait_for()
    if page.locator("#playback").count():
        page.locator("#playback[data-ready=yes]").wait_for()


if __name__ == "__main__":
    main()
