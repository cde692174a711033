"""Which share of the cohort has come to each ending by a time: the Aalen-Johansen estimator of the metrics."""

from dataclasses import dataclass

import numpy as np

from sandbox.lifecycle import TERMINALS, State
from sandbox.metrics.incidence import aalen_johansen
from sandbox.report.readings import CENSORED, ENDINGS
from sandbox.report.runfolder import RunFolder

#: Points of a curve; they lie evenly on a logarithmic axis.
_POINTS = 120

#: Times that the table behind the curves tells, in days: those of the metric ``time_cif``.
TABLE_DAYS = (1, 7, 30, 90)


@dataclass(frozen=True, slots=True, kw_only=True)
class Incidence:
    """One ending's cumulative incidence."""

    ending: str
    direction: str
    """``import`` or ``export``; "" for the whole cohort."""
    seconds: tuple[int, ...]
    """Since the order, ascending."""
    shares: tuple[float, ...]
    """Of all payments of the cohort; censored payments count while they were seen."""


def incidences(run: RunFolder, at: tuple[int, ...] = (), direction: str = "") -> list[Incidence]:
    """A curve for each ending that occurs, at the seconds ``at`` or at points that fit the run.

    ``direction`` keeps the payments of one direction of trade.

    ``readings.prepare`` must have been called on the folder.
    """
    found = run.columns(
        "select created, moved, state from fate where $1 in ('', direction)",
        [direction],
    )
    created = np.asarray(found["created"], dtype=np.int64)
    if not len(created):
        return []
    states = np.asarray(found["state"], dtype=np.int64)
    ended = np.isin(states, [int(state) for state in TERMINALS])
    observed = np.where(ended, np.asarray(found["moved"], dtype=np.int64), run.horizon) - created
    causes = np.where(ended, states, 0)
    times = at or _points(int(observed.max()))
    return [
        Incidence(
            ending=ending,
            direction=direction,
            seconds=times,
            shares=tuple(
                aalen_johansen(observed.tolist(), causes.tolist(), cause=int(State[ending]), at=times)
            ),
        )
        for ending in ENDINGS
        if ending != CENSORED and (causes == int(State[ending])).any()
    ]


def _points(longest: int) -> tuple[int, ...]:
    spread = np.geomspace(1, max(longest, 10), _POINTS).round().astype(np.int64)
    return tuple(int(second) for second in np.unique(spread))
