"""Contenders measured in turn, each time in a fresh process; the best of several rounds counts.

Machines share their cores, so one contender after the other would compare the weather. All take part in every
round, and the smallest CPU time of each is its result.
"""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

BENCH = Path(__file__).resolve().parent
PEERS_PYTHON = BENCH.parent / ".bench-venv" / "bin" / "python"
USDT_ONLY = BENCH / "usdt_only.yaml"


@dataclass(frozen=True, slots=True)
class Result:
    """The best round of one contender."""

    name: str
    payments: int
    settled: int
    cpu_seconds: float
    spread: float
    """Slowest round divided by the best one: how far this machine can be trusted now."""
    document: Mapping[str, Any]

    @property
    def microseconds(self) -> float:
        """CPU microseconds of one payment."""
        return self.cpu_seconds / self.payments * 1e6


def ours(scenario: Path, *, engine: str = "revm", sets: Sequence[str] = (), again: bool = False) -> list[str]:
    """The command that measures a scenario of the product."""
    options = [option for given in sets for option in ("--set", given)]
    command = [sys.executable, str(BENCH / "measure.py"), str(scenario), "--evm-engine", engine, *options]
    return [*command, "--again"] if again else command


def pssimpy(payments: int, window: int, opens: int, closes: int) -> list[str]:
    """The command that measures PSSimPy; its interpreter is made by ``make bench``."""
    script = BENCH / "peers" / "pssimpy_windows.py"
    return [str(PEERS_PYTHON), str(script), str(payments), str(window), str(opens), str(closes)]


def measured(command: Sequence[str]) -> dict[str, Any]:
    """Run one contender and read the document it prints."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}\n{done.stderr}")
    document: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return document


def best_of(contenders: Mapping[str, Sequence[str]], rounds: int) -> dict[str, Result]:
    """Every contender once a round; the best of each."""
    seen: dict[str, list[dict[str, Any]]] = {label: [] for label in contenders}
    for turn in range(rounds):
        for label, command in contenders.items():
            print(f"round {turn + 1} of {rounds}: {label}", file=sys.stderr, flush=True)
            seen[label].append(measured(command))
    return {label: _best(documents) for label, documents in seen.items()}


def _best(documents: Sequence[Mapping[str, Any]]) -> Result:
    times = [float(document["cpu_seconds"]) for document in documents]
    document = documents[times.index(min(times))]
    return Result(
        name=str(document["name"]),
        payments=int(document["payments"]),
        settled=int(document["settled"]),
        cpu_seconds=min(times),
        spread=max(times) / min(times),
        document=document,
    )
