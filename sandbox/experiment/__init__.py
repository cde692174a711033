"""Experiments: arms x replications on common random numbers, kept durably and compared pair by pair."""

from sandbox.experiment.comparison import Comparison, Delta, Row, compare, comparison_of
from sandbox.experiment.design import Arm, Design, Task
from sandbox.experiment.executor import Outcome, execute, replicate
from sandbox.experiment.statistics import Difference, Mean, mean_of, paired_difference
from sandbox.experiment.store import ExperimentStore, OtherExperiment, StoreBusy

__all__ = [
    "Arm",
    "Comparison",
    "Delta",
    "Design",
    "Difference",
    "ExperimentStore",
    "Mean",
    "OtherExperiment",
    "Outcome",
    "Row",
    "StoreBusy",
    "Task",
    "compare",
    "comparison_of",
    "execute",
    "mean_of",
    "paired_difference",
    "replicate",
]
