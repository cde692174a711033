"""What a player decides for one quarter: levers that every scenario has, within the game's bounds."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from sandbox.spec import Spec

Rail = Literal["usdt", "btc", "digital_ruble"]
#: Millions of US dollars a calendar month; 0: no cap.
CapMillions = Literal[0, 1, 2, 4, 8]


class Decision(Spec):
    """One quarter's levers. They hold from its first day."""

    admit: Annotated[int, Field(ge=0, le=8, description="firms asked to join the regime")] = 0
    officers: Annotated[int, Field(ge=1, le=6, description="officers who decide firms' applications")] = 1
    order_officers: Annotated[int, Field(ge=1, le=6, description="officers who decide orders")] = 1
    kyc_analysts: Annotated[int, Field(ge=1, le=6, description="analysts of due diligence")] = 1
    aml_analysts: Annotated[int, Field(ge=1, le=6, description="analysts who decide screening alerts")] = 1
    inspections: Annotated[int, Field(ge=0, le=4, description="inspections of a participant a year")] = 1
    cap_millions: Annotated[CapMillions, Field(description="monthly cap; 0: none")] = 4
    rails: list[Rail] = Field(default=["usdt"], max_length=3, description="permitted rails of the regime")

    @property
    def staff(self) -> int:
        """People on the regulator's desks, and one for every inspection a year that each participant is due."""
        desks = self.officers + self.order_officers + self.kyc_analysts + self.aml_analysts
        return desks + self.inspections


@dataclass(frozen=True, slots=True)
class NumberLever:
    """A lever that is a whole number, as a form shows it."""

    name: str
    low: int
    high: int


#: The number levers in the order in which a form shows them.
NUMBER_LEVERS = (
    NumberLever("admit", 0, 8),
    NumberLever("officers", 1, 6),
    NumberLever("order_officers", 1, 6),
    NumberLever("kyc_analysts", 1, 6),
    NumberLever("aml_analysts", 1, 6),
    NumberLever("inspections", 0, 4),
)
RAILS: tuple[Rail, ...] = ("usdt", "btc", "digital_ruble")
CAPS: tuple[CapMillions, ...] = (0, 1, 2, 4, 8)


def decision_of(fields: Mapping[str, object]) -> Decision:
    """A decision from plain data. Raises pydantic's ValidationError for anything out of bounds.

    Rails named twice count once, and their order does not matter: equal decisions make equal scenarios.
    """
    named = fields.get("rails", [])
    asked = set(named) if isinstance(named, list) and all(isinstance(name, str) for name in named) else named
    if isinstance(asked, set):
        unknown = sorted(asked - set(RAILS))
        fields = {**fields, "rails": [name for name in RAILS if name in asked] + unknown}
    return Decision.model_validate(fields)
