"""The loop of one `execute`, `execute_batch` or `stream`: everything is decided here, in one place and in one order.

Trio runs the Trio tasks of one scheduler pass in an order that it does not promise. So a call that ends decides
nothing: it posts itself and wakes the loop, which settles everything that was posted since, in canonical order. The
same input then gives the same events in the same order, and waiting work needs no Trio task at all.
"""

from __future__ import annotations

import contextlib
import itertools
import math
from typing import TYPE_CHECKING, Any, final

import trio

from copy_that_orch.orchestrator.agent_pool import outcome_of
from copy_that_orch.orchestrator.errors import PipelineErrorGroup, PoolClosedError
from copy_that_orch.orchestrator.events import CallCached, CallEnded, CallQueued, CallRetried, CallStarted
from copy_that_orch.orchestrator.pool.admission import TicketState
from copy_that_orch.orchestrator.reports import CallOutcome, PipelineResult, TaskStatus
from copy_that_orch.orchestrator.runs.calls import Call, Stopped
from copy_that_orch.orchestrator.runs.circuits import Circuit
from copy_that_orch.orchestrator.runs.crew import Crew
from copy_that_orch.orchestrator.runs.interruptions import from_nursery, graver, is_cancellation
from copy_that_orch.orchestrator.runs.passes import Mailbox, Passes
from copy_that_orch.orchestrator.runs.rate_gate import RateGate
from copy_that_orch.orchestrator.runs.recall import Recall
from copy_that_orch.orchestrator.runs.stage_batch import RunStage
from copy_that_orch.orchestrator.runs.task_run import TaskRun
from copy_that_orch.orchestrator.runs.timers import Timers

if TYPE_CHECKING:
    from collections.abc import Callable

    from copy_that_orch.orchestrator.interfaces import PipelineTask
    from copy_that_orch.orchestrator.runs.plan import Plan
    from copy_that_orch.orchestrator.runs.task_source import TaskSource


