"""When failures are too many: in a row, or as a rate over the last calls or the last seconds.

A call is reported when it ends and, if it turns slow while it runs, when that is found out (`hung`). A call that hangs
counts in a rate for as long as it does, and then once more like any other, by the time of its end.
"""

from __future__ import annotations

import math
from collections import deque
from typing import Protocol, final

import attrs

from copy_that_orch.orchestrator.errors import ConfigurationError

BUCKETS = 10
"""Parts that a window of seconds moves in: between 9 and 10 tenths of it are looked at, at a constant cost per call."""


@attrs.frozen
class FailureRate:
    """Open the circuit by the share of calls that fail, instead of by failures in a row.

    Attributes:
      rate: Share of failures, above 0 and up to 1, from which on the circuit opens.
      minimum_calls: Calls that the window must hold before a rate means anything.
      window: An int: the last so many calls. A float: the calls that ended in the last so many seconds, which move
        on in tenths of the window.
      slow_rate: Share of slow calls from which on the circuit opens; None: a slow call counts as a failure.

    Raises:
      ConfigurationError: if a number is out of its range, or the window is too small for `minimum_calls`.
    """

    rate: float
    minimum_calls: int
    window: int | float
    slow_rate: float | None = None

    def __attrs_post_init__(self) -> None:
        for name, share in (("rate", self.rate), ("slow_rate", self.slow_rate)):
            if share is not None and not (0 < share <= 1):
                raise ConfigurationError(f"{name} is a share above 0 and up to 1, not {share!r}")
        if not _is_count(self.minimum_calls):
            raise ConfigurationError(f"minimum_calls must be a whole number from 1 on, not {self.minimum_calls!r}")
        if not 0 < self.window < math.inf:
            raise ConfigurationError(f"window must be a number of calls or seconds above 0, not {self.window!r}")
        if isinstance(self.window, int) and self.window < self.minimum_calls:
            raise ConfigurationError(
                f"a window of {self.window} calls never holds minimum_calls, {self.minimum_calls}; "
                "make it larger, or a float for seconds"
            )


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1


class FailureWindow(Protocol):
    """What a closed circuit remembers of the calls that count."""

    def hung(self) -> None:
        """Take note of a call that runs and has just turned slow."""

    def ended(self, *, failed: bool, slow: bool, hung: bool, now: float) -> None:
        """Take note of a call that ended at `now`; `hung` if it was reported as such before."""

    def too_many(self, now: float) -> bool:
        """Return whether the circuit is to be opened."""

    def clear(self) -> None:
        """Forget everything."""


@final
class ConsecutiveFailures:
    """So many failures in a row; a slow call is one, from the moment it turns slow."""

    __slots__ = ("_threshold", "length")

    def __init__(self, threshold: int) -> None:
        self._threshold = threshold
        self.length = 0

    def hung(self) -> None:
        """Take note of a call that runs and has just turned slow."""
        self.length += 1

    def ended(self, *, failed: bool, slow: bool, hung: bool, now: float) -> None:
        """Take note of a call that ended."""
        if hung:
            return  # it had its place in the row when it turned slow
        self.length = self.length + 1 if failed or slow else 0

    def too_many(self, now: float) -> bool:
        """Return whether the row is as long as the threshold."""
        return self.length >= self._threshold

    def clear(self) -> None:
        """Start a new row."""
        self.length = 0


@final
class RateOfCalls:
    """A rate over the last so many calls."""

    __slots__ = ("_counts", "_ended", "_limits", "_size")

    def __init__(self, limits: FailureRate) -> None:
        self._limits = limits
        self._size = int(limits.window)
        self._ended: deque[tuple[bool, bool]] = deque()
        self._counts = _Counts()

    def hung(self) -> None:
        """Take note of a call that runs and has just turned slow."""
        self._counts.hanging += 1

    def ended(self, *, failed: bool, slow: bool, hung: bool, now: float) -> None:
        """Take note of a call that ended."""
        self._counts.hanging -= hung
        if len(self._ended) == self._size:
            self._counts.add(-1, *self._ended.popleft())
        self._ended.append((failed, slow))
        self._counts.add(1, failed, slow)

    def too_many(self, now: float) -> bool:
        """Return whether a rate is reached."""
        return self._counts.reach(self._limits)

    def clear(self) -> None:
        """Forget every call."""
        self._ended.clear()
        self._counts = _Counts()


@final
class RateOfSeconds:
    """A rate over the calls that ended in the last so many seconds, kept as sums in `BUCKETS` buckets."""

    __slots__ = ("_buckets", "_counts", "_limits", "_width")

    def __init__(self, limits: FailureRate) -> None:
        self._limits = limits
        self._width = limits.window / BUCKETS
        self._buckets: deque[tuple[int, _Counts]] = deque()  # at most BUCKETS, by number, those without calls left out
        self._counts = _Counts()

    def hung(self) -> None:
        """Take note of a call that runs and has just turned slow."""
        self._counts.hanging += 1

    def ended(self, *, failed: bool, slow: bool, hung: bool, now: float) -> None:
        """Take note of a call that ended at `now`."""
        number = self._move_to(now)
        self._counts.hanging -= hung
        if not self._buckets or self._buckets[-1][0] != number:
            self._buckets.append((number, _Counts()))
        self._buckets[-1][1].add(1, failed, slow)
        self._counts.add(1, failed, slow)

    def too_many(self, now: float) -> bool:
        """Return whether a rate is reached at `now`."""
        self._move_to(now)
        return self._counts.reach(self._limits)

    def clear(self) -> None:
        """Forget every call."""
        self._buckets.clear()
        self._counts = _Counts()

    def _move_to(self, now: float) -> int:
        number = math.floor(now / self._width)
        if self._buckets and number < self._buckets[-1][0]:
            self._buckets.clear()  # the clock of another Trio run: what it counted is of no use in this one
            self._counts = _Counts(hanging=self._counts.hanging)
        while self._buckets and self._buckets[0][0] <= number - BUCKETS:
            self._counts.take(self._buckets.popleft()[1])
        return number


@attrs.define(eq=False)
class _Counts:
    calls: int = 0
    failed: int = 0
    slow: int = 0
    both: int = 0
    hanging: int = 0

    def add(self, times: int, failed: bool, slow: bool) -> None:
        self.calls += times
        if failed or slow:
            self.failed += times * failed
            self.slow += times * slow
            self.both += times * (failed and slow)

    def take(self, other: _Counts) -> None:
        self.calls -= other.calls
        self.failed -= other.failed
        self.slow -= other.slow
        self.both -= other.both

    def reach(self, limits: FailureRate) -> bool:
        calls = self.calls + self.hanging
        if calls < limits.minimum_calls:
            return False
        slow = self.slow + self.hanging
        if limits.slow_rate is None:
            return (self.failed + slow - self.both) / calls >= limits.rate
        return self.failed / calls >= limits.rate or slow / calls >= limits.slow_rate


def make_rate_window(limits: FailureRate) -> FailureWindow:
    """Return the window for these limits: an int counts calls, a float seconds."""
    return RateOfCalls(limits) if isinstance(limits.window, int) else RateOfSeconds(limits)
