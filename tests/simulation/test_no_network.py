"""A run opens no socket, starts no program and reads no clock of the machine's."""

import os
import subprocess
import sys

import pytest

PROGRAM = """
import sys
import eth_account  # loaded at the first signature; a library below it asks `file` what the interpreter is
from sandbox.scenario.load import load
from sandbox.simulation import simulate
from sandbox.world import Engines

def refuse(event, arguments):
    if event.startswith(("socket.", "subprocess.", "os.system", "os.exec", "os.fork", "urllib.")):
        raise RuntimeError(f"a run may not: {event}")

sys.addaudithook(refuse)
sets = ["clock.horizon=6d", "clock.warm_up=1d", "clock.cool_down=1d"]
for engines in (Engines("revm", "kernel"), Engines("eth-tester", "python")):
    run = simulate(load("classroom", sets=sets), seed=1, engines=engines, chain_tables=False)
    assert run.status == "complete" and run.payments > 50, run
print("quiet")
try:
    import socket
    socket.socket()
except RuntimeError as error:
    print(error)
"""


@pytest.mark.slow
def test_nothing_leaves_the_machine() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], env=dict(os.environ), capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines() == ["quiet", "a run may not: socket.__new__"]
