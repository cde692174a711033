"""The synthetic population against its formulas: sizes, invoices, arrivals."""

from collections.abc import Callable
from datetime import date

import numpy as np
import pytest

from sandbox.clock import RUSSIA, DeskHours
from sandbox.population import _daily_means, _season, draw_orders, draw_population, lognormal_from_mean
from sandbox.rail import Ground


def test_invoices_of_one_firm(ground: Callable[..., Ground]) -> None:
    """Mean 134,146 dollars and sigma 1.3: nine in ten below 304,888, ninety-nine in a hundred below 1,185,810."""
    base = ground()
    population = draw_population(base, 1, 1, 1)
    cents = draw_orders(base, population, 400 * 86_400, 500.0, None).invoice_cents
    assert len(cents) > 190_000
    assert np.quantile(cents, 0.9) / 100 == pytest.approx(304_888, rel=0.02)
    assert np.quantile(cents, 0.99) / 100 == pytest.approx(1_185_810, rel=0.02)
    assert cents.mean() / 100 == pytest.approx(134_146, rel=0.03)


def test_the_mean_invoice_holds_for_many_firms(ground: Callable[..., Ground]) -> None:
    base = ground()
    population = draw_population(base, 200, 1, 1)
    cents = draw_orders(base, population, 400 * 86_400, 300.0, None).invoice_cents
    assert cents.mean() / 100 == pytest.approx(134_146, rel=0.05)


def test_turnover_is_concentrated_as_in_expectation(ground: Callable[..., Ground]) -> None:
    """Of 500 firms with sigma 2 the ten largest have .449 and the thirty largest .652 of the turnover."""
    top, thirty, herfindahl = [], [], []
    for seed in range(120):
        population = draw_population(ground(seed=seed), 500, 1, 4)
        sizes = np.sort([firm.turnover for firm in population.importers])[::-1]
        top.append(sizes[:10].sum() / sizes.sum())
        thirty.append(sizes[:30].sum() / sizes.sum())
        herfindahl.append(float(((sizes[:10] / sizes[:10].sum()) ** 2).sum() * 10_000))
    assert np.mean(top) == pytest.approx(0.449, abs=0.02)
    assert np.mean(thirty) == pytest.approx(0.652, abs=0.02)
    # The table's figure for ten participants; its own standard error over the seeds is about 60.
    assert np.mean(herfindahl) == pytest.approx(1_820, abs=200)


def test_orders_follow_the_root_of_turnover(ground: Callable[..., Ground]) -> None:
    base = ground()
    population = draw_population(base, 20, 1, 1)
    orders = draw_orders(base, population, 600 * 86_400, 300.0, None)
    root = np.sqrt([firm.turnover for firm in population.importers])
    expected = root / root.sum()
    found = np.bincount(orders.importer, minlength=20) / len(orders)
    assert np.abs(found - expected).max() < 5 * np.sqrt(0.25 / len(orders))


def test_arrivals_come_as_intended(ground: Callable[..., Ground]) -> None:
    """Daily counts are Poisson around their means, and nobody orders on a day without business."""
    base = ground()
    hours = DeskHours(base.clock, RUSSIA, 9, 17)
    days = 728
    orders = draw_orders(base, draw_population(base, 5, 1, 1), days * 86_400, 100.0, hours)
    means = _daily_means(base, days, 100.0, hours)
    counts = np.bincount(orders.created // 86_400, minlength=days)
    assert (counts[means == 0] == 0).all() and (means == 0).sum() > 200
    assert counts.sum() == pytest.approx(means.sum(), abs=4 * np.sqrt(means.sum()))
    busy = means > 0
    dispersion = ((counts[busy] - means[busy]) ** 2 / means[busy]).sum() / busy.sum()
    assert dispersion == pytest.approx(1.0, abs=4 * np.sqrt(2 / busy.sum()))
    within = orders.created % 86_400
    assert within.min() >= 9 * 3_600 and within.max() < 18 * 3_600
    assert (np.diff(orders.created) >= 0).all()


def test_orders_come_in_the_hours_that_the_library_names(ground: Callable[..., Ground]) -> None:
    base = ground(**{"hours.orders": {"opens": 11, "closes": 13}})
    hours = DeskHours(base.clock, RUSSIA, 9, 17)
    orders = draw_orders(base, draw_population(base, 5, 1, 1), 30 * 86_400, 100.0, hours)
    within = orders.created % 86_400
    assert within.min() >= 11 * 3_600 and within.max() < 13 * 3_600


def test_a_year_has_its_season() -> None:
    """36,500 payments a year with a cosine of a quarter: 9,561 in the first 90 days, 10,964 in the last."""
    year = [
        100 * _season(date.fromordinal(date(2025, 1, 1).toordinal() + day), 0.25, 335) for day in range(365)
    ]
    assert sum(year) == pytest.approx(36_500, abs=1)
    # The figures count the peak a day later; one day's shift moves the first by 17 and the second by 5.
    assert sum(year[:90]) == pytest.approx(9_561, abs=20)
    assert sum(year[-90:]) == pytest.approx(10_964, abs=20)


@pytest.mark.parametrize("year", [2023, 2024, 2025])
@pytest.mark.parametrize(("peak", "month", "day"), [(335, 12, 1), (60, 3, 1), (32, 2, 1)])
def test_the_peak_is_the_day_that_the_parameter_names(year: int, peak: int, month: int, day: int) -> None:
    days = [date.fromordinal(date(year, 1, 1).toordinal() + count) for count in range(365)]
    assert max(days, key=lambda each: _season(each, 0.25, peak)) == date(year, month, day)


def test_frequency_and_size_follow_powers_of_turnover(ground: Callable[..., Ground]) -> None:
    """With all weight on the number of payments invoices are alike, and the other way round."""
    exponents = {"population.payment_weight_exponent": 1.0, "population.invoice_size_exponent": 0.0}
    base = ground(**exponents)
    population = draw_population(base, 12, 1, 1)
    turnover = np.array([firm.turnover for firm in population.importers])
    orders = draw_orders(base, population, 300 * 86_400, 300.0, None)
    found = np.bincount(orders.importer, minlength=12) / len(orders)
    assert found == pytest.approx(turnover / turnover.sum(), abs=0.01)
    largest, second = np.argsort(-turnover)[:2]
    means = [orders.invoice_cents[orders.importer == firm].mean() for firm in (largest, second)]
    assert means[0] == pytest.approx(means[1], rel=0.1)


def test_orders_at_all_hours_have_no_season(ground: Callable[..., Ground]) -> None:
    base = ground()
    assert set(_daily_means(base, 400, 7.0, None).tolist()) == {7.0}


def test_the_same_seed_draws_the_same_people(ground: Callable[..., Ground]) -> None:
    one, same = (draw_population(ground(seed=4), 30, 2, 3) for _ in range(2))
    other = draw_population(ground(seed=5), 30, 2, 3)
    assert [firm.turnover for firm in one.importers] == [firm.turnover for firm in same.importers]
    assert [firm.turnover for firm in one.importers] != [firm.turnover for firm in other.importers]


@pytest.mark.parametrize(("mean", "cv"), [(8.0, 0.5), (1.5, 0.9), (2.0, 1e-9)])
def test_a_lognormal_law_by_its_mean(mean: float, cv: float) -> None:
    median, sigma = lognormal_from_mean(mean, cv)
    assert median * np.exp(sigma**2 / 2) == pytest.approx(mean)
    assert np.sqrt(np.exp(sigma**2) - 1) == pytest.approx(cv, abs=1e-6)
