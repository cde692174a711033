"""The plugin as a project meets it: in a pytest of its own, loaded by name; and the documentation's example."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from sandbox import testing

pytest_plugins = ["pytester"]

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether the checkout's own entry points are installed makes no difference."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")


def run(pytester: pytest.Pytester, *args: str) -> pytest.RunResult:
    return pytester.runpytest_subprocess(
        "-p", "sandbox.testing.plugin", "-p", "hypothesispytest", "--strict-markers", *args
    )


def test_the_entry_point_names_the_plugin() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["entry-points"]["pytest11"] == {"sandbox": "sandbox.testing.plugin"}


def test_loading_it_imports_nothing_of_the_simulator() -> None:
    code = (
        "import pytest, sys; before = set(sys.modules); import sandbox.testing.plugin;"
        "print(*sorted(set(sys.modules) - before))"
    )
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert set(loaded.stdout.split()) == {"sandbox", "sandbox.testing", "sandbox.testing.plugin"}


#: A world in which every beneficiary of the rail is paid twice.
DEFECTIVE = """
from sandbox.testing import assert_audited, willing_scenario
from sandbox.world import Engines

def pay_twice(world):
    rail = world.rails["usdt"]
    settle = rail.settle
    def twice(payment):
        outcome = yield from settle(payment)
        world.exchange.pay(payment, 0)
        return outcome
    rail.settle = twice

def test_at_once(sandbox_run):
    sandbox_run(willing_scenario("usdt"), tamper=pay_twice, engines=Engines())

def test_later(sandbox_run):
    run = sandbox_run(willing_scenario("usdt"), tamper=pay_twice, engines=Engines(), audited=False)
    assert run.status == "invalid"
    assert_audited(run)
"""


def test_every_public_name_is_there() -> None:
    for name in testing.__all__:
        assert getattr(testing, name).__name__ == name
    assert sorted(testing.__all__) == sorted(testing._HOMES)
    with pytest.raises(AttributeError, match="nonsense"):
        _ = testing.nonsense


def test_a_project_gets_fixtures_engines_marker_profile_and_verdicts(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(test_defective=DEFECTIVE)
    pytester.makepyfile(
        """
        import pytest
        from hypothesis import settings

        def marked(request):
            return request.node.get_closest_marker("chain") is not None

        def test_evm(evm_chain, request):
            assert marked(request)
            assert evm_chain.engine.name == "eth-tester" and len(evm_chain.blocks) == 1

        def test_bitcoin(bitcoin_chain, request):
            assert marked(request)
            assert bitcoin_chain.engine_name == "python" and bitcoin_chain.height == 0

        def test_journal(journal, request):
            assert journal.rows == 0 and not marked(request)

        def test_runs(sandbox_run):
            from sandbox.testing import willing_scenario
            document = willing_scenario("agent") | {"clock": {"horizon": "30d", "warm_up": "0d", "cool_down": "0d"}}
            one, same, other = sandbox_run(document), sandbox_run(document), sandbox_run(document, seed=2)
            assert one.digest == same.digest == one.reader.digest != other.digest
            assert one.run.engines.evm == "eth-tester" and one.endings()["CREDITED"] > 0

        def test_old_runs_are_dropped(sandbox_run, tmp_path):
            from sandbox.testing import willing_scenario
            document = willing_scenario("agent") | {"clock": {"horizon": "1d", "warm_up": "0d", "cool_down": "0d"}}
            first, mine = sandbox_run(document), sandbox_run(document, directory=tmp_path / "mine")
            for seed in range(17):
                sandbox_run(document, seed)
            assert not first.directory.exists() and mine.directory.exists()

        def test_profile():
            assert settings().max_examples == 2_000
        """
    )
    options = ("--sandbox-evm-engine", "eth-tester", "--sandbox-bitcoin-engine", "python")
    result = run(pytester, *options, "--hypothesis-profile", "sandbox-deep")
    result.assert_outcomes(passed=6, failed=2)
    verdict = "*AssertionError: audit rule L5 does not hold (seed 1, replication 0)*"
    result.stdout.fnmatch_lines([verdict, "*", verdict])


def test_the_example_of_the_documentation_runs(pytester: pytest.Pytester) -> None:
    page = (ROOT / "docs" / "testing.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    pytester.makepyfile(test_example=example)
    run(pytester).assert_outcomes(passed=9)
