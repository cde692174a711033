"""Broken scenario files (broken_files.txt): each with the exact lines a user reads.

The model is a small one of the same shape as the real scenario, so that the lines stay exact while the
real one grows.
"""

from pathlib import Path
from typing import Annotated, Literal

import pytest
from pydantic import Field, model_validator

from sandbox.scenario.load import check
from sandbox.spec import Day, Duration, Spec, UsdAmount


class Clock(Spec):
    start: Day | None = None
    horizon: Duration = 100 * 86_400

    @model_validator(mode="after")
    def _long_enough(self) -> "Clock":
        if self.horizon < 20 * 86_400:
            raise ValueError("nothing of the horizon is left to observe")
        return self


class Population(Spec):
    importers: int = Field(default=500, ge=1)
    payments_per_business_day: float = Field(default=100.0, gt=0)


class Rails(Spec):
    usdt: dict[str, int] | None = None
    btc: dict[str, int] | None = None
    correspondent: dict[str, int] | None = None


class Lever(Spec):
    value: int
    source: str
    confidence: Literal["A", "B", "C", "D", "E"]


class Schedule(Spec):
    values: dict[Day, Lever]


class Policy(Spec):
    regime: bool = True
    banks: int = Field(default=4, ge=1, le=100)
    review_officers: int = 4
    kyc_analysts: int | Schedule = 2
    opens: Day | None = None
    monthly_cap: UsdAmount | None = None
    cap_rule: Literal["wait", "reject"] = "wait"


class Wave(Spec):
    kind: Literal["admission_wave"]
    at: Day
    add: int


class Pause(Spec):
    kind: Literal["pause"]
    at: Day
    last: Duration


class Small(Spec):
    schema_: Literal[1] = Field(alias="schema")
    title: dict[str, str]
    question: dict[str, str]
    covers: list[str] = Field(default_factory=list)
    compare_to: str | None = None
    clock: Clock = Field(default_factory=Clock)
    population: Population = Field(default_factory=Population)
    rails: Rails
    policy: Policy = Field(default_factory=Policy)
    timeline: dict[
        Annotated[str, Field(pattern="^[a-z0-9-]+$")], Annotated[Wave | Pause, Field(discriminator="kind")]
    ] = Field(default_factory=dict)
    parameters: dict[str, float | str | dict[str, float]] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _somebody_decides(self) -> "Small":
        if self.policy.review_officers == 0:
            raise ValueError("policy.review_officers: the desk needs at least one officer")
        return self


HEAD = "schema: 1\ntitle: {en: A test}\nquestion: {en: Does it load?}\nrails: {usdt: {}, correspondent: {}}\n"


def _broken() -> list[tuple[str, str, list[str]]]:
    cases = []
    for block in (Path(__file__).parent / "broken_files.txt").read_text(encoding="utf-8").split("==== ")[1:]:
        name, _, rest = block.partition("\n")
        text, _, lines = rest.partition("---->\n")
        text = text.replace("<head>\n", HEAD).replace("<zero-width>", "\u200b")
        cases.append((name, text, lines.splitlines()))
    return cases


BROKEN = _broken()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(("text", "lines"), [case[1:] for case in BROKEN], ids=[case[0] for case in BROKEN])
def test_each_broken_file_gives_its_lines(folder: Path, text: str, lines: list[str]) -> None:
    (folder / "x.yaml").write_bytes(text.encode())
    assert [str(fault) for fault in check("x.yaml", model=Small)] == lines


def test_there_are_enough_of_them() -> None:
    assert len(BROKEN) >= 80
    assert len({name for name, _, _ in BROKEN}) == len(BROKEN)


def test_the_file_that_all_others_break_is_in_order(folder: Path) -> None:
    (folder / "x.yaml").write_text("\ufeff" + HEAD, encoding="utf-8")
    assert check("x.yaml", model=Small) == []


def test_no_message_repeats_a_secret() -> None:
    for name, text, lines in BROKEN:
        if any("[secret]" in line or "[real_address]" in line for line in lines):
            written = text.splitlines()[-1].split(":", 1)[-1].strip(" '-[]{}")
            assert all(written not in line for line in lines), name


def test_all_faults_of_a_file_come_at_once_in_order(folder: Path) -> None:
    body = "policy:\n  bank: 3\n  banks: 0\n  regime: yes\nclock: {horizon: 1_0d}\ncovers: [1e3]\n"
    (folder / "x.yaml").write_text(HEAD + body)
    faults = check("x.yaml", model=Small)
    assert [(fault.line, fault.code) for fault in faults] == [
        (6, "unknown_key"),
        (7, "out_of_range"),
        (8, "wrong_type"),
        (9, "invalid_value"),
        (10, "number_format"),
    ]
