"""``sandbox list`` and ``sandbox schema``: what there is, and how a scenario may be written."""

from collections.abc import Callable
from typing import Any

from sandbox.cli.exits import Exit
from sandbox.cli.printing import print_json, stdout_console

Rows = list[dict[str, Any]]


def print_list(what: str, as_json: bool) -> Exit:
    """One row a thing, the same fields in the table and in the document."""
    rows = _LISTS[what]()
    if as_json:
        print_json({"schema": "sandbox.list/1", "what": what, "rows": rows})
        return Exit.DONE
    from sandbox.cli.parameters import shown
    from sandbox.report.tables import Table
    from sandbox.report.terminal import print_table

    headings = tuple(rows[0]) if rows else ("name",)
    cells = tuple(tuple(shown(row[heading]) for heading in headings) for row in rows)
    print_table(Table(caption=what, headings=headings, rows=cells), stdout_console())
    return Exit.DONE


def print_schema() -> Exit:
    """The JSON Schema of a scenario file, what each key means in the language spoken."""
    from sandbox.scenario.editor import editor_schema
    from sandbox.speech import language

    print_json(editor_schema(language()))
    return Exit.DONE


def _scenarios() -> Rows:
    from sandbox.scenario.faults import ScenarioInvalid
    from sandbox.scenario.library import shipped
    from sandbox.scenario.load import load

    rows: Rows = []
    for path in shipped():
        try:
            scenario = load(path).scenario
        except ScenarioInvalid as fault:
            rows.append(
                {"name": path.stem, "days": None, "title": f"cannot be used: {fault.faults[0]}", "covers": ""}
            )
            continue
        title = scenario.title.get("en") or next(iter(scenario.title.values()))
        rows.append(
            {
                "name": path.stem,
                "days": scenario.clock.horizon // 86_400,
                "title": title,
                "covers": "; ".join(scenario.covers),
            }
        )
    return rows


def _seed_items() -> Rows:
    from sandbox.scenario.seed_items import seed_items

    return [
        {
            "name": name,
            "kind": item.kind,
            "text": item.text,
            "scenarios": ", ".join(item.scenarios) or "not yet covered",
            "fact_note": item.fact_note,
        }
        for name, item in seed_items().items()
    ]


def _experiments() -> Rows:
    from sandbox.experiment.protocol import read_experiment, shipped_experiments

    rows: Rows = []
    for path in shipped_experiments():
        experiment, _ = read_experiment(str(path))
        factors, _, replications = experiment.chosen(False)
        cells = 1
        for factor in factors:
            cells *= len(factor.levels)
        rows.append(
            {
                "name": path.stem,
                "cells": cells,
                "replications": replications,
                "hypotheses": len(experiment.hypotheses),
                "title": experiment.title.get("en") or next(iter(experiment.title.values())),
            }
        )
    return rows


def _rails() -> Rows:
    from sandbox.rails import RailSpecs

    return [
        {"name": name, "meaning": field.description or ""} for name, field in RailSpecs.model_fields.items()
    ]


def _metrics() -> Rows:
    from sandbox.metrics import METRICS

    return [
        {"name": each.name, "family": each.family, "unit": each.unit, "definition": each.definition}
        for each in METRICS
    ]


def _engines() -> Rows:
    from sandbox.cli.engines import ENGINES, to_be_had

    return [
        {"name": name, "chain": kind, "installed": to_be_had(name), "meaning": meaning}
        for name, (kind, _, meaning) in ENGINES.items()
    ]


def _parameters() -> Rows:
    """Every parameter with the value in force on the first day of the default clock."""
    from sandbox.cli.parameters import brief
    from sandbox.scenario.library import parameters_folder
    from sandbox.scenario.parameters import ParameterLibrary
    from sandbox.scenario.schema import Clock

    library = ParameterLibrary.load(parameters_folder())
    return [brief(library, name, Clock().start) for name in library.names()]


_LISTS: dict[str, Callable[[], Rows]] = {
    "scenarios": _scenarios,
    "experiments": _experiments,
    "seed-items": _seed_items,
    "rails": _rails,
    "metrics": _metrics,
    "engines": _engines,
    "parameters": _parameters,
}
