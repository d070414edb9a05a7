"""Actions for later, in the order of their times, and of their setting where those are equal."""

from __future__ import annotations

import heapq
import itertools
import math
from collections.abc import Callable
from typing import final

import trio


@final
class Timers:
    """What is to be done, and when on Trio's clock."""

    __slots__ = ("_entries", "_numbers")

    def __init__(self) -> None:
        self._entries: list[tuple[float, int, Callable[[], None]]] = []
        self._numbers = itertools.count()

    @property
    def next_at(self) -> float:
        """Time of the first action; `math.inf` if there is none."""
        return self._entries[0][0] if self._entries else math.inf

    def add(self, when: float, action: Callable[[], None]) -> None:
        """Have `action` done at `when`."""
        heapq.heappush(self._entries, (when, next(self._numbers), action))

    def is_due(self) -> bool:
        """Return whether there is something to be done now."""
        return bool(self._entries) and self._entries[0][0] <= trio.current_time()

    def ring(self) -> None:
        """Do everything that is due."""
        while self.is_due():
            heapq.heappop(self._entries)[2]()
