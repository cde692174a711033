"""A run folder written by hand with the real journal and books: seven payments, every number known."""

import hashlib
import json
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sandbox.books import Books, Conversion
from sandbox.journal import Journal, Kind, Purpose, names_of
from sandbox.lifecycle import Reason, State
from sandbox.money import Asset

HORIZON = 20 * 86_400
HOUR = 3_600
RUB_PER_USD_E8 = 90 * 10**8
CNY_PER_USD_E8 = 725 * 10**6
BTC_E8 = 60_000 * 10**8


class Teller:
    """Writes payments into a journal the way a run would."""

    def __init__(self, directory: Path) -> None:
        self.second = 0
        codes = {"state": names_of(State), "reason": names_of(Reason)}
        self.journal = Journal(lambda: self.second, directory, codes=codes)
        self.books = Books(self.journal)
        self.state: dict[int, int] = {}
        self.attempt: dict[int, int] = {}
        self.rail: dict[int, int] = {}
        self.columns: dict[str, list[Any]] = {}
        self._accounts: dict[tuple[str, Asset, str], int] = {}

    def entity(self, name: str) -> int:
        """An entity's id."""
        return self.journal.entity(name)

    def account(self, owner: str, asset: Asset, role: str, units: int = 0) -> int:
        """The account, opened at its first use and funded from outside."""
        key = (owner, asset, role)
        if key not in self._accounts:
            chain = {Asset.USDT: "chain/evm", Asset.BTC: "chain/bitcoin", Asset.DRUB: "chain/digital_ruble"}
            overdraft = role in ("outside", "issuer")
            address = f"local-{len(self._accounts)}" if asset in chain else ""
            self._accounts[key] = self.books.open(owner, asset, role, overdraft, chain.get(asset), address)
        if units:
            outside = self.account("world", asset, "outside")
            self.books.transfer(
                -1, self.entity("world"), outside, self._accounts[key], units, Purpose.OPENING
            )
        return self._accounts[key]

    def record(self, kind: Kind, payment: int = -1, actor: str = "", **columns: int) -> None:
        """A record with a named actor."""
        self.journal.record(kind, payment, self.entity(actor) if actor else -1, **columns)

    def order(self, payment: int, *, rail: str, cents: int, currency: Asset, **static: Any) -> None:
        """Create a payment and let the importer choose its rail."""
        importer, supplier = f"importer/{payment}", f"supplier/{payment}"
        row = {
            "payment": payment, "created": self.second, "importer": self.entity(importer),
            "beneficiary": self.entity(supplier), "bank": self.entity("bank/0"), "country": "CN",
            "category": "civil", "terms": "prepay", "currency": int(currency), "invoice_usd_cents": cents,
            "payout_units": cents * 725 // 100 if currency is Asset.CNY else cents,
            "due": -1, "prohibited": False, "direction": "import",
        } | static  # fmt: skip
        for name, value in row.items():
            self.columns.setdefault(name, []).append(value)
        self.state[payment], self.attempt[payment], self.rail[payment] = 0, 1, -1
        self.record(Kind.CREATED, payment, importer, subject=row["beneficiary"], amount=cents, extra=-1)
        self.move(payment, State.CREATED, importer)
        self.choose(payment, rail)

    def choose(self, payment: int, rail: str) -> None:
        """The importer's choice of rail for this attempt."""
        self.rail[payment] = self.entity(f"rail/{rail}")
        self.record(
            Kind.CHOSE_RAIL, payment, f"importer/{payment}",
            object=self.rail[payment], amount=0b111, extra=self.attempt[payment],
        )  # fmt: skip

    def move(self, payment: int, to: State, actor: str = "bank/0", reason: Reason = Reason.NONE) -> None:
        """One transition."""
        self.record(
            Kind.MOVED, payment, actor, subject=self.state[payment], object=int(to),
            amount=self.attempt[payment], extra=self.rail[payment], reason=int(reason),
        )  # fmt: skip
        self.state[payment] = int(to)

    def walk(self, payment: int, *states: State) -> None:
        """Transitions at one second."""
        for state in states:
            self.move(payment, state)

    def desk(self, payment: int, desk: str, *, waits: int, works: int) -> None:
        """A service at a desk that takes ``waits + works`` seconds."""
        self.record(Kind.DESK_ENTERED, payment, desk, extra=0)
        self.second += waits
        self.record(Kind.DESK_STARTED, payment, desk, amount=works, extra=waits)
        self.second += works
        self.record(Kind.DESK_FINISHED, payment, desk, extra=works)

    def charge(self, payment: int, purpose: Purpose, units: int, *, to: str) -> tuple[int, int, int, Purpose]:
        """Itemise a charge in roubles and give its leg."""
        self.record(Kind.ITEMISED, payment, to, subject=int(Asset.RUB), amount=units, reason=int(purpose))
        client = self.account(f"importer/{payment}", Asset.RUB, "client")
        return client, self.account(to, Asset.RUB, "fee_income"), units, purpose

    def post(self, payment: int, legs: Sequence[tuple[int, int, int, Purpose]]) -> None:
        """One entry."""
        self.books.post(payment, self.entity("bank/0"), list(legs))

    def broadcast(self, payment: int, chain: str, number: int, to: int, units: int, sender: str) -> None:
        """A transaction leaves for a chain."""
        self.record(
            Kind.BROADCAST, payment, sender, subject=self.entity(chain), object=to, amount=units, extra=number
        )

    def include(self, payment: int, chain: str, number: int, height: int) -> None:
        """A block takes the transaction in."""
        self.record(Kind.BLOCK, -1, chain, amount=height, object=1)
        self.record(Kind.INCLUDED, payment, chain, subject=1, object=0, amount=height, extra=number)


