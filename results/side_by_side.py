"""The two tables of a page: by rail, and cost with enforcement beside it."""

from collections.abc import Iterator

from result import Result, rounded

from sandbox.report.tables import is_enforcement
from sandbox.report.wording import measured, metric_title, rail_label

COST = ("cost_pct_all_in", "delay_cost_pct")
ENFORCEMENT = (
    "aml_recall",
    "effective_recall_10d",
    "value_stopped_usd",
    "prohibited_credited_usd",
    "compliance_exposure_usd",
    "visibility_share",
    "outside_reporting_usd",
)
RAIL_COLUMNS = (
    ("orders", "payments"),
    ("median time", "settlement_time_p50"),
    ("95% within", "settlement_time_p95"),
    ("cost, all in", "cost_pct_all_in"),
    ("failed", "fail_rate_n"),
    ("credited a business day", "throughput_usd_day"),
)


def by_rail(result: Result) -> Iterator[str]:
    """Each rail, and all of them."""
    yield "## By rail"
    yield ""
    yield "| rail of the last attempt | " + " | ".join(heading for heading, _ in RAIL_COLUMNS) + " |"
    yield "|---|" + "---:|" * len(RAIL_COLUMNS)
    rails = [
        dict(row["by"])["rail"] for row in result.means if row["name"] == "payments" and "rail" in row["by"]
    ]
    if result.base:
        groups = [dict(d.by) for d in result.differences if d.metric == "payments"]
        rails = [group["rail"] for group in groups if "rail" in group]
    for rail in dict.fromkeys(rails):
        label = rail_label("" if rail == "none" else rail)
        yield f"| {label} | " + " | ".join(_cell(result, name, rail=rail) for _, name in RAIL_COLUMNS) + " |"
    yield "| all | " + " | ".join(_cell(result, name) for _, name in RAIL_COLUMNS) + " |"


def _cell(result: Result, metric: str, **by: str) -> str:
    if not result.base:
        return result.text(metric, **by)
    each = result.difference(metric, **by)
    if each is None or not each.has_value:
        return "–"
    before, after = (
        measured(rounded(value, each.unit), each.unit)
        for value in (each.baseline_value, each.alternative_value)
    )
    if before == after:
        return before
    return f"**{before} → {after}**" if each.detectable else f"{before} → {after}"


def beside(result: Result) -> Iterator[str]:
    """What payments cost over all rails, and what enforcement makes of them; never netted."""
    yield "## Cost, and enforcement beside it"
    if result.base:
        yield f"| over all rails | {result.base} | {result.name} | difference | 95% interval | |"
        yield "|---|---:|---:|---:|---:|---|"
        for each in (d for name in (*COST, *ENFORCEMENT) if (d := result.difference(name)) and d.has_value):
            assert is_enforcement(each) or each.family != "compliance"
            values = (measured(value, each.unit) for value in (each.baseline_value, each.alternative_value))
            yield f"| {each.title} | {' | '.join(values)} | {each.change} | {each.interval} | {each.verdict} |"
    else:
        yield "| over all rails | mean |"
        yield "|---|---:|"
        for name in (*COST, *ENFORCEMENT):
            yield f"| {metric_title(name)} | {result.text(name)} |"
