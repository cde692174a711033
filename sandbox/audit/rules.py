"""The rules that must hold in every run: what each says, and where it is checked.

A rule is added here and in the family whose rows it looks at; ``tests/audit`` shows that each can fail.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol

from sandbox.audit.rows import Rows
from sandbox.audit.violation import Findings


class Family(Protocol):
    """Rules that look at the same rows; keeps what it must remember from chunk to chunk."""

    def chunk(self, rows: Rows, findings: Findings) -> None:
        """Check the next rows and note the earliest of each broken rule."""
        ...

    def finish(self, findings: Findings) -> None:
        """Check what only the end of a run shows."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One thing that must always hold."""

    sentence: str
    """The rule in plain words."""
    family: str
    """Module of :mod:`sandbox.audit` that checks it."""


def _rule(family: str, sentence: str) -> Rule:
    return Rule(sentence=sentence, family=family)


#: Rule id -> what it says. V value, L life cycle, G lawful conduct, A authority, C chain, D delivery, T time, M form.
CHECKS: Mapping[str, Rule] = MappingProxyType(
    {
        "M3": _rule("shape", "A record has a known kind, and its numbers are in range."),
        "T1": _rule(
            "shape", "Rows are numbered without a gap, time never runs back, the horizon comes last."
        ),
        "L1": _rule("transitions", "An order is created once and ends once; created = ended + in flight."),
        "L2": _rule("transitions", "An order moves only on the life cycle's ways, from where it stands."),
        "G3": _rule("retries", "After a compliance reason nobody tries again, on that rail or another."),
        "V1": _rule("entries", "Only an issuer's opening, issue, redemption or destruction changes a total."),
        "V2": _rule("entries", "An entry's legs stand together, each between two accounts of one asset."),
        "V3": _rule("entries", "Every amount posted is a positive whole number of minor units."),
        "V4": _rule("balances", "No account gives more than it has available, unless it may be overdrawn."),
        "V5": _rule("holds", "A hold is resolved once, and delivers or releases what was held."),
        "V6": _rule("payouts", "A beneficiary is credited with what it is owed and bears no charge."),
        "V7": _rule("fees", "The charges posted are the charges itemised when an order is credited."),
        "V8": _rule("conversions", "A conversion has both legs in one entry at its provider's valid quote."),
        "V9": _rule("transit", "What is in transit belongs to orders in flight, and ends with them."),
        "V10": _rule("halts", "While a market is halted nobody strikes a conversion in it."),
        "V11": _rule(
            "exports", "An exporter's credit is what its buyer's money was sold for, less the fees."
        ),
        "A1": _rule(
            "authority", "An order leaves on a rail of the regime under a fitting authorisation, used once."
        ),
        "A2": _rule("supervision", "Only orders of firms that are admitted are authorised."),
        "A3": _rule("freezes", "Nothing leaves a frozen account, unless it is destroyed."),
        "A4": _rule("freezes", "While a token is paused nobody transfers it."),
        "A5": _rule(
            "wallets",
            "Units of a platform stay with registered holders, one wallet a client, and are backed.",
        ),
        "A6": _rule("volumes", "A month's orders add up to its volume, which never exceeds its cap."),
        "A7": _rule(
            "limits", "No digital-ruble order and no wallet is above the limit the platform has set."
        ),
        "A8": _rule(
            "supervision",
            "A breach ends an admission only after an inspection found it, and laundering after a notice.",
        ),
        "A9": _rule(
            "permanence",
            "A review says what its gates say; a regime that ends takes no new orders and releases none late.",
        ),
        "A10": _rule(
            "regimes",
            "A regime authorises orders on its own rails, and a firm is in one regime, unless it may be in both.",
        ),
        "C1": _rule("finality", "A transfer is final only after the confirmations its rail waits for."),
        "C2": _rule("finality", "Nothing becomes final in a block that was disconnected."),
        "C4": _rule("balances", "After every block the books equal the chain."),
        "C5": _rule("finality", "A transaction is in one block at a time."),
        "C6": _rule("blocks", "Heights count up by one; a reorganisation starts at the chain's tip."),
        "L4": _rule("transfers", "An order has one effective transfer on a chain at a time."),
        "L5": _rule("settlement", "A beneficiary is paid once, by orders that were credited, with proof."),
        "D6": _rule(
            "escrow", "What is locked in escrow moves once: to the supplier with the goods, or back."
        ),
        "D7": _rule("control", "An order above currency control's threshold has a registered contract."),
        "D1": _rule("goods", "Goods move only on their own table's ways, from where they stand."),
        "D2": _rule(
            "goods", "Prepaid goods are shipped only after the credit, or once the price lies in escrow."
        ),
        "D3": _rule("goods", "A due date counts from delivery, and lateness costs what the contract says."),
        "D4": _rule("goods", "Goods whose export was refused are not paid for, on any rail."),
        "D5": _rule("refunds", "What was paid for goods that may not leave goes back, once and in full."),
        "T5": _rule("desks", "Desks serve who came, in order, with no more officers than they have."),
    }
)