def _usdt(t: Teller) -> None:
    """P-00000: USDT, through the due-diligence desk, credited after an off-ramp."""
    t.second, p, cents = HOUR, 0, 10_000_00
    client = t.account("importer/0", Asset.RUB, "client", 2_000_000_00)
    inventory = t.account("dealer/0", Asset.USDT, "inventory", 50_000_000_000)
    wallet = t.account("supplier/0", Asset.USDT, "wallet")
    t.order(p, rail="usdt", cents=cents, currency=Asset.USD)
    t.walk(p, State.VALIDATED, State.AUTHORISATION)
    t.record(
        Kind.AUTHORISED, p, "regulator", object=t.rail[p], amount=0xABCDEF0123, extra=t.second + 30 * 86_400
    )
    t.record(Kind.QUOTA_USED, p, "regulator", amount=cents, extra=5_000_000_00)
    t.move(p, State.PROFILE)
    t.desk(p, "desk/kyc", waits=2 * HOUR, works=5_400)
    t.move(p, State.SCREENING)
    t.record(Kind.SCREENED, p, "bank/0", amount=0)
    t.walk(p, State.FUNDS)
    hold = t.books.reserve(p, client, 930_000_00)
    t.move(p, State.CONVERSION)
    price, mid = 910_000, 900_000  # kopecks x 10**8 for one micro-USDT, at 91 and at 90 roubles
    conversion = Conversion.of_sold(Asset.USDT, Asset.RUB, 10_000_000_000, price_e8=price, mid_e8=mid)
    t.books.quote(
        p, t.entity("dealer/0"), sold=Asset.USDT, paid=Asset.RUB, price_e8=price, valid_until=t.second + 600
    )
    t.walk(p, State.RELEASE)
    t.record(Kind.CONSUMED, p, "bank/0", object=t.rail[p], amount=0xABCDEF0123, extra=t.second + 30 * 86_400)
    fee = t.charge(p, Purpose.BANK_FEE, 18_000_00, to="bank/0")
    t.record(
        Kind.ITEMISED,
        p,
        "dealer/0",
        subject=int(Asset.RUB),
        amount=conversion.spread_units,
        reason=int(Purpose.SPREAD),
    )
    t.broadcast(p, "chain/evm", 0, wallet, 10_000_000_000, "dealer/0")
    t.move(p, State.IN_FLIGHT)
    t.second += 3
    t.books.convert(
        p, t.entity("dealer/0"), conversion, deliver=(inventory, wallet),
        pay=(client, t.account("dealer/0", Asset.RUB, "cash")),
        spread_to=t.account("dealer/0", Asset.RUB, "fee_income"),
        rounding_to=t.account("dealer/0", Asset.RUB, "rounding"), hold=hold,
    )  # fmt: skip
    t.post(p, [fee])
    t.include(p, "chain/evm", 0, 1)
    t.second += 57
    t.record(Kind.FINAL, p, "chain/evm", amount=1, object=19, extra=0)
    t.walk(p, State.SETTLED, State.OFFRAMP)
    t.second += HOUR
    supplier = t.account("supplier/0", Asset.USD, "beneficiary")
    t.post(p, [(t.account("world", Asset.USD, "outside"), supplier, cents, Purpose.PROCEEDS)])
    t.move(p, State.CREDITED)


