"""A foreign authority warns authorised banks."""

from typing import Literal

from pydantic import Field

from sandbox.disruptions.event import Event
from sandbox.spec import Moment
from sandbox.stage import Stage


class WarningToBank(Event):
    """The first ``banks`` of the authorised banks are warned on one day; their caution rises and wears off."""

    kind: Literal["warning_to_bank"]
    at: Moment
    banks: int = Field(
        default=1, ge=1, le=100, description="how many of the authorised banks, the first ones"
    )
    label: str = Field(default="", max_length=300)

    def strike(self, stage: Stage) -> float:
        """Bring the event about; the value the journal notes."""
        stage.warn_banks(self.banks)
        return float(self.banks)
