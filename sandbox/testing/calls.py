"""Strategies of calls on the USDT-like token, lawful and unlawful, and a way to play them on a chain."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from hypothesis import strategies as st

from sandbox.chains.evm import Contract, EvmChain, Receipt

#: Parties of generated calls; the first owns the token.
PARTIES = ("issuer", "dealer/1", "dealer/2", "supplier/1")

#: Largest number that an argument of the contract takes.
MAX_WORD = 2**256 - 1


class TokenCall(NamedTuple):
    """One call: parties by name, amounts in minor units."""

    sender: str
    function: str
    args: tuple[Any, ...]
    mine: bool
    """Whether a block follows; otherwise the call waits for the next one."""


def token_calls(
    parties: Sequence[str] = PARTIES, most: int = 50, amounts: st.SearchStrategy[int] | None = None
) -> st.SearchStrategy[list[TokenCall]]:
    """Sequences of up to ``most`` calls by anybody: transfers, allowances, freezes, supply, pause and fee.

    Many are refused by the contract: wrong senders, frozen holders, too large sums. The first of ``parties`` owns
    the token and sends half of what only the owner may. Shrinks to few calls of small amounts, one a block.
    """
    units = amounts or st.one_of(
        st.integers(0, 100), st.integers(0, 10**9), st.sampled_from([10**6, 10**12, MAX_WORD])
    )
    party = st.sampled_from(tuple(parties))
    owner = st.one_of(st.just(parties[0]), party)

    def call(sender: st.SearchStrategy[str], function: str, *args: st.SearchStrategy[Any]) -> Any:
        return st.builds(TokenCall, sender, st.just(function), st.tuples(*args), st.booleans().map(_flipped))

    return st.lists(
        st.one_of(
            call(party, "transfer", party, units),
            call(party, "approve", party, units),
            call(party, "transferFrom", party, party, units),
            call(owner, "issue", units),
            call(owner, "redeem", units),
            call(owner, "addBlackList", party),
            call(owner, "removeBlackList", party),
            call(owner, "destroyBlackFunds", party),
            call(owner, "pause"),
            call(owner, "unpause"),
            call(owner, "setParams", st.integers(0, 25), st.integers(0, 60)),
        ),
        max_size=most,
    )


def play(chain: EvmChain, token: Contract, calls: Iterable[TokenCall]) -> list[Receipt]:
    """Submit calls in order, mine where they say so and once more at the end; the receipts in order."""
    receipts: list[Receipt] = []
    for call in calls:
        args = [chain.account(arg).address if isinstance(arg, str) else arg for arg in call.args]
        chain.submit(chain.account(call.sender), token, call.function, *args)
        if call.mine:
            receipts += chain.mine(chain.time + 1).receipts
    if chain.pending:
        receipts += chain.mine(chain.time + 1).receipts
    return receipts


def _flipped(waits: bool) -> bool:
    return not waits
