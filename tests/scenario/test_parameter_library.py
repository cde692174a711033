"""Dated parameters: which value is in force, what an override may change, what is noted."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.scenario.faults import ScenarioInvalid
from sandbox.scenario.library import parameters_folder
from sandbox.scenario.load import check, load
from sandbox.scenario.parameters import ParameterLibrary, UnknownParameter, UnusableValue

SOURCES = """
assumption: {title: Assumption, publisher: this model, date: null, url: null}
S1: {title: A report, publisher: A paper, date: 2024-07-30, url: "https://example.org/a"}
"""
BANK = """
rate:
  title: {en: Rate}
  unit: "% p.a."
  distribution: {kind: step}
  values:
    2024-06-03: {value: 16, source: S1, confidence: A}
    2024-09-16: {value: 19, source: S1, confidence: A}
    2025-01-01: null
    2025-06-01: {value: 20, source: S1, confidence: A, expected: true}
  low: 10
  high: 21
  note: A note.
shares:
  title: {en: Shares}
  unit: shares
  distribution: {kind: shares, by: country}
  values:
    2024-06-03: {value: {CN: 0.6, TR: 0.4}, source: assumption, confidence: D}
opens:
  title: {en: Opening}
  unit: date
  distribution: {kind: event}
  values:
    2024-06-03: {value: 2024-09-01, source: S1, confidence: A}
hours:
  title: {en: Hours}
  unit: hours
  distribution: {kind: lognormal}
  values:
    2024-06-03: {value: {median: 6, sigma: 0.5}, source: S1, confidence: C}
