"""A worker process writes nothing on stdout: there DuckDB takes itself for interactive and would draw a bar."""

import subprocess
import sys
from pathlib import Path

LOOK = """
from pathlib import Path
import duckdb
from sandbox.experiment.run_facts import facts_of
from sandbox.journal.reader import JournalReader
from sandbox.metrics.staging import stage
from sandbox.report.runfolder import RunFolder
from sandbox.scenario.load import load

asked = "SELECT current_setting('enable_progress_bar')"
run = Path({run!r})
print(duckdb.connect().execute(asked).fetchone()[0])
print(RunFolder(run)._connection.execute(asked).fetchone()[0])
print(JournalReader(run)._duckdb().execute(asked).fetchone()[0])
print(stage(run, facts_of(load({scenario!r}))).execute(asked).fetchone()[0])
"""


def test_no_connection_draws_a_bar(shared_run: Path) -> None:
    scenario = str(shared_run.parents[1] / "tiny.yaml")
    text = LOOK.format(run=str(shared_run), scenario=scenario)
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=True)
    usual, *ours = done.stdout.split()
    assert usual == "True", (
        "DuckDB no longer takes a process without a script for interactive: nothing to forbid"
    )
    assert ours == ["False"] * 3
