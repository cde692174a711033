"""The focus group's operator: chambers and associations keep a list of candidates and name who applies next."""

from collections.abc import Sequence

from sandbox.journal.kinds import QuickKind as Kind
from sandbox.policies.selection import Rule, ordered
from sandbox.population import Importer
from sandbox.rail import Ground


class FocusGroup:
    """Names firms for places in the regime, by a rule and with places held for sectors."""

    def __init__(
        self, ground: Ground, firms: Sequence[Importer], rule: Rule, quotas: dict[str, int], name: str = ""
    ) -> None:
        self.entity = ground.journal.entity(name or "focus-group")
        self._ground = ground
        self._firms = firms
        self._lots = ground.streams.named(f"{name or 'regulator'}/lot").uniforms(len(firms)).tolist()
        self._named = 0
        self._seen: set[int] = set()
        self._list: list[int] = []
        self._next = 0
        self.draw_up(rule, quotas)

    def draw_up(self, rule: Rule, quotas: dict[str, int], again: Sequence[Importer] = ()) -> None:
        """Put the firms that nobody has named yet, and those to be ranked ``again``, in a new order."""
        self._seen.difference_update(firm.index for firm in again)
        left = [
            (firm.index, firm.turnover, firm.sector, self._lots[firm.index])
            for firm in self._firms
            if firm.index not in self._seen
        ]
        self._list, self._next = ordered(left, rule, quotas), 0

    def strike_off(self, firm: Importer) -> None:
        """A firm that applied of its own accord need not be named any more."""
        self._seen.add(firm.index)

    def name_next(self, wave: int) -> Importer | None:
        """The next candidate, written down; None when the list is at its end."""
        while self._next < len(self._list):
            firm = self._firms[self._list[self._next]]
            self._next += 1
            if firm.index in self._seen:
                continue
            self._seen.add(firm.index)
            self._named += 1
            self._ground.journal.record(
                Kind.NOMINATED, actor=self.entity, subject=firm.entity, amount=wave, extra=self._named
            )
            return firm
        return None
