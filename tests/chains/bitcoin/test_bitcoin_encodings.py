"""Known answers for the bytes: hashes, addresses, digests, serialisation."""

import pytest
from coincurve import PrivateKey, PublicKey
from hypothesis import given
from hypothesis import strategies as st

from sandbox.chains.bitcoin.bech32 import address_of, bech32_decode, bech32_encode, key_hash_of
from sandbox.chains.bitcoin.block import GENESIS_HASH, Header, block_hash, subsidy_sats
from sandbox.chains.bitcoin.key import Key, script_to
from sandbox.chains.bitcoin.ripemd160 import ripemd160
from sandbox.chains.bitcoin.script import der_numbers, ripemd160_of_sha256
from sandbox.chains.bitcoin.serialization import (
    compact_size,
    merkle_root,
    read_compact_size,
    script_number,
    sha256d,
    witness_digests,
)
from sandbox.chains.bitcoin.transaction import COIN, BitcoinTransaction, Input, Output

#: The unsigned transaction of BIP143's native P2WPKH example; its second input is the one signed.
BIP143 = bytes.fromhex(
    "0100000002fff7f7881a8099afa6940d42d1e7f6362bec38171ea3edf433541db4e4ad969f0000000000eeffffff"
    "ef51e1b804cc89d182d279655c3aa89e815b1b309fe287d9b2b55d57b90ec68a0100000000ffffffff02202cb206"
    "000000001976a9148280b37df378db99f66f85c95a783a76ac7a6d5988ac9093510d000000001976a9143bde42db"
    "ee7e4dbe6a21b2d50ce2f0167faa815988ac11000000"
)


def test_the_bip143_example_gives_its_digest_and_its_signature() -> None:
    unsigned = BitcoinTransaction.parse(BIP143)
    public_key = bytes.fromhex("025476c2e83188368da1ff3e292e7acafcdb3566bb0ad253f62fc70f07aeee6357")
    digest = witness_digests(
        version=unsigned.version,
        inputs=[(spent.outpoint, spent.sequence) for spent in unsigned.inputs],
        outputs=b"".join(output.serialized() for output in unsigned.outputs),
        locktime=unsigned.locktime,
        key_hashes=[bytes(20), ripemd160_of_sha256(public_key)],
        amounts=[625_000_000, 600_000_000],
    )[1]
    assert digest.hex() == "c37af31116d1b27caf68aae9e3ac82f1477929014d5b917657d0eb49478cb670"
    secret = PrivateKey(bytes.fromhex("619c335025c7f4012e556c2a58b2506e30b8511b53ade95ea316fd8c3286feb9"))
    assert secret.public_key.format() == public_key
    assert secret.sign(digest, hasher=None).hex() == (
        "304402203609e17b84f6a7d30c80bfa610b5b4542f32a8a0d5447a12fb1366d7f01cc44a"
        "0220573a954c4518331561406f90300e8f3358f51928d43c212a8caed02de67eebee"
    )


@pytest.mark.parametrize(
    "text",
    [
        "A12UEL5L",
        "an83characterlonghumanreadablepartthatcontainsthenumber1andtheexcludedcharactersbio1tt5tgs",
        "abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw",
        "split1checkupstagehandshakeupstreamerranterredcaperred2y9e3w",
    ],
)
def test_valid_bech32_of_bip173_survives_a_round_trip(text: str) -> None:
    assert bech32_encode(*bech32_decode(text)) == text.lower()


@pytest.mark.parametrize(
    "text",
    ["pzry9x0s0muk", "1pzry9x0s0muk", "x1b4n0q5v", "li1dgmt3", "A1G7SGD8", "10a06t8", "1qzzfhee", "a12UEL5L"],
)
def test_invalid_bech32_of_bip173_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="address"):
        bech32_decode(text)


def test_an_address_is_of_this_network_and_kind_only() -> None:
    key_hash = bytes.fromhex("751e76e8199196d454941c45d1b3a323f1433bd6")
    assert address_of(key_hash) == "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080"
    assert key_hash_of(address_of(key_hash)) == key_hash
    for foreign in (
        "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4",
        "tb1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3q0sl5k7",
    ):
        with pytest.raises(ValueError, match="begins with bcrt1"):
            key_hash_of(foreign)
    script_hash = bech32_encode("bcrt", [0, *[0] * 52])
    with pytest.raises(ValueError, match="public key hash"):
        key_hash_of(script_hash)


@given(st.binary(min_size=20, max_size=20), st.data())
def test_one_changed_letter_never_gives_another_address(key_hash: bytes, data: st.DataObject) -> None:
    address = address_of(key_hash)
    at = data.draw(st.integers(5, len(address) - 1))
    letter = data.draw(st.sampled_from(sorted(set("qpzry9x8gf2tvdw0s3jn54khce6mua7l") - {address[at]})))
    with pytest.raises(ValueError, match="address"):
        key_hash_of(address[:at] + letter + address[at + 1 :])


