"""Defects between the chains and the books."""

from collections.abc import Callable, Generator
from typing import Any

from sandbox.journal.kinds import Kind, Purpose
from sandbox.mirror import EvmLedger
from sandbox.money import Asset
from sandbox.rails.usdt import UsdtRail
from sandbox.world import World
from tests.simulation.world_defects.tampering import drop_rows, rail_of


def no_confirmations(world: World) -> None:
    """A token transfer is called final in the block that holds it."""
    assert world.chains.tokens is not None
    world.chains.tokens.producer.finality_blocks = 0


def one_confirmation_called_three(world: World) -> None:
    """A bitcoin transfer is called final after its first confirmation, under the full number."""
    assert world.chains.coins is not None
    blocks = world.chains.coins.blocks
    submit = blocks.submit

    def impatient(transaction: Any, tag: Any = None) -> Any:
        return submit(transaction, tag, confirmations=1)

    blocks.submit = impatient  # type: ignore[method-assign,assignment]


def books_behind_the_chain(world: World) -> None:
    """The chain has delivered and nobody books it."""
    rail_of(world, UsdtRail)._purchases.book = lambda payment, deal, wallet, fee: None


def _changed_transfers(world: World, change: Callable[[EvmLedger, tuple[Any, ...]], tuple[Any, ...]]) -> None:
    tokens = world.chains.tokens
    assert tokens is not None
    submit = tokens.producer.submit_call

    def wrong(sender: Any, contract: Any, function: str, args: tuple[Any, ...], tag: Any) -> Any:
        if function == "transfer" and tag.payment >= 0:
            args = change(tokens, args)
        return submit(sender, contract, function, args, tag)

    tokens.producer.submit_call = wrong  # type: ignore[method-assign]


def another_recipient(world: World) -> None:
    """The tokens go to another wallet than the books say."""
    hot = world.exchange.hot[Asset.USDT]
    _changed_transfers(world, lambda tokens, args: (tokens.address(hot), args[1]))


def another_amount(world: World) -> None:
    """One unit more leaves than the books say."""
    _changed_transfers(world, lambda tokens, args: (args[0], args[1] + 1))


def coins_booked_short(world: World) -> None:
    """A bitcoin wallet gets more on the chain than in the books."""
    assert world.chains.coins is not None
    coins = world.chains.coins
    send = coins.send

    def generous(
        payment: int, actor: int, debit: int, credit: int, sats: int, *rest: Any, **named: Any
    ) -> Any:
        return send(payment, actor, debit, credit, sats + 1_000, *rest, **named)

    coins.send = generous  # type: ignore[method-assign]


def hidden_issue(world: World) -> None:
    """The issuer creates tokens for a dealer that no book knows of."""
    tokens, dealers = world.chains.tokens, world.dealers
    assert tokens is not None and dealers is not None
    inventory = dealers.dealers[0].inventory[Asset.USDT]
    owner = tokens.chain.account("issuer/owner")

    def secretly() -> Generator[Any, Any, None]:
        yield world.ground.env.timeout(100_000)
        tokens.producer.submit(owner, tokens.contract, "issue", 10**6)
        tokens.producer.submit(owner, tokens.contract, "transfer", tokens.address(inventory), 10**6)

    world.ground.env.process(secretly())


def second_transfer(world: World) -> None:
    """Each token payment is followed by another small one, booked as it should be."""
    tokens, hot = world.chains.tokens, world.exchange.hot[Asset.USDT]
    assert tokens is not None
    send, books = tokens.send, world.ground.books

    def twice(payment: int, actor: int, debit: int, credit: int, units: int, booked: Any) -> Any:
        inclusion = send(payment, actor, debit, credit, units, booked)
        if payment >= 0:
            legs = hot, credit, 1
            send(payment, actor, *legs, lambda _: books.transfer(-1, actor, *legs, Purpose.FUNDING))
        return inclusion

    tokens.send = twice  # type: ignore[method-assign]


def _once(happens: Callable[..., bool]) -> Callable[..., bool]:
    """The same question, with yes for an answer once only."""
    told: list[bool] = []

    def first(kind: int, *columns: Any, **named: Any) -> bool:
        if not told and happens(kind, *columns, **named):
            told.append(True)
            return True
        return False

    return first


def block_forgotten(world: World) -> None:
    """One block of a chain does not stand in the journal."""
    drop_rows(world, _once(lambda kind, *columns, **_: kind == Kind.BLOCK and columns[4] == 215))
    coins = world.chains.coins
    assert coins is not None
    coins._record = world.ground.journal.record


def included_twice(world: World) -> None:
    """A transaction stands in two blocks."""
    tokens = world.chains.tokens
    assert tokens is not None
    record = world.ground.journal.record

    def repeated(kind: int, *columns: int) -> None:
        record(kind, *columns)
        if kind == Kind.INCLUDED and columns[0] >= 0:
            record(kind, *columns)

    tokens._record = repeated  # type: ignore[assignment]


#: Each defect with the rule that catches it.
DEFECTS = {
    no_confirmations: "C1",
    one_confirmation_called_three: "C1",
    books_behind_the_chain: "C4",
    another_recipient: "C4",
    another_amount: "C4",
    coins_booked_short: "C4",
    hidden_issue: "C4",
    second_transfer: "L4",
    block_forgotten: "C6",
    included_twice: "C5",
}
