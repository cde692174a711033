"""From run folders to files: the report of one run, and the report of a comparison."""

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sandbox.report import tables
from sandbox.report.answer import BY_RAIL, HEADLINES, comparison_answer, run_answer
from sandbox.report.assumptions import Assumption, read_assumptions
from sandbox.report.comparing import differences
from sandbox.report.illustrations import comparison_charts, run_charts
from sandbox.report.measures import Measures
from sandbox.report.method import (
    compare_command,
    comparison_method,
    run_command,
    run_method,
    scenario_name,
)
from sandbox.report.page import Page, render
from sandbox.report.runfolder import RunFolder, RunUnreadable
from sandbox.report.stress import stress_table
from sandbox.report.timeline import timeline_table
from sandbox.report.wording import language, of_author, say

#: Name of a run's report inside its folder.
REPORT_FILE = "report.html"

#: What a comparison's folder keeps of it, and how its reports are called.
COMPARISON_DOCUMENT = "comparison.json"
COMPARISON_STEM = "comparison"

#: The page and its twins: the same values as text, data, a workbook and rows.
FORMATS = ("html", "md", "json", "xlsx", "csv")


def build_report(run_directory: Path, out: Path | None = None, kind: str = "html") -> Path:
    """Write the report of one run (``report.html`` in its folder unless ``out`` says where); give its path.

    ``kind`` is one of :data:`FORMATS`: the page, or one of its twins. Raises RunUnreadable for a folder with a
    missing or changed file, and MissingWriter where the extra that writes the format is not installed.
    """
    return write_page(run_page(run_directory), out or run_directory / f"report.{kind}", kind)


def run_page(run_directory: Path) -> Page:
    """Everything the report of one run says, as values. Raises RunUnreadable."""
    run = RunFolder(run_directory)
    measures = Measures.read(run.metrics)
    assumptions, command = tuple(read_assumptions(run.parameters)), run_command(run.manifest)
    return Page(
        title=of_author(run.scenario.get("title")) or scenario_name(run),
        question=of_author(run.scenario.get("question")),
        kind=say("page.run", name=scenario_name(run)),
        answer=(*_caution(run), *run_answer(measures)),
        policy=tables.policy_table(measures),
        all_metrics=tables.measures_table(say("table.all_metrics"), measures.listed),
        charts_title=say("section.charts_run"),
        charts=tuple(run_charts(run)),
        cost=tables.cost_table(measures),
        enforcement=tables.enforcement_table(measures),
        assumptions=assumptions,
        method=run_method(run),
        command=command,
        measures=measures.listed,
        timeline=_timeline({scenario_name(run): run.scenario}),
        stress=stress_table([run], assumptions, command),
        language=language(),
    )


def build_comparison(
    comparison: Mapping[str, Any], run_directories: Sequence[Path], out: Path, kind: str = "html"
) -> Path:
    """Write the report of a comparison, as :func:`comparison_page` tells it; give its path.

    ``kind`` is one of :data:`FORMATS`. Raises MissingWriter where the extra that writes the format is not installed.
    """
    return write_page(comparison_page(comparison, run_directories), out, kind)


def report_comparison(folder: Path, out: Path | None = None, kind: str = "html") -> Path:
    """Write the report of a comparison's folder from what lies there (``comparison.html`` unless ``out`` says where).

    Assumptions and charts are those of the first replication that is whole in every arm. Raises RunUnreadable if there
    is none, and MissingWriter as above.
    """
    try:
        document = json.loads((folder / COMPARISON_DOCUMENT).read_text(encoding="utf-8"))
        listed = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["replications"]
        arms = [str(document["baseline"]), *map(str, document["alternatives"])]
    except (OSError, ValueError, KeyError, TypeError) as fault:
        raise RunUnreadable(f"{folder} holds no comparison that can be read: {fault}") from fault
    whole: dict[int, dict[str, Path]] = {}
    for row in listed:
        if row["status"] == "complete":
            whole.setdefault(int(row["replication"]), {})[str(row["arm"])] = folder / str(row["folder"])
    shown = next((found for _, found in sorted(whole.items()) if set(arms) <= found.keys()), None)
    if shown is None:
        raise RunUnreadable(f"{folder}: no replication is complete in every arm")
    target = out or folder / f"{COMPARISON_STEM}.{kind if kind != 'json' else 'report.json'}"
    return build_comparison(document, [shown[arm] for arm in arms], target, kind)


