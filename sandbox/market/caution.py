"""How careful each authorised bank is now: warnings raise its caution, time wears it off.

One fresh warning is caution 1. It halves every ``bank.derisk_halflife`` days, and the other banks take over the
share ``bank.derisk_contagion`` of it. Caution moves log odds: of the bank's own refusals of the regime's orders by
``bank.derisk_logit_shift``, of returns of its direct payments by the part of that which foreign banks share.
"""

from collections.abc import Sequence

from sandbox.clock import DAY
from sandbox.journal.kinds import Kind
from sandbox.rail import Ground


class Caution:
    """The caution of each bank, by its index."""

    def __init__(self, ground: Ground, banks: Sequence[int]) -> None:
        self._ground = ground
        self._banks = tuple(banks)
        self._level = [0.0] * len(banks)
        self._since = [0] * len(banks)
        self._authority = ground.journal.entity("foreign-authority")

    def __len__(self) -> int:
        return len(self._banks)

    def level(self, bank: int) -> float:
        """Caution of a bank now, in fresh warnings."""
        level = self._level[bank]
        if not level:
            return 0.0
        days = (self._ground.now - self._since[bank]) / DAY
        return float(level * 0.5 ** (days / self._ground.number("bank.derisk_halflife")))

    def warn(self, bank: int) -> None:
        """A foreign authority warns a bank; its peers hear of it."""
        share = self._ground.number("bank.derisk_contagion")
        for peer in range(len(self._banks)):
            self._level[peer] = self.level(peer) + (1.0 if peer == bank else share)
            self._since[peer] = self._ground.now
        self._ground.journal.record(
            Kind.WARNED, -1, self._authority, self._banks[bank], -1, round(self._level[bank] * 10**6)
        )

    def shift(self, bank: int) -> float:
        """What a bank's caution adds to the log odds that it refuses an order of the regime."""
        if not self._level[bank]:
            return 0.0
        return self.level(bank) * self._ground.number("bank.derisk_logit_shift")

    def shift_abroad(self, bank: int) -> float:
        """What it adds to the log odds that a foreign bank sends the bank's payment back."""
        shift = self.shift(bank)
        return shift * self._ground.number("bank.derisk_abroad_share") if shift else 0.0
