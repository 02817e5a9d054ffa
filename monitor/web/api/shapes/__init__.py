"""What is answered, as the schema has it. The JSON itself is made by `monitor.views.json`; tests hold both together.

A module for each kind of thing; here is what all have in common.
"""

import re
from typing import Annotated, Generic, Literal, TypeVar

from fastapi import Path
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, Strict

T = TypeVar("T")

Slug = Annotated[str, Path(min_length=1, max_length=200, description="As the list has it.", examples=["nordlys-ab"])]
SignificanceName = Literal["critical", "major", "minor", "administrative"]


def _only_digits(value: object) -> object:
    if isinstance(value, str) and not re.fullmatch("-?[0-9]{1,18}", value):
        raise ValueError("It is not a whole number: write it with the digits 0 to 9 alone")
    return value


def _yes_or_no(value: object) -> object:
    if isinstance(value, str) and value not in ("true", "false"):
        raise ValueError("It is neither true nor false")
    return value


ONLY_DIGITS = BeforeValidator(_only_digits)
"""Of a whole number in an address: written in one way alone, not as +5, 5.0 or in digits of other scripts."""
YesOrNo = Annotated[bool, BeforeValidator(_yes_or_no)]
"""Of an address, written as JSON writes it."""
Code = Annotated[T, Strict(False)]
"""A value that JSON writes as a text or an object."""


class Shape(BaseModel):
    """Something that is answered. More keys may come within v1."""


class Sent(BaseModel):
    """Something that is sent. A key that it does not have is refused, and named; nothing is taken for something else.

    What JSON has no type for, such as a code of ours, is written as `Code[…]`.
    """

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, strict=True)


class WrongValue(Shape):
    """One value that is wrong, by one of the places."""

    detail: str
    pointer: str | None = Field(default=None, description="Where it is in the body: a JSON pointer.")
    parameter: str | None = Field(default=None, description="Which parameter of the address it is.")
    header: str | None = Field(default=None, description="Which header it is.")


class Problem(Shape):
    """Problem details, as RFC 9457 has them."""

    type: str = Field(description="The address of what is said of problems of this type.")
    title: str
    status: int
    detail: str = Field(description="What is wrong here, and what to do.")
    instance: str
    errors: list[WrongValue] = Field(default_factory=list, description="What was sent that cannot be used.")


class Listed(Shape, Generic[T]):
    """A page of a list."""

    data: list[T]
    next_cursor: str | None = Field(description="What to send as “cursor” for the next page; null at the end.")
    has_more: bool


class Whole(Shape, Generic[T]):
    """A list that has no pages."""

    data: list[T]
