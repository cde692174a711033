"""The synthetic population: importers, their suppliers and the orders they will make.

Everything is drawn at the start of a run from named streams, so every arm of an experiment has the same
firms, contracts, invoices and arrival times. Turnover is log-normal; a firm's share of the orders and its mean
invoice each grow with a power of its turnover. Orders arrive as a non-homogeneous Poisson process: none on days
without business, a yearly cosine otherwise.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from math import cos, exp, log, pi

import numpy as np
from numpy.typing import NDArray

from sandbox.clock import Hours
from sandbox.money import Asset
from sandbox.rail import Ground

#: Days until the end of February: a later day of the year moves by one in a leap year.
_FEBRUARY = 59


@dataclass(slots=True, eq=False)
class Importer:
    """A firm that pays abroad (or, if it exports, is paid from there)."""

    index: int
    entity: int
    turnover: float
    """Relative yearly turnover (median 1)."""
    sector: str
    """Its main goods category."""
    bank: int
    """Index of its authorised bank."""
    suppliers: tuple[int, ...]
    account: int = -1
    """Client account in roubles at its bank."""
    cash: int = -1
    admitted_at: int = -1
    """Second of its admission to the regime (-1: not admitted)."""
    regime_ready: int = -1
    """Second from which its bank has onboarded it for the regime's rails (-1: never yet)."""
    agent_ready: int = -1
    """Second from which a payment agent serves it (-1: none yet)."""
    failed_direct: bool = False
    last_rail: int = -1
    exports: bool = False
    """It sells abroad: its orders bring money in, and its partners are buyers."""

    @property
    def admitted(self) -> bool:
        """Whether the firm takes part in the regime now."""
        return self.admitted_at >= 0


@dataclass(slots=True, eq=False)
class Supplier:
    """A foreign firm that is paid; the partner of an exporter is a buyer, and pays."""

    index: int
    entity: int
    country: str
    category: str
    currency: Asset
    luck: dict[str, float]
    """Rail name -> the uniform that its acceptance is decided by (below the acceptance share: it takes the rail)."""
    account: int = -1
    """Account in its own currency, opened at the first payment."""
    wallets: dict[Asset, int] = field(default_factory=dict)
    received_cents: int = 0


@dataclass(slots=True, frozen=True)
class Orders:
    """All orders of a run as arrays, in order of time; row = payment number."""

    created: NDArray[np.int64]
    importer: NDArray[np.int32]
    supplier: NDArray[np.int32]
    invoice_cents: NDArray[np.int64]
    prepaid: NDArray[np.bool_]
    truth: NDArray[np.float64]
    """Uniform that decides whether the payment is prohibited."""
    export: NDArray[np.float64]
    """Uniform that decides whether an export rule stops the goods."""
    inward: NDArray[np.bool_]
    """Whether the money comes in: the order of an exporter."""

    def __len__(self) -> int:
        return len(self.created)


@dataclass(slots=True, frozen=True)
class Population:
    """The firms of a run."""

    importers: list[Importer]
    suppliers: list[Supplier]


#: Rails whose acceptance a supplier decides when the contract is made.
ACCEPTANCE_RAILS = ("usdt", "btc", "digital_ruble", "dfa")


def draw_population(
    ground: Ground, importers: int, suppliers_each: int, banks: int, exporters: float = 0.0
) -> Population:
    """Firms with their contracts; sizes, sectors and countries from the parameters ``population.*``.

    ``exporters``: share of the firms that sell abroad instead (0: none, and nothing is drawn for it).
    """
    streams = ground.streams
    sigma = ground.number("population.turnover_ln_sigma")
    sectors, sector_weights = _shares(ground.table("population.share_category"))
    countries, country_weights = _shares(ground.table("population.share_country"))
    turnover = np.exp(sigma * streams.named("population/turnover").normals(importers))
    sector = _choose(streams.named("population/sector").uniforms(importers), sector_weights)
    count = importers * suppliers_each
    country = _choose(streams.named("population/country").uniforms(count), country_weights)
    luck = {rail: streams.named(f"population/accepts/{rail}").uniforms(count) for rail in ACCEPTANCE_RAILS}
    exports = _exporters(ground, importers, exporters)
    firms: list[Importer] = []
    partners: list[Supplier] = []
    for index in range(importers):
        mine = tuple(range(index * suppliers_each, (index + 1) * suppliers_each))
        category = sectors[sector[index]]
        firms.append(
            Importer(
                index=index,
                entity=ground.journal.entity(f"{'exporter' if exports[index] else 'importer'}/{index + 1}"),
                turnover=float(turnover[index]),
                sector=category,
                bank=index % banks,
                suppliers=mine,
                exports=exports[index],
            )
        )
        for row in mine:
            code = countries[country[row]]
            partners.append(
                Supplier(
                    index=row,
                    entity=ground.journal.entity(f"{'buyer' if exports[index] else 'supplier'}/{row + 1}"),
                    country=code,
                    category=category,
                    currency=Asset.CNY if code == "CN" else Asset.USD,
                    luck={rail: float(draws[row]) for rail, draws in luck.items()},
                )
            )
    return Population(firms, partners)


def _exporters(ground: Ground, firms: int, share: float) -> list[bool]:
    """Which firms sell abroad, from a stream of their own."""
    if not share:
        return [False] * firms
    luck = ground.streams.named("population/exporters").uniforms(firms)
    return [bool(draw < share) for draw in luck.tolist()]


