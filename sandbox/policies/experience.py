"""What a firm has lived through on a rail, and how it corrects what the rail promises.

Everything is smoothed exponentially: with weight ``alpha`` a new observation moves the belief towards itself. Only
the firm's own attempts count; what other firms or authorities went through is not known here.
"""

from dataclasses import dataclass

from sandbox.payments import Quote


@dataclass(slots=True)
class Experience:
    """A firm's belief about one rail, begun with the first attempt that taught it anything."""

    failure: float
    """Believed probability that an attempt does not settle."""
    late: float = 0.0
    """Seconds by which an arrival came later than quoted (negative: earlier)."""
    spent: int = 0
    """Seconds of attempts that failed since the last arrival; the next arrival has cost them too."""

    def corrected(self, quote: Quote) -> Quote:
        """The quote as the firm reads it: the price as it stands, time and failure by its own experience."""
        return Quote(quote.cost_share, max(0.0, quote.seconds + self.late), self.failure)

    def settled(self, seconds: int, quoted: float, alpha: float) -> None:
        """An attempt arrived after so many seconds; the quote had promised ``quoted`` for an arrival."""
        self.failure -= alpha * self.failure
        self.late += alpha * (self.spent + seconds - quoted - self.late)
        self.spent = 0

    def failed(self, seconds: int, alpha: float) -> None:
        """An attempt took so many seconds and did not settle."""
        self.failure += alpha * (1.0 - self.failure)
        self.spent += seconds
