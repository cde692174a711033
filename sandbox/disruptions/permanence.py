"""The review of the regime: gates on its own record, and what follows, permanence or an orderly end."""

from typing import Literal

from pydantic import Field

from sandbox.disruptions.event import Event
from sandbox.spec import Duration, Moment, Share, Spec
from sandbox.stage import Gates as Measures
from sandbox.stage import Stage


class Gates(Spec):
    """What the regime must have reached by the day of the review; a gate that is left out is not asked."""

    fail_rate_max: Share | None = Field(
        default=None, description="failed / ended orders on the regime's rails, compliance stops left out"
    )
    aml_recall_min: Share | None = Field(
        default=None, description="truly prohibited payments screened so far that raised an alert (all rails)"
    )
    report_timely_min: Share | None = Field(
        default=None, description="participants' reports filed in time / reports due"
    )
    loss_bp_max: float | None = Field(
        default=None,
        ge=0,
        description="value lost on the regime's rails, basis points of the value that ended",
    )


class PermanenceReview(Event):
    """The regime is made permanent if every gate is passed; else it is wound down."""

    kind: Literal["permanence_review"]
    at: Moment
    gates: Gates = Field(default_factory=Gates)
    entry_after: Literal["open", "places"] = Field(
        default="open",
        description="once permanent: open to all that are found fit, or as many places as before",
    )
    wind_down: Duration | None = Field(
        default=None,
        description="how long orders authorised before may still be released (default: regulator.wind_down_days)",
    )
    anticipation: bool = Field(
        default=True, description="firms apply more often before the review (regulator.anticipation)"
    )
    label: str = Field(default="", max_length=300)

    def strike(self, stage: Stage) -> float:
        """Bring the event about; 1 if the regime is made permanent, else 0."""
        gates = self.gates
        measures = Measures(
            gates.fail_rate_max, gates.aml_recall_min, gates.report_timely_min, gates.loss_bp_max
        )
        return float(stage.review(measures, self.entry_after == "open", self.wind_down))
