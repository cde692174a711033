"""Opening a chain: engines by name, what is missing or impossible, and Core's debugging check."""

import platform
import sys
from collections.abc import Iterator

import pytest

from sandbox.chains.bitcoin import CHAIN_TIME_LAG_SECONDS, ENGINES, EngineMissing, RegtestChain
from sandbox.chains.bitcoin.index_check import switch_off_index_check
from sandbox.chains.bitcoin.kernel_engine import KernelEngine


@pytest.fixture
def engine() -> Iterator[KernelEngine]:
    engine = KernelEngine()
    yield engine
    engine.close()


def test_the_engines_are_core_and_its_stand_in() -> None:
    assert list(ENGINES) == ["kernel", "python"]
    with pytest.raises(ValueError, match="unknown Bitcoin engine 'bitcoind'; there are kernel, python"):
        RegtestChain("bitcoind")


def test_a_missing_library_is_named_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "sandbox.chains.bitcoin.kernel_engine", raising=False)
    monkeypatch.setitem(sys.modules, "pbk", None)
    with pytest.raises(EngineMissing, match=r"py-bitcoinkernel==0\.1\.0a5.*'python'"):
        RegtestChain("kernel")


def test_a_chain_cannot_begin_before_regtest() -> None:
    with pytest.raises(ValueError, match="before 2021-02-02"):
        RegtestChain("python", genesis_time=1_296_688_602 + CHAIN_TIME_LAG_SECONDS)


def test_block_times_follow_simulated_time_at_a_constant_lag() -> None:
    start = 1_725_148_800
    with RegtestChain("python", genesis_time=start) as chain:
        chain.premine(chain.wallet("w"), 20)
        times = [chain._state.tree.at(height).header_time for height in (1, 20)]
        lagged = start - CHAIN_TIME_LAG_SECONDS
        assert times == [lagged - 20 * 600, lagged - 600]
        chain.mine(90)
        assert chain._state.tree.at(21).header_time == lagged + 90
        # Two blocks of one second: the median of the past forbids nothing here, so both keep their time.
        chain.mine(90)
        assert chain._state.tree.at(22).header_time == lagged + 90


def test_names_of_chains_and_wallets_make_different_keys() -> None:
    with RegtestChain("python", name="one") as one, RegtestChain("python", name="two") as two:
        addresses = {one.wallet("a").address, one.wallet("b").address, two.wallet("a").address}
        assert len(addresses) == 3
        assert all(address.startswith("bcrt1q") for address in addresses)
        assert one.wallet("a") is one.wallet("a")


def test_the_index_check_is_switched_off_only_where_it_is_recognised(engine: KernelEngine) -> None:
    assert not switch_off_index_check(engine._manager, engine._directory + "x")
    assert not switch_off_index_check(engine._manager, engine._directory[:-1])
    # Once cleared, the setting no longer looks as regtest leaves it: nothing is written a second time.
    assert not engine.index_check_off or not switch_off_index_check(engine._manager, engine._directory)


def test_the_index_check_is_off_where_the_pinned_library_was_studied(engine: KernelEngine) -> None:
    studied = sys.platform == "linux" and platform.machine() == "x86_64"
    assert engine.index_check_off or not studied
