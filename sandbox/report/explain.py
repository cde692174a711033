"""One payment explained: every wait, the rule behind it, the dated value and its source, the chain's proof.

Everything is read from the run folder. A payment's records are laid beside its moves in journal order, so
that each fact stands in the stay in which it happened.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sandbox.journal.kinds import Kind
from sandbox.lifecycle import ISO_STATUS, NOT_YET, PHASE, TERMINALS, Reason, State, may_retry
from sandbox.money import Asset
from sandbox.report.assumptions import Assumption, in_force, read_assumptions
from sandbox.report.facts import SENTENCES, Names, Record
from sandbox.report.goods_facts import GOODS_SENTENCES
from sandbox.report.proofs import proofs_of
from sandbox.report.receipt import charges_of, money_of
from sandbox.report.rules import rule_for
from sandbox.report.runfolder import RunFolder
from sandbox.report.story import Step, Story, StoryContradiction
from sandbox.report.wording import money, rail_label, say, span, translated_phase, translated_reason

#: The order that opened a payment's contract: its goods move under that number (-1: the world has no goods).
_CONTRACT = f"select min(object) from journal where kind = {Kind.CREATED:d} and payment = ?"

#: A record's sentence, whatever it is about.
_TELLS = {**SENTENCES, **GOODS_SENTENCES}

_ASKED = re.compile(r"^(?:P-)?(\d{1,9})$", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class UnknownPayment:
    """There is no such payment in the run."""

    asked: str
    first: str
    """First payment of the run; "" if it has none."""
    last: str
    nearest: str

    @property
    def text(self) -> str:
        """One line for the user: what was asked, what there is, what was meant."""
        asked = "".join(each if each.isprintable() else "�" for each in self.asked[:80])
        if not self.first:
            return say("explain.none", asked=asked)
        near = say("explain.near", nearest=self.nearest) if self.nearest else ""
        return say("explain.unknown", asked=asked, first=self.first, last=self.last, near=near)


def explain(run_directory: Path, payment: str) -> Story | UnknownPayment:
    """The story of ``P-00042`` (or ``42``) in a run folder, or which payments there are.

    Raises RunUnreadable for a damaged folder, StoryContradiction for a journal whose moves do not join up.
    """
    run = RunFolder(run_directory)
    asked = _ASKED.match(payment.strip())
    known = run.rows("select payment from payments where payment = ?", [int(asked[1])]) if asked else []
    if not known:
        return _unknown(run, payment, int(asked[1]) if asked else None)
    return tell(run, int(known[0][0]))


def tell(run: RunFolder, payment: int) -> Story:
    """The story of a payment that the run has, by its number."""
    return _story(run, _attributes(run, payment))


def _unknown(run: RunFolder, asked: str, number: int | None) -> UnknownPayment:
    first, last = run.rows("select min(payment), max(payment) from payments")[0]
    if first is None:
        return UnknownPayment(asked, "", "", "")
    nearest = ""
    if number is not None:
        by_distance = "select payment from payments order by abs(payment - ?), payment limit 1"
        nearest = name_of(run.rows(by_distance, [number])[0][0])
    return UnknownPayment(asked, name_of(first), name_of(last), nearest)


def name_of(payment: int) -> str:
    """``P-00042``: the order's identity as people write it."""
    return f"P-{payment:05d}"


def _attributes(run: RunFolder, payment: int) -> dict[str, Any]:
    row = run.columns("select * from payments where payment = ?", [payment])
    return {name: values[0] for name, values in row.items()}


def _story(run: RunFolder, payment: dict[str, Any]) -> Story:
    number = int(payment["payment"])
    names = Names.of(run)
    records = [
        Record(*row)
        for row in run.rows(
            'select seq, "time", kind, reason, payment, actor, subject, object, amount, extra'
            f" from journal where payment = ? or kind = {Kind.GOODS:d} and payment = ({_CONTRACT}) order by seq",
            [number, number],
        )
    ]
    moves = [row for row in records if row.kind == Kind.MOVED]
    _check_moves(name_of(number), moves)
    ended = State(moves[-1].object) in TERMINALS
    until = moves[-1].time if ended else _last_second(run)
    charges, charges_usd = charges_of(run, names, records, moves)
    return Story(
        payment=name_of(number),
        header=_header(payment, names),
        steps=tuple(_steps(run, names, records, moves, until, _is_export(payment))),
        charges=charges,
        charges_usd=charges_usd,
        money=money_of(names, records),
        proofs=proofs_of(run, names, records),
        total_seconds=until - int(payment["created"]),
        ended=ended,
        ending=_ending(moves, ended, names, until),
    )


def _check_moves(payment: str, moves: Sequence[Record]) -> None:
    """Each move must leave the state that the one before entered."""
    if not moves:
        raise StoryContradiction(f"{payment}: the journal has no move of this payment")
    state = NOT_YET
    for move in moves:
        if move.subject != state:
            raise StoryContradiction(
                f"{payment}: record {move.seq} leaves state {move.subject}, the payment stood in {state}"
            )
        state = move.object


def _last_second(run: RunFolder) -> int:
    """The horizon; for an interrupted run the last second it reached."""
    return int(run.rows('select max("time") from journal')[0][0])


