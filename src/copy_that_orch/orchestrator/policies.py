"""What to do when something fails, as values: policies a stage or a coordinator is given."""

from __future__ import annotations

import enum
import math
import random

import attrs

from copy_that_orch.orchestrator.checks import number, seconds, whole
from copy_that_orch.orchestrator.errors import ConfigurationError


class FailurePolicy(enum.StrEnum):
    """How far a failure reaches.

    Inside a task: CANCEL ends the whole task at once; ISOLATE drops the item and cancels its sibling calls; COLLECT
    loses that call's output only. Across a batch: CANCEL ends the batch; ISOLATE and COLLECT end only the task.
    """

    CANCEL = "cancel"
    ISOLATE = "isolate"
    COLLECT = "collect"


class WhenOpen(enum.StrEnum):
    """What becomes of a call whose agent's circuit is open: WAIT for it, holding no slot, or FAIL at once."""

    WAIT = "wait"
    FAIL = "fail"


@attrs.frozen(kw_only=True)
class RetryPolicy:
    """Whether a failed attempt is repeated, and after how long.

    Attributes:
      attempts: Attempts in all, the first one included.
      initial: Seconds before the second attempt; doubled before each later one.
      maximum: Most seconds before an attempt.
      jitter: Share of the back-off that is drawn at random, 0 to 1: a back-off of b seconds becomes one between
        (1 - jitter) * b and b.
      on: What is retried. `CircuitOpenError` is never: the agent was not called.

    Raises:
      ConfigurationError: if a number is out of its range.
    """

    attempts: int = 3
    initial: float = 0.5
    maximum: float = 30.0
    jitter: float = 0.5
    on: tuple[type[Exception], ...] = (Exception,)

    def __attrs_post_init__(self) -> None:
        whole("attempts, the first one included,", self.attempts, 1)
        number("maximum", self.maximum, 0.0)
        number("initial", self.initial, 0.0, self.maximum)
        number("jitter", self.jitter, 0.0, 1.0)
        if not _are_exceptions(self.on):
            raise ConfigurationError(f"on must be a tuple of exception classes, not {self.on!r}")

    def backoff(self, attempt: int, error: Exception, rng: random.Random) -> float:
        """Return the seconds to wait after failed attempt number `attempt` (from 1).

        Exponential with the jitter above; an error that carries `retry_after` seconds is waited out at least.
        """
        doublings = min(attempt - 1, 1000)  # more overflow a float, and the maximum is reached long before
        delay = min(self.maximum, self.initial * 2.0**doublings)
        delay *= 1.0 - self.jitter * rng.random()
        asked = getattr(error, "retry_after", None)
        if isinstance(asked, (int, float)) and math.isfinite(asked):
            return max(delay, float(asked))
        return delay


@attrs.frozen(kw_only=True)
class RateLimit:
    """At most `calls` attempts start per `per` seconds, admitted evenly: one every `per / calls` seconds.

    Raises:
      ConfigurationError: if `calls` is no whole number or `per` no number of seconds above 0.
    """

    calls: int
    per: float

    def __attrs_post_init__(self) -> None:
        whole("calls", self.calls, 1)
        seconds("per", self.per)

    @property
    def interval(self) -> float:
        """Seconds between two attempts."""
        return self.per / self.calls


def _are_exceptions(types: object) -> bool:
    return isinstance(types, tuple) and all(isinstance(one, type) and issubclass(one, Exception) for one in types)
