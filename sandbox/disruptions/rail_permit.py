"""The law opens or closes a rail."""

from typing import Literal

from pydantic import Field

from sandbox.disruptions.event import Event
from sandbox.spec import Moment, Share
from sandbox.stage import Stage


class RailPermit(Event):
    """A rail becomes lawful or unlawful for new orders."""

    kind: Literal["rail_permit"]
    at: Moment
    rail: Literal["usdt", "btc", "digital_ruble", "dfa", "agent", "correspondent"]
    permitted: bool = True
    acceptance: Share | None = Field(
        default=None, description="share of suppliers that take the rail from now on"
    )
    label: str = Field(default="", max_length=300)

    def strike(self, stage: Stage) -> float:
        """Bring the event about; the value the journal notes."""
        stage.permit(self.rail, self.permitted, self.acceptance)
        return float(self.permitted)
