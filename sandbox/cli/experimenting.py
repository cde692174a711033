"""``sandbox experiment``: a pre-registered experiment run, and what became of each hypothesis."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.cli.exits import Exit, Stop
from sandbox.cli.printing import print_json, print_pairs, stdout_console
from sandbox.cli.sweeping import check_levels, exit_of_outcomes, open_folder, run_sweep
from sandbox.experiment.designs import points_of
from sandbox.experiment.judging import Judged, Table, judge_all
from sandbox.experiment.points import digest_of
from sandbox.experiment.protocol import Experiment, read_experiment
from sandbox.experiment.sweep import PAGE, TABLE, Plan, Swept, table_of, write_summary
from sandbox.experiment.sweep_summary import page_of, summary_of
from sandbox.metrics import BY_NAME
from sandbox.report import tables
from sandbox.report.terminal import print_table
from sandbox.scenario.load import load
from sandbox.scenario.nearest import did_you_mean
from sandbox.world import Engines

SCHEMA = "sandbox.experiment-result/1"


@dataclass(frozen=True, slots=True)
class AskedExperiment:
    """What the command line asked for."""

    file: str
    reduced: bool
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
    plan = _plan(experiment, path, asked)
    size = "reduced" if asked.reduced else "full"
    folder = open_folder(asked.parent, f"experiment-{path.stem}-{size}-s{plan.seed}", asked.resume)
    swept = run_sweep(plan, folder, asked.jobs)
    records, _ = table_of(plan, swept.outcomes)
    judged = judge_all(experiment.hypotheses, Table(plan, records))
    document = {
        "schema": SCHEMA,
        "experiment": path.stem,
        "size": size,
        "hypotheses": [each.to_dict() for each in judged],
        "sweep": summary_of(swept),
    }
    write_summary(swept, document, _page(experiment, judged, swept, size))
    if asked.as_json:
        print_json({**document, "folder": str(folder)})
    else:
        _print(path.stem, judged, swept)
    return exit_of_outcomes(swept.outcomes)


def _plan(experiment: Experiment, path: Path, asked: AskedExperiment) -> Plan:
    for name in experiment.metrics:
        if name not in BY_NAME:
            hint = did_you_mean(name, BY_NAME) or "see: sandbox list metrics"
            raise Stop(Exit.INVALID, f"{path}: metrics: there is no metric '{name}'; {hint}")
    factors, sets, replications = experiment.chosen(asked.reduced)
    sets = (*sets, *asked.sets)
    beside = path.parent / experiment.scenario
    scenario = str(beside) if beside.is_file() else experiment.scenario
    seed = experiment.seed if asked.seed is None else asked.seed
    first = tuple(text for factor in factors for text in factor.levels[0].sets)
    loaded = load(scenario, sets=(*sets, *first))
    check_levels(scenario, (*sets, *first), factors)
    return Plan(
        file=scenario,
        sets=sets,
        files=digest_of(loaded.files),
        factors=tuple(factors),
        design="full",
        n=0,
        points=tuple(points_of("full", factors, 0, seed)),
        replications=asked.reps or replications,
        seed=seed,
        engines=Engines(asked.evm, asked.bitcoin),
        metrics=tuple(experiment.metrics),
    )


def _page(experiment: Experiment, judged: list[Judged], swept: Swept, size: str) -> str:
    title = experiment.title.get("en") or next(iter(experiment.title.values()))
    question = experiment.question.get("en") or next(iter(experiment.question.values()))
    lines = [f"# {title}", "", question, "", f"Size: {size}. Hypotheses were written before the run.", ""]
    lines += ["| hypothesis | claim | ruling | numbers |", "|---|---|---|---|"]
    lines += [f"| {each.name} | {each.text} | **{each.ruling}** | {each.numbers} |" for each in judged]
    return "\n".join(lines) + "\n\n" + page_of(swept).replace("# Sweep of", "## The sweep: ", 1)


def _print(name: str, judged: list[Judged], swept: Swept) -> None:
    console = stdout_console()
    rows = tuple((each.name, each.ruling, each.numbers, each.text) for each in judged)
    headings = ("hypothesis", "ruling", "numbers", "claim")
    print_table(tables.Table(caption=f"Hypotheses of {name}", headings=headings, rows=rows), console)
    plan = swept.plan
    print_pairs(
        console,
        [
            ("cells", f"{len(plan.points)} x {plan.replications} replications, seed {plan.seed}"),
            ("table", f"{swept.folder / TABLE} (SHA-256 {swept.digest})"),
            ("summary", str(swept.folder / PAGE)),
        ],
    )
