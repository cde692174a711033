"""One run kept in a folder: simulated, measured, described, whatever its end."""

import json
import platform
import shlex
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from sandbox import __version__
from sandbox.audit.message import message
from sandbox.clock import Clock
from sandbox.experiment.folder import MANIFEST_SCHEMA, seal, write_json, write_text
from sandbox.experiment.run_facts import facts_of
from sandbox.journal.reader import JournalReader
from sandbox.journal.views import ENDINGS_OF_PAYMENTS
from sandbox.metrics import compute_all
from sandbox.scenario.load import Loaded
from sandbox.scenario.schema import Scenario
from sandbox.simulation import Interrupted, Run, simulate
from sandbox.simulation.run import Progress
from sandbox.world import Engines, World

#: Distributions whose version a result may depend on.
_ENGINE_PACKAGES = ("simpy", "numpy", "pyarrow", "duckdb", "pyrevm", "py-evm", "eth-tester", "py-bitcoinkernel")

#: What a broken audit rule is told in, beside the manifest.
VIOLATION_FILE = "violation.txt"