@pytest.mark.parametrize(
    ("text", "digest"),
    [
        (b"", "9c1185a5c5e9fc54612808977ee8f548b2258d31"),
        (b"abc", "8eb208f7e05d987a9b044a8e98c6b087f15a0bfc"),
        (b"message digest", "5d0689ef49d2fae572b881b123a85ffa21595f36"),
        (b"a" * 1000, "aa69deee9a8922e92f8105e007f76110f381e9cf"),
    ],
)
def test_ripemd160_gives_its_published_digests(text: bytes, digest: str) -> None:
    assert ripemd160(text).hex() == digest


def test_the_genesis_header_of_regtest_has_the_known_hash() -> None:
    merkle = bytes.fromhex("4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b")[::-1]
    header = (1).to_bytes(4, "little") + bytes(32) + merkle
    header += (1_296_688_602).to_bytes(4, "little") + bytes.fromhex("ffff7f20") + (2).to_bytes(4, "little")
    assert block_hash(header) == GENESIS_HASH
    assert Header.parse(header).time == 1_296_688_602


def test_the_merkle_root_pairs_an_odd_hash_with_itself() -> None:
    a, b, c = (sha256d(bytes((n,))) for n in range(3))
    assert merkle_root([a]) == a
    assert merkle_root([a, b, c]) == sha256d(sha256d(a + b) + sha256d(c + c))


def test_the_subsidy_halves_every_150_blocks() -> None:
    assert [subsidy_sats(height) for height in (1, 149, 150, 300)] == [
        50 * COIN,
        50 * COIN,
        25 * COIN,
        25 * COIN // 2,
    ]
    assert subsidy_sats(64 * 150) == 0


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, "00"), (1, "51"), (16, "60"), (17, "0111"), (127, "017f"), (128, "028000"), (256, "020001")],
)
def test_heights_are_pushed_as_bip34_asks(number: int, text: str) -> None:
    assert script_number(number).hex() == text


@given(st.integers(0, 2**64 - 1), st.binary(max_size=3))
def test_lengths_survive_a_round_trip(number: int, tail: bytes) -> None:
    data = compact_size(number)
    assert read_compact_size(tail + data + tail, len(tail)) == (number, len(tail) + len(data))


_inputs = st.builds(
    Input,
    st.binary(min_size=36, max_size=36),
    st.binary(max_size=5),
    st.integers(0, 2**32 - 1),
    st.lists(st.binary(max_size=80), max_size=3).map(tuple),
)
_transactions = st.builds(
    lambda inputs, outputs, version, locktime: BitcoinTransaction.build(
        inputs, outputs, version=version, locktime=locktime
    ),
    st.lists(_inputs, min_size=1, max_size=3).map(tuple),
    st.lists(
        st.builds(Output, st.integers(-(2**63), 2**63 - 1), st.binary(max_size=40)), min_size=1, max_size=3
    ).map(tuple),
    st.integers(-(2**31), 2**31 - 1),
    st.integers(0, 2**32 - 1),
)


@given(_transactions)
def test_a_transaction_survives_a_round_trip(transaction: BitcoinTransaction) -> None:
    again = BitcoinTransaction.parse(transaction.raw)
    assert (again.raw, again.hash, again.weight) == (transaction.raw, transaction.hash, transaction.weight)
    assert (again.inputs, again.outputs) == (transaction.inputs, transaction.outputs)
    assert again.txid == transaction.hash[::-1].hex()


@given(_transactions, st.data())
def test_cut_or_lengthened_bytes_are_not_a_transaction(
    transaction: BitcoinTransaction, data: st.DataObject
) -> None:
    cut = transaction.raw[: data.draw(st.integers(0, len(transaction.raw) - 1))]
    for wrong in (cut, transaction.raw + b"\x00"):
        with pytest.raises(ValueError, match="bytes"):
            BitcoinTransaction.parse(wrong)


def test_keys_come_from_names_and_sign_deterministically() -> None:
    one, other = Key("bank/1"), Key("bank/2")
    assert Key("bank/1").address == one.address != other.address
    assert script_to(one.address) == one.script
    digest = sha256d(b"x")
    signature, public_key = one.witness(digest)
    assert (signature, public_key) == one.witness(digest)
    assert PublicKey(public_key).verify(signature[:-1], digest, hasher=None)


@given(st.binary(min_size=32, max_size=32))
def test_strict_der_reads_what_the_signer_writes(digest: bytes) -> None:
    signature = Key("signer").witness(digest)[0][:-1]
    numbers = der_numbers(signature)
    assert numbers is not None and all(0 < number < 2**256 for number in numbers)
    assert der_numbers(signature + b"\x00") is None
    assert der_numbers(b"\x31" + signature[1:]) is None
