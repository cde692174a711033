"""The STRESS-DES checklist (Monks and others, 2019), filled in from what the run folder itself says.

Twenty items in six sections; each answer is read from manifest, scenario, parameters or journal, so that it
cannot drift from the run. Two things no folder knows (who reads it, and on which machine) are said to be so.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sandbox.report.assumptions import Assumption, counts_by_confidence
from sandbox.report.measures import Measures
from sandbox.report.runfolder import RunFolder
from sandbox.report.tables import Table
from sandbox.report.wording import day, listed, number, of_author, rail_label, say

#: Items in the checklist's order: number and key.
_ITEMS = (
    ("1.1", "purpose"), ("1.2", "outputs"), ("1.3", "experiments"),
    ("2.1", "diagram"), ("2.2", "base_logic"), ("2.3", "scenario_logic"), ("2.4", "algorithms"),
    ("2.5", "components"),
    ("3.1", "sources"), ("3.2", "preprocessing"), ("3.3", "inputs"), ("3.4", "assumptions"),
    ("4.1", "initialisation"), ("4.2", "run_length"), ("4.3", "estimation"),
    ("5.1", "software"), ("5.2", "sampling"), ("5.3", "execution"), ("5.4", "system"),
    ("6.1", "access"),
)  # fmt: skip


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
        headings=(say("stress.item"), say("stress.asked"), say("stress.answer")),
        rows=tuple(
            (place, say(f"stress_item.{key}"), say(f"stress_answer.{key}", **values)) for place, key in _ITEMS
        ),
    )


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
