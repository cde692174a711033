"""Volume caps: how much may be authorised in a calendar month, in all, by one firm, in one goods category."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import NamedTuple

#: (day from which it holds, US cents a month or None for no limit), ascending; the first holds before its day too.
Dated = Sequence[tuple[date, int | None]]

#: A firm and a goods category: orders of one group meet the same caps.
Group = tuple[int, str]

#: More than any cap.
BOUNDLESS = 1 << 62


class Use(NamedTuple):
    """One cap's counter after an order."""

    firm: int
    """Index of the firm whose own cap it is (-1: of all firms)."""
    category: str
    """Goods category whose cap it is ("": of all)."""
    used: int
    """US cents in the month, this order included."""
    limit: int


@dataclass(slots=True)
class VolumeCaps:
    """The caps in force and what has been used of them this month. Months begin with a calendar month's first
    day; a cap that comes into force within a month counts from then on."""

    total: Dated = ()
    participant: Dated = ()
    category: Mapping[str, Dated] = field(default_factory=dict)
    wait: bool = True
    """An order over a cap waits for the next month (else it is refused)."""
    _month: int = -1
    _used: dict[tuple[int, str], int] = field(default_factory=dict)

    @property
    def any(self) -> bool:
        """Whether there is a cap at all."""
        return bool(self.total or self.participant or self.category)

    def limits(self, group: Group, day: date) -> list[tuple[tuple[int, str], int]]:
        """The caps an order of this group meets on a day: (key of the counter, US cents a month)."""
        firm, category = group
        found = []
        for key, dated in (
            ((-1, ""), self.total),
            ((firm, ""), self.participant),
            ((-1, category), self.category.get(category, ())),
        ):
            limit = in_force(dated, day)
            if limit is not None:
                found.append((key, limit))
        return found

    def room(self, group: Group, day: date) -> int:
        """US cents that an order of this group may still have this month."""
        used = self._of_month(day)
        return min((limit - used.get(key, 0) for key, limit in self.limits(group, day)), default=BOUNDLESS)

    def take(self, group: Group, cents: int, day: date) -> list[Use] | None:
        """Count an order against every cap it meets, or None if one of them has no room."""
        used = self._of_month(day)
        limits = self.limits(group, day)
        if any(used.get(key, 0) + cents > limit for key, limit in limits):
            return None
        uses = []
        for key, limit in limits:
            used[key] = used.get(key, 0) + cents
            uses.append(Use(key[0], key[1], used[key], limit))
        return uses

    def planned(self) -> "VolumeCaps":
        """The same caps and counters, to try a month's use out on."""
        return replace(self, _used=dict(self._used))

    def ever_fits(self, group: Group, cents: int, day: date) -> bool:
        """Whether an empty month, this one or one of a later limit, would hold the order."""
        days = [day, *(since for dated in self._all(group[1]) for since, _ in dated if since > day)]
        return any(all(cents <= limit for _, limit in self.limits(group, later)) for later in days)

    def _all(self, category: str) -> tuple[Dated, ...]:
        return self.total, self.participant, self.category.get(category, ())

    def _of_month(self, day: date) -> dict[tuple[int, str], int]:
        month = day.year * 12 + day.month
        if month != self._month:
            self._month = month
            self._used.clear()
        return self._used


def in_force(dated: Dated, day: date) -> int | None:
    """The last limit whose day has come, else the first there is; None where there is none."""
    limit = dated[0][1] if dated else None
    for since, value in dated:
        if since > day:
            break
        limit = value
    return limit
