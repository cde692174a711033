"""Rows of one payment, account or transaction brought together, each still in its order.

A rule such as "the state left is the state last entered" looks from a row to the row before it with the same
key. Sorting the rows of a chunk by key puts those two side by side, so that a whole chunk is checked with a
few array operations; what stood before the chunk comes from :class:`sandbox.audit.cells.Cells`.
"""

from functools import cached_property

import numpy as np

from sandbox.audit.cells import Cells
from sandbox.audit.violation import Bools, Ints


def stable_order(keys: Ints) -> Ints:
    """Indices that sort ``keys`` (all >= 0), equal keys in their order.

    Keys close to one another, as those of the orders in flight are, sort by radix in 16 bits. Else key and
    index share one 64-bit number where they fit, which numpy sorts faster than it finds a stable order.
    """
    if not len(keys):
        return np.empty(0, np.int64)
    low, high = int(keys.min()), int(keys.max())
    if high - low < 1 << 16:
        return np.argsort((keys - low).astype(np.uint16), kind="stable")
    bits = len(keys).bit_length()
    if high >= 1 << (63 - bits):
        return np.argsort(keys, kind="stable")
    joined = (keys << bits) | np.arange(len(keys), dtype=np.int64)
    joined.sort()
    return joined & ((1 << bits) - 1)


class Groups:
    """Rows sorted by key; everything below is in that sorted order."""

    def __init__(self, keys: Ints) -> None:
        self.order = stable_order(keys)
        """Index of the row in the arrays that were given."""
        self.keys = keys[self.order]
        self.heads: Bools = np.empty(len(keys), np.bool_)
        """Whether the row is its group's first."""
        if len(keys):
            self.heads[0] = True
            np.not_equal(self.keys[1:], self.keys[:-1], out=self.heads[1:])

    def __len__(self) -> int:
        return len(self.keys)

    @cached_property
    def tails(self) -> Bools:
        """Whether the row is its group's last."""
        tails = np.empty_like(self.heads)
        tails[:-1] = self.heads[1:]
        tails[-1:] = True
        return tails

    @cached_property
    def starts(self) -> Ints:
        """Index of the first row of the row's group."""
        index = np.where(self.heads, np.arange(len(self), dtype=np.int64), 0)
        return np.maximum.accumulate(index)

    def take(self, column: Ints) -> Ints:
        """A column in sorted order."""
        return column[self.order]

    def previous(self, values: Ints, carry: Cells | int) -> Ints:
        """The value of the row before in the group; of a group's first row, what was carried."""
        before = np.empty_like(values)
        before[1:] = values[:-1]
        before[self.heads] = carry if isinstance(carry, int) else carry.at(self.keys[self.heads])
        return before

    def latest(self, mask: Bools, values: Ints, carry: Cells | int) -> Ints:
        """The value at the last row of the group, up to and with this one, that ``mask`` marks."""
        index = np.where(mask, np.arange(len(self), dtype=np.int64), -1)
        if len(self):
            np.maximum.accumulate(index, out=index)
        inside = index >= self.starts
        rest = carry if isinstance(carry, int) else carry.at(self.keys)
        return np.where(inside, values[np.maximum(index, 0)], rest)

    def running(self, values: Ints, carry: Cells | int) -> Ints:
        """The sum within the group up to and with this row, on top of what was carried."""
        sums = np.cumsum(values)
        base = sums[self.starts] - values[self.starts] if len(self) else sums
        rest = carry if isinstance(carry, int) else carry.at(self.keys)
        return sums - base + rest

    def leave(self, cells: Cells, values: Ints) -> None:
        """Carry each group's last value to the next chunk."""
        tails = self.tails
        cells.put(self.keys[tails], values[tails])
