"""Competing risks: how likely is an ending by a time, when other endings would prevent it.

One minus Kaplan-Meier, with the other endings taken as censored, answers another question (what if nothing
else could happen) and reads too high; this is the estimator that answers the one asked.
"""

from collections.abc import Sequence

import numpy as np


def aalen_johansen(
    seconds: Sequence[int], causes: Sequence[int], *, cause: int, at: Sequence[int]
) -> list[float]:
    """Cumulative incidence of ``cause`` at the times ``at``.

    ``seconds`` is how long each subject was observed, ``causes`` what ended it (0: censored then). An ending
    at the very second of a censoring counts as seen: the censored subject was still at risk. Beyond the last
    observation the curve stays where it is. Raises ValueError if there is no subject or a time is negative.
    """
    times = np.asarray(seconds, dtype=np.int64)
    kinds = np.asarray(causes, dtype=np.int64)
    if times.size == 0 or times.size != kinds.size:
        raise ValueError(f"{times.size} times and {kinds.size} causes make no sample")
    if times.min() < 0:
        raise ValueError("nothing ends before it began")
    moments, where = np.unique(times, return_inverse=True)
    ended = np.bincount(where, weights=kinds != 0)
    of_cause = np.bincount(where, weights=kinds == cause)
    leaving = np.bincount(where)
    at_risk = times.size - np.concatenate(([0], np.cumsum(leaving)[:-1]))
    surviving_before = np.concatenate(([1.0], np.cumprod(1.0 - ended / at_risk)[:-1]))
    # The sum of the steps may pass 1 by a rounding of its last place.
    incidence = np.minimum(1.0, np.concatenate(([0.0], np.cumsum(surviving_before * of_cause / at_risk))))
    return [float(incidence[np.searchsorted(moments, moment, side="right")]) for moment in at]
