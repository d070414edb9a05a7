"""Waiting for a circuit to let one in, in order and without a stampede."""

from __future__ import annotations

import math
from types import TracebackType
from typing import TYPE_CHECKING, final

import trio

from copy_that_orch.orchestrator.breaker.blocks import enter_scope, leave_block, refuse
from copy_that_orch.orchestrator.checks import is_number
from copy_that_orch.orchestrator.errors import ConfigurationError

if TYPE_CHECKING:
    from copy_that_orch.orchestrator.breaker.core import BreakerCore
    from copy_that_orch.orchestrator.breaker.notices import Notices
    from copy_that_orch.orchestrator.breaker.permits import Permit


@final
class _Waiter:
    __slots__ = ("breaker", "limit", "parked", "permit", "scope", "task")

    def __init__(self, breaker: BreakerCore, limit: float) -> None:
        self.breaker = breaker
        self.limit = limit
        self.task = trio.lowlevel.current_task()
        self.parked = False
        self.permit: Permit | None = None
        self.scope = trio.CancelScope()


@final
class WaitingRoom:
    """Those who wait for one breaker, in the order in which they came.

    Only the first one has a timer: when the breaker has become due, it has everybody served, and is the probe itself.
    The rest sleep until they hold a permit, however many rounds of probes fail before.
    """

    __slots__ = ("_notices", "_queue")

    def __init__(self, notices: Notices) -> None:
        self._notices = notices
        self._queue: dict[_Waiter, None] = {}

    async def enter(self, breaker: BreakerCore, patience: float) -> Permit | None:
        """Return a permit as soon as `breaker` gives one, or None after `patience` seconds."""
        first = not self._queue
        if first:
            permit = breaker.admit()
            if permit is not None:
                return permit
            self._notices.watchers.append(self._serve)
        waiter = _Waiter(breaker, trio.current_time() + patience)
        self._queue[waiter] = None
        try:
            if first:
                self._notice()  # a listener may have changed the state back, just before there was anybody to serve
            while waiter.permit is None and trio.current_time() < waiter.limit:
                await self._park(waiter)
        except BaseException as error:
            if waiter.permit is not None:  # given in the moment of its cancellation
                breaker.settle(waiter.permit, error)
            raise
        finally:
            if waiter in self._queue:
                self._forget(waiter)
        return waiter.permit

    async def _park(self, waiter: _Waiter) -> None:
        def abort(_: object) -> trio.lowlevel.Abort:
            waiter.parked = False
            return trio.lowlevel.Abort.SUCCEEDED

        with trio.CancelScope(deadline=waiter.limit) as waiter.scope:
            self._set_timer()
            waiter.parked = True
            await trio.lowlevel.wait_task_rescheduled(abort)
        if waiter.permit is None and trio.current_time() >= waiter.breaker.next_chance:
            self._notice()

    def _notice(self) -> None:
        """Have everybody served, like after any other change, so that it is never done twice at a time."""
        self._notices.post()
        self._notices.flush()

    def _serve(self) -> None:
        """Let in as many as the breaker will have. Called by the notices only, so never while it is at work already."""
        while self._queue:
            waiter = next(iter(self._queue))
            waiter.permit = waiter.breaker.admit()
            if waiter.permit is None:
                break
            if waiter.parked:
                waiter.parked = False
                trio.lowlevel.reschedule(waiter.task)
            self._forget(waiter)
        self._set_timer()

    def _forget(self, waiter: _Waiter) -> None:
        del self._queue[waiter]
        if self._queue:
            self._set_timer()
        else:
            self._notices.watchers.remove(self._serve)

    def _set_timer(self) -> None:
        if self._queue:
            first = next(iter(self._queue))
            first.scope.deadline = min(first.limit, first.breaker.next_chance)


@final
class GuardedWait:
    """A guarded block that waits until it is let in; made by `CircuitBreaker.wait`."""

    __slots__ = ("_breaker", "_entered", "_permit", "_room", "_timeout")

    def __init__(self, breaker: BreakerCore, room: WaitingRoom, timeout: float | None) -> None:
        if timeout is not None and not (is_number(timeout) and timeout >= 0):
            raise ConfigurationError(f"timeout must be a number of seconds from 0 on, not {timeout!r}")
        self._permit: Permit
        self._entered = False
        self._breaker = breaker
        self._room = room
        self._timeout = math.inf if timeout is None else timeout

    @trio.lowlevel.enable_ki_protection
    async def __aenter__(self) -> None:
        if self._entered:
            raise RuntimeError("a wait() is good for one block; ask the breaker for another one")
        self._entered = True
        permit = await self._room.enter(self._breaker, self._timeout)
        if permit is None:
            raise await refuse(self._breaker)
        if permit.needs_scope:
            enter_scope(permit)
        self._permit = permit

    @trio.lowlevel.enable_ki_protection
    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        leave_block(self._breaker, self._permit, kind, error, traceback)
