"""The STRESS-DES checklist (Monks and others, 2019), filled in from what the run folder itself says.

Twenty items in six sections, the one on components in its five parts. Each answer is read from manifest, scenario,
parameters or journal, so that it cannot drift from the run, and says where the whole of it stands. Two things no
folder knows (who reads it, and on which machine) are said to be so.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sandbox.journal.kinds import Kind
from sandbox.lifecycle import TERMINALS
from sandbox.report.assumptions import Assumption, counts_by_confidence
from sandbox.report.measures import Measures
from sandbox.report.runfolder import RunFolder
from sandbox.report.tables import Table
from sandbox.report.wording import day, desk_label, listed, number, of_author, rail_label, say

#: Items in the checklist's order: number, key, and where each is answered in full: a section of the page (``#``) or a
#: part of the documents.
_ITEMS = (
    ("1.1", "purpose", ("#answer", "docs/ODD.md 1")),
    ("1.2", "outputs", ("#policy", "#definitions", "docs/METRICS.md")),
    ("1.3", "experiments", ("#method",)),
    ("2.1", "diagram", ("docs/ODD.md 2", "docs/LIFECYCLE.md")),
    ("2.2", "base_logic", ("docs/ODD.md 3", "docs/LIFECYCLE.md")),
    ("2.3", "scenario_logic", ("#timeline", "docs/ODD.md 3")),
    ("2.4", "algorithms", ("docs/ODD.md 7",)),
    ("2.5.1", "entities", ("docs/ODD.md 2",)),
    ("2.5.2", "activities", ("docs/LIFECYCLE.md", "docs/ODD.md 7")),
    ("2.5.3", "resources", ("#charts", "docs/ODD.md 7.6", "docs/ODD.md 7.9")),
    ("2.5.4", "queues", ("#charts", "docs/ODD.md 7.8")),
    ("2.5.5", "entry_exit", ("#charts", "docs/LIFECYCLE.md")),
    ("3.1", "sources", ("#assumptions", "docs/PARAMETERS.md")),
    ("3.2", "preprocessing", ("docs/ODD.md 6", "docs/PARAMETERS.md")),
    ("3.3", "inputs", ("#assumptions", "docs/PARAMETERS.md")),
    ("3.4", "assumptions", ("#assumptions", "#scope")),
    ("4.1", "initialisation", ("docs/ODD.md 5",)),
    ("4.2", "run_length", ("#method",)),
    ("4.3", "estimation", ("#method", "docs/ODD.md 7.20")),
    ("5.1", "software", ("#method",)),
    ("5.2", "sampling", ("#method", "docs/ODD.md 4")),
    ("5.3", "execution", ("#method", "docs/ODD.md 3")),
    ("5.4", "system", ("#method",)),
    ("6.1", "access", ("#method", "#scope")),
)


_DESKS = "select distinct e.name from journal j join entities e on e.id = j.actor where j.kind = ? order by 1"


def stress_table(
    runs: Sequence[RunFolder],
    assumptions: Sequence[Assumption],
    command: str,
    comparison: Mapping[str, Any] | None = None,
) -> Table:
    """All items with their answers, of one run or of a comparison whose arms ``runs`` show."""
    values = _values(runs, assumptions, command, comparison)
    return Table(
        caption=say("stress.caption"),
        headings=tuple(say(f"stress.{each}") for each in ("item", "asked", "answer", "where")),
        rows=tuple(
            (
                place,
                say(f"stress_item.{key}"),
                say(f"stress_answer.{key}", **values),
                "; ".join(_place(each, comparison) for each in where if _is_there(each, runs)),
            )
            for place, key, where in _ITEMS
        ),
    )


def _is_there(where: str, runs: Sequence[RunFolder]) -> bool:
    """A page without dated events has no section of them."""
    return where != "#timeline" or any(run.scenario.get("timeline") for run in runs)


def _place(where: str, comparison: Mapping[str, Any] | None) -> str:
    """A section's heading on this page, or a document and its part."""
    if not where.startswith("#"):
        return where
    name = "charts_run" if where == "#charts" and comparison is None else where[1:]
    return say("stress.here", section=say(f"section.{name}"))


def _values(
    runs: Sequence[RunFolder],
    assumptions: Sequence[Assumption],
    command: str,
    comparison: Mapping[str, Any] | None,
) -> dict[str, str]:
    run = runs[-1]
    manifest, scenario = run.manifest, run.scenario
    population = scenario.get("population") or {}
    measures = Measures.read(run.metrics)
    letters = [f"{letter} {count}" for letter, count in counts_by_confidence(assumptions) if count]
    overridden = sorted({each.name for each in assumptions if each.overridden})
    versions = manifest.get("versions") or {}
    python = str(versions.get("python", "–"))
    return {
        "question": of_author(scenario.get("question")) or "–",
        "metrics": number(len({each.name for each in measures.listed})),
        "design": _design(run, comparison),
        "rails": listed([rail_label(name) for name in sorted(scenario.get("rails") or {})]) or "–",
        "events": number(len(scenario.get("timeline") or {})),
        "importers": str(population.get("importers", "–")),
        "suppliers": str(population.get("suppliers_per_importer", "–")),
        "rate": str(population.get("payments_per_business_day", "–")),
        "entities": number(int(run.rows("select count(*) from entities")[0][0])),
        "desks": listed([desk_label(name) for (name,) in run.rows(_DESKS, [int(Kind.DESK_ENTERED)])])
        or say("stress.none"),
        "endings": ", ".join(say(f"ending.{each.name}") for each in sorted(TERMINALS)),
        "values": number(len(assumptions)),
        "letters": ", ".join(letters) or "–",
        "overridden": ", ".join(overridden) or say("stress.none"),
        "start": day(run.clock.date(0)),
        "end": day(run.clock.date(run.horizon)),
        "first": day(run.clock.date(run.warm_up)),
        "last": day(run.clock.date(run.horizon - run.cool_down)),
        "seed": str(manifest["seed"]),
        "python": python,
        "versions": ", ".join(f"{name} {value}" for name, value in versions.items() if name != "python") or "–",
        "engines": ", ".join(f"{name}: {value}" for name, value in (manifest.get("engines") or {}).items()),
        "records": number(int(run.rows("select count(*) from journal")[0][0])),
        "digest": str(manifest.get("journal_digest", "–")),
        "command": command,
    }  # fmt: skip


def _design(run: RunFolder, comparison: Mapping[str, Any] | None) -> str:
    """Replications and pairing of a comparison, or that this is a single run."""
    if comparison is None:
        return say("stress.single", replication=run.manifest["replication"])
    return say(
        "stress.compared",
        replications=comparison.get("replications", "–"),
        alternatives=", ".join(map(str, comparison["alternatives"])),
        baseline=comparison["baseline"],
    )
