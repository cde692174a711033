"""The schema that editors use is the one the command prints."""

from pathlib import Path

import pytest

from sandbox.cli import main

SHIPPED = Path(__file__).parents[2] / "scenarios" / "scenario.schema.json"


def test_the_shipped_schema_is_up_to_date(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["schema"])
    assert not end.value.code
    assert SHIPPED.read_text(encoding="utf-8") == capsys.readouterr().out, (
        "run sandbox schema > scenarios/scenario.schema.json"
    )
