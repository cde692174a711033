"""Which chain engines there are on this machine, and which one a run takes."""

from importlib.util import find_spec

from sandbox.cli.exits import Exit, Stop, complain

#: Engine -> (kind, module it needs, what it is); of each kind the first to be had is the default.
ENGINES = {
    "revm": ("evm", "pyrevm", "revm in process; the default"),
    "eth-tester": ("evm", "eth_tester", "py-evm through web3's contract API; the reference, slower"),
    "kernel": ("bitcoin", "pbk", "Bitcoin Core's consensus code; the default"),
    "python": ("bitcoin", "", "the same rules in Python; the reference, slower"),
}


def to_be_had(engine: str) -> bool:
    """Whether the engine's package is installed."""
    module = ENGINES[engine][1]
    return not module or find_spec(module) is not None


def choose(kind: str, asked: str | None) -> str:
    """The engine asked for, or the first to be had. Raises Stop for one that is not installed."""
    if asked is not None:
        if not to_be_had(asked):
            raise Stop(Exit.USAGE, f"error: engine {asked} is not installed here; see: sandbox list engines")
        return asked
    of_kind = [name for name, (its_kind, _, _) in ENGINES.items() if its_kind == kind]
    for name in of_kind:
        if to_be_had(name):
            if name != of_kind[0]:
                complain(
                    f"note: engine {of_kind[0]} is not installed here; {name} gives the same answers, slower"
                )
            return name
    raise Stop(Exit.USAGE, f"error: no {kind} engine is installed here; see: sandbox list engines")
