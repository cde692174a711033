"""Who is asked first: by size, by lot, in turn over the sectors, with places held."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.policies.selection import Candidate, Rule, ordered

SECTORS = ["civil", "electronics", "metals"]
FIRMS: list[Candidate] = [
    (0, 10.0, "civil", 0.9),
    (1, 50.0, "civil", 0.2),
    (2, 40.0, "metals", 0.5),
    (3, 5.0, "electronics", 0.1),
    (4, 30.0, "civil", 0.7),
    (5, 20.0, "metals", 0.3),
]


@pytest.mark.parametrize(
    ("rule", "quotas", "expected"),
    [
        ("turnover", {}, [1, 2, 4, 5, 0, 3]),
        ("lottery", {}, [3, 1, 5, 2, 4, 0]),
        ("balanced", {}, [1, 3, 2, 4, 5, 0]),
        ("turnover", {"electronics": 1, "metals": 2}, [2, 5, 3, 1, 4, 0]),
        ("lottery", {"civil": 1}, [1, 3, 5, 2, 4, 0]),
        ("turnover", {"drone": 3}, [1, 2, 4, 5, 0, 3]),
    ],
)
def test_known_orders(rule: Rule, quotas: dict[str, int], expected: list[int]) -> None:
    assert ordered(FIRMS, rule, quotas) == expected


candidates = st.lists(
    st.tuples(st.floats(0.01, 1e6), st.sampled_from(SECTORS), st.floats(0, 1)), max_size=30
).map(lambda rows: [(index, *row) for index, row in enumerate(rows)])


@given(
    candidates,
    st.sampled_from(["turnover", "lottery", "balanced"]),
    st.dictionaries(st.sampled_from(SECTORS), st.integers(0, 5)),
)
def test_everyone_stands_on_the_list_once_and_held_places_come_first(
    firms: list[Candidate], rule: Rule, quotas: dict[str, int]
) -> None:
    asked = ordered(firms, rule, quotas)
    assert sorted(asked) == [firm[0] for firm in firms]
    sector = {firm[0]: firm[2] for firm in firms}
    there = {name: sum(firm[2] == name for firm in firms) for name in SECTORS}
    first = asked[: sum(min(count, there[name]) for name, count in quotas.items())]
    for name, count in quotas.items():
        assert sum(sector[index] == name for index in first) == min(count, there[name])
    for name in SECTORS:
        of_sector = [index for index in asked if sector[index] == name]
        ranks = [firms[index][3] if rule == "lottery" else -firms[index][1] for index in of_sector]
        assert ranks == sorted(ranks)
