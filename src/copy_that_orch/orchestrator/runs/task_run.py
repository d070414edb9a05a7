"""One task on its way through the stages: what flows, what failed, and what comes of it.

Plain functions: everything here happens in the run's loop, in one order, and nothing waits.
"""

from __future__ import annotations

import contextlib
import dis
import inspect
import traceback
from typing import TYPE_CHECKING, Any, Final, final

import trio

from copy_that_orch.orchestrator.errors import CallFailure, PipelineErrorGroup
from copy_that_orch.orchestrator.events import StageEnded, StageStarted, TaskEnded, TaskStarted
from copy_that_orch.orchestrator.interfaces import PipelineTask
from copy_that_orch.orchestrator.policies import FailurePolicy
from copy_that_orch.orchestrator.pool.admission import TicketState
from copy_that_orch.orchestrator.reports import CallOutcome, PipelineResult, TaskStatus
from copy_that_orch.orchestrator.runs.calls import MISSING, Call, Item
from copy_that_orch.orchestrator.runs.stage_batch import StageBatch

if TYPE_CHECKING:
    import types
    from collections.abc import Sequence

    from copy_that_orch.orchestrator.runs.run import PipelineRun

_GENERATORS: Final = inspect.CO_GENERATOR | inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR
_YIELD: Final = dis.opmap["YIELD_VALUE"]


