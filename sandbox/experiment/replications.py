"""Replications of scenarios, each in a folder of its own, in this process or in spawned ones."""

import multiprocessing
import shutil
import signal
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.experiment.design import Arm
from sandbox.experiment.expectations import known_metrics
from sandbox.experiment.folder import read_manifest
from sandbox.experiment.record import Origin, record
from sandbox.scenario.load import load
from sandbox.simulation import Interrupted
from sandbox.world import Engines


class RunInvalid(Exception):
    """A replication broke a rule of the audit; its rows are worth nothing."""


class ScenarioChanged(Exception):
    """The scenario's file is no longer what it was when the experiment began."""


@dataclass(frozen=True, slots=True)
class ArmSpec:
    """What a worker needs to run a replication: plain data that travels to a process."""

    origin: Origin
    hash: str
    """Scenario hash when the experiment began."""
    engines: Engines
    folder: Path
    """Where the replications of this arm are kept."""


def replication_folder(parent: Path, replication: int) -> Path:
    """The folder of one replication."""
    return parent / f"rep-{replication:03d}"


def run_arm(arm: Arm, replication: int, seed: int) -> list[dict[str, Any]]:
    """One replication kept in its folder; its measured rows.

    Raises RunInvalid, ScenarioChanged, or KeyboardInterrupt after the folder was marked interrupted.
    """
    spec: ArmSpec = arm.spec
    if multiprocessing.parent_process() is not None:
        # Ctrl-C reaches the whole group; the parent decides, and ends its workers.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    loaded = load(spec.origin.file, sets=spec.origin.sets, checks=(known_metrics,))
    if loaded.hash != spec.hash:
        raise ScenarioChanged(f"{spec.origin.file} was changed while the experiment ran")
    folder = replication_folder(spec.folder, replication)
    if folder.is_dir() and _unfinished(folder):
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    try:
        recorded = record(
            loaded, spec.origin, folder, seed=seed, replication=replication, engines=spec.engines
        )
    except Interrupted:
        raise KeyboardInterrupt from None
    if recorded.violation:
        raise RunInvalid(recorded.violation)
    return recorded.metrics


def _unfinished(folder: Path) -> bool:
    """Whether the folder holds the remains of a replication that was cut off."""
    try:
        return read_manifest(folder).get("status") != "complete"
    except (OSError, ValueError):
        return True
