"""Rails: ways of moving one settlement asset with finality. One file each; they do not know one another."""

from typing import Final, NamedTuple

from pydantic import Field, model_validator

from sandbox.rails.agent import AgentRail, AgentSpec
from sandbox.rails.btc import BtcRail, BtcSpec
from sandbox.rails.correspondent import CorrespondentRail, CorrespondentSpec
from sandbox.rails.dfa import DfaRail, DfaSpec
from sandbox.rails.digital_ruble import DigitalRubleRail, DigitalRubleSpec
from sandbox.rails.usdt import UsdtRail, UsdtSpec
from sandbox.spec import Spec


class RailSpecs(Spec):
    """The rails that exist in a scenario; a rail that is left out does not."""

    correspondent: CorrespondentSpec | None = Field(default=None, description="correspondent banking")
    agent: AgentSpec | None = Field(default=None, description="payment agents")
    usdt: UsdtSpec | None = Field(default=None, description="a dollar stablecoin on an EVM chain")
    btc: BtcSpec | None = Field(default=None, description="bitcoin")
    digital_ruble: DigitalRubleSpec | None = Field(default=None, description="the central bank's platform")
    dfa: DfaSpec | None = Field(default=None, description="digital financial assets on a platform")

    @model_validator(mode="after")
    def _there_is_a_rail(self) -> "RailSpecs":
        if not any(getattr(self, name) for name in type(self).model_fields):
            raise ValueError("at least one rail must be named")
        return self

    @property
    def needs_profile(self) -> bool:
        """Whether a rail sends its payments through the due-diligence desk."""
        return self.usdt is not None or self.btc is not None or self.dfa is not None


class Promise(NamedTuple):
    """What a rail's kind says of itself, for those who check and count."""

    authorised: bool
    """Whether it belongs to the regime: an order moves on it only under an authorisation."""
    proof: str
    """What proves a settlement: ``chain``, ``receipt`` or ``none``."""


#: Every kind of rail by name.
PROMISES: Final = {
    kind.name: Promise(kind.needs_authorisation, kind.proof)
    for kind in (CorrespondentRail, AgentRail, UsdtRail, BtcRail, DigitalRubleRail, DfaRail)
}

#: The rails of the experimental legal regime.
REGIME_RAILS: Final = tuple(name for name, promise in PROMISES.items() if promise.authorised)


__all__ = ["PROMISES", "REGIME_RAILS", "Promise", "RailSpecs"]
