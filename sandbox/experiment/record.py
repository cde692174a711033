"""One run kept in a folder: simulated, measured, described, whatever its end."""

import json
import platform
import shlex
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from sandbox import __version__
from sandbox.audit.message import message
from sandbox.clock import Clock
from sandbox.experiment.folder import MANIFEST_SCHEMA, seal, write_json, write_text
from sandbox.experiment.run_facts import facts_of
from sandbox.journal.kinds import Kind
from sandbox.journal.reader import JournalReader
from sandbox.lifecycle import TERMINALS, State
from sandbox.metrics import compute_all
from sandbox.scenario.load import Loaded
from sandbox.scenario.schema import Scenario
from sandbox.simulation import Interrupted, Run, simulate
from sandbox.simulation.run import Progress
from sandbox.world import Engines, World

#: Distributions whose version a result may depend on.
_ENGINE_PACKAGES = (
    "simpy",
    "numpy",
    "pyarrow",
    "duckdb",
    "pyrevm",
    "py-evm",
    "eth-tester",
    "py-bitcoinkernel",
)

#: What a broken audit rule is told in, beside the manifest.
VIOLATION_FILE = "violation.txt"


@dataclass(frozen=True, slots=True)
class Origin:
    """How the user named a scenario: what it takes to load it again."""

    name: str
    """Stem of the file, the scenario's name in tables and folders."""
    file: str
    """Path or shipped name as given."""
    sets: tuple[str, ...] = ()
    """Overrides such as ``policy.banks=6``."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A run and its folder."""

    run: Run
    folder: Path
    metrics: list[dict[str, Any]] = field(default_factory=list)
    """Measured rows as in metrics.json; empty for a run that is not complete."""
    endings: dict[str, int] = field(default_factory=dict)
    """All payments of the run by ending; CENSORED were in flight when it ended."""
    violation: str = ""
    """What the user reads when a rule of the audit was broken."""


def record(
    loaded: Loaded[Scenario],
    origin: Origin,
    folder: Path,
    *,
    seed: int,
    replication: int = 0,
    engines: Engines | None = None,
    progress: Progress | None = None,
    tamper: Callable[[World], None] | None = None,
) -> Recorded:
    """Run a scenario into an empty folder that exists; the manifest tells how far it came.

    An interrupted run is kept and raised on as :class:`Interrupted`; a broken audit rule is told in the answer.
    Any other exception leaves the manifest at ``failed``.
    """
    chosen = engines or Engines()
    manifest = _opening(loaded, origin, seed, replication, chosen)
    write_json(folder / "manifest.json", {**manifest, "files": {}})
    _write_inputs(loaded, folder)
    try:
        run = simulate(
            loaded,
            seed=seed,
            replication=replication,
            engines=chosen,
            directory=folder,
            progress=progress,
            tamper=tamper,
        )
        metrics = _measure(loaded, folder) if run.status == "complete" else []
        violation = _tell(loaded, run, folder, manifest["command"]) if run.violation else ""
        endings = _endings(folder)
        _close(loaded, run, folder, manifest, endings)
    except Interrupted as stop:
        _close(loaded, stop.run, folder, manifest, _endings(folder))
        raise
    except BaseException:
        _mark(folder, manifest, "failed")
        raise
    return Recorded(run, folder, metrics, endings, violation)


def replay_command(origin: Origin, seed: int, replication: int, engines: Engines) -> str:
    """The command line that makes the same journal again."""
    words = ["sandbox", "run", origin.file]
    for override in origin.sets:
        words += ["--set", override]
    words += ["--seed", str(seed)]
    if replication:
        words += ["--replication", str(replication)]
    words += ["--evm-engine", engines.evm, "--bitcoin-engine", engines.bitcoin]
    return shlex.join(words)


