"""The command line: thin commands over the library, each loading only what it needs."""

from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command line (that of the process unless given); ends in SystemExit with an exit code."""
    from sandbox.cli.app import app

    app(args=None if arguments is None else list(arguments), prog_name="sandbox")
