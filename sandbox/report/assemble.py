"""From run folders to files: the report of one run, and the report of a comparison."""

import os
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sandbox.report import charts, readings, tables
from sandbox.report.answer import HEADLINES, comparison_answer, run_answer
from sandbox.report.assumptions import Assumption, read_assumptions
from sandbox.report.comparing import Difference, differences
from sandbox.report.measures import Measures
from sandbox.report.page import Chart, Page, render
from sandbox.report.runfolder import RunFolder
from sandbox.report.wording import number, rough_span, say

#: Name of a run's report inside its folder.
REPORT_FILE = "report.html"


def build_report(run_directory: Path, out: Path | None = None) -> Path:
    """Write the report of one run (``report.html`` in its folder unless ``out`` says where); give its path.

    Raises RunUnreadable for a folder with a missing or changed file.
    """
    run = RunFolder(run_directory)
    measures = Measures.read(run.metrics)
    page = Page(
        title=_text(run.scenario.get("title")) or _scenario_name(run),
        question=_text(run.scenario.get("question")),
        kind=f"Report of one run of the scenario {_scenario_name(run)}",
        answer=run_answer(measures),
        policy=tables.policy_table(measures),
        charts_title=say("section.charts_run"),
        charts=tuple(_run_charts(run)),
        cost=tables.cost_table(measures),
        enforcement=tables.enforcement_table(measures),
        assumptions=tuple(read_assumptions(run.parameters)),
        method=_method(run),
        command=run_command(run.manifest),
        measures=measures.listed,
    )
    return _write(render(page), out or run_directory / REPORT_FILE)


def build_comparison(comparison: Mapping[str, Any], run_directories: Sequence[Path], out: Path) -> Path:
    """Write the report of a comparison; give its path.

    ``comparison`` is the document of ``sandbox.experiment``; ``run_directories`` hold one replication of each
    arm, the baseline first: their assumptions, definitions and enforcement are shown.
    """
    baseline = str(comparison["baseline"])
    rows = differences(comparison)
    runs = [RunFolder(directory) for directory in run_directories]
    first = runs[0]
    headlines = [each for each in rows if each.metric in HEADLINES and not each.by]
    alternatives = list(dict.fromkeys(each.alternative for each in rows))
    page = Page(
        title=f"{', '.join(alternatives)} against {baseline}",
        question=_text(runs[-1].scenario.get("question")),
        kind=f"Comparison with the baseline {baseline}",
        answer=comparison_answer(rows),
        policy=tables.difference_table(rows, baseline),
        charts_title=say("section.charts"),
        charts=tuple(_comparison_charts(headlines, runs, baseline)),
        cost=tables.difference_table([each for each in rows if each.metric.startswith("cost")], baseline),
        enforcement=tables.difference_table([each for each in rows if _enforces(each)], baseline),
        assumptions=_united(runs),
        method=_comparison_method(comparison, runs),
        command=compare_command(comparison, runs),
        measures=Measures.read(first.metrics).listed,
    )
    return _write(render(page), out)


def run_command(manifest: Mapping[str, Any]) -> str:
    """The command that makes the same journal again."""
    engines = manifest.get("engines", {})
    words = ["sandbox", "run", str(manifest["scenario"].get("file") or manifest["scenario"]["name"])]
    words += ["--seed", str(manifest["seed"])]
    for engine, option in (("evm", "--evm-engine"), ("bitcoin", "--bitcoin-engine")):
        if engines.get(engine):
            words += [option, str(engines[engine])]
    return shlex.join(words)


def compare_command(comparison: Mapping[str, Any], runs: Sequence[RunFolder]) -> str:
    """The command that makes the same comparison again."""
    scenarios = [
        str(run.manifest["scenario"].get("file") or run.manifest["scenario"]["name"]) for run in runs
    ]
    words = ["sandbox", "compare", *scenarios, "--reps", str(comparison.get("replications", 1))]
    return shlex.join([*words, "--seed", str(comparison.get("seed", runs[0].manifest["seed"]))])


def _run_charts(run: RunFolder) -> list[Chart]:
    readings.prepare(run)
    flows, settled = readings.flows(run), readings.settlements(run)
    waiting, held = readings.queues(run), readings.balances(run)
    stretch = rough_span(readings.stretches(run.horizon))
    found = []
    if any(len(each.seconds) for each in settled):
        found.append(
            Chart(
                name="settlement-times",
                title="How long until the beneficiary is credited",
                lead="Each line climbs to the share of its rail's payments that were ever credited; what is missing"
                " to 100 % failed, was stopped or was in flight at the horizon. The time axis is"
                " logarithmic.",
                figure=charts.settlement_times(settled),
                table=tables.settlement_table(settled),
            )
        )
    if flows:
        found.append(
            Chart(
                name="value-flow",
                title="Where the value went",
                lead="Invoice value from goods category over the last rail tried to the ending.",
                figure=charts.value_flow(flows),
                table=tables.flow_table(flows),
            )
        )
        found.append(
            Chart(
                name="endings",
                title="How payments ended on each rail",
                lead="Shares of the payments whose last rail this was; their number stands in brackets.",
                figure=charts.endings_by_rail(flows),
                table=tables.endings_table(flows),
            )
        )
    if waiting:
        found.append(
            Chart(
                name="queues",
                title="Who waited at the desks",
                lead=f"Longest queue in each stretch of {stretch}, over the whole run (warm-up included).",
                figure=charts.queues_over_time(waiting, run.clock),
                table=tables.line_table(
                    f"Longest queue in stretches of {stretch}, some of them", waiting, run.clock
                ),
            )
        )
    if held:
        found.append(
            Chart(
                name="balances",
                title="Money held ready",
                lead=f"Lowest balance of dealers' inventories and banks' nostro accounts in each stretch of {stretch}.",
                figure=charts.balances_over_time(held, run.clock),
                table=tables.line_table(
                    f"Lowest balance in stretches of {stretch}, some of them", held, run.clock
                ),
            )
        )
    return found


