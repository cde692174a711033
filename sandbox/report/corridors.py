"""Value between the home country and its partners, by rail: what the corridor chart draws."""

from dataclasses import dataclass

from sandbox.lifecycle import State
from sandbox.report.runfolder import RunFolder


@dataclass(frozen=True, slots=True, kw_only=True)
class Corridor:
    """Payments of the cohort with partners in one country whose last rail was one and the same."""

    country: str
    rail: str
    """Entity of the rail tried last; "" if none was chosen."""
    payments: int
    credited: int
    usd_cents: int
    """Invoice value of all of them, USD cents."""
    median_seconds: float | None
    """From order to credit, of those credited; None if none was."""


def corridors(run: RunFolder) -> list[Corridor]:
    """By country and rail, in a fixed order. ``readings.prepare`` must have been called on the folder."""
    rows = run.rows(
        """
        select country, rail, count(*), count(*) filter (state = $1), sum(usd_cents)::bigint,
               median(moved - created) filter (state = $1)
        from fate group by country, rail order by country, rail
        """,
        [int(State.CREDITED)],
    )
    return [
        Corridor(
            country=country, rail=rail, payments=n, credited=credited, usd_cents=cents, median_seconds=median
        )
        for country, rail, n, credited, cents, median in rows
    ]
