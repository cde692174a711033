"""A world in which nobody orders anything runs, is audited, measured and told like any other."""

import json
from pathlib import Path

import pytest

from sandbox.cli import main

NOBODY = """schema: 1
title: {en: Nobody orders}
question: {en: What becomes of a world without orders?}
clock: {start: 2024-01-02, horizon: 1d, warm_up: 0d, cool_down: 0d}
population: {importers: 1, payments_per_business_day: 1, suppliers_per_importer: 1, exporters: {share: 0.01}}
rails: {correspondent: {}}
policy:
  opens: 2024-01-02
  application_desk: false
  participants: {initial: 0}
  banks: 1
  screening: false
  currency_control: true
market: {prices: constant}
"""


@pytest.mark.parametrize("lines", [NOBODY, NOBODY.replace(", exporters: {share: 0.01}", "")])
def test_a_world_without_orders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], lines: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("nobody.yaml").write_text(lines, encoding="utf-8")
    with pytest.raises(SystemExit) as end:
        main(["run", "nobody.yaml", "--seed", "0", "--json"])
    said = capsys.readouterr()
    assert end.value.code == 0, said.err
    document = json.loads(said.out)
    assert document["audit"] == "passed"
    counted = [row for row in document["metrics"] if row["name"] == "payments" and not row.get("group")]
    assert counted and all(row["value"] == 0 for row in counted)
