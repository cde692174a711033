"""``sandbox run``: one run, or several replications, each kept in a folder."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.cli.exits import BugIn, Exit, Stop, complain, complain_of
from sandbox.cli.outcome import print_replications, print_single, replications_document, single_document
from sandbox.cli.printing import print_json
from sandbox.cli.progress import counted_progress, daily_progress
from sandbox.experiment.design import Arm, Design, Task
from sandbox.experiment.executor import Outcome, execute
from sandbox.experiment.expectations import Verdict, judge, known_metrics
from sandbox.experiment.folder import add_file, claim, point_latest
from sandbox.experiment.gathering import (
    gather,
    gathered_digest,
    log_of,
    means_of,
    open_gathering,
    settle_interrupted,
)
from sandbox.experiment.record import Origin, Recorded, record
from sandbox.experiment.replications import ArmSpec, replication_folder, run_arm
from sandbox.report.assemble import REPORT_FILE, build_report
from sandbox.scenario.load import Loaded, load
from sandbox.scenario.schema import Scenario
from sandbox.simulation import Interrupted
from sandbox.world import Engines


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command line asked for."""

    scenario: str
    sets: tuple[str, ...]
    seed: int
    evm: Any
    bitcoin: Any
    parent: Path
    report: bool
    as_json: bool

    @property
    def engines(self) -> Engines:
        """The chain engines."""
        return Engines(self.evm, self.bitcoin)


def load_asked(scenario: str, sets: Sequence[str]) -> tuple[Loaded[Scenario], Origin]:
    """The scenario, with every warning said on stderr."""
    loaded = load(scenario, sets=sets, checks=(known_metrics,))
    complain_of(loaded.warnings)
    name = "stdin" if scenario == "-" else Path(scenario).stem
    return loaded, Origin(name, scenario, tuple(sets))


def run_once(asked: Asked, replication: int) -> Exit:
    """Run, audit, measure, report; the exit code tells about violations and expectations."""
    loaded, origin = load_asked(asked.scenario, asked.sets)
    folder = claim(asked.parent, f"{origin.name}-s{asked.seed}")
    point_latest(folder)
    recorded = _recorded(loaded, origin, folder, asked, replication)
    if recorded.violation:
        complain(recorded.violation)
        if asked.as_json:
            print_json(single_document(recorded, origin, loaded.hash, [], None))
        raise Stop(Exit.VIOLATION, f"the run is kept, marked invalid, in {folder}")
    report = write_report_into(folder) if asked.report else None
    verdicts = judge(loaded.scenario.expect, recorded.metrics)
    if asked.as_json:
        print_json(single_document(recorded, origin, loaded.hash, verdicts, report))
    else:
        print_single(recorded, verdicts, report)
    return exit_of(verdicts)


def write_report_into(folder: Path) -> Path:
    """Write the report of a run into its folder and enter it into the manifest."""
    path = build_report(folder)
    add_file(folder, REPORT_FILE)
    return path


def exit_of(verdicts: Sequence[Verdict]) -> Exit:
    """4 if an expectation does not hold."""
    return Exit.DONE if all(verdict.holds for verdict in verdicts) else Exit.EXPECTATION


def _recorded(
    loaded: Loaded[Scenario], origin: Origin, folder: Path, asked: Asked, replication: int
) -> Recorded:
    try:
        with daily_progress(origin.name) as progress:
            return record(
                loaded,
                origin,
                folder,
                seed=asked.seed,
                replication=replication,
                engines=asked.engines,
                progress=progress,
            )
    except Interrupted as stop:
        rows = stop.run.rows
        raise Stop(Exit.INTERRUPTED, f"interrupted: {rows} records are kept in {folder}") from None
    except OSError:
        raise
    except Exception as error:
        raise BugIn(folder) from error


def run_many(asked: Asked, reps: int, jobs: int) -> Exit:
    """Replications 0 to reps - 1 in folders of their own, and their means with 95% t intervals."""
    if asked.scenario == "-":
        raise Stop(
            Exit.USAGE, "error: standard input can be read once only; several replications need a file"
        )
    loaded, origin = load_asked(asked.scenario, asked.sets)
    folder = claim(asked.parent, f"{origin.name}-s{asked.seed}")
    point_latest(folder)
    spec = ArmSpec(origin, loaded.hash, asked.engines, folder)
    design = Design((Arm(origin.name, spec),), reps, asked.seed)
    open_gathering(folder, "replications", design)
    outcomes = run_tasks(design.tasks(), jobs, origin.name, folder)
    if asked.report:
        for outcome in outcomes:
            if not outcome.failed:
                write_report_into(replication_folder(folder, outcome.task.replication))
    means = means_of(outcomes)
    runs = gather(folder, "replications", design, outcomes, {"summary.json": {"metrics": means}})
    verdicts = judge(loaded.scenario.expect, means)
    document = replications_document(folder, origin, loaded.hash, asked.seed, runs, means, verdicts)
    if asked.as_json:
        print_json(document)
    else:
        print_replications(folder, runs, means, verdicts, gathered_digest(runs))
    return exit_of_failures(outcomes, runs) or exit_of(verdicts)


def run_tasks(tasks: Sequence[Task], jobs: int, label: str, folder: Path) -> list[Outcome]:
    """Execute with progress; after Ctrl-C what was cut off is marked in its folder."""
    try:
        with counted_progress(label, len(tasks)) as tell:
            return execute(tasks, run_arm, jobs=jobs, progress=lambda _, done, __: tell(done))
    except KeyboardInterrupt:
        kept = settle_interrupted(folder)
        message = f"interrupted: {kept} of {len(tasks)} replications are complete and kept in {folder}"
        raise Stop(Exit.INTERRUPTED, message) from None


def exit_of_failures(outcomes: Sequence[Outcome], runs: Sequence[dict[str, Any]]) -> Exit:
    """Say which replications failed: 7 for a broken audit rule, 5 if the rest is kept, 1 if there is no rest."""
    failed = [outcome for outcome in outcomes if outcome.failed]
    for outcome in failed:
        arm, replication = outcome.task.key
        last = outcome.failure.strip().splitlines()[-1]
        where = f"{arm}, replication {replication} (seed {outcome.task.seed})"
        complain(f"{where} failed: {last}; the log is {log_of(outcome)}")
    if any(run["status"] == "invalid" for run in runs):
        return Exit.VIOLATION
    if not failed:
        return Exit.DONE
    return Exit.PARTIAL if len(failed) < len(outcomes) else Exit.BUG
