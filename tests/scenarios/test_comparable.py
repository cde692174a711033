"""Every shipped scenario can be held against the one it names: it is there, and both run on one clock."""

from pathlib import Path

import pytest

from sandbox.experiment.pairing import NotComparable, baseline_file, check_clocks
from sandbox.scenario.library import shipped
from sandbox.scenario.load import load
from sandbox.scenario.schema import Scenario

LOADED = {path.stem: load(path).scenario for path in shipped()}


@pytest.mark.parametrize("name", [name for name, scenario in LOADED.items() if scenario.compare_to])
def test_it_and_what_it_names_run_on_one_clock(name: str) -> None:
    base = Path(baseline_file(LOADED[name], name)).stem
    assert base != name
    check_clocks({base: LOADED[base], name: LOADED[name]})


def test_two_clocks_would_be_told() -> None:
    with pytest.raises(NotComparable, match="horizon 820d and 1300d"):
        check_clocks({name: LOADED[name] for name in ("elr-2024", "permanence")})


def test_bases_that_are_held_against_nothing_say_so() -> None:
    for name, scenario in LOADED.items():
        if scenario.compare_to is None and name != "classroom":
            used = {Path(other.compare_to).stem for other in LOADED.values() if other.compare_to}
            assert name in used, f"{name} is compared with nothing and nothing is compared with it"


def test_every_difference_is_of_what_the_scenario_is_about() -> None:
    """A treatment is never of who the firms are or how much they order."""
    for name, scenario in LOADED.items():
        if scenario.compare_to:
            base: Scenario = LOADED[Path(baseline_file(scenario, name)).stem]
            ours, theirs = scenario.population, base.population
            assert ours.importers == theirs.importers, name
            assert ours.payments_per_business_day == theirs.payments_per_business_day, name
            assert ours.suppliers_per_importer == theirs.suppliers_per_importer, name
