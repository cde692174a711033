# pragma version 0.4.3
# pragma evm-version cancun
"""
@title What a deprecated dollar token may forward to, for tests
@license Apache-2.0
"""

legacy: address
balances: HashMap[address, uint256]
allowances: HashMap[address, HashMap[address, uint256]]


@deploy
def __init__(legacy_: address):
    self.legacy = legacy_


@external
def grant(who: address, amount: uint256):
    """
    @custom:writes balances[who]
    """
    self.balances[who] += amount


@external
def transferByLegacy(sender: address, to: address, amount: uint256):
    """
    @custom:writes balances[sender] balances[to]
    """
    assert msg.sender == self.legacy, "not the legacy token"
    self.balances[sender] -= amount
    self.balances[to] += amount


@external
def transferFromByLegacy(spender: address, holder: address, to: address, amount: uint256):
    """
    @custom:writes balances[holder] balances[to] allowances[holder][spender]
    """
    assert msg.sender == self.legacy, "not the legacy token"
    self.allowances[holder][spender] -= amount
    self.balances[holder] -= amount
    self.balances[to] += amount


@external
def approveByLegacy(holder: address, spender: address, amount: uint256):
    """
    @custom:writes allowances[holder][spender]
    """
    assert msg.sender == self.legacy, "not the legacy token"
    self.allowances[holder][spender] = amount


@external
@view
def balanceOf(who: address) -> uint256:
    return self.balances[who]


@external
@view
def allowance(holder: address, spender: address) -> uint256:
    return self.allowances[holder][spender]


@external
@view
def totalSupply() -> uint256:
    return 77
