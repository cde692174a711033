"""``sandbox sweep``: many points of a scenario, one table, and which factor matters for what."""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.cli.exits import Exit, Stop, complain, complain_of
from sandbox.cli.printing import print_json, print_pairs, stdout_console
from sandbox.cli.progress import counted_progress
from sandbox.cli.wording import told
from sandbox.experiment.designs import DesignName, points_of
from sandbox.experiment.executor import Outcome
from sandbox.experiment.factors import BadFactor, Factor, parse_lever, uncertainties
from sandbox.experiment.folder import claim, point_latest
from sandbox.experiment.points import digest_of
from sandbox.experiment.sweep import METRICS, PAGE, SUMMARY, TABLE, Plan, Swept, sweep, write_summary
from sandbox.experiment.sweep_summary import page_of, summary_of
from sandbox.metrics import BY_NAME
from sandbox.report.tables import Table
from sandbox.report.terminal import print_table
from sandbox.report.wording import local
from sandbox.scenario.load import Loaded, load
from sandbox.scenario.nearest import did_you_mean
from sandbox.scenario.parameters import UnknownParameter
from sandbox.scenario.schema import Scenario
from sandbox.world import Engines

#: Rows of the table on the terminal: the heaviest factor of each metric.
_HEADLINES = 12


@dataclass(frozen=True, slots=True)
class AskedSweep:
    """What the command line asked for."""

    scenario: str
    sets: tuple[str, ...]
    levers: tuple[str, ...]
    uncertain: tuple[str, ...]
    design: DesignName
    n: int
    reps: int
    seed: int
    jobs: int
    metrics: tuple[str, ...]
    evm: Any
    bitcoin: Any
    parent: Path
    resume: Path | None
    as_json: bool


def sweep_scenario(asked: AskedSweep) -> Exit:
    """Run the sweep, or go on with one, and tell what it found."""
    if asked.scenario == "-":
        raise Stop(Exit.USAGE, "error: standard input can be read once only; a sweep needs a file")
    loaded = load(asked.scenario, sets=asked.sets)
    complain_of(loaded.warnings)
    plan = _plan(asked, loaded)
    folder = open_folder(asked.parent, f"sweep-{plan.name}-s{asked.seed}", asked.resume)
    swept = run_sweep(plan, folder, asked.jobs)
    document = {**summary_of(swept), "command": _command(asked)}
    write_summary(swept, document, page_of(swept))
    if asked.as_json:
        print_json({**document, "folder": str(folder)})
    else:
        _print(swept)
    return exit_of_outcomes(swept.outcomes)


def _command(asked: AskedSweep) -> str:
    """The command that makes the same sweep again."""
    words = ["sandbox", "sweep", asked.scenario]
    words += [word for lever in asked.levers for word in ("--levers", lever)]
    words += ["--uncertainties", ",".join(asked.uncertain)] if asked.uncertain else []
    words += [
        "--design",
        asked.design,
        "--n",
        str(asked.n),
        "--reps",
        str(asked.reps),
        "--seed",
        str(asked.seed),
    ]
    words += ["--metrics", ",".join(asked.metrics)] if asked.metrics else []
    words += [word for text in asked.sets for word in ("--set", text)]
    return shlex.join(words)


def open_folder(parent: Path, name: str, resume: Path | None) -> Path:
    """A new folder, or the one to go on with."""
    if resume is None:
        folder = claim(parent, name)
        point_latest(folder)
        return folder
    begun = (resume / "replications" / "design.json", *resume.glob("*/replications/design.json"))
    if not any(path.is_file() for path in begun):
        raise Stop(Exit.UNREADABLE, f"error: {resume} holds no sweep or experiment to go on with")
    return resume


