"""Metrics: pure functions from a run's journal to numbers with unit, definition and the SQL behind them."""

from sandbox.metrics.compute import compute_all
from sandbox.metrics.facts import DelayTerms, RunFacts, ScreeningTerms, business_days
from sandbox.metrics.measured import Measured, Metric
from sandbox.metrics.staging import STAGING
from sandbox.metrics.table import BY_NAME, FAMILIES, METRICS

__all__ = [
    "BY_NAME",
    "FAMILIES",
    "METRICS",
    "STAGING",
    "DelayTerms",
    "Measured",
    "Metric",
    "RunFacts",
    "ScreeningTerms",
    "business_days",
    "compute_all",
]
