"""What a request may say, field by field: the bodies and queries of the API, which the forms share."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from sandbox.page.clerk import Wanted
from sandbox.page.refusals import Refusal

#: Characters of a scenario; the loader's own limit in bytes is what counts.
_TEXT = 256 * 1024
_MOST_SEED = 2**63 - 1

Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,80}$", description="Name of a shipped scenario.")]
Text = Annotated[str, Field(min_length=1, max_length=_TEXT, description="A scenario as YAML text.")]
Seed = Annotated[int, Field(ge=0, le=_MOST_SEED, description="Seed of all random streams.")]
Offset = Annotated[int, Field(ge=0, le=10**9, description="Rows to pass over.")]
Limit = Annotated[int, Field(ge=1, le=200, description="Most rows to give.")]


class Strict(BaseModel):
    """Base of all: nothing unknown, nothing coerced in a body."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ScenarioText(Strict):
    """A scenario written out."""

    text: Text


class CompletionAsked(Strict):
    """A text that is being written, and where the cursor stands in it."""

    text: Annotated[str, Field(max_length=_TEXT, description="The scenario so far.")]
    line: Annotated[int, Field(ge=1, le=_TEXT, description="Line of the cursor, from 1.")]
    column: Annotated[int, Field(ge=0, le=_TEXT, description="Characters before the cursor in its line.")]


def _either(schema: dict[str, Any]) -> None:
    """Say for machines what the validator below says: one of both, and not both."""
    schema["oneOf"] = [
        {"required": [name], "properties": {name: {"type": "string"}, other: {"type": "null"}}}
        for name, other in (("scenario", "text"), ("text", "scenario"))
    ]


class Scenario(Strict):
    """One scenario: the name of a shipped one, or a text."""

    model_config = ConfigDict(json_schema_extra=_either)

    scenario: Name | None = None
    text: Text | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> "Scenario":
        if (self.scenario is None) == (self.text is None):
            raise ValueError("give either scenario or text")
        return self

    def wanted(self) -> Wanted:
        """For the clerk. Refusal 404 for a name that no shipped scenario has."""
        if self.scenario is None:
            return Wanted(text=self.text or "")
        from sandbox.page.catalogue import find_scenario

        if find_scenario(self.scenario) is None:
            raise Refusal(404, "no_scenario", "there is no shipped scenario of that name")
        return Wanted(shipped=self.scenario)


class RunAsked(Scenario):
    """A run: a scenario and a seed."""

    seed: Seed = 1


class ComparisonAsked(Strict):
    """A comparison: a baseline, its alternatives, and how many replications of each."""

    baseline: Scenario
    alternatives: Annotated[list[Scenario], Field(min_length=1, max_length=8)]
    seed: Seed = 1
    replications: Annotated[int, Field(ge=1, le=1_000)] = 5


class Nothing(Strict):
    """An empty object."""


class PageQuery(Strict):
    """A part of a list."""

    offset: Offset = 0
    limit: Limit = 50


class PaymentsQuery(PageQuery):
    """Which payments."""

    ending: Literal["", "CREDITED", "CANCELLED", "CENSORED", "FAILED", "STOPPED", "LOST"] = ""
    rail: Annotated[str, Field(pattern=r"^[a-z_]{0,40}$", description="Rail of the last attempt.")] = ""


class BlocksQuery(PageQuery):
    """Which blocks."""

    empty: Annotated[
        Literal["show", "hide"], Field(description="Whether blocks without transactions are listed.")
    ] = "hide"


_Id = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$", description="A finished run.")]


class BesideQuery(Strict):
    """Two finished runs."""

    first: _Id
    second: _Id


class SearchQuery(Strict):
    """What is looked for in a run."""

    q: Annotated[str, Field(max_length=100, description="A payment, height, hash, address or name.")] = ""


class FilmQuery(Strict):
    """Which slice of a run's film."""

    since: Annotated[int, Field(ge=0, le=10**9, description="Second of the run at which it begins.")] = 0
    limit: Annotated[int, Field(ge=1, le=10_000, description="About how many moves to give.")] = 4_000


class PlaybackQuery(Strict):
    """What a link to a moment of a run says."""

    at: Annotated[int, Field(ge=0, le=10**9, description="Second of the run.")] = 0
    speed: Annotated[int, Field(ge=0, le=10**9, description="Simulated seconds in a second; 0 chooses.")] = 0
