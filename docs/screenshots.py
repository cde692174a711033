"""Photographs every view: python docs/screenshots.py [--out FOLDER] [--only NAME] [--keep].

The page, the class and the reports are each taken wide, on a telephone's width and as printed, in English and in
Russian, by the system's Chromium, from servers that this script starts on runs that it makes. They are for people to
look at. ``--keep`` writes the few that the documentation shows to docs/images, small enough to keep.
"""

import argparse
import base64
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.page.browser.class_views import CODE, class_views, furnish  # noqa: E402
from tests.page.browser.views import (  # noqa: E402
    SHORTER,
    View,
    drawn,
    finished_comparison,
    finished_run,
    stop,
    unfinished,
    views,
)
from tests.page.conftest import SHORT  # noqa: E402
from tests.page.processes import Served  # noqa: E402

IMAGES = ROOT / "docs" / "images"
_NAMES = ("chromium", "chromium-browser", "google-chrome")
_WIDTHS = {"wide": 1200, "narrow": 360}
_LANGUAGES = {"en": "en-GB", "ru": "ru-RU"}
#: Views that the documentation shows, and in which language.
_KEPT = {
    "playback": "en",
    "editor-offers": "ru",
    "payment-usdt": "en",
    "class-game-5": "en",
    "report-run": "en",
}
#: Longest that a kept picture may be, in pixels: the top of a view says what it is.
_KEPT_HEIGHT = 1_150
#: Of the lossy format that kept pictures are in: letters stay sharp, and none takes 150 kB.
_KEPT_QUALITY = 0.86


@dataclass(frozen=True, slots=True)
class Studio:
    """A browser and where its pictures go."""

    browser: Any
    out: Path
    only: str
    keep: bool
    runs: Path | None
    """Where runs are found again; None makes them anew."""

    def photograph(self, server: str, shown: dict[str, View]) -> None:
        """Each view in both languages and widths, and on paper."""
        for language, locale in _LANGUAGES.items():
            for size, width in _WIDTHS.items():
                context = self._context(server, locale, width)
                page = context.new_page()
                for name, view in shown.items():
                    if self.only in name:
                        view.open(page)
                        page.screenshot(path=self.out / f"{name}-{size}-{language}.png", full_page=True)
                        if size == "wide":
                            page.pdf(path=self.out / f"{name}-{language}.pdf", prefer_css_page_size=True)
                context.close()
        if self.keep:
            self._keep(server, shown)

    def photograph_files(self, name: str, language: str, file: Path) -> None:
        """A report in the language that it is written in."""
        if self.only not in name:
            return
        for size, width in _WIDTHS.items():
            context = self._context("http://nowhere.invalid", _LANGUAGES[language], width)
            page = context.new_page()
            page.goto(file.as_uri())
            drawn(page)
            page.screenshot(path=self.out / f"{name}-{size}-{language}.png", full_page=True)
            if size == "wide":
                page.pdf(path=self.out / f"{name}-{language}.pdf", prefer_css_page_size=True)
                if self.keep and _KEPT.get(name) == language:
                    self._keep_top(page, name)
            context.close()

    def _keep(self, server: str, shown: dict[str, View]) -> None:
        """The pictures that the documentation shows."""
        for name in _KEPT.keys() & shown.keys():
            context = self._context(server, _LANGUAGES[_KEPT[name]], _WIDTHS["wide"])
            page = context.new_page()
            shown[name].open(page)
            self._keep_top(page, name)
            context.close()

    def _keep_top(self, page: Any, name: str) -> None:
        height = min(page.evaluate("document.documentElement.scrollHeight"), _KEPT_HEIGHT)
        clip = {"x": 0, "y": 0, "width": _WIDTHS["wide"], "height": height}
        taken = page.screenshot(clip=clip, full_page=True)
        (IMAGES / f"{name}.webp").write_bytes(self._smaller(taken))

    def _smaller(self, picture: bytes) -> bytes:
        """The picture as WebP: what the browser can show, it can also write."""
        page = self.browser.new_page()
        page.set_content(f'<img src="data:image/png;base64,{base64.b64encode(picture).decode()}">')
        address = page.evaluate(
            "async quality => { const image = document.images[0]; await image.decode();"
            " const sheet = document.createElement('canvas');"
            " sheet.width = image.naturalWidth; sheet.height = image.naturalHeight;"
            " sheet.getContext('2d').drawImage(image, 0, 0); return sheet.toDataURL('image/webp', quality); }",
            _KEPT_QUALITY,
        )
        page.close()
        return base64.b64decode(address.partition(",")[2])

    def _context(self, server: str, locale: str, width: int) -> Any:
        return self.browser.new_context(
            base_url=server,
            viewport={"width": width, "height": 900},
            locale=locale,
            reduced_motion="reduce",
        )


