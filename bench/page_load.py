"""Thirty visitors at once on one server for two minutes: python bench/page_load.py [--clients 30] [--seconds 120].

Each visitor reads pages and the API as a person would, a second apart, and now and then asks for a run that nobody
has asked for before. Measured: answers of 5xx (there must be none), runs that did not come to their end (none), and how
long reads took. The result is written to bench/RESULTS-page.md.
"""

import argparse
import http.client
import json
import os
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.page.browser.views import SHORTER, View, finished_comparison, finished_run, views  # noqa: E402
from tests.page.conftest import SHORT  # noqa: E402
from tests.page.processes import Served  # noqa: E402

RESULTS = ROOT / "bench" / "RESULTS-page.md"
#: What a visitor does between two requests, in seconds.
THINKING = 1.0
#: Every so many requests a visitor asks for a run.
ASKS = 40
#: The bound that the page promises for the 95th of 100 reads, in milliseconds.
PROMISED_MS = 300.0


@dataclass
class Tally:
    """What one visitor saw."""

    reads: list[tuple[str, float]] = field(default_factory=list)
    """Kind of view and milliseconds."""
    asked: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)
    runs: list[str] = field(default_factory=list)

    def saw(self, status: int) -> None:
        """Count an answer."""
        self.statuses[status] = self.statuses.get(status, 0) + 1


def main() -> None:
    """Serve, visit, count, write."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--clients", type=int, default=30)
    options.add_argument("--seconds", type=float, default=120.0)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        served = Served(Path(folder))
        try:
            tallies, memory = _visited(served, given.clients, given.seconds)
            lost = _lost(served, tallies)
        finally:
            served.end(signal.SIGTERM)
    text, good = _written(tallies, given.clients, given.seconds, memory, lost)
    RESULTS.write_text(text, encoding="utf-8")
    print(text)
    sys.exit(0 if good else 1)


def _visited(served: Served, clients: int, seconds: float) -> tuple[list[Tally], tuple[int, int]]:
    run, other = finished_run(served), finished_run(served, SHORTER)
    shown = list(_addresses(views(served, run, other, finished_comparison(served))))
    tallies = [Tally() for _ in range(clients)]
    before = _resident(served.process.pid)
    until = time.monotonic() + seconds
    visitors = [
        threading.Thread(target=_visit, args=(served.port, number, shown, tally, until))
        for number, tally in enumerate(tallies)
    ]
    for visitor in visitors:
        visitor.start()
    for visitor in visitors:
        visitor.join()
    return tallies, (before, _resident(served.process.pid))


def _addresses(shown: dict[str, View]) -> Iterator[tuple[str, str]]:
    """Every view once, and what the API says under the same name where it has one."""
    for name, view in shown.items():
        if name.startswith("error") or view.act:
            continue
        address = view.address
        yield name.partition("-")[0], address
        if name in ("run", "comparison"):
            yield "api result", f"/api{address}/result"
        elif address.startswith("/runs/"):
            path = f"{address}/blocks" if name.startswith("chain-") else address.replace("?at=", "?since=")
            yield "api " + name.partition("-")[0], f"/api{path}"


def _visit(port: int, number: int, shown: list[tuple[str, str]], tally: Tally, until: float) -> None:
    """One visitor: a connection that is kept, as a browser keeps it, and a pause between two requests."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", "/")
    answer = connection.getresponse()
    answer.read()
    # Who keeps the cookie is somebody of their own, with a line of their own.
    cookie = {"cookie": answer.headers["set-cookie"].partition(";")[0]}
    time.sleep(THINKING * number / 30)
    step = 0
    while time.monotonic() < until:
        if step % ASKS == ASKS // 2:
            document = {"text": SHORT, "seed": 1_000 + number * 1_000 + step}
            began = time.perf_counter()
            status, found = _ask(connection, cookie, "POST", "/api/runs", document)
            tally.asked.append(1_000 * (time.perf_counter() - began))
            if status in (200, 202):
                tally.runs.append(found["id"])
        else:
            kind, address = shown[(number * 7 + step * 5) % len(shown)]
            began = time.perf_counter()
            status, _ = _ask(connection, cookie, "GET", address)
            tally.reads.append((kind, 1_000 * (time.perf_counter() - began)))
        tally.saw(status)
        step += 1
        time.sleep(THINKING)
    connection.close()


