"""The command line: thin commands over the library, each loading only what it needs."""

import io
import os
import sys
from collections.abc import Sequence
from typing import TextIO


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command line (that of the process unless given); ends in SystemExit with an exit code."""
    sys.stdout, sys.stderr = sys.stdout or _nobody(), sys.stderr or _nobody()
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A terminal without our letters shows something else in their place; the command goes on.
        sys.stdout.reconfigure(errors="replace")
    from sandbox.cli.app import app

    given = list(sys.argv[1:] if arguments is None else arguments)
    if "ru" in given or "--lang=ru" in given:
        from sandbox.cli.guidance import asked_language, run_in

        if asked_language(given) == "ru":
            sys.exit(run_in("ru", app, given))
    app(args=given, prog_name="sandbox")


def _nobody() -> TextIO:
    """Where a process writes that was started without a standard output."""
    return io.TextIOWrapper(io.FileIO(os.devnull, "w"), encoding="utf-8")
