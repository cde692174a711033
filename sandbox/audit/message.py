"""What the user reads when a rule is broken: one screen, with the command that plays it again."""

from collections.abc import Callable, Sequence

import numpy as np

from sandbox.audit.entries import purpose_name
from sandbox.audit.orders import state_name
from sandbox.audit.rules import CHECKS
from sandbox.audit.violation import Finding, Records
from sandbox.journal.kinds import Kind
from sandbox.lifecycle import Reason

#: Records of the order that are shown before the broken one.
SHOWN = 12


def message(
    finding: Finding,
    records: Records,
    first: int,
    *,
    entities: Sequence[str] = (),
    when: Callable[[int], str] = lambda second: f"second {second}",
    replay: str = "",
) -> str:
    """The broken rule in words, what was expected and found, when, and what led there.

    ``records`` are the rows of the journal from row ``first`` on that are at hand; the last of them that
    belong to the order (or the last of all, if it is about none) are listed. ``when`` turns a second into a
    date; ``replay`` is the command line that repeats the run.
    """
    whose = f"payment P-{finding.payment:05d}" if finding.payment >= 0 else "no single payment"
    lines = [
        f"Audit rule {finding.rule} does not hold: the run is invalid and has been stopped.",
        "",
        f"  rule      {CHECKS[finding.rule].sentence}",
        f"  expected  {finding.expected}",
        f"  found     {finding.found}",
        f"  when      {when(finding.time)}, row {finding.seq} of the journal",
        f"  about     {whose}",
    ]
    rows = _leading(finding, records, first)
    if len(rows):
        lines += ["", "  what led there:"]
        for row in rows:
            mark = ">" if first + row == finding.seq else " "
            lines.append(f"  {mark} {_line(records[row], first + row, entities, when)}")
    if replay:
        lines += ["", f"  play it again: {replay}"]
    return "\n".join(lines) + "\n"


def _leading(finding: Finding, records: Records, first: int) -> list[int]:
    """Positions of the last records up to the broken one, of its order if it has one."""
    upto = records[: max(0, finding.seq - first + 1)]
    mine = np.arange(len(upto))
    if finding.payment >= 0:
        mine = np.flatnonzero(upto["payment"] == finding.payment)
    return [int(row) for row in mine[-SHOWN:]]


def _line(record: np.void, seq: int, entities: Sequence[str], when: Callable[[int], str]) -> str:
    """One record in words, its codes decoded where its kind is known."""
    code = int(record["kind"])
    kind = Kind(code).name if code in Kind._value2member_map_ else f"kind {code}"
    subject, object_ = int(record["subject"]), int(record["object"])
    if code == Kind.MOVED:
        what = f"{_state(subject)} -> {_state(object_)}{_reason(int(record['reason']))}"
    elif code == Kind.POSTED:
        purpose = purpose_name(int(record["reason"]))
        what = f"{purpose} {record['amount']} from account {subject} to {object_} (entry {record['extra']})"
    else:
        columns = (
            ("subject", subject),
            ("object", object_),
            ("amount", record["amount"]),
            ("extra", record["extra"]),
        )
        what = ", ".join(f"{name} {value}" for name, value in columns if value not in (-1, 0))
    actor = int(record["actor"])
    who = f" by {entities[actor]}" if 0 <= actor < len(entities) else ""
    return f"{seq:>9}  {when(int(record['time']))}  {kind}{who}: {what}"


def _state(code: int) -> str:
    try:
        return state_name(code)
    except ValueError:
        return f"state {code}"


def _reason(code: int) -> str:
    if code not in Reason._value2member_map_ or not code:
        return ""
    return f" ({Reason(code).text}: {Reason(code).meaning})"
