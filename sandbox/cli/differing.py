"""``sandbox diff``: where two runs part."""

import json
from pathlib import Path
from typing import Any

from sandbox.cli.exits import Exit
from sandbox.cli.printing import print_json, print_pairs, stdout_console
from sandbox.cli.reading import single_run
from sandbox.report.differing import RunDifference, difference_of
from sandbox.report.inert import visible
from sandbox.report.tables import Table
from sandbox.report.terminal import print_table
from sandbox.report.wording import number, say

#: Payments that a terminal names before it says how many more there are.
_MOST_NAMED = 10


def tell_difference(one: Path, other: Path, context: int, as_json: bool) -> Exit:
    """Print where the runs part; 6 if they do."""
    found = difference_of(single_run(one), single_run(other), context)
    if as_json:
        print_json(found.to_dict())
    else:
        _print(found)
    return Exit.DONE if found.same else Exit.MISMATCH


def _print(found: RunDifference) -> None:
    console = stdout_console()
    print_pairs(
        console,
        [
            (
                visible(str(folder)),
                say("diff.run", rows=number(rows), payments=number(payments), digest=digest),
            )
            for folder, rows, payments, digest in zip(
                found.folders, found.rows, found.payments, found.digests, strict=True
            )
        ],
    )
    if found.asked:
        rows = tuple((each.key, _shown(each.one), _shown(each.other)) for each in found.asked)
        print_table(
            Table(caption=say("diff.asked"), headings=(say("diff.key"), *_sides()), rows=rows), console
        )
    for line in _parting(found):
        console.print(visible(line), markup=False, highlight=False, soft_wrap=True)
    if found.otherwise:
        print_table(_endings(found), console)
        if (more := len(found.otherwise) - _MOST_NAMED) > 0:
            console.print(say("diff.more", count=number(more)), markup=False, highlight=False)


def _parting(found: RunDifference) -> list[str]:
    """The records round the first difference, marked by the side that has them."""
    if found.parting is None:
        return [say("diff.same")]
    return [
        say("diff.first", record=number(found.parting.record)),
        *(f"    {line}" for line in found.parting.before),
        *(f"  < {line}" for line in found.parting.one or (say("diff.ends"),)),
        *(f"  > {line}" for line in found.parting.other or (say("diff.ends"),)),
    ]


def _endings(found: RunDifference) -> Table:
    total = max(found.payments)
    rows = tuple(
        (f"P-{each.payment:05d}", *(say(f"ending.{end}") if end else "–" for end in (each.one, each.other)))
        for each in found.otherwise[:_MOST_NAMED]
    )
    caption = say("diff.endings", count=number(len(found.otherwise)), of=number(total))
    return Table(caption=caption, headings=(say("diff.payment"), *_sides()), rows=rows)


def _sides() -> tuple[str, str]:
    return say("diff.one"), say("diff.other")


def _shown(value: Any) -> str:
    """A value as YAML's flow style would show it; a dash where a side says nothing."""
    return (
        "–" if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    )
