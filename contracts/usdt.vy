# pragma version 0.4.3
# pragma evm-version cancun
"""
@title A dollar token that behaves like the most used one
@license Apache-2.0
@notice A token under one issuer (the owner) with the habits of TetherToken on Ethereum: transfers return
        nothing, an allowance changes only through zero, the block list looks at the sender alone, frozen
        units can be destroyed, and issue, redeem and destroy change the supply without a Transfer event.
@dev Written from the behaviour of the deployed contract, with these deviations: refusals carry a reason
     string (the original's are empty), an address argument with dirty high bits is refused (the original
     masks it), and event arguments other than those of Transfer and Approval keep the original's
     unindexed form. Function names are the original's, camelCase included.
     `@custom:writes` names the storage a function may change, and `@custom:calls` what it may call;
     a test compares both with what the reference engine stores.
@custom:deploy-writes balances[msg.sender]
"""

interface UpgradedToken:
    def transferByLegacy(sender: address, to: address, amount: uint256): nonpayable
    def transferFromByLegacy(spender: address, holder: address, to: address, amount: uint256): nonpayable
    def approveByLegacy(holder: address, spender: address, amount: uint256): nonpayable
    def balanceOf(who: address) -> uint256: view
    def allowance(holder: address, spender: address) -> uint256: view
    def totalSupply() -> uint256: view

event Transfer:
    sender: indexed(address)
    to: indexed(address)
    amount: uint256

event Approval:
    holder: indexed(address)
    spender: indexed(address)
    amount: uint256

event Issue:
    amount: uint256

event Redeem:
    amount: uint256

event DestroyedBlackFunds:
    user: address
    balance: uint256

event AddedBlackList:
    user: address

event RemovedBlackList:
    user: address

event Params:
    feeBasisPoints: uint256
    maxFee: uint256

event Deprecate:
    newAddress: address

event Pause:
    pass

event Unpause:
    pass

FEE_BASIS_POINTS_BELOW: constant(uint256) = 20
FEE_WHOLE_TOKENS_BELOW: constant(uint256) = 50

name: public(String[32])
symbol: public(String[32])
decimals: public(uint256)
owner: public(address)
paused: public(bool)
deprecated: public(bool)
upgradedAddress: public(address)
basisPointsRate: public(uint256)
maximumFee: public(uint256)
supply: uint256
balances: HashMap[address, uint256]
allowances: HashMap[address, HashMap[address, uint256]]
isBlackListed: public(HashMap[address, bool])


@deploy
def __init__(initial_supply: uint256, name_: String[32], symbol_: String[32], decimals_: uint256):
    """
    @notice The deployer is the owner and holds the initial supply; no Transfer tells of it.
    """
    self.name = name_
    self.symbol = symbol_
    self.decimals = decimals_
    self.owner = msg.sender
    self.supply = initial_supply
    self.balances[msg.sender] = initial_supply


# -- the holder's side ---------------------------------------------------------------------------------

@external
def transfer(to: address, amount: uint256):
    """
    @notice Move `amount` minor units to `to`, less the fee if the owner has set one.
    @dev An amount over the balance burns all the gas of the transaction, as the original's assert does.
    @custom:writes balances[msg.sender] balances[to] balances[self.owner]?basisPointsRate
    @custom:calls upgradedAddress.transferByLegacy(msg.sender,to,amount)
    """
    assert not self.paused, "paused"
    assert not self.isBlackListed[msg.sender], "sender is frozen"
    if self.deprecated:
        extcall UpgradedToken(self.upgradedAddress).transferByLegacy(msg.sender, to, amount)
    else:
        self._move(msg.sender, to, amount)


@external
def transferFrom(holder: address, to: address, amount: uint256):
    """
    @notice Move units of `holder` under an allowance; only the holder's freeze counts, not the caller's.
    @custom:writes balances[holder] balances[to] balances[self.owner]?basisPointsRate allowances[holder][msg.sender]
    @custom:calls upgradedAddress.transferFromByLegacy(msg.sender,holder,to,amount)
    """
    assert not self.paused, "paused"
    assert not self.isBlackListed[holder], "sender is frozen"
    if self.deprecated:
        extcall UpgradedToken(self.upgradedAddress).transferFromByLegacy(msg.sender, holder, to, amount)
        return
    allowed: uint256 = self.allowances[holder][msg.sender]
    self._move(holder, to, amount)
    if allowed < max_value(uint256):
        assert allowed >= amount, UNREACHABLE
        self.allowances[holder][msg.sender] = allowed - amount


@external
def approve(spender: address, amount: uint256):
    """
    @notice Let `spender` move up to `amount`. A standing allowance must be set to zero before it is changed.
    @custom:writes allowances[msg.sender][spender]
    @custom:calls upgradedAddress.approveByLegacy(msg.sender,spender,amount)
    """
    if self.deprecated:
        extcall UpgradedToken(self.upgradedAddress).approveByLegacy(msg.sender, spender, amount)
        return
    assert amount == 0 or self.allowances[msg.sender][spender] == 0, "allowance must go through zero"
    self.allowances[msg.sender][spender] = amount
    log Approval(holder=msg.sender, spender=spender, amount=amount)