@final
class TaskRun:
    """One task of a run.

    Attributes:
      run: The run.
      task: The task.
      number: Its place among the run's tasks.
      ending: Whether it was cancelled or failed; what still runs of it is awaited.
      failed_late: Whether something failed in it while it was ending.
      counts: How often calls of a stage ended how.
    """

    __slots__ = (
        "_batches",
        "_culprit",
        "_failures",
        "_open_from",
        "_outputs",
        "_segment",
        "_started",
        "counts",
        "ending",
        "failed_late",
        "number",
        "run",
        "task",
    )

    def __init__(self, run: PipelineRun, task: PipelineTask[Any], number: int) -> None:
        self.run = run
        self.task = task
        self.number = number
        self.ending = self.failed_late = False
        self.counts: dict[str, dict[CallOutcome, int]] = {}
        self._batches: list[StageBatch] = []
        self._segment = -1
        self._open_from = 0
        self._outputs: list[Any] = []
        self._failures: list[tuple[tuple[int, int, int], CallFailure]] = []
        self._culprit: CallFailure | None = None
        self._started = trio.current_time()

    def start(self) -> None:
        """Let the first items in."""
        if self.run.watched:
            self.run.emit(TaskStarted(time=self._started, task_id=self.task.task_id, items=len(self.task.items)))
        self._next_segment(self.task.items)

    def settle(self, call: Call, outcome: CallOutcome, seconds: float) -> None:
        """Draw the consequences of a call that has ended for good."""
        batch, item = call.batch, call.work
        del batch.calls[call]
        del item.calls[call]
        counts = self.counts.setdefault(batch.settings.name, {})
        counts[outcome] = counts.get(outcome, 0) + 1
        error, call.error = call.error, None
        if outcome is CallOutcome.COMPLETED or outcome is CallOutcome.CACHED:
            item.outputs[call.agent_index] = call.result
        elif isinstance(error, Exception):
            self._failed(call, error, seconds)
        call.result = MISSING
        if not item.calls:
            item.value = None
            self._passed(batch, item)

    def pump(self) -> None:
        """Move on everything that can be moved, from the back of the pipeline to its front."""
        if self.ending:
            if not any(batch.calls for batch in self._batches):
                self._end(TaskStatus.CANCELLED if self._culprit is None else TaskStatus.FAILED)
            return
        batches = self._batches
        for place in range(len(batches) - 1, self._open_from - 1, -1):
            batch = batches[place]
            while True:
                if place and batches[place - 1].leaving:
                    self._hand_over(batches[place - 1], batch)
                entry = batch.next_entry()
                if entry is None:
                    break
                self._enter(batch, *entry)
        self._close_batches()

    def cancel(self, reason: str) -> None:
        """End the task: what waits leaves its queue, what runs is cancelled, and `pump` sees it end."""
        if self.ending:
            return
        self.ending = True
        for batch in self._batches:
            batch.cancel(reason)
            for call in [call for call in batch.calls if call.state is not TicketState.RUNNING]:
                self.run.withdraw(call)

    def _next_segment(self, items: Sequence[Any]) -> None:
        """Open the stages up to the next gathering one, and let `items` flow in."""
        self._segment += 1
        self._open_from = 0
        self._batches = []
        run = self.run
        if self._segment == len(run.segments):
            self._outputs = list(items)
            self._end(TaskStatus.PARTIAL if self._failures else TaskStatus.COMPLETED)
            return
        stages = run.segments[self._segment]
        first: Sequence[Any] = (tuple(items),) if stages[0].settings.gather else items
        source: Sequence[Any] | None = first
        self._outputs = []
        for stage in stages:
            self._batches.append(StageBatch(self, stage, source))
            source = None
        self.pump()

    def _enter(self, batch: StageBatch, index: int, value: Any, label: str) -> None:
        """Make the calls of one item."""
        run = self.run
        pool = run.pool
        if not batch.started:
            batch.started = True
            if run.watched:
                run.emit(StageStarted(time=trio.current_time(), task_id=self.task.task_id, stage=batch.settings.name))
        batch.inside += 1
        item = Item(index, value, label, len(batch.circuits))
        for agent_index, circuit in enumerate(batch.circuits):
            call = Call(batch, batch.queue, pool.next_order(), circuit, item, agent_index)
            item.calls[call] = None
            batch.calls[call] = None
        if run.recall is not None:
            run.recall.ask(item, batch)
            return
        for call in list(item.calls):
            run.hand_in(call)

    def _passed(self, batch: StageBatch, item: Item) -> None:
        """Send on what came of an item whose calls have all ended."""
        outputs = batch.outputs_of(item)
        if self.ending:
            batch.inside -= 1
        elif batch is self._batches[-1]:
            batch.inside -= 1
            for index, value, _label in outputs:
                # By index and not in a dict: eight bytes an item, however many there are.
                if index >= len(self._outputs):
                    self._outputs.extend([MISSING] * (index + 1 - len(self._outputs)))
                self._outputs[index] = value
        else:
            batch.leaving.append(outputs)

    @staticmethod
    def _hand_over(upstream: StageBatch, batch: StageBatch) -> None:
        while upstream.leaving and len(batch.inbox) < batch.capacity:
            batch.inbox.extend(upstream.leaving.popleft())
            upstream.inside -= 1

    def _close_batches(self) -> None:
        batches = self._batches
        while self._open_from < len(batches):
            batch = batches[self._open_from]
            if not batch.is_done():
                return
            self._close(batch)
            self._open_from += 1
            if batch.started and not batch.succeeded:
                self._fail(self._first_failure_of(batch))
                self.pump()
                return
            if self._open_from < len(batches):
                batches[self._open_from].last_came = True
        self._next_segment([value for value in self._outputs if value is not MISSING])

    def _close(self, batch: StageBatch) -> None:
        if batch.started and self.run.watched:
            self.run.emit(StageEnded(time=trio.current_time(), task_id=self.task.task_id, stage=batch.settings.name))

    def _failed(self, call: Call, error: Exception, seconds: float) -> None:
        """Note a failure, and let it reach as far as the stage's policy says."""
        batch = call.batch
        failure = CallFailure(
            task_id=self.task.task_id,
            stage=batch.settings.name,
            agent=call.circuit.agent_type,
            item=call.work.index,
            label=call.label,
            attempts=call.attempts_run,
            seconds=seconds,
            exception=error,
        )
        error.add_note(failure.note)
        self.failed_late = self.failed_late or (self.ending and call.state is TicketState.RUNNING)
        self._failures.append(((call.work.index, batch.position, call.agent_index), failure))
        if batch.settings.on_failure is FailurePolicy.CANCEL:
            self._fail(failure)
            return
        release_frames(error)
        if batch.settings.on_failure is FailurePolicy.ISOLATE and not call.work.dropped:
            call.work.dropped = True
            for sibling in list(call.work.calls):
                self.run.stop(sibling)

    def _fail(self, culprit: CallFailure) -> None:
        if self._culprit is None:
            self._culprit = culprit
        self.cancel(f"{culprit.agent} failed on {culprit.label}")

    def _first_failure_of(self, batch: StageBatch) -> CallFailure:
        return min((entry for entry in self._failures if entry[0][1] == batch.position), key=lambda entry: entry[0])[1]

    def _end(self, status: TaskStatus) -> None:
        now = trio.current_time()
        for batch in self._batches[self._open_from :]:
            self._close(batch)
        self._batches = []  # they refer to this: a cycle, and the task's items in it
        error = self._error()
        result = PipelineResult(
            task_id=self.task.task_id,
            status=status,
            outputs=tuple(self._outputs) if status in {TaskStatus.COMPLETED, TaskStatus.PARTIAL} else (),
            error=error,
            started=self._started,
            ended=now,
            stages=self.counts,
        )
        self._outputs = []
        if self.run.watched:
            self.run.emit(
                TaskEnded(
                    time=now,
                    task_id=self.task.task_id,
                    status=status,
                    seconds=result.seconds,
                    error=None if error is None else str(error),
                )
            )
        self.run.finished(self, result)

    def _error(self) -> PipelineErrorGroup | None:
        ordered = [failure for _place, failure in sorted(self._failures, key=lambda entry: entry[0])]
        if self._culprit is not None:
            ordered = [self._culprit, *(failure for failure in ordered if failure is not self._culprit)]
        return PipelineErrorGroup.of_task(self.task.task_id, ordered) if ordered else None


def release_frames(error: BaseException) -> None:
    """Let go of the local variables that the tracebacks of `error` and of its causes hold: items among them.

    A collected failure lives as long as its task, or longer; what it failed on must not. Frames that are still in use,
    by a coroutine that caught the error and went on, are left alone: to clear one would end the coroutine.
    """
    seen: set[int] = set()
    todo: list[BaseException | None] = [error]
    while todo:
        one = todo.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        for frame, _line in traceback.walk_tb(one.__traceback__):
            if not _is_suspended(frame):
                with contextlib.suppress(RuntimeError):  # it runs
                    frame.clear()
        todo += [one.__cause__, one.__context__]
        if isinstance(one, BaseExceptionGroup):
            todo += one.exceptions


def _is_suspended(frame: types.FrameType) -> bool:
    """Return whether `frame` is that of a generator or coroutine that waits to go on."""
    # A frame that an error has left stands at what raised it, one that waits at its `yield` or `await`.
    code = frame.f_code
    return bool(code.co_flags & _GENERATORS) and code.co_code[frame.f_lasti] == _YIELD
