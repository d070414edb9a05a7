"""JSON, read so that nothing in it is lost or made up."""

from __future__ import annotations

import json
import math
from typing import Any, NoReturn


class UnreadableError(ValueError):
    """A text is no file of the format at all: not JSON, or not a JSON object."""


class JsonObject(dict[str, Any]):
    """An object of a JSON text.

    Attributes:
      twice: Names that stand in it more than once; the last one counts, as usual in JSON.
    """

    twice: tuple[str, ...] = ()


def parse(text: str) -> JsonObject:
    """Return the object that `text` is in JSON.

    Raises:
      UnreadableError: if it is none, with the place, or if it has a number that is larger than a float can be.
      RecursionError: if it is nested too deeply.
    """

    def make(pairs: list[tuple[str, Any]]) -> JsonObject:
        made = JsonObject(pairs)
        if len(made) < len(pairs):
            names = [name for name, _ in pairs]
            made.twice = tuple(sorted({name for name in names if names.count(name) > 1}))
        return made

    def refuse(constant: str) -> NoReturn:
        raise UnreadableError(f"not JSON: {constant} is no number there")

    try:
        document = json.loads(
            text.removeprefix("\ufeff"),
            object_pairs_hook=make,
            parse_int=lambda digits: int(_bounded(digits)),
            parse_float=lambda digits: float(_bounded(digits)),
            parse_constant=refuse,
        )
    except json.JSONDecodeError as error:
        raise UnreadableError(f"not JSON: {error.msg} in line {error.lineno}, column {error.colno}") from error
    if not isinstance(document, JsonObject):
        raise UnreadableError(f"the file is {kind(document)}, not an object with tokens")
    return document


def _bounded(digits: str) -> str:
    """Return `digits`, unless they are a number larger than a float can be: JSON sets no limit, but readers do."""
    if math.isinf(float(digits)):
        what = f"the number {digits}" if len(digits) <= 40 else f"a number of {len(digits)} digits"
        raise UnreadableError(f"{what} is larger than programs can hold")
    return digits


def kind(value: Any) -> str:
    """Return what a JSON value is, for people."""
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case str():
            return f"the text {value if len(value) <= 40 else value[:37] + '...'!r}"
        case int() | float():
            return f"the number {value:g}"
        case list():
            return f"a list of {len(value)}"
        case _:
            return "an object"