def _ask(
    connection: http.client.HTTPConnection,
    headers: dict[str, str],
    method: str,
    path: str,
    document: Any = None,
) -> tuple[int, Any]:
    body = None if document is None else json.dumps(document)
    connection.request(
        method, path, body, {**headers, **({"content-type": "application/json"} if body else {})}
    )
    answer = connection.getresponse()
    data = answer.read()
    return answer.status, json.loads(data) if body else None


def _lost(served: Served, tallies: list[Tally]) -> list[str]:
    """Runs that were promised and did not come to a good end."""
    asked = [run for tally in tallies for run in tally.runs]
    return [run for run in asked if _ended(served, run) != "complete"]


def _ended(served: Served, run: str) -> str:
    until = time.monotonic() + 900
    while not (job := served.ask("GET", f"/api/runs/{run}")[1])["ended"]:
        if time.monotonic() > until:
            return "waiting"
        time.sleep(0.2)
    return str(job["state"])


def _resident(pid: int) -> int:
    """Megabytes of memory that a process holds."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // 2**20


def _written(
    tallies: list[Tally], clients: int, seconds: float, memory: tuple[int, int], lost: list[str]
) -> tuple[str, bool]:
    reads = np.array([each for tally in tallies for _, each in tally.reads])
    asked = np.array([each for tally in tallies for each in tally.asked] or [0.0])
    statuses: dict[int, int] = {}
    for tally in tallies:
        for status, count in tally.statuses.items():
            statuses[status] = statuses.get(status, 0) + count
    runs = sum(len(tally.runs) for tally in tallies)
    broken = sum(count for status, count in statuses.items() if status >= 500)
    good = broken == 0 and not lost and float(np.quantile(reads, 0.95)) <= PROMISED_MS
    lines = [
        "# The page under load",
        "",
        f"Written by `python bench/page_load.py`: {clients} visitors for {seconds:.0f} s on one server, each reading a"
        f" view or the API and then waiting {THINKING:g} s; every {ASKS}th request asks for a run nobody had asked for"
        f" before. {os.cpu_count()} cores, shared by server, runs and visitors.",
        "",
        "| what | result | promised |",
        "|---|---|---|",
        f"| reads | {len(reads):,} ({len(reads) / seconds:.1f} a second) | |",
        f"| answers of 5xx | {broken} | 0 |",
        f"| runs asked for, runs lost | {runs}, {len(lost)} | 0 lost |",
        *[
            f"| read, {name} | {np.quantile(reads, share):.0f} ms | {bound} |"
            for name, share, bound in (
                ("median", 0.5, ""),
                ("95 of 100 within", 0.95, f"{PROMISED_MS:.0f} ms"),
                ("99 of 100 within", 0.99, ""),
            )
        ],
        f"| asking for a run, 95 of 100 within | {np.quantile(asked, 0.95):.0f} ms | |",
        f"| memory of the server before and after | {memory[0]} MB, {memory[1]} MB | |",
        "",
        "Answers by status: "
        + ", ".join(f"{status}: {count:,}" for status, count in sorted(statuses.items()))
        + ".",
        "",
        "| view | reads | median | 95 of 100 within |",
        "|---|---|---|---|",
    ]
    kinds = sorted({kind for tally in tallies for kind, _ in tally.reads})
    for kind in kinds:
        own = np.array([each for tally in tallies for name, each in tally.reads if name == kind])
        lines.append(f"| {kind} | {len(own)} | {np.median(own):.0f} ms | {np.quantile(own, 0.95):.0f} ms |")
    return "\n".join(lines) + "\n", good


if __name__ == "__main__":
    main()
