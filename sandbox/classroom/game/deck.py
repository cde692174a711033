"""The deck of events: what each card does, and which quarter of a game it comes in."""

import json
from datetime import datetime, time
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import Field

from sandbox.classroom.game.decisions import Decision
from sandbox.classroom.game.quarters import LAST, day_of
from sandbox.classroom.plain_yaml import read_file
from sandbox.randomness import Streams
from sandbox.spec import Spec

Bilingual = dict[Literal["en", "ru"], str]

#: The lever that staffs each desk from which a card may take people.
_LEVERS = {
    "applications": "officers",
    "orders": "order_officers",
    "kyc": "kyc_analysts",
    "aml": "aml_analysts",
}
#: Quarters from the first of which something may happen: the player meets the world as it is first.
FIRST_EVENT = 2


class Leaves(Spec):
    """One person leaves a desk of more than one."""

    day: Annotated[int, Field(ge=1, le=85)]
    desk: Literal["applications", "orders", "kyc", "aml"]


class Card(Spec):
    """One event, or none, that a quarter may bring."""

    id: Annotated[str, Field(pattern=r"^[a-z-]{1,40}$")]
    title: Bilingual
    text: Bilingual
    events: list[dict[str, Any]]
    leaves: Leaves | None = None

    def timeline(self, quarter: int, decision: Decision) -> dict[str, dict[str, Any]]:
        """The card's dated events in a quarter, by their id in a scenario."""
        found = {}
        for number, event in enumerate(self.events, start=1):
            fields = {key: value for key, value in event.items() if key not in ("day", "at")}
            moment = datetime.combine(
                day_of(quarter, event["day"]), time.fromisoformat(event.get("at", "00:00"))
            )
            found[f"q{quarter}-{self.id}-{number}"] = {
                "at": moment.isoformat(timespec="minutes"),
                **fields,
                "label": self.title["en"],
            }
        if self.leaves is not None:
            people = int(getattr(decision, _LEVERS[self.leaves.desk]))
            found[f"q{quarter}-{self.id}"] = {
                "at": day_of(quarter, self.leaves.day).isoformat(),
                "kind": "staffing",
                "desk": self.leaves.desk,
                "people": max(1, people - 1),
                "label": self.title["en"],
            }
        return found


@cache
def deck() -> tuple[Card, ...]:
    """All cards, in the order of the file."""
    cards = read_file("sandbox.classroom.game", "deck.yaml")
    return tuple(Card.model_validate_json(json.dumps(each)) for each in cards)


def deal(seed: int) -> dict[int, Card]:
    """The card of each quarter but the first; the same for everybody who plays with this seed."""
    cards = list(deck())
    stream = Streams(seed).named("game/deck")
    dealt = {}
    for quarter in range(FIRST_EVENT, LAST + 1):
        dealt[quarter] = cards.pop(stream.integers(len(cards)))
    return dealt