def draw_orders(
    ground: Ground, population: Population, horizon: int, per_day: float, calendar: Hours | None
) -> Orders:
    """Every order of the run; ``calendar`` None lets orders come evenly at all times."""
    firms = population.importers
    turnover = np.array([firm.turnover for firm in firms])
    weight = _power(turnover, ground.number("population.payment_weight_exponent"))
    weight /= weight.sum()
    days = -(-horizon // 86_400)
    expected = _daily_means(ground, days, per_day, calendar)
    per_day_counts = _poisson(ground.streams.named("orders/count").uniforms(days), expected)
    total = int(per_day_counts.sum())
    opens, closes = (0, 86_400) if calendar is None else _order_hours(ground)
    within = ground.streams.named("orders/time").uniforms(total)
    day_of = np.repeat(np.arange(days, dtype=np.int64), per_day_counts)
    created = day_of * 86_400 + opens + (within * (closes - opens)).astype(np.int64)
    order = np.argsort(created, kind="stable")
    created = created[order]
    kept = int(np.searchsorted(created, horizon))
    created = created[:kept]
    importer = _choose(ground.streams.named("orders/importer").uniforms(total), weight)[:kept]
    each = len(firms[0].suppliers)
    which = (ground.streams.named("orders/supplier").uniforms(total)[:kept] * each).astype(np.int32)
    supplier = importer * each + which
    scale = _power(turnover, ground.number("population.invoice_size_exponent"))
    mean_cents = ground.number("population.invoice_mean_usd") * 100 * scale / float((weight * scale).sum())
    sigma = ground.number("population.invoice_ln_sigma")
    size = np.exp(sigma * ground.streams.named("orders/value").normals(total)[:kept] - sigma * sigma / 2)
    least = round(ground.number("population.invoice_least_usd") * 100)
    invoice = np.maximum(least, (mean_cents[importer] * size)).astype(np.int64)
    prepay = ground.table("population.share_prepay")
    share = np.array([prepay.get(firm.sector, prepay.get("civil", 0.6)) for firm in firms])
    dual = np.array([firm.sector == "dual_use_restricted" for firm in firms])
    share = np.where(dual, prepay.get("dual_use", 1.0), share)
    prepaid = ground.streams.named("orders/terms").uniforms(total)[:kept] < share[importer]
    truth = ground.streams.named("orders/truth").uniforms(total)[:kept]
    export = ground.streams.named("orders/export").uniforms(total)[:kept]
    inward = np.array([firm.exports for firm in firms])[importer]
    return Orders(
        created, importer.astype(np.int32), supplier.astype(np.int32), invoice, prepaid, truth, export, inward
    )


def _order_hours(ground: Ground) -> tuple[int, int]:
    """Seconds of a business day between which orders come."""
    hours = ground.table("hours.orders")
    return round(hours["opens"] * 3_600), round(hours["closes"] * 3_600)


def _daily_means(ground: Ground, days: int, per_day: float, calendar: Hours | None) -> NDArray[np.float64]:
    amplitude, peak = ground.number("population.season_amp"), ground.number("population.season_peak_day")
    start = ground.clock.start
    means = np.zeros(days)
    for index in range(days):
        day = start + timedelta(days=index)
        if calendar is None or calendar.is_business_day(day):
            means[index] = per_day * _season(day, amplitude if calendar is not None else 0.0, peak)
    return means


def _season(day: date, amplitude: float, peak: float) -> float:
    """Yearly cosine, 1 on average, highest on a day of the year (335: 1 December, counted in common years)."""
    leap = date(day.year, 12, 31).timetuple().tm_yday - 365
    from_peak = day.timetuple().tm_yday - peak - (leap if peak > _FEBRUARY else 0)
    return 1.0 + amplitude * cos(2 * pi * from_peak / 365.0)


def _power(sizes: NDArray[np.float64], exponent: float) -> NDArray[np.float64]:
    """Sizes to a power; the root is taken as such, so that its last bit is the same on any machine."""
    return np.sqrt(sizes) if exponent == 0.5 else np.power(sizes, exponent)


def _poisson(uniforms: NDArray[np.float64], means: NDArray[np.float64]) -> NDArray[np.int64]:
    """Poisson counts by inversion, one uniform each (so that a day's count shares its luck between arms)."""
    from scipy.special import pdtr, pdtrik  # scipy.stats says the same and takes half a second to import

    rates = np.maximum(means, 1e-12)
    above = np.ceil(pdtrik(uniforms, rates))
    below = np.maximum(above - 1, 0)
    counts = np.where(pdtr(below, rates) >= uniforms, below, above)
    return np.asarray(np.where(means > 0, counts, 0), dtype=np.int64)


def _shares(table: Mapping[str, float]) -> tuple[list[str], NDArray[np.float64]]:
    pairs = list(table.items())
    return [name for name, _ in pairs], np.array([share for _, share in pairs])


def _choose(uniforms: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.int64]:
    """Positions with probability proportional to weight, one uniform each."""
    edges = np.cumsum(weights)
    return np.asarray(
        np.minimum(np.searchsorted(edges, uniforms * edges[-1], side="right"), len(weights) - 1)
    )


@lru_cache(maxsize=256)
def lognormal_from_mean(mean: float, cv: float) -> tuple[float, float]:
    """Median and sigma of the log-normal law with this mean and coefficient of variation."""
    variance = log(1.0 + cv * cv)
    return mean / exp(variance / 2.0), variance**0.5


__all__ = ["Importer", "Orders", "Population", "Supplier", "draw_orders", "draw_population"]