def _comparison_charts(
    headlines: Sequence[Difference], runs: Sequence[RunFolder], baseline: str
) -> list[Chart]:
    found = []
    if any(each.difference is not None for each in headlines):
        found.append(
            Chart(
                name="differences",
                title=f"Differences from {baseline}",
                lead="Mean paired difference with its 95% interval; filled marks are detectable (the interval"
                " leaves out zero), hollow ones are not.",
                figure=charts.policy_differences(headlines),
                table=tables.difference_table(headlines, baseline),
            )
        )
    for place, run in enumerate(runs):
        readings.prepare(run)
        flows = readings.flows(run)
        if flows:
            found.append(
                Chart(
                    name=f"endings-{place}",
                    title=f"How payments ended: {_scenario_name(run)}, replication {run.manifest['replication']}",
                    lead="One replication, for the picture; the table of differences rests on all of them.",
                    figure=charts.endings_by_rail(flows),
                    table=tables.endings_table(flows),
                )
            )
    return found


def _enforces(difference: Difference) -> bool:
    return difference.metric.startswith(("aml_", "time_to_clear", "value_stopped", "prohibited_")) or (
        difference.metric in ("compliance_exposure_usd", "visibility_share", "cap_utilisation")
    )


def _united(runs: Sequence[RunFolder]) -> tuple[Assumption, ...]:
    """Values used in any arm, once each."""
    found = dict.fromkeys(each for run in runs for each in read_assumptions(run.parameters))
    return tuple(sorted(found, key=lambda each: (each.name, each.since, each.value)))


def _method(run: RunFolder) -> tuple[tuple[str, str], ...]:
    manifest = run.manifest
    observed = f"{_day(run, run.warm_up)} to {_day(run, run.horizon - run.cool_down)}"
    return (
        ("scenario", f"{_scenario_name(run)}, hash {manifest['scenario'].get('hash', '–')}"),
        ("seed", f"{manifest['seed']}, replication {manifest['replication']}"),
        ("replications here", "1: a single run says nothing about chance; compare shows intervals"),
        ("simulated time", f"{_day(run, 0)} to {_day(run, run.horizon)}; observed window {observed}"),
        ("status", str(manifest.get("status", "–"))),
        ("audit", _verdict(manifest.get("audit"))),
        ("journal digest", str(manifest.get("journal_digest", "–"))),
        ("records in the journal", number(int(run.rows("select count(*) from journal")[0][0]))),
        ("engines", _pairs(manifest.get("engines", {}))),
        ("versions", _pairs(manifest.get("versions", {}))),
    )


def _comparison_method(
    comparison: Mapping[str, Any], runs: Sequence[RunFolder]
) -> tuple[tuple[str, str], ...]:
    arms = [
        (
            f"arm {_scenario_name(run)}",
            f"hash {run.manifest['scenario'].get('hash', '–')}, audit {_verdict(run.manifest.get('audit'))}",
        )
        for run in runs
    ]
    return (
        ("baseline", str(comparison["baseline"])),
        ("replications", f"{comparison.get('replications', '–')} of each arm, paired by replication on common random numbers"),
        ("seed", str(comparison.get("seed", "–"))),
        ("interval", "95%, Student's t on the paired differences; not corrected for looking at many metrics"),
        *arms,
        ("engines", _pairs(runs[0].manifest.get("engines", {}))),
        ("versions", _pairs(runs[0].manifest.get("versions", {}))),
    )  # fmt: skip


def _verdict(audit: Any) -> str:
    return str(audit.get("verdict", "–")) if isinstance(audit, Mapping) else str(audit or "–")


def _pairs(values: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in values.items()) or "–"


def _day(run: RunFolder, second: int) -> str:
    return run.clock.date(second).isoformat()


def _scenario_name(run: RunFolder) -> str:
    return str(run.manifest["scenario"]["name"])


def _text(content: Any, language: str = "en") -> str:
    """A scenario's text in the page's language, or in any it has."""
    if isinstance(content, Mapping):
        return str(content.get(language) or next(iter(content.values()), ""))
    return str(content or "")


def _write(html: str, path: Path) -> Path:
    """Write beside the target and put in place, so that nobody ever reads half a page."""
    part = path.with_name(path.name + ".part")
    part.write_text(html, encoding="utf-8")
    os.replace(part, path)
    return path