def _header(payment: dict[str, Any], names: Names) -> tuple[tuple[str, str], ...]:
    currency = Asset(int(payment["currency"]))
    due = int(payment["due"])
    terms, category = str(payment["terms"]), str(payment["category"])
    firm = names.entity(int(payment["importer"]))
    country = say(f"country.{payment['country']}")
    partner = f"{names.entity(int(payment['beneficiary']))}, {country}"
    export = _is_export(payment)
    rows = (
        ("exporter" if export else "importer", firm),
        ("bank", names.entity(int(payment["bank"]))),
        ("buyer" if export else "beneficiary", partner),
        ("invoice", money(int(payment["invoice_usd_cents"]), Asset.USD)),
        ("owed_exporter" if export else "owed", money(int(payment["payout_units"]), currency)),
        ("goods", say(f"category.{category}")),
        ("terms", say(f"terms.{terms}")),
        ("ordered", names.when(int(payment["created"]))),
        ("due", say("head.at_once") if due < 0 else names.when(due)),
    )
    return tuple((say(f"head.{key}"), value) for key, value in rows)


def _is_export(payment: dict[str, Any]) -> bool:
    """Whether the partner abroad pays and the firm at home is credited."""
    return payment.get("direction") == "export"


def _steps(
    run: RunFolder,
    names: Names,
    records: Sequence[Record],
    moves: Sequence[Record],
    until: int,
    export: bool,
) -> list[Step]:
    assumptions = read_assumptions(run.parameters)
    ends = [*(move.time for move in moves[1:]), until]
    # What was written before the first move (the order itself) belongs to the first stay.
    first_seqs = [-1, *(move.seq for move in moves[1:])]
    last_seqs = [*(move.seq for move in moves[1:]), records[-1].seq + 1]
    steps, refusal, rail = [], Reason.NONE, ""
    for move, end, first, last in zip(moves, ends, first_seqs, last_seqs, strict=True):
        inside = [row for row in records if first < row.seq < last]
        chosen = [names.entity(row.object) for row in inside if row.kind == Kind.CHOSE_RAIL]
        rail = (chosen[-1] if chosen else names.entity(move.extra) or rail).removeprefix("rail/")
        state, reason = State(move.object), Reason(move.reason)
        facts = [_TELLS[row.kind](row, names) for row in inside if row.kind in _TELLS]
        facts += _retry_facts(state, reason if reason else refusal)
        refusal = reason if reason else refusal
        rule = rule_for(state, rail, export)
        steps.append(
            Step(
                attempt=max(int(move.amount), 1),
                state=state.name,
                iso=ISO_STATUS[state],
                second=move.time,
                entered=names.when(move.time),
                wait_seconds=end - move.time,
                waited_for=translated_phase(state, PHASE[state]),
                decided_by=names.entity(move.actor),
                rule=rule.sentence,
                assumptions=_behind(assumptions, rule.parameters, names.clock.date(move.time)),
                settings=tuple(_set_by(run.scenario, rule.settings)),
                reason=reason.text,
                reason_meaning=translated_reason(reason) if reason else "",
                facts=tuple(facts),
            )
        )
    return steps


def _behind(
    assumptions: Sequence[Assumption], parameters: Sequence[str], day: date
) -> tuple[Assumption, ...]:
    found = (in_force(assumptions, name, day) for name in parameters)
    return tuple(each for each in found if each is not None)


def _retry_facts(state: State, refusal: Reason) -> list[str]:
    if state is not State.RETRY:
        return []
    if not refusal:
        return [say("explain.no_reason")]
    key = "explain.may_retry" if may_retry(refusal) else "explain.may_not_retry"
    klass = say(f"class.{refusal.klass}", otherwise=refusal.klass)
    return [say(key, reason=refusal.text, meaning=translated_reason(refusal), klass=klass)]


def _set_by(scenario: dict[str, Any], paths: Sequence[str]) -> list[tuple[str, str]]:
    """The scenario's settings at these key paths; what it leaves out or leaves empty is not told."""
    found = []
    for path in paths:
        value: Any = scenario
        for key in path.split("."):
            value = value.get(key) if isinstance(value, dict) else None
        if value is not None:
            found.append((path, _setting(value)))
    return found


def _setting(value: Any) -> str:
    if isinstance(value, bool):
        return say("yes" if value else "no")
    if isinstance(value, dict):
        return ", ".join(f"{key} {_setting(part)}" for key, part in value.items())
    return str(value)


def _ending(moves: Sequence[Record], ended: bool, names: Names, until: int) -> str:
    last = moves[-1]
    state = State(last.object)
    if not ended:
        waits = translated_phase(state, PHASE[state])
        return say("explain.in_flight", when=names.when(until), state=state.name, waits=waits)
    reasons = [Reason(move.reason) for move in moves if move.reason]
    rail = names.entity(last.extra)
    how = say("explain.over", rail=rail_label(rail)) if rail and state is State.CREDITED else ""
    why = ""
    if state is not State.CREDITED and reasons:
        why = say("explain.because", reason=reasons[-1].text, meaning=translated_reason(reasons[-1]))
    return say(
        "explain.ended",
        ending=say(f"ending.{state.name}"),
        how=how,
        when=names.when(until),
        taken=span(until - moves[0].time),
        why=why,
    )


__all__ = ["UnknownPayment", "explain", "name_of", "tell"]
