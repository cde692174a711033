"""A bridge joins the digital ruble to the suppliers' own systems."""

from typing import Literal

from pydantic import Field

from sandbox.disruptions.event import Event
from sandbox.spec import Moment, RubAmount, Share
from sandbox.stage import Stage


class RailBridge(Event):
    """From this day suppliers abroad can be reached on a platform that their own banks are joined to."""

    kind: Literal["rail_bridge"]
    at: Moment
    rail: Literal["digital_ruble"] = "digital_ruble"
    acceptance: Share | None = Field(
        default=None,
        description="share of suppliers that take the rail from now on (default: parameter "
        "supplier.accept_dr_bridge)",
    )
    fee: RubAmount | None = Field(
        default=None,
        description="roubles a transfer costs from now on (default: the platform's tariff stands)",
    )
    label: str = Field(default="", max_length=300)

    def strike(self, stage: Stage) -> float:
        """Bring the event about; the value the journal notes: the acceptance."""
        return stage.bridge(self.rail, self.acceptance, self.fee)
