"""Ten thousand requests over the whole API, made from its own description: python bench/api_walk.py [--cases 10000].

No answer may be a 5xx, of a status that the description does not name, or other than JSON. What was answered is written
to bench/RESULTS-api-walk.md, and the first faults are printed.
"""

import argparse
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from sandbox.page.settings import Limits, Settings  # noqa: E402
from tests.page.asgi import Browser, Server  # noqa: E402
from tests.page.conftest import SHORT  # noqa: E402
from tests.page.walking import OPERATIONS, Case, cases, fault_of, known_things, stop_everything  # noqa: E402

RESULTS = ROOT / "bench" / "RESULTS-api-walk.md"
#: Jobs that the walk leaves behind before they are stopped.
_SWEEP = 20


def main() -> None:
    """Walk, count, write."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--cases", type=int, default=10_000)
    given_options = options.parse_args()
    each = -(-given_options.cases // len(OPERATIONS))
    limits = Limits(submits_a_minute=10**7, completions_a_minute=10**7, kept=10**6)
    answered: dict[str, Counter[int]] = {}
    faults: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Settings(folder=Path(folder), limits=limits))
        try:
            script = Browser(server, keeps_cookies=False)
            job = script.post_json("/api/runs", {"text": SHORT, "seed": 5}).json
            assert script.wait(f"/api/runs/{job['id']}")["state"] == "complete"
            known = known_things(script, job["id"])
            for operation in OPERATIONS:
                name = f"{operation[0]} {operation[1]}"
                answered[name] = Counter()
                _walk(script, operation, known, each, answered[name], faults)
        finally:
            server.close()
    text = _written(answered, faults)
    RESULTS.write_text(text, encoding="utf-8")
    print(text, *faults[:20], sep="\n")
    sys.exit(1 if faults else 0)


def _walk(
    script: Browser,
    operation: Any,
    known: dict[str, list[str]],
    each: int,
    statuses: Counter[int],
    faults: list[str],
) -> None:
    @settings(
        max_examples=each,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases(operation, known))
    def walk(case: Case) -> None:
        answer = case.sent_by(script)
        statuses[answer.status] += 1
        if fault := fault_of(case, answer, operation[2]):
            faults.append(fault)
        if operation[0] == "POST" and statuses.total() % _SWEEP == 0:
            stop_everything(script)

    walk()
    # A small space of requests is soon walked through; what is left is walked again.
    while statuses.total() < each:
        before = statuses.total()
        walk()
        if statuses.total() == before:
            break
    stop_everything(script)


def _written(answered: dict[str, Counter[int]], faults: list[str]) -> str:
    total = sum(counts.total() for counts in answered.values())
    broken = sum(count for counts in answered.values() for status, count in counts.items() if status >= 500)
    lines = [
        "# A walk over the API",
        "",
        f"Written by `python bench/api_walk.py`: {total:,} requests made from `/api/openapi.json`, most fitting their"
        f" operation, some hostile. Answers of 5xx: **{broken}**. Answers that the description does not allow:"
        f" **{len(faults) - broken}**.",
        "",
        "| operation | requests | answers |",
        "|---|---|---|",
    ]
    for name, counts in answered.items():
        told = ", ".join(f"{status}: {count}" for status, count in sorted(counts.items()))
        lines.append(f"| `{name}` | {counts.total()} | {told} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
