"""What a dated event may do to the world; the world offers it, the events use nothing else."""

from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple, Protocol

#: What a timeline calls the regime of the scenario itself; others have the name they were opened with.
MAIN_REGIME = "main"

#: How candidates are ordered.
Rule = Literal["turnover", "lottery", "balanced"]


#: Events a year: the same all the time, or by the day from which each rate holds, ascending.
YearlyRates = float | tuple[tuple[date, float], ...]


class Gates(NamedTuple):
    """Thresholds of a review; None: not asked."""

    fail_rate_max: float | None
    aml_recall_min: float | None
    report_timely_min: float | None
    loss_bp_max: float | None


class Supervised(NamedTuple):
    """What participants of a further regime owe its supervisor; None: as the parameters ``regulator.*`` say."""

    report_every: int
    """Seconds of a reporting period."""
    report_limit_days: int | None
    inspections_per_year: YearlyRates | None
    revoke_probability: float | None


@dataclass(frozen=True, slots=True)
class RegimeTerms:
    """What a further regime is to be like."""

    id: str
    officers: int | None
    """None: as the parameter ``site2.site2_officers`` says."""
    participants: int
    """Places when it opens."""
    selection: Rule
    region_share: float | None
    """Share of firms that may join; None: as the parameter ``site2.site2_region_share`` says."""
    rails: tuple[str, ...]
    monthly_cap: int | None
    """US cents a calendar month."""
    desk: Literal["own", "taken", "pooled"]
    """New officers, officers of the first regime's desk, or one desk for both."""
    overlap: bool
    """Whether a firm may be in this regime and another."""
    supervision: Supervised | None
    """None: nobody watches its participants."""


class Stage(Protocol):
    """The world as a disruption meets it."""

    def set_pressure(self, level: float) -> None:
        """The pressure index takes a level."""
        ...

    def warn_banks(self, count: int) -> None:
        """A foreign authority warns the first so many authorised banks."""
        ...

    def rule_agents(self, leaving: float, fee_points: float) -> None:
        """A share of the agents closes down, the others add percentage points to their fee."""
        ...

    def add_places(
        self, regime: str, count: int, selection: Rule | None, quotas: dict[str, int], spread: bool
    ) -> None:
        """More firms may take part in a regime; they are chosen by a rule and apply at once or one by one."""
        ...

    def review(self, gates: Gates, entry_open: bool, wind_down: int | None) -> bool:
        """The regime's record is held against gates; whether it stays, or is wound down over so many seconds."""
        ...

    def open_regime(self, terms: RegimeTerms) -> None:
        """A further regime opens beside the first."""
        ...

    def revoke(self, regime: str, rank: int) -> None:
        """The participant that a regime admitted ``rank``-th loses its admission."""
        ...

    def staff(self, desk: str, people: int) -> None:
        """A desk has this many people."""
        ...

    def freeze(self, holder: str, rank: int, by_holdings: bool, delayed: bool, rail_halt: int) -> None:
        """The issuer freezes a dealer's or a supplier's address; the rail may then stand still for a while."""
        ...

    def unfreeze(self, holder: str) -> None:
        """The issuer lifts the freezes of this kind of holder."""
        ...

    def pause(self, seconds: int) -> None:
        """The issuer pauses the token."""
        ...

    def reorganise(self, depth: int, double_spend: bool) -> None:
        """The bitcoin chain's last blocks are replaced."""
        ...

    def halt(self, chain: str, seconds: int) -> None:
        """A chain makes no blocks."""
        ...

    def restrict_export(self, country: str, category: str, bite: float, basis: str) -> None:
        """A country refuses part of a category's exports, by end use or by licence."""
        ...

    def permit(self, rail: str, permitted: bool, acceptance: float | None) -> None:
        """The law opens or closes a rail; suppliers' acceptance may change with it."""
        ...

    def change_market(
        self,
        *,
        btc_volatility: float,
        btc_jumps: float,
        volume: float,
        spread: float,
        correlation: float | Literal["stress"] | None,
    ) -> None:
        """The market enters a regime: factors of its ordinary state, and the correlation of bitcoin and rouble."""
        ...

    def jump_bitcoin(self, share: float) -> None:
        """Bitcoin's price changes by a share at once."""
        ...

    def break_peg(self, size: float, halflife: int | None) -> None:
        """The stablecoin loses a share of its worth; half comes back in ``halflife`` seconds (None: as usual)."""
        ...

    def bridge(self, rail: str, acceptance: float | None, fee: int | None) -> float:
        """A rail's platform is joined to others abroad; the share of suppliers that take it now.

        ``acceptance`` None: the library's value for a bridge; ``fee`` in kopecks a transfer, None: as before.
        """
        ...

    def mine(self, operator: str, sites: int, mw_per_site: float | None, offered: float | None) -> None:
        """An operator has so many mining sites; None: the library's power of a site, or share offered."""
        ...
