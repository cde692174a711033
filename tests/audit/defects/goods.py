"""Defects of the goods beside a payment."""

from sandbox.goods import GoodsState, Terms
from sandbox.journal import Kind
from sandbox.lifecycle import State
from sandbox.money import Asset
from tests.audit.defects.table import USDT, Defects, moved
from tests.audit.histories import History

defect = Defects()


def with_goods(history: History, state: GoodsState, after: int, left: int = 0, due: int = -1) -> History:
    """Goods of the order USDT, bought on open account at its very beginning, take a step."""
    like = {"payment": USDT, "subject": left, "object": state, "reason": Terms.OPEN_ACCOUNT, "extra": due}
    return history.with_row(after, after, kind=Kind.GOODS, amount=0, **like)


@defect("D1")
def goods_begun_in_the_middle(history: History) -> History:
    return with_goods(history, GoodsState.SHIPPED, moved(history, USDT, State.RELEASE))


@defect("D2")
def prepaid_goods_shipped_unpaid(history: History) -> History:
    first = moved(history, USDT, State.VALIDATED)
    path = (GoodsState.ORDERED, GoodsState.IN_PRODUCTION, GoodsState.READY, GoodsState.SHIPPED)
    for step, state in enumerate(path):
        row = first + step
        history = with_goods(history, state, row, path[step - 1] if step else 0)
        history = history.changed(row, reason=Terms.PREPAY)
    return history


@defect("D3")
def due_before_delivery(history: History) -> History:
    row = moved(history, USDT, State.VALIDATED)
    return with_goods(history, GoodsState.ORDERED, row, due=5)


@defect("D4")
def paid_for_although_refused(history: History) -> History:
    history = history.changed(history.find(Kind.CREATED, payment=USDT), object=USDT)
    first = moved(history, USDT, State.VALIDATED)
    history = with_goods(history, GoodsState.ORDERED, first)
    return with_goods(history, GoodsState.EXPORT_REFUSED, first + 1, GoodsState.ORDERED)


@defect("D6")
def escrow_that_pays_whom_it_likes(history: History) -> History:
    """The agents' account in transit becomes an escrow's, without goods that were released."""
    names = ["escrow" if name == "rail/agent" else name for name in history.entities]
    return type(history)(history.records, names, history.accounts, history.readings, history.owed)


@defect("D7")
def order_of_value_under_no_contract(history: History) -> History:
    row = history.find(Kind.CREATED, payment=USDT)
    dear = history.changed(row, amount=9_000_000_00)
    price = {"subject": Asset.USD, "object": Asset.RUB, "amount": 90 * 10**8}
    return dear.with_row(row, row, kind=Kind.PRICE, payment=-1, **price)


@defect("D5")
def refund_for_goods_that_were_delivered(history: History) -> History:
    row = moved(history, USDT, State.CREDITED) + 1
    return history.with_row(
        row, row - 1, kind=Kind.REFUND, payment=USDT, subject=1, object=0, amount=5, extra=0
    )
