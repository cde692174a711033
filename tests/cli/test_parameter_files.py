"""A user's own parameters through the command line: laid over the library, told in the run, refused in place."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sandbox.cli.options import settings
from sandbox.scenario.load import load

Command = Callable[..., Any]

OWN = """sources:
  survey:
    {title: A survey of banks made for this test, publisher: Us, date: 2025-02-01, url: "https://example.org/survey"}
parameters:
  bank.kyc_hours:
    unit: desk hours
    values:
      2024-06-03: {value: {mean: 2.5, cv: 0.9}, source: survey, confidence: C}
    low: 0.5
    high: 6
    note: Slower than the library has it.
"""


def written(folder: Path, text: str = OWN, name: str = "own.yaml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_run_uses_a_users_file_and_says_so(sandbox: Command, tiny: Path, tmp_path: Path) -> None:
    series = "{2024-09-01: {value: 12, source: survey, confidence: B}}"
    own = written(tmp_path, f"{OWN}  regulator.notice_days_ml: {{values: {series}, high: 12}}\n")
    said = sandbox(
        "run", tiny, "--parameters", own, "--json", "--set", "clock.horizon=10d", "--set", "clock.warm_up=1d",
        "--set", "clock.cool_down=1d",
    )  # fmt: skip
    assert said.code == 0, said.err
    folder = tmp_path / "runs" / "tiny-s1-001"
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    (layer,) = manifest["scenario"]["parameters_files"]
    assert layer["file"] == "own.yaml" and len(layer["sha256"]) == 64
    assert "parameters_files.option-1" in manifest["command"]
    used = json.loads((folder / "parameters.json").read_text(encoding="utf-8"))["parameters"]
    (days,) = (each for each in used if each["name"] == "regulator.notice_days_ml")
    assert (days["value"], days["high"], days["confidence"]) == (12, 12, "B")
    assert days["file"] == "own.yaml" and not days["overridden"]
    assert days["source_title"].startswith("A survey of banks")
    assert {each["name"] for each in used if each["file"]} <= {"regulator.notice_days_ml", "bank.kyc_hours"}
    report = (folder / "report.html").read_text(encoding="utf-8")
    assert (
        "A survey of banks made for this test [own.yaml]" in report and "https://example.org/survey" in report
    )


def test_a_scenario_names_files_beside_it_and_the_last_counts(tiny: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    written(tmp_path / "mine")
    second = OWN.replace("mean: 2.5", "mean: 4.0").replace("survey", "other")
    written(tmp_path, second, "second.yaml")
    text = tiny.read_text(encoding="utf-8")
    tiny.write_text(text + "parameters_files: {first: mine/own.yaml, then: second.yaml}\n", encoding="utf-8")
    loaded, plain = load(tiny), load(written(tmp_path, text, "plain.yaml"))
    on = loaded.scenario.clock.start
    assert loaded.parameters.table("bank.kyc_hours", on)["mean"] == 4.0
    assert [Path(file).name for file, _ in loaded.parameters.layers] == ["own.yaml", "second.yaml"]
    assert loaded.hash != plain.hash and len(loaded.files) == len(plain.files) + 2
    assert loaded.parameters.with_overrides({"aml.prevalence": 0.01}).layers == loaded.parameters.layers
    tiny.write_text(text + "parameters_files: {only: second.yaml}\n", encoding="utf-8")
    assert load(tiny).hash == loaded.hash  # equal values, wherever they lie


BROKEN = [
    ("source: survey, ", "", "8:7", "missing_key", "a required key is missing"),
    ("source: survey,", "source: surwey,", "8:57", "unknown_source", "did you mean 'survey'?"),
    ("unit: desk hours", "unit: furlongs", "6:11", "unknown_unit", "unknown unit 'furlongs'"),
    ("unit: desk hours", "unit: days", "6:11", "other_unit", "the library has this in 'desk hours'"),
    ("mean: 2.5", "mean: -2.5", "8:", "distribution", "mean must be greater than 0"),
    ("cv: 0.9", "cv: -1", "8:", "distribution", "cv must not be negative"),
    ("mean: 2.5, cv: 0.9", "mean: 2.5, cw: 0.9", "8:", "unknown_key", "did you mean 'cv'?"),
    ("mean: 2.5, cv: 0.9", "mean: 2.5", "8:", "missing_key", "lacks the part 'cv'"),
    ("{mean: 2.5, cv: 0.9}", "2.5", "8:", "wrong_type", "a map of numbers"),
    ("bank.kyc_hours", "bank.kyc_hour", "5:3", "unknown_parameter", "did you mean 'bank.kyc_hours'?"),
    ("confidence: C}", "confidence: C, expected: true}", "7:5", "nothing_in_force", "announced only"),
    ("low: 0.5", "low: 9", "9:10", "out_of_range", "low is above high"),
    ("survey:\n", "assumption:\n", "2:3", "taken", "another source of this key"),
    ("note:", "nota:", "11:5", "unknown_key", "note"),
]


@pytest.mark.parametrize(
    ("old", "new", "place", "code", "words"), BROKEN, ids=[f"{b[3]}-{at}" for at, b in enumerate(BROKEN)]
)
def test_a_fault_is_told_in_its_place_and_nothing_is_written(
    sandbox: Command, tiny: Path, tmp_path: Path, old: str, new: str, place: str, code: str, words: str
) -> None:
    assert old in OWN
    own = written(tmp_path, OWN.replace(old, new))
    said = sandbox("run", tiny, "--parameters", own)
    assert said.code == 3
    (line,) = (line for line in said.err.splitlines() if f"error[{code}]" in line)
    assert line.startswith(f"own.yaml:{place}") and words in line
    assert not (tmp_path / "runs").exists()


def test_dates_must_ascend(sandbox: Command, tiny: Path, tmp_path: Path) -> None:
    later = "      2024-06-03: {value: {mean: 2.5, cv: 0.9}, source: survey, confidence: C}\n"
    own = written(tmp_path, OWN.replace(later, later.replace("2024-06", "2025-06") + later))
    said = sandbox("validate", tiny, "--parameters", own)
    assert said.code == 3 and "own.yaml:9:7: error[date_order]" in said.err and "must ascend" in said.err


SHARES = """parameters:
  NAME:
    values:
      2024-01-01: {value: VALUE, source: assumption, confidence: D}
