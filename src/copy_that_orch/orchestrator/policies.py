"""What to do when something fails, as values: policies a stage or a coordinator is given."""

from __future__ import annotations

import enum
import random

import attrs

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


def _check(holds: bool, sentence: str) -> None:
    if not holds:
        raise ConfigurationError(sentence)


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
        _check(self.attempts >= 1, f"attempts counts the first one too and is at least 1, not {self.attempts!r}")
        _check(0 <= self.initial <= self.maximum, "initial must lie between 0 and maximum seconds")
        _check(0 <= self.jitter <= 1, f"jitter is a share between 0 and 1, not {self.jitter!r}")

    def backoff(self, attempt: int, error: Exception, rng: random.Random) -> float:
        """Return the seconds to wait after failed attempt number `attempt` (from 1).

        Exponential with the jitter above; an error that carries `retry_after` seconds is waited out at least.
        """
        doublings = min(attempt - 1, 1000)  # more overflow a float, and the maximum is reached long before
        seconds = min(self.maximum, self.initial * 2.0**doublings)
        seconds *= 1.0 - self.jitter * rng.random()
        asked = getattr(error, "retry_after", None)
        return max(seconds, float(asked)) if isinstance(asked, (int, float)) else seconds


@attrs.frozen(kw_only=True)
class RateLimit:
    """At most `calls` attempts start per `per` seconds, admitted evenly: one every `per / calls` seconds.

    Raises:
      ConfigurationError: if either is not above 0.
    """

    calls: int
    per: float

    def __attrs_post_init__(self) -> None:
        _check(self.calls >= 1 and self.per > 0, "a rate limit needs at least 1 call per more than 0 seconds")

    @property
    def interval(self) -> float:
        """Seconds between two attempts."""
        return self.per / self.calls
