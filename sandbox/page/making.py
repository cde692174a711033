"""What a worker makes: a run or a comparison in its folder, and the result that the page shows of it.

A result is a document of plain data, made once; the server reads it and draws nothing itself.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sandbox.experiment.comparison import comparison_of
from sandbox.experiment.design import Arm, Design
from sandbox.experiment.executor import Outcome, execute
from sandbox.experiment.expectations import judge, known_metrics
from sandbox.experiment.folder import read_manifest, write_json
from sandbox.experiment.gathering import gather, open_gathering
from sandbox.experiment.record import Origin, record
from sandbox.experiment.replications import ArmSpec, replication_folder, run_arm
from sandbox.page.drawings import as_document
from sandbox.page.shelf import REPORT_FILE, RESULT_FILE, in_language
from sandbox.page.words import LANGUAGES
from sandbox.report import tables
from sandbox.report.answer import BY_RAIL, HEADLINES, comparison_answer, run_answer
from sandbox.report.assemble import build_comparison, build_report
from sandbox.report.comparing import differences
from sandbox.report.illustrations import comparison_charts, run_charts
from sandbox.report.measures import Measures
from sandbox.report.method import compare_command, comparison_method, run_command, run_method, scenario_name
from sandbox.report.runfolder import RunFolder
from sandbox.report.tables import Table
from sandbox.report.timeline import timeline_table
from sandbox.report.wording import say, speaking
from sandbox.scenario.load import load
from sandbox.simulation import Interrupted
from sandbox.world import Engines

RESULT_SCHEMA = "sandbox.page-result/1"
COMPARISON_DOCUMENT = "comparison.json"

#: Told of progress: so much done, of so much, counting so many.
Progress = Callable[[int, int, int], None]


def is_complete(folder: Path) -> bool:
    """Whether the run or comparison in this folder has come to its good end."""
    try:
        return read_manifest(folder).get("status") == "complete"
    except (OSError, ValueError):
        return False


def run(arm: Mapping[str, Any], folder: Path, seed: int, engines: Engines, progress: Progress) -> str:
    """One run into its folder; what the audit says, "" when it passed. Raises KeyboardInterrupt when told to stop."""
    loaded = load(arm["file"], checks=(known_metrics,))
    folder.mkdir(parents=True)
    origin = Origin(arm["name"], arm["file"])
    try:
        recorded = record(loaded, origin, folder, seed=seed, engines=engines, progress=progress)
    except Interrupted:
        raise KeyboardInterrupt from None
    return recorded.violation


def compare(
    arms: Sequence[Mapping[str, Any]],
    folder: Path,
    seed: int,
    replications: int,
    engines: Engines,
    progress: Progress,
) -> str:
    """All replications of all arms, and their paired differences; which replications failed, "" for none."""
    folder.mkdir(parents=True)
    specs = tuple(
        Arm(
            arm["name"],
            ArmSpec(Origin(arm["name"], arm["file"]), arm["hash"], engines, folder / arm["name"]),
        )
        for arm in arms
    )
    design = Design(specs, replications, seed)
    open_gathering(folder, "comparison", design)
    progress(0, len(design.tasks()), 0)
    outcomes = execute(design.tasks(), run_arm, progress=lambda _, done, of: progress(done, of, done))
    document = comparison_of(design, outcomes).to_dict()
    gather(folder, "comparison", design, outcomes, {COMPARISON_DOCUMENT: document})
    return _failures(outcomes)


def _failures(outcomes: Sequence[Outcome]) -> str:
    failed = [outcome for outcome in outcomes if outcome.failed]
    return "; ".join(f"{each.task.arm.name}, replication {each.task.replication}" for each in failed)


def write_run_result(arm: Mapping[str, Any], folder: Path) -> None:
    """Beside the run's folder: the report as one file, and the result, in each language."""
    opened = RunFolder(folder, verify=False)
    for each in LANGUAGES:
        with speaking(each):
            build_report(folder, folder.parent / in_language(REPORT_FILE, each))
            write_json(folder.parent / in_language(RESULT_FILE, each), _run_result(arm, opened))


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
    return [{"text": verdict.text, "holds": verdict.holds} for verdict in verdicts]


def write_comparison_result(folder: Path) -> None:
    """Beside the comparison's folder: the report as one file, and the result, in each language."""
    document = json.loads((folder / COMPARISON_DOCUMENT).read_text(encoding="utf-8"))
    baseline = str(document["baseline"])
    shown = [replication_folder(folder / name, 0) for name in (baseline, *document["alternatives"])]
    runs = [RunFolder(each, verify=False) for each in shown]
    for each in LANGUAGES:
        with speaking(each):
            build_comparison(document, shown, folder.parent / in_language(REPORT_FILE, each))
            write_json(folder.parent / in_language(RESULT_FILE, each), _comparison_result(document, runs))


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
                timeline_table(
                    dict(zip((baseline, *document["alternatives"]), (r.scenario for r in runs), strict=True))
                )
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
