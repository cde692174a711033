"""What a metric rests on is named for every metric, by parameters that exist."""

from fnmatch import fnmatchcase

from sandbox.metrics import METRICS
from sandbox.metrics.inputs import BY_FAMILY, BY_METRIC, behind, rests_on
from sandbox.scenario.library import parameters_folder
from sandbox.scenario.parameters import ParameterLibrary

NAMES = ParameterLibrary.load(parameters_folder()).names()


def test_every_metric_rests_on_some_parameter() -> None:
    assert [each.name for each in METRICS if not rests_on(each.name, each.family, NAMES)] == []


def test_every_pattern_finds_a_parameter() -> None:
    patterns = {p for group in (*BY_FAMILY.values(), *BY_METRIC.values()) for p in group}
    assert {p for p in patterns if not any(fnmatchcase(name, p) for name in NAMES)} == set()


def test_a_metric_of_its_own_goes_before_its_family() -> None:
    assert behind("cost_pct_financing", "cost") == ("macro.key_rate",)
    assert behind("unheard_of", "no family") == ()


def test_metrics_named_here_exist() -> None:
    assert set(BY_METRIC) <= {each.name for each in METRICS}
