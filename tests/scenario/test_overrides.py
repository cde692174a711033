"""`--set`: values from the command line, typed as in a file and reported as `--set`."""

from pathlib import Path

import pytest
from pydantic import Field

from sandbox.scenario.load import check, load
from sandbox.spec import Spec


class Desk(Spec):
    officers: int = Field(default=1, ge=1)
    open: bool = True


class Small(Spec):
    title: str = "A"
    desk: Desk = Field(default_factory=Desk)
    fees: list[float] = Field(default_factory=list)
    parameters: dict[str, float] = Field(default_factory=dict)


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("x.yaml").write_text("title: A\nfees: [.5, 1.5]\n")


def test_values_are_typed_as_in_a_file() -> None:
    sets = ["desk.officers=7", "desk.open=false", "title='12'", "fees.1=2"]
    scenario = load("x.yaml", model=Small, sets=sets).scenario
    assert scenario == Small(title="12", desk=Desk(officers=7, open=False), fees=[0.5, 2.0])


def test_the_last_of_two_counts() -> None:
    assert load("x.yaml", model=Small, sets=["title=B", "title=C"]).scenario.title == "C"


def test_parameter_names_keep_their_dots() -> None:
    loaded = load("x.yaml", model=Small, sets=["parameters.bank.n_elr_banks=7"])
    assert loaded.scenario.parameters == {"bank.n_elr_banks": 7.0}
    assert loaded.parameters.dated("bank.n_elr_banks")[0][1] == 7


def _broken() -> list[tuple[str, str]]:
    text = (Path(__file__).parent / "broken_overrides.txt").read_text(encoding="utf-8")
    return [(option, line) for option, line, *_ in (block.split("\n") for block in text.split("==== ")[1:])]


@pytest.mark.parametrize(("option", "line"), _broken())
def test_faults_are_reported_as_the_option_they_came_from(option: str, line: str) -> None:
    assert [str(fault) for fault in check("x.yaml", model=Small, sets=[option])] == [line]


def test_the_line_counts_the_options() -> None:
    (fault,) = check("x.yaml", model=Small, sets=["title=B", "desk.officers=x"])
    assert (fault.file, fault.line, fault.column) == ("--set", 2, 15)
