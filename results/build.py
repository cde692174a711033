"""Run every shipped scenario beside the one it names, and every experiment, and write docs/results; ``make results``.

Each scenario is run once and serves in every comparison it takes part in. Nothing in docs/results is written by hand.
"""

import argparse
import json
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from changes import stated, world_of
from page import headline, page
from result import Result, counted

from sandbox.experiment.comparison import comparison_of
from sandbox.experiment.design import Arm, Design, Task
from sandbox.experiment.executor import Outcome, execute
from sandbox.experiment.expectations import known_metrics
from sandbox.experiment.folder import read_manifest
from sandbox.experiment.gathering import finished_in, means_of
from sandbox.experiment.pairing import baseline_file, check_clocks
from sandbox.experiment.protocol import shipped_experiments
from sandbox.experiment.record import Origin
from sandbox.experiment.replications import ArmSpec, replication_folder, run_arm
from sandbox.experiment.result_page import counted as tally
from sandbox.report.comparing import differences
from sandbox.report.runfolder import RunFolder
from sandbox.scenario.library import find_shipped, shipped
from sandbox.scenario.load import load
from sandbox.scenario.schema import Scenario
from sandbox.world import Engines

ROOT = Path(__file__).resolve().parents[1]
PAGES = ROOT / "docs" / "results"
WORK = ROOT / "runs" / "results"
#: Beside a replication: digest and commit of the code that made it.
CODE = "code.txt"
#: What a journal may depend on.
SOURCES = ("sandbox", "scenarios", "contracts")


