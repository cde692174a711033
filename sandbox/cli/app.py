"""The commands and their options. Bodies live in modules that are loaded when a command runs."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from sandbox.cli import lessons, workshop
from sandbox.cli.exits import Exit, ending
from sandbox.cli.options import (
    MOST_SEED,
    BitcoinEngine,
    EvmEngine,
    Format,
    Jobs,
    Json,
    Language,
    Layers,
    Parent,
    ResultFolder,
    Resume,
    RunFolder,
    ScenarioFile,
    Seed,
    Sets,
    settings,
)

app = typer.Typer(
    name="sandbox",
    help="A laboratory for cross-border settlement policy: local test chains, synthetic actors, audited journals.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)

app.add_typer(lessons.app, name="lesson")


def _say_version(wanted: bool) -> None:
    if wanted:
        from sandbox import __version__

        typer.echo(f"sandbox {__version__}")
        raise typer.Exit


@app.callback()
def _any_command(
    version: Annotated[
        bool, typer.Option("--version", help="Say the version.", is_eager=True, callback=_say_version)
    ] = False,
) -> None:
    """What may stand before a command."""


@app.command()
@ending
def run(
    scenario: ScenarioFile,
    seed: Seed = 1,
    reps: Annotated[int, typer.Option(min=1, max=10_000, help="Independent replications.")] = 1,
    replication: Annotated[
        int | None, typer.Option(min=0, max=1_000_000, help="Run this one replication alone.")
    ] = None,
    jobs: Jobs = 1,
    evm_engine: EvmEngine = None,
    bitcoin_engine: BitcoinEngine = None,
    sets: Sets = None,
    parameter_files: Layers = None,
    out: Parent = Path("runs"),
    no_report: Annotated[bool, typer.Option("--no-report", help="Write no report.html.")] = False,
    lang: Language = "en",
    as_json: Json = False,
) -> Exit | None:
    """Run a scenario, audit it, measure it and write its report."""
    from sandbox.cli.engines import choose
    from sandbox.cli.exits import Stop
    from sandbox.cli.running import Asked, run_many, run_once
    from sandbox.report.wording import speaking

    if replication is not None and reps != 1:
        raise Stop(Exit.USAGE, "error: --replication runs one replication; leave --reps out")
    asked = Asked(
        scenario=scenario,
        sets=settings(sets, parameter_files),
        seed=seed,
        evm=choose("evm", evm_engine),
        bitcoin=choose("bitcoin", bitcoin_engine),
        parent=out,
        report=not no_report,
        as_json=as_json,
    )
    with speaking(lang):
        return run_once(asked, replication or 0) if reps == 1 else run_many(asked, reps, jobs)


@app.command()
@ending
def compare(
    base: ScenarioFile,
    alternatives: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="ALTERNATIVE...",
            help="Scenarios compared with the first; without any, the first is compared with its compare_to.",
        ),
    ] = None,
    reps: Annotated[int, typer.Option(min=1, max=10_000, help="Replications of each scenario.")] = 5,
    seed: Seed = 1,
    jobs: Jobs = 1,
    evm_engine: EvmEngine = None,
    bitcoin_engine: BitcoinEngine = None,
    sets: Sets = None,
    parameter_files: Layers = None,
    out: Parent = Path("runs"),
    output: Annotated[Path | None, typer.Option("-o", "--output", help="Where to write the report.")] = None,
    kind: Format = "html",
    resume: Resume = None,
    lang: Language = "en",
    as_json: Json = False,
) -> Exit | None:
    """Compare scenarios on the same luck: paired differences with their intervals."""
    from sandbox.cli.comparing import compare_scenarios
    from sandbox.cli.engines import choose
    from sandbox.cli.running import Asked
    from sandbox.report.wording import speaking

    asked = Asked(
        scenario=base,
        sets=settings(sets, parameter_files),
        seed=seed,
        evm=choose("evm", evm_engine),
        bitcoin=choose("bitcoin", bitcoin_engine),
        parent=out,
        report=True,
        as_json=as_json,
    )
    with speaking(lang):
        return compare_scenarios(asked, alternatives or (), reps, jobs, output, resume, kind)


@app.command()
@ending
def sweep(
    scenario: ScenarioFile,
    levers: Annotated[
        list[str] | None,
        typer.Option(
            "--levers", metavar="A.B=2:8", help="A lever: low:high, low:high:points or a,b,c; repeatable."
        ),
    ] = None,
    uncertain: Annotated[
        str,
        typer.Option("--uncertainties", metavar="all|NAMES", help="Parameters over their plausible range."),
    ] = "",
    design: Annotated[
        Literal["full", "lhs", "sobol", "morris", "tornado"],
        typer.Option(
            help="All combinations, Latin hypercube, Sobol indices, Morris screening, one at a time."
        ),
    ] = "full",
    n: Annotated[
        int,
        typer.Option("--n", min=1, max=100_000, help="Points (lhs), base samples (sobol), walks (morris)."),
    ] = 64,
    reps: Annotated[int, typer.Option(min=1, max=10_000, help="Replications of each point.")] = 1,
    seed: Seed = 1,
    jobs: Jobs = 1,
    metrics: Annotated[
        str, typer.Option(metavar="NAMES", help="Metrics to keep, with commas; the usual ones without it.")
    ] = "",
    evm_engine: EvmEngine = None,
    bitcoin_engine: BitcoinEngine = None,
    sets: Sets = None,
    parameter_files: Layers = None,
    out: Parent = Path("runs"),
    resume: Resume = None,
    lang: Language = "en",
    as_json: Json = False,
) -> Exit | None:
    """Vary levers and uncertain numbers of a scenario: one table, and which factor matters for what."""
    from sandbox.cli.engines import choose
    from sandbox.cli.sweeping import AskedSweep, sweep_scenario

    asked = AskedSweep(
        scenario=scenario,
        sets=settings(sets, parameter_files),
        levers=tuple(levers or ()),
        uncertain=tuple(name.strip() for name in uncertain.split(",") if name.strip()),
        design=design,
        n=n,
        reps=reps,
        seed=seed,
        jobs=jobs,
        metrics=tuple(name.strip() for name in metrics.split(",") if name.strip()),
        evm=choose("evm", evm_engine),
        bitcoin=choose("bitcoin", bitcoin_engine),
        parent=out,
        resume=resume,
        as_json=as_json,
    )
    return sweep_scenario(asked)


@app.command()
@ending
def experiment(
    file: Annotated[
        str, typer.Argument(metavar="EXPERIMENT", help="Experiment file, or a shipped one's name.")
    ],
    reduced: Annotated[
        bool, typer.Option("--reduced", help="The small form that its file describes.")
    ] = False,
    assumptions: Annotated[
        bool,
        typer.Option("--assumptions", help="Also move uncertain numbers: which would reverse a conclusion."),
    ] = False,
    sensitivity: Annotated[
        bool, typer.Option("--sensitivity", help="Also Sobol indices over the file's uncertain numbers.")
    ] = False,
    page: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the page of results there too.")
    ] = None,
    reps: Annotated[int | None, typer.Option(min=2, max=10_000, help="Replications of each cell.")] = None,
    seed: Annotated[
        int | None, typer.Option(min=0, max=MOST_SEED, help="Another seed than the file's.")
    ] = None,
    jobs: Jobs = 1,
    evm_engine: EvmEngine = None,
    bitcoin_engine: BitcoinEngine = None,
    sets: Sets = None,
    parameter_files: Layers = None,
    out: Parent = Path("runs"),
    resume: Resume = None,
    lang: Language = "en",
    as_json: Json = False,
) -> Exit | None:
    """Run an experiment and say of each hypothesis: held, not held, or not detectable."""
    from sandbox.cli.engines import choose
    from sandbox.cli.experimenting import AskedExperiment, run_experiment

    asked = AskedExperiment(
        file=file,
        reduced=reduced,
        assumptions=assumptions,
        sensitivity=sensitivity,
        page=page,
        sets=settings(sets, parameter_files),
        reps=reps,
        seed=seed,
        jobs=jobs,
        evm=choose("evm", evm_engine),
        bitcoin=choose("bitcoin", bitcoin_engine),
        parent=out,
        resume=resume,
        as_json=as_json,
    )
    return run_experiment(asked)


@app.command()
@ending
def validate(
    paths: Annotated[list[str], typer.Argument(metavar="PATH...", help="Scenario files or folders of them.")],
    sets: Sets = None,
    parameter_files: Layers = None,
    lang: Language = "en",
    as_json: Json = False,
) -> Exit | None:
    """Check scenario files; every fault with its file, line and column."""
    from sandbox.cli.validating import validate_paths

    return validate_paths(paths, settings(sets, parameter_files), as_json)


@app.command("list")
@ending
def list_(
    what: Annotated[
        Literal["scenarios", "experiments", "seed-items", "rails", "metrics", "engines", "parameters"],
        typer.Argument(
            metavar="WHAT",
            help="What to list: scenarios, experiments, seed-items, rails, metrics, engines or parameters.",
        ),
    ] = "scenarios",
    lang: Language = "en",
    as_json: Json = False,
) -> Exit | None:
    """List what there is."""
    from sandbox.cli.listing import print_list

    return print_list(what, as_json)


@app.command()
@ending
def parameters(
    wanted: Annotated[
        str | None, typer.Argument(metavar="[NAME|GROUP]", help="A parameter or a group; all without it.")
    ] = None,
    unused: Annotated[bool, typer.Option("--unused", help="Only those that no run reads.")] = False,
    lang: Language = "en",
    as_json: Json = False,
) -> Exit | None:
    """Show parameters: value, unit, plausible range, source, confidence, and who reads them."""
    from sandbox.cli.parameters import print_parameters

    return print_parameters(wanted, unused, as_json)


@app.command()
@ending
def metrics(
    wanted: Annotated[
        str | None, typer.Argument(metavar="[NAME|FAMILY]", help="A metric or a family; all without it.")
    ] = None,
    lang: Language = "en",
    as_json: Json = False,
) -> Exit | None:
    """Show metrics: definition, unit, standard, the parameters they rest on with their sources, and the SQL."""
    from sandbox.cli.metrics import print_metrics
    from sandbox.report.wording import speaking

    # A document for programs speaks one language, whoever asks for it.
    with speaking("en" if as_json else lang):
        return print_metrics(wanted, as_json)


@app.command()
@ending
def schema(lang: Language = "en") -> Exit | None:
    """Print the JSON Schema of scenario files, for editors."""
    from sandbox.cli.listing import print_schema

    return print_schema()


@app.command()
@ending
def report(
    run_folder: ResultFolder,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="Where to write it.")] = None,
    kind: Format = "html",
    lang: Language = "en",
) -> Exit | None:
    """Write the report of a run, comparison, sweep or experiment: the page, or the same values in another format."""
    from sandbox.cli.reading import write_report
    from sandbox.report.wording import speaking

    # Data for programs speaks one language, whoever asks for it.
    with speaking("en" if kind in ("json", "csv") else lang):
        return write_report(run_folder, output, kind)


@app.command()
@ending
def explain(
    run_folder: RunFolder,
    payment: Annotated[str, typer.Argument(metavar="PAYMENT", help="A payment, such as P-00042.")],
    lang: Language = "en",
    as_json: Json = False,
) -> Exit | None:
    """Tell one payment's story: each wait, the rule behind it, the proof on the chain."""
    from sandbox.cli.reading import explain_payment
    from sandbox.report.wording import speaking

    # A document for programs speaks one language, whoever asks for it.
    with speaking("en" if as_json else lang):
        return explain_payment(run_folder, payment, as_json)


