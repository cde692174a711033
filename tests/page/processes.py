"""The page as a process: started by its command, spoken to over a socket, ended by a signal."""

import http.client
import json
import os
import signal
import socketserver
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


class Served:
    """One ``sandbox serve``."""

    def __init__(self, folder: Path, *options: str, port: int | None = None) -> None:
        self.folder = folder
        self.port = port or _free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        command = [
            sys.executable,
            "-m",
            "sandbox",
            "serve",
            "--port",
            str(self.port),
            "--folder",
            str(folder),
        ]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        self.process = subprocess.Popen(
            [*command, *options], cwd=folder, env=environment, stderr=subprocess.PIPE, start_new_session=True
        )
        self._wait_until_it_listens()

    def ask(self, method: str, path: str, document: Any = None) -> tuple[int, Any]:
        """One request by a script; status and document."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            body = None if document is None else json.dumps(document)
            connection.request(method, path, body, {"content-type": "application/json"} if body else {})
            answer = connection.getresponse()
            data = answer.read()
            return answer.status, json.loads(data) if data.startswith(b"{") else data
        finally:
            connection.close()

    def wait(self, path: str, *states: str) -> Any:
        """The job when it is in one of these states."""
        until = time.monotonic() + 120
        while (job := self.ask("GET", path)[1])["state"] not in states:
            assert time.monotonic() < until, job
            time.sleep(0.05)
        return job

    def children(self) -> list[int]:
        """Processes that this server started and that still live."""
        task = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(pid) for pid in task.read_text().split()]

    def end(self, kind: signal.Signals) -> float:
        """Send the signal; the seconds until the process is gone."""
        began = time.monotonic()
        self.process.send_signal(kind)
        self.process.wait(30)
        assert self.process.stderr is not None
        self.process.stderr.close()
        return time.monotonic() - began

    def _wait_until_it_listens(self) -> None:
        until = time.monotonic() + 60
        while True:
            try:
                self.ask("GET", "/api/scenarios")
                return
            except OSError:
                assert self.process.poll() is None, "the server ended at once"
                assert time.monotonic() < until
                time.sleep(0.05)


def alive(pid: int) -> bool:
    """Whether a process still runs; one that has ended and was not buried does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in ("Z", "X")
    except OSError:
        return False


def _free_port() -> int:
    """A port that nobody listens on at this moment."""
    with socketserver.TCPServer(("127.0.0.1", 0), socketserver.BaseRequestHandler) as server:
        return int(server.server_address[1])
