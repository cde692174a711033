"""What participants of a regime owe its supervisor, as a scenario may say it."""

from pydantic import Field

from sandbox.spec import Duration, Share, Spec


class Oversight(Spec):
    """Levers of supervision that are the same in every regime; what is not said is as the library has it."""

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
