"""The report page: self-contained, inert, accessible, and saying what the run folder says."""

import base64
import hashlib
import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from sandbox.money import Asset
from sandbox.report.assemble import build_comparison, build_report

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'&{{7*7}}</title>"

#: Attributes by which a page could ask for something.
_ASKING = {"src", "srcset", "action", "data", "poster", "background", "formaction", "ping"}


class Reading(HTMLParser):
    """What a browser would see: elements, scripts, text outside scripts and styles."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.scripts: list[tuple[dict[str, str], str]] = []
        self.text: list[str] = []
        self._inside = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        self.elements.append((tag, attributes))
        if tag in ("script", "style"):
            self._inside = tag
            if tag == "script":
                self.scripts.append((attributes, ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == self._inside:
            self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside == "script":
            attributes, text = self.scripts[-1]
            self.scripts[-1] = (attributes, text + data)
        elif not self._inside:
            self.text.append(data)

    def all(self, tag: str) -> list[dict[str, str]]:
        """Attributes of every element of one kind."""
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture(scope="module")
def page(run_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Reading:
    """The report of the hand-written run."""
    out = build_report(run_folder, tmp_path_factory.mktemp("out") / "report.html")
    return Reading(out.read_text(encoding="utf-8"))


def test_one_file_of_at_most_six_megabytes(run_folder: Path, tmp_path: Path) -> None:
    out = build_report(run_folder, tmp_path / "report.html")
    assert [each.name for each in tmp_path.iterdir()] == ["report.html"]
    assert out.stat().st_size <= 6_000_000


def test_same_folder_same_bytes(run_folder: Path, tmp_path: Path) -> None:
    first, second = (
        build_report(run_folder, tmp_path / "a.html"),
        build_report(run_folder, tmp_path / "b.html"),
    )
    assert first.read_bytes() == second.read_bytes()


def test_nothing_is_asked_of_a_network(page: Reading) -> None:
    for tag, attributes in page.elements:
        assert not _ASKING & attributes.keys(), (tag, attributes)
        assert tag not in ("link", "iframe", "object", "embed", "form", "base"), tag
        if "href" in attributes:
            assert tag == "a"
    (policy,) = [each["content"] for each in page.all("meta") if "http-equiv" in each]
    assert policy.startswith("default-src 'none'")
    assert "unsafe-inline" not in policy.split("script-src")[1].split(";")[0]
    assert "connect-src" not in policy


def test_the_security_policy_names_exactly_the_scripts_that_run(page: Reading) -> None:
    (policy,) = [each["content"] for each in page.all("meta") if "http-equiv" in each]
    named = set(re.findall(r"'sha256-([^']+)'", policy))
    running = [text for attributes, text in page.scripts if attributes.get("type") != "application/json"]
    assert {base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in running} == named
    assert len(running) == 2


def test_figures_are_data_that_draw(page: Reading) -> None:
    figures = [json.loads(text) for attributes, text in page.scripts if attributes.get("type")]
    assert len(figures) == 10
    places = [each["data-figure"] for each in page.all("div") if "data-figure" in each]
    assert places == [attributes["id"] for attributes, _ in page.scripts if attributes.get("type")]
    assert all(figure["data"] for figure in figures)


def test_accessible_structure(page: Reading) -> None:
    assert page.all("html") == [{"lang": "en"}]
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert len(page.all("table")) == len(page.all("caption"))
    assert all(each.get("scope") in ("col", "row") for each in page.all("th"))
    identifiers = [each["id"] for _, each in page.elements if "id" in each]
    assert len(identifiers) == len(set(identifiers))
    anchors = {each["href"][1:] for each in page.all("a") if each["href"].startswith("#")}
    assert anchors <= set(identifiers)
    labelled = {each["aria-labelledby"] for each in page.all("section")}
    assert labelled <= set(identifiers)


def test_colours_of_text_have_contrast() -> None:
    style = Path(__file__).parents[2] / "sandbox" / "report" / "templates" / "style.css"
    colours = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6}|#[0-9a-f]{3})", style.read_text(encoding="utf-8")))
    for ink, paper in (("ink", "tint"), ("soft", "tint"), ("accent", "tint"), ("warn", "warn-tint")):
        light, dark = sorted((_luminance(colours[ink]), _luminance(colours[paper])), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5, (ink, paper)


def _luminance(colour: str) -> float:
    """Relative luminance as WCAG 2 defines it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_the_answer_says_what_was_measured(page: Reading) -> None:
    text = " ".join(page.text)
    assert "Of 7 payments in the observed window: 4 credited (57.1%)" in text
    assert "Half of the credited payments took 2 h 22 min or less: 10 s over digital ruble" in text
    assert "All in: getting value through cost 1.93% of the value credited" in text
    assert "Screening found 100.0% of the truly prohibited payments" in text


def test_assumptions_show_source_confidence_and_override(page: Reading) -> None:
    text = re.sub(r"\s+", " ", " ".join(page.text))
    assert "correspondent.return_stuck_days set by the scenario" in text
    assert "D (assumption)" in text
    assert "https://bitcoin.org/bitcoin.pdf" in [each["href"] for each in page.all("a")]
    assert not [each for each in page.all("a") if each["href"].startswith("javascript")]


