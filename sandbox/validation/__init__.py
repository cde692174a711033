"""The known-answer scorecard: the product's own components against theory, and its output against published facts."""

from sandbox.validation.check import Check, Verdict
from sandbox.validation.misfit import Fit, Pattern
from sandbox.validation.patterns import PATTERNS, run_patterns
from sandbox.validation.reading import Effort, Reading
from sandbox.validation.table import CHECKS, NOT_YET, UnknownCheck, run_check, run_checks

__all__ = [
    "CHECKS",
    "NOT_YET",
    "PATTERNS",
    "Check",
    "Effort",
    "Fit",
    "Pattern",
    "Reading",
    "UnknownCheck",
    "Verdict",
    "run_check",
    "run_checks",
    "run_patterns",
]
