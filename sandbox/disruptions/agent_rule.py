"""A rule for payment agents: some close down, the others charge for complying."""

from typing import Literal

from pydantic import Field

from sandbox.disruptions.event import Event
from sandbox.spec import Moment, Share
from sandbox.stage import Stage


class AgentRule(Event):
    """From this day agents need what some of them lack; how many leave and what the rest add is assumed."""

    kind: Literal["agent_rule"]
    at: Moment
    leaving: Share = Field(description="share of the firms that lose their agent and look for another")
    fee_points: float = Field(
        default=0.0,
        ge=-10,
        le=20,
        description="percentage points of the value that the other agents add to their fee",
    )
    label: str = Field(default="", max_length=300)

    def strike(self, stage: Stage) -> float:
        """Bring the event about; the value the journal notes."""
        stage.rule_agents(self.leaving, self.fee_points)
        return self.leaving
