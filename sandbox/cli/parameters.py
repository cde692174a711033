"""``sandbox parameters``: what a number is, where it comes from, how far it may vary, and who reads it."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sandbox.cli.exits import Exit, Stop
from sandbox.cli.printing import print_json, print_pairs, stdout_console
from sandbox.cli.wording import told
from sandbox.metrics import METRICS
from sandbox.metrics.inputs import rests_on
from sandbox.report.provenance import used_by
from sandbox.report.wording import local, say, translated, unit_label
from sandbox.scenario.library import parameters_folder
from sandbox.scenario.nearest import did_you_mean
from sandbox.scenario.parameters import ParameterLibrary
from sandbox.scenario.readers import in_runs, readers, set_by
from sandbox.scenario.schema import Clock
from sandbox.scenario.wording import titles
from sandbox.speech import language

Row = dict[str, Any]

SCHEMA = "sandbox.parameters-list/1"


def print_parameters(wanted: str | None, unused: bool, as_json: bool) -> Exit:
    """One parameter in full, or a table of a group, or of all; ``unused``: only those that no run reads."""
    library = ParameterLibrary.load(parameters_folder())
    names = _chosen(library.names(), wanted)
    who = readers(names)
    rows = [described(library, name, who[name]) for name in names]
    if unused:
        rows = [row for row in rows if row["unused"]]
    if as_json:
        print_json({"schema": SCHEMA, "parameters": rows})
    elif wanted in library.names() and rows:
        _print_one(rows[0])
    else:
        _print_table(rows)
    return Exit.DONE


def brief(library: ParameterLibrary, name: str, on: date) -> Row:
    """The row of ``sandbox list parameters``: the value in force on a day and where it is from."""
    entry = library.entry(name)
    days = [day for day in entry.values if day <= on] or sorted(entry.values)[:1]
    dated = entry.values[max(days)] if days else None
    return {
        "name": name,
        "value": dated.value if dated else None,
        "unit": entry.unit,
        "confidence": dated.confidence if dated else "",
        "source": dated.source if dated else "",
        "dates": len(entry.values),
    }


def described(library: ParameterLibrary, name: str, modules: Sequence[str]) -> Row:
    """Everything the library says of a parameter, and the modules that read it."""
    entry, sources = library.entry(name), library.sources()
    row = brief(library, name, Clock().start)
    return {
        **row,
        "title": dict(entry.title),
        "source_title": sources[row["source"]].title if row["source"] else "",
        "source_url": str(sources[row["source"]].url or "") if row["source"] else "",
        "low": entry.low,
        "high": entry.high,
        "distribution": entry.distribution.kind,
        "note": entry.note,
        "values": [
            {
                "from": day.isoformat(),
                "value": dated.value if dated else None,
                "source": dated.source if dated else "",
                "confidence": dated.confidence if dated else "",
                "expected": bool(dated and dated.expected),
            }
            for day, dated in entry.values.items()
        ],
        "read_by": list(modules),
        "field": set_by(name),
        "context": entry.context,
        "metrics": [each.name for each in METRICS if rests_on(each.name, each.family, [name])],
        "unused": not in_runs(modules) and not set_by(name),
    }


def _chosen(names: Sequence[str], wanted: str | None) -> Sequence[str]:
    """The names asked for: one, a group's, or all."""
    if wanted is None:
        return names
    found = [name for name in names if name == wanted or name.startswith(f"{wanted}.")]
    if not found:
        groups = {name.partition(".")[0] for name in names}
        steps = [name for name in names if name.partition(".")[2] == wanted]
        hint = f"did you mean '{steps[0]}'?" if steps else did_you_mean(wanted, [*names, *sorted(groups)])
        raise Stop(
            Exit.USAGE,
            f"error: there is no parameter or group '{wanted[:80]}'; {hint or 'see: sandbox list parameters'}",
        )
    return found


def who_reads(row: Mapping[str, Any]) -> str:
    """Readers in words."""
    modules = [module.removeprefix("sandbox.") for module in row["read_by"]]
    if row["field"]:
        modules.insert(0, told(f"the scenario's field {row['field']}"))
    if row["context"]:
        return told("context only")
    if row["unused"]:
        return told(f"no run ({', '.join(modules)} only)" if modules else "nothing reads it")
    return ", ".join(modules)


def _print_one(row: Row) -> None:
    pairs = [
        ("name", row["name"]),
        (
            "meaning",
            row["title"].get(language()) or titles(language()).get(row["name"]) or row["title"]["en"],
        ),
        ("unit", unit_label(row["unit"])),
        ("distribution", row["distribution"]),
        ("plausible", told(f"{shown(row['low'])} to {shown(row['high'])}")),
    ]
    for value in row["values"]:
        expected = ", announced only" if value["expected"] else ""
        origin = f"source {value['source']}, confidence {value['confidence']}{expected}"
        pairs.append((f"from {value['from']}", f"{shown(value['value'])} ({told(origin)})"))
    source = translated("source", row["source_title"])
    pairs += [("source", source), ("note", row["note"] or "–"), ("read by", who_reads(row))]
    pairs += [("source's page", row["source_url"] or "–"), ("used by", used_by(row["name"]))]
    pairs.append(("metrics", ", ".join(row["metrics"]) or "–"))
    print_pairs(stdout_console(), [(told(name), value) for name, value in pairs])


def _print_table(rows: Sequence[Row]) -> None:
    from sandbox.report.tables import Table
    from sandbox.report.terminal import print_table

    headings = ("name", "value", "unit", "low", "high", "confidence", "source", "read by")
    cells = tuple(
        (
            row["name"],
            shown(row["value"]),
            unit_label(row["unit"]),
            *(shown(row[key]) for key in ("low", "high", "confidence", "source")),
            who_reads(row),
        )
        for row in rows
    )
    table = Table(caption=told("parameters"), headings=tuple(map(told, headings)), rows=cells)
    print_table(table, stdout_console())


def shown(value: Any) -> str:
    """A value as a table shows it."""
    if isinstance(value, bool):
        return say("yes" if value else "no")
    if isinstance(value, dict):
        return ", ".join(f"{key} {local(str(part))}" for key, part in value.items())
    if isinstance(value, int | float):
        return local(str(value))
    return "–" if value is None else str(value)
