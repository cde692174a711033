"""Changes of who may take part in the regime."""

from typing import Literal

from pydantic import Field

from sandbox.disruptions.event import Event
from sandbox.spec import Moment
from sandbox.stage import Stage


class AdmissionWave(Event):
    """More places in the regime; the next firms on the list are asked to apply."""

    kind: Literal["admission_wave"]
    at: Moment
    add: int = Field(ge=1, le=100_000, description="places added")
    label: str = Field(default="", max_length=300)

    def strike(self, stage: Stage) -> float:
        """Bring the event about; the value the journal notes."""
        stage.add_places(self.add)
        return float(self.add)


class Revocation(Event):
    """The regulator withdraws the admission of the participant with this rank (1: admitted first)."""

    kind: Literal["revocation"]
    at: Moment
    participant: int = Field(ge=1, le=100_000)
    label: str = Field(default="", max_length=300)

    def strike(self, stage: Stage) -> float:
        """Bring the event about; the value the journal notes."""
        stage.revoke(self.participant)
        return float(self.participant)
