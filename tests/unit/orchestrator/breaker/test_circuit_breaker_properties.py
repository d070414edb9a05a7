"""The breaker against a plain model of its rules, in random histories of calls, ends, cancellations and time.

A breaker with random settings lives in a Trio run with a mock clock; a machine starts calls in every form, has them end
in every way, cancels those who run or wait, isolates, resets, and lets time pass. After every step, the breaker, what
became of every caller, and the model must agree.

Each of these faults, planted in the breaker by hand, is found by this test, and by the unit tests too:

1. a late result counts as if it were not late;
2. a neutral end counts like a success;
3. a probe's slot is kept after its end;
4. one probe too many is let in;
5. calls in flight never turn slow, or count twice when they end;
6. failed rounds of probes are remembered when the circuit closes, or the cap on their wait is ignored;
7. the wait that a failure asks for is ignored;
8. what was counted, or good probes, outlive their generation;
9. the last one who waits is served first, or is not told of a slot that is free again, or has no timer;
10. a group is judged as a whole, or an inner circuit's refusal as a failure;
11. opening cancels nobody, or isolating starts no generation;
12. the guard's own deadline says nothing.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, TypeVar

import attrs
import trio
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from trio.testing import MockClock, wait_all_tasks_blocked

from copy_that_orch.orchestrator.circuit_breaker import CircuitBreaker, FailureRate
from copy_that_orch.orchestrator.errors import CircuitOpenError
from tests.unit.orchestrator.breaker.breaker_model import HALF_OPEN, ISOLATED, OPEN, End, Model, Settings

T = TypeVar("T")

TICK = 2.0**-10
"""Seconds before each step. Times are sums of powers of 2, so exact; those below differ in their last digits, and so no
two things that nobody has put in an order happen at one instant, in which Trio would run them in any."""

RECOVERY, PROBE_TIMEOUT, CALL_TIMEOUT, SLOW = 10 + 2**-20, 3 + 2**-21, 5 + 2**-22, 2 + 2**-23
FORMS = st.sampled_from(["call", "decorated", "block", "halves"])
PATIENCE = st.sampled_from([0.0, 4 + 2**-24, 30 + 2**-25, float("inf")])


class NotFoundError(Exception):
    """Says that the service works."""


class BusyError(Exception):
    """Asks to be left alone."""

    retry_after = 50.0


class StopError(BaseException):
    """Is not about the call."""


ERRORS: dict[End, Callable[[], BaseException | None]] = {
    End.ANSWER: lambda: None,
    End.NOT_FOUND: NotFoundError,
    End.GROUP_OF_GOOD_ENDS: lambda: BaseExceptionGroup("g", [StopError(), NotFoundError()]),
    End.ERROR: ConnectionError,
    End.BUSY: BusyError,
    End.GROUP_WITH_ERROR: lambda: BaseExceptionGroup("g", [StopError(), KeyError(), ConnectionError()]),
    End.EXCLUDED: KeyError,
    End.INNER_REFUSAL: lambda: CircuitOpenError("inner"),
    End.STOP: StopError,
    End.GROUP_OF_NOTHING: lambda: BaseExceptionGroup("g", [StopError(), KeyError(), CircuitOpenError("inner")]),
}

MOSTLY = [End.ERROR] * 6 + [End.ANSWER] * 3

rates = st.builds(
    lambda rate, minimum, window, slow_rate: (rate, minimum, window, slow_rate),
    st.sampled_from([0.4, 0.5, 1.0]),
    st.integers(1, 3),
    st.sampled_from([3, 5, 4.0, 16.0]),
    st.sampled_from([None, 0.5, 1.0]),
)
some_settings = st.builds(
    Settings,
    failure_threshold=st.integers(1, 3),
    recovery_timeout=st.just(RECOVERY),
    rate=st.none() | rates,
    half_open_max_calls=st.integers(1, 2),
    success_threshold=st.integers(1, 3),
    probe_timeout=st.sampled_from([None, PROBE_TIMEOUT]),
    call_timeout=st.sampled_from([None, CALL_TIMEOUT]),
    slow_call_duration=st.sampled_from([None, SLOW]),
    backoff_factor=st.sampled_from([1.0, 2.0]),
    max_recovery_timeout=st.sampled_from([None, 30.0]),
    cancel_on_open=st.booleans(),
).filter(lambda chosen: chosen.slow_call_duration is not None or chosen.rate is None or chosen.rate[3] is None)


@attrs.define(eq=False)
class Caller:
    """Somebody who calls through the breaker in a Trio task of its own."""

    scope: trio.CancelScope = attrs.field(factory=trio.CancelScope)
    may_end: trio.Event = attrs.field(factory=trio.Event)
    error: BaseException | None = None
    outcome: str = "waiting"


class World:
    """A breaker and its callers, in a Trio run in a thread of its own."""

    def __init__(self, chosen: Settings) -> None:
        self.clock = MockClock()
        self.callers: dict[int, Caller] = {}
        self.changes: list[tuple[str, str]] = []
        self.breaker = CircuitBreaker(
            "api",
            chosen.failure_threshold,
            chosen.recovery_timeout,
            trip=None if chosen.rate is None else FailureRate(*chosen.rate),
            half_open_max_calls=chosen.half_open_max_calls,
            success_threshold=chosen.success_threshold,
            probe_timeout=chosen.probe_timeout,
            call_timeout=chosen.call_timeout,
            slow_call_duration=chosen.slow_call_duration,
            excluded_exceptions=KeyError,
            success_on=NotFoundError,
            backoff_factor=chosen.backoff_factor,
            max_recovery_timeout=chosen.max_recovery_timeout,
            cancel_on_open=chosen.cancel_on_open,
            on_state_change=lambda _name, old, new: self.changes.append((old.value, new.value)),
        )
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: trio.run(self._live, clock=self.clock))
        self._thread.start()
        self._ready.wait()

    async def _live(self) -> None:
        self._token = trio.lowlevel.current_trio_token()
        async with trio.open_nursery() as self.nursery:
            self._end = trio.Event()
            self._ready.set()
            await self._end.wait()
            self.nursery.cancel_scope.cancel()

    def end(self) -> None:
        """End the run."""
        trio.from_thread.run_sync(self._end.set, trio_token=self._token)
        self._thread.join()

    def do(self, fn: Callable[..., T], *args: Any) -> T:
        """Call `fn` in the run, let everybody go on until nobody can, and return what it returned."""

        async def step() -> T:
            result = fn(*args)
            await wait_all_tasks_blocked()
            return result

        return trio.from_thread.run(step, trio_token=self._token)

    def start(self, key: int, form: str, patience: float) -> None:
        """Have a new caller make a call."""
        self.callers[key] = Caller()
        self.nursery.start_soon(self._be_caller, self.callers[key], form, patience)

    def let_end(self, key: int, how: End) -> None:
        """Have a call end, or cancel a caller."""
        caller = self.callers[key]
        if how is End.CANCELLED:
            caller.scope.cancel()
        else:
            caller.error = ERRORS[how]()
            caller.may_end.set()

    async def _be_caller(self, caller: Caller, form: str, patience: float) -> None:
        with caller.scope:
            try:
                await self._call(caller, form, patience)
                caller.outcome = "returned"
            except BaseException as error:
                caller.outcome = type(error).__name__
                if isinstance(error, trio.Cancelled):
                    raise

    async def _call(self, caller: Caller, form: str, patience: float) -> None:
        breaker = self.breaker
        if form == "call":
            await breaker.call(self._work, caller)
        elif form == "decorated":
            await breaker(self._work)(caller)
        elif form == "wait":
            async with breaker.wait(patience):
                await self._work(caller)
        elif form == "block":
            async with breaker:
                await self._work(caller)
        else:
            await self._call_by_halves(caller)

    async def _call_by_halves(self, caller: Caller) -> None:
        permit = self.breaker.admit()
        if permit is None:
            raise self.breaker.refusal()
        error: BaseException | None = None
        try:
            with trio.CancelScope(deadline=permit.deadline) as scope:
                permit.scope = scope
                await self._work(caller)
            if scope.cancelled_caught:
                interruption = permit.interruption()
                assert interruption is not None
                raise interruption
        except BaseException as ended:
            error = ended
            raise
        finally:
            self.breaker.settle(permit, error)

    async def _work(self, caller: Caller) -> None:
        caller.outcome = "running"
        await caller.may_end.wait()
        if caller.error is not None:
            raise caller.error


class BreakerMachine(RuleBasedStateMachine):
    """Does the same to the breaker and to the model."""

    world: World
    model: Model

    def __init__(self) -> None:
        super().__init__()
        self.keys = 0

    @initialize(chosen=some_settings)
    def make(self, chosen: Settings) -> None:
        self.world = World(chosen)
        self.model = Model(chosen)

    def teardown(self) -> None:
        if hasattr(self, "world"):
            self.world.end()

    def pass_time(self, seconds: float) -> None:
        """Let time pass in both, from one event to the next, so that nothing comes late."""
        until = self.model.now + seconds
        while self.model.now < until:
            step = min(until, self.model.next_event())
            self.world.do(self.world.clock.jump, step - self.model.now)
            self.model.let_time_pass(step)

    @rule(form=FORMS, times=st.integers(1, 3))
    def call(self, form: str, times: int) -> None:
        for _ in range(times):
            self.pass_time(TICK)
            self.keys += 1
            self.model.call(self.keys)
            self.world.do(self.world.start, self.keys, form, 0.0)

    @rule(form=FORMS, how=st.sampled_from([*ERRORS, *MOSTLY]), times=st.integers(1, 3))
    def call_and_end(self, form: str, how: End, times: int) -> None:
        for _ in range(times):
            self.call(form, 1)
            if self.model.outcomes[self.keys] == "running":
                self.model.end(self.keys, how)
                self.world.do(self.world.let_end, self.keys, how)

    @rule(patience=PATIENCE, times=st.integers(1, 2))
    def wait(self, patience: float, times: int) -> None:
        for _ in range(times):
            self.pass_time(TICK)
            self.keys += 1
            self.model.wait(self.keys, patience)
            self.world.do(self.world.start, self.keys, "wait", patience)

    @precondition(lambda self: self.model.calls)
    @rule(data=st.data(), how=st.sampled_from([*ERRORS, *MOSTLY]))
    def end(self, data: st.DataObject, how: End) -> None:
        self.pass_time(TICK)
        if self.model.calls:
            key = data.draw(st.sampled_from([call.key for call in self.model.calls]))
            self.model.end(key, how)
            self.world.do(self.world.let_end, key, how)

    @precondition(lambda self: self.model.calls or self.model.queue)
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        self.pass_time(TICK)
        there = [call.key for call in self.model.calls] + [waiter.key for waiter in self.model.queue]
        if there:
            key = data.draw(st.sampled_from(there))
            self.model.end(key, End.CANCELLED)
            self.world.do(self.world.let_end, key, End.CANCELLED)

    @rule(seconds=st.sampled_from([0.5, 1.0, 2.5, 4.0, 11.0, 60.0]))
    def let_time_pass(self, seconds: float) -> None:
        self.pass_time(seconds)

    @precondition(lambda self: self.keys % 8 == 7)  # rarely, or there is little else
    @rule()
    def isolate(self) -> None:
        self.model.isolate()
        self.world.do(self.world.breaker.isolate)

    @precondition(lambda self: self.model.state == ISOLATED or self.keys % 8 == 3)
    @rule()
    def reset(self) -> None:
        self.model.reset()
        self.world.do(self.world.breaker.reset)

    @invariant()
    def they_agree(self) -> None:
        if not hasattr(self, "world"):
            return
        model, breaker = self.model, self.world.breaker
        assert breaker.state.value == model.state
        assert self.world.changes == model.changes
        assert {key: caller.outcome for key, caller in self.world.callers.items()} == model.outcomes
        statistics = breaker.statistics()
        assert statistics.generation == model.generation
        assert statistics.in_flight == len(model.calls)
        for name in ("admitted", "succeeded", "failed", "neutral", "late_results", "slow", "rejected", "times_opened"):
            assert getattr(statistics, name) == model.books[name], name
        assert self.world.do(lambda: breaker.retry_after) == retry_after(model)


def retry_after(model: Model) -> float | None:
    """Return what a breaker in the state of `model` should tell."""
    if model.state == HALF_OPEN:
        probes = sum(call.probe and call.generation == model.generation for call in model.calls)
        return None if probes == model.settings.half_open_max_calls else 0.0
    return max(0.0, model.recovery_at - model.now) if model.state == OPEN else None


BreakerMachine.TestCase.settings = settings(
    max_examples=100, stateful_step_count=50, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
TestBreakerFollowsItsRules = BreakerMachine.TestCase
