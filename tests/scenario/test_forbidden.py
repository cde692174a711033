"""Real addresses, keys and network addresses are found; ordinary text is left alone."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.scenario.forbidden import prohibited, prohibited_entry

_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


def _base58check(payload: bytes) -> str:
    data = payload + sha256(sha256(payload).digest()).digest()[:4]
    number, text = int.from_bytes(data, "big"), ""
    while number:
        number, digit = divmod(number, 58)
        text = _BASE58[digit] + text
    return "1" * (len(data) - len(data.lstrip(b"\0"))) + text


@given(st.binary(min_size=20, max_size=20), st.sampled_from([b"\x00", b"\x05", b"\x6f", b"\xc4"]))
def test_every_base58_address_is_found(payload: bytes, version: bytes) -> None:
    if any(payload):
        found = prohibited("pay to " + _base58check(version + payload) + " now")
        assert found is not None
        assert found.code == "real_address"


@given(
    st.binary(min_size=32, max_size=32), st.sampled_from([b"\x80", b"\xef"]), st.sampled_from([b"", b"\x01"])
)
def test_every_wallet_key_is_found(key: bytes, version: bytes, compressed: bytes) -> None:
    found = prohibited(_base58check(version + key + compressed))
    assert found is not None
    assert found.code == "secret"


@given(st.binary(min_size=32, max_size=32), st.booleans())
def test_every_raw_key_is_found(key: bytes, prefixed: bool) -> None:
    found = prohibited(("0x" if prefixed else "") + key.hex())
    assert found is not None
    assert found.code == "secret"


@given(st.binary(min_size=20, max_size=20))
def test_every_account_address_is_found(address: bytes) -> None:
    found = prohibited(f"to=0x{address.hex()}")
    assert found is not None
    assert found.code == "real_address"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("legal winner thank year wave sausage worth useful legal winner thank yellow", "secret"),
        ("note: legal winner thank year wave sausage\n worth useful legal winner thank yellow ok", "secret"),
        ("-----BEGIN OPENSSH PRIVATE KEY-----", "secret"),
        ("xprv" + "9" * 107, "secret"),
        ("AKIA" + "A1B2C3D4E5F6G7H8", "secret"),
        ("tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx", "real_address"),
        ("BC1QAR0SRRR7XFKVY5L643LYDNW9RE59GTZZWF5MDQ", "real_address"),
        ("TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t", "real_address"),
        ("wss://a", "network_url"),
        ("HTTPS://EXAMPLE.ORG", "network_url"),
        ("127.0.0.1:8545", "network_url"),
        ("mainnet.infura.io/v3/abc", "network_url"),
        ("/tmp/geth.ipc", "network_url"),
    ],
)
def test_what_may_stand_nowhere(text: str, code: str) -> None:
    found = prohibited(text)
    assert found is not None
    assert found.code == code


@pytest.mark.parametrize(
    "text",
    [
        "Does tripling participants triple throughput?",
        "seed-000/expansion",
        "correspondent.corr_fee_pct",
        "elr-2024.yaml",
        "2024-09-01T10:30",
        "./scenario.schema.json",
        "one two three four five six seven eight nine ten eleven twelve thirteen fourteen",
        "the officers who decide orders also read reports that the banks wrote about them last year",
        "Допустить тридцать участников",
        "a" * 64 + "g",
        "bcrt1 is the prefix of local addresses",
        "1" * 30,
        "T" * 34 + "0",
    ],
)
def test_ordinary_text_is_left_alone(text: str) -> None:
    assert prohibited(text) is None


@pytest.mark.parametrize(("key", "value"), [("chain_id", "1"), ("chainId", "137"), ("network-id", "x")])
def test_public_chains(key: str, value: str) -> None:
    found = prohibited_entry(key, value)
    assert found is not None
    assert found[0] == "public_chain"


def test_local_chains_and_named_secrets() -> None:
    assert prohibited_entry("chain_id", "31337") is None
    assert prohibited_entry("chain_id", "131277322940537") is None
    assert prohibited_entry("Private-Key", "x") == (
        "secret",
        "secrets have no place in a scenario; the value is not shown",
    )
    assert prohibited_entry("banks", "4") is None
