"""The compiled contracts that are committed are what the sources compile to."""

import json
from pathlib import Path
from types import ModuleType

import pytest

from sandbox.chains.evm import Artefact, UndeclaredWrites, artefact
from sandbox.chains.evm.abi import Interface
from sandbox.chains.evm.writes import Storage, write_plans

CONTRACTS = Path(__file__).resolve().parents[2] / "contracts"
NAMES = sorted(source.stem for source in CONTRACTS.glob("*.vy"))


def test_there_are_contracts() -> None:
    assert NAMES == ["dfa", "digital_ruble", "escrow", "usdt"]


@pytest.mark.parametrize("name", NAMES)
def test_recompiling_changes_nothing(compiler: ModuleType, name: str) -> None:
    text = (CONTRACTS / f"{name}.vy").read_text(encoding="utf-8")
    committed = json.loads((CONTRACTS / "compiled" / f"{name}.json").read_text(encoding="utf-8"))
    assert compiler.compiled(name, text) == committed


def test_a_contract_that_is_not_there() -> None:
    with pytest.raises(LookupError, match="dfa, digital_ruble, escrow, usdt"):
        artefact("usdc")


def test_a_function_must_say_what_it_writes(compiler: ModuleType) -> None:
    text = (CONTRACTS / "usdt.vy").read_text(encoding="utf-8")

    line = "    @custom:writes isBlackListed[user]\n"
    assert line in text
    mute = Artefact.from_json(compiler.compiled("usdt", text.replace(line, "")))
    with pytest.raises(UndeclaredWrites, match=r"usdt\.addBlackList has no @custom:writes line"):
        write_plans(mute, Interface(mute.abi), Storage(mute))
