"""How a defect is entered beside the rule that must find it, and where the classic history has its records."""

from collections.abc import Callable

from sandbox.journal import Kind, Purpose
from sandbox.lifecycle import State
from tests.audit.histories import History

Defect = Callable[[History], History]

# Order numbers in the history of stories.classic().
USDT, BTC, DIGITAL, BANKS, RETRIED, AGENT, LOST, REFUSED, REORGED, RETURNED, DEEP, CARRIED, OPEN = range(13)


class Defects(dict[str, tuple[str, Defect]]):
    """Mutations of the classic history by name, each with the one rule that may fire."""

    def __call__(self, rule: str) -> Callable[[Defect], Defect]:
        """Enter a mutation in the table."""

        def enter(mutation: Defect) -> Defect:
            self[mutation.__name__] = rule, mutation
            return mutation

        return enter


def moved(history: History, payment: int, to: State, nth: int = 0) -> int:
    return int(history.find(Kind.MOVED, nth, payment=payment, object=to))


def posted(history: History, payment: int, purpose: Purpose, nth: int = 0) -> int:
    return int(history.find(Kind.POSTED, nth, payment=payment, reason=purpose))
