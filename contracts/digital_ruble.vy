# pragma version 0.4.3
# pragma evm-version cancun
"""
@title A digital-ruble platform in two tiers
@license Apache-2.0
@notice The operator (the central bank) keeps the platform; banks are intermediaries that open wallets for
        their clients, one wallet a client; units move between registered wallets only and come into being
        only against non-cash money that a bank has debited, each debit named once.
@dev Amounts are kopecks. A limit of 0 means none: no limit for firms is known. A frozen wallet neither sends
     nor redeems, but still receives, as an arrested bank account does. Fees gather on the operator's own
     balance, which is no wallet: it has no client, no limit, and can only be redeemed.
     `@custom:writes` names the storage a function may change; a test compares it with what the reference
     engine stores.
"""

event Transfer:
    sender: indexed(address)
    to: indexed(address)
    amount: uint256

event OrderExecuted:
    number: indexed(uint256)
    sender: indexed(address)
    to: indexed(address)
    amount: uint256
    fee: uint256

event Issued:
    number: indexed(uint256)
    bank: indexed(address)
    wallet: indexed(address)
    amount: uint256
    debit_reference: bytes32

event Redeemed:
    number: indexed(uint256)
    bank: indexed(address)
    wallet: indexed(address)
    amount: uint256
    credit_reference: bytes32

event BankAdmitted:
    bank: indexed(address)

event BankSuspended:
    bank: indexed(address)

event WalletOpened:
    wallet: indexed(address)
    client: indexed(bytes32)
    bank: indexed(address)

event Frozen:
    wallet: indexed(address)
    order_id: bytes32

event Unfrozen:
    wallet: indexed(address)
    order_id: bytes32

event HoursSet:
    opens_second: uint256
    closes_second: uint256

event LimitsSet:
    operation: uint256
    holding: uint256
    monthly_top_up: uint256

event FeeSet:
    fee: uint256

DAY: constant(uint256) = 86_400

operator: public(address)
zone_seconds: public(uint256)
opens_second: public(uint256)
closes_second: public(uint256)
fee: public(uint256)
operation_limit: public(uint256)
holding_limit: public(uint256)
monthly_top_up_limit: public(uint256)
orders: public(uint256)
supply: uint256
balances: HashMap[address, uint256]
is_bank: public(HashMap[address, bool])
client_of: public(HashMap[address, bytes32])
bank_of: public(HashMap[address, address])
wallet_of: public(HashMap[bytes32, address])
freezing_order: public(HashMap[address, bytes32])
topped_up: public(HashMap[address, HashMap[uint256, uint256]])
reference_used: public(HashMap[bytes32, bool])


@deploy
def __init__(fee_: uint256, zone_seconds_: uint256):
    """
    @notice The deployer is the operator. `fee_` is charged for each transfer; `zone_seconds_` is local time
            ahead of UTC, in which hours and months are counted. Open round the clock and without limits.
    """
    self.operator = msg.sender
    self.fee = fee_
    self.zone_seconds = zone_seconds_


# -- the operator's rules ------------------------------------------------------------------------------

@external
def admit_bank(bank: address):
    """
    @notice Let a bank open wallets and order top-ups.
    @custom:writes is_bank[bank]
    """
    self._only_operator()
    assert not self.is_bank[bank], "bank already admitted"
    self.is_bank[bank] = True
    log BankAdmitted(bank=bank)


@external
def suspend_bank(bank: address):
    """
    @notice Stop a bank from opening wallets and topping up; wallets it opened live on.
    @custom:writes is_bank[bank]
    """
    self._only_operator()
    assert self.is_bank[bank], "not an admitted bank"
    self.is_bank[bank] = False
    log BankSuspended(bank=bank)


@external
def set_hours(opens: uint256, closes: uint256):
    """
    @notice Seconds of the local day from which and until which (not included) orders are taken; equal: always.
    @custom:writes opens_second closes_second
    """
    self._only_operator()
    assert opens <= closes and closes <= DAY, "hours out of the day"
    self.opens_second = opens
    self.closes_second = closes
    log HoursSet(opens_second=opens, closes_second=closes)


