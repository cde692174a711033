"""The digital-ruble platform's rules, in bytecode on both engines. Second 0 is a midnight in Moscow."""

import calendar
import datetime as dt
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.chains.evm import Account, Contract, EvmChain, Receipt, artefact

MOSCOW = 3 * 3600
HOUR = 3600
FEE = 15_00


def number(text: str) -> bytes:
    return text.encode().ljust(32, b"\0")


@dataclass
class Platform:
    """The operator, a bank, two clients with wallets, and each call in a block of its own."""

    chain: EvmChain
    contract: Contract
    operator: Account
    bank: Account
    ann: Account
    bob: Account

    def do(self, sender: Account, function: str, *args: Any, time: int | None = None) -> Receipt:
        self.chain.submit(sender, self.contract, function, *args)
        return self.chain.mine(self.chain.time + 1 if time is None else time).receipts[0]

    def must(self, sender: Account, function: str, *args: Any, time: int | None = None) -> Receipt:
        receipt = self.do(sender, function, *args, time=time)
        assert receipt.ok, receipt
        return receipt

    def refused(
        self, reason: str, sender: Account, function: str, *args: Any, time: int | None = None
    ) -> None:
        receipt = self.do(sender, function, *args, time=time)
        assert (receipt.ok, receipt.reason) == (False, reason)

    def mint(self, wallet: Account, kopecks: int, reference: str, time: int | None = None) -> Receipt:
        given = (self.bank.address, wallet.address, kopecks, number(reference))
        return self.do(self.operator, "mint", *given, time=time)

    def balance(self, account: Account) -> int:
        return int(self.contract.read("balanceOf", account.address))


@pytest.fixture
def platform(chain: EvmChain) -> Platform:
    operator = chain.account("operator")
    contract = chain.deploy(operator, artefact("digital_ruble"), FEE, MOSCOW)
    parties = [chain.account(name) for name in ("bank/1", "ann", "bob")]
    platform = Platform(chain, contract, operator, *parties)
    platform.must(operator, "admit_bank", platform.bank.address)
    platform.must(platform.bank, "open_wallet", number("client/ann"), platform.ann.address)
    platform.must(platform.bank, "open_wallet", number("client/bob"), platform.bob.address)
    assert platform.mint(platform.ann, 1_000_00, "debit/0").ok
    return platform


def test_a_transfer_settles_and_costs_the_sender_the_fee(platform: Platform) -> None:
    receipt = platform.must(platform.ann, "transfer", platform.bob.address, 200_00)
    assert platform.balance(platform.ann) == 1_000_00 - 200_00 - FEE
    assert platform.balance(platform.bob) == 200_00 and platform.balance(platform.operator) == FEE
    assert [log.name for log in receipt.logs] == ["Transfer", "Transfer", "OrderExecuted"]
    assert receipt.logs[2].args["number"] == platform.contract.read("orders") == 2
    assert receipt.logs[2].args["fee"] == FEE


def test_the_sender_must_cover_the_fee_too(platform: Platform) -> None:
    short = "balance does not cover amount and fee"
    platform.refused(short, platform.ann, "transfer", platform.bob.address, 1_000_00 - FEE + 1)
    platform.refused(short, platform.ann, "transfer", platform.bob.address, 2**256 - 1)
    platform.must(platform.ann, "transfer", platform.bob.address, 1_000_00 - FEE)
    platform.must(platform.operator, "set_fee", 0)
    platform.must(platform.bob, "transfer", platform.ann.address, 1_000_00 - FEE)


def test_only_registered_wallets_take_part(platform: Platform) -> None:
    stranger = platform.chain.account("stranger")
    platform.refused("receiver is not a registered wallet", platform.ann, "transfer", stranger.address, 1)
    platform.refused("sender is not a registered wallet", stranger, "transfer", platform.ann.address, 1)
    assert platform.mint(stranger, 1, "debit/1").reason == "not a registered wallet"
    platform.refused("not a registered wallet", stranger, "redeem", 1, number("credit/1"))
    platform.refused("sender is the receiver", platform.ann, "transfer", platform.ann.address, 1)
    platform.refused("nothing to transfer", platform.ann, "transfer", platform.bob.address, 0)


