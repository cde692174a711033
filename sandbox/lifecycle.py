"""The life cycle of a payment order, as data: states, transitions, reasons and what may follow.

``lifecycle.yaml`` beside this module is the single source; this module gives it names and fast tables.
ISO 20022 external code sets (ExternalPaymentTransactionStatus1Code, ExternalStatusReason1Code,
ExternalReturnReason1Code) are the source of the codes without the ``ELR.`` prefix.
"""

from collections.abc import Mapping
from enum import IntEnum
from importlib import resources
from types import MappingProxyType
from typing import Any

from ruamel.yaml import YAML

from sandbox.codes import quick


def _read() -> dict[str, Any]:
    text = resources.files("sandbox").joinpath("lifecycle.yaml").read_text(encoding="utf-8")
    table: dict[str, Any] = YAML(typ="safe", pure=True).load(text)
    return table


_TABLE = _read()
_STATES: dict[str, dict[str, Any]] = {**_TABLE["states"], **_TABLE["terminals"]}
_REASONS: dict[str, dict[str, Any]] = _TABLE["reasons"]


class State(IntEnum):
    """A state of a payment order; the codes stand in the journal."""

    CREATED = 1
    VALIDATED = 2
    AUTHORISATION = 3
    ORDER_DESK = 4
    QUOTA_WAIT = 5
    PROFILE = 6
    DOCUMENTS = 7
    SCREENING = 8
    MANUAL_REVIEW = 9
    ESCALATED = 10
    FUNDS = 11
    FUNDS_WAIT = 12
    CONVERSION = 13
    DEALER_WAIT = 14
    MARKET_WAIT = 15
    RELEASE = 16
    CUTOFF_WAIT = 17
    IN_FLIGHT = 18
    HELD = 19
    FROZEN = 20
    UNFROZEN = 21
    RETURNING = 22
    SETTLED = 23
    REORGED = 24
    ACCEPTED_NOT_POSTED = 25
    OFFRAMP = 26
    RETURNED = 27
    RETRY = 28
    REJECTED = 29
    TECHNICAL_FAILURE = 30
    COMPLIANCE_STOP = 31
    SUSPENDED = 32
    CREDITED = 40
    STOPPED = 41
    FAILED = 42
    LOST = 43
    CANCELLED = 44


class Reason(IntEnum):
    """Why a payment moved; ``NONE`` where the move itself says it."""

    NONE = 0
    RR04 = 1
    AM07 = 2
    NARR = 3
    ELR_SUSPENDED = 4
    AC06 = 5
    ELR_ISSUER_FREEZE = 6
    AG08 = 7
    AG03 = 8
    RR01 = 9
    RR02 = 10
    RR03 = 11
    RR05 = 12
    BE04 = 13
    BE22 = 14
    FF07 = 15
    G003 = 16
    AC04 = 17
    AM05 = 18
    AM02 = 19
    AM13 = 20
    AM14 = 21
    AM23 = 22
    SL15 = 23
    SL16 = 24
    AM04 = 25
    G004 = 26
    DC02 = 27
    ELR_LPINV = 28
    MS03 = 29
    MS02 = 30
    AG01 = 31
    ED01 = 32
    NOAS = 33
    AG11 = 34
    RUTA = 35
    ELR_SUPPLIER_RAIL_REFUSED = 36
    AB03 = 37
    AB05 = 38
    AB06 = 39
    AB08 = 40
    ED05 = 41
    ED06 = 42
    TM01 = 43
    ELR_REORG = 44
    ELR_FEE_TOO_LOW = 45
    ELR_CHAIN_HALT = 46
    ELR_DEPEG = 47
    ELR_QUOTE_EXPIRED = 48
    ELR_ISSUER_PAUSE = 49
    CUST = 50
    FOCR = 51
    ELR_NO_RAIL = 52
    ELR_AGENT_FAILED = 53
    ELR_AGENT_LOSS = 54
    ELR_ATTEMPTS = 55
    AG01_REVOKED = 56

    @property
    def text(self) -> str:
        """The code as a message would carry it (``ELR.LPINV``)."""
        return REASON_NAMES[self]

    @property
    def meaning(self) -> str:
        """One clause in plain words."""
        return str(_REASONS[self.text]["text"]) if self else ""

    @property
    def klass(self) -> str:
        """The reason class that decides what may follow ("" for NONE)."""
        return str(_REASONS[self.text]["class"]) if self else ""


#: The states as plain attributes, for stories that name many of them.
QuickState = quick(State)

#: Reason code -> the name a message would carry.
REASON_NAMES: Mapping[Reason, str] = MappingProxyType(
    {Reason.NONE: ""} | {Reason(row["code"]): name for name, row in _REASONS.items()}
)

