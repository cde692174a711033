"""The compiler, and one chain for each engine that every test leaves as it found it."""

import importlib.util
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

from sandbox.chains.evm import Artefact, EvmChain
from sandbox.chains.evm.engine import ENGINES

CONTRACTS = Path(__file__).resolve().parents[2] / "contracts"


@pytest.fixture(scope="session")
def compiler() -> ModuleType:
    """``contracts/compile.py`` as a module."""
    spec = importlib.util.spec_from_file_location("contracts_compile", CONTRACTS / "compile.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def altered(compiler: ModuleType) -> Callable[..., Artefact]:
    """A contract with one passage of its source replaced: a defect sown on purpose."""

    def alter(name: str, passage: str, replacement: str) -> Artefact:
        text = (CONTRACTS / f"{name}.vy").read_text(encoding="utf-8")
        assert text.count(passage) == 1, f"{passage!r} should stand once in the source"
        return Artefact.from_json(compiler.compiled(name, text.replace(passage, replacement)))

    return alter


@pytest.fixture(scope="session")
def successor(compiler: ModuleType) -> Artefact:
    """A token that a deprecated one can forward to."""
    text = (Path(__file__).parent / "successor.vy").read_text(encoding="utf-8")
    return Artefact.from_json(compiler.compiled("successor", text))


@pytest.fixture(scope="module", params=sorted(ENGINES))
def engine_chain(request: pytest.FixtureRequest) -> Iterator[EvmChain]:
    """A chain on each engine in turn. Second 0 is midnight of 2 September 2024 in Moscow."""
    with EvmChain(engine=request.param, genesis_time=1_725_224_400) as chain:
        yield chain


@pytest.fixture
def chain(engine_chain: EvmChain) -> Iterator[EvmChain]:
    """The module's chain, taken back to its state when the test ends."""
    before = engine_chain.snapshot()
    yield engine_chain
    engine_chain.revert(before)
