"""The pressure index: how hard secondary sanctions press on foreign banks."""

from typing import Literal

from pydantic import Field

from sandbox.disruptions.event import Event
from sandbox.spec import Moment, Share
from sandbox.stage import Stage


class Pressure(Event):
    """The pressure index takes a new level (0: none, 1: August 2024)."""

    kind: Literal["pressure"]
    at: Moment
    level: Share
    label: str = Field(default="", max_length=300)

    def strike(self, stage: Stage) -> float:
        """Bring the event about; the value the journal notes."""
        stage.set_pressure(self.level)
        return self.level
