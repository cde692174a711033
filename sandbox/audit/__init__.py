"""The rules that must hold in every run, checked on the journal and the chains as the run goes on.

Imports no engine: what it knows it has folded anew from the rows.
"""

from sandbox.audit.auditor import Auditor
from sandbox.audit.facts import AccountRow, ChainTerms, Owed, Terms
from sandbox.audit.message import message
from sandbox.audit.rules import CHECKS, Rule
from sandbox.audit.violation import Finding, Violation

__all__ = [
    "CHECKS",
    "AccountRow",
    "Auditor",
    "ChainTerms",
    "Finding",
    "Owed",
    "Rule",
    "Terms",
    "Violation",
    "message",
]
