"""Room that is made in a stage's limiter by somebody else than the pool.

The pool grants slots when something happens in it. But its limiters are Trio's own, and anybody may borrow their tokens
or set `total_tokens`. So while tickets wait that no call of the pool will make room for, one system task stands in
the limiter's own line, and tells the pool when it comes up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, final

import trio

if TYPE_CHECKING:
    from collections.abc import Callable


@final
class OutsideWatch:
    """Stands in the line of one limiter, or does not."""

    __slots__ = ("_limiter", "_scope")

    def __init__(self, limiter: trio.CapacityLimiter) -> None:
        self._limiter = limiter
        self._scope: trio.CancelScope | None = None

    def start(self, tell: Callable[[], None]) -> None:
        """Call `tell` as soon as the limiter has a token, unless stopped before."""
        if self._scope is None:
            self._scope = trio.CancelScope()
            trio.lowlevel.spawn_system_task(self._stand_in_line, self._scope, tell)

    def stop(self) -> None:
        """Leave the line at once, so that a token which is given back is free for the taking."""
        if self._scope is not None:
            scope, self._scope = self._scope, None
            scope.cancel(reason="the pool sees to its waiting calls itself")

    async def _stand_in_line(self, scope: trio.CancelScope, tell: Callable[[], None]) -> None:
        try:
            with scope:
                await self._limiter.acquire_on_behalf_of(scope)
                self._limiter.release_on_behalf_of(scope)
        finally:
            if self._scope is scope:
                self._scope = None
        tell()
