"""One small world whose every metric is known: thirteen payments over all rails and endings."""

from pathlib import Path

from sandbox.journal.kinds import Kind, Purpose
from sandbox.lifecycle import Reason, State
from sandbox.metrics import DelayTerms, RunFacts, ScreeningTerms
from sandbox.money import Asset
from tests.metrics.scribe import Scribe

HOUR = 3_600
DAY = 86_400


#: A run of 20 days that begins on a Monday: observed from day 1 to day 15, which hold 10 business days.
FACTS = RunFacts(
    horizon=20 * DAY,
    warm_up=DAY,
    cool_down=5 * DAY,
    business_days=tuple(day * DAY for day in (0, 1, 2, 3, 4, 7, 8, 9, 10, 11, 14, 15, 16, 17, 18)),
    desk_open_seconds={"kyc": 10 * 8 * HOUR},
    review_business_days=4,
    delay=DelayTerms(
        key_rate=((10 * DAY, 36.5), (12 * DAY, 99.0)),
        penalty_percent_per_day=0.1,
        penalty_cap_share=0.1,
        time_value_percent_per_day=1.0,
        passthrough=0.3,
    ),
    screening=ScreeningTerms(
        prevalence={"civil": 0.01, "drone": 0.2}, sensitivity=0.9, specificity=0.95, confirmed=0.95
    ),
    disclosed={"usdt": 1.0, "btc": 0.75, "digital_ruble": 1.0, "agent": 0.25, "correspondent": 0.25},
)


