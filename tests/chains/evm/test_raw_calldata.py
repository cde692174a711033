"""Calldata that nobody encoded: it is read or refused, and no other fault is taken for a refusal."""

from typing import Any

import pytest
from eth_abi.abi import encode
from hypothesis import example, given
from hypothesis import strategies as st

from sandbox.chains.evm import contract as contract_module
from sandbox.chains.evm.abi import UNREADABLE, decoded
from sandbox.chains.evm.artefact import artefact
from sandbox.chains.evm.contract import Contract

ADDRESS = "0x" + "11" * 20
HUGE = (2**256 - 1).to_bytes(32, "big")

#: Words that offsets and lengths go wrong with, and bytes after the last whole word.
words = st.one_of(
    st.sampled_from([0, 1, 32, 64, 96, 2**63, 2**64 - 1, 2**255, 2**256 - 1]), st.integers(0, 2**256 - 1)
).map(lambda word: word.to_bytes(32, "big"))
raw = st.builds(
    lambda whole, rest: b"".join(whole) + rest, st.lists(words, max_size=5), st.binary(max_size=31)
)
types = st.sampled_from(
    [
        ("string",),
        ("bytes", "bool"),
        ("address", "uint256"),
        ("uint256[]",),
        ("string[]",),
        ("bytes32", "uint8"),
    ]
)


def token(name: str = "usdt") -> Contract:
    """A contract that is read only: no chain stands behind it."""
    return Contract(None, artefact(name), ADDRESS)  # type: ignore[arg-type]  # its chain is not asked


@given(types, raw)
@example(("string",), HUGE)
@example(("string",), encode(["bytes"], [b"\xff"]))
@example(("address",), b"")
def test_any_bytes_are_read_or_refused(kinds: tuple[str, ...], data: bytes) -> None:
    try:
        assert len(decoded(kinds, data)) == len(kinds)
    except UNREADABLE:
        pass


@given(raw)
def test_raw_calldata_of_a_known_function(data: bytes) -> None:
    usdt = token()
    transfer = usdt.function("transfer")
    parsed = usdt.parsed(transfer.selector + data)
    if parsed is not None:
        function, args = parsed
        assert function is transfer
        assert transfer.encode(*args) == transfer.selector + data[:64]


def test_another_fault_than_the_bytes_is_not_swallowed(monkeypatch: pytest.MonkeyPatch) -> None:
    usdt = token()
    calldata = usdt.function("transfer").encode(ADDRESS, 1)
    assert usdt.parsed(calldata) is not None

    def broken(*_: Any) -> None:
        raise ZeroDivisionError("seeded")

    monkeypatch.setattr(contract_module, "decoded", broken)
    with pytest.raises(ZeroDivisionError):
        usdt.parsed(calldata)
