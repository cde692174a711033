"""The metrics of goods against plain sums over the journal of a small run."""

import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from sandbox.goods import GoodsState
from sandbox.journal.kinds import Kind
from sandbox.metrics import BY_NAME, DelayTerms, RunFacts, compute_all
from sandbox.scenario.load import load
from sandbox.simulation import simulate
from sandbox.world import Engines

DAY = 86_400
NAMES = (
    "goods_cycle_days", "contracts_refused_share", "contracts_abandoned_share", "refund_days_p50", "penalty_usd",
    "restricted_value_stopped", "landed_cost_per_contract",
)  # fmt: skip


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("goods")
    sets = (
        "clock.horizon=30d",
        "clock.warm_up=2d",
        "clock.cool_down=2d",
        "population.goods=true",
        "population.importers=12",
        "population.payments_per_business_day=14.0",
    )
    path = folder / "goods.yaml"
    document: dict[str, Any] = {
        "schema": 1,
        "title": {"en": "Goods"},
        "question": {"en": "How long?"},
        "rails": {"correspondent": {}},
        "policy": {"regime": False, "banks": 1},
        "timeline": {
            "pressure": {"at": "2024-06-03", "kind": "pressure", "level": 0.4},
            "bar": {
                "at": "2024-06-03", "kind": "export_rule", "country": "CN", "category": "civil",
                "bite": 0.4, "basis": "licence",
            },
        },
        "parameters": {
            "goods.production_days": {"median": 1, "sigma": 0.2},
            "goods.transit_days": {"median": 2, "sigma": 0.2},
            "goods.licence_days": {"median": 1, "sigma": 0.2},
            "goods.payment_lead_days": 0,
            "goods.refund_days": {"median": 2, "sigma": 0.2},
            "correspondent.corr_days_mean": {"per_pressure": 1},
            "correspondent.return_stuck_days": {"median": 2, "else_median": 2},
        },
    }  # fmt: skip
    path.write_text(json.dumps(document))
    done = simulate(load(str(path), sets=sets), seed=3, engines=Engines("revm", "python"), directory=folder)
    assert done.status == "complete", done.violation
    return folder


def test_goods_are_measured_as_their_rows_say(run: Path) -> None:
    facts = RunFacts(
        horizon=30 * DAY,
        warm_up=2 * DAY,
        cool_down=2 * DAY,
        business_days=(0,),
        delay=DelayTerms(
            key_rate=((0, 16.0),),
            penalty_percent_per_day=0.1,
            penalty_cap_share=0.1,
            time_value_percent_per_day=1.0,
            passthrough=0.3,
        ),
    )
    measured = {m.name: m for m in compute_all(run, facts, [BY_NAME[name] for name in NAMES]) if not m.by}
    rows = pq.read_table(run / "journal.parquet").to_pylist()
    orders = {row["payment"]: row for row in pq.read_table(run / "payments.parquet").to_pylist()}
    paths: dict[int, list[tuple[int, int]]] = {}
    for row in rows:
        if row["kind"] == Kind.GOODS:
            paths.setdefault(row["payment"], []).append((row["time"], row["object"]))
    observed = {
        number: path
        for number, path in paths.items()
        if path[0][1] == GoodsState.ORDERED and 2 * DAY <= path[0][0] < 28 * DAY
    }
    spans = [path[-1][0] - path[0][0] for path in observed.values() if path[-1][1] == GoodsState.DELIVERED]
    assert spans
    assert measured["goods_cycle_days"].value == pytest.approx(sum(spans) / len(spans) / DAY)
    for name, end in (
        ("contracts_refused_share", GoodsState.EXPORT_REFUSED),
        ("contracts_abandoned_share", GoodsState.ABANDONED),
    ):
        ended = [number for number, path in observed.items() if path[-1][1] == end]
        assert ended
        assert measured[name].value == pytest.approx(len(ended) / len(observed))
    refunds = sorted(row["extra"] for row in rows if row["kind"] == Kind.REFUND and row["subject"] == 2)
    assert measured["refund_days_p50"].value == pytest.approx(refunds[(len(refunds) - 1) // 2] / DAY)
    cohort = {number for number, row in orders.items() if 2 * DAY <= row["created"] < 28 * DAY}
    late = [row["amount"] for row in rows if row["kind"] == Kind.PENALTY and row["payment"] in cohort]
    assert late and measured["penalty_usd"].value == pytest.approx(sum(late) / 100)
    barred = {number for number, path in paths.items() if path[-1][1] == GoodsState.EXPORT_REFUSED}
    stopped = {row["payment"] for row in rows if row["kind"] == Kind.MOVED and row["object"] == 41}
    value = sum(orders[number]["invoice_usd_cents"] for number in (barred | stopped) & cohort)
    assert measured["restricted_value_stopped"].value == pytest.approx(value / 100)
    landed = measured["landed_cost_per_contract"]
    credited = {row["payment"] for row in rows if row["kind"] == Kind.MOVED and row["object"] == 40} & cohort
    assert landed.n == len(credited) and landed.value is not None
    bare = sum(orders[number]["invoice_usd_cents"] for number in credited) / 100 / len(credited)
    assert bare < landed.value < 1.5 * bare
