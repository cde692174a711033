"""Exporters: a buyer abroad pays, its money becomes roubles, and the exporter has what it is owed."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from sandbox.books import Conversion
from sandbox.journal.kinds import Kind, Purpose
from sandbox.lifecycle import State
from sandbox.money import Asset
from sandbox.payments import Payment
from sandbox.rails.inward_correspondent import InwardCorrespondentRail
from sandbox.rails.inward_usdt import InwardUsdtRail
from sandbox.world import World

from .conftest import Observe, Seen

#: Every second firm sells abroad; foreign banks are quick, and return some payments.
TWO_WAYS: dict[str, Any] = {
    "population": {"exporters": {"share": 0.5}, "payments_per_business_day": 20.0},
    "rails": {"correspondent": {}, "agent": {}, "usdt": {"confirmations": 19}},
    "policy": {"currency_control": True},
    "timeline": {
        "pressure": {"at": "2025-03-03", "kind": "pressure", "level": 0.6},
        "tether": {"at": "2025-03-03", "kind": "rail_permit", "rail": "usdt", "acceptance": 0.7},
    },
    "parameters": {
        "correspondent.corr_days_mean": {"per_pressure": 1},
        "correspondent.return_stuck_days": {"median": 2, "else_median": 2},
    },
}


@pytest.fixture
def two_ways(observe: Observe) -> Seen:
    """A world in which money flows both ways."""
    return observe(**TWO_WAYS)


def _directions(seen: Seen) -> dict[int, str]:
    table = seen.world.ground.journal.static_table("payments")
    return dict(enumerate(table["direction"].to_pylist()))


def _inward(world: World, kind: type[Any]) -> Any:
    return next(rail for rail in world.importers.inward if isinstance(rail, kind))


def test_both_directions_are_credited_and_each_on_its_own_rails(two_ways: Seen) -> None:
    directions = _directions(two_ways)
    used = {
        way: {rail for number in two_ways.ended(State.CREDITED) if directions[number] == way
              for rail in two_ways.rail(number)}
        for way in ("import", "export")
    }  # fmt: skip
    assert used["export"] >= {"rail/correspondent", "rail/usdt"}
    assert used["import"] >= {"rail/correspondent", "rail/usdt"}
    assert (used["export"] | used["import"]) <= {"rail/correspondent", "rail/agent", "rail/usdt"}


def test_an_exporter_gets_its_roubles_and_bears_no_charge(two_ways: Seen) -> None:
    directions, owed = _directions(two_ways), two_ways.world.ground.journal.static_table("payments")
    credited = [number for number in two_ways.ended(State.CREDITED) if directions[number] == "export"]
    assert len(credited) > 20
    for number in credited:
        assert Asset(owed["currency"][number].as_py()) is Asset.RUB
        [(giver, taker, units)] = two_ways.posted(number, Purpose.PROCEEDS)
        assert (giver, taker, units) == ("in_transit", "beneficiary", owed["payout_units"][number].as_py())
        purposes = (
            Purpose.BANK_FEE, Purpose.SPREAD, Purpose.OFFRAMP_FEE, Purpose.NETWORK_FEE, Purpose.AGENT_FEE
        )  # fmt: skip
        charged = [posting for purpose in purposes for posting in two_ways.posted(number, purpose)]
        assert charged
        assert not any(giver == "beneficiary" for giver, _, _ in charged)


def test_an_export_pays_in_the_currency_of_its_buyer_and_in_tokens_over_the_chain(two_ways: Seen) -> None:
    directions = _directions(two_ways)
    converted = [row for row in two_ways.of(Kind.CONVERTED) if directions[int(row["payment"])] == "export"]
    assert {Asset(row["subject"]) for row in converted} == {Asset.RUB}
    assert {Asset(row["object"]) for row in converted} == {Asset.USDT, Asset.USD, Asset.CNY}
    for row in converted:
        sent = two_ways.of(Kind.BROADCAST, payment=int(row["payment"]))
        assert len(sent) == (Asset(row["object"]) is Asset.USDT)
        assert all(int(each["amount"]) == int(row["extra"]) for each in sent)


def test_returned_money_goes_back_to_the_buyer_in_full(two_ways: Seen) -> None:
    directions = _directions(two_ways)
    returned = [n for n in two_ways.who_entered(State.RETURNED) if directions[n] == "export"]
    assert returned
    for number in returned:
        sent = [p for p in two_ways.posted(number, Purpose.PRINCIPAL) if p[:2] == ("client", "in_transit")]
        back = two_ways.posted(number, Purpose.RETURN)
        assert {posting[:2] for posting in back} == {("in_transit", "client")}
        assert [units for *_, units in back] == [units for *_, units in sent][: len(back)]


def test_without_exporters_the_world_is_the_same_to_the_last_row(observe: Observe) -> None:
    everyone = {"rails": TWO_WAYS["rails"], "timeline": TWO_WAYS["timeline"]}
    assert observe(**everyone).run.digest == observe(**everyone, population={"exporters": None}).run.digest


def test_orders_keep_their_times_values_and_firms(observe: Observe, two_ways: Seen) -> None:
    population = {"payments_per_business_day": 20.0}
    alone = observe(**(TWO_WAYS | {"population": population})).world.orders
    both = two_ways.world.orders
    for column in ("created", "importer", "supplier", "invoice_cents", "prepaid", "truth"):
        assert (getattr(alone, column) == getattr(both, column)).all()
    assert 0 < both.inward.sum() < len(both)


# -- seeded defects -----------------------------------------------------------------------------------


def credited_twice(world: World) -> None:
    """The exporter's bank credits it a second time, from its own roubles."""
    rail = _inward(world, InwardCorrespondentRail)
    credit = rail._credit

    def generous(payment: Payment, bank: Any, *terms: Any) -> None:
        credit(payment, bank, *terms)
        account = rail._payer.exporter_account(payment)
        world.ground.books.transfer(
            payment.number, bank.entity, bank.cash, account, payment.payout_units, Purpose.PROCEEDS
        )

    rail._credit = generous