def write_page(page: Page, out: Path, kind: str = "html") -> Path:
    """Write a page of results in one of :data:`FORMATS`; give its path."""
    if kind == "html":
        return _write(render(page), out)
    from sandbox.report.twins import write_twin

    return write_twin(page, kind, out)


def comparison_page(comparison: Mapping[str, Any], run_directories: Sequence[Path]) -> Page:
    """Everything the report of a comparison says, as values.

    ``comparison`` is the document of ``sandbox.experiment``; ``run_directories`` hold one replication of each
    arm, the baseline first: their assumptions, definitions and enforcement are shown.
    """
    baseline = str(comparison["baseline"])
    rows = differences(comparison)
    runs = [RunFolder(directory) for directory in run_directories]
    first = runs[0]
    headlines = [each for each in rows if each.metric in HEADLINES and not each.by]
    by_rail = [
        each for each in rows if each.metric in BY_RAIL and [key for key, _ in each.by] in ([], ["rail"])
    ]
    alternatives = list(dict.fromkeys(each.alternative for each in rows))
    assumptions, command = _united(runs), compare_command(comparison, runs)
    return Page(
        title=say("page.against", alternatives=", ".join(alternatives), baseline=baseline),
        question=of_author(runs[-1].scenario.get("question")),
        kind=say("page.comparison", baseline=baseline),
        answer=comparison_answer(rows, _regimes((baseline, *map(str, comparison["alternatives"])), runs)),
        policy=tables.difference_table(by_rail, baseline),
        all_metrics=tables.difference_table(rows, baseline),
        charts_title=say("section.charts"),
        charts=tuple(comparison_charts(headlines, runs, baseline)),
        cost=tables.difference_table([each for each in rows if tables.is_cost(each)], baseline),
        enforcement=tables.difference_table([each for each in rows if tables.is_enforcement(each)], baseline),
        assumptions=assumptions,
        method=comparison_method(comparison, runs, headlines),
        command=command,
        measures=Measures.read(first.metrics).listed,
        timeline=_timeline(
            dict(
                zip(
                    (baseline, *map(str, comparison["alternatives"])),
                    (run.scenario for run in runs),
                    strict=False,
                )
            )
        ),
        stress=stress_table(runs, assumptions, command, comparison),
        differences=tuple(rows),
        language=language(),
    )


def _regimes(names: Sequence[str], runs: Sequence[RunFolder]) -> dict[str, bool]:
    """Of each arm whether its world has the regime, as its scenario says."""
    return {
        name: bool((run.scenario.get("policy") or {}).get("regime", True))
        for name, run in zip(names, runs, strict=False)
    }


def _timeline(scenarios: Mapping[str, Mapping[str, Any]]) -> tables.Table | None:
    """The dated events of one or several scenarios; None where there are none."""
    table = timeline_table(scenarios)
    return table if table.rows else None


def _caution(run: RunFolder) -> tuple[str, ...]:
    """What a reader must know before any number: an unfinished run, or one whose audit failed."""
    status = str(run.manifest.get("status", "complete"))
    if status == "complete":
        return ()
    return (say("answer.unfinished", status=say(f"status.{status}")),)


def _united(runs: Sequence[RunFolder]) -> tuple[Assumption, ...]:
    """Values used in any arm, once each."""
    found = dict.fromkeys(each for run in runs for each in read_assumptions(run.parameters))
    return tuple(sorted(found, key=lambda each: (each.name, each.since, each.value)))


def _write(html: str, path: Path) -> Path:
    """Write beside the target and put in place, so that nobody ever reads half a page."""
    part = path.with_name(path.name + ".part")
    part.write_text(html, encoding="utf-8")
    os.replace(part, path)
    return path
