"""The report of a sweep or an experiment, from what its folder keeps: the same page as a run's, with its own tables.

Numbers are those of ``summary.json``; the values that the base point looked up stand in ``parameters.json``.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sandbox.metrics import BY_NAME
from sandbox.report.assumptions import Assumption, read_assumptions
from sandbox.report.measures import Measure
from sandbox.report.page import Detail, Page
from sandbox.report.runfolder import RunUnreadable
from sandbox.report.tables import Table
from sandbox.report.wording import language, listed, local, metric_title, of_author, say

#: The document of a sweep or an experiment in its folder.
SUMMARY = "summary.json"

#: What the documents say they are.
SCHEMAS = ("sandbox.sweep/", "sandbox.experiment-result/")

#: Metrics that the answer of a sweep speaks of, if the sweep kept them.
_TOLD = (
    "settlement_time_p50",
    "cost_pct_all_in",
    "fail_rate_n",
    "throughput_usd_day",
    "compliance_exposure_usd",
)

_RULINGS = ("held", "not held", "not detectable")


def is_sweep(folder: Path) -> bool:
    """Whether the folder holds a finished sweep or experiment."""
    try:
        return str(_document(folder).get("schema", "")).startswith(SCHEMAS)
    except RunUnreadable:
        return False


def sweep_page(folder: Path) -> Page:
    """Everything the report of a sweep or an experiment says. Raises RunUnreadable."""
    document = _document(folder)
    try:
        return _page(folder, document)
    except (KeyError, TypeError, IndexError) as fault:
        raise RunUnreadable(
            f"{folder / SUMMARY} is not what a sweep or an experiment writes: {fault}"
        ) from fault


def _page(folder: Path, document: Mapping[str, Any]) -> Page:
    experiment = "sweep" in document
    swept = document["sweep"] if experiment else document
    influences = swept["influences"]
    name = str(document["experiment"]) if experiment else Path(swept["scenario"]["file"]).stem
    details = [
        Detail("influences", say("sweep.influences"), say("sweep.influences_lead"), _influences(influences))
    ]
    if experiment:
        details = [*_reversals(document["assumptions"]), *details]
    details += [_heat_map(each) for each in swept["heat_maps"] if "[" not in each["metric"]]
    rows = tuple(_influence_rows(influences))
    return Page(
        title=of_author(document.get("title")) or say("sweep.title", name=name),
        question=of_author(document.get("question")),
        kind=say("sweep.experiment" if experiment else "sweep.kind", name=name),
        answer=_rulings(document["hypotheses"]) if experiment else _answer(swept),
        policy=_hypotheses(document["hypotheses"]) if experiment else _heaviest(influences),
        policy_title=say("sweep.hypotheses" if experiment else "sweep.heaviest"),
        all_metrics=None,
        charts_title="",
        charts=(),
        cost=None,
        enforcement=None,
        details=tuple(details),
        assumptions=_assumptions(folder),
        method=_method(document, swept),
        command=str(document.get("command") or "–"),
        measures=_measures(influences),
        rows=(("metric", "by", "factor", "measure", "value", "low", "high"), rows),
        language=language(),
    )


def _document(folder: Path) -> dict[str, Any]:
    try:
        document = json.loads((folder / SUMMARY).read_text(encoding="utf-8"))
    except (OSError, ValueError) as fault:
        raise RunUnreadable(f"{folder} holds no sweep that can be read: {fault}") from fault
    if not isinstance(document, dict):
        raise RunUnreadable(f"{folder / SUMMARY} is not the document of a sweep")
    return document


def _assumptions(folder: Path) -> tuple[Assumption, ...]:
    """Values that the base point looked up; none in a folder of a version that kept none."""
    path = folder / "parameters.json"
    if not path.is_file():
        return ()
    return tuple(read_assumptions(json.loads(path.read_text(encoding="utf-8"))["parameters"]))


def _split(column: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """``hhi_value[among=banks]`` as the metric and its group."""
    name, _, group = column.removesuffix("]").partition("[")
    pairs = [part.partition("=") for part in group.split(",") if part]
    return name, tuple((key, value) for key, _, value in pairs)


def _title(column: str) -> str:
    name, by = _split(column)
    return metric_title(name, by)


def _measures(influences: Mapping[str, Any]) -> tuple[Measure, ...]:
    """A definition of each metric that was kept; its values are the sweep's, of no one run."""
    names = dict.fromkeys(_split(column)[0] for column in influences)
    return tuple(
        Measure(
            name=metric.name,
            family=metric.family,
            by=(),
            value=None,
            unit=metric.unit,
            n=0,
            definition=metric.definition,
            standard=metric.standard,
            sql=metric.sql,
        )
        for metric in (BY_NAME[name] for name in names if name in BY_NAME)
    )


def _number(value: float | None) -> str:
    return "–" if value is None else local(f"{value:,.4g}")


def _known(found: Sequence[Mapping[str, Any]], most: int) -> list[Mapping[str, Any]]:
    return [each for each in found if each["value"] is not None][:most]


def _answer(swept: Mapping[str, Any]) -> tuple[str, ...]:
    """How much was run, and what moves the headline metrics most."""
    design = swept["design"]
    told = [
        say(
            "sweep.run",
            points=design["points"],
            design=design["name"],
            replications=swept["replications"],
            failed=len(swept["failures"]),
        )
    ]
    for name in _TOLD:
        known = _known(swept["influences"].get(name, ()), 2)
        if known and known[0]["value"]:
            parts = [f"{each['factor']} ({_number(each['value'])})" for each in known]
            measure = say(f"sweep_measure.{known[0]['measure']}")
            told.append(say("sweep.moved", title=metric_title(name), parts=listed(parts), measure=measure))
    return tuple(told)


