"""How long a circuit stays open."""

from __future__ import annotations

import math
import random
from typing import final

from copy_that_orch.orchestrator.breaker.rules import BreakerRules, Seed


@final
class Recovery:
    """How long the circuit stays open: longer after every failed round of probes, until it closes."""

    __slots__ = ("_random", "_rules", "_seconds")

    def __init__(self, rules: BreakerRules, seed: Seed) -> None:
        self._rules = rules
        self._random = random.Random(seed)
        self._seconds = rules.recovery_timeout

    def wait(self, *, probe_failed: bool, asked: float) -> float:
        """Return the seconds until the next probe, and count the round if it ended with a failed probe.

        After n failed rounds that is `recovery_timeout * backoff_factor ** n`, at most `max_recovery_timeout`, less a
        random share of up to `jitter` of it, but not less than the failure `asked` for.
        """
        rules = self._rules
        if probe_failed:  # step by step and not by power, which overflows after many rounds
            most = math.inf if rules.max_recovery_timeout is None else rules.max_recovery_timeout
            self._seconds = min(self._seconds * rules.backoff_factor, most)
        return max(asked, self._seconds * (1.0 - rules.jitter * self._random.random()))

    def closed(self) -> None:
        """Start over with the shortest wait."""
        self._seconds = self._rules.recovery_timeout
