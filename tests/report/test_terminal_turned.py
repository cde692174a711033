"""On a narrow terminal a wide table with few rows is turned on its side, and loses nothing."""

import io

from rich.console import Console

from sandbox.report.tables import Table
from sandbox.report.terminal import print_table

TABLE = Table(
    caption="by rail",
    headings=("rail", "payments", "median", "failed"),
    rows=(("USDT", "12", "1 d", "0.5%"), ("BTC", "7", "2 d", "0%")),
)


def drawn(width: int) -> list[str]:
    """The lines of the table on a terminal of this width."""
    console = Console(file=io.StringIO(), force_terminal=True, width=width, no_color=True)
    print_table(TABLE, console)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue().splitlines()


def test_a_narrow_terminal_gets_one_row_a_measure() -> None:
    lines = drawn(80)
    assert any("USDT" in line and "BTC" in line for line in lines)
    assert any("median" in line and "1 d" in line and "2 d" in line for line in lines)


def test_a_wide_terminal_gets_one_row_a_rail() -> None:
    assert any("USDT" in line and "12" in line and "0.5%" in line for line in drawn(140))
