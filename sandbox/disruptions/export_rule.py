"""An export rule of the supplier's country."""

from typing import Literal

from pydantic import Field

from sandbox.disruptions.event import Event
from sandbox.spec import Moment, Share
from sandbox.stage import Stage


class ExportRule(Event):
    """From this day the country refuses the export of part of a category: no rail can pay for what may not leave."""

    kind: Literal["export_rule"]
    at: Moment
    country: Literal["CN", "TR", "AE", "other"]
    category: Literal["civil", "electronics", "metals", "dual_use_restricted", "drone", "other"]
    bite: Share = Field(description="share of the category's new orders that the rule stops")
    basis: Literal["end_use", "licence"] = Field(
        default="end_use",
        description="known when the contract is made, or decided by a licensing authority at the border",
    )
    label: str = Field(default="", max_length=300)

    def strike(self, stage: Stage) -> float:
        """Bring the event about; the value the journal notes."""
        stage.restrict_export(self.country, self.category, self.bite, self.basis)
        return self.bite