def main() -> None:
    """Start servers, make runs, photograph."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--out", type=Path, default=ROOT / ".screenshots")
    options.add_argument("--keep", action="store_true", help="also write the pictures of docs/images")
    options.add_argument("--only", default="", help="views whose name contains this")
    options.add_argument("--part", choices=("page", "class", "reports"), help="one part alone")
    options.add_argument("--runs", type=Path, help="keep the runs in this folder, and find them there again")
    given = options.parse_args()
    from playwright.sync_api import sync_playwright

    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, _NAMES)), None)
    if path is None:
        sys.exit("no Chromium here; Debian: apt-get install chromium")
    given.out.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        studio = Studio(browser, given.out, given.only, given.keep, given.runs)
        for name, part in (("page", _page), ("class", _class), ("reports", _reports)):
            if given.part in (None, name):
                part(studio)
        browser.close()


def _page(studio: Studio) -> None:
    with _serving(studio, "page") as served:
        run, other = finished_run(served), finished_run(served, SHORTER)
        studio.photograph(served.address, views(served, run, other, finished_comparison(served)))
        going_on = unfinished(served)
        studio.photograph(served.address, going_on)
        stop(served, going_on)


def _class(studio: Studio) -> None:
    with _serving(studio, "class", "--classroom", "--room", CODE, "--teams", "10") as served:
        page = studio.browser.new_page(base_url=served.address)
        furnish(page)
        page.close()
        studio.photograph(served.address, class_views(served))


def _reports(studio: Studio) -> None:
    """The files that a run, a comparison and a sweep leave, from the command line."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "week.yaml").write_text(SHORT, encoding="utf-8")
        (place / "one-analyst.yaml").write_text(SHORT + "policy: {kyc_analysts: 1}\n", encoding="utf-8")
        made = {
            "run": ("run", str(ROOT / "scenarios" / "elr-2024.yaml")),
            "comparison": ("compare", "week.yaml", "one-analyst.yaml", "--reps", "3"),
            "sweep": ("sweep", "week.yaml", "--levers", "policy.kyc_analysts=1,3,6", "--reps", "2"),
        }
        for name, command in made.items():
            _sandbox(place, *command, "--out", name)
            kept = next((place / name).glob("*-s1-*"))
            for language in _LANGUAGES:
                file = place / f"{name}.{language}.html"
                _sandbox(place, "report", str(kept), "-o", str(file), "--lang", language)
                studio.photograph_files(f"report-{name}", language, file)


def _sandbox(place: Path, *command: str) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-m", "sandbox", *command], cwd=place, env=environment, check=True)


@contextmanager
def _serving(studio: Studio, name: str, *options: str) -> Iterator[Served]:
    with tempfile.TemporaryDirectory() as passing:
        folder = studio.runs / name if studio.runs else Path(passing)
        folder.mkdir(parents=True, exist_ok=True)
        served = Served(folder, *options)
        try:
            yield served
        finally:
            served.end(signal.SIGTERM)


if __name__ == "__main__":
    main()
