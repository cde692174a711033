"""Where each payment order stands, for the rules that need to know."""

import numpy as np

from sandbox.audit.cells import Cells
from sandbox.audit.rows import marks
from sandbox.audit.violation import Bools, Ints
from sandbox.lifecycle import TERMINALS, State

_TERMINAL = marks(TERMINALS)


def is_terminal(states: Ints) -> Bools:
    """Which of these states end an order."""
    result: Bools = _TERMINAL[states]
    return result


def state_name(code: int) -> str:
    """``IN_FLIGHT`` for 18; ``nothing`` for an order that has no state yet."""
    return State(code).name if code else "nothing"


class Orders:
    """State and originator of every order, as of the chunk last checked."""

    def __init__(self) -> None:
        self.state = Cells(np.int8)
        self.created = Cells(np.int64, -1)
        """Second of its creation; -1 for an order that was never created."""
        self.importer = Cells(np.int32, -1)
        self.cents = Cells()
        """Invoice in US cents."""

    def ended(self, payments: Ints) -> Bools:
        """Which of these orders stand in a terminal state."""
        return is_terminal(self.state.at(payments))
