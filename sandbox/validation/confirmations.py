"""Bitcoin: how long six blocks take, and how often a race against an attacker is lost."""

from collections.abc import Sequence
from math import ceil, comb, exp, factorial, log

import numpy as np
import simpy
from scipy.special import betainc, gammainc, gammaincinv

from sandbox.chains.bitcoin import BitcoinBlocks, EngineMissing, RegtestChain, Wallet
from sandbox.payments import Process
from sandbox.rail import Ground
from sandbox.validation.laboratory import laboratory, run_out
from sandbox.validation.reading import Effort, Reading, averaged, counted, fixed, quantile

_MINUTE = 60
_SECONDS_BETWEEN_BLOCKS = 600.0


def open_chain(ground: Ground) -> tuple[RegtestChain, Wallet]:
    """A chain on the default engine (the reference engine where that is not installed) and a funded wallet."""
    genesis = ground.clock.unix(0)
    try:
        chain = RegtestChain("kernel", genesis)
    except EngineMissing:
        chain = RegtestChain("python", genesis)
    wallet = chain.wallet("payer")
    chain.premine(wallet, 110)
    return chain, wallet


def six_blocks(effort: Effort) -> Sequence[Reading]:
    """V05: minutes from broadcasting a payment to its sixth confirmation."""
    payments, blocks = effort.of(2_500), 6
    ground = laboratory(seed=5)
    chain, wallet = open_chain(ground)
    with chain:
        producer = BitcoinBlocks(
            ground.env, chain, ground.streams.named("blocks"), _SECONDS_BETWEEN_BLOCKS, blocks
        )
        pauses = ground.streams.named("pauses")
        seconds: list[int] = []

        def payer() -> Process[None]:
            for _ in range(payments):
                yield ground.env.timeout(round(pauses.exponential(_SECONDS_BETWEEN_BLOCKS)))
                sent = ground.now
                yield producer.submit(wallet.pay(wallet, 100_000))
                seconds.append(ground.now - sent)

        ground.env.process(payer())
        run_out(ground)
    minutes = np.array(seconds) / _MINUTE
    readings = [
        averaged("mean, minutes", 60.0, minutes, widest=effort.widest(3.0), published="60"),
        counted(
            "share within 60 minutes",
            float(gammainc(blocks, 6.0)),
            int((minutes <= 60).sum()),
            payments,
            published="0.554",
        ),
    ]
    for share, published, widest in ((0.5, "56.70", 3.0), (0.95, "105.13", 6.0), (0.99, "131.09", 12.0)):
        at = float(gammaincinv(blocks, share))
        density = at ** (blocks - 1) * exp(-at) / factorial(blocks - 1) / 10.0
        what = f"{share:.0%} quantile, minutes"
        limit = effort.widest(widest)
        readings.append(quantile(what, at * 10.0, density, share, minutes, widest=limit, published=published))
    return readings


def published_risk(power: float, blocks: int) -> float:
    """Probability that an attacker with this share of the power overtakes, as Nakamoto (2008) has it.

    His attacker's progress is Poisson, which is an approximation.
    """
    ratio = power / (1.0 - power)
    progress = blocks * ratio
    term, risk = exp(-progress), float(gammainc(blocks + 1, progress))
    for found in range(blocks + 1):
        risk += term * ratio ** (blocks - found)
        term *= progress / (found + 1)
    return risk


def exact_risk(power: float, blocks: int) -> float:
    """The same exactly (Grunspan and Perez-Marco 2018): an incomplete beta function."""
    return float(betainc(blocks, 0.5, 4.0 * power * (1.0 - power)))


def _summed_risk(power: float, blocks: int) -> float:
    """The exact risk as a sum over what the attacker has found when the merchant delivers."""
    honest = 1.0 - power
    return 1.0 - sum(
        comb(found + blocks - 1, found) * (honest**blocks * power**found - power**blocks * honest**found)
        for found in range(blocks)
    )


