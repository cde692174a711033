"""``sandbox metrics``: what a number is, whose standard it follows, what it rests on, and the SQL that gives it."""

from collections.abc import Sequence
from typing import Any

from sandbox.cli.exits import Exit, Stop
from sandbox.cli.parameters import brief, shown
from sandbox.cli.printing import print_json, print_pairs, stdout_console
from sandbox.metrics import BY_NAME, FAMILIES, METRICS, Metric
from sandbox.metrics.inputs import rests_on
from sandbox.report.provenance import used_by
from sandbox.report.wording import definition_of, metric_title, say, translated, unit_label
from sandbox.scenario.library import parameters_folder
from sandbox.scenario.nearest import did_you_mean
from sandbox.scenario.parameters import ParameterLibrary
from sandbox.scenario.schema import Clock

Row = dict[str, Any]

SCHEMA = "sandbox.metrics-list/1"


def print_metrics(wanted: str | None, as_json: bool) -> Exit:
    """One metric in full, or a table of a family, or of all."""
    chosen = _chosen(wanted)
    library = ParameterLibrary.load(parameters_folder())
    if as_json:
        print_json({"schema": SCHEMA, "metrics": [_row(each, library) for each in chosen]})
    elif wanted in BY_NAME:
        _print_one(_row(chosen[0], library))
    else:
        _print_table(chosen)
    return Exit.DONE


def _chosen(wanted: str | None) -> Sequence[Metric]:
    """The metrics asked for: one, a family's, or all."""
    if wanted is None:
        return METRICS
    found = (BY_NAME[wanted],) if wanted in BY_NAME else FAMILIES.get(wanted)
    if found is None:
        hint = did_you_mean(wanted, [*BY_NAME, *FAMILIES]) or "see: sandbox list metrics"
        raise Stop(Exit.USAGE, f"error: there is no metric or family '{wanted[:80]}'; {hint}")
    return found


def _row(metric: Metric, library: ParameterLibrary) -> Row:
    """Everything there is to say of a metric, with the values it rests on as they stand on the clock's first day."""
    names = rests_on(metric.name, metric.family, list(library.names()))
    sources = library.sources()
    behind = []
    for name in names:
        row = brief(library, name, Clock().start)
        title = sources[row["source"]].title if row["source"] else ""
        behind.append({**row, "source_title": title, "used_by": used_by(name)})
    return {
        "name": metric.name,
        "title": metric_title(metric.name),
        "family": metric.family,
        "unit": metric.unit,
        "definition": definition_of(metric.name, metric.definition),
        "standard": translated("standard", metric.standard) if metric.standard else "",
        "better": metric.direction,
        "undefined": translated("empty", metric.empty) if metric.empty else "",
        "rests_on": behind,
        "sql": metric.sql,
    }


def _print_one(row: Row) -> None:
    console = stdout_console()
    print_pairs(
        console,
        [
            (say("about.name"), row["name"]),
            (say("about.title"), row["title"]),
            (say("about.unit"), unit_label(row["unit"])),
            (say("about.definition"), row["definition"]),
            (say("about.standard"), row["standard"] or "–"),
            (say("about.better"), say(f"better.{row['better'] or 'neither'}")),
            (say("about.undefined"), row["undefined"] or "–"),
        ],
    )
    console.file.write(f"\n{say('page.rests_on')}:\n")
    for each in row["rests_on"]:
        value = f"{shown(each['value'])} {unit_label(each['unit'])}"
        source = translated("source", each["source_title"])
        meaning = say(f"confidence.{each['confidence']}", otherwise="")
        console.file.write(
            f"  {each['name']}  {value}; {source}; {each['confidence']} {meaning}; {each['used_by']}\n"
        )
    console.file.write(f"\nSQL:\n{row['sql']}\n")


def _print_table(metrics: Sequence[Metric]) -> None:
    from sandbox.report.tables import Table
    from sandbox.report.terminal import print_table

    headings = tuple(say(f"about.{each}") for each in ("name", "family", "unit", "definition"))
    rows = tuple(
        (each.name, each.family, unit_label(each.unit), definition_of(each.name, each.definition))
        for each in metrics
    )
    print_table(Table(caption=say("section.definitions"), headings=headings, rows=rows), stdout_console())
