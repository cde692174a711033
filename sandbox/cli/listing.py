"""``sandbox list`` and ``sandbox schema``: what there is, and how a scenario may be written."""

from collections.abc import Callable
from typing import Any

from sandbox.cli.exits import Exit
from sandbox.cli.printing import print_json, stdout_console
from sandbox.speech import LANGUAGES, language, speaking

Rows = list[dict[str, Any]]


def print_list(what: str, as_json: bool) -> Exit:
    """One row a thing, the same fields in the table and in the document, which speaks English to programs."""
    with speaking(LANGUAGES[0] if as_json else language()):
        rows = _LISTS[what]()
    if as_json:
        print_json({"schema": "sandbox.list/1", "what": what, "rows": rows})
        return Exit.DONE
    from sandbox.cli.parameters import shown
    from sandbox.cli.wording import told
    from sandbox.report.tables import Table
    from sandbox.report.terminal import print_table

    names = tuple(rows[0]) if rows else ("name",)
    cells = tuple(tuple(shown(row[name]) for name in names) for row in rows)
    headings = tuple(told(name) for name in names)
    print_table(Table(caption=told(what), headings=headings, rows=cells), stdout_console())
    return Exit.DONE


def print_schema() -> Exit:
    """The JSON Schema of a scenario file, what each key means in the language spoken."""
    from sandbox.scenario.editor import editor_schema

    print_json(editor_schema(language()))
    return Exit.DONE


def _scenarios() -> Rows:
    from sandbox.cli.wording import told
    from sandbox.report.wording import of_author
    from sandbox.scenario.faults import ScenarioInvalid
    from sandbox.scenario.library import shipped
    from sandbox.scenario.load import load

    rows: Rows = []
    for path in shipped():
        try:
            scenario = load(path).scenario
        except ScenarioInvalid as fault:
            rows.append(
                {
                    "name": path.stem,
                    "days": None,
                    "title": told(f"cannot be used: {fault.faults[0]}"),
                    "covers": "",
                }
            )
            continue
        rows.append(
            {
                "name": path.stem,
                "days": scenario.clock.horizon // 86_400,
                "title": of_author(scenario.title),
                "covers": "; ".join(map(of_author, scenario.covers)),
            }
        )
    return rows


def _seed_items() -> Rows:
    from sandbox.cli.wording import told
    from sandbox.report.wording import of_author
    from sandbox.scenario.seed_items import seed_items

    return [
        {
            "name": name,
            "kind": told(item.kind),
            "text": of_author(item.text),
            "scenarios": ", ".join(item.scenarios) or told("not yet covered"),
            "fact_note": of_author(item.fact_note),
        }
        for name, item in seed_items().items()
    ]


def _experiments() -> Rows:
    from sandbox.experiment.protocol import read_experiment, shipped_experiments
    from sandbox.report.wording import of_author

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
                "title": of_author(experiment.title),
            }
        )
    return rows


def _rails() -> Rows:
    from sandbox.cli.wording import told
    from sandbox.rails import RailSpecs

    return [
        {"name": name, "meaning": told(field.description or "")}
        for name, field in RailSpecs.model_fields.items()
    ]


def _metrics() -> Rows:
    from sandbox.cli.wording import told
    from sandbox.metrics import METRICS
    from sandbox.report.wording import definition_of, unit_label

    return [
        {
            "name": each.name,
            "family": told(each.family),
            "unit": unit_label(each.unit),
            "definition": definition_of(each.name, each.definition),
        }
        for each in METRICS
    ]


def _engines() -> Rows:
    from sandbox.cli.engines import ENGINES, to_be_had
    from sandbox.cli.wording import told

    return [
        {"name": name, "chain": kind, "installed": to_be_had(name), "meaning": told(meaning)}
        for name, (kind, _, meaning) in ENGINES.items()
    ]


def _parameters() -> Rows:
    """Every parameter with the value in force on the first day of the default clock."""
    from sandbox.cli.parameters import brief
    from sandbox.report.wording import unit_label
    from sandbox.scenario.library import parameters_folder
    from sandbox.scenario.parameters import ParameterLibrary
    from sandbox.scenario.schema import Clock

    library = ParameterLibrary.load(parameters_folder())
    rows = [brief(library, name, Clock().start) for name in library.names()]
    return [{**row, "unit": unit_label(row["unit"])} for row in rows]


_LISTS: dict[str, Callable[[], Rows]] = {
    "scenarios": _scenarios,
    "experiments": _experiments,
    "seed-items": _seed_items,
    "rails": _rails,
    "metrics": _metrics,
    "engines": _engines,
    "parameters": _parameters,
}
