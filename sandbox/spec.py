"""What YAML may say: the strict base of every specification and its small field types.

Pydantic stands at the door only: unknown keys are refused, nothing is coerced, and a model once read
never changes. Inside the simulator plain frozen dataclasses take over.
"""

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, WithJsonSchema

from sandbox.durations import format_duration, parse_duration
from sandbox.money import Asset, parse_units

#: First and last year a scenario may speak of: calendars are data for these years only.
FIRST_YEAR, LAST_YEAR = 2022, 2028

_DAY = re.compile(r"^\d{4}-\d{2}-\d{2}$", re.ASCII)
_TIMED = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?$"
_MOMENT = re.compile(f"{_DAY.pattern}|{_TIMED}", re.ASCII)


class Spec(BaseModel):
    """Base of everything a scenario file may contain."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


def _year_in_range(day: date) -> None:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(f"the calendars cover {FIRST_YEAR} to {LAST_YEAR}")


def _day(value: Any) -> Any:
    if isinstance(value, str):
        if not _DAY.match(value):
            raise ValueError("a date is written as 2024-09-01")
        try:
            value = date.fromisoformat(value)
        except ValueError:
            raise ValueError("there is no such day in the calendar") from None
    if isinstance(value, date) and not isinstance(value, datetime):
        _year_in_range(value)
    return value


def _moment(value: Any) -> Any:
    if isinstance(value, str):
        if not _MOMENT.match(value):
            raise ValueError("a moment is written as 2024-09-01 or 2024-09-01T10:30 (Moscow time)")
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            raise ValueError("there is no such moment in the calendar") from None
    elif isinstance(value, date) and not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day)  # noqa: DTZ001 - scenario time is Moscow time throughout
    if isinstance(value, datetime):
        if value.tzinfo is not None:
            raise ValueError("moments are Moscow time; leave the zone out")
        _year_in_range(value.date())
    return value


def _duration(value: Any) -> Any:
    return parse_duration(value) if isinstance(value, str) else value


def _usd_cents(value: Any) -> Any:
    return parse_units(value, Asset.USD) if isinstance(value, str) else value


def _rub_kopecks(value: Any) -> Any:
    return parse_units(value, Asset.RUB) if isinstance(value, str) else value


def _cents_text(units: int) -> str:
    return str(Decimal(units) / 100)


#: A calendar day, written 2024-09-01.
Day = Annotated[date, BeforeValidator(_day)]

#: A second of Moscow time, written 2024-09-01 (its first second) or 2024-09-01T10:30.
Moment = Annotated[
    datetime,
    BeforeValidator(_moment),
    # What JSON Schema calls a date-time needs a zone; ours has none.
    WithJsonSchema({"anyOf": [{"format": "date", "type": "string"}, {"pattern": _TIMED, "type": "string"}]}),
]

#: A stretch of time in whole seconds, written 820d, 6h, 90m or 57s.
Duration = Annotated[
    int,
    BeforeValidator(_duration, json_schema_input_type=Annotated[str, Field(examples=["30d", "6h", "90m"])]),
    Field(ge=0),
    PlainSerializer(format_duration, return_type=str),
]

#: An amount of US dollars in cents, written as quoted digits: "20000000" or "1500.50".
UsdAmount = Annotated[
    int,
    BeforeValidator(
        _usd_cents, json_schema_input_type=Annotated[str, Field(examples=["20000000", "1500.50"])]
    ),
    Field(gt=0),
    PlainSerializer(_cents_text, return_type=str),
]

#: An amount of roubles in kopecks, written as quoted digits.
RubAmount = Annotated[
    int,
    BeforeValidator(
        _rub_kopecks, json_schema_input_type=Annotated[str, Field(examples=["20000000", "1500.50"])]
    ),
    Field(gt=0),
    PlainSerializer(_cents_text, return_type=str),
]

#: A share or probability.
Share = Annotated[float, Field(ge=0.0, le=1.0)]
