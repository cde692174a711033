"""Published values against the same formulas in plain Python over the raw records of arbitrary runs."""

import itertools
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandbox.journal.kinds import Kind
from sandbox.lifecycle import State
from sandbox.metrics import BY_NAME, METRICS, RunFacts, compute_all
from sandbox.metrics.staging import CHARGES
from sandbox.money import Asset

DAY = 86_400
RAILS = ("usdt", "btc", "digital_ruble", "correspondent", "agent")
ENDINGS = (State.CREDITED, State.STOPPED, State.FAILED, State.LOST, State.CANCELLED, None)

_payments = st.lists(
    st.fixed_dictionaries(
        {
            "created": st.integers(0, 19 * DAY),
            "value": st.integers(1, 500_000),
            "rail": st.sampled_from(RAILS),
            "before_retry": st.sampled_from((None, *RAILS)),
            "ending": st.sampled_from((State.CREDITED, State.CREDITED, *ENDINGS)),
            "steps": st.tuples(*[st.integers(0, 2 * DAY)] * 4),
            "importer": st.integers(0, 4),
            "charges": st.lists(
                st.tuples(
                    st.sampled_from(CHARGES), st.sampled_from((1, 2, 3, 6, 7, 8)), st.integers(1, 10**6)
                ),
                max_size=3,
            ),
            "alert": st.booleans(),
            "truth": st.booleans(),
            "desk": st.tuples(st.integers(0, 5_000), st.integers(0, 9_000)),
        }
    ),
    max_size=15,
)
_prices = st.lists(
    st.tuples(st.integers(0, 20 * DAY), st.sampled_from((1, 3, 6, 7)), st.integers(1, 10**6)), max_size=8
)

NAMES = (
    *(f"settlement_time_p{percent}" for percent in (50, 75, 90, 95, 99)),
    "settlement_time_mean", "share_le_1h", "payments_by_ending", "fail_rate_n", "attempts_mean",
    "return_rate",
    "cost_pct_charges", "throughput_n_day", "throughput_usd_day", "in_flight_value", "delay_indicator",
    "hhi_value", "aml_fdr", "aml_recall", "desk_wait_p95", "desk_number_mean", "desk_queue_mean",
)  # fmt: skip


def _write(
    scribe: Any, payments: list[dict[str, Any]], prices: list[tuple[int, int, int]], folder: Path
) -> None:
    for asset in (1, 3, 6, 7):
        scribe.price(0, Asset(asset), Asset.USD, 0.5)
    for time, asset, price in prices:
        pair = (Asset.USD, Asset(asset)) if asset in (1, 3) else (Asset(asset), Asset.USD)
        scribe.price(time, *pair, price / 100)
    for p in payments:
        number = scribe.order(
            p["created"], p["value"], importer=f"importer/{p['importer']}", prohibited=p["truth"]
        )
        at, attempt = p["created"], 1
        if p["before_retry"]:
            moves = [(at, State.CREATED), (at, State.IN_FLIGHT), (at, State.RETURNED), (at, State.RETRY)]
            scribe.path(number, p["before_retry"], moves)
            attempt = 2
        moves = [(at, State.VALIDATED if attempt == 2 else State.CREATED)]
        times = list(itertools.accumulate(p["steps"], initial=at))[1:]
        moves += [(times[0], State.IN_FLIGHT), (times[1], State.SETTLED)]
        if p["ending"] is not None:
            moves.append((times[3], p["ending"]))
        scribe.path(number, p["rail"], [move for move in moves if move[0] < 20 * DAY], attempt)
        for purpose, asset, units in p["charges"]:
            scribe.charge(times[2], number, purpose, Asset(asset), units)
        scribe.record(at, Kind.SCREENED, payment=number, amount=int(p["alert"]), extra=int(p["truth"]))
        waits, works = p["desk"]
        scribe.desk("kyc", at, 0, at + waits, works, at + waits + works)
    scribe.write(folder)


