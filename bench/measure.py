"""One run of the product in a process of its own: CPU seconds, memory and what was settled, as one JSON document.

``simulate`` is measured whole: creating the world, the run, the journal on disk, the audit and its end. Reading
the scenario and importing packages happen once a process and are reported beside it.
"""

import argparse
import json
import resource
import tempfile
import time
from pathlib import Path

_BEGAN = time.process_time()

import scipy.special  # noqa: E402, F401  a run loads it at its first normal draw

from sandbox.lifecycle import State  # noqa: E402  the import itself is measured
from sandbox.scenario.load import load  # noqa: E402
from sandbox.simulation import simulate  # noqa: E402
from sandbox.world import Engines  # noqa: E402

_IMPORTED = time.process_time()


def main() -> None:
    """Run what the command line names and print what it took."""
    parser = argparse.ArgumentParser()
    parser.add_argument("scenario")
    parser.add_argument("--evm-engine", choices=("revm", "eth-tester"), default="revm")
    parser.add_argument("--set", dest="sets", action="append", default=[])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--again", action="store_true", help="run it twice and report the second, warm one")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        for turn in range(1 + chosen.again):
            read = time.process_time()
            loaded = load(chosen.scenario, sets=chosen.sets)
            started = time.process_time()
            folder = Path(scratch) / str(turn)
            engines = Engines(evm=chosen.evm_engine)
            run = simulate(loaded, seed=chosen.seed, engines=engines, directory=folder)
            ended = time.process_time()
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        if run.status != "complete" or run.audit != "passed":
            raise SystemExit(f"the run is {run.status}, its audit {run.audit}: nothing to measure")
        document = {
            "name": f"{Path(chosen.scenario).stem}, {chosen.evm_engine}",
            "payments": run.payments,
            "settled": _credited(folder),
            "cpu_seconds": ended - started,
            "load_seconds": started - read,
            "import_seconds": _IMPORTED - _BEGAN,
            "rss_mb": peak / 1024,
            "rows": run.rows,
            "digest": run.digest,
        }
    print(json.dumps(document))


def _credited(folder: Path) -> int:
    """Payments whose beneficiary was credited, counted from the journal."""
    from sandbox.journal.reader import JournalReader  # it loads a data base, which a run does not need

    with JournalReader(folder, check=False) as journal:
        query = "SELECT count(DISTINCT payment) FROM transitions WHERE state_entered = ?"
        return int(journal.sql(query, (State.CREDITED.name,))[0][0])


if __name__ == "__main__":
    main()
