"""The population as it is drawn: invoices, turnover, the season."""

from collections.abc import Sequence
from datetime import date, timedelta
from math import cos, exp, pi

import numpy as np

from sandbox.clock import ALWAYS, DAY
from sandbox.population import draw_orders, draw_population
from sandbox.validation.laboratory import laboratory
from sandbox.validation.reading import Effort, Reading, fixed, normal_quantile, quantile, repeated

MEAN_USD, SIGMA = 134_146.0, 1.3


def invoices(effort: Effort) -> Sequence[Reading]:
    """V10: quantiles of the invoices of one firm (its size divides out)."""
    ground = laboratory(
        {"population.invoice_mean_usd": MEAN_USD, "population.invoice_ln_sigma": SIGMA}, seed=10
    )
    orders = draw_orders(
        ground, draw_population(ground, 1, 1, 1), effort.of(400_000) // 1_000 * DAY, 1_000, None
    )
    dollars = orders.invoice_cents / 100.0
    median = MEAN_USD * exp(-SIGMA * SIGMA / 2)
    readings = []
    for share, published, widest in (
        (0.5, "57623", 600.0),
        (0.9, "304888", 4_000.0),
        (0.99, "1185810", 30_000.0),
    ):
        z = normal_quantile(share)
        at = median * exp(SIGMA * z)
        density = exp(-z * z / 2) / (2 * pi) ** 0.5 / (SIGMA * at)
        what, limit = f"{share:.0%} quantile, USD", effort.widest(widest)
        readings.append(quantile(what, at, density, share, dollars, widest=limit, published=published))
    return readings


def turnover(effort: Effort) -> Sequence[Reading]:
    """V11: what the largest of 500 firms hold of all turnover, and how unequal they are among themselves."""
    populations = effort.times(400)
    held: dict[int, list[float]] = {10: [], 30: []}
    index: dict[int, list[float]] = {10: [], 30: []}
    for number in range(populations):
        ground = laboratory({"population.turnover_ln_sigma": 2.0}, seed=1_100 + number)
        firms = draw_population(ground, 500, 1, 4).importers
        sizes = np.sort(np.array([firm.turnover for firm in firms]))[::-1]
        for count in held:
            largest = sizes[:count]
            held[count].append(float(largest.sum() / sizes.sum()))
            index[count].append(float(10_000 * ((largest / largest.sum()) ** 2).sum()))
    readings = []
    for count, share, hhi in ((10, 0.449, 1_820.0), (30, 0.652, 991.0)):
        what = f"share of turnover of the {count} largest of 500 firms"
        limit = 0.005 + effort.widest(0.03)
        readings.append(repeated(what, share, held[count], populations, widest=limit, slack=0.005))
        what = f"Herfindahl index among the {count} largest"
        # Published without its sample; it is the mean over populations to a twentieth.
        known = 0.05 * hhi
        limit = known + effort.widest(0.2 * hhi)
        readings.append(repeated(what, hhi, index[count], populations, widest=limit, slack=known))
    return readings


def season(effort: Effort) -> Sequence[Reading]:
    """V18: orders in the first and in the last ninety days of a year with the yearly cosine."""
    first_day, years = date(2025, 1, 1), effort.times(25)
    first: list[float] = []
    last: list[float] = []
    whole: list[float] = []
    for number in range(years):
        ground = laboratory({"population.season_amp": 0.25}, seed=1_800 + number, start=first_day)
        orders = draw_orders(ground, draw_population(ground, 20, 1, 1), 365 * DAY, 100.0, ALWAYS)
        first.append(float((orders.created < 90 * DAY).sum()))
        last.append(float((orders.created >= 275 * DAY).sum()))
        whole.append(float(len(orders)))
    peak = date(first_day.year, 12, 1)
    days = [(first_day + timedelta(days=day) - peak).days for day in range(365)]
    means = [100.0 * (1.0 + 0.25 * cos(2 * pi * day / 365.0)) for day in days]
    samples, limit = round(sum(whole)), effort.widest(160.0)
    early, late = sum(means[:90]), sum(means[-90:])
    return [
        repeated("orders in the first 90 days", early, first, samples, widest=limit),
        repeated("orders in the last 90 days", late, last, samples, widest=limit),
        # The published pair takes the cosine half a day later.
        fixed("first 90 days by formula, beside the published 9,561", 9_561.0, early, 20.0),
        fixed("last 90 days by formula, beside the published 10,964", 10_964.0, late, 20.0),
        repeated("orders in the year", 36_500.0, whole, samples, widest=2 * limit, published="36500"),
    ]
