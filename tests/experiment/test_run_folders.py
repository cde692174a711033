"""Run folders: a name claimed by several processes at once is nobody's twice."""

import subprocess
import sys
from pathlib import Path

PROCESSES = 4
CLAIMS = 40

CLAIMING = f"""
import sys
from pathlib import Path
from sandbox.experiment.folder import claim
parent = Path(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
for _ in range({CLAIMS}):
    print(claim(parent, "same").name)
"""


def test_processes_that_claim_one_name_at_once_never_share_a_folder(tmp_path: Path) -> None:
    parent = tmp_path / "runs"
    workers = [
        subprocess.Popen(
            [sys.executable, "-c", CLAIMING, str(parent)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(PROCESSES)
    ]
    for worker in workers:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "ready\n"
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.write("go\n")
        worker.stdin.flush()
    claimed = [worker.communicate()[0].split() for worker in workers]
    assert [worker.returncode for worker in workers] == [0] * PROCESSES
    assert [len(names) for names in claimed] == [CLAIMS] * PROCESSES
    every = [name for names in claimed for name in names]
    assert len(set(every)) == len(every)
    assert {path.name for path in parent.iterdir()} == set(every)
