"""Which dictionary decodes which column, kind by kind: the table behind readable views and exports.

A space is ``entity``, ``account``, ``state``, ``asset``, ``reason``, ``purpose``, ``goods`` or ``terms``; a column
without one is a plain number, as the kind's own line in :mod:`sandbox.journal.kinds` says.
"""

from typing import NamedTuple

from sandbox.journal.kinds import Kind


class Meaning(NamedTuple):
    """Spaces of the columns of one kind; ``actor`` is always an entity."""

    subject: str = ""
    """Space of ``subject``."""
    object: str = ""
    """Space of ``object``."""
    reason: str = ""
    """Space of ``reason``."""
    extra: str = ""
    """Space of ``extra``."""


PLAIN = Meaning()
"""Nothing to decode but the actor."""

_DESK = Meaning(subject="entity")
_FIRM = Meaning(subject="entity")
_RAIL = Meaning(object="entity")
_HOLD = Meaning(subject="account")
_TWO_ASSETS = Meaning(subject="asset", object="asset")

MEANINGS: dict[Kind, Meaning] = {
    Kind.CREATED: Meaning(subject="entity"),
    Kind.MOVED: Meaning(subject="state", object="state", reason="reason", extra="entity"),
    Kind.CHOSE_RAIL: _RAIL,
    Kind.POSTED: Meaning(subject="account", object="account", reason="purpose"),
    Kind.RESERVED: _HOLD,
    Kind.HOLD_POSTED: _HOLD,
    Kind.HOLD_VOIDED: _HOLD,
    Kind.HOLD_EXPIRED: _HOLD,
    Kind.QUOTED: _TWO_ASSETS,
    Kind.CONVERTED: _TWO_ASSETS,
    Kind.ITEMISED: Meaning(subject="asset", reason="purpose"),
    Kind.AUTHORISED: _RAIL,
    Kind.REFUSED: Meaning(reason="reason"),
    Kind.CONSUMED: _RAIL,
    Kind.APPLIED: _FIRM,
    Kind.ADMITTED: _FIRM,
    Kind.ADMISSION_REFUSED: _FIRM,
    Kind.REVOKED: _FIRM,
    Kind.QUOTA_USED: Meaning(subject="entity", object="entity"),
    Kind.NOMINATED: _FIRM,
    Kind.AGENCY_AGREED: _FIRM,
    Kind.FOUND_FIT: _FIRM,
    Kind.REPORT_DUE: _FIRM,
    Kind.REPORT_FILED: _FIRM,
    Kind.INSPECTED: _FIRM,
    Kind.NOTICE_GIVEN: _FIRM,
    Kind.DESK_ENTERED: _DESK,
    Kind.DESK_STARTED: _DESK,
    Kind.DESK_FINISHED: _DESK,
    Kind.BROADCAST: Meaning(subject="entity", object="account"),
    Kind.FROZEN: Meaning(subject="account", reason="reason"),
    Kind.UNFROZEN: Meaning(subject="account"),
    Kind.WALLET_OPENED: Meaning(subject="account", object="entity"),
    Kind.PRICE: _TWO_ASSETS,
    Kind.MARKET_HALT: Meaning(subject="asset"),
    Kind.CENSORED: Meaning(subject="state"),
    Kind.WARNED: Meaning(subject="entity"),
    Kind.GOODS: Meaning(subject="goods", object="goods", reason="terms"),
    Kind.PENALTY: Meaning(subject="entity"),
    Kind.REFUND: Meaning(object="entity"),
    Kind.REGISTERED: Meaning(subject="entity", object="entity"),
}
"""Kinds that are missing here are :data:`PLAIN`."""
