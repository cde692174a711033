"""One local chain over a run: its blocks, what our transactions waited for, and where it was reorganised."""

from dataclasses import dataclass

import numpy as np

from sandbox.journal.kinds import Kind
from sandbox.report.readings import stretches
from sandbox.report.runfolder import RunFolder

#: Blocks of the close-up before the fork and after it.
_BEFORE, _AFTER = 4, 11


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """What a chain did in one stretch of time."""

    until: int
    """Second at which it ends."""
    blocks: int
    transactions: int
    """Our transactions taken into blocks; one that was dropped and taken in again counts twice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """What one transaction waited for."""

    second: int
    """First inclusion in a block."""
    seconds: int
    """From there to finality."""
    confirmations: int
    dropped: bool
    """Whether a reorganisation took it out of a block on its way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reorganisation:
    """Blocks that gave way."""

    second: int
    depth: int
    fork_height: int
    """Height of the last block that both branches share."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One block of the close-up."""

    height: int
    second: int
    transactions: int
    dropped: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainView:
    """Everything the chart of a chain shows."""

    chain: str
    stretch_seconds: int
    stretches: tuple[Stretch, ...]
    waits: tuple[Wait, ...]
    reorganisations: tuple[Reorganisation, ...]
    close_up: tuple[Block, ...]
    """Blocks around the deepest reorganisation; empty if there was none."""


def chains(run: RunFolder) -> list[str]:
    """Entities of the chains that made a block, such as ``chain/bitcoin``."""
    return [
        name
        for (name,) in run.rows(
            "select distinct e.name from journal j join entities e on e.id = j.actor where j.kind = ? order by 1",
            [int(Kind.BLOCK)],
        )
    ]


def chain_reading(run: RunFolder, chain: str) -> ChainView:
    """The chain ``chain/bitcoin`` and the like over the whole run."""
    number = run.rows("select id from entities where name = ?", [chain])
    entity = int(number[0][0]) if number else -1
    reorganisations = tuple(
        Reorganisation(second=second, depth=depth, fork_height=height)
        for second, depth, height in run.rows(
            'select "time", object, amount from journal where kind = ? and actor = ? order by seq',
            [int(Kind.REORG), entity],
        )
    )
    deepest = max(reorganisations, key=lambda each: (each.depth, -each.second), default=None)
    return ChainView(
        chain=chain,
        stretch_seconds=stretches(run.horizon),
        stretches=_stretches(run, entity),
        waits=_waits(run, entity),
        reorganisations=reorganisations,
        close_up=_close_up(run, entity, deepest) if deepest else (),
    )


def _stretches(run: RunFolder, entity: int) -> tuple[Stretch, ...]:
    size = stretches(run.horizon)
    rows = run.rows(
        """
        select ("time" // ?) as place, count(*) filter (kind = ?), count(*) filter (kind = ?)
        from journal where actor = ? and kind in (?, ?) group by place order by place
        """,
        [size, int(Kind.BLOCK), int(Kind.INCLUDED), entity, int(Kind.BLOCK), int(Kind.INCLUDED)],
    )
    return tuple(
        Stretch(until=(place + 1) * size, blocks=blocks, transactions=transactions)
        for place, blocks, transactions in rows
    )


def _waits(run: RunFolder, entity: int) -> tuple[Wait, ...]:
    rows = run.rows(
        """
        select min("time") filter (kind = $1) as first, max("time") filter (kind = $2),
               max(object) filter (kind = $2), count(*) filter (kind = $3)
        from journal where actor = $4 and kind in ($1, $2, $3) group by extra
        having count(*) filter (kind = $1) > 0 and count(*) filter (kind = $2) > 0 order by first, extra
        """,
        [int(Kind.INCLUDED), int(Kind.FINAL), int(Kind.REORGED), entity],
    )
    return tuple(
        Wait(second=first, seconds=last - first, confirmations=confirmations, dropped=bool(drops))
        for first, last, confirmations, drops in rows
    )


def _close_up(run: RunFolder, entity: int, reorganisation: Reorganisation) -> tuple[Block, ...]:
    """Blocks about the fork; a height that has two blocks lost the earlier one to the reorganisation."""
    low, high = reorganisation.fork_height - _BEFORE, reorganisation.fork_height + _AFTER
    rows = run.rows(
        'select amount, "time", object, seq, (select min(seq) from journal where kind = $1 and actor = $2'
        ' and "time" = $6) as turn from journal'
        " where kind = $3 and actor = $2 and amount between $4 and $5 order by seq",
        [int(Kind.REORG), entity, int(Kind.BLOCK), low, high, reorganisation.second],
    )
    turned = np.iinfo(np.int64).max
    blocks = []
    for height, second, transactions, seq, turn in rows:
        turned = turn if turn is not None else turned
        dropped = seq < turned and height > reorganisation.fork_height
        blocks.append(Block(height=height, second=second, transactions=transactions, dropped=dropped))
    return tuple(blocks)