@internal
def _move(holder: address, to: address, amount: uint256):
    rate: uint256 = self.basisPointsRate
    if rate != 0:
        assert amount <= max_value(uint256) // rate, UNREACHABLE
    fee: uint256 = min(amount * rate // 10_000, self.maximumFee)
    delivered: uint256 = amount - fee
    held: uint256 = self.balances[holder]
    assert held >= amount, UNREACHABLE
    self.balances[holder] = held - amount
    self.balances[to] += delivered
    if fee > 0:
        self.balances[self.owner] += fee
        log Transfer(sender=holder, to=self.owner, amount=fee)
    log Transfer(sender=holder, to=to, amount=delivered)


# -- the issuer's side ---------------------------------------------------------------------------------

@external
def issue(amount: uint256):
    """
    @notice Make units on the owner's balance. Not stopped by a pause; no Transfer.
    @custom:writes supply balances[self.owner]
    """
    self._only_owner()
    assert amount > 0 and amount <= max_value(uint256) - self.supply, "supply overflow or nothing issued"
    self.balances[self.owner] += amount
    self.supply += amount
    log Issue(amount=amount)


@external
def redeem(amount: uint256):
    """
    @notice Unmake units of the owner's balance. Not stopped by a pause; no Transfer.
    @custom:writes supply balances[self.owner]
    """
    self._only_owner()
    assert self.balances[self.owner] >= amount, "owner holds less"
    self.balances[self.owner] -= amount
    self.supply -= amount
    log Redeem(amount=amount)


@external
def addBlackList(user: address):
    """
    @notice Freeze: `user` cannot send from now on, but can still receive.
    @custom:writes isBlackListed[user]
    """
    self._only_owner()
    self.isBlackListed[user] = True
    log AddedBlackList(user=user)


@external
def removeBlackList(user: address):
    """
    @notice Lift a freeze.
    @custom:writes isBlackListed[user]
    """
    self._only_owner()
    self.isBlackListed[user] = False
    log RemovedBlackList(user=user)


@external
def destroyBlackFunds(user: address):
    """
    @notice Wipe a frozen holder's whole balance and lower the supply by it; no Transfer.
    @custom:writes supply balances[user]
    """
    self._only_owner()
    assert self.isBlackListed[user], "not frozen"
    dirty: uint256 = self._balance(user)
    self.balances[user] = 0
    assert self.supply >= dirty, UNREACHABLE
    self.supply -= dirty
    log DestroyedBlackFunds(user=user, balance=dirty)


@external
def setParams(newBasisPoints: uint256, newMaxFee: uint256):
    """
    @notice Switch the transfer fee: hundredths of a percent, below 20, and a ceiling in whole tokens, below 50.
    @custom:writes basisPointsRate maximumFee
    """
    self._only_owner()
    assert newBasisPoints < FEE_BASIS_POINTS_BELOW and newMaxFee < FEE_WHOLE_TOKENS_BELOW, "fee too high"
    self.basisPointsRate = newBasisPoints
    self.maximumFee = newMaxFee * 10 ** self.decimals
    log Params(feeBasisPoints=self.basisPointsRate, maxFee=self.maximumFee)


@external
def pause():
    """
    @notice Stop transfer and transferFrom; approvals, issuance and the block list go on.
    @custom:writes paused
    """
    self._only_owner()
    assert not self.paused, "paused"
    self.paused = True
    log Pause()


@external
def unpause():
    """
    @notice End a pause.
    @custom:writes paused
    """
    self._only_owner()
    assert self.paused, "not paused"
    self.paused = False
    log Unpause()


@external
def deprecate(newAddress: address):
    """
    @notice Hand transfers, allowances, balances and the supply over to another contract, for good.
    @custom:writes deprecated upgradedAddress
    """
    self._only_owner()
    self.deprecated = True
    self.upgradedAddress = newAddress
    log Deprecate(newAddress=newAddress)


@external
def transferOwnership(newOwner: address):
    """
    @notice Name another owner; the zero address is silently ignored.
    @custom:writes owner
    """
    self._only_owner()
    if newOwner != empty(address):
        self.owner = newOwner


@internal
@view
def _only_owner():
    assert msg.sender == self.owner, "not the owner"


# -- reading -------------------------------------------------------------------------------------------

@external
@view
def totalSupply() -> uint256:
    """
    @notice Units in being: issued less redeemed and destroyed.
    """
    if self.deprecated:
        return staticcall UpgradedToken(self.upgradedAddress).totalSupply()
    return self.supply


@external
@view
def balanceOf(who: address) -> uint256:
    """
    @notice Minor units held.
    """
    return self._balance(who)


@internal
@view
def _balance(who: address) -> uint256:
    if self.deprecated:
        return staticcall UpgradedToken(self.upgradedAddress).balanceOf(who)
    return self.balances[who]


@external
@view
def allowance(holder: address, spender: address) -> uint256:
    """
    @notice Units `spender` may still move for `holder`.
    """
    if self.deprecated:
        return staticcall UpgradedToken(self.upgradedAddress).allowance(holder, spender)
    return self.allowances[holder][spender]


@external
@view
def getBlackListStatus(user: address) -> bool:
    """
    @notice Is this holder frozen?
    """
    return self.isBlackListed[user]


@external
@view
def getOwner() -> address:
    """
    @notice The issuer.
    """
    return self.owner


@external
@view
def MAX_UINT() -> uint256:
    """
    @notice An allowance of this size is never used up.
    """
    return max_value(uint256)
