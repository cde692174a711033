"""The charts: one function each, from readings to a Plotly Figure; page, report and notebook share them.

A chart never holds what its reading does not; lines are thinned to :data:`LINE_POINTS` points. Names that
a scenario's author chose are escaped, because Plotly reads a little HTML in its labels. Words are those of the
language spoken (``wording.speaking``).
"""

from sandbox.report.charts.chain import chain_view
from sandbox.report.charts.differences import policy_differences
from sandbox.report.charts.frame import plain
from sandbox.report.charts.levels import balances_over_time, queues_over_time
from sandbox.report.charts.payment import payment_gantt
from sandbox.report.charts.speed import cumulative_incidence, settlement_times
from sandbox.report.charts.value import corridor, endings_by_rail, value_flow

__all__ = [
    "balances_over_time",
    "chain_view",
    "corridor",
    "cumulative_incidence",
    "endings_by_rail",
    "payment_gantt",
    "plain",
    "policy_differences",
    "queues_over_time",
    "settlement_times",
    "value_flow",
]