def _btc(t: Teller) -> None:
    """P-00001: BTC with six confirmations; a reorganisation of depth one on its way."""
    t.second, p = 2 * 86_400, 1
    inventory = t.account("dealer/0", Asset.BTC, "inventory", 5 * 10**8)
    wallet = t.account("supplier/1", Asset.BTC, "wallet")
    t.order(p, rail="btc", cents=6_000_00, currency=Asset.USD, category="metals")
    t.walk(
        p, State.VALIDATED, State.AUTHORISATION, State.SCREENING, State.FUNDS, State.CONVERSION, State.RELEASE
    )
    t.broadcast(p, "chain/bitcoin", 0, wallet, 10**7, "dealer/0")
    t.move(p, State.IN_FLIGHT)
    t.second += 600
    t.post(p, [(inventory, wallet, 10**7, Purpose.FX_LEG)])
    t.include(p, "chain/bitcoin", 0, 101)
    t.second += 600
    t.record(Kind.REORGED, p, "chain/bitcoin", object=1, amount=101, extra=0)
    t.second += 300
    t.include(p, "chain/bitcoin", 0, 102)
    t.second += 3_000
    t.record(Kind.FINAL, p, "chain/bitcoin", amount=102, object=6, extra=0)
    t.walk(p, State.SETTLED, State.CREDITED)


def _digital_ruble(t: Teller) -> None:
    """P-00002: digital ruble, final at once."""
    t.second, p = 3 * 86_400, 2
    client = t.account("importer/2", Asset.RUB, "client", 1_000_000_00)
    t.order(p, rail="digital_ruble", cents=9_000_00, currency=Asset.USD)
    t.walk(
        p, State.VALIDATED, State.AUTHORISATION, State.SCREENING, State.FUNDS, State.RELEASE, State.IN_FLIGHT
    )
    t.second += 10
    mine, theirs = (
        t.account("importer/2", Asset.DRUB, "wallet"),
        t.account("supplier/2", Asset.DRUB, "wallet"),
    )
    t.post(
        p,
        [
            (client, t.account("operator", Asset.RUB, "cash"), 810_000_00, Purpose.REDEEM),
            (t.account("operator", Asset.DRUB, "issuer"), mine, 810_000_00, Purpose.ISSUE),
            (mine, theirs, 810_000_00, Purpose.PRINCIPAL),
            t.charge(p, Purpose.PLATFORM_FEE, 15_00, to="operator"),
        ],
    )
    t.record(Kind.RECEIPT, p, "operator", amount=7)
    t.walk(p, State.SETTLED, State.CREDITED)


