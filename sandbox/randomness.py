"""Chance with names: one stream for each purpose and entity.

A stream's key is a hash of seed, replication and name, never of the order of creation, so arms of an
experiment share their luck (common random numbers) and adding a stream changes no other. A uniform is
``(k + 1/2) / 2**52`` with k the top 52 bits of a Philox word, hence strictly between 0 and 1; every other
draw is a function of exactly one uniform, so draws of different kinds consume alike.
"""

from array import array
from bisect import bisect_right
from collections.abc import Sequence
from hashlib import blake2b
from itertools import accumulate
from math import exp, log

import numpy as np
from numpy.typing import NDArray

_FIRST_BATCH = 16
_LONGEST_BATCH = 4_096

_BLOCK_BITS = 10
_BLOCK = 1 << _BLOCK_BITS
_MASK = _BLOCK - 1
#: Blocks kept for each indexed stream: 24 of 8 KiB cover 3,000 orders of 8 attempts, more than are often under way.
_BLOCKS_KEPT = 24

#: A Philox step gives four words; its counter has 256 bits.
_WORDS = 4
_COUNTERS = 1 << 256


class StreamNameTaken(ValueError):
    """A stream was asked for twice: two users of one stream would spoil each other's draws."""


class StreamKeyCollision(RuntimeError):
    """Two names hash to one key: their draws would be identical."""


class Streams:
    """All streams of one replication of one seed."""

    def __init__(self, seed: int, replication: int = 0) -> None:
        self.seed = seed
        self.replication = replication
        self._names: dict[bytes, str] = {}

    def named(self, name: str) -> "Stream":
        """The sequential stream of ``name``, such as ``bank/3/kyc``; each name is given out once."""
        return Stream(name, self._philox(name))

    def indexed(self, name: str) -> "IndexedStream":
        """The stream of ``name`` whose draws are addressed by number; each name is given out once."""
        return IndexedStream(name, self._philox(name))

    @property
    def names(self) -> tuple[str, ...]:
        """The names given out so far, oldest first."""
        return tuple(self._names.values())

    def _philox(self, name: str) -> np.random.Philox:
        key = self._key(name)
        taken = self._names.get(key)
        if taken == name:
            raise StreamNameTaken(f"stream {name!r} is already in use")
        if taken is not None:
            raise StreamKeyCollision(f"streams {taken!r} and {name!r} have one key")
        self._names[key] = name
        return np.random.Philox(key=int.from_bytes(key, "little"))

    def _key(self, name: str) -> bytes:
        """The 128-bit key of a name under this seed and replication."""
        text = f"{self.seed}|{self.replication}|{name}"
        return blake2b(text.encode(), digest_size=16).digest()


def _uniforms(words: NDArray[np.uint64]) -> NDArray[np.float64]:
    """Uniforms strictly inside (0, 1) from 64-bit words."""
    return ((words >> np.uint64(12)).astype(np.float64) + 0.5) * 2.0**-52


def _normals(uniforms: Sequence[float]) -> "array[float]":
    """Standard normals by the inverse distribution function: deterministic, one uniform each."""
    from scipy.special import ndtri  # imported late: it costs .1 s, and few commands draw

    return array("d", ndtri(np.asarray(uniforms)).tobytes())


class Stream:
    """Draws in sequence; words are fetched in batches that grow with use."""

    __slots__ = ("_batch", "_philox", "_uniforms", "name")

    def __init__(self, name: str, philox: np.random.Philox) -> None:
        self.name = name
        self._philox = philox
        self._uniforms: list[float] = []
        self._batch = _FIRST_BATCH

    def uniform(self) -> float:
        """A number in (0, 1)."""
        if not self._uniforms:
            self._fetch()
        return self._uniforms.pop()

    def exponential(self, mean: float) -> float:
        """An exponential draw with this mean."""
        if not self._uniforms:
            self._fetch()
        return -mean * log(self._uniforms.pop())

    def normal(self, mean: float = 0.0, sd: float = 1.0) -> float:
        """A normal draw."""
        return mean + sd * _normals((self.uniform(),))[0]

    def lognormal(self, median: float, sigma: float) -> float:
        """A log-normal draw: ``median * exp(sigma * normal)``."""
        return median * exp(self.normal(0.0, sigma))

    def integers(self, n: int) -> int:
        """A whole number in [0, n), for n up to 2**32."""
        if not 0 < n <= 1 << 32:
            raise ValueError(f"a choice is among 1 to 2**32 numbers, not {n}")
        return int(self.uniform() * n)

    def index(self, weights: Sequence[float]) -> int:
        """A position in ``weights`` with probability proportional to its weight."""
        return weighted_index(self.uniform(), weights)

    def bernoulli(self, p: float) -> bool:
        """True with probability ``p``."""
        return self.uniform() < p

    def uniforms(self, n: int) -> NDArray[np.float64]:
        """The next ``n`` uniforms at once: the same numbers that ``n`` single calls would give."""
        kept = self._uniforms[::-1][:n]
        del self._uniforms[len(self._uniforms) - len(kept) :]
        fresh = _uniforms(self._philox.random_raw(n - len(kept)))
        return np.concatenate((np.array(kept, dtype=np.float64), fresh))

    def normals(self, n: int) -> NDArray[np.float64]:
        """The next ``n`` standard normals at once."""
        from scipy.special import ndtri

        return np.asarray(ndtri(self.uniforms(n)), dtype=np.float64)

    def _fetch(self) -> None:
        # Taken from the end, so the batch is reversed; its size never shows in the values.
        self._uniforms = _uniforms(self._philox.random_raw(self._batch))[::-1].tolist()
        self._batch = min(2 * self._batch, _LONGEST_BATCH)


