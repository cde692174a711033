"""The life of the goods behind a payment order, as data: states, transitions, and the terms of a contract.

``goods.yaml`` beside this module is the single source. The goods move beside the payment's life cycle and are
coupled to it at four places: prepaid goods leave after the credit, a due date counts from delivery, a refused
export stops or refunds the payment, and an escrow is released with the goods.
"""

from collections.abc import Mapping
from enum import IntEnum
from importlib import resources
from types import MappingProxyType
from typing import Any, NamedTuple

from ruamel.yaml import YAML


def _read() -> dict[str, Any]:
    text = resources.files("sandbox").joinpath("goods.yaml").read_text(encoding="utf-8")
    table: dict[str, Any] = YAML(typ="safe", pure=True).load(text)
    return table


_TABLE = _read()
_STATES: dict[str, dict[str, Any]] = {**_TABLE["states"], **_TABLE["terminals"]}


class GoodsState(IntEnum):
    """Where a contract's goods stand; the codes stand in the journal."""

    ORDERED = 1
    IN_PRODUCTION = 2
    READY = 3
    SHIPPED = 4
    AT_BORDER = 5
    EXPORT_LICENCE_HOLD = 6
    CUSTOMS = 7
    RELEASED = 8
    DELIVERED = 20
    EXPORT_REFUSED = 21
    ABANDONED = 22


class Terms(IntEnum):
    """What a contract says about money and goods; the codes stand in the journal."""

    PREPAY = 1
    OPEN_ACCOUNT = 2
    MILESTONE_ADVANCE = 3
    MILESTONE_BALANCE = 4

    @property
    def text(self) -> str:
        """The terms as a clause in plain words."""
        return str(_TABLE["terms"][self.name]["text"])


#: The state before the first: goods that have no row yet.
NOT_YET = 0

GOODS_TERMINALS: frozenset[GoodsState] = frozenset(GoodsState[name] for name in _TABLE["terminals"])

#: State -> states that may follow.
GOODS_TRANSITIONS: Mapping[GoodsState, frozenset[GoodsState]] = MappingProxyType(
    {GoodsState[name]: frozenset(GoodsState[to] for to in row.get("to", ())) for name, row in _STATES.items()}
)

#: Who or what is being waited for in a state, in words.
GOODS_PHASE: Mapping[GoodsState, str] = MappingProxyType(
    {GoodsState[name]: str(row["phase"]) for name, row in _STATES.items()}
)

#: Terms under which the goods leave only after the supplier is credited.
CREDIT_FIRST: frozenset[Terms] = frozenset(
    Terms[name] for name, row in _TABLE["terms"].items() if row["before_shipment"] == "credited"
)


class ExportBar(NamedTuple):
    """A rule of the supplier's country about a category's exports."""

    bite: float
    """Share of the goods that may not leave."""
    basis: str
    """``end_use``: seller and buyer know when they make the contract; ``licence``: the authority says so at the
    border, after weeks."""


class IllegalGoodsMove(Exception):
    """Goods were asked to move where their life has no way."""


def goods_as_markdown() -> str:
    """The life of the goods as a section of documentation, to stand below the payment's."""
    lines = [
        "",
        "## The goods",
        "",
        "Where a scenario has `population.goods: true`, the goods of each contract move beside its payment, by a",
        "table of their own. At the start of a run goods already under way may stand in any state.",
        "",
        "| state | waits for | may be followed by |",
        "|---|---|---|",
    ]
    for state in GoodsState:
        following = ", ".join(f"`{to.name}`" for to in sorted(GOODS_TRANSITIONS[state])) or "nothing"
        mark = " (terminal)" if state in GOODS_TERMINALS else ""
        lines.append(f"| `{state.name}`{mark} | {GOODS_PHASE[state]} | {following} |")
    lines += ["", "| terms | the goods are shipped after | meaning |", "|---|---|---|"]
    for terms in Terms:
        row = _TABLE["terms"][terms.name]
        lines.append(f"| `{terms.name}` | {row['before_shipment']} | {row['text']} |")
    return "\n".join(lines) + "\n"