def _returned(t: Teller) -> None:
    """P-00003: a correspondent returns it after five days; an agent carries the second attempt."""
    t.second, p, cents = 4 * 86_400, 3, 20_000_00
    client = t.account("importer/3", Asset.RUB, "client", 4_000_000_00)
    cash, nostro = t.account("bank/0", Asset.RUB, "cash"), t.account("bank/0", Asset.CNY, "nostro", 10**9)
    transit = t.account("rail/correspondent", Asset.CNY, "in_transit")
    units, kopecks = cents * 725 // 100, cents * 90
    t.order(
        p,
        rail="correspondent",
        cents=cents,
        currency=Asset.CNY,
        category="electronics",
        terms="open_account",
        due=t.second + 45 * 86_400,
    )
    t.walk(p, State.VALIDATED, State.AUTHORISATION, State.SCREENING, State.FUNDS, State.RELEASE)
    legs = [t.charge(p, Purpose.CORRESPONDENT_FEE, kopecks * 3 // 1000, to="bank/0")]
    t.post(p, [*legs, (client, cash, kopecks, Purpose.FX_LEG), (nostro, transit, units, Purpose.FX_LEG)])
    t.move(p, State.IN_FLIGHT)
    t.second += 5 * 86_400
    t.move(p, State.RETURNING, "rail/correspondent", Reason.MS03)
    t.second += 3 * 86_400
    loss = kopecks // 100
    t.post(
        p,
        [
            (transit, nostro, units, Purpose.RETURN),
            (cash, client, kopecks, Purpose.RETURN),
            t.charge(p, Purpose.RETURN_LOSS, loss, to="bank/0"),
        ],
    )
    t.walk(p, State.RETURNED)
    t.attempt[p] = 2
    t.move(p, State.RETRY, "importer/3")
    t.choose(p, "agent")
    t.walk(p, State.VALIDATED, State.AUTHORISATION, State.SCREENING, State.FUNDS, State.RELEASE)
    rub_transit = t.account("rail/agent", Asset.RUB, "in_transit")
    t.post(
        p,
        [
            (client, rub_transit, kopecks, Purpose.PRINCIPAL),
            t.charge(p, Purpose.AGENT_FEE, kopecks * 4 // 100, to="agent/0"),
        ],
    )
    t.move(p, State.IN_FLIGHT)
    t.second += 2 * 86_400
    agent_rub = t.account("agent/0", Asset.RUB, "cash")
    agent_cny = t.account("agent/0", Asset.CNY, "cash", 10**9)
    t.post(
        p,
        [
            (rub_transit, agent_rub, kopecks, Purpose.FX_LEG),
            (agent_cny, t.account("supplier/3", Asset.CNY, "beneficiary"), units, Purpose.PROCEEDS),
        ],
    )
    t.walk(p, State.SETTLED, State.CREDITED)


def _refused(t: Teller) -> None:
    """P-00004: screening alerts, the analyst confirms, compliance stops it for good."""
    t.second, p = 5 * 86_400, 4
    t.order(
        p, rail="usdt", cents=3_000_00, currency=Asset.CNY, category="dual_use_restricted", prohibited=True
    )
    t.walk(p, State.VALIDATED, State.AUTHORISATION, State.SCREENING)
    t.record(Kind.SCREENED, p, "bank/0", amount=1, extra=1)
    t.move(p, State.MANUAL_REVIEW)
    t.desk(p, "desk/aml", waits=1_800, works=6 * HOUR)
    t.record(Kind.ALERT_DECIDED, p, "desk/aml", amount=1, extra=1)
    t.record(Kind.REFUSED, p, "bank/0", reason=int(Reason.RR04))
    t.move(p, State.COMPLIANCE_STOP, "bank/0", Reason.RR04)
    t.move(p, State.STOPPED)


def _failed(t: Teller) -> None:
    """P-00005: refused for want of a rail."""
    t.second, p = 6 * 86_400, 5
    t.order(p, rail="correspondent", cents=1_000_00, currency=Asset.CNY, category="other", country="TR")
    t.walk(p, State.VALIDATED)
    t.move(p, State.REJECTED, "bank/0", Reason.ELR_NO_RAIL)
    t.move(p, State.FAILED)


def _in_flight(t: Teller) -> None:
    """P-00006: still on its way at the horizon."""
    t.second, p = 15 * 86_400, 6
    t.order(p, rail="correspondent", cents=2_000_00, currency=Asset.CNY)
    t.walk(
        p, State.VALIDATED, State.AUTHORISATION, State.SCREENING, State.FUNDS, State.RELEASE, State.IN_FLIGHT
    )
    t.second = HORIZON
    t.record(Kind.CENSORED, p, "world", subject=int(State.IN_FLIGHT), amount=5 * 86_400)


TALES = (_usdt, _btc, _digital_ruble, _returned, _refused, _failed, _in_flight)


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


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The seven payments, written once."""
    return write_run(tmp_path_factory.mktemp("runs") / "classroom")


@pytest.fixture
def build_run(tmp_path: Path) -> Callable[..., Path]:
    """Writes a run folder of one's own."""

    def build(name: str = "run", **changes: Any) -> Path:
        return write_run(tmp_path / name, **changes)

    return build
