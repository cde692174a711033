"""A firm's membership of a regime as one number, so that what is known of it lies in an array."""

import numpy as np

from sandbox.audit.violation import Ints

#: No world has more regimes than this.
_MOST = 16


class Memberships:
    """Numbers for pairs of a firm and a regime."""

    def __init__(self) -> None:
        self._places: dict[int, int] = {}
        """Regime entity -> its place in order of appearance."""

    def numbers(self, firms: Ints, regimes: Ints) -> Ints:
        """The number of each pair."""
        place = np.zeros(len(regimes), np.int64)
        for regime in np.unique(regimes).tolist():
            place[regimes == regime] = self._places.setdefault(regime, len(self._places)) % _MOST
        return firms * _MOST + place

    @staticmethod
    def firm(number: int) -> int:
        """The firm of a pair."""
        return number // _MOST
