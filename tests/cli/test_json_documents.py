"""Every command that offers ``--json`` gives one document that names its schema; every ``--help`` is light."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer

import sandbox as package
from sandbox.cli.app import app

Command = Callable[..., Any]

#: What a command that only says what it can do must not have loaded.
HEAVY = ("duckdb", "pyarrow", "plotly", "web3", "pbk", "numpy", "scipy", "simpy", "pyrevm")

EXPERIMENT = """experiment: 1
title: {en: T}
question: {en: Q}
scenario: tiny.yaml
factors: {banks: {lever: policy.banks, values: [1, 2]}}
replications: 2
metrics: [share_elr]
hypotheses:
  h1: {text: t, check: monotone, metric: share_elr, factor: banks, direction: increasing}
reduced: {replications: 2}
"""

#: A command line for each command with ``--json``, and the schema of what it says.
DOCUMENTS = {
    "run": (["run", "tiny.yaml"], "sandbox.run/1"),
    "run in replications": (["run", "tiny.yaml", "--reps", "2", "--no-report"], "sandbox.run/1"),
    "compare": (["compare", "tiny.yaml", "tiny.yaml", "--reps", "2"], "sandbox.comparison/1"),
    "sweep": (["sweep", "tiny.yaml", "--levers", "policy.banks=1,2"], "sandbox.sweep/1"),
    "experiment": (["experiment", "experiment.yaml"], "sandbox.experiment-result/1"),
    "validate": (["validate", "tiny.yaml"], "sandbox.validation/1"),
    "list": (["list", "seed-items"], "sandbox.list/1"),
    "parameters": (["parameters", "aml"], "sandbox.parameters-list/1"),
    "metrics": (["metrics", "cost"], "sandbox.metrics-list/1"),
    "doctor": (["doctor"], "sandbox.doctor/1"),
    "test": (["test", "expecting.yaml"], "sandbox.expectations/1"),
    "diff": (["diff", "RUN", "RUN"], "sandbox.difference/1"),
    "explain": (["explain", "RUN", "1"], "sandbox.story/1"),
    "verify-files": (["verify-files", "RUN"], "sandbox.verification/1"),
    "verify": (["verify", "--only", "V08"], "sandbox.scorecard/1"),
}

COMMANDS: dict[str, Any] = typer.main.get_command(app).commands


def test_every_command_that_offers_a_document_is_here() -> None:
    offering = {
        name
        for name, command in COMMANDS.items()
        if any("--json" in parameter.opts for parameter in command.params)
    }
    assert offering == {words[0] for words, _ in DOCUMENTS.values()}


@pytest.mark.usefixtures("few_metrics")
@pytest.mark.parametrize("case", DOCUMENTS)
def test_one_document_that_names_its_schema(
    sandbox: Command, tiny: Path, shared_run: Path, case: str
) -> None:
    words, schema = DOCUMENTS[case]
    tiny.with_name("experiment.yaml").write_text(EXPERIMENT, encoding="utf-8")
    hopes = "expect: [{metric: payments, min: 1}]\n"
    tiny.with_name("expecting.yaml").write_text(tiny.read_text(encoding="utf-8") + hopes, encoding="utf-8")
    said = sandbox(*(str(shared_run) if word == "RUN" else word for word in words), "--json")
    assert said.code == 0, said.err
    document = json.loads(said.out)
    assert document["schema"] == schema
    assert len(document) > 1


def test_help_loads_no_heavy_module() -> None:
    """All in one process: what any of them had loaded would be there at the end."""
    asked = [[], *([name] for name in COMMANDS)]
    code = (
        "import sys\n"
        "from sandbox.cli import main\n"
        f"for words in {asked!r}:\n"
        "    try:\n"
        "        main([*words, '--help'])\n"
        "    except SystemExit as end:\n"
        "        assert not end.code, (words, end.code)\n"
        f"    print('LOADED', words, sorted(set({HEAVY!r}) & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.count("Usage: sandbox") == len(asked)
    loaded = [line for line in done.stdout.splitlines() if line.startswith("LOADED")]
    assert loaded == [f"LOADED {words} []" for words in asked]


def test_the_version(sandbox: Command) -> None:
    said = sandbox("--version")
    assert (said.code, said.out) == (0, f"sandbox {package.__version__}\n")