def _payments(s: Scribe) -> None:
    S = State
    early = s.order(DAY // 2, 1_000)
    s.path(
        early, "usdt", [(DAY // 2, S.CREATED), (DAY, S.IN_FLIGHT), (DAY, S.SETTLED), (DAY + HOUR, S.CREDITED)]
    )

    at = DAY + 9 * HOUR
    usdt = s.order(at, 10_000)
    s.path(
        usdt,
        "usdt",
        [
            (at, S.CREATED),
            (at + 300, S.CONVERSION),
            (at + 600, S.RELEASE),
            (at + 600, S.IN_FLIGHT),
            (at + 660, S.SETTLED),
            (at + 660, S.OFFRAMP),
            (at + 1_800, S.CREDITED),
        ],
    )
    s.charge(at + 600, usdt, Purpose.SPREAD, Asset.RUB, 90_000)
    s.charge(at + 600, usdt, Purpose.BANK_FEE, Asset.RUB, 45_000)

    at = DAY + 10 * HOUR
    btc = s.order(at, 20_000, importer="importer/1", bank="bank/1")
    s.path(
        btc,
        "btc",
        [
            (at, S.CREATED),
            (at + 60, S.CONVERSION),
            (at + 600, S.IN_FLIGHT),
            (at + 6_000, S.SETTLED),
            (at + 7_200, S.CREDITED),
        ],
    )
    s.charge(at + 600, btc, Purpose.NETWORK_FEE, Asset.BTC, 10_000)
    s.charge(at + 7_200, btc, Purpose.OFFRAMP_FEE, Asset.USDT, 2_000_000)

    at = 2 * DAY
    rouble = s.order(at, 5_000)
    s.path(
        rouble,
        "digital_ruble",
        [(at, S.CREATED), (at + 50, S.IN_FLIGHT), (at + 55, S.SETTLED), (at + 60, S.CREDITED)],
    )
    s.charge(at + 55, rouble, Purpose.PLATFORM_FEE, Asset.DRUB, 1_500)

    retried = s.order(at, 40_000, terms="open_account", due=7 * DAY, country="TR")
    s.path(
        retried,
        "correspondent",
        [
            (at, S.CREATED),
            (at + HOUR, S.IN_FLIGHT),
            (5 * DAY, S.RETURNING),
            (5 * DAY, S.RETURNED),
            (5 * DAY, S.RETRY),
        ],
    )
    s.path(
        retried,
        "agent",
        [(5 * DAY, S.VALIDATED), (6 * DAY, S.IN_FLIGHT), (8 * DAY, S.SETTLED), (8 * DAY, S.CREDITED)],
        2,
    )
    s.charge(at + HOUR, retried, Purpose.CORRESPONDENT_FEE, Asset.USD, 3_000)
    s.charge(5 * DAY, retried, Purpose.RETURN_LOSS, Asset.CNY, 14_400)
    s.charge(6 * DAY, retried, Purpose.AGENT_FEE, Asset.RUB, 10_000_000)

    at = 3 * DAY
    slow = s.order(at, 30_000, terms="open_account", due=10 * DAY)
    s.path(
        slow,
        "correspondent",
        [
            (at, S.CREATED),
            (at + HOUR, S.IN_FLIGHT),
            (at + 25 * HOUR, S.SETTLED),
            (at + 26 * HOUR, S.CREDITED),
        ],
    )
    s.charge(at + HOUR, slow, Purpose.CORRESPONDENT_FEE, Asset.USD, 2_500)
    s.charge(at + HOUR, slow, Purpose.SPREAD, Asset.USD, 1_500)

    lost = s.order(at, 8_000)
    s.path(lost, "agent", [(at, S.CREATED), (4 * DAY, S.IN_FLIGHT), (6 * DAY, S.LOST)])
    s.charge(6 * DAY, lost, Purpose.LOSS, Asset.USD, 800_000)

    stopped = s.order(at, 7_000, category="drone", prohibited=True)
    s.path(
        stopped,
        "usdt",
        [
            (at, S.CREATED),
            (at + HOUR, S.MANUAL_REVIEW),
            (at + 5 * HOUR, S.COMPLIANCE_STOP),
            (at + 5 * HOUR, S.STOPPED),
        ],
    )

    failed = s.order(at, 3_000)
    s.path(failed, None, [(at, S.CREATED), (at + HOUR, S.REJECTED), (at + HOUR, S.FAILED)])

    cancelled = s.order(at, 2_000)
    s.path(cancelled, "usdt", [(at, S.CREATED), (at + HOUR, S.QUOTA_WAIT), (13 * DAY, S.CANCELLED)])

    flying = s.order(14 * DAY, 50_000)
    s.path(flying, "correspondent", [(14 * DAY, S.CREATED), (15 * DAY, S.IN_FLIGHT)])

    at = 4 * DAY + 12 * HOUR
    dry = s.order(at, 15_000, prohibited=True)
    s.path(
        dry,
        "usdt",
        [
            (at, S.CREATED),
            (at + 60, S.CONVERSION),
            (at + 60, S.DEALER_WAIT),
            (6 * DAY, S.CONVERSION),
            (6 * DAY, S.MARKET_WAIT, Reason.ELR_DEPEG),
            (7 * DAY, S.CONVERSION, Reason.ELR_QUOTE_EXPIRED),
            (7 * DAY, S.IN_FLIGHT),
            (7 * DAY + 60, S.SETTLED),
            (7 * DAY + 12 * HOUR, S.CREDITED),
        ],
    )
    s.charge(7 * DAY, dry, Purpose.SPREAD, Asset.RUB, 150_000)

    late = s.order(16 * DAY, 9_000)
    s.path(
        late,
        "agent",
        [(16 * DAY, S.CREATED), (17 * DAY, S.IN_FLIGHT), (18 * DAY, S.SETTLED), (18 * DAY, S.CREDITED)],
    )


def _prices(s: Scribe) -> None:
    s.price(0, Asset.USD, Asset.RUB, 90)
    s.price(0, Asset.USD, Asset.CNY, 7.2)
    s.price(0, Asset.BTC, Asset.USD, 60_000)
    s.price(0, Asset.USDT, Asset.USD, 1)
    s.price(DAY + 11 * HOUR, Asset.BTC, Asset.USD, 54_600)
    s.price(2 * DAY, Asset.USD, Asset.RUB, 100)
    s.price(7 * DAY + 6 * HOUR, Asset.USDT, Asset.USD, 0.95)
    s.price(19 * DAY, Asset.USD, Asset.RUB, 1)


def _screening(s: Scribe) -> None:
    desk = s.entity("desk/aml")
    screened = {
        1: (0, 0),
        2: (0, 0),
        3: (0, 0),
        4: (1, 0),
        5: (0, 0),
        6: (0, 0),
        7: (1, 1),
        9: (0, 0),
        10: (0, 0),
        11: (0, 1),
    }
    for payment, (alert, truth) in screened.items():
        s.record(3 * DAY, Kind.SCREENED, payment=payment, amount=alert, extra=truth)
    s.record(3 * DAY + HOUR, Kind.ALERT_DECIDED, payment=4, actor=desk, amount=2, extra=0)
    s.record(3 * DAY + 2 * HOUR, Kind.ALERT_DECIDED, payment=4, actor=desk, amount=0, extra=0)
    s.record(3 * DAY + 4 * HOUR, Kind.ALERT_DECIDED, payment=7, actor=desk, amount=1, extra=1)


def _authority(s: Scribe) -> None:
    regulator = s.entity("regulator")
    for importer, applied, kind, decided in (
        (0, 10 * HOUR, Kind.ADMITTED, 7 * DAY + HOUR),
        (1, DAY + 1, Kind.ADMISSION_REFUSED, 2 * DAY + HOUR),
        (2, 2 * DAY, None, 0),
    ):
        firm = s.entity(f"importer/{importer}")
        s.record(applied, Kind.APPLIED, actor=regulator, subject=firm)
        if kind is not None:
            s.record(decided, kind, actor=regulator, subject=firm)
    firms = [s.entity(f"importer/{importer}") for importer in range(2)]
    for firm, number, filed in ((0, 1, 3 * DAY), (0, 2, 6 * DAY), (1, 1, 5 * DAY), (1, 2, None)):
        s.record(2 * DAY, Kind.REPORT_DUE, actor=regulator, subject=firms[firm], amount=number, extra=5 * DAY)
        if filed is not None:
            s.record(filed, Kind.REPORT_FILED, subject=firms[firm], amount=number, extra=5 * DAY)
    s.record(2 * DAY, Kind.REPORT_DUE, actor=regulator, subject=firms[0], amount=3, extra=400 * DAY)
    # Owed to another regime by the same second, and late.
    site = s.entity("regime/site")
    s.record(2 * DAY, Kind.REPORT_DUE, actor=site, subject=firms[1], amount=1, extra=5 * DAY)
    s.record(6 * DAY, Kind.REPORT_FILED, subject=firms[1], object=site, amount=1, extra=5 * DAY)
    for found in (0, 0, 1):
        s.record(6 * DAY, Kind.INSPECTED, actor=regulator, subject=firms[0], amount=found, extra=0)
    s.record(7 * DAY, Kind.REVOKED, actor=regulator, subject=firms[0], extra=1)
    for time, payment, used in ((DAY, 1, 60), (2 * DAY, 2, 80), (7 * DAY, 11, 20)):
        s.record(time, Kind.QUOTA_USED, payment=payment, actor=regulator, amount=used, extra=100)
        consents = s.entity("regime/site") if payment == 2 else regulator
        s.record(time, Kind.AUTHORISED, payment=payment, actor=consents, amount=7)
        s.record(time, Kind.CONSUMED, payment=payment, actor=s.entity("bank/0"), amount=7)
    s.record(2 * DAY, Kind.RECEIPT, payment=3, actor=s.entity("operator"), amount=1)
    for time, payment, dealer, asset, roubles in (
        (DAY, 1, 0, Asset.USDT, 909_000),
        (DAY, 2, 0, Asset.BTC, 909_000),
        (DAY + 1, 2, 1, Asset.BTC, 909_000),
        (7 * DAY, 11, 0, Asset.USDT, 1_530_000),
    ):
        columns = {"subject": asset, "object": Asset.RUB, "amount": 1, "extra": roubles * 100}
        s.record(time, Kind.CONVERTED, payment=payment, actor=s.entity(f"dealer/{dealer}"), **columns)
    columns = {"subject": Asset.USD, "object": Asset.RUB, "amount": 1, "extra": 393_000_000}
    s.record(2 * DAY, Kind.CONVERTED, payment=4, actor=s.entity("bank/0"), **columns)


def _desks(s: Scribe) -> None:
    s.record(0, Kind.DESK_OPENED, actor=s.entity("desk/kyc"), amount=1, extra=0)
    s.record(0, Kind.DESK_OPENED, actor=s.entity("desk/aml"), amount=-1, extra=0)
    s.desk("kyc", DAY, 0, DAY, 3_600, DAY + 3_600)
    s.desk("kyc", DAY + 1_800, 0, DAY + 3_600, 3_600, DAY + 7_200)
    s.desk("kyc", DAY + 2_000, 1, DAY + 7_200, 3_600, DAY + 10_800)
    s.desk("aml", 15 * DAY - 1_000, 0, 15 * DAY - 1_000, 2_000, 15 * DAY + 1_000)


def _nostro(s: Scribe) -> None:
    nostro = s.account("bank/0", Asset.CNY, "nostro")
    other = s.account("world", Asset.CNY, "outside")
    for time, payment, debit, credit, units, purpose in (
        (0, -1, other, nostro, 100_000, Purpose.OPENING),
        (2 * DAY, 5, nostro, other, 30_000, Purpose.FX_LEG),
        (3 * DAY, 5, nostro, other, 50_000, Purpose.FX_LEG),
        (3 * DAY + HOUR, 5, other, nostro, 20_000, Purpose.RETURN),
        (4 * DAY, -1, other, nostro, 40_000, Purpose.FUNDING),
        (5 * DAY, 5, other, nostro, 30_000, Purpose.RETURN),
    ):
        columns = {"subject": debit, "object": credit, "amount": units, "reason": purpose}
        s.record(time, Kind.POSTED, payment=payment, **columns)


def _choices(s: Scribe) -> None:
    """First choices of orders 1, 2 and 11, worth -1.25, -2 and .25 points; the second of 1 counts for nothing."""
    for time, payment, importer, worth, serving in (
        (DAY + 9 * HOUR, 1, 0, -12_500, 0),
        (DAY + 9 * HOUR + 9, 1, 0, 99_999, 1),
        (DAY + 10 * HOUR, 2, 1, -20_000, 0),
        (5 * DAY, 11, 0, 2_500, 2),
    ):
        firm, rail = s.entity(f"importer/{importer}"), s.entity("rail/usdt")
        columns = {"subject": worth, "object": rail, "amount": serving << 32 | 3, "extra": 1}
        s.record(time, Kind.CHOSE_RAIL, payment=payment, actor=firm, **columns)


def _deposits(s: Scribe) -> None:
    """Payment 0's bank: 250,000 and 60,000 roubles on a day, 20,000 of it back, 10,000 the day after."""
    client = s.account("importer/0", Asset.RUB, "client")
    platform = s.account("operator", Asset.RUB, "cash")
    other = s.account("world", Asset.RUB, "outside")
    for time, debit, credit, roubles, purpose in (
        (2 * DAY, client, platform, 250_000, Purpose.REDEEM),
        (2 * DAY + 9, client, platform, 60_000, Purpose.REDEEM),
        (2 * DAY + 99, platform, client, 20_000, Purpose.RETURN),
        (3 * DAY, client, platform, 10_000, Purpose.REDEEM),
        (3 * DAY, client, other, 5_000, Purpose.REDEEM),
        (20 * DAY - 1, client, platform, 77_000, Purpose.REDEEM),
    ):
        columns = {"subject": debit, "object": credit, "amount": roubles * 100, "reason": purpose}
        s.record(time, Kind.POSTED, payment=0, **columns)


def _mined(s: Scribe) -> None:
    """Four coins to a dealer, one of them taken back; four to the exchange; two of the dealer's used."""
    miner, dealer, exchange = (
        s.account(owner, Asset.BTC, "inventory") for owner in ("miner/national", "dealer/0", "exchange")
    )
    wallet = s.account("supplier/0", Asset.BTC, "wallet")
    for time, debit, credit, coins, purpose in (
        (2 * DAY, miner, dealer, 4, Purpose.FUNDING),
        (2 * DAY + 9, dealer, miner, 1, Purpose.REORG),
        (3 * DAY, miner, exchange, 4, Purpose.FUNDING),
        (3 * DAY, exchange, dealer, 9, Purpose.FUNDING),
        (4 * DAY, dealer, wallet, 3, Purpose.FX_LEG),
        (4 * DAY + 9, wallet, dealer, 1, Purpose.REORG),
        (5 * DAY, wallet, exchange, 2, Purpose.FUNDING),
        (20 * DAY - 1, miner, dealer, 50, Purpose.FUNDING),
    ):
        columns = {"subject": debit, "object": credit, "amount": coins * 10**8, "reason": purpose}
        s.record(time, Kind.POSTED, **columns)


def write_small_world(directory: Path) -> Path:
    """The run folder of all of them."""
    s = Scribe()
    _prices(s)
    _authority(s)
    _desks(s)
    _nostro(s)
    _screening(s)
    _payments(s)
    _deposits(s)
    _mined(s)
    _choices(s)
    return s.write(directory)
