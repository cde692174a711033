"""A wallet of the local test chain: one key, its coins, and payments from them."""

from collections.abc import Callable, Sequence
from heapq import heappop, heappush
from typing import TYPE_CHECKING, TypeAlias

from sandbox.chains.bitcoin.key import Key, script_to
from sandbox.chains.bitcoin.mempool import ANCESTOR_LIMIT
from sandbox.chains.bitcoin.serialization import compact_size, witness_digests
from sandbox.chains.bitcoin.transaction import SEQUENCE, BitcoinTransaction, Coin, Input, Output

if TYPE_CHECKING:
    from sandbox.chains.bitcoin.state import ChainState

#: Smallest output worth making: below it, spending costs more than it brings (Bitcoin Core, P2WPKH).
DUST_SATS = 294
#: Weight of one signed input with the longest signature that low-S signing gives.
_INPUT_WEIGHT = 4 * 41 + 1 + 1 + 72 + 1 + 33

#: Fee in satoshi of spending a number of coins.
_FeeFor = Callable[[int], int]


class InsufficientFunds(ValueError):
    """The wallet's coins that can be spent now do not cover a payment."""


class Wallet:
    """Pays from the largest confirmed coins first, then from its own unconfirmed change.

    A coin chosen for a payment is set aside until the payment is broadcast or released, so that two
    payments built one after the other never spend the same coin.
    """

    def __init__(self, state: "ChainState", name: str, key: Key) -> None:
        self.name = name
        self.key = key
        self.script = key.script
        self.address = key.address
        self._state = state
        self._set_aside: set[bytes] = set()
        # Candidates, largest first. Entries may be stale or repeated: the chain is asked at each choice.
        self._confirmed: list[tuple[int, bytes]] = []
        self._change: list[tuple[int, bytes]] = []
        self._immature: list[tuple[int, int, bytes]] = []

    @property
    def balance_sats(self) -> int:
        """Satoshi in confirmed coins, immature ones included."""
        return self._state.index.sats(self.script)

    @property
    def utxos(self) -> list[Coin]:
        """Confirmed coins, oldest first."""
        return self._state.index.of(self.script)

    @property
    def spendable_sats(self) -> int:
        """Satoshi in confirmed, mature coins that no waiting or prepared payment spends."""
        return sum(coin.sats for coin in self.utxos if self._usable(coin))

    def pay(self, to: "Recipient", sats: int, feerate_sat_vb: float = 1) -> BitcoinTransaction:
        """Build and sign a payment of ``sats`` to a wallet, a ``bcrt1…`` address or an output script.

        Change below the dust limit is left to the miner. Raises InsufficientFunds, and ValueError for an
        amount that is not positive.
        """
        if sats <= 0:
            raise ValueError(f"a payment is of at least one satoshi, not {sats}")
        return self._spend([Output(sats, _script(to))], feerate_sat_vb)

    def pay_many(
        self, payments: Sequence[tuple["Recipient", int]], feerate_sat_vb: float = 1
    ) -> BitcoinTransaction:
        """One transaction that makes several payments (recipient, satoshi)."""
        return self._spend([Output(sats, _script(to)) for to, sats in payments], feerate_sat_vb)

    def split(self, n: int, feerate_sat_vb: float = 1, sats: int | None = None) -> BitcoinTransaction:
        """Pay oneself ``n`` equal coins (of ``sats`` each, else of all the largest coin holds).

        Several coins let many payments stand in one block without chains of unconfirmed change.
        """
        if sats is not None:
            return self._spend([Output(sats, self.script)] * n, feerate_sat_vb)
        coins = self._choose(1, lambda _count: 0)
        weight = _weight(1, [Output(0, self.script)] * n)
        each = (coins[0].sats - fee_sats(weight, feerate_sat_vb)) // n
        if each < DUST_SATS:
            self._forgo(coins)
            raise InsufficientFunds(f"{coins[0].sats} satoshi cannot be split into {n} coins worth spending")
        return self.sign(coins, [Output(each, self.script)] * n)

    def respend(
        self, transaction: BitcoinTransaction, to: "Recipient | None" = None, feerate_sat_vb: float = 1
    ) -> BitcoinTransaction:
        """Another transaction on the same coins: a double spend, or a replacement that pays more.

        All that the coins hold goes to ``to`` (by default back to this wallet), less the fee.
        """
        coins = [self._state.coin_ever(spent.outpoint) for spent in transaction.inputs]
        script = self.script if to is None else _script(to)
        fee = fee_sats(_weight(len(coins), [Output(0, script)]), feerate_sat_vb)
        total = sum(coin.sats for coin in coins)
        if total - fee < DUST_SATS:
            raise InsufficientFunds("the coins do not cover the fee")
        return self.sign(coins, [Output(total - fee, script)])

    def bumped(self, transaction: BitcoinTransaction, feerate_sat_vb: float) -> BitcoinTransaction:
        """The same payment at a higher feerate, the difference taken from its change (its last output)."""
        coins = [self._state.coin_ever(spent.outpoint) for spent in transaction.inputs]
        *paid, change = transaction.outputs
        if change.script != self.script:
            raise InsufficientFunds("the payment has no change to take a higher fee from")
        fee = fee_sats(_weight(len(coins), transaction.outputs), feerate_sat_vb)
        rest = sum(coin.sats for coin in coins) - sum(output.sats for output in paid) - fee
        if rest < DUST_SATS:
            raise InsufficientFunds("the change does not cover the higher fee")
        return self.sign(coins, [*paid, Output(rest, self.script)])

    def release(self, transaction: BitcoinTransaction) -> None:
        """Give back the coins of a payment that will not be broadcast."""
        for spent in transaction.inputs:
            if spent.outpoint in self._set_aside:
                self._set_aside.discard(spent.outpoint)
                self.offer(spent.outpoint)

    def sign(self, coins: Sequence[Coin], outputs: Sequence[Output]) -> BitcoinTransaction:
        """A transaction of exactly these coins and outputs, every input signed with this wallet's key."""
        digests = witness_digests(
            version=2,
            inputs=[(coin.outpoint, SEQUENCE) for coin in coins],
            outputs=b"".join(output.serialized() for output in outputs),
            locktime=0,
            key_hashes=[coin.script[2:] for coin in coins],
            amounts=[coin.sats for coin in coins],
        )
        inputs = tuple(
            Input(coin.outpoint, b"", SEQUENCE, self.key.witness(digest))
            for coin, digest in zip(coins, digests, strict=True)
        )
        fee = sum(coin.sats for coin in coins) - sum(output.sats for output in outputs)
        return BitcoinTransaction.build(inputs, tuple(outputs), fee_sats=fee)

    # What the chain tells the wallet.

    def offer(self, outpoint: bytes) -> None:
        """Consider an output of ours that can be spent now or later; nothing happens if it cannot."""
        coin = self._state.coin(outpoint)
        if coin is None:
            return
        if coin.coinbase and not self._state.mature(coin):
            heappush(self._immature, (self._state.maturity_height(coin), -coin.sats, outpoint))
        elif coin.height >= 0:
            heappush(self._confirmed, (-coin.sats, outpoint))
        elif self._state.is_change(coin):
            heappush(self._change, (-coin.sats, outpoint))

    def spent(self, outpoint: bytes) -> None:
        """A broadcast transaction spends the coin: it needs no setting aside any more."""
        self._set_aside.discard(outpoint)

    # Choosing coins.

    def _spend(self, outputs: list[Output], feerate: float) -> BitcoinTransaction:
        target = sum(output.sats for output in outputs)
        # Weighed once: coins are chosen by asking the fee again and again.
        fixed = _weight(0, outputs) - _input_weight(0)
        coins = self._choose(target, lambda count: fee_sats(fixed + _input_weight(count), feerate))
        held = sum(coin.sats for coin in coins)
        with_change = _weight(len(coins), [*outputs, Output(0, self.script)])
        change = held - target - fee_sats(with_change, feerate)
        if change >= DUST_SATS:
            outputs = [*outputs, Output(change, self.script)]
        return self.sign(coins, outputs)

    def _choose(self, target: int, fee_for: _FeeFor) -> list[Coin]:
        """Coins that cover the target and the fee of spending them, set aside. Raises InsufficientFunds."""
        self._ripen()
        chosen: list[Coin] = []
        held = 0
        for heap, unconfirmed in ((self._confirmed, False), (self._change, True)):
            refused = []
            while heap and held < target + fee_for(max(1, len(chosen))):
                entry = heappop(heap)
                coin = self._state.coin(entry[1])
                if coin is None or not self._usable(coin) or (coin.height < 0) is not unconfirmed:
                    continue
                if unconfirmed and self._state.unconfirmed_ancestors([*chosen, coin]) >= ANCESTOR_LIMIT:
                    refused.append(entry)
                    continue
                self._set_aside.add(coin.outpoint)
                chosen.append(coin)
                held += coin.sats
            for entry in refused:
                heappush(heap, entry)
        need = target + fee_for(max(1, len(chosen)))
        if held < need:
            self._forgo(chosen)
            raise InsufficientFunds(f"{self.name} needs {need} satoshi with the fee and can spend {held} now")
        return chosen

    def _forgo(self, coins: Sequence[Coin]) -> None:
        for coin in coins:
            self._set_aside.discard(coin.outpoint)
            self.offer(coin.outpoint)

    def _usable(self, coin: Coin) -> bool:
        return (
            coin.outpoint not in self._set_aside
            and self._state.mature(coin)
            and not self._state.is_spent_in_mempool(coin.outpoint)
        )

    def _ripen(self) -> None:
        """Move coinbases that have become spendable among the candidates."""
        while self._immature and self._immature[0][0] <= self._state.height:
            self.offer(heappop(self._immature)[2])


def _script(to: "Recipient") -> bytes:
    if isinstance(to, Wallet):
        return to.script
    return script_to(to) if isinstance(to, str) else to


def _weight(inputs: int, outputs: Sequence[Output]) -> int:
    """Weight of a signed transaction, each signature taken at its longest."""
    bare = 8 + len(compact_size(len(outputs))) + sum(len(output.serialized()) for output in outputs)
    return 4 * bare + 2 + _input_weight(inputs)


def _input_weight(inputs: int) -> int:
    """Weight of so many signed inputs and of their count."""
    return 4 * len(compact_size(inputs)) + inputs * _INPUT_WEIGHT


def fee_sats(weight: int, feerate_sat_vb: float) -> int:
    """Fee in satoshi, rounded up, at a feerate kept to thousandths of a satoshi a virtual byte."""
    vsize = (weight + 3) // 4
    return -(-vsize * round(feerate_sat_vb * 1000) // 1000)


#: Who is paid: a wallet, a ``bcrt1…`` address, or an output script.
Recipient: TypeAlias = Wallet | str | bytes
