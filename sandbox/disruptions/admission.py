"""Changes of who may take part in the regime."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from sandbox.disruptions.event import Event
from sandbox.spec import Moment
from sandbox.stage import MAIN_REGIME, Stage

#: The goods categories of the model, as firms' sectors.
_Sector = Literal["civil", "electronics", "metals", "dual_use_restricted", "drone", "other"]


#: The regime of the scenario, or one that a ``regime_open`` of the timeline opened by then.
_RegimeName = Annotated[
    str,
    Field(
        max_length=40, pattern=r"^[a-z][a-z0-9-]*$", description="main, or the id of a regime_open before it"
    ),
]


class AdmissionWave(Event):
    """More places in a regime; the next firms on its list are asked to apply."""

    kind: Literal["admission_wave"]
    at: Moment
    add: int = Field(ge=1, le=100_000, description="places added")
    regime: _RegimeName = MAIN_REGIME
    selection: Literal["turnover", "lottery", "balanced"] | None = Field(
        default=None, description="rule by which the list is drawn up anew (default: the list goes on)"
    )
    quotas: dict[_Sector, Annotated[int, Field(ge=0)]] = Field(
        default_factory=dict, description="places of this wave held for a sector"
    )
    applications: Literal["batch", "spread"] = Field(
        default="batch", description="the firms asked apply at once, or one by one at the usual rate"
    )
    label: str = Field(default="", max_length=300)

    @model_validator(mode="after")
    def _quotas_fit(self) -> "AdmissionWave":
        if sum(self.quotas.values()) > self.add:
            raise ValueError(f"the quotas add up to more than the {self.add} places")
        if self.quotas and self.selection is None:
            raise ValueError("quotas need a selection: the list is then drawn up anew")
        return self

    def strike(self, stage: Stage) -> float:
        """Bring the event about; the value the journal notes."""
        quotas: dict[str, int] = dict(self.quotas.items())
        stage.add_places(self.regime, self.add, self.selection, quotas, self.applications == "spread")
        return float(self.add)


class Revocation(Event):
    """A regime withdraws the admission of its participant with this rank (1: admitted first)."""

    kind: Literal["revocation"]
    at: Moment
    participant: int = Field(ge=1, le=100_000)
    regime: _RegimeName = MAIN_REGIME
    label: str = Field(default="", max_length=300)

    def strike(self, stage: Stage) -> float:
        """Bring the event about; the value the journal notes."""
        stage.revoke(self.regime, self.participant)
        return float(self.participant)
