"""Every rule can fail: a legal history with one defect seeded is caught by the rule that should catch it."""

import pytest

from sandbox.audit import CHECKS, Violation
from tests.audit.defects import authority, chains, credit, goods, order, value
from tests.audit.histories import History

TABLES = (order.defect, value.defect, credit.defect, authority.defect, chains.defect, goods.defect)
DEFECTS = {name: entry for table in TABLES for name, entry in table.items()}


@pytest.mark.parametrize("name", sorted(DEFECTS))
def test_defect_is_caught_by_its_rule_however_the_journal_is_cut(history: History, name: str) -> None:
    rule, mutation = DEFECTS[name]
    broken = mutation(history)
    found = []
    for chunk_rows in (9, 100_000):
        with pytest.raises(Violation) as caught:
            broken.audit(chunk_rows)
        assert caught.value.rule == rule, str(caught.value)
        found.append(caught.value.finding)
    assert found[0] == found[1]


def test_every_rule_has_a_defect_that_breaks_it() -> None:
    assert {rule for rule, _ in DEFECTS.values()} == set(CHECKS)


def test_no_defect_hides_another_of_the_same_name() -> None:
    assert sum(map(len, TABLES)) == len(DEFECTS)
