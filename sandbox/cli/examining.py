"""``sandbox doctor``: what a machine must have, and a small world on every engine that is installed."""

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, requires, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal, cast

from sandbox.cli.engines import ENGINES, to_be_had
from sandbox.cli.exits import Exit
from sandbox.cli.printing import print_json, stdout_console
from sandbox.report.inert import visible
from sandbox.report.tables import Table
from sandbox.report.terminal import print_table
from sandbox.report.wording import number, say

SCHEMA = "sandbox.doctor/1"

_DISTRIBUTION = "elr-sandbox"
_OLDEST_PYTHON = (3, 11)
_GIGABYTE = 10**9
#: Below these a long scenario may not fit (a run of the widest takes some 0.5 GB of memory and 0.2 GB of disk).
_LEAST_DISK_GB, _LEAST_MEMORY_GB = 1.0, 2.0

#: Extra -> the module by which it is known.
_EXTRAS = {
    "web": "uvicorn",
    "exchange": "xlsxwriter",
    "testing": "hypothesis",
    "cluster": "distributed",
    "contracts": "vyper",
}

#: A world small enough for the slowest engines: every rail of the classroom for four days.
_WORLD = "classroom"
_SHORT = (
    "clock.horizon=4d",
    "clock.warm_up=0d",
    "clock.cool_down=0d",
    "population.payments_per_business_day=3",
)
#: First the fast engines; each reference engine then stands beside a fast one.
_PAIRS = (("revm", "kernel"), ("eth-tester", "kernel"), ("revm", "python"))


@dataclass(frozen=True, slots=True)
class Found:
    """What a check found."""

    check: str
    verdict: Literal["fine", "note", "wrong"]
    found: str


def examine_machine(as_json: bool) -> Exit:
    """Make every check; 6 if something is wrong. A note says what is missing and not needed by all."""
    found = [each for check in _CHECKS for each in check()]
    wrong = sum(each.verdict == "wrong" for each in found)
    if as_json:
        listed = [{"check": each.check, "verdict": each.verdict, "found": each.found} for each in found]
        print_json({"schema": SCHEMA, "sound": not wrong, "checks": listed})
    else:
        console = stdout_console()
        rows = tuple((each.check, say(f"doctor.{each.verdict}"), visible(each.found)) for each in found)
        headings = (say("doctor.check"), say("doctor.verdict"), say("doctor.found"))
        print_table(Table(caption=_DISTRIBUTION, headings=headings, rows=rows), console)
        ending = say("doctor.unsound", count=wrong) if wrong else say("doctor.sound")
        console.print(ending, markup=False, highlight=False)
    return Exit.MISMATCH if wrong else Exit.DONE


def _python() -> Iterator[Found]:
    told = f"{sys.version_info.major}.{sys.version_info.minor}.{sys.version_info.micro}"
    yield Found(say("doctor.python"), "fine" if sys.version_info >= _OLDEST_PYTHON else "wrong", told)


def _packages() -> Iterator[Found]:
    """All that a run needs; an engine is not among them: another may stand in for it."""
    engines = {"pyrevm", "py-bitcoinkernel"}
    needed = [_name_of(line) for line in requires(_DISTRIBUTION) or () if "extra ==" not in line]
    missing = [name for name in needed if name not in engines and not _installed(name)]
    if missing:
        yield Found(say("doctor.packages"), "wrong", say("doctor.missing", names=", ".join(missing)))
    else:
        yield Found(say("doctor.packages"), "fine", say("doctor.all_there", count=len(needed)))


def _name_of(requirement: str) -> str:
    """``numpy`` of ``numpy>=2.0; python_version < '3.13'``."""
    end = next(
        (at for at, letter in enumerate(requirement) if not (letter.isalnum() or letter in "-_.")), None
    )
    return requirement[:end]


def _installed(name: str) -> bool:
    try:
        version(name)
    except PackageNotFoundError:
        return False
    return True


def _extras() -> Iterator[Found]:
    missing = [extra for extra, module in _EXTRAS.items() if find_spec(module) is None]
    told = say("doctor.without", names=", ".join(missing)) if missing else say("doctor.all_extras")
    yield Found(say("doctor.extras"), "note" if missing else "fine", told)


def _folder() -> Iterator[Found]:
    """Whether a run could be kept where the command was typed."""
    here = Path.cwd()
    try:
        with tempfile.TemporaryFile(dir=here):
            free = shutil.disk_usage(here).free / _GIGABYTE
    except OSError as error:
        yield Found(say("doctor.folder"), "wrong", f"{here}: {error.strerror or error}")
        return
    told = say("doctor.writable", folder=here, space=number(free, digits=1))
    yield Found(say("doctor.folder"), "fine" if free >= _LEAST_DISK_GB else "note", told)


def _resources() -> Iterator[Found]:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / _GIGABYTE
    told = say("doctor.resources", memory=number(memory, digits=1), processors=os.cpu_count() or 1)
    yield Found(say("doctor.memory"), "fine" if memory >= _LEAST_MEMORY_GB else "note", told)


def _terminal() -> Iterator[Found]:
    encoding = sys.stdout.encoding or "ascii"
    try:
        "ё №".encode(encoding)
    except UnicodeEncodeError:
        yield Found(say("doctor.terminal"), "note", say("doctor.replaces", encoding=encoding))
    else:
        yield Found(say("doctor.terminal"), "fine", say("doctor.shows", encoding=encoding))


def _engines() -> Iterator[Found]:
    """A small world on each pair of engines: audited, and the same journal on all."""
    first = ""
    for evm, bitcoin in _PAIRS:
        check = say("doctor.engines", evm=evm, bitcoin=bitcoin)
        if not (to_be_had(evm) and to_be_had(bitcoin)):
            yield Found(check, "note", say("doctor.not_installed"))
            continue
        try:
            digest = _small_world(evm, bitcoin)
        except Exception as error:  # a broken engine may raise anything, and is what is looked for here
            told = say("doctor.failed", why=f"{type(error).__name__}: {error}".replace("\n", " "))
            yield Found(check, "wrong", told)
            continue
        first = first or digest
        key = "doctor.journal" if digest == first else "doctor.other_journal"
        yield Found(check, "fine" if digest == first else "wrong", say(key, digest=digest[:16]))


def _small_world(evm: str, bitcoin: str) -> str:
    """The digest of a run. Raises ValueError if its audit found a broken rule, and what the engine raises."""
    from sandbox.scenario.load import load
    from sandbox.simulation import simulate
    from sandbox.world import Engines

    assert {evm, bitcoin} <= ENGINES.keys()
    engines = Engines(cast(Any, evm), cast(Any, bitcoin))
    run = simulate(load(_WORLD, sets=_SHORT), seed=1, engines=engines)
    if run.status != "complete":
        raise ValueError(f"the run is {run.status}: {run.audit}")
    return run.digest


_CHECKS: tuple[Callable[[], Iterator[Found]], ...] = (
    _python, _packages, _extras, _folder, _resources, _terminal, _engines,
)  # fmt: skip
