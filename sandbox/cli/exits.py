"""How a command ends: one exit code for each kind of end, and one place that turns trouble into one."""

import functools
import os
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterable
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec

import typer

from sandbox.speech import LANGUAGES, language, speaking

if TYPE_CHECKING:
    from sandbox.scenario.faults import Fault

P = ParamSpec("P")

#: Name of a traceback's file in the folder of the run that failed.
ERROR_LOG = "error.log"


class Exit(IntEnum):
    """Exit codes, stable for scripts."""

    DONE = 0
    BUG = 1
    USAGE = 2
    INVALID = 3
    EXPECTATION = 4
    PARTIAL = 5
    MISMATCH = 6
    VIOLATION = 7
    UNREADABLE = 8
    INTERRUPTED = 130


class Stop(Exception):
    """A foreseen end of a command: what to say on stderr, and the exit code."""

    def __init__(self, code: Exit, message: str) -> None:
        super().__init__(message)
        self.code = code


class BugIn(Exception):
    """A bug that struck while a folder was being written: its log belongs there."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.folder = folder


def ending(command: Callable[P, Exit | None]) -> Callable[P, None]:
    """Make a command end with its exit code, whatever happens in it; a user never sees a traceback.

    What goes wrong is told in the language that the command was asked to speak (``--lang``).
    """

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        with speaking(str(kwargs.get("lang", LANGUAGES[0]))):
            code = _code_of(command, *args, **kwargs)
        raise typer.Exit(code)

    return run


def _code_of(command: Callable[P, Exit | None], *args: P.args, **kwargs: P.kwargs) -> int:
    try:
        code = command(*args, **kwargs) or Exit.DONE
        sys.stdout.flush()
        return int(code)
    except (typer.Exit, SystemExit):
        raise
    except KeyboardInterrupt:
        complain("interrupted")
        return Exit.INTERRUPTED
    except Stop as stop:
        complain(str(stop))
        return stop.code
    except OSError as error:
        _let_go_of_stdout()
        if not isinstance(error, BrokenPipeError):
            complain(f"error: {_one_line(error)}")
        return Exit.UNREADABLE
    except BaseException as error:  # engines written in Rust raise outside of Exception when they panic
        return _foreseen(error) or _report_bug(error)


def _let_go_of_stdout() -> None:
    """Where our output cannot be written, the interpreter must not try again at exit (its code would be 120)."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _foreseen(error: BaseException) -> int:
    """The code of our own exceptions, 0 for a bug. Their modules are loaded only when something went wrong."""
    from sandbox.chains.evm.errors import EngineMissing
    from sandbox.experiment import OtherExperiment, StoreBusy
    from sandbox.experiment.replications import ScenarioChanged
    from sandbox.journal.reader import JournalDamaged
    from sandbox.report.runfolder import RunUnreadable
    from sandbox.report.story import StoryContradiction
    from sandbox.scenario.faults import ScenarioInvalid

    if isinstance(error, ScenarioInvalid):
        complain_of(error.faults)
        return Exit.INVALID
    unreadable = (
        RunUnreadable,
        JournalDamaged,
        StoryContradiction,
        StoreBusy,
        OtherExperiment,
        ScenarioChanged,
    )
    if isinstance(error, unreadable):
        complain(f"error: {error}")
        return Exit.UNREADABLE
    if isinstance(error, EngineMissing):
        complain(f"error: {error}")
        return Exit.USAGE
    return 0


def _report_bug(error: BaseException) -> int:
    folder = error.folder if isinstance(error, BugIn) else None
    cause = error.__cause__ if isinstance(error, BugIn) and error.__cause__ else error
    text = "".join(traceback.format_exception(cause))
    complain(f"error: a bug in sandbox ({type(cause).__name__}); the log is {_write_log(text, folder)}")
    return Exit.BUG


def _write_log(text: str, folder: Path | None) -> str:
    """Where the traceback was written, or that it could not be."""
    try:
        if folder is not None:
            path = folder / ERROR_LOG
            path.write_text(text, encoding="utf-8")
            return str(path)
        handle, name = tempfile.mkstemp(prefix="sandbox-", suffix=".log", text=True)
        with open(handle, "w", encoding="utf-8") as file:
            file.write(text)
        return name
    except OSError:
        return "not to be written"


def complain(text: str) -> None:
    """Say something on stderr in the language spoken, in whatever its encoding can show."""
    if language() != LANGUAGES[0]:
        # English is how everything is worded: the books are opened for other languages alone.
        from sandbox.cli.wording import complaint

        text = complaint(text)
    _print(text)


def complain_of(faults: Iterable["Fault"]) -> None:
    """Say what is wrong with a file on stderr, a line a fault."""
    from sandbox.scenario.wording import line

    for fault in faults:
        _print(line(fault, language()))


def _print(text: str) -> None:
    encoding = sys.stderr.encoding or "ascii"
    print(text.encode(encoding, "backslashreplace").decode(encoding), file=sys.stderr)


def _one_line(error: OSError) -> str:
    """Which file, and what is wrong with it."""
    what = error.strerror or str(error) or type(error).__name__
    where = f"{error.filename}: " if error.filename else ""
    return f"{where}{what}".replace("\n", " ")