class Plain:
    """The formulas once more, record by record, with nothing shared but the files."""

    def __init__(self, folder: Path, facts: RunFacts) -> None:
        read = {
            name: pq.read_table(folder / f"{name}.parquet").to_pylist()
            for name in ("journal", "entities", "accounts")
        }
        self.records = read["journal"]
        self.names = {row["id"]: row["name"] for row in read["entities"]}
        self.assets = {row["account"]: row["asset"] for row in read["accounts"]}
        self.facts, self.start, self.end = facts, facts.observed_from, facts.observed_until
        orders = pq.read_table(folder / "payments.parquet").to_pylist()
        self.orders = {row["payment"]: row for row in orders if "created" in row}
        for order in self.orders.values():
            order |= {
                "rail": "none",
                "attempts": 1,
                "state": 0,
                "moved": 0,
                "sent": None,
                "charged": Fraction(0),
            }
        self.sent, self.returned = Counter[int](), Counter[int]()
        self._walk()
        self.cohort = [o for o in self.orders.values() if self.start <= o["created"] < self.end]

    def _walk(self) -> None:
        price = {Asset.USD: Fraction(1)}
        for r in self.records:
            if r["kind"] == Kind.PRICE:
                quoted = Fraction(r["amount"], 10**8)
                direct = r["object"] == Asset.USD
                price[Asset(r["subject" if direct else "object"])] = quoted if direct else 1 / quoted
            elif r["kind"] == Kind.MOVED:
                self._move(r)
            elif r["kind"] == Kind.POSTED and r["payment"] >= 0:
                asset = Asset(self.assets[r["subject"]])
                rate = price[Asset.RUB if asset == Asset.DRUB else asset]
                micro = Fraction(r["amount"], asset.scale) * rate * 10**6
                self.orders[r["payment"]]["charged"] += (2 * micro + 1) // 2

    def _move(self, r: dict[str, int]) -> None:
        order = self.orders[r["payment"]]
        rail = self.names.get(r["extra"], "rail/none").removeprefix("rail/")
        order |= {"rail": rail, "attempts": r["amount"], "state": r["object"], "moved": r["time"]}
        if r["object"] == State.IN_FLIGHT and order["sent"] is None:
            order["sent"] = r["time"]
        if rail == "correspondent":
            self.sent[r["payment"]] += r["object"] == State.IN_FLIGHT
            self.returned[r["payment"]] += r["object"] == State.RETURNED

    def ending(self, order: dict[str, Any]) -> str:
        state = order["state"]
        return State(state).name if state >= State.CREDITED else "CENSORED"

    def groups(self, orders: list[dict[str, Any]]) -> dict[tuple[tuple[str, str], ...], list[dict[str, Any]]]:
        found: dict[tuple[tuple[str, str], ...], list[dict[str, Any]]] = defaultdict(list)
        for order in orders:
            found[()].append(order)
            found[(("rail", order["rail"]),)].append(order)
        return found

    def credited(self) -> list[dict[str, Any]]:
        return [o for o in self.cohort if self.ending(o) == "CREDITED"]

    def per_rail(
        self, orders: list[dict[str, Any]], formula: Callable[[list[dict[str, Any]]], Any]
    ) -> dict[Any, Any]:
        return {by: formula(group) for by, group in self.groups(orders).items()}

    def expected(self, name: str) -> dict[Any, Any]:
        """Group -> value of a metric; groups without a value are left out."""
        horizon, days = self.facts.horizon, sum(self.start <= b < self.end for b in self.facts.business_days)
        span = self.end - self.start

        def seconds(orders: list[dict[str, Any]]) -> list[int]:
            return [o["moved"] - o["created"] for o in orders if self.ending(o) == "CREDITED"]

        def cents(orders: list[dict[str, Any]]) -> int:
            return sum(o["invoice_usd_cents"] for o in orders)

        def is_credited(o: dict[str, Any]) -> bool:
            return self.ending(o) == "CREDITED"

        def until(o: dict[str, Any]) -> int:
            return horizon if self.ending(o) == "CENSORED" else int(o["moved"])

        if name.startswith("settlement_time_p"):
            share = int(name.removeprefix("settlement_time_p")) / 100
            return self.per_rail(self.credited(), lambda g: np.quantile(seconds(g), share) / 3600)
        if name == "settlement_time_mean":
            return self.per_rail(self.credited(), lambda g: np.mean(seconds(g)) / 3600)
        if name == "share_le_1h":
            return self.per_rail(self.cohort, lambda g: sum(s <= 3600 for s in seconds(g)) / len(g))
        if name == "payments_by_ending":
            counts: Counter[Any] = Counter()
            for o in self.cohort:
                counts[(("ending", self.ending(o)),)] += 1
                counts[(("ending", self.ending(o)), ("rail", o["rail"]))] += 1
            return dict(counts)
        if name == "fail_rate_n":
            ended = [o for o in self.cohort if self.ending(o) not in ("STOPPED", "CENSORED")]
            return self.per_rail(ended, lambda g: sum(not is_credited(o) for o in g) / len(g))
        if name == "attempts_mean":
            return self.per_rail(self.cohort, lambda g: sum(o["attempts"] for o in g) / len(g))
        if name == "return_rate":
            sent = sum(self.sent[o["payment"]] for o in self.cohort)
            return {(): sum(self.returned[o["payment"]] for o in self.cohort) / sent} if sent else {}
        if name == "cost_pct_charges":
            groups = self.groups(self.cohort)
            groups |= {(("country", "CN"),): groups.pop(()), (): groups.get((), [])} if self.cohort else {}
            groups[()] = self.cohort
            values = {by: cents([o for o in g if is_credited(o)]) for by, g in groups.items()}
            return {
                by: float(sum(o["charged"] for o in g) / (100 * values[by]))
                for by, g in groups.items()
                if values[by]
            }
        if name.startswith("throughput"):
            arrived = [
                o for o in self.orders.values() if is_credited(o) and self.start <= o["moved"] < self.end
            ]
            formula = len if name == "throughput_n_day" else lambda g: cents(g) / 100
            return {(): 0} | self.per_rail(arrived, lambda g: formula(g) / days)
        if name == "in_flight_value":
            flown = [o for o in self.orders.values() if o["sent"] is not None]

            def held(o: dict[str, Any]) -> int:
                return max(0, min(until(o), self.end) - max(o["sent"], self.start)) * int(
                    o["invoice_usd_cents"]
                )

            return self.per_rail(flown, lambda g: sum(map(held, g)) / 100 / span)
        if name == "delay_indicator":

            def lateness(g: list[dict[str, Any]]) -> float:
                ends = [(o, o["moved"] if is_credited(o) else horizon) for o in g]
                late = sum(o["invoice_usd_cents"] * (end - o["created"]) for o, end in ends)
                return float(
                    Fraction(late, sum(o["invoice_usd_cents"] * (horizon - o["created"]) for o in g))
                )

            return self.per_rail(self.cohort, lateness)
        return self.shares_and_desks(name, span)

    def shares_and_desks(self, name: str, span: int) -> dict[Any, Any]:
        """Concentration, screening and the one desk."""
        if name == "hhi_value":
            held: dict[str, Counter[Any]] = defaultdict(Counter)
            for o in self.credited():
                value = o["invoice_usd_cents"]
                held["importers"][o["importer"]] += value
                held["banks"][o["bank"]] += value
                held["rails"][o["rail"]] += value
                held["corridors"][o["country"]] += value
                if o["rail"] in self.facts.regime_rails:
                    held["participants"][o["importer"]] += value
            return {
                (("among", market),): 10_000
                * sum(Fraction(v, sum(shares.values())) ** 2 for v in shares.values())
                for market, shares in held.items()
            }
        if name.startswith("aml"):
            inside = {o["payment"] for o in self.cohort}
            seen = [r for r in self.records if r["kind"] == Kind.SCREENED and r["payment"] in inside]
            of = [r for r in seen if (r["amount"] if name == "aml_fdr" else r["extra"])]
            hit = sum((not r["extra"]) if name == "aml_fdr" else r["amount"] for r in of)
            return {(): hit / len(of)} if of else {}
        desk = (("desk", "kyc"),)
        if name == "desk_wait_p95":
            waits = [
                r["extra"]
                for r in self.records
                if r["kind"] == Kind.DESK_STARTED and self.start <= r["time"] < self.end
            ]
            return {desk: np.quantile(waits, 0.95) / 3600} if waits else {}
        last = Kind.DESK_FINISHED if name == "desk_number_mean" else Kind.DESK_STARTED
        total, present, before = 0, 0, 0
        for r in self.records:
            total += present * (
                min(max(r["time"], self.start), self.end) - min(max(before, self.start), self.end)
            )
            before = r["time"]
            present += (r["kind"] == Kind.DESK_ENTERED) - (r["kind"] == last)
        total += present * (self.end - min(max(before, self.start), self.end))
        return {desk: total / span} if any(r["kind"] == Kind.DESK_ENTERED for r in self.records) else {}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(payments=_payments, prices=_prices)
