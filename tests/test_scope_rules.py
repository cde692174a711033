"""What this laboratory must not become, as tests that can fail."""

import ast
import inspect
import re
from pathlib import Path

import pytest

from sandbox.actors.importer import _LEARNT
from sandbox.chains.bitcoin.bech32 import HRP
from sandbox.chains.evm.accounts import LOCAL_CHAIN_ID
from sandbox.lifecycle import Reason
from sandbox.payments import Quote
from sandbox.policies.rail_choice import Tastes, utility

ROOT = Path(__file__).parents[1]
SOURCES = sorted((ROOT / "sandbox").rglob("*.py"))
SCENARIOS = sorted((ROOT / "scenarios").rglob("*.yaml"))

#: Chain ids of public networks (chainlist.org): main networks and their test networks.
PUBLIC_CHAINS = {1, 5, 10, 56, 97, 100, 137, 250, 324, 8453, 42161, 43114, 59144, 11155111, 728126428}

#: What looks like an address that somebody could own.
REAL_LOOKING = [
    re.compile(r"\b0x[0-9a-fA-F]{40}\b"),
    re.compile(r"\b(bc1|tb1)[02-9ac-hj-np-z]{20,}\b"),
    re.compile(r"\b[13][1-9A-HJ-NP-Za-km-z]{25,34}\b"),
    re.compile(r"\bT[1-9A-HJ-NP-Za-km-z]{33}\b"),
    re.compile(r"\b[KL5][1-9A-HJ-NP-Za-km-z]{50,51}\b"),
    re.compile(r"\b(wss?|ipc|tcp)://", re.IGNORECASE),
]


def _looks_real(text: str) -> list[str]:
    return [found.group() for pattern in REAL_LOOKING for found in pattern.finditer(text)]


def test_the_patterns_find_what_they_are_for() -> None:
    samples = [
        "0x" + "dA" * 20,
        "bc1" + "q" * 39,
        "1" + "B" * 33,
        "T" + "N" * 33,
        "wss://node",
    ]
    assert all(_looks_real(f"address: {sample}") for sample in samples)


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.name)
def test_no_scenario_names_a_real_looking_address(path: Path) -> None:
    assert _looks_real(path.read_text(encoding="utf-8")) == []


def test_the_chains_are_local_ones() -> None:
    assert LOCAL_CHAIN_ID not in PUBLIC_CHAINS
    assert HRP == "bcrt"


def _assigned_chain_ids(tree: ast.AST) -> list[int]:
    """Whole numbers given to something called a chain or network id."""
    found = []
    for node in ast.walk(tree):
        pairs: list[tuple[str, ast.expr | None]] = []
        if isinstance(node, ast.Assign):
            pairs = [(ast.unparse(target), node.value) for target in node.targets]
        elif isinstance(node, ast.keyword):
            pairs = [(node.arg or "", node.value)]
        elif isinstance(node, ast.Dict):
            pairs = [
                (ast.unparse(key), value) for key, value in zip(node.keys, node.values, strict=True) if key
            ]
        for name, value in pairs:
            if re.search(r"chain_?id|network_?id", name, re.IGNORECASE) and value is not None:
                found += [
                    leaf.value
                    for leaf in ast.walk(value)
                    if isinstance(leaf, ast.Constant) and isinstance(leaf.value, int)
                ]
    return found


def test_no_public_chain_id_stands_in_the_code() -> None:
    assert _assigned_chain_ids(ast.parse("x = {'chainId': 1}")) == [1]
    named = {path: _assigned_chain_ids(ast.parse(path.read_text(encoding="utf-8"))) for path in SOURCES}
    assert LOCAL_CHAIN_ID in {number for numbers in named.values() for number in numbers}
    assert {
        path.name: set(numbers) & PUBLIC_CHAINS
        for path, numbers in named.items()
        if set(numbers) & PUBLIC_CHAINS
    } == {}


#: Whatever dials out of a machine, by module.
DIALS = {"socket", "ssl", "http", "urllib", "requests", "httpx", "aiohttp", "websockets", "ftplib", "smtplib"}


def test_nothing_that_dials_is_imported_where_the_world_is_made() -> None:
    for path in SOURCES:
        if {"cli", "experiment"} & set(path.relative_to(ROOT).parts):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []
            # urllib.parse takes texts apart and dials nothing.
            assert not {name.split(".")[0] for name in names if name != "urllib.parse"} & DIALS, path


# -- what importers know -----------------------------------------------------------------------------------


def test_utility_holds_cost_delay_and_own_failures_only() -> None:
    assert list(inspect.signature(utility).parameters) == [
        "tastes",
        "quote",
        "failure",
        "prepaid",
        "is_habit",
    ]
    assert set(inspect.get_annotations(Quote)) == {"cost_share", "seconds", "failure"}
    assert set(inspect.get_annotations(Tastes)) == {
        "beta_cost",
        "beta_fail",
        "habit",
        "kappa_prepaid",
        "kappa_open",
    }


#: Words of detection: an importer's rules may not ask about them.
DETECTION = re.compile(
    r"screen|alert|prohibit|sensitiv|specific|frozen\b|freeze|detect|list_match|aml|suspicio"
)


@pytest.mark.parametrize("module", ["actors/importer.py", "policies/rail_choice.py"])
def test_no_rule_of_an_importer_asks_about_detection(module: str) -> None:
    tree = ast.parse((ROOT / "sandbox" / module).read_text(encoding="utf-8"))
    asked = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    asked |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    asked |= {
        node.args[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and node.args
        and isinstance(node.args[0], ast.Constant)
        and isinstance(node.args[0].value, str)
    }
    assert sorted(name for name in asked if DETECTION.search(name.lower())) == []
    assert DETECTION.search("aml.aml_sensitivity")


def test_nobody_learns_from_a_stop_or_a_freeze() -> None:
    assert not {"compliance", "freeze", "review"} & _LEARNT
    assert {reason.klass for reason in Reason if reason.klass in _LEARNT} == _LEARNT


def test_no_order_is_split_and_no_party_renamed() -> None:
    """What an order says of its parties, goods and value is written once, when it is made."""
    kept = {
        "number",
        "importer",
        "supplier",
        "country",
        "category",
        "invoice_cents",
        "payout_units",
        "prohibited",
    }
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            targets = node.targets if isinstance(node, ast.Assign) else []
            targets = [node.target] if isinstance(node, ast.AugAssign | ast.AnnAssign) else targets
            for target in targets:
                if isinstance(target, ast.Attribute) and ast.unparse(target.value) == "payment":
                    assert target.attr not in kept, f"{path.name}: {ast.unparse(target)}"
