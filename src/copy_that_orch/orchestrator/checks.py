"""Checks of settings: each returns the value that it was given, or raises `ConfigurationError` with a sentence."""

from __future__ import annotations

import enum
import math
from collections.abc import Iterable
from typing import TypeGuard, TypeVar

from copy_that_orch.orchestrator.errors import ConfigurationError

T = TypeVar("T")
EnumT = TypeVar("EnumT", bound=enum.Enum)


def whole(name: str, value: object, least: int | None = None) -> int:
    """Return `value`, a whole number from `least`."""
    if not isinstance(value, int) or isinstance(value, bool) or (least is not None and value < least):
        bound = "" if least is None else f" from {least}"
        raise ConfigurationError(f"{name} must be a whole number{bound}, not {value!r}")
    return value


def number(name: str, value: object, least: float, most: float = math.inf) -> float:
    """Return `value`, a finite number from `least` to `most`."""
    if not is_number(value) or not math.isfinite(value) or not least <= value <= most:
        bound = f"from {least:g}" if most == math.inf else f"from {least:g} to {most:g}"
        raise ConfigurationError(f"{name} must be a number {bound}, not {value!r}")
    return value


def seconds(name: str, value: object, *, endless: bool = False) -> float:
    """Return `value`, a number of seconds above 0; only if `endless`, it may be infinite."""
    if not is_number(value) or not value > 0 or (value == math.inf and not endless):
        raise ConfigurationError(f"{name} must be more than 0 seconds, not {value!r}")
    return value


def truth(name: str, value: object) -> bool:
    """Return `value`, True or False: a text such as "no" would count as true."""
    if not isinstance(value, bool):
        raise ConfigurationError(f"{name} must be True or False, not {value!r}")
    return value


def text(name: str, value: object) -> str:
    """Return `value`, a text that is not empty, as a plain `str`: a `StrEnum` then shows as the text that it is."""
    if not isinstance(value, str) or not value:
        raise ConfigurationError(f"{name} must be a text that is not empty, not {value!r}")
    return str(value)


def member(name: str, kind: type[EnumT], value: object) -> EnumT:
    """Return the member of `kind` that `value` is or names."""
    try:
        return kind(value)
    except ValueError:
        known = ", ".join(repr(one.value) for one in kind)
        raise ConfigurationError(f"{name} must be one of {known}, not {value!r}") from None


def series(name: str, values: Iterable[T]) -> tuple[T, ...]:
    """Return `values`, which can be gone through, as a tuple."""
    if not isinstance(values, Iterable):
        raise ConfigurationError(f"{name} must be an iterable, not {values!r}")
    return tuple(values)


def is_number(value: object) -> TypeGuard[float]:
    """Return whether `value` is a number, finite or not; truth is none."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)