def _opening(
    loaded: Loaded[Scenario], origin: Origin, seed: int, replication: int, engines: Engines
) -> dict[str, Any]:
    """The manifest of a run that has begun."""
    scenario = loaded.scenario
    return {
        "schema": MANIFEST_SCHEMA,
        "status": "running",
        "scenario": {
            "name": origin.name,
            "file": origin.file,
            "sets": list(origin.sets),
            "hash": loaded.hash,
            "question": dict(scenario.question),
            "parameters_files": [{"file": file, "sha256": sums} for file, sums in loaded.parameters.layers],
        },
        "seed": seed,
        "replication": replication,
        "engines": asdict(engines),
        "versions": _versions(),
        "clock": {
            "start": scenario.clock.start.isoformat(),
            "horizon": scenario.clock.horizon,
            "warm_up": scenario.clock.warm_up,
            "cool_down": scenario.clock.cool_down,
        },
        "command": replay_command(origin, seed, replication, engines),
    }


def _versions() -> dict[str, str]:
    found = {"python": platform.python_version(), "elr-sandbox": __version__}
    for name in _ENGINE_PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            # A fast engine that has no wheel here: its reference stands in.
            continue
    return found


def _write_inputs(loaded: Loaded[Scenario], folder: Path) -> None:
    """The scenario by itself, and the whole canonical text whose SHA-256 is the scenario's hash."""
    write_text(folder / "canonical.json", loaded.canonical)
    write_json(folder / "scenario.json", json.loads(loaded.canonical)["scenario"])


def _measure(loaded: Loaded[Scenario], folder: Path) -> list[dict[str, Any]]:
    metrics = [measured.to_dict() for measured in compute_all(folder, facts_of(loaded))]
    write_json(folder / "metrics.json", {"schema": "sandbox.metrics/1", "metrics": metrics})
    return metrics


def _endings(folder: Path) -> dict[str, int]:
    """Payments by the state they were last in, the open ones together as CENSORED."""
    query = f"""SELECT last, count(*) FROM (
        SELECT arg_max(object, seq) AS last FROM journal WHERE kind = {Kind.MOVED:d} GROUP BY payment)
    GROUP BY last ORDER BY last"""
    counts: dict[str, int] = {}
    with JournalReader(folder, check=False) as reader:
        for code, count in reader.sql(query):
            name = State(code).name if State(code) in TERMINALS else "CENSORED"
            counts[name] = counts.get(name, 0) + int(count)
    return counts


def _tell(loaded: Loaded[Scenario], run: Run, folder: Path, command: str) -> str:
    """Write what rule was broken, by which records, and how to see it again."""
    assert run.violation is not None
    with JournalReader(folder, check=False) as reader:
        text = message(
            run.violation.finding,
            reader.array(),
            0,
            entities=reader.static_table("entities")["name"].to_pylist(),
            when=Clock(loaded.scenario.clock.start).text,
            replay=command,
        )
    write_text(folder / VIOLATION_FILE, text)
    return text


def write_used(loaded: Loaded[Scenario], folder: Path) -> None:
    """Write ``parameters.json``: the dated values that were looked up, with their sources."""
    used = [
        {**asdict(each), "date_in_force": each.date_in_force.isoformat()} for each in loaded.parameters.used()
    ]
    write_json(folder / "parameters.json", {"schema": "sandbox.parameters/1", "parameters": used})


def _close(
    loaded: Loaded[Scenario], run: Run, folder: Path, manifest: dict[str, Any], endings: dict[str, int]
) -> None:
    """Write the dated values that were used, then the manifest with the sums of all files."""
    write_used(loaded, folder)
    seal(
        folder,
        {
            **manifest,
            "status": run.status,
            "audit": {"verdict": run.audit},
            "journal_digest": run.digest,
            "rows": run.rows,
            "payments": run.payments,
            "endings": endings,
        },
    )


def _mark(folder: Path, manifest: dict[str, Any], status: str) -> None:
    """Say in the manifest that the run is not to be used; the trouble at hand matters more than this one."""
    try:
        write_json(folder / "manifest.json", {**manifest, "status": status, "files": {}})
    except OSError:
        return
