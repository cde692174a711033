"""The chains' tables of a run: written a stretch at a time, they say what they say written at once."""

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from sandbox.simulation import chain_tables

from .conftest import Observe

RAILS = {"rails": {"correspondent": {}, "usdt": {}, "btc": {}}, "clock": {"horizon": "4d"}}


def test_stretches_do_not_show_in_the_tables(
    observe: Observe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chains = observe(**RAILS).world.chains
    chain_tables.write_chain_tables(chains, tmp_path / "whole")
    monkeypatch.setattr(chain_tables, "_STRETCH", 7)
    chain_tables.write_chain_tables(chains, tmp_path / "parts")
    for name in ("evm", "bitcoin"):
        whole = pq.read_table(tmp_path / "whole" / f"{name}.parquet")
        parts = pq.read_table(tmp_path / "parts" / f"{name}.parquet")
        assert whole.num_rows and parts.equals(whole)
    assert pq.ParquetFile(tmp_path / "parts" / "evm.parquet").num_row_groups > 1


def test_a_chain_without_transactions_has_a_table_with_its_columns(tmp_path: Path) -> None:
    path = tmp_path / "empty.parquet"
    chain_tables._write(path, chain_tables._BITCOIN, [], chain_tables._bitcoin)
    table = pq.read_table(path)
    assert table.num_rows == 0 and table.schema.equals(chain_tables._BITCOIN)
