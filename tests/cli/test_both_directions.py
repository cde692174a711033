"""A world that sells and buys, from the command line: its run is told by rail and by direction."""

from pathlib import Path

from tests.cli.conftest import TINY, Command


def two_ways(folder: Path) -> Path:
    """The tiny scenario with exporters."""
    path = folder / "two-ways.yaml"
    path.write_text(
        TINY.replace("{importers: 20,", "{importers: 20, exporters: {share: 0.5},"), encoding="utf-8"
    )
    return path


def test_a_run_tells_of_rails_and_of_directions(sandbox: Command, tmp_path: Path) -> None:
    said = sandbox("run", two_ways(tmp_path), "--no-report")
    assert said.code == 0, said.err
    rows = [line.split("\t") for line in said.out.splitlines() if "\t" in line]
    heads = [row[0] for row in rows]
    assert heads.count("rail") == 2, "endings, and the policy table"
    assert heads.count("imports") == heads.count("exports") == 2, "in either table"
    second = heads.index("rail", heads.index("rail") + 1)
    endings, policy = ({row[0]: row for row in part} for part in (rows[:second], rows[second:]))
    whole = [int(policy[way][1].replace(",", "")) for way in ("imports", "exports", "all rails")]
    assert whole[0] + whole[1] == whole[2] > 0
    for way, payments in zip(("imports", "exports"), whole, strict=False):
        assert sum(int(cell.replace(",", "")) for cell in endings[way][1:]) == payments
