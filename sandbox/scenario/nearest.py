"""The nearest known name to a misspelt one: the 'did you mean' of every message."""

from collections.abc import Iterable

_LONGEST = 64


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known name within a third of the word's length in edits, or None.

    A swap of two neighbours counts as one edit; case, `-` and `_` do not count. Ties go to the name that
    shares the longer beginning, then to the alphabet.
    """
    target = _folded(word)
    if not target or len(target) > _LONGEST:
        return None
    limit = max(1, len(target) // 3)
    best: tuple[int, int, str] | None = None
    for name in known:
        candidate = _folded(name)
        if not candidate or abs(len(candidate) - len(target)) > limit:
            continue
        edits = _edits(target, candidate)
        if edits <= limit and edits < max(len(target), len(candidate)):
            rank = (edits, -_shared_beginning(target, candidate), name)
            best = rank if best is None else min(best, rank)
    return best[2] if best else None


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`did you mean 'x'?`, or nothing when no known name is near."""
    name = nearest(word, known)
    return f"did you mean '{name}'?" if name is not None else ""


def _folded(name: str) -> str:
    return name[: _LONGEST + 1].casefold().replace("-", "_")


def _shared_beginning(one: str, other: str) -> int:
    length = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        length += 1
    return length


def _edits(one: str, other: str) -> int:
    """Optimal string alignment distance: insert, delete, replace, swap neighbours."""
    before: list[int] = []
    above = list(range(len(other) + 1))
    for i, left in enumerate(one, start=1):
        row = [i]
        for j, right in enumerate(other, start=1):
            cost = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (left != right))
            if i > 1 and j > 1 and left == other[j - 2] and one[i - 2] == right:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before, above = above, row
    return above[-1]
