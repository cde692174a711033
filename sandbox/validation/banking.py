"""Bank rails: time, returns and fees at the published anchors, and the value they hold in flight."""

from collections.abc import Mapping, Sequence
from math import exp, log

import numpy as np

from sandbox.clock import DAY, HOUR
from sandbox.population import draw_orders, draw_population
from sandbox.validation.direct import DirectBanking, agents, each_minute, plain_payment
from sandbox.validation.laboratory import laboratory
from sandbox.validation.reading import Effort, Reading, counted, fixed, normal_share, repeated

#: Published shares of a tracking network's payments credited within so many hours.
TRACKED = ((5 / 60, 0.40), (0.5, 0.50), (6.0, 0.75), (24.0, 0.96))

#: Published or derived anchors by pressure: agents' fee in percent, share of direct payments returned.
ANCHORS = (
    (0.0, "0.50", "0.030"),
    (0.4, "1.38", "0.178"),
    (0.6, "2.48", "0.364"),
    (0.8, "4.02", "0.602"),
    (1.0, "6.00", "0.800"),
)

#: Nothing comes back: the logit of a return is so low that no draw falls under it.
_NO_RETURNS: dict[str, object] = {"correspondent.p_return_a": -40.0}


def value_in_flight(effort: Effort) -> Sequence[Reading]:
    """V07: what stands on the transit account, averaged over time, is value a day times days under way."""
    orders_a_day, mean_usd, days, repeats = 100, 134_146, 15, effort.times(12)
    readings = []
    for hours, widest, published in ((4, 0.25, "2.236"), (14 * 24, 20.0, "187.8")):
        values: dict[str, object] = {
            "correspondent.corr_days_mean": {"base": hours / 24, "per_pressure": 0.0},
            "correspondent.corr_speed_unstressed": _always(hours),
            "population.invoice_ln_sigma": 1.0,
            "population.invoice_mean_usd": mean_usd,
            **_NO_RETURNS,
        }
        estimates = [
            _average_in_flight(values, hours, days, orders_a_day, seed=700 + repeat)
            for repeat in range(repeats)
        ]
        what = f"value on its way, {hours} hours each, millions of USD"
        expected = orders_a_day * mean_usd * hours / 24 / 1e6
        samples = repeats * days * orders_a_day
        limit = effort.widest(widest)
        readings.append(repeated(what, expected, estimates, samples, widest=limit, published=published))
    return readings


def _always(hours: float) -> dict[str, float]:
    """A mixture of times that is one time."""
    return {"weight_1": 1.0, "weight_2": 0.0, "weight_3": 0.0, "mu_1": log(hours), "sd_1": 1e-9}


def _average_in_flight(values: Mapping[str, object], hours: int, days: int, per_day: int, seed: int) -> float:
    """Millions of dollars in transit, averaged over ``days`` after the first that filled the pipe."""
    lead = -(-hours // 24)
    horizon = (lead + days) * DAY
    ground = laboratory(values, seed=seed)
    orders = draw_orders(ground, draw_population(ground, 1, 1, 1), horizon, per_day, None)
    sent = DirectBanking(0.0, values, seed).send(orders.created, orders.invoice_cents)
    inside = np.clip(sent.moved[:, 0], lead * DAY, horizon)
    cent_seconds = float((sent.moved[:, 1].astype(np.float64) * (horizon - inside)).sum())
    return cent_seconds / (days * DAY) / 100 / 1e6


def unstressed_time(effort: Effort) -> Sequence[Reading]:
    """V21: the rail without pressure against the tracking network's published table."""
    bank = DirectBanking(0.0, _NO_RETURNS, seed=21)
    mix = bank.ground.table("correspondent.corr_speed_unstressed")
    parts = [(mix[f"weight_{n}"], mix[f"mu_{n}"], mix[f"sd_{n}"]) for n in (1, 2, 3)]
    hours = bank.send(*each_minute(effort.of(40_000))).credited / HOUR
    readings = []
    for limit, published in TRACKED:
        share = sum(weight * normal_share((log(limit) - mu) / sd) for weight, mu, sd in parts)
        name = f"{limit * 60:.0f} minutes" if limit < 1 else f"{limit:.0f} hours"
        within = int((hours <= limit).sum())
        readings.append(counted(f"credited within {name}", share, within, len(hours)))
        readings.append(
            fixed(f"the same by formula, beside {published:.2f} published", published, share, 0.02)
        )
    mean = sum(weight * exp(mu + sd * sd / 2) for weight, mu, sd in parts)
    shares = np.array_split(hours, 20)
    readings.append(
        repeated(
            "mean time, hours",
            mean,
            [float(part.mean()) for part in shares],
            len(hours),
            widest=effort.widest(5.0),
            published="8.6",
        )
    )
    return readings


def pressure_anchors(effort: Effort) -> Sequence[Reading]:
    """V22: fees and returns at five levels of pressure, and returns that happen as often as they should."""
    readings = []
    for level, fee, returned in ANCHORS:
        rail = agents(laboratory(), level)
        readings.append(
            fixed(f"agents' mean fee at P = {level:g}, percent", float(fee), rail.fee_share() * 100, 0.0051)
        )
        bank = DirectBanking(level, seed=220 + round(level * 10))
        probability = bank.rail.return_probability(plain_payment(0, 0, 1))
        readings.append(
            fixed(f"probability of a return at P = {level:g}", float(returned), probability, 0.00051)
        )
        if level in (0.6, 1.0):
            sent = bank.send(*each_minute(effort.of(8_000)))
            what = f"share returned at P = {level:g}"
            readings.append(
                counted(what, float(returned), sent.returned, sent.total, widest=effort.widest(0.02))
            )
    return readings
