"""``report`` on the folder of a sweep or an experiment: its own tables, each number that of the summary."""

import csv
import json
import re
from pathlib import Path

import pytest

from tests.cli.conftest import TINY, Command

EXPERIMENT = """experiment: 1
title: {en: Two banks, ru: Два банка}
question: {en: Do banks matter?, ru: Важны ли банки?}
scenario: tiny.yaml
factors: {banks: {lever: policy.banks, values: [1, 2]}}
replications: 2
metrics: [share_elr, cost_pct_all_in]
hypotheses:
  h1: {text: More banks carry more, check: monotone, metric: share_elr, factor: banks, direction: increasing}
reduced: {replications: 2}
"""
SHORT = TINY.replace("horizon: 20d", "horizon: 10d").replace("4d, cool_down: 4d", "2d, cool_down: 2d")


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A sweep of two points and an experiment of two cells."""
    from sandbox.cli import main

    home = tmp_path_factory.mktemp("swept")
    (home / "tiny.yaml").write_text(SHORT, encoding="utf-8")
    (home / "banks.yaml").write_text(EXPERIMENT, encoding="utf-8")
    lines = {
        "sweep": ["sweep", str(home / "tiny.yaml"), "--levers", "policy.aml_analysts=1,4"],
        "experiment": ["experiment", str(home / "banks.yaml")],
    }
    found = {}
    for name, words in lines.items():
        with pytest.raises(SystemExit) as stop:
            main([*words, "--out", str(home / name)])
        assert stop.value.code == 0
        (found[name],) = (each for each in (home / name).iterdir() if not each.is_symlink())
    return found


@pytest.mark.parametrize("name", ["sweep", "experiment"])
def test_the_page_leads_to_definitions_and_sources(
    sandbox: Command, folders: dict[str, Path], name: str, tmp_path: Path
) -> None:
    for language in ("en", "ru"):
        path = tmp_path / f"{language}.html"
        said = sandbox("report", folders[name], "-o", path, "--lang", language)
        assert said.code == 0, said.err
        html = path.read_text(encoding="utf-8")
        ids = re.findall(r'\bid="([^"]+)"', html)
        assert len(ids) == len(set(ids))
        assert set(re.findall(r'href="#([^"]+)"', html)) <= set(ids)
        blocks = html.split('<div class="definition" id="metric-')[1:]
        assert blocks and all('href="#parameter-' in block for block in blocks)
        assert 'href="#metric-cost_pct_all_in"' in html


def test_the_numbers_are_those_of_the_summary(
    sandbox: Command, folders: dict[str, Path], tmp_path: Path
) -> None:
    summary = json.loads((folders["sweep"] / "summary.json").read_text(encoding="utf-8"))
    assert sandbox("report", folders["sweep"], "--format", "json").code == 0
    document = json.loads((folders["sweep"] / "report.json").read_text(encoding="utf-8"))
    told = {(each["metric"], each["by"], each["factor"]): each["value"] for each in document["rows"]}
    assert told and document["command"].startswith("sandbox sweep")
    for column, found in summary["influences"].items():
        metric, _, by = column.removesuffix("]").partition("[")
        for each in found:
            assert told[metric, by.replace(",", ", "), each["factor"]] == each["value"]
    assert sandbox("report", folders["sweep"], "--format", "csv", "-o", tmp_path / "rows.csv").code == 0
    with (tmp_path / "rows.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [float(row["value"]) if row["value"] else None for row in rows] == [
        each["value"] for each in document["rows"]
    ]


def test_an_experiment_says_what_became_of_its_hypotheses(
    sandbox: Command, folders: dict[str, Path], tmp_path: Path
) -> None:
    summary = json.loads((folders["experiment"] / "summary.json").read_text(encoding="utf-8"))
    said = sandbox(
        "report", folders["experiment"], "--format", "md", "-o", tmp_path / "out.md", "--lang", "ru"
    )
    assert said.code == 0, said.err
    text = (tmp_path / "out.md").read_text(encoding="utf-8")
    assert "Важны ли банки?" in text and "Гипотезы" in text and "More banks carry more" in text
    assert summary["hypotheses"][0]["numbers"] in re.sub(r"\\(.)", r"\1", text)
    assert sandbox("report", folders["experiment"], "--format", "xlsx", "-o", tmp_path / "out.xlsx").code == 0


def test_a_damaged_summary_is_named(sandbox: Command, tmp_path: Path) -> None:
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "summary.json").write_text('{"schema": "sandbox.sweep/1"}', encoding="utf-8")
    said = sandbox("report", "broken")
    assert said.code == 8 and "summary.json is not what a sweep" in said.err
