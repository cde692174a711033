"""What a lesson is: a text in two languages, a small world in one or two arms, and tasks about their runs."""

import json
from functools import cache
from importlib import resources
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from sandbox.classroom.plain_yaml import read_file, read_text, written
from sandbox.spec import Spec

Bilingual = dict[Literal["en", "ru"], Annotated[str, Field(min_length=1)]]
Group = dict[str, str]
Key = Annotated[str, Field(pattern=r"^[a-z0-9][A-Za-z0-9_-]{0,39}$")]


class MetricAnswer(Spec):
    """A metric of one arm."""

    kind: Literal["metric"]
    arm: str
    metric: str
    by: Group = Field(default_factory=dict)
    times: float = 1.0


class RatioAnswer(Spec):
    """A metric of one arm over the same of another."""

    kind: Literal["ratio"]
    metric: str
    by: Group = Field(default_factory=dict)
    above: str
    below: str


class GapAnswer(Spec):
    """A metric of one arm less the same of another."""

    kind: Literal["gap"]
    metric: str
    by: Group = Field(default_factory=dict)
    from_: str = Field(alias="from")
    to: str
    times: float = 1.0


class ExtremeAnswer(Spec):
    """The group, such as the rail, in which a metric is least or most; the answer is the group's name."""

    kind: Literal["extreme"]
    arm: str
    metric: str
    group: str
    which: Literal["least", "most"]


class SqlAnswer(Spec):
    """One value asked of the journal of one arm. ``{observed_from}`` and ``{observed_until}`` are filled in."""

    kind: Literal["sql"]
    arm: str
    query: str


class PairedAnswer(Spec):
    """What the replications say of a difference."""

    kind: Literal["paired"]
    metric: str
    by: Group = Field(default_factory=dict)
    from_: str = Field(alias="from")
    to: str
    part: Literal["value", "half_width", "unpaired_half_width", "variance_reduction"]


class DetectableAnswer(Spec):
    """Which choice is right if the paired interval lies off zero, and which if it does not."""

    kind: Literal["detectable"]
    metric: str
    by: Group = Field(default_factory=dict)
    from_: str = Field(alias="from")
    to: str
    yes: str
    no: str


Number = Annotated[
    MetricAnswer | RatioAnswer | GapAnswer | SqlAnswer | PairedAnswer, Field(discriminator="kind")
]


class BandAnswer(Spec):
    """Which choice is right for a number: the first whose bound it stays below, else the last."""

    kind: Literal["band"]
    of: Number
    below: Annotated[dict[str, float], Field(min_length=1)]
    else_: str = Field(alias="else")


Answer = Annotated[
    MetricAnswer
    | RatioAnswer
    | GapAnswer
    | ExtremeAnswer
    | SqlAnswer
    | PairedAnswer
    | DetectableAnswer
    | BandAnswer,
    Field(discriminator="kind"),
]


class Task(Spec):
    """One question; its answer is computed from the runs, never written down."""

    id: Key
    question: Bilingual
    choices: dict[str, Bilingual] = Field(default_factory=dict)
    answer: Answer
    tolerance: Annotated[float, Field(ge=0, le=0.2)] = 0.02
    """Share of the right number by which an answer may be off: people round."""
    hints: Annotated[list[Bilingual], Field(min_length=1)]


class Arm(Spec):
    """One world of a lesson: the common one with some values set."""

    title: Bilingual
    set: dict[str, Any] = Field(default_factory=dict)


class Lesson(Spec):
    """One lesson."""

    name: Key
    title: Bilingual
    text: Bilingual
    world: str
    arms: Annotated[dict[Key, Arm], Field(min_length=1, max_length=2)]
    replications: Annotated[int, Field(ge=1, le=10)] = 1
    seed: int = 1
    tasks: Annotated[list[Task], Field(min_length=1)]

    @model_validator(mode="after")
    def _ids_differ(self) -> "Lesson":
        if len({task.id for task in self.tasks}) != len(self.tasks):
            raise ValueError("two tasks have one id")
        return self

    def scenario_text(self, arm: str) -> str:
        """The world of an arm as a scenario that anybody may run."""
        document = read_text(self.world)
        for path, value in self.arms[arm].set.items():
            *outer, last = path.split(".")
            place = document
            for part in outer:
                place = place.setdefault(part, {})
            place[last] = value
        return written(document)

    def task(self, task_id: str) -> Task | None:
        """A task by its id."""
        return next((task for task in self.tasks if task.id == task_id), None)


@cache
def lessons() -> tuple[Lesson, ...]:
    """All lessons, by name."""
    folder = resources.files("sandbox.classroom.lessons")
    return tuple(
        _lesson(name) for name in sorted(f.name for f in folder.iterdir() if f.name.endswith(".yaml"))
    )


def find_lesson(name: str) -> Lesson | None:
    """A lesson by its name, by its number, or by its name without the number."""
    number = name.zfill(2)
    return next(
        (each for each in lessons() if name in (each.name, each.name[3:]) or number == each.name[:2]), None
    )


def _lesson(name: str) -> Lesson:
    document = read_file("sandbox.classroom.lessons", name)
    return Lesson.model_validate_json(json.dumps({"name": name.removesuffix(".yaml"), **document}))
