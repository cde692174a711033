"""Conversions: both legs in one entry, at the provider's own quote, before it ran out."""

import numpy as np

from sandbox.audit.facts import Directory, asset_name
from sandbox.audit.groups import Groups
from sandbox.audit.orders import Orders
from sandbox.audit.rows import Rows, marks
from sandbox.audit.violation import Bools, Findings, Ints, Words
from sandbox.journal.kinds import Kind, Purpose

#: Quoted prices are minor units paid for this many minor units sold.
PRICE_SCALE = 10**8

_PAID = marks((Purpose.FX_LEG, Purpose.PRINCIPAL, Purpose.SPREAD, Purpose.ROUNDING))
_SOLD = marks((Purpose.FX_LEG, Purpose.PRINCIPAL, Purpose.PROCEEDS))

#: Largest difference of two products that 64-bit wrap-around cannot have produced from a larger one.
_SURE = 2.0**62


def off_quote(sold: Ints, paid: Ints, price: Ints) -> Bools:
    """Whether a conversion is at another price than quoted.

    The client gets exactly what it wants and pays the price rounded up, or gives exactly what it has and gets
    the amount rounded down: ``0 <= paid * 10**8 - sold * price < max(10**8, price)``. The products may leave
    64 bits; their difference is exact modulo 2**64, and the product in floating point says whether the
    difference is small enough for that to be the true one.
    """
    difference = paid * PRICE_SCALE - sold * price
    about = paid.astype(np.float64) * PRICE_SCALE - sold.astype(np.float64) * price.astype(np.float64)
    result: Bools = (
        (np.abs(about) > _SURE) | (difference < 0) | (difference >= np.maximum(PRICE_SCALE, price))
    )
    return result


class Conversions:
    """V8. Quotes are kept, by order and provider, until the order ends."""

    def __init__(self, directory: Directory, orders: Orders) -> None:
        self._directory = directory
        self._orders = orders
        self._quotes: tuple[Ints, ...] = tuple(np.empty(0, np.int64) for _ in range(4))
        """order and provider, assets sold and paid, price, valid until."""

    def chunk(self, rows: Rows, findings: Findings) -> None:
        """Check each conversion against the provider's last quote and the entry before it."""
        at = rows.of(Kind.QUOTED, Kind.CONVERTED)
        if not len(at):
            return
        self._at_quote(rows, at, findings)
        self._both_legs(rows, rows.of(Kind.CONVERTED), findings)

    def finish(self, findings: Findings) -> None:
        """Nothing more at the end."""

    def _at_quote(self, rows: Rows, at: Ints, findings: Findings) -> None:
        pair = (rows.subject[at] << 6) | (rows.object[at] & 63)
        columns = (
            ((rows.payment[at] + 1) << 31) | (rows.actor[at] & 0x7FFFFFFF),
            pair,
            rows.amount[at],
            rows.extra[at],
        )
        kept = len(self._quotes[0])
        key, assets, price, until = (
            np.concatenate((old, new)) for old, new in zip(self._quotes, columns, strict=True)
        )
        groups = Groups(key)
        quoted = np.concatenate((np.ones(kept, np.bool_), rows.is_kind(at, Kind.QUOTED)))[groups.order]
        place = np.concatenate((np.zeros(kept, np.int64), at))[groups.order]
        source = groups.latest(quoted, groups.order, -1)
        checks = np.flatnonzero(~quoted)
        row, quote = place[checks], source[checks]
        there = quote >= 0
        provider = self._directory.name
        findings.where(
            "V8",
            ~there | (assets[quote] != assets[groups.order[checks]]),
            row,
            lambda i: "a quote of that provider for these assets and this order",
            lambda i: f"a conversion by {provider(int(rows.actor[row[i]]))} without one",
        )
        findings.where(
            "V8",
            there & (rows.time[row] > until[quote]),
            row,
            lambda i: f"conversion until second {until[quote[i]]}",
            lambda i: f"second {rows.time[row[i]]}",
        )
        sold, paid = rows.amount[row], rows.extra[row]
        findings.where(
            "V8",
            there & off_quote(sold, paid, price[quote]),
            row,
            lambda i: (
                f"{sold[i]} minor units of {asset_name(int(rows.subject[row[i]]))} "
                f"at the quoted {price[quote[i]]} for 10**8"
            ),
            lambda i: f"{paid[i]} minor units of {asset_name(int(rows.object[row[i]]))} paid",
        )
        self._keep(groups, quoted, (key, assets, price, until))

    def _keep(
        self,
        groups: Groups,
        quoted: Bools,
        columns: tuple[Ints, ...],
    ) -> None:
        """Carry the last quote of each order and provider, of orders that have not ended."""
        last = groups.latest(quoted, groups.order, -1)[groups.tails]
        last = last[last >= 0]
        payment = (columns[0][last] >> 31) - 1
        live = (payment < 0) | ~self._orders.ended(np.maximum(payment, 0))
        self._quotes = tuple(column[last[live]] for column in columns)

    def _both_legs(self, rows: Rows, at: Ints, findings: Findings) -> None:
        """The entry just before a conversion carries what was sold and what was paid."""
        posted = rows.of(Kind.POSTED)
        if not len(at):
            return
        index = np.searchsorted(posted, at) - 1
        sold, paid = np.zeros(len(at), np.int64), np.zeros(len(at), np.int64)
        active = index >= 0
        row = posted[np.maximum(index, 0)] if len(posted) else np.zeros(len(at), np.int64)
        entry = rows.extra[row]
        active &= (rows.payment[row] == rows.payment[at]) & (rows.time[row] == rows.time[at])
        while active.any():
            asset, purpose = (
                self._directory.asset.at(np.where(active, rows.subject[row], 0)),
                rows.reason[row],
            )
            amount = np.where(active, rows.amount[row], 0)
            sold += np.where((asset == rows.subject[at]) & _SOLD[purpose], amount, 0)
            paid += np.where((asset == rows.object[at]) & _PAID[purpose], amount, 0)
            index = index - 1
            row = posted[np.maximum(index, 0)]
            active &= (index >= 0) & (rows.extra[row] == entry)
        for what, found, asked in (("sold", sold, rows.amount[at]), ("paid", paid, rows.extra[at])):
            findings.where(
                "V8",
                found != asked,
                at,
                _words(f"the {what} leg of the conversion in its entry: ", asked),
                _words("", found),
            )


def _words(text: str, units: Ints) -> Words:
    return lambda i: f"{text}{units[i]} minor units"
