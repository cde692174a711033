"""``sandbox compare``: arms on common random numbers, paired differences, one report."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sandbox.cli.exits import Exit, Stop
from sandbox.cli.printing import print_json, print_pairs, stdout_console
from sandbox.cli.running import Asked, exit_of_failures, load_asked, run_tasks
from sandbox.experiment.comparison import Comparison, comparison_of
from sandbox.experiment.design import Arm, Design, distinct
from sandbox.experiment.folder import add_file, claim, point_latest
from sandbox.experiment.gathering import finished_in, gather, open_gathering, same_gathering
from sandbox.experiment.pairing import NotComparable, baseline_file, check_clocks
from sandbox.experiment.record import Origin
from sandbox.experiment.replications import ArmSpec
from sandbox.report.assemble import report_comparison
from sandbox.report.runfolder import RunUnreadable
from sandbox.report.terminal import print_comparison
from sandbox.report.wording import language, say, speaking
from sandbox.report.workbook import MissingWriter
from sandbox.scenario.load import Loaded
from sandbox.scenario.schema import Scenario


def compare_scenarios(
    asked: Asked,
    alternatives: Sequence[str],
    reps: int,
    jobs: int,
    output: Path | None,
    resume: Path | None = None,
    kind: str = "html",
) -> Exit:
    """Run every scenario ``reps`` times with the same seeds, and tell what differs from the first.

    A scenario without alternatives is the alternative to the one that its ``compare_to`` names.
    With ``resume`` go on in that folder: what is complete there is read, the rest is run. ``kind`` is the format of
    the report.
    """
    if "-" in (asked.scenario, *alternatives):
        raise Stop(Exit.USAGE, "error: standard input can be read once only; a comparison needs files")
    loaded = _arms(asked, alternatives)
    names = distinct([origin.name for _, origin in loaded])
    try:
        check_clocks({name: each.scenario for name, (each, _) in zip(names, loaded, strict=True)})
    except NotComparable as reason:
        raise Stop(Exit.INVALID, f"error: {reason}") from None
    folder = resume or claim(asked.parent, f"compare-{'-'.join(names)}-s{asked.seed}")
    if resume is None:
        point_latest(folder)
    arms = tuple(
        Arm(name, ArmSpec(origin, each.hash, asked.engines, folder / name))
        for name, (each, origin) in zip(names, loaded, strict=True)
    )
    design = Design(arms, reps, asked.seed)
    if resume is not None and not same_gathering(folder, "comparison", design):
        raise Stop(Exit.UNREADABLE, f"error: {folder} holds another comparison, or none")
    kept = {} if resume is None else finished_in(design)
    open_gathering(folder, "comparison", design)
    pending = [task for task in design.tasks() if task.key not in kept]
    fresh = run_tasks(pending, jobs, " : ".join(names), folder) if pending else []
    by_key = kept | {outcome.task.key: outcome for outcome in fresh}
    outcomes = [by_key[task.key] for task in design.tasks()]
    comparison = comparison_of(design, outcomes)
    document = comparison.to_dict()
    runs = gather(folder, "comparison", design, outcomes, {"comparison.json": document})
    failed = exit_of_failures(outcomes, runs)
    report = _report(folder, output, kind)
    regime = {name: each.scenario.policy.regime for name, (each, _) in zip(names, loaded, strict=True)}
    _print(asked, folder, comparison, document, runs, report, regime)
    return failed


def _arms(asked: Asked, alternatives: Sequence[str]) -> list[tuple[Loaded[Scenario], Origin]]:
    """The scenarios, the baseline first; one alone is held against the one that it names itself."""
    first = load_asked(asked.scenario, asked.sets)
    if alternatives:
        return [first, *(load_asked(each, asked.sets) for each in alternatives)]
    try:
        baseline = baseline_file(first[0].scenario, asked.scenario)
    except NotComparable as reason:
        raise Stop(Exit.USAGE, f"error: {reason}") from None
    return [load_asked(baseline, asked.sets), first]


def _report(folder: Path, output: Path | None, kind: str) -> Path | None:
    """The page or a twin of it; None if no replication is whole in every arm."""
    try:
        # Data for programs speaks one language, whoever asks for it.
        with speaking("en" if kind in ("json", "csv") else language()):
            path = report_comparison(folder, output, kind)
    except RunUnreadable:
        return None
    except MissingWriter as missing:
        raise Stop(Exit.USAGE, f"error: {missing}") from None
    if output is None:
        add_file(folder, path.name)
    return path


def _print(
    asked: Asked,
    folder: Path,
    comparison: Comparison,
    document: dict[str, Any],
    runs: Sequence[Mapping[str, Any]],
    report: Path | None,
    regime: Mapping[str, bool],
) -> None:
    where = None if report is None else str(report)
    if asked.as_json:
        print_json({**document, "runs": list(runs), "run_folder": str(folder), "report": where})
        return
    console = stdout_console()
    print_comparison(document, console, regime)
    pairs = [
        (say("terminal.replications"), say("terminal.of_each", n=comparison.replications)),
        (say("terminal.folder"), str(folder)),
    ]
    print_pairs(console, [*pairs, (say("terminal.report"), where)] if where else pairs)
