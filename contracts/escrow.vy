# pragma version 0.4.3
# pragma evm-version cancun
"""
@title An escrow for delivery versus payment
@license Apache-2.0
@notice A payer locks tokens for one beneficiary under an order's number. The agent, who sees the goods through
        customs, releases them; after the deadline, or when the agent says that the goods will not come, they go
        back to the payer. Locked units move once, to the one or to the other.
@dev The token is one that answers nothing to a transfer. `beneficiary`, `payer` and `amount` are named again in
     the closing call, and must be what was locked: nobody signs for another sum than he sees.
     `@custom:writes` names the storage a function may change, and `@custom:calls` what it may call;
     a test compares them with what the reference engine stores.
"""

interface Token:
    def transfer(to: address, amount: uint256): nonpayable
    def transferFrom(holder: address, to: address, amount: uint256): nonpayable

event Locked:
    number: indexed(uint256)
    payer: indexed(address)
    beneficiary: indexed(address)
    amount: uint256
    deadline: uint256

event Released:
    number: indexed(uint256)
    beneficiary: indexed(address)
    amount: uint256

event Refunded:
    number: indexed(uint256)
    payer: indexed(address)
    amount: uint256

token: public(address)
agent: public(address)
here: public(address)
payer_of: public(HashMap[uint256, address])
beneficiary_of: public(HashMap[uint256, address])
amount_of: public(HashMap[uint256, uint256])
deadline_of: public(HashMap[uint256, uint256])


@deploy
def __init__(token_: address, agent_: address):
    """
    @notice `agent_` alone releases.
    """
    self.token = token_
    self.agent = agent_
    self.here = self


@external
def lock(number: uint256, beneficiary: address, amount: uint256, deadline: uint256):
    """
    @notice Take `amount` of the caller's tokens, under its allowance, for a beneficiary until a deadline.
    @custom:writes payer_of[number] beneficiary_of[number] amount_of[number] deadline_of[number]
    @custom:calls token.transferFrom(msg.sender,self.here,amount)
    """
    assert self.payer_of[number] == empty(address), "number used before"
    assert amount > 0, "nothing to lock"
    assert beneficiary != empty(address), "no beneficiary"
    assert deadline > block.timestamp, "deadline has passed"
    self.payer_of[number] = msg.sender
    self.beneficiary_of[number] = beneficiary
    self.amount_of[number] = amount
    self.deadline_of[number] = deadline
    extcall Token(self.token).transferFrom(msg.sender, self, amount)
    log Locked(number=number, payer=msg.sender, beneficiary=beneficiary, amount=amount, deadline=deadline)


@external
def release(number: uint256, beneficiary: address, amount: uint256):
    """
    @notice The goods are released: the beneficiary gets what was locked for it.
    @custom:writes amount_of[number]
    @custom:calls token.transfer(beneficiary,amount)
    """
    assert msg.sender == self.agent, "only the agent releases"
    assert beneficiary == self.beneficiary_of[number], "not the beneficiary"
    self._close(number, amount)
    extcall Token(self.token).transfer(beneficiary, amount)
    log Released(number=number, beneficiary=beneficiary, amount=amount)


@external
def refund(number: uint256, payer: address, amount: uint256):
    """
    @notice Give back what was locked: after the deadline at anybody's call, before it at the agent's.
    @custom:writes amount_of[number]
    @custom:calls token.transfer(payer,amount)
    """
    assert payer == self.payer_of[number], "not the payer"
    assert msg.sender == self.agent or block.timestamp >= self.deadline_of[number], "before the deadline"
    self._close(number, amount)
    extcall Token(self.token).transfer(payer, amount)
    log Refunded(number=number, payer=payer, amount=amount)


@internal
def _close(number: uint256, amount: uint256):
    assert amount > 0 and amount == self.amount_of[number], "nothing of that amount is locked"
    self.amount_of[number] = 0
