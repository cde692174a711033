"""The same operations on both engines: equal tips, coins, verdicts and reasons, in their very words."""

from collections.abc import Callable, Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandbox.chains.bitcoin import COIN, BitcoinTransaction, InsufficientFunds, RegtestChain, Rejected
from sandbox.chains.bitcoin import python_engine as twin
from sandbox.chains.bitcoin.transaction import Output

Pair = tuple[RegtestChain, RegtestChain]


@pytest.fixture(scope="module")
def grown() -> Iterator[Pair]:
    """One chain on each engine with a few mature coins; examples work on clones."""
    with RegtestChain("kernel") as kernel, RegtestChain("python") as python:
        for chain in (kernel, python):
            treasury = chain.wallet("treasury")
            chain.premine(treasury, 102)
            chain.broadcast(treasury.split(8))
            chain.mine(0)
        yield kernel, python


def spoiled(transaction: BitcoinTransaction, at: int, bit: int) -> BitcoinTransaction:
    """One bit of the first signature turned."""
    first, *others = transaction.inputs
    signature = bytearray(first.witness[0])
    # The last byte names the kind of signature, which the Python engine does not vary.
    signature[at % (len(signature) - 1)] ^= 1 << bit
    witness = (bytes(signature), first.witness[1])
    return BitcoinTransaction.build((first._replace(witness=witness), *others), transaction.outputs)


class Operations:
    """Each does one thing to a chain and says in words what came of it."""

    def __init__(self, chain: RegtestChain) -> None:
        self.chain, self.time = chain, 600
        self.treasury, self.payee = chain.wallet("treasury"), chain.wallet("payee")

    def pay(self, a: int, b: int) -> object:
        return self.chain.broadcast(self.treasury.pay(self.payee, 1_000 * (a + 1), 1 + b))

    def onward(self, a: int, b: int) -> object:
        return self.chain.broadcast(self.payee.pay(self.chain.wallet("third"), 1_000 + a, 1 + b))

    def mine(self, a: int, b: int) -> object:
        return self.chain.mine(self.time, 8_000 + 600 * (a + 1))

    def reorganise(self, a: int, b: int) -> object:
        replace: list[int | BitcoinTransaction] = []
        held = [
            n
            for h in range(self.chain.base_height + 1, self.chain.height + 1)
            for n in self.chain.block_numbers(h)
        ][-3:]
        if held and b % 3 == 0:
            replace = [held[a % len(held)]]
        return self.chain.reorg(1 + a % 3, self.time, replace, carry=b % 2 == 0)

    def double_spend_by_reorganisation(self, a: int, b: int) -> object:
        numbers = self.chain.block_numbers(self.chain.height)
        if not numbers:
            return None
        payment = self.chain.transactions[numbers[a % len(numbers)]].transaction
        owner = self.treasury if payment.inputs[0].witness[1] == self.treasury.key.public_key else self.payee
        return self.chain.reorg(1, self.time, [owner.respend(payment, feerate_sat_vb=2)], carry=True)

    def bad_signature(self, a: int, b: int) -> object:
        payment = self.treasury.pay(self.payee, 5_000, 2)
        self.treasury.release(payment)
        wrong = spoiled(payment, a, b)
        refusal = ""
        try:
            self.chain.broadcast(wrong)
        except Rejected as rejected:
            refusal = rejected.reason
        return refusal, self.chain.offer_block(self.time, [wrong])

    def double_spend(self, a: int, b: int) -> object:
        payment = self.treasury.pay(self.payee, 5_000, 2)
        self.treasury.release(payment)
        return self.chain.offer_block(self.time, [payment, self.treasury.respend(payment, self.payee)])

    def overspend(self, a: int, b: int) -> object:
        coin = self.treasury.utxos[-1]
        outputs = [Output(coin.sats + a + 1 - 20 * (b % 2), self.payee.script)]
        return self.chain.offer_block(self.time, [self.treasury.sign([coin], outputs)])

    def immature(self, a: int, b: int) -> object:
        young = [coin for coin in self.chain.miner.utxos if coin.coinbase]
        if not young:
            return None
        coin = young[a % len(young)]
        transaction = self.chain.miner.sign([coin], [Output(COIN, self.payee.script)])
        return self.chain.offer_block(self.time, [transaction])

    def oversize(self, a: int, b: int) -> object:
        return self.chain.offer_block(self.time, claim_sats=50 * COIN + a - 3)

    def side_block(self, a: int, b: int) -> object:
        back = min(1 + a % 3, self.chain.height - self.chain.base_height)
        parent = self.chain._state.tree.active[self.chain.height - back]
        return self.chain.offer_block(self.time, parent=parent, claim_sats=50 * COIN + b % 2)