def credited_less(world: World) -> None:
    """The bank keeps a rouble more than its fee."""
    _change_legs(world, lambda leg: leg[2] - 100 if leg[3] == Purpose.PROCEEDS else leg[2])


def fee_kept_twice(world: World) -> None:
    """The bank takes twice the fee that it promised, the half of it out of its own roubles."""
    books = world.ground.books
    post = books.post

    def greedy(payment: int, actor: int, legs: Any) -> int:
        if any(leg[3] == Purpose.BANK_FEE and _is_rouble_transit(world, leg[0]) for leg in legs):
            bank = next(bank for bank in world.banks if bank.entity == actor)
            fee = next(leg for leg in legs if leg[3] == Purpose.BANK_FEE)
            legs = [*legs, (bank.cash, fee[1], fee[2], Purpose.BANK_FEE)]
        return post(payment, actor, legs)

    books.post = greedy  # type: ignore[method-assign]


def conversion_without_delivery(world: World) -> None:
    """The buyer's money is taken for roubles that come by another entry."""
    books = world.ground.books
    convert = books.convert

    def torn(payment: int, provider: int, conversion: Conversion, **accounts: Any) -> int:
        if conversion.sold is not Asset.RUB:
            return convert(payment, provider, conversion, **accounts)
        legs = books._conversion_legs(conversion, **accounts)
        books.post(payment, provider, legs[-1:])
        entry = books.post(payment, provider, legs[:-1])
        units = (conversion.units_sold, conversion.units_paid)
        books._record(Kind.CONVERTED, payment, provider, conversion.sold, conversion.paid, *units)
        return entry

    books.convert = torn  # type: ignore[method-assign]


def own_roubles(world: World) -> None:
    """The bank keeps the currency without converting it, and credits the exporter out of its own cash."""
    rail = _inward(world, InwardCorrespondentRail)

    def careless(payment: Payment, bank: Any, conversion: Conversion, price: int, fee: int) -> None:
        currency, books = conversion.paid, world.ground.books
        exporter = rail._payer.exporter_account(payment)
        record = world.ground.journal.record
        record(Kind.ITEMISED, payment.number, bank.entity, Asset.RUB, -1, fee, 0, Purpose.BANK_FEE)
        books.post(
            payment.number,
            bank.entity,
            [
                (rail._transit[currency], bank.nostro[currency], conversion.units_paid, Purpose.PRINCIPAL),
                (bank.cash, exporter, payment.payout_units, Purpose.PROCEEDS),
                (bank.cash, bank.fees, fee, Purpose.BANK_FEE),
            ],
        )

    rail._credit = careless


