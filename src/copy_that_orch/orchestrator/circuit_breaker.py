"""A circuit breaker for Trio: it stops calls to what does not answer, and finds out when it does again.

| state     | lets in                | and goes to                                                              |
|-----------|------------------------|--------------------------------------------------------------------------|
| CLOSED    | every call             | OPEN when failures are too many (`windows.py`)                            |
| OPEN      | nobody                 | HALF_OPEN with the first call after the recovery time (`recovery.py`)     |
| HALF_OPEN | so many probes at once | OPEN when one fails; CLOSED when enough in all have succeeded             |
| ISOLATED  | nobody                 | CLOSED by `reset()`                                                       |

`isolate()` and `reset()` lead from any state to ISOLATED and CLOSED. Every change, and every `reset()`, starts a new
generation, and a result counts only in the generation that admitted its call; later it is just counted.

| verdict (`verdicts.py`) | CLOSED                | HALF_OPEN                                        |
|-------------------------|-----------------------|--------------------------------------------------|
| success                 | ends a row            | one towards `success_threshold`; slot given back |
| failure                 | one more              | opens again, for longer                          |
| neutral                 | nothing               | slot given back                                  |
| slow, whatever it says  | a failure, or by rate | opens again, for longer                          |

Admission and settling never wait and are safe from Control-C: with a checkpoint in them, a pending cancellation could
lose a verdict, or a probe's slot for ever.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Awaitable, Callable, Coroutine
from types import TracebackType
from typing import Any, ParamSpec, Self, TypeAlias, TypeVar, TypeVarTuple, final

import trio
from trio.lowlevel import current_task  # by name: two attributes less for each end of a block

from copy_that_orch.orchestrator.breaker.blocks import enter_scope, leave_block, raise_if_ended, refuse
from copy_that_orch.orchestrator.breaker.core import BreakerCore
from copy_that_orch.orchestrator.breaker.notices import Listener, Watcher
from copy_that_orch.orchestrator.breaker.permits import Permit
from copy_that_orch.orchestrator.breaker.rules import BreakerRules, ExceptionTypes, Seed, make_judge
from copy_that_orch.orchestrator.breaker.state import BreakerStatistics, CircuitState
from copy_that_orch.orchestrator.breaker.verdicts import Predicate
from copy_that_orch.orchestrator.breaker.waiting import GuardedWait, WaitingRoom
from copy_that_orch.orchestrator.breaker.windows import FailureRate
from copy_that_orch.orchestrator.errors import ConfigurationError

__all__ = ["BreakerStatistics", "CircuitBreaker", "CircuitState", "FailureRate", "Listener", "Permit", "Watcher"]

T = TypeVar("T")
Ts = TypeVarTuple("Ts")
P = ParamSpec("P")

_Block: TypeAlias = tuple[Permit, "_Block | None"]
"""The permit of a block, and the block around it in the same Trio task."""


@final
class CircuitBreaker(BreakerCore):
    """A guard around calls to something that may fail; when it fails too often, it is left alone for a while.

    One breaker serves any number of Trio tasks of one Trio run at once, and may be made outside of a run. From another
    thread, reach it with `trio.from_thread`. Time is `trio.current_time()`.

    Args:
      name: Tells it from others in errors, events and logs.
      failure_threshold: Failures in a row that open the circuit; unused if `trip` is given.
      recovery_timeout: Seconds from opening to the first probe.
      trip: A `FailureRate` to open by, instead of failures in a row.
      half_open_max_calls: Probes at once.
      success_threshold: Successful probes that close the circuit.
      probe_timeout: Seconds that a probe may take; then it is cancelled and has failed, even if it cannot be cancelled.
      call_timeout: Seconds that any call may take; then it is cancelled, raises `trio.TooSlowError` and has failed.
      slow_call_duration: Seconds from which on a call is slow, whether it still runs, is cancelled or succeeds. A slow
        call is a failure, unless `trip` has a `slow_rate`.
      excluded_exceptions: Exception types that say nothing about what was called.
      exclude: Picks out other exceptions that say nothing.
      success_on: Exception types, or a function that picks out exceptions, that say that what was called works.
      backoff_factor: What the recovery time is multiplied with after every failed round of probes.
      max_recovery_timeout: Longest recovery time in seconds; a failure's own `retry_after` may be longer, and counts.
      jitter: Share of the recovery time that is drawn at random: t seconds become between (1 - jitter) * t and t.
      seed: For the jitter; the same seed gives the same times.
      cancel_on_open: Whether calls in flight are cancelled when the circuit opens; they raise `CircuitOpenError`.
      on_state_change: The first listener, see `add_listener`.

    Raises:
      ConfigurationError: if a setting is out of its range, or two contradict each other.
    """

    __slots__ = ("_blocks", "_waiting")

    def __init__(
        self,
        name: str,
        failure_threshold: int = 5,
        recovery_timeout: float = 30.0,
        *,
        trip: FailureRate | None = None,
        half_open_max_calls: int = 1,
        success_threshold: int = 1,
        probe_timeout: float | None = None,
        call_timeout: float | None = None,
        slow_call_duration: float | None = None,
        excluded_exceptions: ExceptionTypes = (),
        exclude: Predicate | None = None,
        success_on: ExceptionTypes | Predicate = (),
        backoff_factor: float = 1.0,
        max_recovery_timeout: float | None = None,
        jitter: float = 0.0,
        seed: Seed = None,
        cancel_on_open: bool = False,
        on_state_change: Listener | None = None,
    ) -> None:
        rules = BreakerRules(
            name=name,
            failure_threshold=failure_threshold,
            recovery_timeout=recovery_timeout,
            trip=trip,
            half_open_max_calls=half_open_max_calls,
            success_threshold=success_threshold,
            probe_timeout=probe_timeout,
            call_timeout=call_timeout,
            slow_call_duration=slow_call_duration,
            backoff_factor=backoff_factor,
            max_recovery_timeout=max_recovery_timeout,
            jitter=jitter,
            cancel_on_open=cancel_on_open,
        )
        super().__init__(rules, make_judge(excluded_exceptions, exclude, success_on), seed)
        if on_state_change is not None:
            if not callable(on_state_change):
                raise ConfigurationError(f"on_state_change must be callable, not {on_state_change!r}")
            self.add_listener(on_state_change)
        self._blocks: dict[trio.lowlevel.Task, _Block] = {}
        self._waiting = WaitingRoom(self._notices)

    async def call(self, fn: Callable[[*Ts], Awaitable[T]], *args: *Ts) -> T:
        """Return what `await fn(*args)` returns, unless the circuit refuses, and learn from how it ends.

        What `fn` raises goes on, the same object. A refusal is a checkpoint; nothing else here is.

        Raises:
          CircuitOpenError: if the circuit is open or all its probes are under way, so `fn` was not called; or if it
            opened while `fn` ran, with `cancel_on_open`.
          trio.TooSlowError: if `fn` took longer than `call_timeout`, or as a probe than `probe_timeout`.
        """
        permit = self.admit()
        if permit is None:
            raise await refuse(self)
        if permit.needs_scope:
            return await self._call_in_scope(permit, fn, *args)
        try:
            result = await fn(*args)
        except BaseException as error:
            self.settle(permit, error)
            raise
        self.settle(permit, None)
        return result

    async def _call_in_scope(self, permit: Permit, fn: Callable[[*Ts], Awaitable[T]], *args: *Ts) -> T:
        try:
            with trio.CancelScope(deadline=permit.deadline) as scope:
                permit.scope = scope
                result = await fn(*args)
            raise_if_ended(permit, scope)
        except BaseException as error:
            self.settle(permit, error)
            raise
        self.settle(permit, None)
        return result

    def __call__(self, fn: Callable[P, Awaitable[T]]) -> Callable[P, Coroutine[Any, Any, T]]:
        """Return `fn`, an async function, with every call of it guarded as by `call`: use it as `@breaker`.

        Raises:
          TypeError: if `fn` is not an async function. A plain one would be judged before what it returns is awaited.
        """
        if not (inspect.iscoroutinefunction(fn) or inspect.iscoroutinefunction(getattr(fn, "__call__", None))):  # noqa: B004 -- asks for an async one
            raise TypeError(f"circuit {self.name!r} guards async functions, and {fn!r} is not one")

        @functools.wraps(fn)
        async def guarded(*args: P.args, **kwargs: P.kwargs) -> T:
            return await self.call(functools.partial(fn, *args, **kwargs))

        return guarded

    @trio.lowlevel.enable_ki_protection
    async def __aenter__(self) -> Self:
        permit = self.admit()
        if permit is None:
            raise await refuse(self)
        if permit.needs_scope:
            enter_scope(permit)
        # A Trio task may be in several blocks at once, one in another, so each remembers the one around it.
        task = current_task()
        self._blocks[task] = (permit, self._blocks.get(task))
        return self

    @trio.lowlevel.enable_ki_protection
    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        task = current_task()
        block = self._blocks.pop(task, None)
        if block is None:
            raise RuntimeError(f"a block of circuit {self.name!r} was left in another Trio task than it was entered in")
        permit, around = block
        if around is not None:
            self._blocks[task] = around
        if permit.needs_scope:
            leave_block(self, permit, kind, error, traceback)
        else:
            self.settle(permit, error)

    def wait(self, timeout: float | None = None) -> GuardedWait:
        """Return a block like `async with breaker`, which waits until it is let in.

        Those who wait are let in one after the other, in the order in which they came: the first becomes the probe, and
        when it succeeds, the rest follow. Waiting holds nothing and may be cancelled. What it returns is good for one
        block.

        Args:
          timeout: Seconds to wait at most; None: for ever.

        Raises:
          CircuitOpenError: on entering, if the circuit has not let it in within `timeout`.
          ConfigurationError: if `timeout` is not a number from 0 on.
        """
        return GuardedWait(self, self._waiting, timeout)
