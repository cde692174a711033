"""Faults of the chains themselves."""

from typing import Literal

from pydantic import Field

from sandbox.disruptions.event import Event
from sandbox.spec import Duration, Moment
from sandbox.stage import Stage


class Reorg(Event):
    """The last blocks of the bitcoin chain are replaced by a longer branch."""

    kind: Literal["reorg"]
    at: Moment
    depth: int = Field(ge=1, le=100, description="blocks replaced")
    double_spend: bool = Field(
        default=False, description="the new branch spends the inputs of the payments it drops"
    )
    label: str = Field(default="", max_length=300)

    def strike(self, stage: Stage) -> float:
        """Bring the event about; the value the journal notes."""
        stage.reorganise(self.depth, self.double_spend)
        return float(self.depth)


class ChainHalt(Event):
    """A chain makes no blocks for a while."""

    kind: Literal["chain_halt"]
    at: Moment
    chain: Literal["evm", "bitcoin", "digital_ruble", "dfa"]
    length: Duration
    label: str = Field(default="", max_length=300)

    def strike(self, stage: Stage) -> float:
        """Bring the event about; the value the journal notes."""
        stage.halt(self.chain, self.length)
        return float(self.length)
