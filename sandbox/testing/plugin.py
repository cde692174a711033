"""The pytest plugin: fixtures that run scenarios and open local chains.

pytest loads it in every project of an environment that has the sandbox, so nothing is imported here before a test
asks for it.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from sandbox.chains.bitcoin import RegtestChain
    from sandbox.chains.evm import EvmChain
    from sandbox.journal import Journal
    from sandbox.testing.runs import FinishedRun

#: Name of the Hypothesis profile for long searches: ``--hypothesis-profile sandbox-deep``.
DEEP_PROFILE = "sandbox-deep"

#: Runs whose files are there at one time: a search makes thousands.
_RUNS_KEPT = 16

_CHAIN_FIXTURES = frozenset({"evm_chain", "bitcoin_chain"})


def pytest_addoption(parser: pytest.Parser) -> None:
    """Which engines the fixtures use."""
    group = parser.getgroup("sandbox", "cross-border settlement sandbox")
    group.addoption(
        "--sandbox-evm-engine",
        choices=("revm", "eth-tester"),
        default="revm",
        help="engine of EVM chains in the sandbox's fixtures (default: revm)",
    )
    group.addoption(
        "--sandbox-bitcoin-engine",
        choices=("kernel", "python"),
        default="kernel",
        help="engine of bitcoin chains in the sandbox's fixtures (default: kernel)",
    )


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Name the marker, and make the deep profile if it is asked for (before Hypothesis looks for it)."""
    config.addinivalue_line("markers", "chain: runs a local chain by itself (set by the chain fixtures)")
    if config.getoption("--hypothesis-profile", default=None) == DEEP_PROFILE:
        from hypothesis import HealthCheck, settings

        settings.register_profile(
            DEEP_PROFILE,
            max_examples=2_000,
            stateful_step_count=100,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow],
        )


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that take a chain carry the marker ``chain``, so that ``-m chain`` selects them."""
    for item in items:
        if _CHAIN_FIXTURES.intersection(getattr(item, "fixturenames", ())):
            item.add_marker("chain")


@pytest.fixture(scope="session")
def sandbox_run(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[..., "FinishedRun"]]:
    """A function ``sandbox_run(scenario, seed=1, ...)`` that gives a finished, audited run.

    ``scenario`` is a document (a dict), a path, or the name of a shipped scenario; further options are those of
    :func:`sandbox.testing.run_scenario`. A broken audit rule fails the test at once, unless ``audited=False``.

    The function remembers nothing of earlier runs, so it may be used under ``@given``. A run's files are kept
    until 16 others have been made, or for good in a ``directory`` of your own.
    """
    from shutil import rmtree

    from sandbox.testing.runs import assert_audited, run_scenario
    from sandbox.world import Engines

    kept: list[tuple[FinishedRun, bool]] = []
    chosen = Engines(
        evm=request.config.getoption("--sandbox-evm-engine"),
        bitcoin=request.config.getoption("--sandbox-bitcoin-engine"),
    )

    def drop_down_to(most: int) -> None:
        while len(kept) > most:
            finished, ours = kept.pop(0)
            finished.close()
            if ours:
                rmtree(finished.directory)

    def run(
        scenario: Any, seed: int = 1, *, directory: Path | None = None, audited: bool = True, **options: Any
    ) -> "FinishedRun":
        folder = directory or tmp_path_factory.mktemp("sandbox-run")
        finished = run_scenario(scenario, folder, seed=seed, **({"engines": chosen} | options))
        kept.append((finished, directory is None))
        drop_down_to(_RUNS_KEPT)
        if audited:
            assert_audited(finished)
        return finished

    yield run
    drop_down_to(0)


@pytest.fixture
def evm_chain(request: pytest.FixtureRequest) -> "Iterator[EvmChain]":
    """A local EVM chain with nothing on it, on the engine of ``--sandbox-evm-engine``."""
    from sandbox.chains.evm import EvmChain

    with EvmChain(request.config.getoption("--sandbox-evm-engine")) as chain:
        yield chain


@pytest.fixture
def bitcoin_chain(request: pytest.FixtureRequest) -> "Iterator[RegtestChain]":
    """A local bitcoin chain that holds its genesis block, on the engine of ``--sandbox-bitcoin-engine``."""
    from sandbox.chains.bitcoin import RegtestChain

    with RegtestChain(request.config.getoption("--sandbox-bitcoin-engine")) as chain:
        yield chain


@pytest.fixture
def journal() -> "Iterator[Journal]":
    """An empty journal in memory whose clock stands at second 0."""
    from sandbox.journal import Journal

    with Journal(lambda: 0) as made:
        yield made
