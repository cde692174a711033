"""The bitcoin rail."""

from typing import Literal

from pydantic import Field

from sandbox.spec import Day, Spec


class BtcSpec(Spec):
    """Bitcoin on a local regtest chain."""

    confirmations: int = Field(default=6, ge=1, le=100, description="confirmations after which a transfer is final")
    opens: Day | None = Field(default=None, description="day the rail is permitted (default: with the regime)")
    beneficiary: Literal["exchange", "keep"] = Field(
        default="exchange", description="the supplier's exchange pays out its currency, or the supplier keeps the coins"
    )
    blocks: Literal["needed", "all"] = Field(default="needed", description="mine only while one of our transactions waits, or always")
