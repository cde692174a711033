"""Accounts: a name, the key that follows from it, and signatures made only for whoever looks at a hash.

A key is the Keccak digest of a fixed prefix and the name, so that the same name has the same address in every
run and on every engine. Such keys are public knowledge and good for nothing outside a local chain.
"""

from eth_keys.datatypes import PrivateKey
from eth_utils.crypto import keccak

from sandbox.chains.evm.abi import ADDRESS_WORDS

#: eth-tester hard-codes this id; both engines use it. It belongs to no public network.
LOCAL_CHAIN_ID = 131277322940537

_KEY_PREFIX = b"elr-sandbox local test key: "


class Account:
    """Somebody who can sign on one chain; made by :meth:`EvmChain.account`, one object a name."""

    __slots__ = ("_key", "address", "address_bytes", "chain", "name", "nonce")

    def __init__(self, chain: object, name: str) -> None:
        self.chain = chain
        """The chain whose nonces it counts; the same name has the same address on another, but no account."""
        self.name = name
        """What the account is called in the scenario, such as ``dealer/1``."""
        self._key = keccak(_KEY_PREFIX + name.encode())
        public = PrivateKey(self._key).public_key
        self.address: str = public.to_checksum_address()
        """0x and 40 hexadecimal digits with the EIP-55 checksum."""
        self.address_bytes: bytes = public.to_canonical_address()
        """The address as 20 bytes."""
        # Known to be well formed, so calldata need not check it at its first use.
        ADDRESS_WORDS[self.address] = bytes(12) + self.address_bytes
        self.nonce = 0
        """Transactions submitted so far."""

    def __repr__(self) -> str:
        return f"Account({self.name!r}, {self.address})"

    def signed(self, fields: dict[str, object]) -> tuple[bytes, str]:
        """The signed transaction (raw bytes) and its hash, for fields named as in Ethereum's JSON-RPC.

        Signatures are deterministic (RFC 6979), hence so are hashes.
        """
        # Imported for whoever asks: with it comes the arithmetic of other curves, computed anew at each import, which
        # takes longer than all else that a run imports.
        from eth_account import Account as Signer

        signed = Signer.sign_transaction(fields, self._key)
        return bytes(signed.raw_transaction), "0x" + bytes(signed.hash).hex()


def hash_of_call(signer: str, *, nonce: int, gas_limit: int, gas_price: int, to: str, data: bytes) -> str:
    """The hash of a call (``to`` empty: of a deployment) on any local chain, signed by the account of that name."""
    fields: dict[str, object] = {
        "nonce": nonce,
        "gas": gas_limit,
        "gasPrice": gas_price,
        "value": 0,
        "chainId": LOCAL_CHAIN_ID,
        "to": to or b"",
        "data": data,
    }
    return Account(None, signer).signed(fields)[1]
