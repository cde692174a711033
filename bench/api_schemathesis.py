"""Ten thousand requests of Schemathesis to the API, in process: python bench/api_schemathesis.py [--cases 10000].

Requests are made from the server's own OpenAPI: fitting ones, half of them about things that are there, and misfits. No
answer may be a 5xx; each must have a status, a content type and a shape that the description names; no misfit may be
accepted. What was answered is written to bench/RESULTS-api.md, and the first faults are printed. It needs the ``api``
group: ``make test-api``.
"""

import argparse
import sys
import tempfile
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from sandbox.page.settings import Limits, Settings  # noqa: E402
from tests.page.asgi import Browser, Server  # noqa: E402
from tests.page.conforming import CHECKS, Walked, operations_of, walk  # noqa: E402
from tests.page.conftest import SHORT  # noqa: E402
from tests.page.walking import known_things, stop_everything  # noqa: E402

RESULTS = ROOT / "bench" / "RESULTS-api.md"
_LUCK = 2024
_SECOND = {"text": SHORT.replace("people: 2", "people: 1")}


def main() -> None:
    """Walk, count, write."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--cases", type=int, default=10_000)
    cases = options.parse_args().cases
    most = 10**7
    limits = Limits(
        submits_a_minute=most, completions_a_minute=most, kept=most, waiting_each=most, waiting_all=most
    )
    walked: dict[str, Walked] = {}
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Settings(folder=Path(folder), limits=limits))
        try:
            script = Browser(server, keeps_cookies=False)
            known = _known(script)
            operations = operations_of(server)
            share = -(-cases // len(operations))
            for operation in operations:
                walked[operation.label] = _walked(script, operation, known, share)
            # Small spaces of requests are soon exhausted: what is missing is made up where there is no end.
            wide = [each for each in operations if walked[each.label].answers.total() >= share]
            missing = cases - sum(each.answers.total() for each in walked.values())
            for number, operation in enumerate(wide):
                if missing > 0:
                    more = _walked(script, operation, known, -(-missing // (len(wide) - number)), _LUCK + 1)
                    missing -= more.answers.total()
                    walked[operation.label].answers += more.answers
                    walked[operation.label].faults += more.faults
        finally:
            server.close()
    text = _written(walked)
    RESULTS.write_text(text, encoding="utf-8")
    faults = [fault for each in walked.values() for fault in each.faults]
    print(text, *faults[:20], sep="\n")
    sys.exit(1 if faults else 0)


def _known(script: Browser) -> dict[str, dict[str, list[str]]]:
    """What is there to ask about, for operations on runs and on comparisons: one finished job of each kind."""
    run = script.post_json("/api/runs", {"text": SHORT, "seed": 5}).json["id"]
    document = {"baseline": {"text": SHORT}, "alternatives": [_SECOND], "replications": 1, "seed": 5}
    comparison = script.post_json("/api/comparisons", document).json["id"]
    for job in (f"runs/{run}", f"comparisons/{comparison}"):
        assert script.wait(f"/api/{job}", 600)["state"] == "complete"
    things = {**known_things(script, run), "first": [run], "second": [run]}
    return {"runs": things, "comparisons": {**things, "id": [comparison]}}


def _walked(
    script: Browser, operation: object, known: dict[str, dict[str, list[str]]], cases: int, luck: int = _LUCK
) -> Walked:
    path, method = str(operation.path), str(operation.method)  # type: ignore[attr-defined]  # it has no types
    things = known["comparisons" if "/comparisons" in path else "runs"]
    return walk(operation, things, cases, luck, lambda: stop_everything(script) if method == "post" else None)


def _written(walked: dict[str, Walked]) -> str:
    answers: Counter[int] = sum((each.answers for each in walked.values()), Counter())
    faults = Counter(fault.split(": ")[1] for each in walked.values() for fault in each.faults)
    broken = sum(count for status, count in answers.items() if status >= 500)
    found = ", ".join(f"{name}: {count}" for name, count in sorted(faults.items())) or "none"
    checks = ", ".join(f"`{each.__name__}`" for each in CHECKS)
    lines = [
        "# Schemathesis on the API",
        "",
        f"Written by `python bench/api_schemathesis.py`: {answers.total():,} requests made from `/api/openapi.json`,"
        " fitting ones, half of them about things that are there, and misfits.",
        "",
        f"Answers of 5xx: **{broken}**. Faults found: **{found}**. Checks: {checks}.",
        "",
        "| operation | requests | answers |",
        "|---|---|---|",
    ]
    for name, each in walked.items():
        told = ", ".join(f"{status}: {count}" for status, count in sorted(each.answers.items()))
        lines.append(f"| `{name}` | {each.answers.total()} | {told} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