def test_values_recomputed_record_by_record(
    new_scribe: Callable[[], Any],
    facts: RunFacts,
    payments: list[dict[str, Any]],
    prices: list[tuple[int, int, int]],
) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _write(new_scribe(), payments, prices, folder)
        plain = Plain(folder, facts)
        measured = compute_all(folder, facts, [BY_NAME[metric] for metric in NAMES])
    for metric in NAMES:
        published = {
            tuple(sorted(m.by.items())): m.value for m in measured if m.name == metric and m.value is not None
        }
        expected = {by: float(value) for by, value in plain.expected(metric).items()}
        assert published == pytest.approx(expected, rel=1e-9, abs=1e-12), metric


#: Metrics that are bound by one another or by what a share can be.
RELATED = [
    metric
    for metric in METRICS
    if metric.unit in ("share", "probability")
    or metric.name in ("payments", "payments_by_ending")
    or metric.name.startswith("settlement_time_p")
]


@settings(max_examples=8, deadline=None)
@given(payments=_payments)
def test_order_among_values(
    new_scribe: Callable[[], Any], facts: RunFacts, payments: list[dict[str, Any]]
) -> None:
    with tempfile.TemporaryDirectory() as name:
        _write(new_scribe(), payments, [], Path(name))
        measured = compute_all(Path(name), facts, RELATED)
    values = {(m.name, tuple(sorted(m.by.items()))): m.value for m in measured}
    quantiles = [values.get((f"settlement_time_p{percent}", ())) for percent in (50, 75, 90, 95, 99)]
    if quantiles[0] is not None:
        assert quantiles == sorted(quantiles)
    endings = [m.value for m in measured if m.name == "payments_by_ending" and m.by.keys() == {"ending"}]
    assert sum(value or 0 for value in endings) == (values[("payments", ())] or 0)
    for m in measured:
        if m.unit in ("share", "probability") and m.value is not None:
            least = -1 if m.name == "sme_gap" else 0
            assert least - 1e-12 <= m.value <= 1 + 1e-12, (m.name, m.by, m.value)
