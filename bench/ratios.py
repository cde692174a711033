"""How many times faster than its peers the product settles a payment, in one interleaved run.

Ours: settled by contract bytecode on a local chain, journalled to disk and audited. PSSimPy: settled in memory
and logged to CSV files. Orders come evenly around the clock in both. PSSimPy looks at all orders in every window,
so its cost a payment grows with the number of windows in a day and hardly with the number of orders.
"""

from dataclasses import dataclass

from rounds import USDT_ONLY, Result, best_of, ours, pssimpy

OURS = "bench scenario, revm"
REFERENCE = "bench scenario, eth-tester, shortened"
PEER = "PSSimPy, 15-minute windows, 24 hours"
PEER_SHORT_DAY = "PSSimPy, 15-minute windows, 08:00-17:00"
PEER_MINUTES = "PSSimPy, 1-minute windows, 24 hours"

CONTENDERS = {
    OURS: ours(USDT_ONLY),
    PEER: pssimpy(4_000, 15, 0, 24),
    PEER_SHORT_DAY: pssimpy(4_000, 15, 8, 17),
    PEER_MINUTES: pssimpy(200, 1, 0, 24),
    REFERENCE: ours(USDT_ONLY, engine="eth-tester", sets=["clock.horizon=30m"]),
}

#: Ratio aimed at, where there is one.
GOALS = {PEER: 10.0, PEER_MINUTES: 100.0, REFERENCE: 100.0}


@dataclass(frozen=True, slots=True)
class Ratio:
    """One peer against the product."""

    label: str
    peer: Result
    times: float
    """CPU of a payment there over CPU of a payment here."""
    goal: float | None


def ratios(rounds: int = 3) -> tuple[Result, list[Ratio]]:
    """Our result, and how many times more CPU each peer takes for a payment."""
    results = best_of(CONTENDERS, rounds)
    mine = results.pop(OURS)
    return mine, [
        Ratio(label, peer, peer.microseconds / mine.microseconds, GOALS.get(label))
        for label, peer in results.items()
    ]


if __name__ == "__main__":
    own, found = ratios()
    print(f"{OURS}: {own.microseconds:.0f} us a payment, rounds within {own.spread:.2f}")
    for ratio in found:
        aim = "" if ratio.goal is None else f", goal {ratio.goal:g}"
        print(f"{ratio.label}: {ratio.peer.microseconds:.0f} us, {ratio.times:.1f} times ours{aim}")
