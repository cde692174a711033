"""A further regime opens beside the first: a site with its own participants, rails and cap."""

from typing import Annotated, Literal

from pydantic import Field

from sandbox.disruptions.event import Event
from sandbox.policies.oversight import Oversight
from sandbox.spec import Moment, Share, UsdAmount
from sandbox.stage import RegimeTerms, Stage, Supervised


class RegimeOpen(Event):
    """A second experimental regime opens; a firm joins one regime only unless ``overlap`` says otherwise."""

    kind: Literal["regime_open"]
    at: Moment
    id: str = Field(
        max_length=40, pattern=r"^[a-z][a-z0-9-]*$", description="short name; the journal says regime/<id>"
    )
    officers: int | None = Field(
        default=None, ge=0, le=1_000, description="officers (default: parameter site2.site2_officers)"
    )
    participants: int = Field(default=10, ge=0, le=100_000, description="places when it opens")
    selection: Literal["turnover", "lottery", "balanced"] = Field(
        default="turnover", description="larger firms first; by lot; or in turn over the sectors"
    )
    region: str = Field(default="", max_length=80, description="a label: where its firms are registered")
    region_share: Share | None = Field(
        default=None,
        description="share of firms registered there, by lot (default: parameter site2.site2_region_share)",
    )
    rails: Annotated[list[Literal["usdt", "btc", "dfa"]], Field(min_length=1)] = Field(
        default=["usdt", "btc", "dfa"], description="rails open to its participants"
    )
    monthly_cap: UsdAmount | None = Field(default=None, description="US dollars a calendar month, of its own")
    desk: Literal["own", "taken", "pooled"] = Field(
        default="own",
        description="its own desk with new officers; with officers taken from the first regime's desk; or the"
        " first regime's desk with these officers added",
    )
    overlap: Literal["one", "both"] = Field(
        default="one", description="a firm applies to one regime only, or may be in both"
    )
    supervision: Oversight | None = Field(
        default=None,
        description="reports, inspections, notices and revocations under a supervisor of its own; null: none",
    )
    label: str = Field(default="", max_length=300)

    def strike(self, stage: Stage) -> float:
        """Bring the event about; the value the journal notes: places."""
        stage.open_regime(
            RegimeTerms(
                self.id,
                self.officers,
                self.participants,
                self.selection,
                self.region_share,
                tuple(self.rails),
                self.monthly_cap,
                self.desk,
                self.overlap == "both",
                self._supervised(),
            )
        )
        return float(self.participants)

    def _supervised(self) -> Supervised | None:
        levers = self.supervision
        if levers is None:
            return None
        return Supervised(
            levers.report_every,
            levers.report_limit_business_days,
            levers.inspection_rates,
            levers.revoke_probability,
        )
