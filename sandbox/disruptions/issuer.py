"""What the stablecoin's issuer may do: freeze an address, lift a freeze, pause all transfers."""

from typing import Literal

from pydantic import Field

from sandbox.spec import Duration, Moment, Spec
from sandbox.stage import Stage


class Freeze(Spec):
    """The issuer freezes a dealer's or a supplier's address (by rank; synthetic entities only)."""

    kind: Literal["freeze"]
    at: Moment
    holder: Literal["dealer", "supplier"]
    rank: int = Field(
        default=1, ge=1, le=100_000, description="1: the first dealer, or the supplier paid most so far"
    )
    label: str = Field(default="", max_length=300)

    def strike(self, stage: Stage) -> float:
        """Bring the event about; the value the journal notes."""
        stage.freeze(self.holder, self.rank)
        return float(self.rank)


class Unfreeze(Spec):
    """The issuer lifts the freeze of every address of this kind of holder."""

    kind: Literal["unfreeze"]
    at: Moment
    holder: Literal["dealer", "supplier"]
    label: str = Field(default="", max_length=300)

    def strike(self, stage: Stage) -> float:
        """Bring the event about; the value the journal notes."""
        stage.unfreeze(self.holder)
        return 0.0


class Pause(Spec):
    """The issuer pauses all transfers of the token for a while."""

    kind: Literal["pause"]
    at: Moment
    length: Duration
    label: str = Field(default="", max_length=300)

    def strike(self, stage: Stage) -> float:
        """Bring the event about; the value the journal notes."""
        stage.pause(self.length)
        return float(self.length)
