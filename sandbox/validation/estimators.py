"""The product's own estimators on journals and samples whose answers are known."""

from collections.abc import Sequence
from math import exp
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from sandbox.clock import DAY
from sandbox.journal import Journal
from sandbox.journal.kinds import Kind
from sandbox.lifecycle import State
from sandbox.metrics import RunFacts, incidence
from sandbox.metrics.compute import compute_all
from sandbox.metrics.table import BY_NAME
from sandbox.money import Asset
from sandbox.randomness import Streams
from sandbox.validation.reading import Effort, Reading, fixed, repeated


def competing_risks(effort: Effort) -> Sequence[Reading]:
    """V26: success and failure compete; the estimator is not fooled, one minus Kaplan-Meier is."""
    success, failure, days = 0.20, 0.05, 10
    size, samples = effort.of(4_000), effort.times(20)
    streams = Streams(26)
    proper: list[float] = []
    naive: list[float] = []
    for number in range(samples):
        first, second, watched = (
            -np.log(streams.named(f"{name}/{number}").uniforms(size))
            for name in ("success", "failure", "end")
        )
        times = np.minimum(first / success, second / failure)
        causes = np.where(first / success <= second / failure, 1, 2)
        # One subject in four is lost from sight before day ten.
        censored = np.minimum(times, 35.0 * watched) < times
        seconds = (np.where(censored, 35.0 * watched, times) * DAY).astype(np.int64)
        causes = np.where(censored, 0, causes)
        proper += incidence.aalen_johansen(seconds.tolist(), causes.tolist(), cause=1, at=[days * DAY])
        others_censored = np.where(causes == 2, 0, causes)
        naive += incidence.aalen_johansen(
            seconds.tolist(), others_censored.tolist(), cause=1, at=[days * DAY]
        )
    total = success + failure
    expected = success / total * (1 - exp(-total * days))
    limit = effort.widest(0.012)
    return [
        repeated(
            "success within 10 days", expected, proper, size * samples, widest=limit, published="0.7343"
        ),
        repeated(
            "one minus Kaplan-Meier, which reads too high",
            1 - exp(-success * days),
            naive,
            size * samples,
            widest=limit,
            published="0.8647",
        ),
    ]


def concentration(effort: Effort) -> Sequence[Reading]:
    """V12: the Herfindahl metric of journals in which so many firms have equal shares."""
    return [
        fixed(
            f"Herfindahl index of {count} equal participants",
            10_000 / count,
            _index_of(count),
            1e-6,
            published,
        )
        for count, published in ((10, "1000"), (30, "333"))
    ]


def _index_of(participants: int) -> float:
    """The metric over a journal in which each participant is credited one equal payment in USDT."""
    with TemporaryDirectory(prefix="sandbox-verify-") as folder:
        journal = Journal(lambda: DAY, Path(folder))
        rail, bank = journal.entity("rail/usdt"), journal.entity("bank/1")
        firms = [journal.entity(f"importer/{number + 1}") for number in range(participants)]
        journal.describe_payments(
            {
                "created": [DAY] * participants,
                "importer": firms,
                "beneficiary": [journal.entity("supplier/1")] * participants,
                "bank": [bank] * participants,
                "country": ["CN"] * participants,
                "category": ["civil"] * participants,
                "terms": ["prepay"] * participants,
                "currency": [int(Asset.CNY)] * participants,
                "invoice_usd_cents": [100_000_00] * participants,
                "payout_units": [720_000_00] * participants,
                "due": [-1] * participants,
                "prohibited": [False] * participants,
                "direction": ["import"] * participants,
            }
        )
        for number in range(participants):
            journal.record(
                Kind.MOVED, number, bank, subject=State.SETTLED, object=State.CREDITED, amount=1, extra=rail
            )
        journal.close()
        facts = RunFacts(horizon=3 * DAY, warm_up=0, cool_down=0, business_days=(0,))
        answers = compute_all(Path(folder), facts, [BY_NAME["hhi_value"]])
    found = next(one.value for one in answers if one.by.get("among") == "participants")
    return float("nan") if found is None else float(found)
