"""What participants of a regime owe its supervisor, as a scenario may say it."""

from typing import Annotated

from pydantic import Field

from sandbox.policies.dated_lever import Schedule
from sandbox.spec import Duration, Share, Spec
from sandbox.stage import YearlyRates

Inspections = Annotated[float, Field(ge=0, le=365)]


class Oversight(Spec):
    """What participants owe the regulator, and what it does about breaches."""

    report_every: Duration = Field(default=30 * 86_400, gt=0, description="length of a reporting period")
    report_limit_business_days: int | None = Field(
        default=None,
        ge=1,
        le=250,
        description="business days in which a report is due (default: the library's)",
    )
    revoke_probability: Share | None = Field(
        default=None, description="share of breaches found that cost the admission (default: the library's)"
    )
    inspections_per_year: Inspections | Schedule[Inspections] | None = Field(
        default=None, description="routine inspections of a participant (default: the library's)"
    )

    @property
    def inspection_rates(self) -> YearlyRates | None:
        """The rate of routine inspections: one for all time, or each with the day from which it holds."""
        asked = self.inspections_per_year
        if not isinstance(asked, Schedule):
            return asked
        return tuple((day, dated.value) for day, dated in sorted(asked.values.items()))
