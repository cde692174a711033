"""Whatever a journal holds, the auditor passes it or names a rule; it never stumbles itself."""

import importlib
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandbox.audit import CHECKS, Violation
from sandbox.journal import RECORD
from sandbox.journal.kinds import Kind

_FIELDS = tuple(RECORD.names or ())
_VALUES = st.one_of(
    st.integers(-3, 70), st.sampled_from((2**15, 2**31 - 1, -(2**31), 2**62, -(2**62), 2**63 - 1))
)


def _fits(name: str, value: int) -> int:
    """The value as the column would hold it."""
    bits = RECORD[name].itemsize * 8
    value &= (1 << bits) - 1
    return value if RECORD[name].kind == "u" or value < 1 << (bits - 1) else value - (1 << bits)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    changes=st.lists(
        st.tuples(st.integers(0, 10**6), st.sampled_from(_FIELDS), _VALUES), min_size=1, max_size=4
    ),
    chunk_rows=st.sampled_from((50, 100_000)),
)
def test_garbage_is_passed_or_named(
    history: Any, changes: list[tuple[int, str, int]], chunk_rows: int
) -> None:
    broken = history
    for row, name, value in changes:
        broken = broken.changed(row % len(history.records), **{name: _fits(name, value)})
    try:
        broken.audit(chunk_rows)
    except Violation as violation:
        assert violation.rule in CHECKS
        assert 0 <= violation.seq <= len(history.records)


def test_most_single_changes_of_what_matters_are_caught(history: Any) -> None:
    """Money, states, holds and hashes: one more or one less is seen in every row that has one."""
    watched = {
        Kind.POSTED: ("amount", "subject"),
        Kind.MOVED: ("subject", "object"),
        Kind.RESERVED: ("amount", "extra"),
        Kind.CONVERTED: ("amount", "extra"),
        Kind.CONSUMED: ("amount", "extra", "object"),
        Kind.FINAL: ("amount", "extra"),
        Kind.BLOCK: ("amount",),
    }
    seen = missed = 0
    for kind, names in watched.items():
        for row in (history.records["kind"] == int(kind)).nonzero()[0].tolist()[::3]:
            for name in names:
                try:
                    history.changed(row, **{name: int(history.records[name][row]) + 1}).audit(100_000)
                    missed += 1
                except Violation:
                    seen += 1
    assert seen > 200
    assert missed <= seen // 10, f"{missed} of {seen + missed} changes were not seen"


def test_every_rule_names_the_module_that_checks_it() -> None:
    for rule in CHECKS.values():
        importlib.import_module(f"sandbox.audit.{rule.family}")
        assert rule.sentence.endswith(".") and len(rule.sentence) < 100
