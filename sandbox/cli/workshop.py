"""Commands round a study of one's own: begin it, test its hypotheses, see where two runs part, check the machine."""

from pathlib import Path
from typing import Annotated

import typer

from sandbox.cli.exits import Exit, ending
from sandbox.cli.options import (
    BitcoinEngine,
    EvmEngine,
    Jobs,
    Json,
    Language,
    Layers,
    Parent,
    RunFolder,
    Seed,
    Sets,
    settings,
)


@ending
def diff(
    one: RunFolder,
    other: Annotated[Path, typer.Argument(metavar="OTHER", help="The run folder it is held against.")],
    context: Annotated[
        int, typer.Option(min=0, max=1000, help="Records shown before the first difference and from it on.")
    ] = 3,
    lang: Language = "en",
    as_json: Json = False,
) -> Exit | None:
    """Say where two runs part: the first record that differs, and what was asked differently."""
    from sandbox.cli.differing import tell_difference
    from sandbox.report.wording import speaking

    with speaking("en" if as_json else lang):
        return tell_difference(one, other, context, as_json)


@ending
def test(
    paths: Annotated[list[str], typer.Argument(metavar="PATH...", help="Scenario files or folders of them.")],
    only: Annotated[str, typer.Option("-k", metavar="TEXT", help="Only files with this in their name.")] = "",
    reps: Annotated[
        int, typer.Option(min=1, max=10_000, help="Replications of each; their mean is what is judged.")
    ] = 1,
    seed: Seed = 1,
    jobs: Jobs = 1,
    evm_engine: EvmEngine = None,
    bitcoin_engine: BitcoinEngine = None,
    sets: Sets = None,
    parameter_files: Layers = None,
    out: Parent = Path("runs"),
    junit: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the verdicts as a JUnit file too.")
    ] = None,
    lang: Language = "en",
    as_json: Json = False,
) -> Exit | None:
    """Hold scenarios to what they expect of themselves; 4 if an expectation does not hold."""
    from sandbox.cli.engines import choose
    from sandbox.cli.expecting import AskedTest, try_scenarios
    from sandbox.report.wording import speaking

    asked = AskedTest(
        paths=paths,
        only=only,
        sets=settings(sets, parameter_files),
        seed=seed,
        reps=reps,
        jobs=jobs,
        evm=choose("evm", evm_engine),
        bitcoin=choose("bitcoin", bitcoin_engine),
        parent=out,
        junit=junit,
        as_json=as_json,
    )
    with speaking("en" if as_json else lang):
        return try_scenarios(asked)


@ending
def new(
    folder: Annotated[Path, typer.Argument(metavar="NAME", help="Folder that is made for the study.")],
    template: Annotated[
        str, typer.Option("--from", metavar="SCENARIO", help="Shipped scenario whose world it begins with.")
    ] = "elr-2024",
    lang: Language = "en",
) -> Exit | None:
    """Begin a study of one's own: two scenarios, own values with sources, tests, and what to type."""
    from sandbox.cli.beginning import begin_study
    from sandbox.report.wording import speaking

    with speaking(lang):
        return begin_study(folder, template)


@ending
def doctor(lang: Language = "en", as_json: Json = False) -> Exit | None:
    """Check this machine: packages, engines, folders, and that all engines give the same journal."""
    from sandbox.cli.examining import examine_machine
    from sandbox.report.wording import speaking

    with speaking("en" if as_json else lang):
        return examine_machine(as_json)


def add_to(app: typer.Typer) -> None:
    """Enter the commands."""
    app.command()(new)
    app.command()(doctor)
    app.command()(test)
    app.command()(diff)
