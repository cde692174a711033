"""What notebooks ask for: names that are not there are told with those that are; text shown as HTML is escaped."""

from collections.abc import Callable
from pathlib import Path

import pytest

from sandbox.report.showing import table_html
from sandbox.report.study import NothingOfThatName, RunResult, open_run
from sandbox.report.tables import Table


def test_an_open_run_shows_its_answer_its_tables_and_its_payments(run_folder: Path) -> None:
    found = open_run(run_folder)
    html = found._repr_html_()
    assert "Of 7 payments in the observed window" in html and "<table>" in html
    assert found.answer[0].startswith("Of 7 payments")
    assert found.table("corridor").rows and found.chart("incidence").data
    assert found.metric("payments") == 7
    assert "<pre>" in found.story("P-00003")._repr_html_()


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (lambda found: found.table("nothing"), "there are policy"),
        (lambda found: found.chart("nothing"), "there are settlement-times"),
        (lambda found: found.metric("nothing"), "no metric 'nothing'"),
        (lambda found: found.story("P-99999"), "this run has P-00000 to P-00006"),
    ],
)
def test_a_name_that_is_not_there(run_folder: Path, asked: Callable[[RunResult], object], told: str) -> None:
    with pytest.raises(NothingOfThatName) as fault:
        asked(open_run(run_folder))
    assert told in str(fault.value)


def test_a_table_shown_in_a_notebook_is_text() -> None:
    table = Table(caption="<b>", headings=("<i>",), rows=(("<script>",),))
    assert "<script>" not in table_html(table) and "&lt;script&gt;" in table_html(table)
