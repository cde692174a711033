"""What the news behind the laboratory names, and which shipped scenario exercises it: the list beside this file."""

from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field, RootModel

from sandbox.scenario.faults import ScenarioInvalid
from sandbox.scenario.library import find_shipped
from sandbox.scenario.reading import read_document
from sandbox.scenario.schema import Name
from sandbox.scenario.validation import validate
from sandbox.spec import Day, Spec

FILE = Path(__file__).with_name("seed_items.yaml")

Scalar = float | int | bool | str | None


class Probe(Spec):
    """How to see that an item matters: a stretch of a scenario with and without it."""

    scenario: str = Field(min_length=1)
    window: Day = Field(description="first day of the stretch")
    days: int = Field(default=60, ge=20, le=400)
    firms: int = Field(default=40, ge=10, le=500, description="importers in the stretch")
    opens: Day | None = Field(default=None, description="day the regime opens (default: the first)")
    drop: list[Name] = Field(default_factory=list, description="dated events taken away")
    drop_kind: str | None = Field(default=None, description="kind of dated events taken away")
    set: dict[str, Scalar] = Field(default_factory=dict, description="overrides that take the item away")
    parameters: dict[str, dict[str, float]] = Field(default_factory=dict)
    changes: Literal["payments", "books", "record"] = "payments"

    @property
    def shipped(self) -> bool:
        """Whether the scenario is there."""
        return find_shipped(self.scenario) is not None

    def shortened(self) -> tuple[str, ...]:
        """The stretch as overrides: few firms, all who may take part admitted on the first day."""
        opens = self.opens or self.window
        return (
            f"clock.start={self.window}",
            f"clock.horizon={timedelta(days=self.days).days}d",
            "clock.warm_up=5d",
            "clock.cool_down=5d",
            f"population.importers={self.firms}",
            "population.payments_per_business_day=12.0",
            "policy.application_desk=false",
            f"policy.opens={opens}",
        )


class SeedItem(Spec):
    """One actor, rail, event or rule that the reports name."""

    kind: Literal["actor", "rail", "event", "rule"]
    text: str = Field(min_length=3, max_length=200)
    seeds: list[Literal["seed-000", "seed-001", "seed-002", "seed-003", "seed-004"]] = Field(min_length=1)
    fact_note: str = Field(default="", description="where a claim was later corrected")
    probes: list[Probe] = Field(min_length=1)

    @property
    def scenarios(self) -> list[str]:
        """Shipped scenarios that exercise it, once each."""
        return list(dict.fromkeys(probe.scenario for probe in self.probes if probe.shipped))


class SeedItems(RootModel[dict[Name, SeedItem]]):
    """The list."""


@cache
def seed_items() -> dict[str, SeedItem]:
    """All items by name. Raises ScenarioInvalid where the list itself is wrong."""
    document = read_document(FILE, FILE.name)
    items, faults = validate(SeedItems, document.root, {fault.mark for fault in document.faults})
    if items is None or faults or document.faults:
        raise ScenarioInvalid([*document.faults, *faults])
    return items.root