@final
class PipelineRun:
    """One run: the tasks in flight, the timers, and the loop.

    Args:
      plan: What the coordinator was told.
      source: The tasks.
      deliver: Is given the number of each task that has ended, by the order in which they came, and its result.
      streams: Whether results are taken one by one while the run goes on, and `delivered` tells of each; those not yet
        taken count as in flight, so that a slow consumer slows the source.
      fail_fast: Whether a failed task ends the run.
      max_in_flight: Most tasks under way; None: as many as keep all slots busy.

    Attributes:
      pool: The slots.
      segments: The stages that have agents, cut before each gathering stage.
      emit, watched: The coordinator's observers, and whether there are any.
      recall: Asks the result store, if there is one.
      nursery: Holds the stages' nurseries, and whoever reads the tasks.
      failed: Whether a failed task has ended the run.
    """

    __slots__ = (
        "_active",
        "_circuits",
        "_crews",
        "_deliver",
        "_deliveries",
        "_fail_fast",
        "_freed",
        "_gates",
        "_interruption",
        "_max_in_flight",
        "_numbers",
        "_passes",
        "_plan",
        "_posted",
        "_returned",
        "_rng",
        "_sleeper",
        "_source",
        "_stopped",
        "_streams",
        "_timers",
        "_touched",
        "_undelivered",
        "_unwound",
        "emit",
        "failed",
        "nursery",
        "pool",
        "recall",
        "segments",
        "watched",
    )

    nursery: trio.Nursery

    def __init__(
        self,
        plan: Plan,
        source: TaskSource,
        deliver: Callable[[int, PipelineResult], None],
        *,
        streams: bool,
        fail_fast: bool,
        max_in_flight: int | None,
    ) -> None:
        self.pool = plan.pool
        self.emit = plan.observers.emit
        self.watched = bool(plan.observers)
        self._plan = plan
        self._source = source
        self._deliver = deliver
        self._streams = streams
        self._fail_fast = fail_fast
        self._max_in_flight = max_in_flight
        self._rng = plan.new_rng()
        self._circuits = [
            Circuit(agent, breaker, self, plan.when_open, plan.patience) for agent, breaker in plan.guarded_agents
        ]
        by_agent = {circuit.agent_type: circuit for circuit in self._circuits}
        positions = itertools.count()
        self.segments = [
            [
                RunStage(
                    next(positions),
                    stage,
                    [by_agent[name] for name in names],
                    self.pool.stage(stage.name),
                    Crew(stage.name, self.pool, self.returned),
                )
                for stage, names in segment
            ]
            for segment in plan.segments
        ]
        self._crews = [stage.crew for segment in self.segments for stage in segment]
        self._gates = {name: RateGate(pace, self) for name, pace in plan.paces.items()}
        self._active: dict[TaskRun, None] = {}
        self._touched: dict[TaskRun, None] = {}
        self._numbers = itertools.count()
        self._passes = Passes.here()
        self._returned: Mailbox[Call] = Mailbox(self._passes)
        self._deliveries: Mailbox[bool] = Mailbox(self._passes)
        self._undelivered = 0
        self._posted: list[Call] = []
        self._freed: list[tuple[Call, CallOutcome]] = []
        self._timers = Timers()
        self.recall = None if plan.store is None else Recall(self, plan.store, self._passes)
        self._sleeper: trio.lowlevel.Task | None = None
        self._interruption: BaseException | None = None
        self._unwound: list[PipelineErrorGroup] = []
        self._stopped = self.failed = False

    @trio.lowlevel.enable_ki_protection
    async def drive(self) -> None:
        """Run all tasks of the source to their end.

        Raises:
          BaseException: what came from outside or was no `Exception`, as it was, after everything has ended.
          PipelineErrorGroup: of what failed while a cancellation from outside was being carried out.
        """
        with self._plan.attended(self, self._circuits), self._passes.counted():
            try:
                async with trio.open_nursery() as self.nursery:
                    self._source.open(self.nursery, self._passes, self.wake)
                    await self._open(0)
                    self.nursery.cancel_scope.cancel(reason="every task has ended")
            except BaseException as error:  # Control-C while the last Trio tasks ended
                self._note(from_nursery(error))
            self._note(self._source.take_error())
        # These refer to this run: cycles, and whatever it has delivered in them.
        self._circuits, self._crews, self.segments, self._gates, self._timers = [], [], [], {}, Timers()
        self.recall = None
        self._raise_interruption()

    # What the parts of a run ask of it.

    def returned(self, call: Call) -> None:
        """Have `call`, whose Trio task ends now, settled together with the others of this pass."""
        self._returned.put(call)
        self.wake()

    def delivered(self) -> None:
        """Note that somebody has taken a result."""
        self._deliveries.put(True)
        self.wake()

    def wake(self) -> None:
        """Take a turn soon: something has changed."""
        if self._sleeper is not None:
            trio.lowlevel.reschedule(self._sleeper)
            self._sleeper = None

    def at(self, when: float, action: Callable[[], None]) -> None:
        """Do `action` in the first turn at or after Trio time `when`."""
        self._timers.add(when, action)
        self.wake()

    def hand_in(self, call: Call) -> None:
        """Hand in `call` to the pool."""
        if self.watched:
            self.emit(CallQueued(time=trio.current_time(), **_tell(call)))
        call.announced = True
        call.circuit.queued(call)
        try:
            self.pool.submit(call)
        except PoolClosedError as error:
            self._end_unrun(call, error.with_traceback(None))

    def start(self, call: Call) -> None:
        """Let a call that was granted its slot pass the stage's rate limit and the breaker, and run."""
        gate = self._gates.get(call.stage.name)
        if gate is not None and not gate.admits(call):
            return
        if call.circuit.admit(call):
            if gate is not None:
                gate.started()
            if self.watched:
                self.emit(CallStarted(time=call.started, **_tell(call)))
            call.batch.crew.run(call)

    def park(self, call: Call) -> None:
        """Take `call` out of the pool's line, or off its slot, while its circuit holds it back."""
        self.pool.park(call)
        gate = self._gates.get(call.stage.name)
        if gate is not None:
            gate.leave(call)
            gate.look_again()

    def reject(self, call: Call) -> None:
        """End a call that its circuit refuses."""
        call.rejected = True
        self.pool.end(call, CallOutcome.REJECTED)
        self._end_unrun(call, call.circuit.breaker.refusal())

    def withdraw(self, call: Call) -> None:
        """End a call that does not run."""
        if call.state is TicketState.ENDED:
            return
        if call.state is not TicketState.NEW:
            self.pool.end(call, CallOutcome.CANCELLED)
        self._end_unrun(call, Stopped())

    def stop(self, call: Call) -> None:
        """End a call, running or not."""
        if call.state is not TicketState.RUNNING:
            self.withdraw(call)
        else:
            call.cancel("another call on the same item failed")

    def answer(self, call: Call, result: Any) -> None:
        """Settle a call that was not handed in: the store knows its result."""
        call.state = TicketState.ENDED
        call.result = result
        self._plan.cached[call.stage.name] += 1
        if self.watched:
            self.emit(CallCached(time=trio.current_time(), **_tell(call)))
        call.batch.task.settle(call, CallOutcome.CACHED, 0.0)
        self.touch(call.batch.task)

    def touch(self, task: TaskRun) -> None:
        """Have `task` move on in this turn."""
        self._touched[task] = None

    def resized(self) -> None:
        """Have every task look for more room: a limit has changed."""
        self._touched.update(dict.fromkeys(self._active))
        self.wake()

    def finished(self, task: TaskRun, result: PipelineResult) -> None:
        """Deliver the result of a task of which nothing runs any more."""
        del self._active[task]
        self._plan.tally[result.status] += 1
        if result.error is not None and task.failed_late and self._interruption is not None:
            self._unwound.append(result.error)
        if result.status is not TaskStatus.CANCELLED:
            self._undelivered += self._streams
            self._deliver(task.number, result)
        if result.status is TaskStatus.FAILED and self._fail_fast:
            self.failed = True
            self._stop(f"task {result.task_id!r} failed")

    @property
    def in_flight(self) -> int:
        """Number of tasks under way."""
        return len(self._active)

    async def _open(self, place: int) -> None:
        """Open the nurseries of the stages from `place` on, one in another, and in them run the loop."""
        if place < len(self._crews):
            async with trio.open_nursery() as self._crews[place].nursery:
                await self._open(place + 1)
            return
        try:
            # With its deadline in the past nothing may begin: an agent that never waits would run on.
            if trio.current_effective_deadline() <= trio.current_time():
                await trio.lowlevel.checkpoint()
            await self._loop()
        except BaseException as error:  # also what a turn raised: a sequence of items, or a bug
            self._halt(error)
            await self._loop()
        for crew in self._crews:
            crew.dismiss()

    # The loop.

    async def _loop(self) -> None:
        while True:
            self._turn()
            if not self._active and (self._stopped or self._plan.draining or self._source.exhausted):
                return
            try:
                await self._rest()
                if not self._stopped:  # a sleeper that was woken first, and cancelled then, has not heard of it
                    await trio.lowlevel.checkpoint_if_cancelled()
            except BaseException as error:  # a cancellation from outside, or Control-C
                self._halt(error)

    def _turn(self) -> None:
        while True:
            self._timers.ring()
            self._undelivered -= len(self._deliveries.take_all())
            posted, self._posted = self._posted + self._returned.take_all(), []
            if len(posted) > 1:
                posted.sort(key=_place)
            for call in posted:
                self._settle(call)
                self._touched[call.batch.task] = None
            if self.recall is not None:
                self.recall.take_turn()
            touched, self._touched = self._touched, {}
            for task in touched:
                if task in self._active:
                    task.pump()
            self._take_tasks()
            self._free_slots()
            if not (self._posted or self._touched or self._timers.is_due()):
                return

    def _free_slots(self) -> None:
        """Give back the slots of calls that have ended.

        Last of all: what a failure cancels must not be granted one first, and what may come in now must be in line.
        """
        freed, self._freed = self._freed, []
        for call, outcome in freed:
            self.pool.end(call, outcome)

    async def _rest(self) -> None:
        """Wait until there is something to do."""
        recalls = self.recall is not None and self.recall.has_fresh
        if recalls or self._returned.has_fresh or self._deliveries.has_fresh or self._source.has_fresh:
            if self._stopped:
                await trio.lowlevel.cancel_shielded_checkpoint()
            else:
                await trio.lowlevel.checkpoint()
        elif self._timers.next_at == math.inf and not self._stopped:
            await self._sleep()
        else:
            # A stopped run has cancelled its nursery, in which this waits too: for the cleanup of calls, to its end.
            with trio.CancelScope(deadline=self._timers.next_at, shield=self._stopped):
                await self._sleep()

    async def _sleep(self) -> None:
        self._sleeper = trio.lowlevel.current_task()
        await trio.lowlevel.wait_task_rescheduled(self._abort_sleep)

    def _abort_sleep(self, _raise_cancel: object) -> trio.lowlevel.Abort:
        self._sleeper = None
        return trio.lowlevel.Abort.SUCCEEDED

    def _take_tasks(self) -> None:
        while not (self._stopped or self._plan.draining):
            room = self._room()
            if room < 1:
                return
            try:
                task = self._source.take(room)
            except Exception as error:  # the caller's own iterable raised: it goes to the caller
                self._halt(error)
                return
            if task is None:
                return
            self._start_task(task)

    def _room(self) -> int:
        """Return how many more tasks may come in."""
        limit = self._max_in_flight if self._max_in_flight is not None else self._plan.default_in_flight()
        return limit - len(self._active) - self._undelivered

    def _start_task(self, task: PipelineTask[Any]) -> None:
        started = TaskRun(self, task, next(self._numbers))
        self._active[started] = None
        started.start()

    def _end_unrun(self, call: Call, error: BaseException) -> None:
        """Take `call`, which has not begun, out of every place where it waits, and have it settled in this turn."""
        call.state = TicketState.ENDED
        call.error = error
        call.circuit.leave(call)
        gate = self._gates.get(call.stage.name)
        if gate is not None:
            gate.leave(call)
        self._posted.append(call)
        self.wake()

    def _settle(self, call: Call) -> None:
        error = call.error
        seconds = 0.0
        if call.state is TicketState.RUNNING:
            self._tell_breaker(call)
            outcome = outcome_of(error)
            seconds = trio.current_time() - call.started
            self._freed.append((call, outcome))
            call.circuit.ran(outcome)
            if error is not None and not isinstance(error, (Exception, Stopped)) and not is_cancellation(error):
                self._halt(error)  # neither a failure nor a cancellation, such as KeyboardInterrupt
        else:
            outcome = CallOutcome.REJECTED if call.rejected else outcome_of(error)
            self._replace(call)
        if self.recall is None or outcome is not CallOutcome.COMPLETED or not self.recall.keep(call, seconds):
            self.conclude(call, outcome, seconds)

    def conclude(self, call: Call, outcome: CallOutcome, seconds: float) -> None:
        """Tell that an attempt has ended, and repeat it or settle its call."""
        error = call.error
        if self.watched and call.announced:
            text = error_text(error) if isinstance(error, Exception) else None
            self.emit(CallEnded(time=trio.current_time(), outcome=outcome, seconds=seconds, error=text, **_tell(call)))
        call.announced = False
        if not (outcome is CallOutcome.FAILED and isinstance(error, Exception) and self._will_retry(call, error)):
            call.batch.task.settle(call, outcome, seconds)

    def _replace(self, call: Call) -> None:
        """Send the next one if it was `call`'s turn to find out whether its circuit is whole, or to use its time."""
        call.circuit.look_again()
        gate = self._gates.get(call.stage.name)
        if gate is not None:
            gate.look_again()

    def _tell_breaker(self, call: Call) -> None:
        try:
            call.circuit.breaker.settle(call.permit, call.error)
        except BaseException as bug:  # a predicate of the breaker raised: a bug that its author must see
            self._halt(bug)

    def _will_retry(self, call: Call, error: Exception) -> bool:
        policy = call.batch.settings.retry
        if (
            policy is None
            or call.attempt >= policy.attempts
            or not isinstance(error, policy.on)
            or call.batch.task.ending
            or call.work.dropped
            or isinstance(error, PoolClosedError)
        ):
            return False
        now = trio.current_time()
        delay = policy.backoff(call.attempt, error, self._rng)
        if self.watched:
            self.emit(CallRetried(time=now, delay=delay, **_tell(call)))
        again = call.next_attempt()
        self.at(now + delay, lambda: self._try_again(again))
        return True

    def _try_again(self, call: Call) -> None:
        if call.state is TicketState.NEW:
            self.hand_in(call)

    def _stop(self, reason: str) -> None:
        """Take no more tasks, and cancel those in flight."""
        self._stopped = True
        self.nursery.cancel_scope.cancel(reason=reason)
        for task in self._active:
            task.cancel(reason)
            self._touched[task] = None

    def _halt(self, error: BaseException) -> None:
        """Stop, for a reason that the caller is to see as it is."""
        self._note(error)
        self._stop(f"the run ends with {type(error).__name__}")

    def _note(self, error: BaseException | None) -> None:
        if error is not None:
            self._interruption = graver(self._interruption, error)

    def _raise_interruption(self) -> None:
        error, self._interruption = self._interruption, None
        unwound, self._unwound = self._unwound, []
        if unwound and error is not None and is_cancellation(error):
            error = unwound[0] if len(unwound) == 1 else PipelineErrorGroup.of_batch(unwound)
        if error is not None:
            try:
                raise error
            finally:
                del error, unwound  # a traceback holds this frame: that would be a cycle


def error_text(error: BaseException, longest: int = 200) -> str:
    """Return an error as one short line of text."""
    message = ""
    with contextlib.suppress(Exception):  # an error that cannot say what it is must not hide that there was one
        message = str(error)
    text = " ".join(f"{type(error).__name__}: {message}".split()) if message else type(error).__name__
    return text if len(text) <= longest else text[: longest - 1] + "…"


def _tell(call: Call) -> dict[str, Any]:
    return {
        "task_id": call.task_id,
        "stage": call.stage.name,
        "agent": call.agent_type,
        "item": call.item,
        "label": call.label,
        "attempt": call.attempt,
    }


def _place(call: Call) -> tuple[int, int, int, int]:
    return call.place
