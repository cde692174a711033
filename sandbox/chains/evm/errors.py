"""What can go wrong on the EVM chain.

``ChainError``
    ``ContractRefused``  a static call was refused by the contract; carries its reason
    ``EngineMissing``    the engine asked for cannot be loaded here
    ``EngineFault``      an engine broke its contract with us: the run must stop
    ``UndeclaredWrites`` a contract does not say which storage its functions write
"""


class ChainError(Exception):
    """Anything the chain itself reports."""


class ContractRefused(ChainError):
    """A read was refused by the contract (a transaction that fails is no error: its receipt says so)."""

    def __init__(self, function: str, reason: str) -> None:
        super().__init__(f"{function}: {reason}")
        self.reason = reason


class EngineMissing(ChainError):
    """The engine's packages are not installed for this Python."""


class EngineFault(ChainError):
    """An engine did what must never happen; nothing after it can be trusted."""


class UndeclaredWrites(ChainError):
    """A contract has a function whose ``@custom:writes`` line is missing or cannot be read."""
