"""Legal histories pass, however they interleave and however the journal is cut into chunks."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandbox.money import Asset


@pytest.mark.parametrize("chunk_rows", [1, 7, 64, 100_000])
def test_one_payment_of_each_kind_is_legal(history: Any, chunk_rows: int) -> None:
    history.audit(chunk_rows)


# Reorganisations take whole blocks back, so they stand alone, in the history of one payment of each kind.
_STORIES = (
    ("crypto", (Asset.USDT,)),
    ("crypto", (Asset.BTC,)),
    ("digital", ()),
    ("correspondent", ()),
    ("correspondent", (True, "RETRY")),
    ("correspondent", (True, "FAILED")),
    ("agent", ()),
    ("agent", (True,)),
    ("refused", ()),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    plan=st.lists(
        st.tuples(st.sampled_from(_STORIES), st.integers(0, 9_000), st.integers(1_000, 10**8)), max_size=12
    ),
    horizon=st.integers(1, 30_000),
    chunk_rows=st.integers(1, 300),
)
def test_interleaved_histories_are_legal(tiny_world: Any, plan: Any, horizon: int, chunk_rows: int) -> None:
    world = tiny_world()
    for (name, arguments), at, cents in plan:
        world.start(at, getattr(world, name), cents, *arguments)
    world.run(horizon).audit(chunk_rows)
