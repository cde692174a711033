"""``compare --format`` and ``report`` on a comparison's folder: every format, the same numbers, and these by scipy."""

import csv
import io
import json
import zipfile
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from sandbox.report.assemble import report_comparison
from sandbox.report.wording import speaking
from tests.cli.conftest import TINY, Command


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a comparison of two paired replications, with its report as rows."""
    from sandbox.cli import main

    home = tmp_path_factory.mktemp("compared")
    (home / "with.yaml").write_text(TINY, encoding="utf-8")
    without = TINY.replace("banks: 2", "banks: 2, regime: false").replace(
        "usdt: {}, btc: {confirmations: 1}", ""
    )
    (home / "without.yaml").write_text(without, encoding="utf-8")
    words = ["compare", str(home / "without.yaml"), str(home / "with.yaml"), "--reps", "2", "--format", "csv"]
    with pytest.raises(SystemExit) as stop:
        main([*words, "--out", str(home / "runs")])
    assert stop.value.code == 0
    (folder,) = (each for each in (home / "runs").iterdir() if not each.is_symlink())
    assert (folder / "comparison.csv").is_file() and not (folder / "comparison.html").exists()
    return folder


def _rows(folder: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((folder / "comparison.csv").read_text(encoding="utf-8"))))


def test_means_and_intervals_are_those_of_scipy(compared: Path) -> None:
    """From the runs' own metrics.json: means, paired differences, Student's interval of their mean."""
    measured: dict[str, list[dict[tuple[str, str], float | None]]] = {}
    for arm in ("without", "with"):
        measured[arm] = []
        for path in sorted((compared / arm).glob("rep-*/metrics.json")):
            listed = json.loads(path.read_text(encoding="utf-8"))["metrics"]
            found = {
                (m["name"], ", ".join(f"{k}={v}" for k, v in sorted(m["by"].items()))): m["value"]
                for m in listed
            }
            measured[arm].append(found)
    checked = 0
    for row in _rows(compared):
        key = (row["metric"], row["by"])
        pairs = [(one.get(key), other.get(key)) for one, other in zip(*measured.values(), strict=True)]
        if not row["low"] or any(a is None or b is None for a, b in pairs):
            continue
        base, alternative = (np.array(each, dtype=float) for each in zip(*pairs, strict=True))
        moved = alternative - base
        assert float(row["baseline_value"]) == pytest.approx(base.mean(), rel=1e-12, abs=1e-12), key
        assert float(row["alternative_value"]) == pytest.approx(alternative.mean(), rel=1e-12, abs=1e-12), key
        assert float(row["difference"]) == pytest.approx(moved.mean(), rel=1e-9, abs=1e-9), key
        if moved.std(ddof=1) > 0:
            low, high = stats.t.interval(0.95, len(moved) - 1, moved.mean(), stats.sem(moved))
            assert (float(row["low"]), float(row["high"])) == pytest.approx(
                (low, high), rel=1e-6, abs=1e-9
            ), key
            checked += 1
    assert checked > 40


def test_report_reads_the_folder_in_every_format(sandbox: Command, compared: Path, tmp_path: Path) -> None:
    told = {}
    for kind in ("html", "md", "json", "xlsx", "csv"):
        path = tmp_path / f"out.{kind}"
        said = sandbox("report", compared, "--format", kind, "-o", path)
        assert said.code == 0, said.err
        told[kind] = path
    rows = _rows(compared)
    document = json.loads(told["json"].read_text(encoding="utf-8"))
    assert [each["difference"] for each in document["differences"]] == [
        float(row["difference"]) if row["difference"] else None for row in rows
    ]
    assert "measurements" not in document
    assert {each["metric"] for each in document["differences"]} <= document["definitions"].keys()
    assert told["csv"].read_bytes() == (compared / "comparison.csv").read_bytes()
    html, markdown = (told[kind].read_text(encoding="utf-8") for kind in ("html", "md"))
    assert 'href="#metric-settlement_time_p50"' in html and 'id="defined-differences"' in html
    for sentence in document["answer"]:
        assert sentence.split("(")[0].strip() in markdown.replace("\\", "")
    with zipfile.ZipFile(told["xlsx"]) as book:
        assert "differences" in book.read("xl/workbook.xml").decode()


def test_without_a_name_it_goes_into_the_folder(compared: Path) -> None:
    with speaking("ru"):
        path = report_comparison(compared, kind="md")
    assert path == compared / "comparison.md"
    assert "Определения" in path.read_text(encoding="utf-8")
    assert report_comparison(compared, kind="json").name == "comparison.report.json"
    assert (
        json.loads((compared / "comparison.json").read_text(encoding="utf-8"))["schema"]
        == "sandbox.comparison/1"
    )


def test_a_comparison_without_a_whole_replication_is_named(
    sandbox: Command, compared: Path, tmp_path: Path
) -> None:
    (tmp_path / "half").mkdir()
    for name in ("comparison.json", "manifest.json"):
        text = (compared / name).read_text(encoding="utf-8").replace('"complete"', '"failed"')
        (tmp_path / "half" / name).write_text(text, encoding="utf-8")
    said = sandbox("report", "half")
    assert said.code == 8 and "no replication is complete in every arm" in said.err