@app.command()
@ending
def export(
    run_folder: RunFolder,
    kind: Annotated[
        Literal["jsonl", "csv"], typer.Option("--format", help="jsonl: every record; csv: one view.")
    ] = "jsonl",
    view: Annotated[
        Literal[
            "payments", "transitions", "postings", "desks", "chain_events", "entities", "accounts", "metrics"
        ],
        typer.Option("--view", help="What a CSV file holds: payments, or another view of the run."),
    ] = "payments",
    output: Annotated[Path | None, typer.Option("-o", "--output", help="A file instead of stdout.")] = None,
    lang: Language = "en",
) -> Exit | None:
    """Write a run's journal as JSON Lines, or one view of it as CSV."""
    from sandbox.cli.exporting import export_run

    return export_run(run_folder, kind, output, view)


@app.command("verify-files")
@ending
def verify_files(run_folder: RunFolder, lang: Language = "en", as_json: Json = False) -> Exit | None:
    """Check a run folder's files against its manifest."""
    from sandbox.cli.reading import verify

    return verify(run_folder, as_json)


@app.command()
@ending
def verify(
    full: Annotated[bool, typer.Option("--full", help="Draw five times as much: some five minutes.")] = False,
    only: Annotated[
        str | None, typer.Option(metavar="V01,V05", help="Run these checks alone, without the patterns.")
    ] = None,
    lang: Language = "en",
    as_json: Json = False,
    out: Annotated[Path | None, typer.Option("--out", help="Folder to keep scorecard.json in.")] = None,
) -> Exit | None:
    """Hold the components to known answers: queues, chains, prices, choice, screening and more."""
    from sandbox.cli.verifying import verify_components

    return verify_components(only, full, as_json, out)


