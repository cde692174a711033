"""Mining sites begin to work, or stop."""

from typing import Annotated, Literal

from pydantic import Field

from sandbox.disruptions.event import Event
from sandbox.spec import Moment, Share
from sandbox.stage import Stage


class MiningCapacity(Event):
    """From this moment an operator of mining sites has so many of them."""

    kind: Literal["mining_capacity"]
    at: Moment
    operator: Literal["regional", "industrial"] = Field(
        default="regional", description="a region's data centres, or an industrial group's own miner"
    )
    sites: int = Field(ge=0, le=1_000, description="sites at work from now on, in all")
    mw_per_site: Annotated[float, Field(gt=0, le=1_000)] | None = Field(
        default=None, description="megawatts a site (default: parameter miner.komi_mw_per_site)"
    )
    offered: Share | None = Field(
        default=None,
        description="share of their coins offered to the regime (default: parameter miner.share_mined_to_elr)",
    )
    label: str = Field(default="", max_length=300)

    def strike(self, stage: Stage) -> float:
        """Bring the event about; the value the journal notes: the sites."""
        stage.mine(self.operator, self.sites, self.mw_per_site, self.offered)
        return float(self.sites)
