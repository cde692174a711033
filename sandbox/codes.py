"""Members of an enumeration as plain attributes.

Python 3.11 finds ``State.FUNDS`` through a hook of the enumeration's class, which takes five times as long as a
plain attribute, and a payment names about a hundred members. Where that shows, a module imports the quick view::

    from sandbox.lifecycle import QuickState as State
"""

from enum import IntEnum
from typing import TypeVar

E = TypeVar("E", bound=IntEnum)


def quick(codes: type[E]) -> type[E]:
    """A namespace with the members of ``codes`` and nothing else: it cannot be called, iterated or indexed."""
    view: type[E] = type(f"Quick{codes.__name__}", (), {"__slots__": (), **codes.__members__})
    return view