def return_kept(world: World) -> None:
    """Money that comes back stays with the foreign bank, and the order is called returned."""
    books = world.ground.books
    transfer = books.transfer

    def forgetful(*leg: Any) -> int:
        from_buyer = leg[-1] == Purpose.RETURN and books.accounts[leg[3]].owner.startswith("buyer/")
        return 0 if from_buyer else transfer(*leg)

    books.transfer = forgetful  # type: ignore[method-assign,assignment]


def before_finality(world: World) -> None:
    """The exporter's bank takes a transfer for final as soon as a block holds it."""
    rail = _inward(world, InwardUsdtRail)
    rail._ledger = _Hasty(rail._ledger, world.ground.journal.record)


class _Hasty:
    """A ledger whose finality takes no time."""

    def __init__(self, ledger: Any, record: Callable[..., None]) -> None:
        self._ledger = ledger
        self._record = record

    def __getattr__(self, name: str) -> Any:
        return getattr(self._ledger, name)

    def until_final(self, payment: int, receipt: Any) -> Iterator[Any]:
        """Say so at once."""
        blocks = self._ledger.producer.finality_blocks
        self._record(Kind.FINAL, payment, self._ledger.entity, -1, blocks, receipt.height, receipt.number)
        yield from ()


def unregistered(world: World) -> None:
    """The bank lets exports above the threshold go without registering their contracts."""
    control = world.office._control
    assert control is not None
    register = control.register

    def lax(payment: Payment, bank: int) -> Any:
        if payment.export:
            return
        yield from register(payment, bank)

    control.register = lax  # type: ignore[method-assign]


def sold_while_halted(world: World) -> None:
    """A dealer names a price for tokens while their market is halted."""
    _inward(world, InwardUsdtRail)._breaker = None


def _is_rouble_transit(world: World, account: int) -> bool:
    known = world.ground.books.accounts[account]
    return known.role == "in_transit" and known.asset is Asset.RUB


def _change_legs(world: World, units: Callable[[Any], int]) -> None:
    books = world.ground.books
    post = books.post

    def changed(payment: int, actor: int, legs: Any) -> int:
        if any(_is_rouble_transit(world, leg[0]) for leg in legs):
            legs = [(leg[0], leg[1], units(leg), leg[3]) for leg in legs]
        return post(payment, actor, legs)

    books.post = changed  # type: ignore[method-assign]


@pytest.mark.parametrize(
    ("defect", "rules"),
    [
        (credited_twice, {"L5", "V6"}),
        (credited_less, {"V6", "V11", "V9"}),
        (fee_kept_twice, {"V7", "V11"}),
        (conversion_without_delivery, {"V8"}),
        (own_roubles, {"V11"}),
        (return_kept, {"V9", "V4"}),
        (before_finality, {"C1"}),
        (unregistered, {"D7"}),
        (sold_while_halted, {"V10"}),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_defects_are_caught(observe: Observe, defect: Callable[[World], None], rules: set[str]) -> None:
    """Each defect of the way in is caught by a rule that should catch it."""
    depeg = {"at": "2025-03-05T10:00", "kind": "market_regime", "usdt_depeg": 0.05, "halflife": "24h"}
    big = {"population.invoice_mean_usd": 400_000} if defect is unregistered else {}
    change = TWO_WAYS | {
        "timeline": TWO_WAYS["timeline"] | {"depeg": depeg},
        "parameters": TWO_WAYS["parameters"] | big,
    }
    seen = observe(valid=False, tamper=defect, **change)
    assert seen.run.audit in rules, seen.run.violation


def test_the_busy_world_is_sound_without_a_defect(observe: Observe) -> None:
    depeg = {"at": "2025-03-05T10:00", "kind": "market_regime", "usdt_depeg": 0.05, "halflife": "24h"}
    seen = observe(**(TWO_WAYS | {"timeline": TWO_WAYS["timeline"] | {"depeg": depeg}}))
    assert seen.who_entered(State.MARKET_WAIT)
