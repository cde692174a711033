"""What several defects do to a world: find one of its rails, let its journal lose rows."""

from collections.abc import Callable
from typing import Any

from sandbox.journal.kinds import Kind
from sandbox.world import World


def rail_of(world: World, kind: type[Any]) -> Any:
    """The world's rail of this class."""
    return next(rail for rail in world.rails.values() if isinstance(rail, kind))


def drop_rows(world: World, wrong: Callable[..., bool]) -> None:
    """The journal loses the rows that ``wrong`` names."""
    journal = world.ground.journal
    record, moved = journal.record, journal.moved

    def careless(kind: int, *columns: Any, **named: Any) -> None:
        if not wrong(kind, *columns, **named):
            record(kind, *columns, **named)

    def careless_step(*columns: int) -> None:
        if not wrong(Kind.MOVED, *columns):
            moved(*columns)

    journal.record, journal.moved = careless, careless_step  # type: ignore[method-assign,assignment]