def test_one_wallet_a_client_and_one_client_a_wallet(platform: Platform) -> None:
    other = platform.chain.account("other")
    bank = platform.bank
    platform.refused("client has a wallet", bank, "open_wallet", number("client/ann"), other.address)
    platform.refused("wallet has a client", bank, "open_wallet", number("client/new"), platform.ann.address)
    platform.refused(
        "the operator has no wallet", bank, "open_wallet", number("c"), platform.operator.address
    )
    platform.refused("no client or no wallet", bank, "open_wallet", bytes(32), other.address)
    assert platform.contract.read("wallet_of", number("client/ann")) == platform.ann.address
    assert platform.contract.read("bank_of", platform.ann.address) == bank.address


def test_only_an_admitted_bank_opens_wallets_and_tops_up(platform: Platform) -> None:
    other = platform.chain.account("other")
    platform.refused("not an admitted bank", platform.ann, "open_wallet", number("c"), other.address)
    platform.refused("bank already admitted", platform.operator, "admit_bank", platform.bank.address)
    platform.must(platform.operator, "suspend_bank", platform.bank.address)
    platform.refused("not an admitted bank", platform.bank, "open_wallet", number("c"), other.address)
    assert platform.mint(platform.ann, 1, "debit/1").reason == "not an admitted bank"
    platform.must(platform.ann, "transfer", platform.bob.address, 1)


def test_units_come_only_from_the_operator_against_a_debit_named_once(platform: Platform) -> None:
    mint = ("mint", platform.bank.address, platform.ann.address, 1)
    platform.refused("not the operator", platform.bank, *mint, number("debit/1"))
    platform.refused("no reference", platform.operator, *mint, bytes(32))
    platform.refused("reference already used", platform.operator, *mint, number("debit/0"))
    assert platform.mint(platform.ann, 0, "debit/1").reason == "nothing to issue"
    issued = platform.mint(platform.ann, 7, "debit/1")
    assert issued.ok and issued.logs[0].args["debit_reference"] == number("debit/1")
    assert platform.contract.read("totalSupply") == 1_000_07


def test_redeeming_unmakes_units_once_a_reference(platform: Platform) -> None:
    redeemed = platform.must(platform.ann, "redeem", 400_00, number("credit/1"))
    assert redeemed.logs[0].args["bank"] == platform.bank.address
    assert platform.contract.read("totalSupply") == 600_00 == platform.balance(platform.ann)
    platform.refused("reference already used", platform.ann, "redeem", 1, number("credit/1"))
    platform.refused("balance does not cover amount", platform.ann, "redeem", 600_01, number("credit/2"))
    platform.refused("nothing to redeem", platform.ann, "redeem", 0, number("credit/2"))
    platform.must(platform.ann, "transfer", platform.bob.address, 1)
    platform.must(platform.operator, "redeem", FEE, number("credit/fees"))
    assert platform.balance(platform.operator) == 0


def test_a_freeze_by_order_stops_sending_not_receiving(platform: Platform) -> None:
    order, other = number("order/17"), number("order/18")
    platform.refused("not a registered wallet", platform.operator, "freeze", platform.bank.address, order)
    platform.refused("no order", platform.operator, "freeze", platform.ann.address, bytes(32))
    platform.refused("not the operator", platform.bank, "freeze", platform.ann.address, order)
    frozen = platform.must(platform.operator, "freeze", platform.ann.address, order)
    assert frozen.logs[0].args == {"wallet": platform.ann.address, "order_id": order}
    platform.refused("already frozen", platform.operator, "freeze", platform.ann.address, other)
    platform.refused("sender is frozen", platform.ann, "transfer", platform.bob.address, 1)
    platform.refused("sender is frozen", platform.ann, "redeem", 1, number("credit/1"))
    assert platform.mint(platform.bob, 100_00, "debit/1").ok
    platform.must(platform.bob, "transfer", platform.ann.address, 1)
    platform.refused("not frozen by this order", platform.operator, "unfreeze", platform.ann.address, other)
    platform.must(platform.operator, "unfreeze", platform.ann.address, order)
    platform.must(platform.ann, "transfer", platform.bob.address, 1)


