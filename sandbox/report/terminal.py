"""Results as tables on a terminal: rich where someone is watching, plain lines where the output is piped.

The caller gives the console, so that nothing here decides where text goes; ``NO_COLOR`` is rich's to honour.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table as Grid
from rich.text import Text

from sandbox.report import tables
from sandbox.report.answer import BY_RAIL, comparison_answer, run_answer
from sandbox.report.comparing import Difference, differences
from sandbox.report.inert import visible
from sandbox.report.measures import Measures
from sandbox.report.runfolder import RunFolder
from sandbox.report.tables import Table
from sandbox.report.wording import say

#: Columns of text from which a terminal takes a table as it is.
_WIDE = 120


def print_run(run_directory: Path, console: Console) -> None:
    """The answer in words and the policy table of a finished run."""
    run = RunFolder(run_directory, verify=False)
    print_measures(run.metrics, console)


def print_measures(metrics: Sequence[Mapping[str, Any]], console: Console) -> None:
    """The same from the list that metrics.json holds."""
    measures = Measures.read(metrics)
    _print_sentences(run_answer(measures), console)
    print_table(tables.policy_table(measures), console)
    _print_sentences((say("terminal.scope"),), console)


def print_comparison(
    comparison: Mapping[str, Any], console: Console, regime: Mapping[str, bool] = MappingProxyType({})
) -> None:
    """The answer in words and the differences by rail of a comparison; every row names the baseline.

    ``regime`` says of an arm whether its world has the regime.
    """
    found = differences(comparison)
    _print_sentences(comparison_answer(found, regime), console)
    print_table(tables.difference_table(_by_rail(found), str(comparison["baseline"])), console)
    _print_sentences((say("terminal.scope"),), console)


def print_table(table: Table, console: Console) -> None:
    """A table: drawn on a terminal, tab-separated (every row one line, nothing cut) elsewhere."""
    if not console.is_terminal:
        for row in (table.headings, *table.rows):
            console.file.write("\t".join(visible(cell) for cell in row) + "\n")
        return
    if console.width < _WIDE and len(table.rows) < len(table.headings):
        table = _turned(table)
    grid = Grid(title=escape(visible(table.caption)), title_justify="left", title_style="dim", pad_edge=False)
    for place, heading in enumerate(table.headings):
        grid.add_column(escape(visible(heading)), justify="left" if place == 0 else "right", overflow="fold")
    for row in table.rows:
        grid.add_row(*(Text(visible(cell)) for cell in row))
    console.print(grid)


def _turned(table: Table) -> Table:
    """Rows become columns: a wide table with few rows then fits a narrow terminal."""
    columns = list(zip(table.headings, *table.rows, strict=True))
    return Table(caption=table.caption, headings=columns[0], rows=tuple(columns[1:]))


def _by_rail(found: Sequence[Difference]) -> list[Difference]:
    return [
        each for each in found if each.metric in BY_RAIL and [key for key, _ in each.by] in ([], ["rail"])
    ]


def _print_sentences(sentences: Sequence[str], console: Console) -> None:
    for sentence in sentences:
        console.print(visible(sentence), markup=False, highlight=False, soft_wrap=not console.is_terminal)
