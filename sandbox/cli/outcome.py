"""What ``sandbox run`` says: tables and lines for people, one document for programs."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sandbox.cli.printing import print_pairs, program, stdout_console
from sandbox.experiment.expectations import Verdict
from sandbox.experiment.gathering import gathered_digest
from sandbox.experiment.record import Origin, Recorded
from sandbox.report.expected import verdict_text
from sandbox.report.measures import Measures
from sandbox.report.readings import ENDINGS
from sandbox.report.tables import Table
from sandbox.report.terminal import print_run, print_table
from sandbox.report.wording import local, metric_title, number, rail_label, say, unit_label

RUN_SCHEMA = "sandbox.run/1"

#: Metrics that the summary of replications shows, over all rails.
_SUMMARY = (
    "payments",
    "settlement_time_p50",
    "settlement_time_p95",
    "fail_rate_n",
    "cost_pct_all_in",
    "cost_pct_charges",
    "throughput_usd_day",
)


def print_single(recorded: Recorded, verdicts: Sequence[Verdict], report: Path | None) -> None:
    """Endings by rail, the policy table, and where everything is."""
    console = stdout_console()
    print_table(_endings_table(recorded.metrics), console)
    print_run(recorded.folder, console)
    for verdict in verdicts:
        console.file.write(say("terminal.expectation", text=verdict_text(verdict)) + "\n")
    pairs = [
        (say("terminal.audit"), say(f"audit.{recorded.run.audit}")),
        (say("terminal.digest"), recorded.run.digest),
        (say("terminal.folder"), str(recorded.folder)),
    ]
    if report:
        pairs.append((say("terminal.report"), str(report)))
    if recorded.run.payments:
        # Some payment of the first ones: what to type next, not a choice among them.
        chosen = min(42, recorded.run.payments - 1)
        pairs.append((say("terminal.story"), f"{program()} explain {recorded.folder} P-{chosen:05d}"))
    pairs.append((say("terminal.browser"), f"{program()} serve {recorded.folder}"))
    print_pairs(console, pairs)


def single_document(
    recorded: Recorded, origin: Origin, scenario_hash: str, verdicts: Sequence[Verdict], report: Path | None
) -> dict[str, Any]:
    """The document of one run."""
    run = recorded.run
    return {
        "schema": RUN_SCHEMA,
        "scenario": {"name": origin.name, "file": origin.file, "hash": scenario_hash},
        "seed": run.seed,
        "replication": run.replication,
        "status": run.status,
        "audit": run.audit,
        "journal_digest": run.digest,
        "rows": run.rows,
        "payments": run.payments,
        "counts_by_ending": recorded.endings,
        "metrics": [_brief(row) for row in recorded.metrics],
        "expectations": [verdict.to_dict() for verdict in verdicts],
        "run_folder": str(recorded.folder),
        "report": None if report is None else str(report),
    }


def print_replications(
    folder: Path,
    runs: Sequence[Mapping[str, Any]],
    means: Sequence[Mapping[str, Any]],
    verdicts: Sequence[Verdict],
    digest: str,
) -> None:
    """Means with their intervals, then each replication's digest."""
    console = stdout_console()
    rows = [
        (metric_title(row["name"]), *_interval(row), unit_label(str(row["unit"])))
        for name in _SUMMARY
        for row in means
        if row["name"] == name and not row["by"]
    ]
    headings = (
        say("column.metric"),
        say("terminal.mean"),
        "±",
        say("terminal.replications"),
        say("terminal.unit"),
    )
    print_table(Table(caption=say("terminal.means"), headings=headings, rows=tuple(rows)), console)
    print_table(
        Table(
            caption=say("terminal.kept"),
            headings=(say("terminal.run"), say("terminal.status"), say("terminal.digest")),
            rows=tuple(
                (run["folder"], say(f"status.{run['status']}"), str(run["journal_digest"] or "–"))
                for run in runs
            ),
        ),
        console,
    )
    for verdict in verdicts:
        console.file.write(say("terminal.expectation", text=verdict_text(verdict)) + "\n")
    print_pairs(console, [(say("terminal.digests"), digest), (say("terminal.folder"), str(folder))])


def replications_document(
    folder: Path,
    origin: Origin,
    scenario_hash: str,
    seed: int,
    runs: Sequence[Mapping[str, Any]],
    means: Sequence[Mapping[str, Any]],
    verdicts: Sequence[Verdict],
) -> dict[str, Any]:
    """The document of several replications; ``journal_digest`` is that of all their digests."""
    counts: dict[str, int] = {}
    for run in runs:
        for ending, count in run["endings"].items():
            counts[ending] = counts.get(ending, 0) + count
    return {
        "schema": RUN_SCHEMA,
        "scenario": {"name": origin.name, "file": origin.file, "hash": scenario_hash},
        "seed": seed,
        "status": "complete" if all(run["status"] == "complete" for run in runs) else "partial",
        "journal_digest": gathered_digest(runs),
        "payments": sum(counts.values()),
        "counts_by_ending": counts,
        "metrics": [dict(row) for row in means],
        "replications": [dict(run) for run in runs],
        "expectations": [verdict.to_dict() for verdict in verdicts],
        "run_folder": str(folder),
        "report": None,
    }


def _brief(row: Mapping[str, Any]) -> dict[str, Any]:
    return {key: row[key] for key in ("name", "family", "by", "value", "unit", "n", "reason", "direction")}


def _interval(row: Mapping[str, Any]) -> tuple[str, str, str]:
    value, half = row["value"], row["half_width"]
    if value is None:
        return ("–", "–", "0")
    return (local(f"{value:,.6g}"), "–" if half is None else local(f"{half:,.3g}"), str(row["n"]))


def _endings_table(metrics: Sequence[Mapping[str, Any]]) -> Table:
    """Payments of the observed window by rail of the last attempt (and direction of trade) and ending."""
    measures = Measures.read(metrics)
    rails = [rail for each in measures.named("payments") if (rail := dict(each.by).get("rail"))]
    present = [
        ending
        for ending in ENDINGS
        if (found := measures.find("payments_by_ending", ending=ending)) is not None and found.value
    ]
    ways = [way for each in measures.named("payments") if (way := dict(each.by).get("direction"))]
    groups = {rail_label("" if rail == "none" else rail): {"rail": rail} for rail in rails}
    groups |= {say(f"direction.{way}"): {"direction": way} for way in ways}
    rows = []
    for label, by in groups.items():
        cells = [measures.find("payments_by_ending", ending=ending, **by) for ending in present]
        rows.append((label, *(number(cell.value) if cell and cell.value else "0" for cell in cells)))
    return Table(
        caption=say("terminal.endings"),
        headings=(say("column.rail"), *(say(f"ending.{ending}") for ending in present)),
        rows=tuple(rows),
    )