def test_limits_on_an_operation_and_on_holdings(platform: Platform) -> None:
    platform.must(platform.operator, "set_limits", 300_00, 1_100_00, 0)
    platform.refused("over the operation limit", platform.ann, "transfer", platform.bob.address, 300_01)
    platform.must(platform.ann, "transfer", platform.bob.address, 300_00)
    assert platform.mint(platform.bob, 800_01, "debit/1").reason == "over the holding limit"
    assert platform.mint(platform.bob, 800_00, "debit/1").ok, "a refused debit can be named again"
    platform.refused("over the holding limit", platform.ann, "transfer", platform.bob.address, 1)
    platform.refused("not the operator", platform.ann, "set_limits", 0, 0, 0)


def test_top_ups_are_limited_by_the_calendar_month(platform: Platform) -> None:
    platform.must(platform.operator, "set_limits", 0, 0, 1_500_00)
    # The wallet was topped up by 1,000.00 on 1 September, when the platform was set up.
    assert platform.mint(platform.ann, 500_01, "debit/1").reason == "over the monthly top-up limit"
    assert platform.mint(platform.ann, 500_00, "debit/1").ok
    last_second_of_september = 29 * 24 * HOUR - 1
    late = platform.mint(platform.ann, 1, "debit/2", time=last_second_of_september)
    assert late.reason == "over the monthly top-up limit"
    assert platform.mint(platform.ann, 1_500_00, "debit/2", time=last_second_of_september + 1).ok


def test_orders_are_taken_in_opening_hours_of_local_time(platform: Platform) -> None:
    platform.must(platform.operator, "set_hours", 8 * HOUR, 20 * HOUR)
    closed = "platform is closed"
    platform.refused(closed, platform.ann, "transfer", platform.bob.address, 1, time=8 * HOUR - 1)
    platform.must(platform.ann, "transfer", platform.bob.address, 1, time=8 * HOUR)
    assert platform.contract.read("is_open")
    platform.must(platform.ann, "transfer", platform.bob.address, 1, time=20 * HOUR - 1)
    platform.refused(closed, platform.ann, "transfer", platform.bob.address, 1, time=20 * HOUR)
    platform.refused(closed, platform.ann, "redeem", 1, number("credit/1"))
    assert platform.mint(platform.ann, 1, "debit/1").reason == closed
    platform.must(platform.operator, "freeze", platform.ann.address, number("order/1"))
    platform.refused("hours out of the day", platform.operator, "set_hours", 0, 86_401)
    platform.must(platform.operator, "unfreeze", platform.ann.address, number("order/1"))
    platform.must(platform.operator, "set_hours", 0, 0)
    platform.must(platform.ann, "transfer", platform.bob.address, 1)


@pytest.mark.parametrize(
    ("function", "args"),
    [
        ("admit_bank", ("0x" + "11" * 20,)),
        ("suspend_bank", ("0x" + "11" * 20,)),
        ("set_hours", (0, 0)),
        ("set_limits", (0, 0, 0)),
        ("set_fee", (0,)),
        ("freeze", ("0x" + "11" * 20, number("o"))),
        ("unfreeze", ("0x" + "11" * 20, number("o"))),
    ],
)
def test_only_the_operator_rules(platform: Platform, function: str, args: tuple[Any, ...]) -> None:
    platform.refused("not the operator", platform.bank, function, *args)


def month_number(moment: dt.date) -> int:
    """Months counted as the contract counts them, from March of year 0, by the calendar module."""
    return moment.year * 12 + moment.month - 3


@settings(max_examples=60, deadline=None)
@given(st.dates(dt.date(2024, 1, 1), dt.date(2101, 12, 31)), st.booleans())
def test_months_are_calendar_months(day: dt.date, ends: bool) -> None:
    """Any day's first or last second, leap years and the missing leap day of 2100 included."""
    midnight = calendar.timegm(day.timetuple()) - MOSCOW
    with EvmChain(genesis_time=midnight) as chain:
        contract = chain.deploy(chain.account("operator"), artefact("digital_ruble"), FEE, MOSCOW)
        chain.mine(86_399 if ends else 0)
        assert contract.read("month") == month_number(day)