def test_method_gives_the_command_and_the_digest(page: Reading, run_folder: Path) -> None:
    text = " ".join(page.text)
    manifest = json.loads((run_folder / "manifest.json").read_text(encoding="utf-8"))
    assert "sandbox run classroom --seed 7 --evm-engine revm --bitcoin-engine kernel" in text
    assert manifest["journal_digest"] in text
    assert "laboratory, not a forecast" in text


def test_hostile_text_stays_text(build_run: Callable[..., Path], tmp_path: Path) -> None:
    def hostile(teller: Any) -> None:
        teller.order(
            0, rail="correspondent", cents=100, currency=Asset.USD, category=HOSTILE, country=HOSTILE
        )
        teller.desk(0, f"desk/{HOSTILE}", waits=5, works=5)
        teller.account(HOSTILE, Asset.USDT, "inventory", 5)
        teller.account(HOSTILE, Asset.USDT, "inventory", 7)

    rows = [
        {"name": HOSTILE, "family": "compliance", "by": {}, "value": None, "unit": HOSTILE, "n": 1}
        | {"reason": HOSTILE, "definition": HOSTILE, "standard": HOSTILE, "sql": HOSTILE}
    ]
    folder = build_run(tales=[hostile], title=HOSTILE, metrics=rows)
    seen = Reading(build_report(folder, tmp_path / "out.html").read_text(encoding="utf-8"))
    assert len([each for each, _ in seen.scripts if not each.get("type")]) == 2
    assert not seen.all("img")
    assert not [each for _, each in seen.elements if any(name.startswith("on") for name in each)]
    assert HOSTILE in "".join(seen.text)
    for attributes, text in seen.scripts:
        if attributes.get("type"):
            assert "<" not in text
            labels = json.dumps(json.loads(text))
            assert "<script" not in labels and "<img" not in labels


def comparison_document() -> dict[str, Any]:
    """Two metrics: one difference that can be told from chance and one that cannot."""

    def row(name: str, unit: str, low: float, value: float, high: float) -> dict[str, Any]:
        paired = {"value": value, "low": low, "high": high, "n": 5, "variance_reduction": 3.0}
        return {
            "name": name, "family": "speed", "by": {}, "unit": unit, "direction": "lower",
            "baseline": "no-elr",
            "baseline_mean": {"value": 48.0, "half_width": 1.0, "n": 5}, "baseline_reason": None,
            "deltas": [
                {"alternative": "elr", "mean": {"value": 48.0 + value, "half_width": 1.0, "n": 5},
                 "difference": paired, "words": ""}
            ],
        }  # fmt: skip

    rows = [row("settlement_time_p50", "h", -30, -24, -18), row("fail_rate_n", "share", -0.02, 0.01, 0.04)]
    return {
        "schema": "sandbox.comparison/1", "baseline": "no-elr", "alternatives": ["elr"], "replications": 5,
        "seed": 7, "level": 0.95, "failures": [], "rows": rows,
    }  # fmt: skip


def test_comparison_names_its_baseline_and_says_what_cannot_be_told(run_folder: Path, tmp_path: Path) -> None:
    out = build_comparison(comparison_document(), [run_folder, run_folder], tmp_path / "comparison.html")
    text = " ".join(Reading(out.read_text(encoding="utf-8")).text)
    assert "elr: settlement time, median 1 d; failed 4801.0%." in text
    assert (
        "Detectable over 5 paired replications (95% intervals):"
        " settlement time, median lower by 1 d (−1 d 6 h to −18 h)." in text
    )
    assert "Not detectable: failed (−2.0 pp to +4.0 pp)." in text
    assert "variance of differences 3.0 times smaller" in text
    assert "sandbox compare classroom classroom --reps 5 --seed 7" in text


def test_run_without_payments_has_a_page(build_run: Callable[..., Path], tmp_path: Path) -> None:
    out = build_report(build_run(tales=[], metrics=[]), tmp_path / "empty.html")
    text = " ".join(Reading(out.read_text(encoding="utf-8")).text)
    assert "No payment was created in the observed window." in text
    assert "There is nothing to draw." in text


def test_unfinished_run_says_so_first(build_run: Callable[..., Path], tmp_path: Path) -> None:
    folder = build_run()
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    (folder / "manifest.json").write_text(json.dumps(manifest | {"status": "interrupted"}), encoding="utf-8")
    text = build_report(folder, tmp_path / "out.html").read_text(encoding="utf-8")
    assert '<ul class="answer">\n<li>This run is interrupted' in text


def test_folder_names_are_no_patterns_and_no_sql(build_run: Callable[..., Path], tmp_path: Path) -> None:
    build_run(name="runs1")
    folder = build_run(name="it's [1] *? run")
    text = build_report(folder, tmp_path / "out.html").read_text(encoding="utf-8")
    assert "Of 7 payments in the observed window" in text


def test_regions_are_told_apart(page: Reading) -> None:
    labels = [each["aria-label"] for _, each in page.elements if each.get("role") == "region"]
    assert len(labels) == len(set(labels)) > 5
