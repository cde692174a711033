"""Named chance: values depend on seed, replication, name and index, and on nothing else."""

from math import exp, log, sqrt
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import kstest

from sandbox import randomness
from sandbox.randomness import StreamKeyCollision, StreamNameTaken, Streams, weighted_index

NAMES = st.text(min_size=1, max_size=12)
INDICES = st.lists(
    st.one_of(st.integers(0, 5_000), st.integers(0, 10**9)), min_size=1, max_size=30, unique=True
)


def test_first_draws_are_pinned() -> None:
    """A change of these numbers changes every journal ever made."""
    stream = Streams(2024, 3).named("bank/3/kyc")
    assert [stream.uniform() for _ in range(3)] == PINNED_STREAM
    indexed = Streams(2024, 3).indexed("screening/alert")
    assert [indexed.uniform(i) for i in (0, 8, 1_000_000)] == PINNED_INDEXED


PINNED_STREAM = [0.37638462228132996, 0.10061812320522778, 0.2278415831890176]
PINNED_INDEXED = [0.15219910607741716, 0.02945803350741316, 0.5091890307808952]


@given(st.integers(0, 2**63), INDICES, st.data())
def test_a_value_does_not_depend_on_what_was_asked_before(
    seed: int, indices: list[int], data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(indices))
    forward = Streams(seed).indexed("a")
    expected = {i: forward.uniform(i) for i in indices}
    other = Streams(seed).indexed("a")
    assert {i: other.uniform(i) for i in shuffled} == expected


def test_blocks_that_were_forgotten_come_back_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    plenty = Streams(1).indexed("a")
    expected = [(plenty.uniform(i), plenty.normal(i)) for i in range(0, 40_000, 700)]
    monkeypatch.setattr(randomness, "_BLOCKS_KEPT", 2)
    scarce = Streams(1).indexed("a")
    for _ in range(2):
        assert [(scarce.uniform(i), scarce.normal(i)) for i in range(0, 40_000, 700)] == expected
    assert len(scarce._blocks) <= 2 and len(scarce._normal_blocks) <= 2


@given(st.lists(NAMES, min_size=1, max_size=8, unique=True))
def test_other_streams_change_nothing(names: list[str]) -> None:
    alone = Streams(7).named("the stream itself")
    expected = [alone.uniform() for _ in range(40)]
    streams = Streams(7)
    for name in names:
        streams.named(name).uniform()
    stream = streams.named("the stream itself")
    assert [stream.uniform() for _ in range(40)] == expected


def test_batches_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    usual = Streams(1).named("a")
    expected = [usual.uniform() for _ in range(300)]
    monkeypatch.setattr(randomness, "_FIRST_BATCH", 1)
    monkeypatch.setattr(randomness, "_LONGEST_BATCH", 7)
    odd = Streams(1).named("a")
    assert [odd.uniform() for _ in range(300)] == expected


def test_kinds_of_draw_consume_alike() -> None:
    mixed, plain = Streams(1).named("a"), Streams(1).named("a")
    mixed.normal(), mixed.exponential(3.0), mixed.lognormal(2.0, 1.0), mixed.integers(6), mixed.bernoulli(0.5)
    mixed.index([1, 2, 3])
    for _ in range(6):
        plain.uniform()
    assert mixed.uniform() == plain.uniform()


def test_seed_replication_and_name_all_count() -> None:
    values = {
        Streams(seed, replication).named(name).uniform()
        for seed in range(5)
        for replication in range(5)
        for name in ("a", "b", "a|b")
    }
    assert len(values) == 75


def test_a_name_is_given_out_once() -> None:
    streams = Streams(1)
    streams.named("a")
    for again in (streams.named, streams.indexed):
        with pytest.raises(StreamNameTaken, match="'a'"):
            again("a")
    assert streams.names == ("a",)


def test_two_names_with_one_key_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    streams = Streams(1)
    monkeypatch.setattr(streams, "_key", lambda name: bytes(16))
    streams.named("a")
    with pytest.raises(StreamKeyCollision, match="'a' and 'b'"):
        streams.indexed("b")


def test_uniforms_stay_strictly_between_0_and_1() -> None:
    ends = randomness._uniforms(np.array([0, 2**64 - 1], dtype=np.uint64))
    assert 0 < ends[0] < 1e-15 and 1 - 1e-15 < ends[1] < 1


def test_distributions_have_the_right_shape() -> None:
    streams, n = Streams(11), 20_000
    stream, indexed = streams.named("s"), streams.indexed("i")
    samples = {
        "uniform": ([stream.uniform() for _ in range(n)], lambda x: x),
        "exponential": (
            [stream.exponential(5.0) for _ in range(n)],
            lambda x: 1 - np.exp(-np.asarray(x) / 5),
        ),
        "indexed exponential": (
            [indexed.exponential(i, 5.0) for i in range(n)],
            lambda x: 1 - np.exp(-x / 5),
        ),
        "indexed uniform": ([indexed.uniform(8 * i) for i in range(n)], lambda x: x),
    }
    for name, (values, cdf) in samples.items():
        assert kstest(values, cdf).pvalue > 1e-3, name
    normals = [indexed.normal(i, 2.0, 3.0) for i in range(n)]
    assert kstest(normals, "norm", args=(2.0, 3.0)).pvalue > 1e-3
    # The test can fail: a wrong spread is found at once.
    assert kstest(normals, "norm", args=(2.0, 3.3)).pvalue < 1e-3


@given(st.integers(0, 100_000))
def test_every_kind_is_a_view_of_one_uniform(i: int) -> None:
    indexed = Streams(5).indexed("a")
    u = indexed.uniform(i)
    z = NormalDist().inv_cdf(u)
    assert indexed.exponential(i, 3.0) == -3.0 * log(u)
    assert indexed.normal(i) == pytest.approx(z, abs=1e-9)
    assert indexed.lognormal(i, 2.0, 0.5) == pytest.approx(2.0 * exp(0.5 * z), rel=1e-9)
    assert indexed.bernoulli(i, u + 1e-12) and not indexed.bernoulli(i, u)
    assert indexed.integers(i, 10) == int(u * 10)
    assert indexed.index(i, [1, 1]) == (u >= 0.5)


def test_streams_are_uncorrelated() -> None:
    n = 20_000
    streams = Streams(3)
    draws = np.array([[s.uniform() for _ in range(n)] for s in map(streams.named, "abcd")])
    correlation = np.corrcoef(draws)
    assert np.abs(correlation - np.eye(4)).max() < 4 / sqrt(n)


def test_weights() -> None:
    assert [weighted_index(u, [1, 0, 3]) for u in (0.01, 0.24, 0.26, 0.99)] == [0, 0, 2, 2]
    assert weighted_index(1 - 2.0**-53, [0.1, 0.2, 0.0]) == 1
    for bad in ([], [0, 0], [1, -1], [-1, 3]):
        with pytest.raises(ValueError, match="weights"):
            weighted_index(0.5, bad)


def test_numbers_out_of_range_are_refused() -> None:
    streams = Streams(1)
    stream, indexed = streams.named("a"), streams.indexed("b")
    for n in (0, -1, 2**33):
        with pytest.raises(ValueError):
            stream.integers(n)
        with pytest.raises(ValueError):
            indexed.integers(0, n)
    for draw in (indexed.uniform, indexed.normal):
        with pytest.raises(IndexError, match="'b'"):
            draw(-1)
