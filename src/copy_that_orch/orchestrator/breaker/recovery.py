"""How long a circuit stays open."""

from __future__ import annotations

import math
import random
from typing import final

from copy_that_orch.orchestrator.breaker.rules import BreakerRules, Seed


@final
class Recovery:
    """The time that the circuit stays open: longer after every failed round of probes, until it closes.

    Attributes:
      ends_at: Trio time at which it was over, or will be.
    """

    __slots__ = ("_began_at", "_random", "_rules", "_seconds", "ends_at")

    def __init__(self, rules: BreakerRules, seed: Seed) -> None:
        self._rules = rules
        self._random = random.Random(seed)
        self._seconds = rules.recovery_timeout
        self._began_at = self.ends_at = 0.0

    def begin(self, now: float, *, probe_failed: bool, asked: float) -> None:
        """Note that the circuit opens, and whether it was a failed probe that ended a round.

        After n failed rounds it stays so for `recovery_timeout * backoff_factor ** n` seconds, at most
        `max_recovery_timeout`, less a random share of up to `jitter` of it, but not less than the failure `asked` for.
        """
        rules = self._rules
        if probe_failed:  # step by step and not by power, which overflows after many rounds
            most = math.inf if rules.max_recovery_timeout is None else rules.max_recovery_timeout
            self._seconds = min(self._seconds * rules.backoff_factor, most)
        self._began_at = now
        self.ends_at = now + max(asked, self._seconds * (1.0 - rules.jitter * self._random.random()))

    def is_over(self, now: float) -> bool:
        """Return whether a probe may be made."""
        # A time before the opening is the clock of another Trio run, and says nothing about how long to wait.
        return now >= self.ends_at or now < self._began_at

    def left(self, now: float) -> float:
        """Return the seconds until then."""
        if self.is_over(now):
            return 0.0
        seconds = self.ends_at - now
        if now + seconds < self.ends_at:  # rounded; who sleeps as told must not wake a hair too early
            seconds += math.ulp(self.ends_at)
        return seconds

    def closed(self) -> None:
        """Start over with the shortest wait."""
        self._seconds = self._rules.recovery_timeout
