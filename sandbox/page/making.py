"""What a worker makes: a run or a comparison in its folder."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from sandbox.experiment.comparison import comparison_of
from sandbox.experiment.design import Arm, Design
from sandbox.experiment.executor import Outcome, execute
from sandbox.experiment.expectations import known_metrics
from sandbox.experiment.folder import read_manifest
from sandbox.experiment.gathering import gather, open_gathering
from sandbox.experiment.record import Origin, record
from sandbox.experiment.replications import ArmSpec, run_arm
from sandbox.page.papers import COMPARISON_DOCUMENT
from sandbox.scenario.load import load
from sandbox.simulation import Interrupted
from sandbox.world import Engines

#: Told of progress: so much done, of so much, counting so many.
Progress = Callable[[int, int, int], None]


def is_complete(folder: Path) -> bool:
    """Whether the run or comparison in this folder has come to its good end."""
    try:
        return read_manifest(folder).get("status") == "complete"
    except (OSError, ValueError):
        return False


def run(arm: Mapping[str, Any], folder: Path, seed: int, engines: Engines, progress: Progress) -> str:
    """One run into its folder; what the audit says, "" when it passed. Raises KeyboardInterrupt when told to stop."""
    loaded = load(arm["file"], checks=(known_metrics,))
    folder.mkdir(parents=True)
    origin = Origin(arm["name"], arm["file"])
    try:
        recorded = record(loaded, origin, folder, seed=seed, engines=engines, progress=progress)
    except Interrupted:
        raise KeyboardInterrupt from None
    return recorded.violation


def compare(
    arms: Sequence[Mapping[str, Any]],
    folder: Path,
    seed: int,
    replications: int,
    engines: Engines,
    progress: Progress,
) -> str:
    """All replications of all arms, and their paired differences; which replications failed, "" for none."""
    folder.mkdir(parents=True)
    specs = tuple(
        Arm(
            arm["name"],
            ArmSpec(Origin(arm["name"], arm["file"]), arm["hash"], engines, folder / arm["name"]),
        )
        for arm in arms
    )
    design = Design(specs, replications, seed)
    open_gathering(folder, "comparison", design)
    progress(0, len(design.tasks()), 0)
    outcomes = execute(design.tasks(), run_arm, progress=lambda _, done, of: progress(done, of, done))
    document = comparison_of(design, outcomes).to_dict()
    gather(folder, "comparison", design, outcomes, {COMPARISON_DOCUMENT: document})
    return _failures(outcomes)


def _failures(outcomes: Sequence[Outcome]) -> str:
    failed = [outcome for outcome in outcomes if outcome.failed]
    return "; ".join(f"{each.task.arm.name}, replication {each.task.replication}" for each in failed)
