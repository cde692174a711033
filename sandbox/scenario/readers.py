"""Which modules of the sandbox read a parameter: found in their own source text, so that no list can fall behind.

A module reads a parameter when one of its string constants is the parameter's name, or an f-string of it can become
that name. What a test or a scenario mentions is no reading.
"""

import ast
import re
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from pathlib import Path

import sandbox

_PACKAGE = Path(sandbox.__file__).resolve().parent

#: Checks of components against known answers read numbers to test them; pages and strategies only name them.
BESIDE_RUNS = (
    "sandbox.validation",
    "sandbox.report",
    "sandbox.testing",
    "sandbox.cli",
    "sandbox.metrics.inputs",
    "sandbox.scenario.readers",
)


def readers(names: Collection[str]) -> Mapping[str, tuple[str, ...]]:
    """By parameter, the dotted names of the modules that read it, sorted; an empty tuple where none does."""
    found: dict[str, set[str]] = {name: set() for name in names}
    for module, exact, patterns in _texts():
        for name in exact & found.keys():
            found[name].add(module)
        for pattern in patterns:
            for name in found:
                if re.fullmatch(pattern, name):
                    found[name].add(module)
    return {name: tuple(sorted(modules)) for name, modules in found.items()}


def in_runs(modules: Collection[str]) -> list[str]:
    """Those readers that take part in a run."""
    return [module for module in modules if not module.startswith(BESIDE_RUNS)]


@cache
def _texts() -> tuple[tuple[str, frozenset[str], tuple[str, ...]], ...]:
    """Every module with its string constants, and its f-strings as patterns."""
    return tuple(_read(path) for path in sorted(_PACKAGE.rglob("*.py")))


def _read(path: Path) -> tuple[str, frozenset[str], tuple[str, ...]]:
    steps = path.relative_to(_PACKAGE.parent).with_suffix("").parts
    module = ".".join(step for step in steps if step != "__init__")
    exact: set[str] = set()
    patterns: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            exact.add(node.value)
        elif isinstance(node, ast.JoinedStr):
            patterns.update(_pattern(node))
    return module, frozenset(exact), tuple(sorted(patterns))


def _pattern(node: ast.JoinedStr) -> Iterator[str]:
    """An f-string that begins with a group's name and a dot; any other could be any text."""
    first = node.values[0]
    if isinstance(first, ast.Constant) and re.match(r"[a-z][a-z0-9_]*\.", str(first.value)):
        yield "".join(
            re.escape(str(part.value)) if isinstance(part, ast.Constant) else "[A-Za-z0-9_]+"
            for part in node.values
        )


#: Numbers that a scenario's own fields set: the library keeps their source, the schema their default.
FIELDS: Mapping[str, str] = {
    "aml.aml_analysts": "policy.aml_analysts",
    "bank.kyc_servers": "policy.kyc_analysts",
    "bank.n_elr_banks": "policy.banks",
    "btc.confirmations": "rails.btc.confirmations",
    "population.n_importers": "population.importers",
    "population.pay_rate_per_bd": "population.payments_per_business_day",
    "regulator.cap_participant_month": "policy.participant_monthly_cap",
    "regulator.cap_total_month_usd": "policy.monthly_cap",
    "regulator.elr_start": "policy.opens",
    "regulator.participants_initial": "policy.participants.initial",
    "regulator.review_officers": "policy.review_officers",
    "regulator.selection_rule": "policy.participants.selection",
    "run.cool_down_days": "clock.cool_down",
    "run.horizon_days": "clock.horizon",
    "run.start_day": "clock.start",
    "run.warm_up_days": "clock.warm_up",
    "usdt.finality_blocks": "rails.usdt.confirmations",
}

#: Numbers of dated events: a treatment is never a default, so that only a scenario's timeline puts them to work.
EVENTS: Mapping[str, str] = {
    "miner.komi_sites_first": "mining_capacity.sites",
    "miner.komi_sites_full": "mining_capacity.sites",
    "regulator.expansion_waves": "admission_wave.add",
    "regulator.permanence_review": "permanence_review.at",
    "site2.site2_start": "regime_open.at",
    "supplier.export_restriction_bite": "export_rule.bite",
}


def set_by(name: str) -> str:
    """Where a scenario says a number itself: its field, or the event of its timeline; empty: nowhere."""
    if name in EVENTS:
        return f"timeline, {EVENTS[name]}"
    return FIELDS.get(name, "")
