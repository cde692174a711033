# pragma version 0.4.3
# pragma evm-version cancun
"""
@title An information system for digital financial assets
@license Apache-2.0
@notice The system's operator registers holders and issues monetary claims on roubles, each against a debit of
        bank money that is named once; claims pass between registered holders only, and a registered holder
        redeems them for bank money. One kind of claim: one unit is a claim on one kopeck.
@dev A holder that was struck off keeps what it holds, but neither sends, receives nor redeems until it is
     registered again. The operator itself holds nothing.
     `@custom:writes` names the storage a function may change; a test compares it with what the reference
     engine stores.
"""

event HolderRegistered:
    holder: indexed(address)
    client: indexed(bytes32)

event HolderStruckOff:
    holder: indexed(address)

event Issued:
    number: indexed(uint256)
    holder: indexed(address)
    amount: uint256
    debit_reference: bytes32

event Transfer:
    number: indexed(uint256)
    sender: indexed(address)
    to: indexed(address)
    amount: uint256

event Redeemed:
    number: indexed(uint256)
    holder: indexed(address)
    amount: uint256
    credit_reference: bytes32

operator: public(address)
orders: public(uint256)
supply: uint256
balances: HashMap[address, uint256]
is_holder: public(HashMap[address, bool])
client_of: public(HashMap[address, bytes32])
holder_of: public(HashMap[bytes32, address])
reference_used: public(HashMap[bytes32, bool])


@deploy
def __init__():
    """
    @notice The deployer is the operator of the system.
    """
    self.operator = msg.sender


# -- the register of holders ---------------------------------------------------------------------------

@external
def register_holder(client: bytes32, holder: address):
    """
    @notice Enter a client with the address whose key it holds; a client struck off comes back with its old one.
    @custom:writes is_holder[holder] client_of[holder] holder_of[client]
    """
    self._only_operator()
    assert client != empty(bytes32) and holder != empty(address), "no client or no holder"
    assert holder != self.operator, "the operator is no holder"
    assert not self.is_holder[holder], "already registered"
    known: address = self.holder_of[client]
    assert known == empty(address) or known == holder, "client has a holder"
    assert self.client_of[holder] == empty(bytes32) or self.client_of[holder] == client, "holder has a client"
    self.is_holder[holder] = True
    self.client_of[holder] = client
    self.holder_of[client] = holder
    log HolderRegistered(holder=holder, client=client)


@external
def strike_off(holder: address):
    """
    @notice Take a holder out of the register; what it holds stays where it is.
    @custom:writes is_holder[holder]
    """
    self._only_operator()
    assert self.is_holder[holder], "not a registered holder"
    self.is_holder[holder] = False
    log HolderStruckOff(holder=holder)


# -- the life of a claim -------------------------------------------------------------------------------

@external
def issue(holder: address, amount: uint256, debit_reference: bytes32):
    """
    @notice Issue claims to a registered holder against bank money debited under this reference.
    @custom:writes orders supply balances[holder] reference_used[debit_reference]
    """
    self._only_operator()
    assert self.is_holder[holder], "not a registered holder"
    assert amount > 0, "nothing to issue"
    self._use_reference(debit_reference)
    self.supply += amount
    self.balances[holder] += amount
    log Issued(number=self._next_order(), holder=holder, amount=amount, debit_reference=debit_reference)


@external
def transfer(to: address, amount: uint256):
    """
    @notice Pass claims on between two registered holders, finally and at once.
    @custom:writes orders balances[msg.sender] balances[to]
    """
    assert self.is_holder[msg.sender], "sender is not a registered holder"
    assert self.is_holder[to], "receiver is not a registered holder"
    assert to != msg.sender, "sender is the receiver"
    assert amount > 0, "nothing to transfer"
    held: uint256 = self.balances[msg.sender]
    assert amount <= held, "balance does not cover amount"
    self.balances[msg.sender] = held - amount
    self.balances[to] += amount
    log Transfer(number=self._next_order(), sender=msg.sender, to=to, amount=amount)


@external
def redeem(amount: uint256, credit_reference: bytes32):
    """
    @notice A registered holder hands claims in; the operator pays bank money out under this reference.
    @custom:writes orders supply balances[msg.sender] reference_used[credit_reference]
    """
    assert self.is_holder[msg.sender], "not a registered holder"
    assert amount > 0, "nothing to redeem"
    held: uint256 = self.balances[msg.sender]
    assert amount <= held, "balance does not cover amount"
    self._use_reference(credit_reference)
    self.balances[msg.sender] = held - amount
    self.supply -= amount
    log Redeemed(number=self._next_order(), holder=msg.sender, amount=amount, credit_reference=credit_reference)


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


# -- reading -------------------------------------------------------------------------------------------

@external
@view
def totalSupply() -> uint256:
    """
    @notice Claims in being: issued less redeemed.
    """
    return self.supply


@external
@view
def balanceOf(who: address) -> uint256:
    """
    @notice Kopecks that a holder has a claim on.
    """
    return self.balances[who]


@external
@view
def decimals() -> uint256:
    """
    @notice Two: a kopeck is the minor unit.
    """
    return 2
