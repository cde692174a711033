"""Rails: ways of moving one settlement asset with finality. One file each; they do not know one another."""

from pydantic import Field, model_validator

from sandbox.rails.agent import AgentSpec
from sandbox.rails.btc import BtcSpec
from sandbox.rails.correspondent import CorrespondentSpec
from sandbox.rails.digital_ruble import DigitalRubleSpec
from sandbox.rails.usdt import UsdtSpec
from sandbox.spec import Spec


class RailSpecs(Spec):
    """The rails that exist in a scenario; a rail that is left out does not."""

    correspondent: CorrespondentSpec | None = Field(default=None, description="correspondent banking")
    agent: AgentSpec | None = Field(default=None, description="payment agents")
    usdt: UsdtSpec | None = Field(default=None, description="a dollar stablecoin on an EVM chain")
    btc: BtcSpec | None = Field(default=None, description="bitcoin")
    digital_ruble: DigitalRubleSpec | None = Field(default=None, description="the central bank's platform")

    @model_validator(mode="after")
    def _there_is_a_rail(self) -> "RailSpecs":
        if not any(getattr(self, name) for name in type(self).model_fields):
            raise ValueError("at least one rail must be named")
        return self

    @property
    def needs_profile(self) -> bool:
        """Whether a rail sends its payments through the due-diligence desk."""
        return self.usdt is not None or self.btc is not None


__all__ = ["RailSpecs"]
