"""What a job of the page costs: python bench/page_jobs.py. Processor seconds, from the order to the finished result.

Each job is asked for as a visitor would, on a server of this process; what its worker took is what the system says of
children that have ended. Written to bench/RESULTS-page-jobs.md.
"""

import resource
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from sandbox.classroom.game.decisions import Decision  # noqa: E402
from sandbox.classroom.game.quarters import LAST  # noqa: E402
from sandbox.classroom.game.scenario import scenario_text  # noqa: E402
from sandbox.page.settings import Limits, Settings  # noqa: E402
from tests.page.asgi import Browser, Server  # noqa: E402

RESULTS = ROOT / "bench" / "RESULTS-page-jobs.md"
_SEED = 7
_QUARTERS = (1, 2, 4, LAST)


def main() -> None:
    """Run, measure, write."""
    jobs = {"a run of `classroom`": {"scenario": "classroom", "seed": _SEED}}
    for quarters in _QUARTERS:
        name = f"quarter {quarters} of the game"
        jobs[name] = {"text": scenario_text([Decision()] * quarters, _SEED), "seed": _SEED}
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Settings(folder=Path(folder), limits=Limits(submits_a_minute=1_000)))
        try:
            script = Browser(server, keeps_cookies=False)
            script.post_json("/api/scenarios/check", {"text": "extends: classroom.yaml\n"})
            for name, asked in jobs.items():
                before = _spent()
                job = script.post_json("/api/runs", asked).json["id"]
                assert script.wait(f"/api/runs/{job}", 600)["state"] == "complete"
                seconds = _spent() - before
                kept = sum(path.stat().st_size for path in (Path(folder) / job).glob("re*"))
                rows.append((name, seconds, kept))
        finally:
            server.close()
    lines = [
        "# What a job of the page costs",
        "",
        "Written by `python bench/page_jobs.py`: processor seconds of the job's worker, with loading the program,"
        " running, measuring and making what the page shows; and what is kept of it beside the run's own folder.",
        "",
        "| job | processor seconds | kept |",
        "|---|---|---|",
        *(f"| {name} | {seconds:.1f} | {kept / 1e6:.1f} MB |" for name, seconds, kept in rows),
    ]
    text = "\n".join(lines) + "\n"
    RESULTS.write_text(text, encoding="utf-8")
    print(text)


def _spent() -> float:
    """Processor seconds of all children that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
