"""AdaptiveLimit: a stage's limit that finds itself, from how long calls take and whether they fail.

The limit grows by a constant while all is well, and is multiplied down when it is not. Chiu and Jain show why this
pair, additive increase and multiplicative decrease, is stable and fair ("Analysis of the increase and decrease
algorithms for congestion avoidance", 1989); TCP has used it ever since, and so does its doubling until the first
decrease come from there (RFC 5681). That a latency above its own baseline tells of a queue before anything fails, and
that the decrease may then follow baseline / latency, is the idea of TCP Vegas and of the gradient limits of Netflix's
concurrency-limits. How the baseline is kept, and what counts as above it, is our own; see `LimitControl`.
"""

from __future__ import annotations

import collections
import math
from typing import Any, NamedTuple, final

import attrs

from copy_that_orch.orchestrator.checks import number, whole
from copy_that_orch.orchestrator.errors import ConfigurationError
from copy_that_orch.orchestrator.reports import COMPLETED, FAILED, CallOutcome

UNDERSHOOT = 0.95
"""A decrease for latency ends below where the latency began to rise, so that the baseline is seen again."""

CERTAINTY = 2.5
"""Standard errors by which one mean latency must exceed another to count as higher: chance does so once in 160."""


def _whole(_instance: object, attribute: attrs.Attribute[Any], value: object) -> None:
    whole(attribute.name, value, 2 if attribute.name == "window" else 1)


@final
@attrs.frozen
class AdaptiveLimit:
    """A limit between `minimum` and `maximum` that follows what a stage's calls go through; stands for an int.

    A window is `window` calls that completed or failed, or as many as the limit if that is more; only calls that
    started after the last change count. At its end the limit grows, if all of it was in use: doubled each time until
    its first decrease, by `increase` from then on. It is multiplied by `decrease` as soon as more than `failure_rate`
    of a window have failed; and by baseline / latency, a little less but at least `decrease`, when the calls took
    longer than `tolerance` times the baseline. The baseline is the lowest mean latency of a window since the last
    decrease but two: it forgets what the backend once could, and cannot creep up with the load. Cancelled calls count
    for nothing.

    Attributes:
      minimum, maximum: Bounds of the limit.
      initial: Where it starts; None: at `minimum`, where the baseline is that of an idle backend.
      window: Fewest calls to decide on.
      increase: Slots that it grows by.
      decrease: What it is multiplied with on failures, and the least on latency.
      tolerance: How many times the baseline calls may take.
      failure_rate: Share of a window that may fail.

    Raises:
      ConfigurationError: if a number is out of its range.
    """

    minimum: int = attrs.field(validator=_whole)
    maximum: int = attrs.field(validator=_whole)
    initial: int | None = attrs.field(default=None, kw_only=True, validator=attrs.validators.optional(_whole))
    window: int = attrs.field(default=20, kw_only=True, validator=_whole)
    increase: int = attrs.field(default=1, kw_only=True, validator=_whole)
    decrease: float = attrs.field(default=0.5, kw_only=True)
    tolerance: float = attrs.field(default=1.1, kw_only=True)
    failure_rate: float = attrs.field(default=0.1, kw_only=True)

    def __attrs_post_init__(self) -> None:
        number("tolerance", self.tolerance, 1.0)
        number("failure_rate", self.failure_rate, 0.0, 1.0)
        if not 0.0 < number("decrease", self.decrease, 0.0, 1.0) < 1.0:
            raise ConfigurationError(f"decrease must lie between 0 and 1, not {self.decrease!r}")
        if not self.minimum <= self.start <= self.maximum:
            raise ConfigurationError(
                f"minimum, initial and maximum must not fall: {self.minimum}, {self.start}, {self.maximum}"
            )

    @property
    def start(self) -> int:
        """The limit to begin with."""
        return self.minimum if self.initial is None else self.initial


class _Latency(NamedTuple):
    """Mean latency of some calls, and how far it may be off: its standard error. In seconds."""

    mean: float
    error: float

    def exceeds(self, other: _Latency, factor: float) -> bool:
        """Return whether this is more than `factor` times `other`, beyond what chance explains."""
        return self.mean > factor * other.mean + CERTAINTY * math.hypot(self.error, factor * other.error)


@final
class LimitControl:
    """The memory of one adaptive limit: this window, and the baseline.

    A decrease begins a new epoch. The baseline is the lowest latency of this epoch and the two before. After every
    decrease the load is at its lowest, so each epoch sees what the backend takes when it is not pressed; that some are
    kept lets decrease follow on decrease through an overload, before what a slower backend now takes becomes normal.
    """

    __slots__ = (
        "_before",
        "_failed",
        "_full",
        "_limit",
        "_lowest",
        "_settings",
        "_since",
        "_squares",
        "_starting",
        "_succeeded",
        "_sum",
    )

    def __init__(self, settings: AdaptiveLimit) -> None:
        self._settings = settings
        self._before: collections.deque[_Latency] = collections.deque(maxlen=2)
        self._lowest: _Latency | None = None
        self._starting = True
        self._full = False
        self._begin_window(-math.inf, settings.start)

    def learn(self, outcome: CallOutcome, started: float, ended: float, limit: int, *, full: bool) -> int:
        """Return the limit from now on, after a call that held a slot.

        Args:
          outcome: How the call ended.
          started: When it got its slot.
          ended: When it gave it back.
          limit: The limit as it stands; 0, a pause, is left alone, and one that was set by hand is gone on from.
          full: Whether all slots were in use when the call ended.
        """
        if limit != self._limit:
            self._begin_window(ended, limit)
        if limit == 0 or started < self._since or (outcome is not COMPLETED and outcome is not FAILED):
            return limit
        if outcome is FAILED:
            self._failed += 1
        else:
            seconds = ended - started
            self._succeeded += 1
            self._sum += seconds
            self._squares += seconds * seconds
        self._full = self._full or full
        settings = self._settings
        size = max(settings.window, limit)
        if self._failed > settings.failure_rate * size:
            factor = settings.decrease
        elif self._succeeded + self._failed < size:
            return limit
        else:
            factor = self._judge_latency()
        if factor < 1.0:
            wanted = int(limit * factor)
            self._begin_epoch()
        elif self._full:
            wanted = limit + (limit if self._starting else settings.increase)
        else:
            wanted = limit
        wanted = min(max(wanted, settings.minimum), settings.maximum)
        self._begin_window(ended, wanted)
        return wanted

    def _judge_latency(self) -> float:
        """Return what to multiply the limit with for the latency of this window, 1.0 if it is fine."""
        count = self._succeeded
        if count < 2:
            return 1.0
        mean = self._sum / count
        variance = max(0.0, self._squares / count - mean * mean) * count / (count - 1)
        latency = _Latency(mean, math.sqrt(variance / count))
        known = [*self._before, latency if self._lowest is None else self._lowest]
        if self._lowest is None or self._lowest.exceeds(latency, 1.0):
            self._lowest = latency
        baseline = min(known)
        if not latency.exceeds(baseline, self._settings.tolerance):
            return 1.0
        return max(self._settings.decrease, UNDERSHOOT * baseline.mean / mean)

    def _begin_epoch(self) -> None:
        self._starting = False
        if self._lowest is not None:
            self._before.append(self._lowest)
            self._lowest = None

    def _begin_window(self, now: float, limit: int) -> None:
        self._since = now
        self._limit = limit
        self._succeeded = self._failed = 0
        self._sum = self._squares = 0.0
        self._full = False
