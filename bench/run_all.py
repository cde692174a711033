"""All measurements; ``make bench`` runs this. It writes bench/RESULTS.md, which is never edited by hand."""

import os
import platform
import subprocess
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from growth import ELR, Growth, growth
from queues import WAITING, drained
from ratios import OURS, Ratio, ratios
from rounds import BENCH, USDT_ONLY, Result, measured, ours

PACKAGES = ("elr-sandbox", "simpy", "numpy", "pyarrow", "pyrevm", "py-bitcoinkernel", "eth-tester", "py-evm")


def main() -> None:
    """Measure, print, write."""
    own, found = ratios()
    elr = measured(ours(ELR))
    warm = measured(
        ours(USDT_ONLY, sets=["clock.horizon=25m", "population.payments_per_business_day=1"], again=True)
    )
    grown = growth()
    lines = [
        *_heading(),
        *_ratios(own, found),
        *_scenario(elr),
        *_growth(grown),
        *_queues(drained()),
        *_starts(warm, _help_seconds()),
    ]
    text = "\n".join(lines) + "\n"
    (BENCH / "RESULTS.md").write_text(text, encoding="utf-8")
    print(text)


def _heading() -> Iterator[str]:
    yield "# Results of `make bench`"
    yield ""
    versions = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    today = datetime.now(UTC).date().isoformat()  # noqa: TID251  when it was measured; no run sees it
    yield f"Measured on {today} with CPython {platform.python_version()} on {_processor()};"
    yield f"{versions}."
    yield "CPU seconds of one process, best of the rounds; ratios hold inside this one run. Written by"
    yield "`bench/run_all.py`."


def _processor() -> str:
    """Model and number of processors, as far as the system tells."""
    info = Path("/proc/cpuinfo")
    named = [line.split(":", 1)[1].strip() for line in _lines(info) if line.startswith("model name")]
    return f"{os.cpu_count()} x {named[0] if named else platform.processor() or platform.machine()}"


def _lines(path: Path) -> Sequence[str]:
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else ()


def _ratios(own: Result, found: list[Ratio]) -> Iterator[str]:
    yield ""
    yield "## A payment, settled, journalled and audited"
    yield ""
    yield f"{OURS}: {own.payments:,} payments, {own.settled:,} of them credited, {own.cpu_seconds:.2f} s,"
    yield f"**{own.microseconds:.0f} µs a payment** ({own.payments / own.cpu_seconds:,.0f} a second; slowest round"
    yield f"{own.spread:.2f} times the best)."
    yield ""
    yield "| peer | payments | µs a payment | times ours | goal | reached |"
    yield "|---|---:|---:|---:|---:|---|"
    for ratio in found:
        goal = "" if ratio.goal is None else f"{ratio.goal:g}"
        reached = "" if ratio.goal is None else ("yes" if ratio.times >= ratio.goal else "no")
        yield (
            f"| {ratio.label} | {ratio.peer.payments:,} | {ratio.peer.microseconds:,.0f} | {ratio.times:.1f} "
            f"| {goal} | {reached} |"
        )


def _scenario(elr: dict[str, float]) -> Iterator[str]:
    yield ""
    yield "## elr-2024 at its default size"
    yield ""
    yield f"{elr['payments']:,} payments and {elr['rows']:,} journal rows in {elr['cpu_seconds']:.1f} s of CPU"
    yield f"(goal: 40), {elr['rss_mb']:.0f} MB at the peak."


def _growth(grown: list[Growth]) -> Iterator[str]:
    yield ""
    yield "## Growth"
    yield ""
    yield "| scenario | payments | CPU s | µs a payment | peak MB | exponent (goal 1.1) | bytes a payment |"
    yield "|---|---:|---:|---:|---:|---:|---:|"
    for row in grown:
        for run in row.runs:
            last = run is row.runs[-1]
            tail = f"{row.exponent:.2f} | {row.bytes_a_payment:.0f}" if last else " | "
            yield (
                f"| {row.name} | {run.payments:,} | {run.cpu_seconds:.2f} | {run.microseconds:.0f} "
                f"| {run.document['rss_mb']:.0f} | {tail} |"
            )


def _queues(drained: Sequence[tuple[str, int, float]]) -> Iterator[str]:
    yield ""
    yield "## Queues"
    yield ""
    yield f"{WAITING:,} waiting cases, and the queue and its clock alone (goal: 2 s; see `bench/queues.py`)."
    yield ""
    yield "| queue | served | CPU s | reached |"
    yield "|---|---:|---:|---|"
    for name, served, seconds in drained:
        yield f"| {name} | {served:,} | {seconds:.2f} | {'yes' if seconds <= 2 else 'no'} |"


def _starts(warm: dict[str, float], help_seconds: float | None) -> Iterator[str]:
    yield ""
    yield "## Starts"
    yield ""
    yield f"- importing the engine: {warm['import_seconds']:.2f} s; reading a scenario: {warm['load_seconds']:.2f} s"
    yield f"- a warm run without payments in a token world of 100 firms: {warm['cpu_seconds'] * 1000:.0f} ms"
    if help_seconds is not None:
        yield f"- `sandbox --help`: {help_seconds:.2f} s of CPU"


def _help_seconds() -> float | None:
    """CPU of the command line's help, None while there is no such command."""
    before = os.times()
    done = subprocess.run([sys.executable, "-m", "sandbox", "--help"], capture_output=True, check=False)
    after = os.times()
    used = after.children_user + after.children_system - before.children_user - before.children_system
    return used if done.returncode == 0 else None


if __name__ == "__main__":
    main()
