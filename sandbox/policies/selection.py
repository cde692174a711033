"""Who is asked into the focus group first: pure rules that order candidates."""

from collections.abc import Callable, Sequence

from sandbox.stage import Rule

#: (index, turnover, sector, lot): what a rule may look at.
Candidate = tuple[int, float, str, float]


def ordered(candidates: Sequence[Candidate], rule: Rule, quotas: dict[str, int]) -> list[int]:
    """Indices in the order in which firms are invited.

    Sector quotas come first: the best of each named sector, as many as it has places; then everyone else by
    the rule. ``balanced`` takes the sectors in turn, the largest firm of each.
    """
    ranked = sorted(candidates, key=_key(rule))
    if rule == "balanced":
        ranked = _in_turn(ranked)
    held: list[int] = []
    left = dict(quotas)
    for index, _, sector, _ in ranked:
        if left.get(sector, 0) > 0:
            left[sector] -= 1
            held.append(index)
    taken = set(held)
    position = {index: place for place, (index, *_rest) in enumerate(ranked)}
    held.sort(key=position.__getitem__)
    return held + [index for index, *_rest in ranked if index not in taken]


def _key(rule: Rule) -> Callable[[Candidate], tuple[float, int]]:
    if rule == "lottery":
        return lambda row: (row[3], row[0])
    return lambda row: (-row[1], row[0])


def _in_turn(ranked: Sequence[Candidate]) -> list[Candidate]:
    queues: dict[str, list[Candidate]] = {}
    for row in ranked:
        queues.setdefault(row[2], []).append(row)
    result: list[Candidate] = []
    while any(queues.values()):
        for sector in sorted(queues):
            if queues[sector]:
                result.append(queues[sector].pop(0))
    return result


__all__ = ["Candidate", "Rule", "ordered"]
