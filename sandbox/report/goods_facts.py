"""What the journal says of the goods behind a payment, of its contract and of what went wrong with either."""

from collections.abc import Callable, Mapping

from sandbox.goods import GoodsState
from sandbox.journal.kinds import Kind
from sandbox.money import Asset
from sandbox.report.facts import Names, Record
from sandbox.report.wording import money, rail_label, say, span

#: Stage of a REFUND record: the supplier has sent it and it has arrived.
_ARRIVED = 2


def _goods(row: Record, names: Names) -> str:
    state = GoodsState(row.object).name
    due = say("fact.goods_due", when=names.when(row.extra)) if row.extra >= 0 else ""
    return say(
        "fact.goods",
        when=names.when(row.time),
        state=state,
        phase=say(f"goods.{state}"),
        who=names.entity(row.actor),
        due=due,
    )


def _penalty(row: Record, names: Names) -> str:
    return say("fact.penalty", money=money(row.amount, Asset.USD), late=span(row.extra))


def _refund(row: Record, names: Names) -> str:
    who, when, rail = names.entity(row.actor), names.when(row.time), rail_label(names.entity(row.object))
    if row.subject == _ARRIVED:
        return say("fact.refund_arrived", who=who, when=when, taken=span(row.extra))
    return say("fact.refund_owed", who=who, when=when, rail=rail)


def _registered(row: Record, names: Names) -> str:
    return say("fact.registered", who=names.entity(row.actor), money=money(row.amount, Asset.RUB))


#: Kind -> its sentence; goods may have moved before the order was made and go on moving after it has ended.
GOODS_SENTENCES: Mapping[int, Callable[[Record, Names], str]] = {
    Kind.GOODS: _goods,
    Kind.PENALTY: _penalty,
    Kind.REFUND: _refund,
    Kind.REGISTERED: _registered,
}

__all__ = ["GOODS_SENTENCES"]
