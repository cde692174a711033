"""One call from a scenario to a finished run that a test can question."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sandbox.journal.reader import JournalReader
from sandbox.scenario.load import Loaded, load
from sandbox.scenario.schema import Scenario
from sandbox.simulation.run import Run, simulate
from sandbox.world import Engines, World

#: A scenario as a test has it: the document itself, the path of a file, or a shipped scenario's name.
ScenarioLike = Mapping[str, Any] | str | Path


@dataclass(slots=True)
class FinishedRun:
    """A run that has ended, its scenario and its journal."""

    run: Run
    loaded: Loaded[Scenario]
    directory: Path
    """Where the journal's files are."""
    _reader: JournalReader | None = field(default=None, repr=False)

    @property
    def status(self) -> str:
        """``complete`` or ``invalid``."""
        return self.run.status

    @property
    def digest(self) -> str:
        """Hex digest of the whole journal."""
        return self.run.digest

    @property
    def reader(self) -> JournalReader:
        """The journal, opened (and checked against its digest) at the first use."""
        if self._reader is None:
            self._reader = JournalReader(self.directory)
        return self._reader

    def endings(self) -> dict[str, int]:
        """Payments by the state they stood in at the horizon."""
        rows = self.reader.sql(
            "SELECT state, count(*)::BIGINT FROM (SELECT payment, arg_max(state_entered, seq) AS state"
            " FROM transitions GROUP BY payment) GROUP BY state ORDER BY state"
        )
        return dict(rows)

    def close(self) -> None:
        """Let go of the journal's files."""
        if self._reader is not None:
            self._reader.close()
            self._reader = None


def document_text(document: Mapping[str, Any]) -> str:
    """A scenario document as the text of a file that the loader reads: JSON without exponents."""
    return _text(document)


def load_document(scenario: ScenarioLike, sets: Sequence[str] = ()) -> Loaded[Scenario]:
    """Load a scenario document, file or shipped scenario, with overrides such as ``policy.banks=6``.

    Raises ScenarioInvalid with every fault.
    """
    if not isinstance(scenario, Mapping):
        return load(scenario, sets=sets)
    with TemporaryDirectory(prefix="sandbox-") as folder:
        path = Path(folder) / "scenario.yaml"
        path.write_text(document_text(scenario), encoding="utf-8")
        return load(path, sets=sets)


def run_scenario(
    scenario: ScenarioLike,
    directory: Path,
    *,
    seed: int = 1,
    replication: int = 0,
    sets: Sequence[str] = (),
    engines: Engines | None = None,
    tamper: Callable[[World], None] | None = None,
) -> FinishedRun:
    """Run a scenario to its horizon, audited; the journal's files go to ``directory`` (made if need be).

    ``sets`` changes single values, as ``--set`` does on the command line. A broken audit rule
    does not raise: see :func:`assert_audited`. ``tamper`` gets the world before it starts, to seed a defect.
    Raises ScenarioInvalid.
    """
    loaded = load_document(scenario, sets)
    directory.mkdir(parents=True, exist_ok=True)
    run = simulate(
        loaded,
        seed=seed,
        replication=replication,
        engines=engines,
        directory=directory,
        chain_tables=False,
        tamper=tamper,
    )
    return FinishedRun(run, loaded, directory)


def assert_audited(run: FinishedRun | Run) -> None:
    """Assert that a run reached its horizon and broke no audit rule; the failure names the rule and both values."""
    ended = run.run if isinstance(run, FinishedRun) else run
    seed = f"seed {ended.seed}, replication {ended.replication}"
    if ended.violation is not None:
        raise AssertionError(f"audit rule {ended.audit} does not hold ({seed}): {ended.violation}")
    if ended.status != "complete" or ended.audit != "passed":
        raise AssertionError(f"the run is {ended.status}, its audit {ended.audit} ({seed})")


def _text(value: Any) -> str:
    if isinstance(value, Mapping):
        return (
            "{" + ", ".join(f"{json.dumps(str(key))}: {_text(inner)}" for key, inner in value.items()) + "}"
        )
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_text, value)) + "]"
    if isinstance(value, float):
        return format(Decimal(repr(value)), "f")
    return json.dumps(value, ensure_ascii=False)