def race(effort: Effort) -> Sequence[Reading]:
    """V06: the formula at the published table, and the chain's own race at one and two confirmations."""
    readings = [
        fixed("q = .1, 5 blocks, Nakamoto's formula", 0.0009137, published_risk(0.1, 5), 1e-7),
        fixed("q = .1, 6 blocks, Nakamoto's formula", 0.0002428, published_risk(0.1, 6), 1e-7),
        fixed("q = .1, 6 blocks, exact", 0.0005914, exact_risk(0.1, 6), 1e-7),
        fixed("the same as a sum", 0.0005914, _summed_risk(0.1, 6), 1e-7),
    ]
    powers = ((0.10, 5), (0.15, 8), (0.20, 11), (0.25, 15), (0.30, 24), (0.35, 41), (0.40, 89), (0.45, 340))
    for power, published in powers:
        needed = next(blocks for blocks in range(1, 1_000) if published_risk(power, blocks) < 0.001)
        readings.append(fixed(f"blocks for a risk under .1%, q = {power:g}", published, needed, 0.0))
    trials = effort.of(1_500)
    for blocks, widest in ((1, 0.04), (2, 0.03)):
        lost = sum(_races(0.1, blocks, trials))
        what = f"races lost on the chain, q = .1, {blocks} confirmation{'s' if blocks > 1 else ''}"
        expected = exact_risk(0.1, blocks)
        readings.append(counted(what, expected, lost, trials, widest=effort.widest(widest)))
    return readings


def _races(power: float, confirmations: int, trials: int) -> list[bool]:
    """Whether a payment that had its confirmations was taken out of the chain again, race after race."""
    ground = laboratory(seed=600 + confirmations)
    chain, wallet = open_chain(ground)
    outcomes: list[bool] = []
    with chain:
        mean = _SECONDS_BETWEEN_BLOCKS / (1.0 - power)
        honest = BitcoinBlocks(
            ground.env, chain, ground.streams.named("blocks"), mean, confirmations, blocks="all"
        )
        attacker = _Attacker(ground, honest, power)

        def races() -> Process[None]:
            for _ in range(trials):
                number = chain.broadcast(wallet.pay(wallet, 100_000))
                outcomes.append((yield from attacker.attack(number, confirmations)))
                while not chain.confirmations(number):
                    yield ground.env.timeout(_MINUTE)

        ground.env.run(until=ground.env.process(races()))
    return outcomes


class _Attacker:
    """Mines a branch of its own and shows it when the merchant has delivered and the branch is the longer one.

    It has one block in hand when the payment is sent. Which branch stands is the engine's decision: the answer
    is read from the chain.
    """

    def __init__(self, ground: Ground, honest: BitcoinBlocks, power: float) -> None:
        self._env, self._honest, self._chain = ground.env, honest, honest.chain
        self._stream = ground.streams.named("attacker")
        self._mean = _SECONDS_BETWEEN_BLOCKS / power
        # So far behind, catching up has a probability of one in ten thousand: it gives up.
        self._hopeless = ceil(log(1e-4) / log(power / (1.0 - power)))
        self._news = ground.env.event()
        honest.on_block.append(self._hear)

    def _hear(self, block: object) -> None:
        if not self._news.triggered:
            self._news.succeed()

    def attack(self, number: int, confirmations: int) -> Process[bool]:
        """One attack on a payment; ends with whether it came off."""
        base, branch = self._chain.height, 1
        own = self._next_block()
        while True:
            self._news = self._env.event()
            yield own | self._news
            if own.processed:
                branch += 1
                own = self._next_block()
            public = self._chain.height - base
            if public >= confirmations and branch > public:
                self._honest.reorg(public)
                return self._chain.confirmations(number) == 0
            if public - branch >= self._hopeless:
                return False

    def _next_block(self) -> simpy.Event:
        return self._env.timeout(round(self._stream.exponential(self._mean)))
