"""A run that the command line has made, put on the page's shelf: nobody runs it a second time to look at it."""

import json
import shutil
from pathlib import Path
from typing import Any

from sandbox.experiment.folder import read_manifest
from sandbox.page.catalogue import find_scenario
from sandbox.page.jobs import Arm, Job, Kind
from sandbox.page.shelf import Shelf
from sandbox.scenario.load import load


class NotAdopted(Exception):
    """The run cannot be shown, and why."""


def adopt(shelf_folder: Path, run: Path) -> str:
    """The id of the job that shows this run: a copy of its folder, or the same run if the shelf has it.

    The copy waits on the shelf like any job; its worker finds the run complete and only writes what the page shows.
    Raises NotAdopted for a run that is not complete, and OSError.
    """
    manifest = read_manifest(run)
    if manifest.get("status") != "complete":
        raise NotAdopted("only a complete run can be shown")
    if manifest["replication"] != 0:
        # A job is found again by scenario and seed, and that is replication 0.
        raise NotAdopted(f"the page shows replication 0 of a seed, and this is {manifest['replication']}")
    shelf = Shelf(shelf_folder)
    scenario = json.loads((run / "scenario.json").read_text(encoding="utf-8"))
    named = manifest["scenario"]
    shipped = _is_shipped(named)
    name = str(named["name"]) if shipped else "scenario"
    arm = Arm(
        name=name,
        file=name if shipped else f"{name}.yaml",
        hash=str(named["hash"]),
        title=dict(scenario.get("title", {})),
        question=dict(scenario.get("question", {})),
    )
    job = Job(
        id="",
        number=0,
        kind=Kind.RUN,
        owner="",
        arms=(arm,),
        seed=int(manifest["seed"]),
        version=str(manifest["versions"]["elr-sandbox"]),
    )
    if (same := shelf.same(job)) is not None:
        return same.id
    # The whole scenario without what it extends; JSON is YAML too.
    texts = {} if shipped else {arm.file: json.dumps(scenario, ensure_ascii=False, indent=2) + "\n"}
    job = shelf.add(job, texts)
    shutil.copytree(run, shelf.run_folder(job))
    return job.id


def _is_shipped(named: dict[str, Any]) -> bool:
    """Whether it is one of ours as it stands: no value set, no parameters laid over it."""
    name = str(named["name"])
    return find_scenario(name) is not None and load(name).hash == named["hash"]
