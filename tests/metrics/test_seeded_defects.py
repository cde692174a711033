"""Classic mistakes, seeded into the published SQL: each must change what the small world is known to give."""

from dataclasses import replace
from pathlib import Path

import pytest

from sandbox.metrics import BY_NAME, Measured, RunFacts, compute_all

DEFECTS = [
    (
        "failures left out of a speed share",
        "share_le_1h",
        "FROM cohort",
        "FROM cohort WHERE ending = 'CREDITED'",
    ),
    ("payments outside the window counted", "payments", "FROM cohort", "FROM orders"),
    ("censored payments counted as failures", "fail_rate_n", "('STOPPED', 'CENSORED')", "('STOPPED')"),
    ("compliance stops counted as failures", "fail_rate_n", "('STOPPED', 'CENSORED')", "('CENSORED')"),
    ("losses taken into the retail standard", "cost_pct_fsb", "fsb AND ", ""),
    ("charges of failed payments dropped", "cost_pct_charges", "payment IS NOT NULL", "ending = 'CREDITED'"),
    ("false discovery taken for false positive rate", "aml_fpr", "WHERE NOT truth", "WHERE alert"),
    ("escalation taken for a decision", "time_to_clear_p50", "decision <> 2", "true"),
    (
        "calendar days for business days",
        "throughput_n_day",
        "FROM business_days, facts",
        "FROM facts, range(20) t(begins)",
    ),
    ("opening balance taken as use", "nostro_peak_use", "max(-moved)", "max(moved)"),
    ("deposits that came back forgotten", "deposit_to_dr_outflow", "-amount", "0"),
    (
        "every redemption taken for a deposit",
        "deposit_to_dr_outflow",
        "AND object IN",
        "AND true OR false IN",
    ),
    ("one posting taken for a day", "deposit_outflow_peak_day", "time // 86400, bank", "time, bank"),
    (
        "coins of the exchange taken for mined ones",
        "mined_btc_sold",
        "giver LIKE 'miner/%'",
        "giver NOT LIKE 'dealer/%'",
    ),
    (
        "deliveries taken back counted as used",
        "domestic_mined_cover",
        "SELECT -amount FROM moved WHERE taker",
        "SELECT 0 FROM moved WHERE taker",
    ),
    ("shares not squared", "hhi_value", "sum(cents::HUGEINT * cents::HUGEINT)", "sum(cents::HUGEINT)"),
    ("gain taken for a loss", "fx_var99", "1 - d.usd / b.usd", "d.usd / b.usd - 1"),
    (
        "credited payments alone",
        "es995_loss",
        "FROM cohort c LEFT",
        "FROM cohort c JOIN windows u USING (payment) LEFT",
    ),
    (
        "time in service left out of the number present",
        "desk_number_mean",
        "present_seconds / span",
        "queued_seconds / span",
    ),
    (
        "every order of a period summed",
        "cap_utilisation",
        "WHERE next_amount IS NULL OR next_amount < amount",
        "",
    ),
]


@pytest.mark.parametrize(
    ("name", "right", "wrong"), [row[1:] for row in DEFECTS], ids=[row[0] for row in DEFECTS]
)
def test_seeded_defect_shows(small_world: Path, facts: RunFacts, name: str, right: str, wrong: str) -> None:
    metric = BY_NAME[name]
    assert right in metric.sql
    spoilt = replace(metric, sql=metric.sql.replace(right, wrong))
    good, bad = compute_all(small_world, facts, [metric]), compute_all(small_world, facts, [spoilt])
    assert _values(good) != _values(bad)


def _values(measured: list[Measured]) -> list[tuple[dict[str, str], float | int | None]]:
    return [(dict(m.by), m.value) for m in measured]
