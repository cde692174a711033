"""``sandbox metrics``: from a number to its definition, its parameters and their sources, and back."""

import json
import re

from sandbox.metrics import METRICS
from tests.cli.conftest import Command


def test_one_metric_in_full_leads_to_sourced_values(sandbox: Command) -> None:
    said = sandbox("metrics", "cost_pct_financing")
    assert said.code == 0
    for words in ("value x key rate", "% of value", "macro.key_rate", "better is", "SELECT rail, direction"):
        assert words in said.out
    (line,) = [each for each in said.out.splitlines() if each.strip().startswith("macro.key_rate")]
    assert re.search(r"; [A-E] ", line) and "importers: cost of money" in line
    assert "cost_pct_financing" in sandbox("parameters", "macro.key_rate").out


def test_in_russian(sandbox: Command) -> None:
    said = sandbox("metrics", "settlement_time_p95", "--lang", "ru")
    assert said.code == 0
    assert "определение" in said.out and "канал BTC" in said.out
    assert not re.search(r"\b(definition|standard|better)\b", said.out.partition("SQL:")[0])


def test_every_metric_has_definition_unit_and_a_sourced_value(sandbox: Command) -> None:
    rows = json.loads(sandbox("metrics", "--json").out)["metrics"]
    assert [row["name"] for row in rows] == [each.name for each in METRICS]
    for row in rows:
        assert row["definition"] and row["unit"] and row["sql"] and row["rests_on"], row["name"]
        for value in row["rests_on"]:
            assert value["source_title"] and value["confidence"] in "ABCDE" and value["used_by"], value[
                "name"
            ]


def test_a_family_and_a_wrong_name(sandbox: Command) -> None:
    names = {line.split("\t")[0] for line in sandbox("metrics", "speed").out.splitlines()}
    assert "time_cif" in names and "cost_pct_all_in" not in names
    said = sandbox("metrics", "cost_pct_al_in")
    assert said.code == 2 and "cost_pct_all_in" in said.err