class IndexedStream:
    """Draws addressed by number: the value at an index does not depend on what was asked before.

    One index holds one draw: ``uniform(i)`` and ``normal(i)`` are two views of the same number. Callers
    number their draws, as in order number * 8 + attempt.
    """

    __slots__ = ("_blocks", "_next_block", "_normal_blocks", "_philox", "name")

    def __init__(self, name: str, philox: np.random.Philox) -> None:
        self.name = name
        self._philox = philox
        self._next_block = 0
        self._blocks: dict[int, array[float]] = {}
        self._normal_blocks: dict[int, array[float]] = {}

    def uniform(self, index: int) -> float:
        """A number in (0, 1)."""
        block = self._blocks.get(index >> _BLOCK_BITS)
        if block is None:
            block = self._fetch(index)
        return block[index & _MASK]

    def exponential(self, index: int, mean: float) -> float:
        """An exponential draw with this mean."""
        block = self._blocks.get(index >> _BLOCK_BITS)
        if block is None:
            block = self._fetch(index)
        return -mean * log(block[index & _MASK])

    def normal(self, index: int, mean: float = 0.0, sd: float = 1.0) -> float:
        """A normal draw."""
        block = self._normal_blocks.get(index >> _BLOCK_BITS)
        if block is None:
            block = self._fetch_normals(index)
        return mean + sd * block[index & _MASK]

    def lognormal(self, index: int, median: float, sigma: float) -> float:
        """A log-normal draw: ``median * exp(sigma * normal)``."""
        block = self._normal_blocks.get(index >> _BLOCK_BITS)
        if block is None:
            block = self._fetch_normals(index)
        return median * exp(sigma * block[index & _MASK])

    def bernoulli(self, index: int, p: float) -> bool:
        """True with probability ``p``."""
        block = self._blocks.get(index >> _BLOCK_BITS)
        if block is None:
            block = self._fetch(index)
        return block[index & _MASK] < p

    def integers(self, index: int, n: int) -> int:
        """A whole number in [0, n), for n up to 2**32."""
        if not 0 < n <= 1 << 32:
            raise ValueError(f"a choice is among 1 to 2**32 numbers, not {n}")
        return int(self.uniform(index) * n)

    def index(self, index: int, weights: Sequence[float]) -> int:
        """A position in ``weights`` with probability proportional to its weight."""
        return weighted_index(self.uniform(index), weights)

    def _fetch(self, index: int) -> "array[float]":
        number = index >> _BLOCK_BITS
        if not 0 <= number < 1 << 53:
            raise IndexError(f"stream {self.name!r} has no draw number {index}")
        steps = (number - self._next_block) * (_BLOCK // _WORDS)
        self._philox.advance(steps % _COUNTERS)
        self._next_block = number + 1
        block = array("d", _uniforms(self._philox.random_raw(_BLOCK)).tobytes())
        _keep(self._blocks, number, block)
        return block

    def _fetch_normals(self, index: int) -> "array[float]":
        number = index >> _BLOCK_BITS
        uniforms = self._blocks.get(number)
        block = _normals(self._fetch(index) if uniforms is None else uniforms)
        _keep(self._normal_blocks, number, block)
        return block


def _keep(blocks: "dict[int, array[float]]", number: int, block: "array[float]") -> None:
    """Remember a block, forgetting the one fetched longest ago when there are too many."""
    if len(blocks) >= _BLOCKS_KEPT:
        del blocks[next(iter(blocks))]
    blocks[number] = block


def weighted_index(uniform: float, weights: Sequence[float]) -> int:
    """The position that ``uniform`` in (0, 1) falls on when [0, 1) is cut in proportion to ``weights``.

    Raises ValueError for no weights, a negative one, or a sum that is not positive.
    """
    sums = list(accumulate(weights))
    if not sums or not sums[-1] > 0 or min(weights) < 0:
        raise ValueError("weights are not negative and have a positive sum")
    # A product that rounds up to the total must not fall on a weight of zero at the end.
    return min(bisect_right(sums, uniform * sums[-1]), bisect_right(sums, sums[-1] * (1 - 2.0**-52)))
