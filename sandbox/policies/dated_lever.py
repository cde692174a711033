"""A policy lever that takes dated values, each with where it comes from."""

from typing import Generic, Literal, TypeVar

from pydantic import Field

from sandbox.spec import Day, Spec

T = TypeVar("T", bound=int | float)


class DatedLever(Spec, Generic[T]):
    """A value in force from its date on, with where it comes from."""

    value: T
    source: str = Field(min_length=1, max_length=200)
    confidence: Literal["A", "B", "C", "D", "E"]


class Schedule(Spec, Generic[T]):
    """Dated values of one policy lever."""

    values: dict[Day, DatedLever[T]] = Field(min_length=1)


__all__ = ["DatedLever", "Schedule"]