OPERATIONS: dict[str, Callable[[Operations, int, int], object]] = {
    name: function for name, function in vars(Operations).items() if not name.startswith("_")
}


def outcome(operations: Operations, name: str, a: int, b: int) -> object:
    operations.time += 600
    try:
        result: object = OPERATIONS[name](operations, a, b)
    except (Rejected, InsufficientFunds, ValueError) as refused:
        result = f"{type(refused).__name__}: {refused}"
    chain = operations.chain
    return result, chain.height, chain.tip, chain.utxo_digest(), chain.waiting


steps = st.lists(
    st.tuples(st.sampled_from(sorted(OPERATIONS)), st.integers(0, 80), st.integers(0, 7)), max_size=14
)


def compare(pair: Pair, plan: list[tuple[str, int, int]]) -> None:
    with pair[0].clone() as kernel, pair[1].clone() as python:
        both = Operations(kernel), Operations(python)
        for step in plan:
            one, other = (outcome(operations, *step) for operations in both)
            assert one == other, step
        kernel.verify()
        python.verify()


@settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(plan=steps)
def test_both_engines_agree(grown: Pair, plan: list[tuple[str, int, int]]) -> None:
    compare(grown, plan)


def test_both_engines_agree_on_each_operation_at_least_once(grown: Pair) -> None:
    plan = [("pay", 9, 3), ("pay", 4, 1), ("mine", 5, 0), ("onward", 1, 1)]
    plan += [(name, number, number % 8) for number, name in enumerate(sorted(OPERATIONS) * 3)]
    compare(grown, plan)


def _never_checks(*_arguments: object) -> None:
    """A signature check that lets everything pass."""


@pytest.mark.parametrize(
    ("defect", "step"),
    [
        (lambda patch: patch.setattr(twin, "check_witnesses", _never_checks), ("bad_signature", 40, 1)),
        (lambda patch: patch.setattr(twin, "check_amounts", lambda *_: 0), ("overspend", 3, 0)),
        (lambda patch: patch.setattr(twin, "subsidy_sats", lambda _: 51 * COIN), ("oversize", 7, 0)),
        (
            lambda patch: patch.setattr("sandbox.chains.bitcoin.rules.COINBASE_MATURITY", 1),
            ("immature", 0, 0),
        ),
        (
            lambda patch: patch.setattr(twin.PythonEngine, "_outweighs", lambda e, b: b.height >= e.height),
            ("side_block", 0, 0),
        ),
    ],
    ids=["signatures unchecked", "amounts unchecked", "subsidy too high", "no maturity", "last seen wins"],
)
def test_a_defect_in_the_python_engine_shows(
    grown: Pair,
    monkeypatch: pytest.MonkeyPatch,
    defect: Callable[[pytest.MonkeyPatch], None],
    step: tuple[str, int, int],
) -> None:
    plan = [("pay", 1, 1), ("mine", 1, 0), step]
    compare(grown, plan)
    defect(monkeypatch)
    with pytest.raises((AssertionError, RuntimeError, IndexError)):
        compare(grown, plan)
