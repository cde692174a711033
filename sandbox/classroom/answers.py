"""Right answers, computed from a lesson's runs, and what an answer given is worth beside them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.classroom.lesson import (
    BandAnswer,
    DetectableAnswer,
    ExtremeAnswer,
    GapAnswer,
    Group,
    Lesson,
    MetricAnswer,
    PairedAnswer,
    RatioAnswer,
    SqlAnswer,
    Task,
)
from sandbox.experiment.statistics import Difference, paired_difference
from sandbox.journal.reader import JournalReader
from sandbox.metrics import BY_NAME
from sandbox.report.runfolder import RunFolder

_NUMBER = re.compile(r"^[+-]?\d{1,12}(\.\d{1,18})?$", re.ASCII)
#: Smallest step that counts where the right number is close to zero.
_LEAST = 0.005


class NoAnswer(Exception):
    """A lesson's runs do not say what a task asks: the lesson's own fault."""


class Evidence:
    """A lesson's finished runs: for each arm its replications' folders, checked by their sums when opened."""

    def __init__(self, folders: Mapping[str, Sequence[Path]]) -> None:
        self._runs = {arm: [RunFolder(path) for path in paths] for arm, paths in folders.items()}

    def metric(self, arm: str, name: str, by: Group, replication: int = 0) -> float:
        """A measured value. Raises NoAnswer where it is undefined."""
        for row in self._runs[arm][replication].metrics:
            if row["name"] == name and row["by"] == by and row["value"] is not None:
                return float(row["value"])
        raise NoAnswer(f"{arm}: no value of {name} {by}")

    def extreme(self, asked: ExtremeAnswer) -> str:
        """The group with the least or greatest value."""
        found = [
            (float(row["value"]), row["by"][asked.group])
            for row in self._runs[asked.arm][0].metrics
            if row["name"] == asked.metric and set(row["by"]) == {asked.group} and row["value"] is not None
        ]
        if not found:
            raise NoAnswer(f"no value of {asked.metric} by {asked.group}")
        return str(min(found)[1] if asked.which == "least" else max(found)[1])

    def asked(self, arm: str, query: str) -> Any:
        """The one value of a query over the journal and its readable views."""
        run = self._runs[arm][0]
        window = {"observed_from": run.warm_up, "observed_until": run.horizon - run.cool_down}
        with JournalReader(run.directory, check=False) as reader:
            rows = reader.sql(query.format(**window))
        if len(rows) != 1 or rows[0][0] is None:
            raise NoAnswer(f"{arm}: the query gives no value")
        return rows[0][0]

    def difference(self, metric: str, by: Group, before: str, after: str) -> Difference:
        """Second arm less first, replication by replication."""
        one, other = (
            [self.metric(arm, metric, by, place) for place in range(len(self._runs[arm]))]
            for arm in (before, after)
        )
        return paired_difference(one, other)


def right_answer(task: Task, evidence: Evidence) -> float | str:
    """A number, or the id of the right choice."""
    answer = _value(task.answer, evidence)
    if not task.choices:
        return float(answer)
    if answer not in task.choices:
        raise NoAnswer(f"{task.id}: {answer} is none of the choices")
    return str(answer)


def _value(asked: Any, evidence: Evidence) -> Any:
    match asked:
        case MetricAnswer():
            return evidence.metric(asked.arm, asked.metric, asked.by) * asked.times
        case RatioAnswer():
            below = evidence.metric(asked.below, asked.metric, asked.by)
            if below == 0:
                raise NoAnswer(f"{asked.metric} is 0 in {asked.below}")
            return evidence.metric(asked.above, asked.metric, asked.by) / below
        case GapAnswer():
            gap = evidence.difference(asked.metric, asked.by, asked.from_, asked.to)
            return gap.value * asked.times
        case ExtremeAnswer():
            return evidence.extreme(asked)
        case SqlAnswer():
            return evidence.asked(asked.arm, asked.query)
        case PairedAnswer():
            part = getattr(evidence.difference(asked.metric, asked.by, asked.from_, asked.to), asked.part)
            if part is None:
                raise NoAnswer(f"{asked.part} cannot be told")
            return part
        case DetectableAnswer():
            gap = evidence.difference(asked.metric, asked.by, asked.from_, asked.to)
            return asked.yes if gap.detectable else asked.no
        case BandAnswer():
            number = float(_value(asked.of, evidence))
            return next((name for name, bound in asked.below.items() if number < bound), asked.else_)
    raise AssertionError(asked)


def number_of(text: str) -> float | None:
    """A number as people write it: comma or point, spaces between thousands, a percent sign; None for anything else."""
    plain = re.sub(r"[\s%]", "", text.strip()).replace("−", "-").replace(",", ".")
    return float(plain) if _NUMBER.match(plain) else None


def is_right(task: Task, given: str, right: float | str) -> bool:
    """Whether an answer is right; numbers within the task's tolerance."""
    if isinstance(right, str):
        return given.strip() == right
    number = number_of(given)
    if number is None:
        return False
    whole = task.tolerance == 0
    return abs(number - right) <= (1e-9 if whole else max(task.tolerance * abs(right), _LEAST))


@dataclass(frozen=True, slots=True)
class Pairs:
    """What a lesson's replications measured, for learners who work the interval out themselves."""

    metric: str
    unit: str
    by: Group
    arms: tuple[str, str]
    rows: tuple[tuple[float, float], ...]
    """One pair a replication, in the arms' order."""


def pairs(lesson: Lesson, evidence: Evidence) -> list[Pairs]:
    """The pairs behind a lesson's questions about differences, each metric once."""
    found: dict[str, Pairs] = {}
    for task in lesson.tasks:
        asked = task.answer
        if isinstance(asked, PairedAnswer) and asked.metric not in found:
            arms = asked.from_, asked.to
            columns = [
                [evidence.metric(arm, asked.metric, asked.by, n) for n in range(lesson.replications)]
                for arm in arms
            ]
            unit = BY_NAME[asked.metric].unit
            rows = tuple(zip(*columns, strict=True))
            found[asked.metric] = Pairs(asked.metric, unit, asked.by, arms, rows)
    return list(found.values())


@dataclass(frozen=True, slots=True)
class Mark:
    """What one answer is worth."""

    task: Task
    given: str
    right: bool


def marks(lesson: Lesson, given: Mapping[str, str], evidence: Evidence) -> list[Mark]:
    """Every task of a lesson with the answer that was given to it; "" for none."""
    return [
        Mark(
            task,
            given.get(task.id, ""),
            bool(given.get(task.id, "").strip())
            and is_right(task, given[task.id], right_answer(task, evidence)),
        )
        for task in lesson.tasks
    ]
