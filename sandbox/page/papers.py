"""What is written of a finished job, in one language: its result for the page, and its report as one file.

Both are made of the job's own files alone and lie beside its run, made once: the result in the asker's language by the
job's worker, everything else when somebody opens it first.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sandbox.experiment.expectations import judge
from sandbox.experiment.folder import write_json
from sandbox.experiment.replications import replication_folder
from sandbox.page.drawings import as_document
from sandbox.page.jobs import Kind
from sandbox.page.shelf import Paper
from sandbox.report import tables
from sandbox.report.answer import BY_RAIL, HEADLINES, comparison_answer, run_answer
from sandbox.report.assemble import build_comparison, build_report
from sandbox.report.comparing import differences
from sandbox.report.expected import verdict_text
from sandbox.report.illustrations import comparison_charts, run_charts
from sandbox.report.measures import Measures
from sandbox.report.method import compare_command, comparison_method, run_command, run_method, scenario_name
from sandbox.report.runfolder import RunFolder
from sandbox.report.tables import Table
from sandbox.report.timeline import timeline_table
from sandbox.report.wording import say, speaking
from sandbox.scenario.load import load

RESULT_SCHEMA = "sandbox.page-result/1"
COMPARISON_DOCUMENT = "comparison.json"


def write_paper(
    paper: Paper, language: str, kind: Kind, folder: Path, arms: Sequence[Mapping[str, Any]]
) -> None:
    """Write it beside the folder of the run or comparison: all of it, or nothing.

    Raises RunUnreadable, OSError or ValueError where the files of the run are not what was written.
    """
    with speaking(language):
        if kind is Kind.RUN:
            _of_run(paper, folder, arms[0], folder.parent / paper.file(language))
        else:
            _of_comparison(paper, folder, folder.parent / paper.file(language))


def _of_run(paper: Paper, folder: Path, arm: Mapping[str, Any], out: Path) -> None:
    if paper is Paper.REPORT:
        build_report(folder, out)
    else:
        write_json(out, _run_result(arm, RunFolder(folder)))


def _of_comparison(paper: Paper, folder: Path, out: Path) -> None:
    document = json.loads((folder / COMPARISON_DOCUMENT).read_text(encoding="utf-8"))
    shown = [replication_folder(folder / name, 0) for name in _names(document)]
    if paper is Paper.REPORT:
        build_comparison(document, shown, out)
    else:
        write_json(out, _comparison_result(document, [RunFolder(each) for each in shown]))


def _names(document: Mapping[str, Any]) -> list[str]:
    """The arms of a comparison, the baseline first."""
    return [str(document["baseline"]), *document["alternatives"]]


def _run_result(arm: Mapping[str, Any], opened: RunFolder) -> dict[str, Any]:
    measures = Measures.read(opened.metrics)
    return {
        "schema": RESULT_SCHEMA,
        "answer": list(run_answer(measures)),
        "tables": {
            "policy": _table(tables.policy_table(measures)),
            "cost": _table(tables.cost_table(measures)),
            "enforcement": _table(tables.enforcement_table(measures)),
            "timeline": _table(timeline_table({scenario_name(opened): opened.scenario})),
            "all": _table(tables.measures_table(say("table.all_metrics"), measures.listed)),
        },
        "charts": [as_document(each) for each in run_charts(opened)],
        "expectations": _expectations(arm, opened),
        "method": [list(pair) for pair in run_method(opened)],
        "command": run_command(opened.manifest),
    }


def _expectations(arm: Mapping[str, Any], opened: RunFolder) -> list[dict[str, Any]]:
    """What the scenario's author expected, and whether this run agrees."""
    verdicts = judge(load(arm["file"]).scenario.expect, opened.metrics)
    return [{"text": verdict_text(verdict), "holds": verdict.holds} for verdict in verdicts]


def _comparison_result(document: Mapping[str, Any], runs: Sequence[RunFolder]) -> dict[str, Any]:
    baseline = str(document["baseline"])
    rows = differences(document)
    headlines = [each for each in rows if each.metric in HEADLINES and not each.by]
    by_rail = [
        each for each in rows if each.metric in BY_RAIL and [key for key, _ in each.by] in ([], ["rail"])
    ]
    return {
        "schema": RESULT_SCHEMA,
        "answer": list(comparison_answer(rows)),
        "tables": {
            "policy": _table(tables.difference_table(by_rail, baseline)),
            "cost": _table(tables.difference_table([e for e in rows if tables.is_cost(e)], baseline)),
            "enforcement": _table(
                tables.difference_table([e for e in rows if tables.is_enforcement(e)], baseline)
            ),
            "timeline": _table(
                timeline_table(dict(zip(_names(document), (run.scenario for run in runs), strict=True)))
            ),
            "all": _table(tables.difference_table(rows, baseline)),
        },
        "charts": [as_document(each) for each in comparison_charts(headlines, runs, baseline)],
        "expectations": [],
        "method": [list(pair) for pair in comparison_method(document, runs, headlines)],
        "command": compare_command(document, runs),
    }


def _table(table: Table) -> dict[str, Any]:
    return asdict(table)
