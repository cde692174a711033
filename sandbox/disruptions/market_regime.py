"""A market regime: volatility, turnover, spreads and correlation from its date on, and the shocks that open it."""

from typing import Annotated, Literal

from pydantic import Field, field_validator

from sandbox.disruptions.event import Event
from sandbox.spec import Duration, Moment
from sandbox.stage import Stage

_Factor = Annotated[float, Field(gt=0, le=20)]
#: Beyond it the jumps of each path leave no room for the rest of the correlation.
_MOST_CORRELATION = 0.6


class MarketRegime(Event):
    """The market enters a regime; it replaces the last one, and what it leaves out is ordinary again."""

    kind: Literal["market_regime"]
    at: Moment
    btc_vol_multiplier: _Factor = Field(default=1.0, description="times bitcoin's volatility without jumps")
    jump_multiplier: _Factor = Field(default=1.0, description="times the size of bitcoin's jumps")
    btc_jump: float = Field(
        default=0.0, ge=-0.9, le=9.0, description="share by which bitcoin's price changes at once"
    )
    usdt_depeg: float = Field(
        default=0.0, ge=0, le=0.9, description="share of its worth that the stablecoin loses at once"
    )
    halflife: Duration | None = Field(
        default=None, gt=0, description="time in which half of that comes back (default: the parameter's)"
    )
    adv_multiplier: _Factor = Field(default=1.0, description="times the market's daily volume")
    spread_multiplier: _Factor = Field(default=1.0, description="times the dealers' half-spread")
    corr_btc_usdrub: float | Literal["stress"] | None = Field(
        default=None,
        description="correlation of bitcoin's and the dollar's daily returns in roubles: a number, stress for that of "
        "fx.corr_btc_usdrub_stress (default: fx.corr_btc_usdrub)",
    )
    label: str = Field(default="", max_length=300)

    @field_validator("corr_btc_usdrub")
    @classmethod
    def _can_be_reached(cls, value: float | Literal["stress"] | None) -> float | Literal["stress"] | None:
        if isinstance(value, float) and not -_MOST_CORRELATION <= value <= _MOST_CORRELATION:
            raise ValueError("a correlation lies between -0.6 and 0.6, or is stress")
        return value

    def strike(self, stage: Stage) -> float:
        """Bring the event about; the value the journal notes."""
        stage.change_market(
            btc_volatility=self.btc_vol_multiplier,
            btc_jumps=self.jump_multiplier,
            volume=self.adv_multiplier,
            spread=self.spread_multiplier,
            correlation=self.corr_btc_usdrub,
        )
        if self.btc_jump:
            stage.jump_bitcoin(self.btc_jump)
        if self.usdt_depeg:
            stage.break_peg(self.usdt_depeg, self.halflife)
        return self.btc_vol_multiplier