"""


def test_shares_must_add_up_to_one(sandbox: Command, tiny: Path, tmp_path: Path) -> None:
    library = load(tiny).parameters
    name, value = next(
        (name, dated.value)
        for name in library.names()
        if library.entry(name).unit == "shares"
        for dated in library.entry(name).values.values()
        if dated and isinstance(dated.value, dict)
    )
    text = SHARES.replace("NAME", name)
    assert (
        sandbox(
            "validate", tiny, "--parameters", written(tmp_path, text.replace("VALUE", json.dumps(value)))
        ).code
        == 0
    )
    halved = {key: number / 2 for key, number in value.items()}
    said = sandbox(
        "validate", tiny, "--parameters", written(tmp_path, text.replace("VALUE", json.dumps(halved)))
    )
    assert (
        said.code == 3 and "error[shares_sum]" in said.err and "shares must add up to 1 (got 0.5)" in said.err
    )
    assert "own.yaml:4:" in said.err


def test_an_unknown_kind_of_event_is_told_in_its_place(sandbox: Command, tiny: Path) -> None:
    event = "timeline: {sale: {at: 2025-03-10, kind: pressur, level: 0.5, label: x}}\n"
    tiny.write_text(tiny.read_text(encoding="utf-8") + event, encoding="utf-8")
    said = sandbox("run", tiny)
    assert said.code == 3 and "tiny.yaml:8:" in said.err and "pressure" in said.err


def test_a_file_that_is_not_there_or_lies_elsewhere_is_refused(
    sandbox: Command, tiny: Path, tmp_path: Path
) -> None:
    said = sandbox("run", tiny, "--parameters", "none.yaml")
    assert said.code == 3 and "parameters_files.option-1: there is no file 'none.yaml'" in said.err
    text = tiny.read_text(encoding="utf-8")
    for named in ("../own.yaml", "/etc/hostname"):
        tiny.write_text(f"{text}parameters_files: {{mine: {named}}}\n", encoding="utf-8")
        said = sandbox("validate", tiny)
        assert said.code == 3 and "tiny.yaml:8:26: error[no_file]" in said.err and "outside" in said.err
    tiny.write_text(f"{text}parameters_files: [own.yaml]\n", encoding="utf-8")
    assert sandbox("validate", tiny).code == 3


def test_a_comparison_lays_the_file_over_both_sides(sandbox: Command, tiny: Path, tmp_path: Path) -> None:
    """Loaded only: what each arm is told by is the override that `--parameters` stands for."""
    sets = settings(["policy.banks=3"], [Path("a b.yaml"), Path('q"uote.yaml')])
    assert sets == (
        "policy.banks=3",
        'parameters_files.option-1="a b.yaml"',
        'parameters_files.option-2="q\\"uote.yaml"',
    )
    own = written(tmp_path, name='q"uote.yaml')
    assert load(tiny, sets=settings(None, [own])).parameters.layers[0][0].endswith('q"uote.yaml')
