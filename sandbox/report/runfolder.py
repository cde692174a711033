"""A finished run's folder, opened for reading: its manifest, its tables, its files checked by their sums.

A report is made from these files alone; nothing here can see the world that wrote them. A file whose
SHA-256 is not the manifest's is refused, never read silently.
"""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from sandbox.clock import Clock

#: Tables every run folder has, by the name they are queried under.
TABLES = ("journal", "payments", "entities", "accounts", "codes")

#: Hashing reads this much at a time, so that a long journal does not fill the memory.
_CHUNK_BYTES = 1 << 20


class RunUnreadable(Exception):
    """A run folder misses a file, holds one that was changed, or holds one that is not what its name says."""


class RunFolder:
    """One replication's folder. Open it with a path; query it with :meth:`rows` and :meth:`columns`."""

    def __init__(self, directory: Path, *, verify: bool = True) -> None:
        """Open ``directory``; raises :class:`RunUnreadable` naming the file that is missing or changed."""
        self.directory = directory
        self.manifest: Mapping[str, Any] = self._document("manifest.json")
        if verify:
            self._verify()
        clock = self.manifest["clock"]
        self.clock = Clock(date.fromisoformat(clock["start"]))
        self.horizon = int(clock["horizon"])
        self.warm_up = int(clock["warm_up"])
        self.cool_down = int(clock["cool_down"])
        self._connection = duckdb.connect(
            config={
                "autoinstall_known_extensions": "false",
                "autoload_known_extensions": "false",
                "threads": "1",
            }
        )
        # In a worker process DuckDB takes itself for interactive and would draw its bar on stdout.
        self._connection.execute("SET enable_progress_bar = false")
        for name in TABLES:
            self.register(name, self._file(f"{name}.parquet"))
        self._entities: dict[int, str] | None = None

    def register(self, name: str, path: Path) -> None:
        """Make a Parquet file queryable under ``name``."""
        # A view takes no parameters: the path is quoted, and what a pattern would mean is taken literally.
        literal = re.sub(r"([*?\[])", r"[\1]", str(path)).replace("'", "''")
        self._connection.execute(f"create view {name} as select * from read_parquet('{literal}')")

    def rows(self, query: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """The result of a query as rows."""
        return self._connection.execute(query, list(parameters)).fetchall()

    def columns(self, query: str, parameters: Sequence[object] = ()) -> dict[str, np.ndarray[Any, Any]]:
        """The result of a query as one array a column."""
        return self._connection.execute(query, list(parameters)).fetchnumpy()

    def run(self, statement: str, parameters: Sequence[object] = ()) -> None:
        """A statement without a result (a temporary table)."""
        self._connection.execute(statement, list(parameters))

    def entity(self, number: int) -> str:
        """An entity's name; "" for none (-1)."""
        if self._entities is None:
            self._entities = dict(self.rows("select id, name from entities"))
        return self._entities.get(number, "")

    @cached_property
    def metrics(self) -> list[dict[str, Any]]:
        """What was measured: the list of metrics.json (empty if the run has none yet)."""
        document = self._optional("metrics.json")
        listed = document.get("metrics", []) if isinstance(document, dict) else document
        return list(listed or [])

    @cached_property
    def parameters(self) -> list[dict[str, Any]]:
        """The dated values that the run looked up, each with its source and confidence."""
        document = self._optional("parameters.json")
        listed = document.get("parameters", []) if isinstance(document, dict) else document
        return list(listed or [])

    @cached_property
    def scenario(self) -> dict[str, Any]:
        """The scenario as it was run: its canonical form without the parameters."""
        document = self._optional("scenario.json")
        if not isinstance(document, dict):
            return {}
        stated = document.get("scenario", document)
        return stated if isinstance(stated, dict) else {}

    def chain_table(self, chain: str) -> Path | None:
        """The table of transactions of ``chain/evm`` and the like, if the run kept one."""
        path = self.directory / "chains" / f"{chain.removeprefix('chain/')}.parquet"
        return path if path.is_file() else None

    def _file(self, name: str) -> Path:
        path = self.directory / name
        if not path.is_file():
            raise RunUnreadable(f"{self.directory} has no {name}: not a run folder, or an incomplete one")
        return path

    def _document(self, name: str) -> Any:
        try:
            return json.loads(self._file(name).read_text(encoding="utf-8"))
        except ValueError as fault:
            raise RunUnreadable(f"{self.directory / name} is not JSON: {fault}") from fault

    def _optional(self, name: str) -> Any:
        return self._document(name) if (self.directory / name).is_file() else None

    def _verify(self) -> None:
        """Compare every file the manifest lists (the report apart: it is made after) with its SHA-256."""
        for name, stated in dict(self.manifest.get("files", {})).items():
            if name.endswith(".html"):
                continue
            digest = hashlib.sha256()
            with self._file(name).open("rb") as file:
                while chunk := file.read(_CHUNK_BYTES):
                    digest.update(chunk)
            if digest.hexdigest() != stated["sha256"]:
                raise RunUnreadable(f"{self.directory / name} was changed after the run: its SHA-256 differs")
