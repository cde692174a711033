"""The server as a process: killed, told to stop, started again."""

import signal
import time
from pathlib import Path

from tests.page.processes import Served, alive


def test_kill_loses_no_finished_run_and_what_was_cut_off_is_run_again(
    tmp_path: Path, finished: tuple[Path, str], short: str
) -> None:
    folder, done = finished
    server = Served(folder)
    assert server.ask("GET", f"/api/runs/{done}")[1]["state"] == "complete"
    _, cut = server.ask("POST", "/api/runs", {"text": short, "seed": 91})
    _, waiting = server.ask("POST", "/api/runs", {"text": short, "seed": 92})
    server.wait(f"/api/runs/{cut['id']}", "running")
    children = server.children()
    assert children
    server.end(signal.SIGKILL)
    until = time.monotonic() + 5
    while any(map(alive, children)) and time.monotonic() < until:
        time.sleep(0.05)
    assert not any(map(alive, children)), "workers go when their server is gone"

    again = Served(folder, port=server.port)
    try:
        assert again.ask("GET", f"/api/runs/{done}")[1]["state"] == "complete"
        assert again.ask("GET", f"/api/runs/{done}/result")[0] == 200
        assert again.ask("POST", f"/api/runs/{waiting['id']}/cancel")[1]["state"] == "cancelled"
        assert again.wait(f"/api/runs/{cut['id']}", "complete", "failed")["state"] == "complete"
        # The report is made by a process that stays; the signal ends it too.
        assert again.ask("GET", f"/runs/{done}/report.html")[0] == 200
    finally:
        children = again.children()
        assert again.end(signal.SIGTERM) < 3
    assert children and not any(map(alive, children))


def test_a_term_signal_frees_the_port_and_leaves_no_child(tmp_path: Path) -> None:
    server = Served(tmp_path)
    _, job = server.ask("POST", "/api/runs", {"scenario": "elr-2024"})
    server.wait(f"/api/runs/{job['id']}", "running")
    children = server.children()
    assert server.end(signal.SIGTERM) < 3
    assert not any(map(alive, children))
    again = Served(tmp_path, port=server.port)
    try:
        assert again.ask("GET", f"/api/runs/{job['id']}")[1]["state"] in ("waiting", "running")
        assert again.ask("POST", f"/api/runs/{job['id']}/cancel")[1]["state"] == "cancelled"
    finally:
        again.end(signal.SIGTERM)
