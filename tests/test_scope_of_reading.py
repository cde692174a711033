"""Who may know what, who is named, and which words are used: scope rules as searches that a planted breach sets off.

Each search takes texts and gives what it found, so that the same search is run on a planted breach and on the sources.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from sandbox.scenario.schema import Scenario

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "sandbox"


def _sources(*folders: str) -> dict[str, str]:
    """Texts of the modules below some folders of the package, by their place in it."""
    return {
        path.relative_to(PACKAGE).as_posix(): path.read_text(encoding="utf-8")
        for folder in folders
        for path in sorted((PACKAGE / folder).rglob("*.py"))
    }


#: Whatever acts or is acted upon in a run.
LIVING = ("actors", "rails", "policies", "market", "disruptions", "world", "simulation")

# -- real names --------------------------------------------------------------------------------------------

#: Institutions, firms and persons of the reports: they may be cited, and are nobody in the model.
REAL = re.compile(
    r"sber|vtb|gazprom|rosbank|alfa.?bank|raiffeisen|vedomosti|rostec|rosneft|rusal|nornickel|tether|circle"
    r"|binance|garantex|grinex|bybit|bitriver|huobi|guznov|siluanov|aksakov|nabiullina|ivanov|petrov",
    re.IGNORECASE,
)

#: Keys under which people write for people; the names of a timeline's events are captions too.
FOR_PEOPLE = {"label", "fact_note", "title", "question", "covers", "source", "sources", "note", "used_by"}


def real_names(document: Any) -> list[str]:
    """Texts of a scenario that name an institution, firm or person where the model would take them for a name."""
    if isinstance(document, dict):
        found = []
        for key, value in document.items():
            if key in FOR_PEOPLE:
                continue
            if key == "timeline" and isinstance(value, dict):
                found += [name for event in value.values() for name in real_names(event)]
                continue
            found += real_names(key) + real_names(value)
        return found
    if isinstance(document, list):
        return [name for each in document for name in real_names(each)]
    return [document] if isinstance(document, str) and REAL.search(document) else []


@pytest.mark.parametrize("path", sorted((ROOT / "scenarios").glob("*.yaml")), ids=lambda path: path.stem)
def test_no_scenario_gives_an_actor_a_real_name(path: Path) -> None:
    assert real_names(yaml.safe_load(path.read_text(encoding="utf-8"))) == []


def test_a_real_name_would_be_found() -> None:
    event = {"kind": "mining_capacity", "operator": "bitriver", "label": "BitRiver is said to mine"}
    assert real_names({"title": {"en": "Rostec"}, "timeline": {"rostec-2024": event}}) == ["bitriver"]


def entity_names(text: str) -> Iterator[str]:
    """The fixed parts of names given to entities and accounts' owners."""
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        if node.func.attr not in ("entity", "open", "account") or not node.args:
            continue
        yield from (
            leaf.value
            for leaf in ast.walk(node.args[0])
            if isinstance(leaf, ast.Constant) and isinstance(leaf.value, str)
        )


def test_no_entity_of_the_code_has_a_real_name() -> None:
    assert [name for name in entity_names('journal.entity(f"bank/sber{1}")') if REAL.search(name)]
    named = {
        path: [name for name in entity_names(text) if REAL.search(name)]
        for path, text in _sources(*LIVING).items()
    }
    assert "issuer" in set(entity_names(_sources("actors")["actors/issuer.py"]))
    assert {path: names for path, names in named.items() if names} == {}


# -- who knows what ----------------------------------------------------------------------------------------

#: Modules that may ask about a thing, and the only ones.
MAY_ASK: dict[str, tuple[str, set[str]]] = {
    "thresholds of screening": (r"""["']aml\.""", {"actors/screening.py", "simulation/attributes.py"}),
    "whether an order is truly prohibited": (
        r"\.prohibited\b",
        # The bank's module tells those who warn banks; it does not decide by it.
        {"actors/screening.py", "actors/bank.py"},
    ),
    "whether an order was screened": (r"\.screened\b", {"actors/screening.py"}),
    "how long an issuer takes to freeze": (r"freeze_latency", {"actors/issuer.py", "disruptions/issuer.py"}),
    "what an issuer has decided": (
        r"_freeze_later|decide_to_freeze",
        {"actors/issuer.py", "simulation/events.py"},
    ),
    "how often addresses are frozen": (r"freeze_hazard", {"actors/issuer.py"}),
    "what is left of a bank's caution": (
        r"\.shift_abroad\b|\.caution\b|\.level\(bank\)",
        {"market/caution.py", "actors/derisking.py", "rails/correspondent.py", "world/derisking.py"},
    ),
}


def askers(pattern: str, sources: dict[str, str]) -> set[str]:
    """Modules whose code, comments and texts for readers aside, has the pattern."""
    return {path for path, text in sources.items() if re.search(pattern, _code(text))}


def _code(text: str) -> str:
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            node.value.value = ""  # what is said about a thing is not a question about it
    return ast.unparse(tree)


@pytest.mark.parametrize("secret", MAY_ASK)
def test_only_its_keepers_ask_about_a_secret(secret: str) -> None:
    """Nobody observes a pending freeze, another firm's alert, or the thresholds of screening."""
    pattern, keepers = MAY_ASK[secret]
    assert askers(pattern, _sources(*LIVING)) <= keepers


#: A line of code that asks about each of them.
PLANTED = {
    "thresholds of screening": "number('aml.aml_sensitivity')",
    "whether an order is truly prohibited": "payment.prohibited",
    "whether an order was screened": "payment.screened",
    "how long an issuer takes to freeze": "table('usdt.freeze_latency_min')",
    "what an issuer has decided": "issuer.decide_to_freeze(account)",
    "how often addresses are frozen": "number('usdt.freeze_hazard')",
    "what is left of a bank's caution": "self.caution",
}