@external
def set_limits(operation: uint256, holding: uint256, monthly_top_up: uint256):
    """
    @notice Ceilings on one transfer, on what a wallet holds, and on a wallet's top-ups in a calendar month.
    @custom:writes operation_limit holding_limit monthly_top_up_limit
    """
    self._only_operator()
    self.operation_limit = operation
    self.holding_limit = holding
    self.monthly_top_up_limit = monthly_top_up
    log LimitsSet(operation=operation, holding=holding, monthly_top_up=monthly_top_up)


@external
def set_fee(fee_: uint256):
    """
    @notice The charge for each transfer, paid by the sender on top.
    @custom:writes fee
    """
    self._only_operator()
    self.fee = fee_
    log FeeSet(fee=fee_)


@external
def freeze(wallet: address, order_id: bytes32):
    """
    @notice Stop a wallet from sending and redeeming, by an order that has a number.
    @custom:writes freezing_order[wallet]
    """
    self._only_operator()
    assert self.client_of[wallet] != empty(bytes32), "not a registered wallet"
    assert order_id != empty(bytes32), "no order"
    assert self.freezing_order[wallet] == empty(bytes32), "already frozen"
    self.freezing_order[wallet] = order_id
    log Frozen(wallet=wallet, order_id=order_id)


@external
def unfreeze(wallet: address, order_id: bytes32):
    """
    @notice Lift the freeze that this order laid, and no other.
    @custom:writes freezing_order[wallet]
    """
    self._only_operator()
    assert order_id != empty(bytes32), "no order"
    assert self.freezing_order[wallet] == order_id, "not frozen by this order"
    self.freezing_order[wallet] = empty(bytes32)
    log Unfrozen(wallet=wallet, order_id=order_id)


# -- the banks' tier -----------------------------------------------------------------------------------

@external
def open_wallet(client: bytes32, wallet: address):
    """
    @notice A bank opens the one wallet of its client; `wallet` is the address whose key the client holds.
    @custom:writes client_of[wallet] bank_of[wallet] wallet_of[client]
    """
    assert self.is_bank[msg.sender], "not an admitted bank"
    assert client != empty(bytes32) and wallet != empty(address), "no client or no wallet"
    assert wallet != self.operator, "the operator has no wallet"
    assert self.wallet_of[client] == empty(address), "client has a wallet"
    assert self.client_of[wallet] == empty(bytes32), "wallet has a client"
    self.client_of[wallet] = client
    self.bank_of[wallet] = msg.sender
    self.wallet_of[client] = wallet
    log WalletOpened(wallet=wallet, client=client, bank=msg.sender)


# -- orders --------------------------------------------------------------------------------------------

@external
def mint(bank: address, wallet: address, amount: uint256, debit_reference: bytes32):
    """
    @notice Issue units to a wallet against non-cash money the bank has debited under this reference.
    @custom:writes orders supply balances[wallet] topped_up[wallet][this.month()] reference_used[debit_reference]
    """
    self._only_operator()
    self._while_open()
    assert self.is_bank[bank], "not an admitted bank"
    assert self.client_of[wallet] != empty(bytes32), "not a registered wallet"
    assert amount > 0, "nothing to issue"
    self._use_reference(debit_reference)
    month: uint256 = self._month(block.timestamp)
    topped: uint256 = self.topped_up[wallet][month] + amount
    limit: uint256 = self.monthly_top_up_limit
    assert limit == 0 or topped <= limit, "over the monthly top-up limit"
    self.topped_up[wallet][month] = topped
    self.supply += amount
    self._credit(wallet, amount)
    log Issued(number=self._next_order(), bank=bank, wallet=wallet, amount=amount, debit_reference=debit_reference)