def main() -> None:
    """Simulate what is missing, then write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reps", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--work", type=Path, default=WORK, help="where the runs are kept")
    parser.add_argument("--out", type=Path, default=PAGES)
    parser.add_argument(
        "--set", dest="sets", action="append", default=[], help="as in sandbox run, for all scenarios"
    )
    parser.add_argument("--keep", action="store_true", help="use finished runs that other code made")
    parser.add_argument("--no-experiments", action="store_true")
    asked = parser.parse_args()
    results, failed = write_results(
        shipped(), reps=asked.reps, seed=asked.seed, jobs=asked.jobs, work=asked.work, out=asked.out,
        sets=tuple(asked.sets), keep=asked.keep,
    )  # fmt: skip
    if not asked.no_experiments:
        failed += experiments(results, asked.work, asked.out, asked.jobs)
    if asked.out == PAGES:
        # README.md links the pages that there are.
        subprocess.run([sys.executable, str(ROOT / "docs" / "build.py")], check=True)
    sys.exit("\n".join(failed) or None)


def write_results(
    files: Sequence[Path],
    *,
    reps: int,
    seed: int,
    jobs: int,
    work: Path,
    out: Path,
    sets: tuple[str, ...] = (),
    keep: bool = False,
) -> tuple[dict[str, Result], list[str]]:
    """Run the scenarios, each once a replication, and write their pages and the index.

    Returns what the pages say, and the failures: a scenario that fails, or whose base does, gets no page.

    With ``keep`` runs that other code made are used too; pages then leave their digests out.
    """
    names = {path.stem: path.stem if find_shipped(path.name) == path else str(path) for path in files}
    loaded = {name: load(file, sets=sets, checks=(known_metrics,)) for name, file in names.items()}
    scenarios = {name: each.scenario for name, each in loaded.items()}
    bases = pairs(names, scenarios)
    arms = tuple(
        Arm(name, ArmSpec(Origin(name, names[name], sets), each.hash, Engines(), work / name))
        for name, each in loaded.items()
    )
    outcomes = simulated(Design(arms, reps, seed), jobs, keep)
    broken = {outcome.task.arm.name: outcome.failure.strip() for outcome in outcomes if outcome.failed}
    results = {
        name: result_of(name, scenario, bases[name], arms, outcomes, seed)
        for name, scenario in scenarios.items()
        if not {name, bases[name]} & set(broken)
    }
    out.mkdir(parents=True, exist_ok=True)
    for name, result in results.items():
        (out / f"{name}.md").write_text(page(result), encoding="utf-8")
    (out / "README.md").write_text(index(results, {}), encoding="utf-8")
    return results, [f"{name}: {failure}" for name, failure in broken.items()]


def pairs(files: Mapping[str, str], scenarios: Mapping[str, Scenario]) -> dict[str, str]:
    """Scenario -> what it is compared with; empty for those that name nothing. Raises NotComparable."""
    found = {}
    for name, scenario in scenarios.items():
        found[name] = Path(baseline_file(scenario, files[name])).stem if scenario.compare_to else ""
        if found[name]:
            check_clocks({found[name]: scenarios[found[name]], name: scenario})
    return found


def simulated(design: Design, jobs: int, keep: bool) -> list[Outcome]:
    """All replications; what lies complete in the work folder and was made by this code is not run again."""
    kept = finished_in(design)
    for key, outcome in list(kept.items()):
        if not (_same(outcome.task) and (keep or signed(outcome.task.arm, outcome.task.replication))):
            shutil.rmtree(replication_folder(outcome.task.arm.spec.folder, outcome.task.replication))
            del kept[key]
    pending = [task for task in design.tasks() if task.key not in kept]

    def tell(outcome: Outcome, done: int, of: int) -> None:
        state = outcome.failure.strip().splitlines()[-1] if outcome.failed else "done"
        print(
            f"{done} of {of}: {outcome.task.arm.name}, replication {outcome.task.replication}: {state}",
            flush=True,
        )

    return [*kept.values(), *execute(pending, run_and_sign, jobs=jobs, progress=tell)]


def run_and_sign(arm: Arm, replication: int, seed: int) -> list[dict[str, Any]]:
    """One replication, and beside it which code made it."""
    rows = run_arm(arm, replication, seed)
    mark = replication_folder(arm.spec.folder, replication) / CODE
    mark.write_text(f"{code_digest()} {commit()}", encoding="utf-8")
    return rows


def signed(arm: Arm, replication: int) -> bool:
    """Whether a replication was made by the code that is here now."""
    return _marked(arm, replication)[0] == code_digest()


def _marked(arm: Arm, replication: int) -> tuple[str, str]:
    """Digest and commit of the code that made a replication."""
    mark = replication_folder(arm.spec.folder, replication) / CODE
    digest, _, made = mark.read_text(encoding="utf-8").partition(" ") if mark.is_file() else ("", "", "")
    return digest, made or "unknown"


@cache
def commit() -> str:
    """The commit of the working tree, and whether what a journal depends on was changed since."""

    def told(*words: str) -> str:
        try:
            done = subprocess.run(
                ["git", "-C", str(ROOT), *words], capture_output=True, text=True, check=False
            )
        except OSError:
            return ""  # an unpacked archive, or no git: the code's digest still tells runs apart
        return done.stdout.strip()

    changed = told("status", "--porcelain", "--", *SOURCES)
    return (told("rev-parse", "--short=12", "HEAD") or "unknown") + (" and changes" if changed else "")


@cache
def code_digest() -> str:
    """SHA-256 of all that a journal may depend on: the package, its parameters and its contracts."""
    digest = sha256()
    for folder, pattern in (
        ("sandbox", "*.py"),
        ("sandbox", "*.yaml"),
        ("scenarios", "*.yaml"),
        ("contracts", "*.json"),
    ):
        for path in sorted((ROOT / folder).rglob(pattern)):
            digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _same(task: Task) -> bool:
    """Whether what lies there is of this very world and seed."""
    arm = task.arm.spec
    folder = replication_folder(arm.folder, task.replication)
    kept = json.loads((folder / "scenario.json").read_text(encoding="utf-8"))
    now = json.loads(load(arm.origin.file, sets=arm.origin.sets).canonical)["scenario"]
    return bool(
        stated(world_of(kept)) == stated(world_of(now)) and read_manifest(folder)["seed"] == task.seed
    )


def result_of(
    name: str, scenario: Scenario, base: str, arms: Sequence[Arm], outcomes: Sequence[Outcome], seed: int
) -> Result:
    """What a page is made of."""
    by_name = {arm.name: arm for arm in arms}
    own = sorted(
        (o for o in outcomes if o.task.arm.name == name), key=lambda outcome: outcome.task.replication
    )
    found = []
    if base:
        design = Design((by_name[base], by_name[name]), len(own), seed)
        mine = [outcome for outcome in outcomes if outcome.task.arm.name in (base, name)]
        found = differences(comparison_of(design, mine).to_dict())
    return Result(
        name=name,
        scenario=scenario,
        means=means_of(own),
        run=_first(by_name[name]),
        base=base,
        base_run=_first(by_name[base]) if base else None,
        differences=found,
        replications=len(own),
        reproducible=all(
            signed(by_name[each], replication)
            for each in (base, name)
            if each
            for replication in range(len(own))
        ),
        commit=_marked(by_name[name], 0)[1],
        seed=seed,
    )


def _first(arm: Arm) -> RunFolder:
    return RunFolder(replication_folder(arm.spec.folder, 0))


def experiments(results: Mapping[str, Result], work: Path, out: Path, jobs: int) -> list[str]:
    """Run the shipped experiments in their reduced form, write each page and the index when it is done.

    What was begun by this code goes on. Returns what went wrong; an experiment that fails leaves the others alone.
    """
    found: dict[str, str] = {}
    failed = []
    for path in shipped_experiments():
        folder = work / "experiments" / code_digest()[:12]
        command = ["experiment", path.stem, "--reduced", "--jobs", str(jobs), "--out", str(folder)]
        begun = sorted(folder.glob(f"experiment-{path.stem}-reduced-*"))
        command += ["--resume", str(begun[-1])] if begun else []
        print(f"sandbox {' '.join(command)}", flush=True)
        told = out / f"{path.stem}.md"
        command += ["--json", "--page", str(told)]
        done = subprocess.run(
            [sys.executable, "-m", "sandbox", *command], capture_output=True, text=True, check=False
        )
        if done.returncode:
            failed.append(f"{path.stem}: {done.stderr.strip()}")
            continue
        told.write_text(f"{told.read_text(encoding='utf-8')}\nMade at commit {commit()}.\n", encoding="utf-8")
        rulings = [each["ruling"] for each in json.loads(done.stdout)["hypotheses"]]
        found[path.stem] = tally(rulings)
        (out / "README.md").write_text(index(results, found), encoding="utf-8")
    return failed


def index(results: Mapping[str, Result], rulings: Mapping[str, str]) -> str:
    """docs/results/README.md."""
    first = next(iter(results.values()))
    lines = [
        "# Results",
        "",
        f"One page a scenario, written by `make results` from {counted(first.replications)} of each at its default"
        f" size, seed {first.seed}, at commit {first.commit}; every difference is between two worlds with the same"
        " luck. They say what follows from stated assumptions, of which half have no source, and are no forecast.",
        "",
        "| scenario | against | what moved, of what it is about |",
        "|---|---|---|",
    ]
    for name, result in results.items():
        against = f"`{result.base}`" if result.base else "–"
        title = f"[{result.scenario.title['en']}]({name}.md)"
        lines.append(f"| {title} | {against} | {headline(result)} |")
    if rulings:
        lines += ["", "## Experiments, in their reduced form", "", "| experiment | hypotheses |", "|---|---|"]
        lines += [f"| [{name}]({name}.md) | {told} |" for name, told in rulings.items()]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