"""
JUNE = date(2024, 6, 3)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sources.yaml").write_text(SOURCES)
    (tmp_path / "bank.yaml").write_text(BANK)
    return tmp_path


@pytest.fixture
def library(folder: Path) -> ParameterLibrary:
    return ParameterLibrary.load(folder)


@pytest.mark.parametrize(
    ("day", "value"),
    [("2020-01-01", 16), ("2024-06-03", 16), ("2024-09-15", 16), ("2024-09-16", 19), ("2024-12-31", 19)],
)
def test_a_value_counts_from_its_date_and_the_first_one_before_it(
    library: ParameterLibrary, day: str, value: int
) -> None:
    assert library.number("bank.rate", date.fromisoformat(day)) == value


def test_an_abolished_value_is_none_and_no_number(library: ParameterLibrary) -> None:
    day = date(2025, 7, 1)
    assert library.optional_number("bank.rate", day) is None
    with pytest.raises(UnusableValue, match=r"bank\.rate"):
        library.number("bank.rate", day)


def test_an_announced_value_counts_only_when_asked_for(folder: Path) -> None:
    assert (
        ParameterLibrary.load(folder).with_announced(["bank.rate"]).number("bank.rate", date(2025, 7, 1))
        == 20
    )


def test_each_kind_of_value_has_its_look_up(library: ParameterLibrary) -> None:
    assert library.table("bank.shares", JUNE) == {"CN": 0.6, "TR": 0.4}
    assert library.day("bank.opens", JUNE) == date(2024, 9, 1)
    assert library.text("bank.opens", JUNE) == "2024-09-01"
    for wrong in (library.number, library.text):
        with pytest.raises(UnusableValue):
            wrong("bank.shares", JUNE)
    with pytest.raises(UnusableValue):
        library.table("bank.rate", JUNE)
    with pytest.raises(TypeError):
        library.table("bank.shares", JUNE)["CN"] = 1.0  # type: ignore[index]  # a look-up cannot change it


def test_look_ups_are_noted_with_what_a_report_shows(library: ParameterLibrary) -> None:
    assert library.used() == []
    library.number("bank.rate", date(2024, 10, 1))
    library.number("bank.rate", date(2024, 11, 1))
    (used,) = library.used()
    assert (used.name, used.date_in_force, used.value, used.unit) == (
        "bank.rate",
        date(2024, 9, 16),
        19,
        "% p.a.",
    )
    assert (used.source_title, used.source_url, used.confidence) == ("A report", "https://example.org/a", "A")
    assert (used.low, used.high, used.note, used.overridden) == (10, 21, "A note.", False)


def test_an_override_counts_at_all_times_and_is_marked(library: ParameterLibrary) -> None:
    changed = library.with_overrides({"bank.rate": 12})
    assert [changed.number("bank.rate", JUNE + timedelta(days=n)) for n in (0, 200, 400)] == [12, 12, 12]
    assert [(used.overridden, used.source_title) for used in changed.used()] == [
        (True, "set by the scenario")
    ]
    assert library.number("bank.rate", JUNE) == 16


def test_an_override_of_a_table_changes_the_parts_it_names(library: ParameterLibrary) -> None:
    assert library.with_overrides({"bank.hours": {"median": 9}}).table("bank.hours", JUNE) == {
        "median": 9,
        "sigma": 0.5,
    }


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("bank.shares", {"CN": 0.9}, "shares_sum"),
        ("bank.shares", {"CH": 0.9}, "unknown_key"),
        ("bank.shares", 0.5, "wrong_type"),
        ("bank.rate", {"a": 1.0}, "wrong_type"),
        ("bank.rate", "high", "wrong_type"),
        ("bank.rate", True, "wrong_type"),
        ("bank.rate", float("nan"), "not_finite"),
        ("bank.opens", "2024-02-30", "bad_date"),
        ("bank.opens", 5, "wrong_type"),
        ("bank.hours", {"sigma": -1}, "distribution"),
        ("bank.hours", {"median": 0}, "distribution"),
    ],
)
def test_an_override_that_cannot_be_is_refused(
    library: ParameterLibrary, name: str, value: object, code: str
) -> None:
    with pytest.raises(UnusableValue) as stop:
        library.with_overrides({name: value})
    assert stop.value.code == code


def test_hours_of_a_day_begin_before_they_end() -> None:
    shipped = ParameterLibrary.load(parameters_folder())
    for wrong in ({"opens": 17}, {"closes": 25}, {"opens": 9.5}):
        with pytest.raises(UnusableValue):
            shipped.with_overrides({"hours.desks": wrong})
    assert shipped.with_overrides({"hours.desks": {"opens": 8}}).table("hours.desks", JUNE)["opens"] == 8


@pytest.mark.parametrize("name", ["bank.rat", "rate", "bnak.rate"])
def test_an_unknown_name_gets_the_nearest_one(library: ParameterLibrary, name: str) -> None:
    with pytest.raises(UnknownParameter, match=r"did you mean 'bank\.rate'\?"):
        library.number(name, JUNE)


DEFECTS = [
    (
        ", source: S1, confidence: A}\n    2024-09",
        ", confidence: A}\n    2024-09",
        "7:5",
        "missing_key",
        "required",
    ),
    ("value: 19, source: S1", "value: 19, source: S2", "8:37", "unknown_source", "did you mean 'S1'?"),
    ('"% p.a."', '"% pa."', "4:9", "unknown_unit", "did you mean '% p.a.'?"),
    ("2024-09-16", "2024-05-16", "8:5", "date_order", "2024-05-16 stands after 2024-06-03"),
    ("TR: 0.4", "TR: 0.5", "19:18", "shares_sum", "got 1.1"),
    ("TR: 0.4", "TR: -0.4", "19:18", "out_of_range", "got -0.4"),
    ("sigma: 0.5", "sigma: -0.5", "31:18", "distribution", "sigma must not be negative (got -0.5)"),
    ("value: 16", "value: 22", "7:25", "out_of_range", "got 22; low 10, high 21"),
    ("high: 21", "high: 9", "11:8", "out_of_range", "low is above high (got 10 and 9)"),
    ("kind: step", "kind: stepp", "5:24", "unknown_value", "did you mean 'step'?"),
    ("confidence: D", "confidence: F", "19:77", "unknown_value", "got 'F'; allowed: A, B, C, D, E"),
    ("value: 2024-09-01", "value: 2024-02-30", "25:25", "bad_date", "not a day of the calendar"),
    ("note: A note.", "context: true", "13:12", "missing_key", "needs a note that says why"),
    ("note: A note.", "notes: A note.", "13:3", "unknown_key", "did you mean 'note'?"),
]


@pytest.mark.parametrize(("old", "new", "place", "code", "words"), DEFECTS)
def test_a_defect_in_the_library_is_shown_in_its_place(
    folder: Path, old: str, new: str, place: str, code: str, words: str
) -> None:
    assert old in BANK
    (folder / "bank.yaml").write_text(BANK.replace(old, new, 1))
    with pytest.raises(ScenarioInvalid) as stop:
        ParameterLibrary.load(folder)
    lines = [str(fault) for fault in stop.value.faults]
    assert any(line.startswith(f"bank.yaml:{place}: error[{code}] ") and words in line for line in lines), (
        lines
    )


def test_a_library_without_sources_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ScenarioInvalid, match=r"sources\.yaml"):
        ParameterLibrary.load(tmp_path)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    st.dictionaries(st.integers(0, 900), st.integers(0, 20), min_size=1, max_size=5),
    st.integers(-100, 1_000),
)
def test_the_value_in_force_is_the_latest_that_has_begun(
    tmp_path_factory: pytest.TempPathFactory, drawn: dict[int, int], asked: int
) -> None:
    folder = tmp_path_factory.mktemp("library")
    start = date(2024, 1, 1)
    steps = sorted(drawn.items())
    line = "    {}: {{value: {}, source: S1, confidence: A}}\n"
    values = "".join(line.format(start + timedelta(days=day), value) for day, value in steps)
    (folder / "sources.yaml").write_text(SOURCES)
    (folder / "x.yaml").write_text(
        "y:\n  title: {en: Y}\n  unit: days\n  distribution: {kind: step}\n  values:\n" + values
    )
    begun = [value for day, value in steps if day <= asked]
    found = ParameterLibrary.load(folder).number("x.y", start + timedelta(days=asked))
    assert found == (begun[-1] if begun else steps[0][1])


SCENARIO = """schema: 1
title: {en: A test}
question: {en: What if the announcement comes true?}
rails: {correspondent: {}}
"""


def test_a_scenario_may_let_announced_values_count(folder: Path) -> None:
    path = folder / "s" / "x.yaml"
    path.parent.mkdir()
    path.write_text(SCENARIO)
    without = load(path, library=folder)
    path.write_text(SCENARIO + "announced: [bank.rate]\n")
    loaded = load(path, library=folder)
    assert loaded.parameters.number("bank.rate", date(2025, 7, 1)) == 20
    assert loaded.hash != without.hash


def test_what_is_not_announced_cannot_be_asked_for(folder: Path) -> None:
    (folder / "s").mkdir()
    (folder / "s" / "x.yaml").write_text(SCENARIO + "announced: [bank.shares, bank.rat]\n")
    assert [str(fault) for fault in check("s/x.yaml", library=folder)] == [
        "s/x.yaml:5:13: error[not_announced] announced.0: bank.shares: nothing is announced for it: all its values"
        " are in force",
        "s/x.yaml:5:26: error[unknown_parameter] announced.1: there is no parameter 'bank.rat';"
        " did you mean 'bank.rate'?",
    ]
