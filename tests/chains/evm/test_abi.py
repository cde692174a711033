"""Our encoding of calls against eth_abi's, which web3 uses."""

from typing import Any

import pytest
from eth_abi.abi import encode as abi_encode
from eth_utils.address import to_checksum_address
from hypothesis import given
from hypothesis import strategies as st

from sandbox.chains.evm.abi import Interface, decoded, encoder, revert_reason
from sandbox.chains.evm.artefact import artefact
from sandbox.chains.evm.records import pack_logs, unpack_logs

SELECTOR = b"\xaa\xbb\xcc\xdd"
addresses = st.binary(min_size=20, max_size=20).map(to_checksum_address)
kinds_and_values: st.SearchStrategy[tuple[str, Any]] = st.one_of(
    st.tuples(st.just("address"), addresses),
    st.tuples(st.just("bool"), st.booleans()),
    st.tuples(st.just("bytes32"), st.binary(min_size=32, max_size=32)),
    st.tuples(st.just("bytes4"), st.binary(max_size=4)),
    st.tuples(st.just("string"), st.text(max_size=40)),
    st.tuples(st.just("bytes"), st.binary(max_size=70)),
    st.sampled_from([8, 64, 128, 256]).flatmap(
        lambda bits: st.tuples(st.just(f"uint{bits}"), st.integers(0, 2**bits - 1))
    ),
    st.sampled_from([8, 64, 128, 256]).flatmap(
        lambda bits: st.tuples(st.just(f"int{bits}"), st.integers(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1))
    ),
)


@given(st.lists(kinds_and_values, max_size=5))
def test_encoding_is_that_of_eth_abi(given_values: list[tuple[str, Any]]) -> None:
    kinds = [kind for kind, _ in given_values]
    values = [value for _, value in given_values]
    assert encoder(SELECTOR, kinds)(*values) == SELECTOR + abi_encode(kinds, values)


@given(st.lists(kinds_and_values, min_size=1, max_size=5))
def test_decoding_gives_the_values_back(given_values: list[tuple[str, Any]]) -> None:
    kinds = [kind for kind, _ in given_values]
    values = tuple(value.ljust(4, b"\0") if kind == "bytes4" else value for kind, value in given_values)
    assert decoded(kinds, abi_encode(kinds, values)) == values


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("uint256", -1),
        ("uint256", 2**256),
        ("uint256", True),
        ("uint256", 1.0),
        ("uint256", "1"),
        ("uint8", 256),
        ("int8", 128),
        ("int8", -129),
        ("bool", 1),
        ("address", "0x12"),
        ("address", 5),
        ("address", ["0x" + "00" * 20]),
        ("address", "0xd2509490f9bba08F9847231C4acBddd77aacc52D"),  # a letter in the wrong case
        ("bytes32", bytes(33)),
        ("bytes32", "text"),
        ("string", 5),
    ],
)
@pytest.mark.parametrize("beside", [[], ["uint256"]])
def test_what_does_not_fit_is_refused(kind: str, value: Any, beside: list[str]) -> None:
    with pytest.raises(ValueError):
        encoder(SELECTOR, [kind, *beside])(value, *[1 for _ in beside])


@pytest.mark.parametrize("kinds", [[], ["uint256"], ["address", "uint256"], ["string"]])
def test_a_wrong_number_of_arguments_is_refused(kinds: list[str]) -> None:
    with pytest.raises(ValueError, match=f"takes {len(kinds)} arguments, not 4"):
        encoder(SELECTOR, kinds)(1, 2, 3, 4)


def test_selectors_and_topics_are_the_published_ones() -> None:
    interface = Interface(artefact("usdt").abi)
    assert interface.functions["transfer"].selector.hex() == "a9059cbb"
    assert interface.functions["transferFrom"].selector.hex() == "23b872dd"
    transfer = next(event for event in interface.events.values() if event.name == "Transfer")
    assert transfer.topic.hex() == "ddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef"


def test_overloads_are_refused() -> None:
    one = {"type": "function", "name": "f", "inputs": [], "outputs": [], "stateMutability": "view"}
    with pytest.raises(ValueError, match="overloads"):
        Interface([one, one])


def test_reasons() -> None:
    worded = bytes.fromhex("08c379a0") + abi_encode(["string"], ["closed"])
    assert revert_reason(worded) == "closed"
    assert revert_reason(worded[:20]) == revert_reason(b"") == revert_reason(b"\1\2\3\4") == "reverted"


words = st.binary(min_size=32, max_size=32)


@given(
    st.lists(
        st.tuples(st.binary(min_size=20, max_size=20), st.lists(words, max_size=4), st.binary(max_size=99)),
        max_size=4,
    )
)
def test_logs_unpack_as_they_were_packed(logs: list[tuple[bytes, list[bytes], bytes]]) -> None:
    assert unpack_logs(pack_logs(logs)) == logs
