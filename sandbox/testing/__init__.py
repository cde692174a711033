"""For people who write property-based tests against the sandbox: strategies, a state machine, a suite for rails.

Needs Hypothesis and pytest (the extra ``testing``). The names below are loaded when first used, because pytest
imports this package in every project of an environment in which the sandbox is installed.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sandbox.testing.calls import TokenCall, play, token_calls
    from sandbox.testing.conformance import RailConformance, willing_scenario
    from sandbox.testing.deals import Deal, Deals
    from sandbox.testing.documents import scenarios, timeline_events
    from sandbox.testing.edits import Broken, broken
    from sandbox.testing.machine import SettlementMachine
    from sandbox.testing.replay import Replay
    from sandbox.testing.runs import FinishedRun, assert_audited, load_document, run_scenario
    from sandbox.testing.token_world import TokenWorld
    from sandbox.testing.values import amounts, asset_rates, days, moments, orders, prices_e8

#: Public name -> module of this package that has it.
_HOMES = {
    "amounts": "values",
    "asset_rates": "values",
    "days": "values",
    "moments": "values",
    "orders": "values",
    "prices_e8": "values",
    "timeline_events": "documents",
    "scenarios": "documents",
    "Broken": "edits",
    "broken": "edits",
    "TokenCall": "calls",
    "play": "calls",
    "token_calls": "calls",
    "SettlementMachine": "machine",
    "TokenWorld": "token_world",
    "Deal": "deals",
    "Deals": "deals",
    "Replay": "replay",
    "RailConformance": "conformance",
    "willing_scenario": "conformance",
    "FinishedRun": "runs",
    "assert_audited": "runs",
    "load_document": "runs",
    "run_scenario": "runs",
}

__all__ = [
    "Broken",
    "Deal",
    "Deals",
    "FinishedRun",
    "RailConformance",
    "Replay",
    "SettlementMachine",
    "TokenCall",
    "TokenWorld",
    "amounts",
    "assert_audited",
    "asset_rates",
    "broken",
    "days",
    "load_document",
    "moments",
    "orders",
    "play",
    "prices_e8",
    "run_scenario",
    "scenarios",
    "timeline_events",
    "token_calls",
    "willing_scenario",
]


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{home}"), name)
