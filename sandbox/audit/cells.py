"""A few numbers per payment, account, hold or transaction, in arrays that grow with the run."""

import numpy as np
import numpy.typing as npt

from sandbox.audit.violation import Ints


class Cells:
    """An array by number, ``fill`` where nothing has been written yet."""

    __slots__ = ("_fill", "data")

    def __init__(self, dtype: npt.DTypeLike = np.int64, fill: int = 0) -> None:
        self._fill = fill
        self.data: npt.NDArray[np.integer] = np.full(64, fill, dtype)

    def reach(self, highest: int) -> None:
        """Make room for numbers up to ``highest``."""
        size = len(self.data)
        if highest >= size:
            grown = np.full(max(highest + 1, 2 * size), self._fill, self.data.dtype)
            grown[:size] = self.data
            self.data = grown

    def at(self, numbers: Ints) -> Ints:
        """The values at these numbers, as 64-bit integers."""
        if len(numbers):
            self.reach(int(numbers.max()))
        return self.data[numbers].astype(np.int64, copy=False)

    def put(self, numbers: Ints, values: Ints | int) -> None:
        """Write values; of a number that occurs twice the last counts."""
        if len(numbers):
            self.reach(int(numbers.max()))
            self.data[numbers] = values
