"""A desk gains or loses people."""

from typing import Literal

from pydantic import Field

from sandbox.disruptions.event import Event
from sandbox.spec import Moment
from sandbox.stage import Stage


class Staffing(Event):
    """From this moment a desk has this many people."""

    kind: Literal["staffing"]
    at: Moment
    desk: Literal["applications", "orders", "kyc", "aml"]
    people: int = Field(ge=0, le=1_000)
    label: str = Field(default="", max_length=300)

    def strike(self, stage: Stage) -> float:
        """Bring the event about; the value the journal notes."""
        stage.staff(self.desk, self.people)
        return float(self.people)
