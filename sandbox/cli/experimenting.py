"""``sandbox experiment``: a pre-registered experiment run, and what became of each hypothesis."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sandbox import __version__
from sandbox.cli.exits import Exit, Stop
from sandbox.cli.printing import print_json, print_pairs, stdout_console
from sandbox.cli.sweeping import check_levels, exit_of_outcomes, open_folder, run_sweep
from sandbox.cli.wording import told
from sandbox.experiment.cells import Table
from sandbox.experiment.designs import points_of
from sandbox.experiment.factors import BadFactor, Factor
from sandbox.experiment.folder import write_text
from sandbox.experiment.judging import Judged, judge_all
from sandbox.experiment.plans import (
    assumption_plan,
    beside_plans,
    measured_value,
    reversals,
    sensitivity_plan,
    single,
)
from sandbox.experiment.points import digest_of
from sandbox.experiment.protocol import Experiment, read_experiment
from sandbox.experiment.result_page import Result, interval, number, page_of_result
from sandbox.experiment.sweep import PAGE, TABLE, Plan, Swept, table_of, write_summary
from sandbox.experiment.sweep_summary import page_of, summary_of
from sandbox.metrics import BY_NAME
from sandbox.report import tables
from sandbox.report.terminal import print_table
from sandbox.report.wording import local, of_author
from sandbox.scenario.load import load
from sandbox.scenario.nearest import did_you_mean
from sandbox.scenario.parameters import UnknownParameter
from sandbox.world import Engines

SCHEMA = "sandbox.experiment-result/1"


@dataclass(frozen=True, slots=True)
class AskedExperiment:
    """What the command line asked for."""

    file: str
    reduced: bool
    assumptions: bool
    sensitivity: bool
    page: Path | None
    sets: tuple[str, ...]
    reps: int | None
    seed: int | None
    jobs: int
    evm: Any
    bitcoin: Any
    parent: Path
    resume: Path | None
    as_json: bool


def run_experiment(asked: AskedExperiment) -> Exit:
    """Run all cells, judge the hypotheses, keep table and verdicts. A hypothesis that falls is a finding: exit 0."""
    experiment, path = read_experiment(asked.file)
    base = _checked(experiment, path, asked)
    size = "reduced" if asked.reduced else "full"
    folder = open_folder(asked.parent, f"experiment-{path.stem}-{size}-s{base.seed}", asked.resume)
    result = _run(experiment, path.stem, base, asked, folder)
    document = _document(result)
    page = page_of_result(result)
    write_summary(
        result.swept, document, page + "\n" + page_of(result.swept).replace("# Sweep of", "## The sweep:", 1)
    )
    if asked.page is not None:
        asked.page.parent.mkdir(parents=True, exist_ok=True)
        write_text(asked.page, page)
    if asked.as_json:
        print_json({**document, "folder": str(folder)})
    else:
        _print(result)
    return exit_of_outcomes(
        [outcome for swept in (result.swept, *result.beside.values()) for outcome in swept.outcomes]
    )


def _checked(experiment: Experiment, path: Path, asked: AskedExperiment) -> Plan:
    """The plan of all cells, before anything is measured; refuses what would fail later."""
    for name in experiment.metrics:
        if name not in BY_NAME:
            hint = did_you_mean(name, BY_NAME) or "see: sandbox list metrics"
            raise Stop(Exit.INVALID, f"{path}: metrics: there is no metric '{name}'; {hint}")
    for part in ("assumptions", "sensitivity"):
        if getattr(asked, part) and getattr(experiment, part) is None:
            raise Stop(Exit.USAGE, f"error: {path.stem} says nothing of {part}")
    factors, sets, replications = experiment.chosen(asked.reduced)
    sets = (*sets, *asked.sets)
    beside = path.parent / experiment.scenario
    scenario = str(beside) if beside.is_file() else experiment.scenario
    first = tuple(text for factor in factors for text in factor.levels[0].sets)
    loaded = load(scenario, sets=(*sets, *first))
    check_levels(scenario, (*sets, *first), factors)
    plan = Plan(
        file=scenario,
        sets=sets,
        files=digest_of(loaded.files),
        factors=tuple(factors),
        design="full",
        n=0,
        points=tuple(points_of("full", factors, 0, 0)),
        replications=asked.reps or replications,
        seed=experiment.seed if asked.seed is None else asked.seed,
        engines=Engines(asked.evm, asked.bitcoin),
        metrics=tuple(experiment.metrics),
    )
    for one in beside_plans(experiment, plan, asked.reduced).values():
        load(scenario, sets=one.sets)
    try:
        if experiment.assumptions is not None:
            assumption_plan(experiment, plan, factors, loaded.parameters)
        if experiment.sensitivity is not None:
            sensitivity_plan(experiment, plan, loaded.parameters, asked.reduced)
    except (BadFactor, UnknownParameter, ValueError) as problem:
        raise Stop(Exit.INVALID, f"{path}: {problem}") from None
    return plan


def _run(experiment: Experiment, name: str, base: Plan, asked: AskedExperiment, folder: Path) -> Result:
    """Every sweep of it, in its own folder below the experiment's; the factors' in the folder itself."""

    def swept(plan: Plan, part: str = "") -> Swept:
        return run_sweep(plan, folder / part, asked.jobs, whole=folder)

    measured: dict[str, float] = {}
    for key, what in experiment.measured.items():
        found = measured_value(what, _table(swept(single(base, (), what.replications), f"measured-{key}")))
        if found is not None:
            measured[key] = found
    left_out = experiment.left_out(measured)
    factors, plan = _resolved(experiment, base, asked, measured)
    main = swept(plan)
    beside = {
        key: swept(one, f"beside-{key}") for key, one in beside_plans(experiment, base, asked.reduced).items()
    }
    tables_beside = {key: _table(one) for key, one in beside.items()}
    judged = judge_all(experiment.hypotheses, _table(main), tables_beside, left_out)
    library = load(base.file, sets=base.sets).parameters
    assumed = sensitive = None
    if asked.assumptions:
        assumed = swept(assumption_plan(experiment, base, factors, library), "assumptions")
    if asked.sensitivity:
        sensitive = swept(sensitivity_plan(experiment, base, library, asked.reduced), "sensitivity")
    return Result(
        name=name,
        experiment=experiment,
        size="reduced" if asked.reduced else "full",
        version=__version__,
        judged=judged,
        swept=main,
        measured=measured,
        beside=beside,
        reversals=None if assumed is None else reversals(experiment, _table(assumed), left_out),
        assumed=assumed,
        sensitivity=sensitive,
        command=_command(name, asked),
    )


def _resolved(
    experiment: Experiment, base: Plan, asked: AskedExperiment, measured: dict[str, float]
) -> tuple[list[Factor], Plan]:
    """The factors with what was measured put into their levels."""
    factors, _, _ = experiment.chosen(asked.reduced, measured)
    points = tuple(points_of("full", factors, 0, base.seed))
    return factors, replace(base, factors=tuple(factors), points=points)


def _table(swept: Swept) -> Table:
    records, _ = table_of(swept.plan, swept.outcomes)
    return Table(swept.plan, records)


def _command(name: str, asked: AskedExperiment) -> str:
    words = ["sandbox", "experiment", name]
    words += [f"--{part}" for part in ("reduced", "assumptions", "sensitivity") if getattr(asked, part)]
    words += [] if asked.reps is None else ["--reps", str(asked.reps)]
    words += [] if asked.seed is None else ["--seed", str(asked.seed)]
    words += [word for text in asked.sets for word in ("--set", text)]
    return " ".join(words)


def _document(result: Result) -> dict[str, Any]:
    moved = result.reversals or ()
    return {
        "schema": SCHEMA,
        "experiment": result.name,
        "title": dict(result.experiment.title),
        "question": dict(result.experiment.question),
        "command": result.command,
        "size": result.size,
        "measured": dict(result.measured),
        "hypotheses": [each.to_dict() for each in result.judged],
        "assumptions": [
            {
                "hypothesis": each.hypothesis,
                "assumption": each.assumption,
                "change": each.kind,
                "ruling": each.moved.ruling,
                "effect": each.moved.effect,
                "low": each.moved.low,
                "high": each.moved.high,
                "ruling_as_it_is": each.base.ruling,
            }
            for each in moved
        ],
        "sweep": summary_of(result.swept),
        "beside": {name: summary_of(one) for name, one in result.beside.items()},
        "sensitivity": None if result.sensitivity is None else summary_of(result.sensitivity),
    }


def _row(each: Judged) -> tuple[str, ...]:
    return (
        each.name, told(each.ruling), local(number(each.effect)), told(interval(each)),
        told(each.test if each.n else each.numbers), str(each.n), local(number(each.p_holm)), of_author(each.text),
    )  # fmt: skip


def _print(result: Result) -> None:
    console = stdout_console()
    headings = ("hypothesis", "ruling", "effect", "interval", "test", "n", "p (Holm)", "claim")
    rows = tuple(map(_row, result.judged))
    caption = told(f"Hypotheses of {result.name}")
    print_table(tables.Table(caption=caption, headings=tuple(map(told, headings)), rows=rows), console)
    changed = [each for each in result.reversals or () if each.kind]
    if changed:
        print_table(
            tables.Table(
                caption=told("Assumptions that change a ruling"),
                headings=tuple(map(told, ("hypothesis", "assumption", "as it is", "then", "effect"))),
                rows=tuple(
                    (
                        e.hypothesis,
                        e.assumption,
                        told(e.base.ruling),
                        told(e.moved.ruling),
                        local(number(e.moved.effect)),
                    )
                    for e in changed
                ),
            ),
            console,
        )
    swept = result.swept
    cells = f"{len(swept.plan.points)} x {swept.plan.replications} replications, seed {swept.plan.seed}"
    print_pairs(
        console,
        [
            (told("cells"), told(cells)),
            (told("table"), f"{swept.folder / TABLE} (SHA-256 {swept.digest})"),
            (told("summary"), str(swept.folder / PAGE)),
        ],
    )