def run_sweep(plan: Plan, folder: Path, jobs: int, whole: Path | None = None) -> Swept:
    """Run with progress; after Ctrl-C say how to go on, with the folder or the whole that it is a part of."""
    total = len(plan.points) * plan.replications
    done = 0

    def counted(_: Outcome, finished: int, __: int) -> None:
        nonlocal done
        done = finished
        tell(finished)

    try:
        with counted_progress(plan.name, total) as tell:
            return sweep(plan, folder, jobs=jobs, progress=counted)
    except KeyboardInterrupt:
        message = (
            f"interrupted: {done} of {total} replications are kept; go on with --resume {whole or folder}"
        )
        raise Stop(Exit.INTERRUPTED, message) from None


def exit_of_outcomes(outcomes: Sequence[Outcome]) -> Exit:
    """Say which replications failed: 5 if the rest is kept, 1 if there is no rest."""
    failed = [outcome for outcome in outcomes if outcome.failed]
    for outcome in failed:
        last = outcome.failure.strip().splitlines()[-1]
        complain(f"{outcome.task.arm.name}, replication {outcome.task.replication} failed: {last}")
    if not failed:
        return Exit.DONE
    return Exit.PARTIAL if len(failed) < len(outcomes) else Exit.BUG


def _plan(asked: AskedSweep, loaded: Loaded[Scenario]) -> Plan:
    for name in asked.metrics:
        if name not in BY_NAME:
            hint = did_you_mean(name, BY_NAME) or "see: sandbox list metrics"
            raise Stop(Exit.USAGE, f"error: there is no metric '{name[:80]}'; {hint}")
    try:
        factors = (*map(parse_lever, asked.levers), *uncertainties(loaded.parameters, asked.uncertain))
        names = [factor.name for factor in factors]
        if len(set(names)) != len(names):
            raise BadFactor(f"a factor is named twice: {', '.join(names)}")
        points = points_of(asked.design, factors, asked.n, asked.seed)
    except (UnknownParameter, ValueError) as problem:
        raise Stop(Exit.USAGE, f"error: {problem}") from None
    check_levels(asked.scenario, asked.sets, factors)
    return Plan(
        file=asked.scenario,
        sets=asked.sets,
        files=digest_of(loaded.files),
        factors=factors,
        design=asked.design,
        n=asked.n,
        points=tuple(points),
        replications=asked.reps,
        seed=asked.seed,
        engines=Engines(asked.evm, asked.bitcoin),
        metrics=asked.metrics or METRICS,
    )


def check_levels(scenario: str, sets: tuple[str, ...], factors: Sequence[Factor]) -> None:
    """Load the scenario at the ends of every factor, so that a wrong lever is refused before anything runs."""
    for factor in factors:
        for level in {
            factor.levels[0].label: factor.levels[0],
            factor.levels[-1].label: factor.levels[-1],
        }.values():
            load(scenario, sets=(*sets, *level.sets))


def _print(swept: Swept) -> None:
    console = stdout_console()
    rows = []
    whole = [(metric, found) for metric, found in swept.influences.items() if "[" not in metric]
    for metric, found in whole[:_HEADLINES]:
        known = [each for each in found if each.value is not None][:3]
        cells = [f"{each.factor} ({_number(each.value)})" for each in known]
        rows.append((metric, *cells, *[""] * (3 - len(cells))))
    measure = next((found[0].measure for found in swept.influences.values() if found), "")
    caption = f"Factors by weight: {measure.replace('_', ' ')}"
    print_table(
        Table(
            caption=told(caption),
            headings=tuple(map(told, ("metric", "first", "second", "third"))),
            rows=tuple(rows),
        ),
        console,
    )
    plan = swept.plan
    pairs: list[tuple[str, Any]] = [
        ("points", told(f"{len(plan.points)} ({plan.design}) x {plan.replications} replications")),
        ("table", f"{swept.folder / TABLE} (SHA-256 {swept.digest})"),
        ("summary", f"{swept.folder / PAGE}, {swept.folder / SUMMARY}"),
    ]
    print_pairs(console, [(told(name), value) for name, value in pairs])


def _number(value: float | None) -> str:
    return "–" if value is None else local(f"{value:,.3g}")
