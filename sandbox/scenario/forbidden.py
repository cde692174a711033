"""What may not stand anywhere in a scenario: real addresses, keys, network addresses, public chains.

The laboratory runs on local test chains, derives its addresses from names and dials nobody, so none of
these can ever be needed. Values found here are never echoed.
"""

import re
from functools import cache
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Final, NamedTuple

#: Chain ids of local chains; every other id names a network that exists.
LOCAL_CHAIN_IDS: Final = frozenset({1337, 31337, 131277322940537})

_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_BECH32 = "02-9ac-hj-np-z"
_SECRETS = re.compile(
    r"-----BEGIN [A-Z ]{1,40}-----"  # PEM
    r"|(?<![0-9a-zA-Z])(?:0x)?[0-9a-fA-F]{64}(?![0-9a-zA-Z])"  # a 32-byte key
    rf"|\b[xyztuv](?:prv|pub)[{_BASE58}]{{90,120}}\b"  # extended keys
    r"|\b(?:AKIA[0-9A-Z]{16}|ghp_[0-9A-Za-z]{36}|sk-[0-9A-Za-z_-]{20,})"  # API keys
)
_WIF = re.compile(rf"\b(?:[5KL9c][{_BASE58}]{{50,51}})\b")
_ADDRESS = re.compile(
    r"(?<![0-9a-zA-Z])0x[0-9a-fA-F]{40}(?![0-9a-zA-Z])"
    rf"|\b(?:bc1|tb1)[{_BECH32}]{{11,87}}\b|\b(?:BC1|TB1)[{_BECH32.upper()}]{{11,87}}\b"
    rf"|\bT[{_BASE58}]{{33}}\b"
)
_BASE58_ADDRESS = re.compile(rf"\b[13mn2][{_BASE58}]{{25,34}}\b")
_URL = re.compile(
    r"\b[a-z][a-z0-9+.-]{1,20}://"
    r"|\b(?:localhost|[0-9]{1,3}(?:\.[0-9]{1,3}){3}):[0-9]{2,5}\b"
    r"|\b[0-9]{1,3}(?:\.[0-9]{1,3}){3}\b"
    r"|\b(?:[a-z0-9-]{1,63}\.){1,8}(?:com|org|net|io|dev|app|xyz|network|ru|cn|eth)(?::[0-9]{2,5}\b|/)"
    r"|\.ipc\b",
    re.IGNORECASE,
)
_WORDS = re.compile(r"(?:\b[a-z]{3,8}\b[ \t\r\n]+){11,}\b[a-z]{3,8}\b")
_SECRET_KEYS = frozenset(
    {
        "private_key",
        "privatekey",
        "secret",
        "secret_key",
        "mnemonic",
        "seed_phrase",
        "password",
        "api_key",
        "xprv",
    }
)
_CHAIN_KEYS = frozenset({"chain_id", "chainid", "network_id"})


class Prohibited(NamedTuple):
    """One prohibited thing in a text."""

    start: int
    """Characters before it in the text."""
    code: str
    message: str


_SECRET_TEXT = "looks like a key or a secret phrase; its value is not shown"
_ADDRESS_TEXT = "looks like a real address; its value is not shown"
_URL_TEXT = "network addresses have no place here: the sandbox dials nobody"


def prohibited(text: str) -> Prohibited | None:
    """The first prohibited thing in a text: secrets before addresses before network addresses."""
    found = _SECRETS.search(text) or next(filter(_is_base58check, _WIF.finditer(text)), None)
    if found:
        return Prohibited(found.start(), "secret", _SECRET_TEXT)
    phrase = next((match for match in _WORDS.finditer(text) if _is_phrase(match.group())), None)
    if phrase:
        return Prohibited(phrase.start(), "secret", _SECRET_TEXT)
    address = _ADDRESS.search(text) or next(filter(_is_address, _BASE58_ADDRESS.finditer(text)), None)
    if address:
        return Prohibited(address.start(), "real_address", _ADDRESS_TEXT + " (parties are named)")
    url = _URL.search(text)
    return Prohibited(url.start(), "network_url", _URL_TEXT) if url else None


def prohibited_entry(key: str, text: str) -> tuple[str, str] | None:
    """Code and message when a key's name itself tells that its value may not be given."""
    name = key.casefold().replace("-", "_")
    if name in _SECRET_KEYS and text:
        return "secret", "secrets have no place in a scenario; the value is not shown"
    if name in _CHAIN_KEYS and text not in {str(known) for known in LOCAL_CHAIN_IDS}:
        return "public_chain", "not the id of a local test chain (allowed: 1337, 31337)"
    return None


def _is_base58check(match: re.Match[str]) -> bool:
    number = 0
    for character in match.group():
        number = number * 58 + _BASE58.index(character)
    data = number.to_bytes(40, "big").lstrip(b"\0")
    data = b"\0" * (len(match.group()) - len(match.group().lstrip("1"))) + data
    return sha256(sha256(data[:-4]).digest()).digest()[:4] == data[-4:]


def _is_address(match: re.Match[str]) -> bool:
    """A checksum that fits, or the look of one: an address with a slip of the pen is refused as well."""
    text = match.group()
    mixed = (
        any(c.isdigit() for c in text[1:])
        and any(c.islower() for c in text)
        and any(c.isupper() for c in text)
    )
    return _is_base58check(match) or (text[0] in "13" and mixed)


def _is_phrase(text: str) -> bool:
    """Twelve words in a row that all stand in the wallet word list (BIP-39, English)."""
    known = _wallet_words()
    run = 0
    for word in text.split():
        run = run + 1 if word in known else 0
        if run == 12:
            return True
    return False


@cache
def _wallet_words() -> frozenset[str]:
    """The 2,048 words as eth-account ships them, found without importing that library."""
    found = find_spec("eth_account")
    if found is None or found.origin is None:
        return frozenset()
    path = Path(found.origin).parent / "hdaccount" / "wordlist" / "english.txt"
    return frozenset(path.read_text(encoding="utf-8").split()) if path.is_file() else frozenset()