def _heaviest(influences: Mapping[str, Any]) -> Table:
    """Of each metric of the whole cohort, the three factors with the largest influence."""
    rows, names = [], []
    for column, found in influences.items():
        known = _known(found, 3)
        if "[" not in column and known:
            cells = [f"{each['factor']} ({_number(each['value'])})" for each in known]
            rows.append((_title(column), *cells, *[""] * (3 - len(cells))))
            names.append(column)
    headings = tuple(say(f"sweep.{each}") for each in ("metric", "first", "second", "third"))
    return Table(caption=say("sweep.heaviest"), headings=headings, rows=tuple(rows), row_metrics=tuple(names))


def _influences(influences: Mapping[str, Any]) -> Table:
    """Every metric and factor with the measure of the design and its interval, where the design has one."""
    told = [
        (column, each) for column, found in influences.items() for each in found if each["value"] is not None
    ]
    headings = tuple(say(f"sweep.{each}") for each in ("metric", "factor", "measure", "value", "interval"))
    rows = tuple(
        (
            _title(column),
            str(each["factor"]),
            say(f"sweep_measure.{each['measure']}"),
            _number(each["value"]),
            "–"
            if each["low"] is None
            else say("page.range_of", low=_number(each["low"]), high=_number(each["high"])),
        )
        for column, each in told
    )
    metrics = tuple(_split(column)[0] for column, _ in told)
    return Table(caption=say("sweep.influences"), headings=headings, rows=rows, row_metrics=metrics)


def _influence_rows(influences: Mapping[str, Any]) -> Sequence[tuple[str | float | int | None, ...]]:
    rows: list[tuple[str | float | int | None, ...]] = []
    for column, found in influences.items():
        name, by = _split(column)
        group = ", ".join(f"{key}={value}" for key, value in by)
        for each in found:
            rows.append(
                (name, group, each["factor"], each["measure"], each["value"], each["low"], each["high"])
            )
    return rows


def _heat_map(found: Mapping[str, Any]) -> Detail:
    """Means of one metric over the levels of two factors."""
    title = say("sweep.map", title=metric_title(found["metric"]), across=found["across"], down=found["down"])
    rows = tuple(
        (str(label), *map(_number, values))
        for label, values in zip(found["down_levels"], found["values"], strict=True)
    )
    headings = (f"{found['down']} \\ {found['across']}", *map(str, found["across_levels"]))
    table = Table(
        caption=title,
        headings=headings,
        rows=rows,
        heading_metrics=("", *[found["metric"]] * (len(headings) - 1)),
    )
    return Detail(f"map-{found['metric']}-{found['across']}-{found['down']}", title, "", table)


def _rulings(hypotheses: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """How many held, then each claim with its ruling and what was found."""
    counts = Counter(str(each["ruling"]) for each in hypotheses)
    parts = [f"{counts[each]} {say(f'ruling.{each}')}" for each in _RULINGS if counts[each]]
    told = [say("sweep.rulings", parts=listed(parts))]
    return (
        *told,
        *(
            say("sweep.ruled", name=each["name"], ruling=say(f"ruling.{each['ruling']}"), text=each["text"])
            for each in hypotheses
        ),
    )


def _hypotheses(hypotheses: Sequence[Mapping[str, Any]]) -> Table:
    keys = ("hypothesis", "ruling", "claim", "found", "test")
    return Table(
        caption=say("sweep.hypotheses_caption"),
        headings=(*(say(f"sweep.{each}") for each in keys), "n", say("sweep.p")),
        rows=tuple(
            (
                str(each["name"]),
                say(f"ruling.{each['ruling']}"),
                str(each["text"]),
                str(each["numbers"]),
                str(each["test"] or "–"),
                str(each["n"]),
                _number(each["p_holm"]),
            )
            for each in hypotheses
        ),
    )


def _reversals(found: Sequence[Mapping[str, Any]]) -> list[Detail]:
    """Uncertain numbers whose other end changes a ruling, where the experiment moved them."""
    if not found:
        return []
    rows = tuple(
        (
            str(each["hypothesis"]),
            str(each["assumption"]),
            say(f"ruling.{each['ruling_as_it_is']}"),
            say(f"ruling.{each['ruling']}"),
            _number(each["effect"]),
        )
        for each in found
        if each["change"]
    )
    headings = tuple(
        say(f"sweep.{each}") for each in ("hypothesis", "assumption", "before", "after", "effect")
    )
    table = Table(caption=say("sweep.reversals"), headings=headings, rows=rows)
    return [Detail("reversals", say("sweep.reversals"), "", table)]


def _method(document: Mapping[str, Any], swept: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    design = swept["design"]
    factors = tuple(
        (say("sweep.factor_named", name=each["name"]), ", ".join(map(str, each["levels"])) or _range(each))
        for each in swept["factors"]
    )
    rows = (
        ("row.scenario", " ".join([str(swept["scenario"]["file"]), *map(str, swept["scenario"]["sets"])])),
        ("sweep.design", f"{design['name']}: {design['points']}"),
        ("row.replications", str(swept["replications"])),
        ("row.seed", str(swept["seed"])),
        ("sweep.completed", str(swept["completed"])),
        ("row.failed", str(len(swept["failures"]))),
        ("sweep.digest", str(swept["table_sha256"])),
    )
    measured = document.get("measured") or {}
    return (
        *((say(key), value) for key, value in rows),
        *factors,
        *((say("sweep.measured", name=name), _number(value)) for name, value in measured.items()),
    )


def _range(factor: Mapping[str, Any]) -> str:
    return say("page.range_of", low=_number(factor.get("low")), high=_number(factor.get("high")))
