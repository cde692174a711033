"""The market of a world: its paths, the peg, the breaker, and the recorder of prices."""

from math import sqrt
from typing import NamedTuple

from sandbox.clock import DAY
from sandbox.market import Market, PressureIndex
from sandbox.market.breaker import Breaker
from sandbox.market.common_factor import CommonFactor
from sandbox.market.conditions import ORDINARY, Motion
from sandbox.market.network_fees import NetworkFees
from sandbox.market.paths import Law, Shocks, follow
from sandbox.market.peg import Peg, random_breaks
from sandbox.market.ticker import tick
from sandbox.rail import Ground
from sandbox.scenario.schema import Scenario

_HOURS = 24


class Marketplace(NamedTuple):
    """What a world has of a market."""

    market: Market
    breaker: Breaker | None
    """None where no rail uses the stablecoin."""
    network_fees: NetworkFees


def open_market(ground: Ground, scenario: Scenario) -> Marketplace:
    """Draw the paths and start what watches them."""
    prices, horizon = scenario.market.prices, scenario.clock.horizon
    market = _constant(ground) if prices == "constant" else _random(ground, prices == "student_t", horizon)
    rails = scenario.rails
    regime = scenario.policy.regime
    breaker = Breaker(ground, market) if rails.usdt is not None and regime else None
    ground.env.process(tick(ground, market, rails.btc is not None and regime))
    return Marketplace(market, breaker, NetworkFees(ground, horizon))


def _starts(ground: Ground) -> tuple[float, float, float]:
    number = ground.number
    return number("fx.usdrub_0"), number("fx.usdcny_0"), number("btc.btc_price0_usd")


def _constant(ground: Ground) -> Market:
    rub, cny, btc = _starts(ground)
    return Market([rub], [cny], [btc])


def _random(ground: Ground, student_t: bool, horizon: int) -> Market:
    number, streams = ground.number, ground.streams
    days = horizon // DAY + 2
    usdrub, usdcny, btcusd = _starts(ground)
    rub = Shocks(streams.named("market/usdrub"), days, 1 / 365)
    cny = Shocks(streams.named("market/usdcny"), days, 1 / 365)
    btc = Shocks(streams.named("market/btcusd"), days * _HOURS, 1 / (365 * _HOURS), _HOURS)
    motion = Motion(
        (
            rub,
            Law(number("fx.usdrub_sigma_diff"), number("fx.usdrub_lambda"), number("fx.usdrub_jump_sd")),
        ),
        (
            btc,
            Law(
                number("btc.btc_sigma_diff"),
                number("btc.btc_lambda"),
                number("btc.btc_jump_sd"),
                number("btc.btc_jump_mean"),
            ),
        ),
        number("fx.corr_btc_usdrub"),
        "student_t" if student_t else "merton",
        number("btc.return_t_df"),
    )
    share = number("fx.corr_usdcny_usdrub")
    with_rouble = share * rub.diffusion + sqrt(1.0 - share * share) * cny.diffusion
    peg = Peg(
        random_breaks(
            streams.named("market/depegs"),
            horizon,
            number("usdt.depeg_rate"),
            number("usdt.depeg_size"),
            number("usdt.depeg_halflife_h"),
        )
    )
    return Market(
        follow(usdrub, motion.rub_moves(ORDINARY)),
        follow(usdcny, cny.moves(Law(number("fx.usdcny_vol")), with_rouble)),
        follow(btcusd, motion.btc_moves(ORDINARY)),
        peg,
        motion,
    )


def opening_pressure(ground: Ground, scenario: Scenario, market: Market) -> PressureIndex:
    """The last level before or at the start: of the scenario's own timeline, else of the library's series.

    Where the scenario asks for it, weekly shocks move it and the market together from then on.
    """
    start = scenario.clock.start
    own = [event for event in scenario.timeline.values() if event.kind == "pressure"]
    if own:
        past = [event for event in own if event.at.date() <= start]
        level = max(past, key=lambda event: event.at).level if past else 0.0
    else:
        level = ground.number("pressure.P_index")
    pressure = PressureIndex(ground.journal, level)
    if scenario.market.common_factor:
        CommonFactor(ground, market, pressure)
    return pressure
