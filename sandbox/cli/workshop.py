"""Commands round a study of one's own: begin it, test its hypotheses, see where two runs part, check the machine."""

from pathlib import Path
from typing import Annotated

import typer

from sandbox.cli.exits import Exit, ending
from sandbox.cli.options import Json, Language, RunFolder


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


def add_to(app: typer.Typer) -> None:
    """Enter the commands."""
    app.command()(diff)
