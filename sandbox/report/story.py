"""One payment's whole story as a value: steps, charges, money, proofs; as text and as a document."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from textwrap import wrap
from typing import Any

from sandbox.lifecycle import TERMINALS, State
from sandbox.report.assumptions import Assumption
from sandbox.report.showing import story_html
from sandbox.report.wording import percent, say, span

_WIDTH = 100


class StoryContradiction(Exception):
    """The journal's moves of a payment do not join up, so that its waits cannot be told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One stay in one state."""

    attempt: int
    state: str
    iso: str
    """Status an interbank message would carry (ISO 20022)."""
    second: int
    """Entry, in seconds since the scenario's start."""
    entered: str
    """Entry as local (Moscow) date and time."""
    wait_seconds: int
    """Length of the stay."""
    waited_for: str
    decided_by: str
    rule: str
    assumptions: tuple[Assumption, ...]
    """Dated values behind the rule, as in force at the entry."""
    settings: tuple[tuple[str, str], ...]
    """What the scenario sets: key path and value."""
    reason: str
    """Reason code with which the state was entered; "" for none."""
    reason_meaning: str
    facts: tuple[str, ...]
    """What else the journal says happened during the stay, in its order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """One charge on the receipt of one attempt."""

    attempt: int
    purpose: str
    promised: str
    posted: str
    usd: str
    """At the price in force when it was promised; "" if the journal has no price."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyGroup:
    """All postings of one purpose."""

    purpose: str
    postings: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """One transaction of this payment on a local test chain."""

    chain: str
    transaction: int
    hash: str
    """Transaction hash (EVM) or txid (Bitcoin); "" if the run folder kept no table of the chain."""
    height: int | None
    index: int | None
    success: bool | None
    confirmations: int | None
    """Confirmations waited for; None if the transaction did not become final."""
    reorganised: bool
    receipt: tuple[tuple[str, str], ...]
    """What else the chain's table says: function, gas used, fee in satoshi and the like."""
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """Everything the journal knows about one payment. The waits of its steps sum to ``total_seconds``."""

    payment: str
    header: tuple[tuple[str, str], ...]
    steps: tuple[Step, ...]
    charges: tuple[Charge, ...]
    charges_usd: str
    money: tuple[MoneyGroup, ...]
    proofs: tuple[Proof, ...]
    total_seconds: int
    ended: bool
    ending: str
    """The ending in words, or that the payment was in flight at the horizon."""

    def __post_init__(self) -> None:
        waited = sum(step.wait_seconds for step in self.steps)
        if waited != self.total_seconds:
            raise StoryContradiction(
                f"{self.payment}: the waits sum to {waited} s, the payment took {self.total_seconds} s"
            )

    def to_dict(self) -> dict[str, Any]:
        """The story as a JSON document (schema ``sandbox.story/1``)."""
        return {"schema": "sandbox.story/1", **asdict(self)}

    def _repr_html_(self) -> str:
        """How a notebook shows it."""
        return story_html(self)

    def to_text(self) -> str:
        """The story as plain text of at most 100 columns (long names apart)."""
        return "\n".join(self._lines()) + "\n"

    def waits(self) -> list[tuple[str, int]]:
        """State -> seconds spent in it over all attempts, the longest first; states passed at once are left out."""
        spent: dict[str, int] = {}
        for step in self.steps:
            spent[step.state] = spent.get(step.state, 0) + step.wait_seconds
        return sorted(
            ((state, length) for state, length in spent.items() if length), key=lambda each: -each[1]
        )

    def _in_short(self) -> Iterator[str]:
        """How it ended and where the time went, before every detail of it."""
        yield ""
        yield say("story.short")
        yield from _wrapped("  ", self.ending)
        waits = self.waits()
        width = max((len(say(f"state.{state}")) for state, _ in waits), default=0)
        for state, length in waits:
            share = percent(length / self.total_seconds, digits=0)
            yield f"    {share:>5}  {say(f'state.{state}'):<{width}}  {span(length)}"

    def _lines(self) -> Iterator[str]:
        yield say("story.payment", payment=self.payment)
        width = max(len(label) for label, _ in self.header)
        for label, value in self.header:
            yield from _wrapped(f"  {label:<{width}}  ", value)
        yield from self._in_short()
        attempt, told = 0, set[str]()
        for step in self.steps:
            if step.attempt != attempt:
                attempt = step.attempt
                yield ""
                yield say("story.attempt", attempt=attempt)
            yield from _step_lines(step, told)
        if self.charges:
            yield ""
            yield say("story.charges")
            for charge in self.charges:
                usd = f" = {charge.usd}" if charge.usd else ""
                lead = say("story.charge", attempt=charge.attempt, purpose=charge.purpose)
                yield from _wrapped("  ", f"{lead}: {charge.promised} / {charge.posted}{usd}")
            yield say("story.all_charges", usd=self.charges_usd)
        if self.money:
            yield ""
            yield say("story.money")
            for group in self.money:
                yield f"  {group.purpose}"
                for posting in group.postings:
                    yield from _wrapped("    ", posting)
        if self.proofs:
            yield ""
            yield say("story.proof")
            for proof in self.proofs:
                yield from _wrapped("  ", proof.text)
        yield ""
        yield from _wrapped(say("story.ending"), self.ending)
        waits = [str(step.wait_seconds) for step in self.steps if step.wait_seconds]
        second = say("span.s")
        sum_of = f"{' + '.join(waits)} {second} = " if len(waits) > 1 else ""
        total = f"{span(self.total_seconds)} = {sum_of}{self.total_seconds} {second}"
        yield from _wrapped(say("story.total"), total)


def _step_lines(step: Step, told: set[str]) -> Iterator[str]:
    """One stay. What it rests on is told where it first counts (``told``), later only that it is the same."""
    state = say("story.state", state=step.state, label=say(f"state.{step.state}"))
    yield f"  {step.entered}  {state} [{step.iso}]  {span(step.wait_seconds)}"
    lead = "waits" if step.wait_seconds else "ends" if State[step.state] in TERMINALS else "passes"
    yield from _wrapped(_lead(lead), step.waited_for)
    yield from _wrapped(_lead("rule"), step.rule)
    if step.reason:
        yield from _wrapped(_lead("reason"), f"{step.reason}: {step.reason_meaning}")
    settings = [f"{path} = {value}" for path, value in step.settings]
    values = [assumption.text for assumption in step.assumptions]
    for lead, texts in (("scenario", settings), ("parameter", values)):
        for text in texts:
            if text not in told:
                yield from _wrapped(_lead(lead), text)
    if (settings or values) and told.issuperset(settings + values):
        yield from _wrapped(_lead("values"), say("story.as_before"))
    told.update(settings, values)
    for fact in step.facts:
        yield from _wrapped("      - ", fact)


def _lead(name: str) -> str:
    return f"      {say(f'story.{name}'):<11}"


def _wrapped(lead: str, text: str) -> Iterator[str]:
    lines = wrap(text, _WIDTH - len(lead), break_long_words=False, break_on_hyphens=False) or [""]
    yield (lead + lines[0]).rstrip()
    for line in lines[1:]:
        yield " " * len(lead) + line