#: The state before the first: a payment that has no row yet.
NOT_YET = 0

TERMINALS: frozenset[State] = frozenset(State[name] for name in _TABLE["terminals"])

#: State -> states that may follow. CREDITED -> REORGED is the one named exception to "nothing leaves a terminal".
TRANSITIONS: Mapping[State, frozenset[State]] = MappingProxyType(
    {
        State[name]: frozenset(State[to] for to in row.get("to", row.get("except_to", ())))
        for name, row in _STATES.items()
    }
)

#: What may come first.
FIRST: frozenset[State] = frozenset({State.CREATED})

#: Status an interbank message would carry.
ISO_STATUS: Mapping[State, str] = MappingProxyType({State[name]: row["iso"] for name, row in _STATES.items()})

#: Who or what is being waited for in a state, in words.
PHASE: Mapping[State, str] = MappingProxyType({State[name]: row["phase"] for name, row in _STATES.items()})

RETRY_CLASSES: frozenset[str] = frozenset(_TABLE["retry_classes"])

#: The same as a table of codes: ``ALLOWED[left][to]`` (``left`` 0: no state yet).
ALLOWED: tuple[tuple[bool, ...], ...] = tuple(
    tuple(
        (to in State._value2member_map_ and State(to) in TRANSITIONS[State(left)])
        if left in State._value2member_map_
        else left == NOT_YET and to == State.CREATED
        for to in range(64)
    )
    for left in range(64)
)


class IllegalTransition(Exception):
    """A payment was asked to move where the life cycle has no way."""


def may_follow(left: int, to: int) -> bool:
    """Whether the table has this transition (``left`` 0: no state yet)."""
    return ALLOWED[left][to]


def may_retry(reason: Reason) -> bool:
    """Whether the same obligation may lawfully be ordered again after this reason."""
    return reason.klass in RETRY_CLASSES


#: Role -> who has it in a payment abroad, and who when the flow is reversed.
_WHO_ACTS = (
    ("originator, who orders, announces and may cancel", "importer", "exporter"),
    (
        "bank that validates, registers the contract, asks for documents and screens",
        "importer's",
        "exporter's",
    ),
    ("participant of the regime, whose order is authorised", "importer", "exporter"),
    ("payer, whose money is reserved in `FUNDS`", "importer, in roubles", "buyer abroad, in its currency"),
    (
        "`CONVERSION`",
        "a dealer sells the chain's asset to the importer",
        "a dealer names its rate for the buyer's tokens",
    ),
    (
        "`RELEASE` and `CUTOFF_WAIT`",
        "importer's bank, or an agent for roubles",
        "buyer's bank or wallet, or an agent for the buyer's currency",
    ),
    ("`RETURNED`, after `RETURNING`", "to the importer's account", "to the buyer's account"),
    ("`OFFRAMP`", "supplier's exchange pays its currency", "exporter's bank credits the dealer's roubles"),
    ("beneficiary, who stands `CREDITED`", "supplier, in its currency", "exporter, in roubles"),
)


def as_markdown() -> str:
    """The life cycle as a page of documentation: states, what may follow, reasons and their classes."""
    lines = [
        "# The life cycle of a payment order",
        "",
        "Made from `sandbox/lifecycle.yaml` by `make docs`; actors, audit and explanations read the same table.",
        "",
        "| state | ISO 20022 | waits for | may be followed by |",
        "|---|---|---|---|",
    ]
    for state in State:
        following = ", ".join(f"`{to.name}`" for to in sorted(TRANSITIONS[state])) or "nothing"
        mark = " (terminal)" if state in TERMINALS else ""
        lines.append(f"| `{state.name}`{mark} | {ISO_STATUS[state]} | {PHASE[state]} | {following} |")
    lines += [
        "",
        "`CREDITED` to `REORGED` is the one way out of a terminal state: a reorganisation deeper than the",
        "confirmations waited for, with compensating postings.",
        "",
        f"A new attempt is lawful only after a reason of class {', '.join(sorted(RETRY_CLASSES))}.",
        "",
        "| reason | class | meaning | a lawful retry may follow |",
        "|---|---|---|---|",
    ]
    lines += _reasons()
    lines += ["", "An export walks the same states; who acts in them changes.", ""]
    lines += ["| role or state | in an import | in an export |", "|---|---|---|"]
    lines += [f"| {role} | {imports} | {exports} |" for role, imports, exports in _WHO_ACTS]
    return "\n".join(lines) + "\n"


def _reasons() -> list[str]:
    """A row for each reason."""
    lines = []
    for reason in Reason:
        if reason:
            retry = "yes" if may_retry(reason) else "no"
            lines.append(f"| `{reason.text}` | {reason.klass} | {reason.meaning} | {retry} |")
    return lines
