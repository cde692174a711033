"""What a scenario says of the digital ruble's platform, read with the parameter library."""

from sandbox.money import Asset
from sandbox.scenario.parameters import ParameterLibrary
from sandbox.scenario.schema import Scenario


def holding_limit(scenario: Scenario, parameters: ParameterLibrary) -> int:
    """Kopecks one wallet may hold (0: any number): the scenario's limit, else the library's."""
    spec = scenario.rails.digital_ruble
    if spec is None:
        return 0
    if spec.holding_limit is not None:
        return spec.holding_limit
    roubles = parameters.optional_number("digital_ruble.dr_wallet_limit_rub", scenario.clock.start)
    return 0 if roubles is None else round(roubles * Asset.RUB.scale)


def operation_limit(scenario: Scenario) -> int:
    """Kopecks one order may move (0: any number)."""
    spec = scenario.rails.digital_ruble
    return 0 if spec is None else spec.operation_limit or 0


__all__ = ["holding_limit", "operation_limit"]
