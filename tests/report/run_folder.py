"""A run folder written by hand: the tales in a journal, with parameters, metrics and a manifest beside it."""

import hashlib
import json
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from sandbox.journal import Kind
from sandbox.money import Asset
from tests.report.tales import HORIZON, TALES
from tests.report.teller import Teller

RUB_PER_USD_E8 = 90 * 10**8
CNY_PER_USD_E8 = 725 * 10**6
BTC_E8 = 60_000 * 10**8


def parameter(
    name: str, since: str, value: Any, unit: str, confidence: str, source: str, url: str = "", **more: Any
) -> dict[str, Any]:
    """One entry of parameters.json."""
    return {
        "name": name, "date_in_force": since, "value": value, "unit": unit, "source_title": source,
        "source_url": url, "confidence": confidence, "low": 0.5, "high": 4, "note": "", "overridden": False,
    } | more  # fmt: skip


PARAMETERS = [
    parameter("bank.kyc_hours", "2024-06-01", {"mean": 1.5, "cv": 0.9}, "desk hours", "D", "assumption"),
    parameter("bank.kyc_hours", "2025-01-01", {"mean": 9.9, "cv": 0.9}, "desk hours", "D", "assumption"),
    parameter(
        "btc.block_interval_s", "2009-01-03", 600, "s", "A", "Bitcoin: A Peer-to-Peer Electronic Cash System",
        "https://bitcoin.org/bitcoin.pdf",
    ),
    parameter(
        "correspondent.return_stuck_days", "2024-06-01", {"median": 34}, "days", "C", "Returned payments",
        "https://example.org/returns", overridden=True,
    ),
    parameter("usdt.evm_block_interval_s", "2024-06-01", 3, "s", "C", "vendor", "javascript:alert(1)"),
]  # fmt: skip


def measurement(name: str, family: str, value: float | None, unit: str, n: int, **by: str) -> dict[str, Any]:
    """One entry of metrics.json."""
    return {
        "name": name, "family": family, "by": by, "value": value, "unit": unit, "n": n,
        "reason": None if value is not None else "no payment of this group was credited",
        "definition": f"definition of {name}", "standard": "", "direction": "", "sql": f"SELECT '{name}' < 1",
    }  # fmt: skip


METRICS = [
    measurement("payments", "reliability", 7, "payments", 7),
    *(
        measurement("payments", "reliability", n, "payments", n, rail=rail)
        for rail, n in (("usdt", 2), ("btc", 1), ("digital_ruble", 1), ("agent", 1), ("correspondent", 2))
    ),
    *(
        measurement("payments_by_ending", "reliability", n, "payments", n, ending=ending)
        for ending, n in (("CREDITED", 4), ("STOPPED", 1), ("FAILED", 1), ("CENSORED", 1))
    ),
    measurement("settlement_time_p50", "speed", 2.375, "h", 4),
    measurement("settlement_time_p50", "speed", 4.517, "h", 1, rail="usdt"),
    measurement("settlement_time_p50", "speed", 1.25, "h", 1, rail="btc"),
    measurement("settlement_time_p50", "speed", 10 / 3600, "h", 1, rail="digital_ruble"),
    measurement("settlement_time_p50", "speed", 240.0, "h", 1, rail="agent"),
    measurement("settlement_time_p95", "speed", 204.67, "h", 4),
    measurement("share_le_1h", "speed", 1 / 7, "share", 7),
    measurement("cost_pct_all_in", "cost", 1.93, "% of value", 4),
    measurement("cost_pct_all_in", "cost", None, "% of value", 0, rail="correspondent"),
    measurement("fail_rate_n", "reliability", 0.2, "share", 5),
    measurement("alert_rate", "compliance", 0.2, "share", 5),
    measurement("aml_recall", "compliance", 1.0, "share", 1),
    measurement("time_to_clear_p95", "compliance", 6.5, "h", 1),
    measurement("value_stopped", "compliance", 3000.0, "USD", 1),
    measurement("visibility_share", "compliance", 0.33, "share", 7),
]


def write_run(
    directory: Path,
    *,
    tales: Sequence[Callable[[Teller], None]] = TALES,
    title: str = "A classroom week",
    metrics: Sequence[dict[str, Any]] = METRICS,
) -> Path:
    """Write a complete run folder."""
    teller = Teller(directory)
    for base, quote, price in (
        (Asset.USD, Asset.RUB, RUB_PER_USD_E8), (Asset.USD, Asset.CNY, CNY_PER_USD_E8),
        (Asset.BTC, Asset.USD, BTC_E8), (Asset.USDT, Asset.USD, 10**8),
    ):  # fmt: skip
        teller.journal.record(Kind.PRICE, subject=int(base), object=int(quote), amount=price)
    for tale in tales:
        tale(teller)
    teller.second = HORIZON
    teller.record(Kind.HORIZON, amount=len(tales), extra=teller.journal.rows)
    teller.journal.describe_payments(teller.columns)
    digest = teller.journal.close()
    (directory / "chains").mkdir()
    for chain, column in (("evm", "hash"), ("bitcoin", "txid")):
        table = pa.table({"number": [0], column: [f"{chain[0] * 8}00ff"]})
        pq.write_table(table, directory / "chains" / f"{chain}.parquet")
    scenario = {
        "title": {"en": title},
        "question": {"en": "What does one week of all rails look like?"},
        "rails": {"usdt": {"confirmations": 19}, "btc": {"confirmations": 6}},
        "policy": {"kyc_analysts": 2, "monthly_cap": None},
    }
    _document(directory / "scenario.json", {"parameters": {}, "scenario": scenario})
    _document(directory / "parameters.json", PARAMETERS)
    _document(directory / "metrics.json", list(metrics))
    names = [*(f"{name}.parquet" for name in ("journal", "payments", "entities", "accounts", "codes"))]
    names += ["scenario.json", "parameters.json", "metrics.json"]
    manifest = {
        "schema": "sandbox.manifest/1", "scenario": {"name": "classroom", "hash": "c" * 64}, "seed": 7,
        "replication": 0, "versions": {"elr-sandbox": "0.1.0", "simpy": "4.1.2"},
        "engines": {"evm": "revm", "bitcoin": "kernel"}, "status": "complete",
        "clock": {"start": date(2024, 9, 2).isoformat(), "horizon": HORIZON, "warm_up": 0, "cool_down": 0},
        "journal_digest": digest, "audit": {"verdict": "passed", "rules": 24},
        "files": {name: _sum(directory / name) for name in names},
    }  # fmt: skip
    _document(directory / "manifest.json", manifest)
    return directory


def _document(path: Path, content: Any) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")


def _sum(path: Path) -> dict[str, Any]:
    data = path.read_bytes()
    return {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}