@external
def transfer(to: address, amount: uint256):
    """
    @notice Settle at once between two registered wallets; the sender pays the fee on top.
    @custom:writes orders balances[msg.sender] balances[to] balances[self.operator]?fee
    """
    self._while_open()
    assert self.client_of[msg.sender] != empty(bytes32), "sender is not a registered wallet"
    assert self.client_of[to] != empty(bytes32), "receiver is not a registered wallet"
    assert self.freezing_order[msg.sender] == empty(bytes32), "sender is frozen"
    assert to != msg.sender, "sender is the receiver"
    assert amount > 0, "nothing to transfer"
    limit: uint256 = self.operation_limit
    assert limit == 0 or amount <= limit, "over the operation limit"
    fee: uint256 = self.fee
    held: uint256 = self.balances[msg.sender]
    assert amount <= held and fee <= held - amount, "balance does not cover amount and fee"
    self.balances[msg.sender] = held - amount - fee
    self._credit(to, amount)
    if fee > 0:
        self.balances[self.operator] += fee
        log Transfer(sender=msg.sender, to=self.operator, amount=fee)
    log Transfer(sender=msg.sender, to=to, amount=amount)
    log OrderExecuted(number=self._next_order(), sender=msg.sender, to=to, amount=amount, fee=fee)


@external
def redeem(amount: uint256, credit_reference: bytes32):
    """
    @notice Turn units back into non-cash money, credited by the wallet's bank under this reference. The operator
            redeems the fees it has gathered in the same way.
    @custom:writes orders supply balances[msg.sender] reference_used[credit_reference]
    """
    self._while_open()
    if msg.sender != self.operator:
        assert self.client_of[msg.sender] != empty(bytes32), "not a registered wallet"
        assert self.freezing_order[msg.sender] == empty(bytes32), "sender is frozen"
    assert amount > 0, "nothing to redeem"
    held: uint256 = self.balances[msg.sender]
    assert amount <= held, "balance does not cover amount"
    self._use_reference(credit_reference)
    self.balances[msg.sender] = held - amount
    self.supply -= amount
    log Redeemed(
        number=self._next_order(),
        bank=self.bank_of[msg.sender],
        wallet=msg.sender,
        amount=amount,
        credit_reference=credit_reference,
    )


@internal
def _credit(wallet: address, amount: uint256):
    balance: uint256 = self.balances[wallet] + amount
    limit: uint256 = self.holding_limit
    assert limit == 0 or balance <= limit, "over the holding limit"
    self.balances[wallet] = balance


@internal
def _use_reference(reference: bytes32):
    assert reference != empty(bytes32), "no reference"
    assert not self.reference_used[reference], "reference already used"
    self.reference_used[reference] = True


@internal
def _next_order() -> uint256:
    self.orders += 1
    return self.orders


@internal
@view
def _only_operator():
    assert msg.sender == self.operator, "not the operator"


@internal
@view
def _while_open():
    assert self._is_open(block.timestamp), "platform is closed"


# -- reading -------------------------------------------------------------------------------------------

@internal
@view
def _is_open(timestamp: uint256) -> bool:
    if self.opens_second == self.closes_second:
        return True
    second: uint256 = (timestamp + self.zone_seconds) % DAY
    return self.opens_second <= second and second < self.closes_second


@internal
@view
def _month(timestamp: uint256) -> uint256:
    """
    Months since year 0, counted from March so that leap days end the year: any calendar month has one number.
    """
    days: uint256 = (timestamp + self.zone_seconds) // DAY + 719_468
    era: uint256 = days // 146_097
    day: uint256 = days % 146_097
    year: uint256 = (day - day // 1_460 + day // 36_524 - day // 146_096) // 365
    day_of_year: uint256 = day - (365 * year + year // 4 - year // 100)
    return (era * 400 + year) * 12 + (5 * day_of_year + 2) // 153


@external
@view
def month() -> uint256:
    """
    @notice The number of the current calendar month in local time, as `topped_up` counts them.
    """
    return self._month(block.timestamp)


@external
@view
def is_open() -> bool:
    """
    @notice Does the platform take orders at this block's time?
    """
    return self._is_open(block.timestamp)


@external
@view
def totalSupply() -> uint256:
    """
    @notice Units in being: issued less redeemed.
    """
    return self.supply


@external
@view
def balanceOf(who: address) -> uint256:
    """
    @notice Kopecks on a wallet, or gathered by the operator.
    """
    return self.balances[who]


@external
@view
def decimals() -> uint256:
    """
    @notice Two: a kopeck is the minor unit.
    """
    return 2
