"""Words of officials: they stand in the journal and change nothing by themselves."""

from typing import Literal

from pydantic import Field

from sandbox.disruptions.event import Event
from sandbox.spec import Moment
from sandbox.stage import Stage


class Announcement(Event):
    """A dated statement or law, shown on every time axis."""

    kind: Literal["announcement"]
    at: Moment
    label: str = Field(min_length=1, max_length=300)

    def strike(self, stage: Stage) -> float:
        """Nothing happens; the journal notes the words' date."""
        return 0.0
