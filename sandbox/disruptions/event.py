"""What every dated event may carry beside its effect."""

from pydantic import Field

from sandbox.spec import Spec


class Event(Spec):
    """Base of all kinds of events; a kind adds its fields and ``strike``."""

    fact_note: str = Field(
        default="",
        max_length=600,
        description="where sources disagree or a claim was corrected: both readings; shown in the report",
    )
