"""The USDT rail."""

from typing import Literal

from pydantic import Field

from sandbox.spec import Day, Spec


class UsdtSpec(Spec):
    """A dollar stablecoin on an EVM test chain."""

    confirmations: int = Field(default=19, ge=1, le=10_000, description="blocks after which a transfer is final")
    opens: Day | None = Field(default=None, description="day the rail is permitted (default: with the regime)")
    beneficiary: Literal["exchange", "keep"] = Field(
        default="exchange", description="the supplier's exchange pays out its currency, or the supplier keeps the token"
    )
    blocks: Literal["needed", "all"] = Field(default="needed", description="make only blocks that hold a transaction, or every one")
