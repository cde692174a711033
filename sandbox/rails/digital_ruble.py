"""The digital-ruble rail."""

from pydantic import Field

from sandbox.spec import Day, RubAmount, Spec


class DigitalRubleSpec(Spec):
    """The central bank's two-tier platform on its own local chain."""

    opens: Day | None = Field(default=None, description="day the rail is permitted (default: parameter digital_ruble.dr_start)")
    operation_limit: RubAmount | None = Field(default=None, description="roubles one order may move")
    holding_limit: RubAmount | None = Field(default=None, description="roubles one wallet may hold")
