"""What the end of a call says about what was called: the three verdicts of a circuit breaker.

| the call ended with                                                   | verdict |
|-----------------------------------------------------------------------|---------|
| a result                                                              | SUCCESS |
| an exception of an excluded type, or one that `exclude` picks out     | NEUTRAL |
| a bare `BaseException`: `trio.Cancelled`, `KeyboardInterrupt`, ...    | NEUTRAL |
| a `CircuitOpenError`: a circuit refused, so nothing was reached       | NEUTRAL |
| an exception of a type in `success_on`, or one that it picks out      | SUCCESS |
| any other `Exception`                                                 | FAILURE |
| a group: FAILURE if any leaf is one, else SUCCESS if any leaf is one  |         |

The first row that fits wins. A group is an excluded or a good end as a whole if its own type is given; predicates are
asked about leaves only, because a group says nothing that its leaves do not.
"""

from __future__ import annotations

import contextlib
import enum
import math
from collections.abc import Callable
from typing import TypeAlias

import attrs
import trio

from copy_that_orch.orchestrator.errors import CircuitOpenError

Predicate: TypeAlias = Callable[[Exception], bool]
"""Is asked about one exception that is not a group. One that raises is a bug of the program, and is heard of."""

TEXT_LENGTH = 200
"""Longest text of a failure, in characters."""


class Verdict(enum.Enum):
    """What the end of a call says: it works, it does not, or nothing."""

    SUCCESS = "success"
    FAILURE = "failure"
    NEUTRAL = "neutral"


SUCCESS, FAILURE, NEUTRAL = Verdict  # for speed, as in `state.py`


@attrs.frozen
class Judgement:
    """A verdict and, for a failure, what there is to know of it. Holds no exception.

    Attributes:
      verdict: The verdict.
      because: The first failure as text; empty unless the verdict is FAILURE.
      retry_after: Seconds that the failures asked to be left alone, the longest; 0.0 if they did not.
    """

    verdict: Verdict
    because: str = ""
    retry_after: float = 0.0


SUCCEEDED = Judgement(Verdict.SUCCESS)
SAYS_NOTHING = Judgement(Verdict.NEUTRAL)


@attrs.frozen
class Judge:
    """Judges how calls end, by the table above.

    Attributes:
      excluded: Exception types that say nothing.
      exclude: Picks out other exceptions that say nothing.
      successes: Exception types that say that what was called works, such as a "not found".
      is_success: Picks out other exceptions that say so.
    """

    excluded: tuple[type[BaseException], ...] = ()
    exclude: Predicate | None = None
    successes: tuple[type[BaseException], ...] = ()
    is_success: Predicate | None = None

    def judge_end(self, error: BaseException | None, *, timed_out: bool) -> Judgement:
        """Return what the end of a call says: `error` is None for a result; `timed_out` if its guard has ended it."""
        if error is None:
            return SUCCEEDED
        if timed_out and isinstance(error, trio.TooSlowError):
            return failure(error)  # the guard's own deadline is a failure, whatever is excluded
        return self.judge(error)

    def judge(self, error: BaseException) -> Judgement:
        """Return what `error` says, in the end of a call. Raises what a predicate raises."""
        failures: list[BaseException] = []
        succeeded = False
        unread = [error]
        while unread:
            one = unread.pop()
            if isinstance(one, BaseExceptionGroup) and not isinstance(one, (*self.excluded, *self.successes)):
                unread.extend(reversed(one.exceptions))
                continue
            verdict = self._verdict(one)
            if verdict is Verdict.FAILURE:
                failures.append(one)
            succeeded = succeeded or verdict is Verdict.SUCCESS
        if failures:
            return failure(*failures)
        return SUCCEEDED if succeeded else SAYS_NOTHING

    def _verdict(self, one: BaseException) -> Verdict:
        if isinstance(one, self.excluded):
            return Verdict.NEUTRAL
        if isinstance(one, BaseExceptionGroup):
            return Verdict.SUCCESS  # of a type in `success_on`, or it would have been taken apart
        if not isinstance(one, Exception) or isinstance(one, CircuitOpenError):
            return Verdict.NEUTRAL
        if self.exclude is not None and self.exclude(one):
            return Verdict.NEUTRAL
        if isinstance(one, self.successes) or (self.is_success is not None and self.is_success(one)):
            return Verdict.SUCCESS
        return Verdict.FAILURE


def failure(*errors: BaseException) -> Judgement:
    """Return the judgement on a call that failed with these, at least one."""
    return Judgement(Verdict.FAILURE, as_text(errors[0]), max(map(_asked_wait, errors)))


def as_text(error: BaseException) -> str:
    """Return type and message of `error` in at most `TEXT_LENGTH` characters."""
    name = type(error).__name__
    message = ""
    with contextlib.suppress(Exception):  # a message that cannot be made must not hide that there was a failure
        message = str(error)
    text = f"{name}: {message}" if message else name
    return text if len(text) <= TEXT_LENGTH else text[: TEXT_LENGTH - 1] + "…"


def _asked_wait(error: BaseException) -> float:
    """Return the `retry_after` of `error` if that is a finite number of seconds above 0, else 0.0."""
    seconds = getattr(error, "retry_after", None)
    if not isinstance(seconds, (int, float)) or isinstance(seconds, bool):
        return 0.0
    return float(seconds) if 0 < seconds < math.inf else 0.0
