"""What a payment cost and how its money moved: receipt beside postings, and the sum in USD."""

from collections.abc import Sequence
from fractions import Fraction

from sandbox.journal.kinds import Kind, Purpose
from sandbox.money import Asset
from sandbox.report.facts import Names, Record
from sandbox.report.runfolder import RunFolder
from sandbox.report.story import Charge, MoneyGroup
from sandbox.report.wording import money, say

#: Purposes that are a price someone charged, not the payment itself.
CHARGES = frozenset(
    {
        Purpose.SPREAD,
        Purpose.BANK_FEE,
        Purpose.NETWORK_FEE,
        Purpose.AGENT_FEE,
        Purpose.PLATFORM_FEE,
        Purpose.CORRESPONDENT_FEE,
        Purpose.OFFRAMP_FEE,
        Purpose.RETURN_LOSS,
        Purpose.LOSS,
    }
)


def charges_of(
    run: RunFolder, names: Names, records: Sequence[Record], moves: Sequence[Record]
) -> tuple[tuple[Charge, ...], str]:
    """Charges by attempt and purpose, promised and posted, and what all that was posted comes to in USD."""
    promised = _sums(records, moves, names, Kind.ITEMISED)
    posted = _sums(records, moves, names, Kind.POSTED)
    charges, total, unpriced = [], 0, False
    for key in sorted(promised.keys() | posted.keys()):
        attempt, purpose, asset = key
        units, seq = posted.get(key, (0, promised.get(key, (0, 0))[1]))
        cents = _usd_cents(run, Asset(asset), units, seq)
        unpriced = unpriced or cents is None
        total += cents or 0
        charges.append(
            Charge(
                attempt=attempt,
                purpose=say(f"purpose.{Purpose(purpose).name}"),
                promised=money(promised[key][0], Asset(asset))
                if key in promised
                else say("charge.not_itemised"),
                posted=money(units, Asset(asset)) if key in posted else say("charge.not_posted"),
                usd=money(cents, Asset.USD) if cents is not None else "",
            )
        )
    tail = say("charge.unpriced") if unpriced else ""
    return tuple(charges), money(total, Asset.USD) + tail


def money_of(names: Names, records: Sequence[Record]) -> tuple[MoneyGroup, ...]:
    """The payment's postings by purpose, in the order of each purpose's first."""
    groups: dict[int, list[str]] = {}
    for row in records:
        if row.kind == Kind.POSTED:
            amount = names.money(row.amount, row.subject)
            way = say("charge.way", source=names.account(row.subject), target=names.account(row.object))
            groups.setdefault(row.reason, []).append(f"{names.when(row.time)}  {amount}, {way}")
    return tuple(
        MoneyGroup(purpose=say(f"purpose.{Purpose(purpose).name}"), postings=tuple(postings))
        for purpose, postings in groups.items()
    )


def _sums(
    records: Sequence[Record], moves: Sequence[Record], names: Names, kind: Kind
) -> dict[tuple[int, int, int], tuple[int, int]]:
    """(attempt, purpose, asset) -> (units, first record) of the rows of one kind that are charges."""
    sums: dict[tuple[int, int, int], tuple[int, int]] = {}
    for row in records:
        if row.kind != kind or row.reason not in CHARGES:
            continue
        asset = row.subject if kind == Kind.ITEMISED else _asset(names, row.subject)
        attempt = max((move.amount for move in moves if move.seq <= row.seq), default=1)
        key = (max(attempt, 1), row.reason, asset)
        before = sums.get(key, (0, row.seq))
        sums[key] = (before[0] + row.amount, before[1])
    return sums


def _asset(names: Names, account: int) -> int:
    return int(names.accounts[account].asset)


def _usd_cents(run: RunFolder, asset: Asset, units: int, seq: int) -> int | None:
    """USD cents at the price last journalled before ``seq``, nearest cent; None if there is no price."""
    if asset is Asset.USD:
        return units
    quoted = Asset.RUB if asset is Asset.DRUB else asset
    direct = _price(run, quoted, Asset.USD, seq)
    inverse = _price(run, Asset.USD, quoted, seq) if direct is None else None
    rate = direct if direct is not None else (1 / inverse if inverse else None)
    return None if rate is None else round(Fraction(units * Asset.USD.scale, asset.scale) * rate)


def _price(run: RunFolder, base: Asset, quote: Asset, seq: int) -> Fraction | None:
    rows = run.rows(
        "select amount from journal where kind = ? and subject = ? and object = ? and seq < ?"
        " order by seq desc limit 1",
        [int(Kind.PRICE), int(base), int(quote), seq],
    )
    return Fraction(rows[0][0], 10**8) if rows else None