@pytest.mark.parametrize("secret", MAY_ASK)
def test_an_importer_that_asked_about_a_secret_would_be_noticed(secret: str) -> None:
    """Code is found; words about the thing are not."""
    pattern, _ = MAY_ASK[secret]
    importer = _sources("actors")["actors/importer.py"]
    assert not askers(pattern, {"importer": f'"""{PLANTED[secret]}"""\n{importer}'})
    assert askers(pattern, {"importer": f"{importer}\nasked = {PLANTED[secret]}\n"})


# -- routes, names and pieces -----------------------------------------------------------------------------

#: Libraries that search for a best plan.
OPTIMISERS = {"optimize", "ortools", "pulp", "cvxpy", "networkx", "pyomo", "nevergrad", "optuna", "mip"}


def optimisers(text: str) -> set[str]:
    """Optimisers that a module imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(text)):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import | ast.ImportFrom) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        found |= {part for name in names for part in name.split(".")} & OPTIMISERS
    return found


def test_nothing_searches_for_a_best_route() -> None:
    assert optimisers("from scipy.optimize import minimize") and optimisers("import networkx as nx")
    assert {path for path, text in _sources(*LIVING, "population.py").items() if optimisers(text)} == set()


#: What firms and suppliers are called, sell and belong to: drawn at the start, never changed.
FIXED = {"category", "country", "sector", "entity", "suppliers", "turnover", "exports"}
PARTIES = re.compile(r"^(firm|supplier|importer|exporter|payment|self\._firms\[.*\]|self\._all\[.*\])$")


def rewritten(text: str) -> list[str]:
    """Places where a firm, a supplier or an order is given another name, goods code or counterparty."""
    found = []
    for node in ast.walk(ast.parse(text)):
        targets = node.targets if isinstance(node, ast.Assign) else []
        targets = [node.target] if isinstance(node, ast.AugAssign | ast.AnnAssign) else targets
        found += [
            ast.unparse(target)
            for target in targets
            if isinstance(target, ast.Attribute)
            and target.attr in FIXED
            and PARTIES.match(ast.unparse(target.value))
        ]
    return found


def test_no_party_changes_its_name_goods_or_counterparty() -> None:
    assert rewritten("firm.sector = 'civil'") and rewritten("payment.category = 'other'")
    assert {path: found for path, text in _sources(*LIVING).items() if (found := rewritten(text))} == {}


# -- stricter as well as looser ----------------------------------------------------------------------------

#: Levers that make the regime stricter, as a scenario writes them.
STRICTER = (
    "policy.monthly_cap",
    "policy.participant_monthly_cap",
    "policy.category_monthly_caps",
    "policy.cap_rule",
    "policy.aml_analysts",
    "policy.currency_control",
    "policy.order_approval",
    "policy.supervision.report_every",
    "policy.supervision.report_limit_business_days",
    "policy.supervision.inspections_per_year",
    "policy.supervision.revoke_probability",
)
STRICTER_EVENTS = {"revocation", "permanence_review", "rail_permit", "export_rule", "agent_rule", "staffing"}


def levers_missing(schema: dict[str, Any]) -> list[str]:
    """Stricter levers that the JSON schema of scenarios does not offer with a description or a type of their own."""

    def found(node: dict[str, Any], parts: list[str]) -> bool:
        if "$ref" in node:
            return found(schema["$defs"][node["$ref"].rsplit("/", 1)[1]], parts)
        if not parts:
            return True
        if any(found(form, parts) for form in node.get("anyOf", ())):
            return True
        inner = node.get("properties", {}).get(parts[0])
        return inner is not None and found(inner, parts[1:])

    events = {name for name in STRICTER_EVENTS if f'"{name}"' in str(schema).replace("'", '"')}
    return [lever for lever in STRICTER if not found(schema, lever.split("."))] + sorted(
        STRICTER_EVENTS - events
    )


def test_what_makes_the_regime_stricter_is_a_lever_like_any_other() -> None:
    schema = Scenario.model_json_schema()
    assert levers_missing(schema) == []
    del schema["$defs"]["Oversight"]["properties"]["revoke_probability"]
    assert levers_missing(schema) == ["policy.supervision.revoke_probability"]


# -- words -------------------------------------------------------------------------------------------------

#: Words that take sides, or that promise a way past the rules.
LOADED = re.compile(
    r"\bevad|\bevasion|\bcircumvent|\bbypass|\bloophole|\brogue\b|\bdodg|\bsmuggl|\bheroic|\benem(y|ies)\b"
    r"|\bобойти|\bобходя[тщ]\b|\bобход(а|ом|у)?\b|\bуклон|\bлазейк|\bвраг|\bвраж",
    re.IGNORECASE,
)


def loaded_words(text: str) -> list[str]:
    """Words of a text that are not neutral; the rest of a sentence that costs something is."""
    return [found.group() for found in LOADED.finditer(text)]


#: Texts that readers are shown.
SHOWN = sorted(
    path
    for pattern in (
        "sandbox/report/words/**/*.toml",
        "sandbox/classroom/**/*.yaml",
        "sandbox/page/templates/*.j2",
        "scenarios/*.yaml",
        "experiments/*.yaml",
        "docs/*.md",
        "README.md",
    )
    for path in ROOT.glob(pattern)
)


def test_labels_are_neutral() -> None:
    assert loaded_words("A way to bypass sanctions") and loaded_words("Способ обойти правило")
    assert not loaded_words("Во что обходится разрыв привязки?")
    assert len(SHOWN) > 40
    assert {
        path.name: found for path in SHOWN if (found := loaded_words(path.read_text(encoding="utf-8")))
    } == {}