@app.command()
@ending
def serve(
    run: Annotated[Path | None, typer.Argument(metavar="RUN", help="A run folder to show.")] = None,
    port: Annotated[int, typer.Option(min=1, max=65_535, help="Port to listen on.")] = 8000,
    folder: Annotated[Path, typer.Option(help="Folder in which the page keeps its runs.")] = Path(
        "runs/page"
    ),
    workers: Annotated[int, typer.Option(min=1, max=64, help="Runs at the same time.")] = 1,
    lan: Annotated[
        bool, typer.Option("--lan", help="Let machines of this network in, by room code.")
    ] = False,
    classroom: Annotated[
        bool, typer.Option("--classroom", help="A class: teams, a game, lessons, a teacher's desk.")
    ] = False,
    teams: Annotated[int, typer.Option(min=1, max=200, help="Most teams of the class.")] = 30,
    room: Annotated[str, typer.Option(metavar="CODE", help="Room code; one is made if left out.")] = "",
    lang: Annotated[Literal["en", "ru"], typer.Option(help="Language of the page.")] = "en",
) -> Exit | None:
    """Show scenarios, runs, payments and chains in a browser on this machine."""
    from sandbox.cli.serving import serve_page

    return serve_page(
        run=run,
        port=port,
        folder=folder,
        workers=workers,
        lan=lan,
        room=room,
        language=lang,
        teams=teams if classroom else 0,
    )


workshop.add_to(app)
