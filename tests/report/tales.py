"""Seven payments, every number known: one tale each."""

from sandbox.books import Conversion
from sandbox.journal import Kind, Purpose
from sandbox.lifecycle import Reason, State
from sandbox.money import Asset
from tests.report.teller import Teller

HOUR = 3_600
HORIZON = 20 * 86_400


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
