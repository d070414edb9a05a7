"""Who is told when a circuit changes: listeners and watchers."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from typing import TypeAlias, final

from copy_that_orch.orchestrator.breaker.state import CircuitState

Listener: TypeAlias = Callable[[str, CircuitState, CircuitState], object]
"""Is called with the breaker's name, the old state and the new one."""

Watcher: TypeAlias = Callable[[], object]
"""Is called whenever somebody who was refused might now fare differently."""

_log = logging.getLogger(__name__)


@final
class Notices:
    """Tells listeners of each state change, once and in order, and watchers of that and of slots given back.

    What happens is first posted, while the breaker is at work, and told by `flush` when it is consistent. So those
    who are told may use the breaker: what they cause is posted behind, and told by the outermost `flush`.
    """

    __slots__ = ("_flushing", "_name", "_posted", "listeners", "watchers")

    def __init__(self, name: str) -> None:
        self._name = name
        self._posted: deque[tuple[CircuitState, CircuitState] | None] = deque()
        self._flushing = False
        self.listeners: list[Listener] = []
        self.watchers: list[Watcher] = []

    def post(self, change: tuple[CircuitState, CircuitState] | None = None) -> None:
        """Take note of a change from an old state to a new one, or, without one, of a slot that is free again."""
        self._posted.append(change)

    def flush(self) -> None:
        """Tell what is posted. An `Exception` of a listener or watcher is logged, never raised."""
        if self._flushing or not self._posted:
            return
        self._flushing = True
        try:
            while self._posted:
                change = self._posted.popleft()
                if change is not None:
                    for listener in tuple(self.listeners):
                        self._tell(listener, self._name, *change)
                for watcher in tuple(self.watchers):
                    self._tell(watcher)
        finally:
            self._flushing = False

    def _tell(self, callback: Callable[..., object], *arguments: object) -> None:
        try:
            callback(*arguments)
        except Exception:
            _log.exception("circuit %r: %r failed", self._name, callback)
