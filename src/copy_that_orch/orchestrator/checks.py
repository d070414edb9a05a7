"""Checks of settings: each returns the value that it was given, or raises `ConfigurationError` with a sentence."""

from __future__ import annotations

import enum
import math
from typing import TypeGuard, TypeVar

from copy_that_orch.orchestrator.errors import ConfigurationError

EnumT = TypeVar("EnumT", bound=enum.Enum)


def whole(name: str, value: object, least: int | None = None) -> int:
    """Return `value`, a whole number from `least`."""
    if not isinstance(value, int) or isinstance(value, bool) or (least is not None and value < least):
        bound = "" if least is None else f" from {least}"
        raise ConfigurationError(f"{name} must be a whole number{bound}, not {value!r}")
    return value


def number(name: str, value: object, least: float, most: float = math.inf) -> float:
    """Return `value`, a finite number from `least` to `most`."""
    if not _is_finite(value) or not least <= value <= most:
        bound = f"from {least:g}" if most == math.inf else f"from {least:g} to {most:g}"
        raise ConfigurationError(f"{name} must be a number {bound}, not {value!r}")
    return value


def seconds(name: str, value: object) -> float:
    """Return `value`, a finite number of seconds above 0."""
    if not _is_finite(value) or not value > 0:
        raise ConfigurationError(f"{name} must be more than 0 seconds, not {value!r}")
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


def _is_finite(value: object) -> TypeGuard[float]:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
