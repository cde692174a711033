"""The other rule of choice: a firm stays with a rail that is good enough, and looks around only when it is not.

It is the structural alternative to the logit of :mod:`sandbox.policies.rail_choice`: same rails, same utility, no
trade-off between two that both do. What is good enough is a burden in percent of the value.
"""

from collections.abc import Sequence


def settle_for(utilities: Sequence[float], enough: float, last: int, uniform: float) -> int:
    """Position of the rail taken.

    ``enough`` is the least utility a firm is content with; ``last`` the position of the rail it used last (-1: none
    or not open to it). A content firm stays; one that is not takes by lot among the rails that would do, and the
    best there is when none does.
    """
    if last >= 0 and utilities[last] >= enough:
        return last
    doing = [position for position, value in enumerate(utilities) if value >= enough]
    if doing:
        return doing[min(int(uniform * len(doing)), len(doing) - 1)]
    return max(range(len(utilities)), key=utilities.__getitem__)
