"""The settings of a circuit breaker, checked."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

import attrs

from copy_that_orch.orchestrator.breaker.permits import Permit
from copy_that_orch.orchestrator.breaker.verdicts import Judge, Predicate
from copy_that_orch.orchestrator.breaker.windows import FailureRate
from copy_that_orch.orchestrator.checks import is_number, truth
from copy_that_orch.orchestrator.errors import ConfigurationError

ExceptionTypes: TypeAlias = type[BaseException] | Iterable[type[BaseException]]
Seed: TypeAlias = int | float | str | bytes | None

_Check: TypeAlias = Callable[[object, "attrs.Attribute[Any]", Any], None]


def _text(_rules: object, field: attrs.Attribute[str], value: object) -> None:
    if not isinstance(value, str) or not value:
        raise ConfigurationError(f"{field.name} must be a text that is not empty, not {value!r}")


def _count(_rules: object, field: attrs.Attribute[int], value: object) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise ConfigurationError(f"{field.name} must be a whole number from 1 on, not {value!r}")


def _seconds(_rules: object, field: attrs.Attribute[float], value: object) -> None:
    if not (is_number(value) and 0 < value < math.inf):
        raise ConfigurationError(f"{field.name} must be a number of seconds above 0, not {value!r}")


def _factor(_rules: object, field: attrs.Attribute[float], value: object) -> None:
    if not (is_number(value) and 1 <= value < math.inf):
        raise ConfigurationError(f"{field.name} must be a number from 1 on, not {value!r}")


def _truth(_rules: object, field: attrs.Attribute[bool], value: object) -> None:
    truth(field.name, value)


def _share(_rules: object, field: attrs.Attribute[float], value: object) -> None:
    if not (is_number(value) and 0 <= value <= 1):
        raise ConfigurationError(f"{field.name} is a share from 0 to 1, not {value!r}")


def _rate(_rules: object, field: attrs.Attribute[Any], value: object) -> None:
    if not isinstance(value, FailureRate):
        raise ConfigurationError(f"{field.name} must be a FailureRate or None, not {value!r}")


def _or_none(check: _Check) -> Any:
    return attrs.validators.optional(check)


@attrs.frozen(kw_only=True)
class BreakerRules:
    """The settings of a `CircuitBreaker`; what each means is said there.

    Raises:
      ConfigurationError: if a value is of the wrong kind or out of its range, or two contradict each other.
    """

    name: str = attrs.field(validator=_text)
    failure_threshold: int = attrs.field(validator=_count)
    recovery_timeout: float = attrs.field(validator=_seconds)
    trip: FailureRate | None = attrs.field(validator=_or_none(_rate))
    half_open_max_calls: int = attrs.field(validator=_count)
    success_threshold: int = attrs.field(validator=_count)
    probe_timeout: float | None = attrs.field(validator=_or_none(_seconds))
    call_timeout: float | None = attrs.field(validator=_or_none(_seconds))
    slow_call_duration: float | None = attrs.field(validator=_or_none(_seconds))
    backoff_factor: float = attrs.field(validator=_factor)
    max_recovery_timeout: float | None = attrs.field(validator=_or_none(_seconds))
    jitter: float = attrs.field(validator=_share)
    cancel_on_open: bool = attrs.field(validator=_truth)

    def __attrs_post_init__(self) -> None:
        if self.max_recovery_timeout is not None and self.max_recovery_timeout < self.recovery_timeout:
            raise ConfigurationError(
                f"max_recovery_timeout, {self.max_recovery_timeout!r} s, is below recovery_timeout, "
                f"{self.recovery_timeout!r} s"
            )
        if self.trip is not None and self.trip.slow_rate is not None and self.slow_call_duration is None:
            raise ConfigurationError("slow_rate needs slow_call_duration, which says what a slow call is")

    @property
    def tells_calls_apart(self) -> bool:
        """Whether something has to be known of each single call, while the circuit is closed."""
        return self.cancel_on_open or self.call_timeout is not None or self.slow_call_duration is not None

    def permit(self, generation: int, now: float, *, probe: bool) -> Permit:
        """Return the permit of a call that begins now."""
        deadline = now + min(_or_never(self.call_timeout), _or_never(self.probe_timeout if probe else None))
        return Permit(
            circuit=self.name,
            generation=generation,
            probe=probe,
            started=now,
            deadline=deadline,
            slow_at=now + _or_never(self.slow_call_duration),
            needs_scope=self.cancel_on_open or deadline < math.inf,
        )


def _or_never(seconds: float | None) -> float:
    return math.inf if seconds is None else seconds


def make_judge(
    excluded_exceptions: ExceptionTypes, exclude: Predicate | None, success_on: ExceptionTypes | Predicate
) -> Judge:
    """Return the judge for these settings of a `CircuitBreaker`.

    Raises:
      ConfigurationError: if something is neither an exception type nor, where one may be given, a predicate.
    """
    if exclude is not None and not _is_predicate(exclude):
        raise ConfigurationError(f"exclude must be a function of one exception, not {exclude!r}")
    excluded = _exception_types("excluded_exceptions", excluded_exceptions)
    if isinstance(success_on, (type, Iterable)):
        return Judge(excluded, exclude, successes=_exception_types("success_on", success_on))
    if not _is_predicate(success_on):
        raise ConfigurationError(f"success_on must be exception types or a function of one, not {success_on!r}")
    return Judge(excluded, exclude, is_success=success_on)


def _is_predicate(value: object) -> bool:
    """Return whether it can be asked: what an async function returns is always true."""
    return callable(value) and not isinstance(value, type) and not inspect.iscoroutinefunction(value)


def _exception_types(setting: str, types: ExceptionTypes) -> tuple[type[BaseException], ...]:
    members: tuple[object, ...] = (types,) if isinstance(types, type) or not isinstance(types, Iterable) else (*types,)
    found = tuple(member for member in members if isinstance(member, type) and issubclass(member, BaseException))
    if len(found) < len(members):
        raise ConfigurationError(f"{setting} must be exception types, not {types!r}")
    return found
