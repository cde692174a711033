"""What the stablecoin's issuer may do: freeze an address, lift a freeze, pause all transfers."""

from typing import Literal

from pydantic import Field

from sandbox.disruptions.event import Event
from sandbox.spec import Duration, Moment
from sandbox.stage import Stage


class Freeze(Event):
    """The issuer freezes a dealer's or a supplier's address (by rank; synthetic entities only).

    Nobody in the model sees a freeze before it stands on the chain.
    """

    kind: Literal["freeze"]
    at: Moment
    holder: Literal["dealer", "supplier"]
    rank: int = Field(
        default=1, ge=1, le=100_000, description="1: the first dealer, or the supplier paid most so far"
    )
    by: Literal["order", "holdings"] = Field(
        default="order", description="holdings: rank 1 is the address that holds most tokens at that moment"
    )
    delayed: bool = Field(
        default=False,
        description="`at` is the issuer's decision; the chain follows after usdt.freeze_latency_min",
    )
    rail_halt: Duration = Field(
        default=0,
        ge=0,
        description="how long the rail takes no new orders once the freeze stands on the chain",
    )
    label: str = Field(default="", max_length=300)

    def strike(self, stage: Stage) -> float:
        """Bring the event about; the value the journal notes."""
        stage.freeze(self.holder, self.rank, self.by == "holdings", self.delayed, self.rail_halt)
        return float(self.rank)


class Unfreeze(Event):
    """The issuer lifts the freeze of every address of this kind of holder."""

    kind: Literal["unfreeze"]
    at: Moment
    holder: Literal["dealer", "supplier"]
    label: str = Field(default="", max_length=300)

    def strike(self, stage: Stage) -> float:
        """Bring the event about; the value the journal notes."""
        stage.unfreeze(self.holder)
        return 0.0


class Pause(Event):
    """The issuer pauses all transfers of the token for a while."""

    kind: Literal["pause"]
    at: Moment
    length: Duration
    label: str = Field(default="", max_length=300)

    def strike(self, stage: Stage) -> float:
        """Bring the event about; the value the journal notes."""
        stage.pause(self.length)
        return float(self.length)
