"""The loop of one `execute`, `execute_batch` or `stream`: everything is decided here, in one place and in one order.

Trio runs the Trio tasks of one scheduler pass in an order that it does not promise. So a call that ends decides
nothing: it posts itself and wakes the loop, which settles everything that was posted since, in canonical order. The
same input then gives the same events in the same order, and waiting work needs no Trio task at all.
"""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING, Any, final

import trio

from copy_that_orch.orchestrator.errors import PipelineErrorGroup
from copy_that_orch.orchestrator.reports import PipelineResult
from copy_that_orch.orchestrator.runs.desk import Desk
from copy_that_orch.orchestrator.runs.interruptions import from_nursery, graver, is_cancellation
from copy_that_orch.orchestrator.runs.passes import Mailbox, Passes
from copy_that_orch.orchestrator.runs.recall import Recall
from copy_that_orch.orchestrator.runs.run_stage import stages_of
from copy_that_orch.orchestrator.runs.task_run import CANCELLED, FAILED, TaskRun

if TYPE_CHECKING:
    from collections.abc import Callable

    from copy_that_orch.orchestrator.interfaces import PipelineTask
    from copy_that_orch.orchestrator.runs.plan import Plan
    from copy_that_orch.orchestrator.runs.task_source import TaskSource


@final
class PipelineRun:
    """One run: the tasks in flight, the desk for their calls, and the loop.

    Args:
      plan: What the coordinator was told.
      source: The tasks.
      deliver: Is given the number of each task that has ended, by the order in which they came, and its result.
      streams: Whether results are taken one by one while the run goes on, and `delivered` tells of each; those not yet
        taken count as in flight, so that a slow consumer slows the source.
      fail_fast: Whether a failed task ends the run.
      max_in_flight: Most tasks under way; None: as many as keep all slots busy.

    Attributes:
      segments: The stages that have agents, cut before each gathering stage.
      desk: Where calls are handed in and settled.
      nursery: Holds the stages' nurseries, and whoever reads the tasks or asks the store.
      failed: Whether a failed task has ended the run.
    """

    __slots__ = (
        "_active",
        "_crews",
        "_deliver",
        "_deliveries",
        "_fail_fast",
        "_interruption",
        "_max_in_flight",
        "_numbers",
        "_passes",
        "_plan",
        "_sleeper",
        "_source",
        "_stopped",
        "_streams",
        "_undelivered",
        "_unwound",
        "desk",
        "failed",
        "nursery",
        "segments",
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
        self._plan = plan
        self._source = source
        self._deliver = deliver
        self._streams = streams
        self._fail_fast = fail_fast
        self._max_in_flight = max_in_flight
        self._passes = Passes.here()
        self._deliveries: Mailbox[bool] = Mailbox(self._passes, self.wake)
        self.desk = Desk(plan, self._passes, self.wake, self._halt)
        self.segments = stages_of(plan, self.desk.circuits, self.desk.returned)
        self.desk.recall = None if plan.store is None else Recall(self, plan.store, self._passes)
        self._crews = [stage.crew for segment in self.segments for stage in segment]
        self._active: dict[TaskRun, None] = {}
        self._numbers = itertools.count()
        self._undelivered = 0
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
        with self._plan.attended(self, self.desk.circuits), self._passes.counted():
            try:
                async with trio.open_nursery() as self.nursery:
                    self._source.open(self.nursery, self._passes, self.wake)
                    await self._open_stages(0)
                    self.nursery.cancel_scope.cancel(reason="every task has ended")
            except BaseException as error:  # Control-C while the last Trio tasks ended
                self._note(from_nursery(error))
            self._note(self._source.take_error())
        # These refer to this run: cycles, and whatever it has delivered in them.
        self.desk.close()
        self._crews, self.segments, self._deliveries = [], [], Mailbox(self._passes)
        self._raise_interruption()

    # What the parts of a run ask of it.

    def delivered(self) -> None:
        """Note that somebody has taken a result."""
        self._deliveries.put(True)

    def wake(self) -> None:
        """Take a turn soon: something has changed."""
        if self._sleeper is not None:
            trio.lowlevel.reschedule(self._sleeper)
            self._sleeper = None

    def resized(self) -> None:
        """Have every task look for more room: a limit has changed."""
        self.desk.touched.update(dict.fromkeys(self._active))
        self.wake()

    def finished(self, task: TaskRun, result: PipelineResult) -> None:
        """Deliver the result of a task of which nothing runs any more."""
        del self._active[task]
        self._plan.tally[result.status] += 1
        if result.error is not None and task.failed_late and self._interruption is not None:
            self._unwound.append(result.error)
        if result.status is not CANCELLED:
            self._undelivered += self._streams
            self._deliver(task.number, result)
        if result.status is FAILED and self._fail_fast:
            self.failed = True
            self._stop(f"task {result.task_id!r} failed")

    @property
    def in_flight(self) -> int:
        """Number of tasks under way."""
        return len(self._active)

    # The loop.

    async def _open_stages(self, place: int) -> None:
        """Open the nurseries of the stages from `place` on, one in another, and in them run the loop."""
        if place < len(self._crews):
            async with trio.open_nursery() as self._crews[place].nursery:
                await self._open_stages(place + 1)
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

    async def _loop(self) -> None:
        while True:
            self.desk.pool.keep_slots()
            try:
                self._turn()
            finally:
                self.desk.end_turn()
                self.desk.pool.return_slots()
            if not self._active and (self._stopped or self._plan.draining or self._source.exhausted):
                return
            try:
                await self._rest()
                if not self._stopped:  # a sleeper that was woken first, and cancelled then, has not heard of it
                    await trio.lowlevel.checkpoint_if_cancelled()
            except BaseException as error:  # a cancellation from outside, or Control-C
                self._halt(error)

    def _turn(self) -> None:
        desk = self.desk
        while True:
            desk.now = trio.current_time()
            self._undelivered -= len(self._deliveries.take_all())
            desk.settle_all()
            touched, desk.touched = desk.touched, {}
            for task in touched:
                if task in self._active:
                    task.pump()
            self._take_tasks()
            desk.free_slots()
            if not desk.has_news:
                return

    async def _rest(self) -> None:
        """Wait until there is something to do."""
        if self.desk.has_fresh or self._deliveries.has_fresh or self._source.has_fresh:
            if self._stopped:
                await trio.lowlevel.cancel_shielded_checkpoint()
            else:
                await trio.lowlevel.checkpoint()
        elif self.desk.timers.next_at == math.inf and not self._stopped:
            await self._sleep()
        else:
            # A stopped run has cancelled its nursery, in which this waits too: for the cleanup of calls, to its end.
            with trio.CancelScope(deadline=self.desk.timers.next_at, shield=self._stopped):
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

    def _stop(self, reason: str) -> None:
        """Take no more tasks, and cancel those in flight."""
        self._stopped = True
        self.nursery.cancel_scope.cancel(reason=reason)
        for task in self._active:
            task.cancel(reason)
            self.desk.touched[task] = None

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
