"""One task on its way through the stages: what flows, what failed, and what comes of it.

Plain functions: everything here happens in the run's loop, in one order, and nothing waits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, final

import trio

from copy_that_orch.orchestrator.events import StageEnded, StageStarted, TaskEnded, TaskStarted
from copy_that_orch.orchestrator.policies import FailurePolicy
from copy_that_orch.orchestrator.pool.tickets import RUNNING
from copy_that_orch.orchestrator.reports import CallOutcome, PipelineResult, TaskStatus
from copy_that_orch.orchestrator.runs.calls import MISSING, Call, Item
from copy_that_orch.orchestrator.runs.item_source import ItemSource, all_of, raised_by_source, size_of
from copy_that_orch.orchestrator.runs.stage_batch import StageBatch, put_in_place
from copy_that_orch.orchestrator.runs.task_failures import TaskFailures
from copy_that_orch.orchestrator.runs.tracebacks import release_frames

if TYPE_CHECKING:
    from collections.abc import Sequence

    from copy_that_orch.orchestrator.errors import CallFailure
    from copy_that_orch.orchestrator.interfaces import PipelineTask
    from copy_that_orch.orchestrator.runs.run import PipelineRun

# A global is ten times as fast as an attribute of an enumeration (Python 3.11).
COMPLETED, PARTIAL, FAILED, CANCELLED = TaskStatus
RAN, CACHED = CallOutcome.COMPLETED, CallOutcome.CACHED


@final
class TaskRun:
    """One task of a run.

    Attributes:
      run: The run.
      desk: Where its calls are handed in and settled.
      task: The task.
      number: Its place among the run's tasks.
      ending: Whether it was cancelled or failed; what still runs of it is awaited.
      failed_late: Whether something failed in it while it was ending.
      counts: How often calls of a stage ended how.
    """

    __slots__ = (
        "_batches",
        "_failures",
        "_open_from",
        "_outputs",
        "_segment",
        "_started",
        "counts",
        "desk",
        "ending",
        "failed_late",
        "number",
        "run",
        "task",
    )

    def __init__(self, run: PipelineRun, task: PipelineTask[Any], number: int) -> None:
        self.run = run
        self.desk = run.desk
        self.task = task
        self.number = number
        self.ending = self.failed_late = False
        self.counts: dict[str, dict[CallOutcome, int]] = {}
        self._batches: list[StageBatch] = []
        self._segment = -1
        self._open_from = 0
        self._outputs: list[Any] = []
        self._failures = TaskFailures(task.task_id)
        self._started = trio.current_time()

    def start(self) -> None:
        """Let the first items in."""
        items = self.task.items
        count = 0
        unknown: Exception | None = None
        try:
            count = size_of(items)
            if not self.run.segments:  # nobody will read them one by one
                items = all_of(items)
        except Exception as error:  # the caller's own sequence: it fails its task
            unknown = error
        if self.desk.watched:
            self.desk.emit(TaskStarted(time=self._started, task_id=self.task.task_id, items=count))
        if unknown is None:
            self._open_segment(items, count)
        else:
            self._fail(self._unread(0, 0, unknown))
        self.pump()

    def settle(self, call: Call, outcome: CallOutcome, seconds: float) -> None:
        """Draw the consequences of a call that has ended for good."""
        batch, item = call.batch, call.work
        del batch.calls[call]
        item.left -= 1
        counts = batch.counts
        if counts is None:
            counts = batch.counts = self.counts[batch.settings.name] = {}
        counts[outcome] = counts.get(outcome, 0) + 1
        error, call.error = call.error, None
        if outcome is RAN or outcome is CACHED:
            item.outputs[call.agent_index] = call.result
        elif isinstance(error, Exception):
            self._failed(call, error, seconds)
        call.result = MISSING
        if not item.left:
            item.value = None
            item.calls.clear()  # they refer to it: a cycle
            self._passed(batch, item)

    def pump(self) -> None:
        """Move on everything that can be moved, and end the task when there is nothing left of it."""
        while not self.ending and self._move():
            pass
        if self.ending and not any(batch.calls for batch in self._batches):
            self._end(CANCELLED if self._failures.culprit is None else FAILED)

    def cancel(self, reason: str) -> None:
        """End the task: what waits leaves its queue, what runs is cancelled, and `pump` sees it end."""
        if self.ending:
            return
        self.ending = True
        for batch in self._batches:
            batch.cancel(reason)
            for call in [call for call in batch.calls if call.state is not RUNNING]:
                self.desk.withdraw(call)

    def _open_segment(self, items: Sequence[Any], count: int) -> None:
        """Open the stages up to the next gathering one, for `items` to flow in."""
        self._segment += 1
        self._open_from = 0
        self._outputs = []
        segments = self.run.segments
        if self._segment == len(segments):
            self._batches = []
            self._outputs = list(items)
            return
        self._batches = [StageBatch(self, stage) for stage in segments[self._segment]]
        first = self._batches[0]
        first.source = ItemSource(items, count, gathers=first.settings.gather)
        if not first.source.left:
            first.close_source()

    def _move(self) -> bool:
        """Move on what can be moved, from the back of the pipeline to its front; return whether to look again."""
        batches = self._batches
        for place in range(len(batches) - 1, self._open_from - 1, -1):
            batch = batches[place]
            if batch.source is not None:
                self._read(batch)
            elif place:
                upstream = batches[place - 1]
                while upstream.leaving or batch.inbox:
                    if upstream.leaving:
                        self._hand_over(upstream, batch)
                    if not (batch.inbox and batch.has_room):
                        break
                    self._enter(batch, *batch.inbox.popleft())
        return not self.ending and self._close_batches()

    def _read(self, batch: StageBatch) -> None:
        """Let in items from where they come from, while there is room."""
        while (source := batch.source) is not None and batch.has_room:
            index = source.index
            if source.left == 1:
                batch.close_source()
            try:
                entry = source.take()
            except Exception as error:  # the caller's own sequence: what cannot be read has failed
                batch.started_badly = True
                self._reach(batch, None, self._unread(index, batch.position, error))
            else:
                self._enter(batch, *entry)

    def _enter(self, batch: StageBatch, index: int, value: Any, label: str) -> None:
        """Make the calls of one item."""
        desk = self.desk
        if not batch.started:
            batch.started = True
            if desk.watched:
                desk.emit(StageStarted(time=trio.current_time(), task_id=self.task.task_id, stage=batch.settings.name))
        batch.inside += 1
        item = Item(index, value, label, len(batch.circuits))
        for agent_index, circuit in enumerate(batch.circuits):
            call = Call(batch, desk.next_order(), circuit, item, agent_index)
            item.calls.append(call)
            batch.calls[call] = None
        if desk.recall is not None:
            desk.recall.ask(item, batch)
            return
        for call in item.calls:
            desk.hand_in(call)

    def _passed(self, batch: StageBatch, item: Item) -> None:
        """Send on what came of an item whose calls have all ended."""
        entries = batch.outputs_of(item)
        if self.ending:
            batch.inside -= 1
        elif batch is self._batches[-1]:
            batch.inside -= 1
            put_in_place(entries, self._outputs)
        else:
            batch.leaving.append(entries)

    @staticmethod
    def _hand_over(upstream: StageBatch, batch: StageBatch) -> None:
        while upstream.leaving and (not batch.inbox or len(batch.inbox) < batch.capacity):
            batch.inbox.extend(upstream.leaving.popleft())
            upstream.inside -= 1

    def _close_batches(self) -> bool:
        """Close the stages that have nothing more to do; return whether there are new ones."""
        batches = self._batches
        while self._open_from < len(batches):
            batch = batches[self._open_from]
            if batch.inside or batch.inbox or not batch.last_came:
                return False
            self._open_from += 1
            if self.desk.watched:
                self._tell_end(batch)
            if (batch.started or batch.started_badly) and not batch.succeeded:
                self._fail(self._failures.first_of(batch.position))
                return False
            if self._open_from < len(batches):
                batches[self._open_from].last_came = True
        if self._segment == len(self.run.segments):
            self._end(PARTIAL if self._failures else COMPLETED)
            return False
        outputs = [value for value in self._outputs if value is not MISSING]
        self._open_segment(outputs, len(outputs))
        return True

    def _tell_end(self, batch: StageBatch) -> None:
        if batch.started:
            self.desk.emit(StageEnded(time=trio.current_time(), task_id=self.task.task_id, stage=batch.settings.name))

    def _failed(self, call: Call, error: Exception, seconds: float) -> None:
        """Note a failure, and let it reach as far as the stage's policy says."""
        self.failed_late = self.failed_late or (self.ending and call.state is RUNNING)
        self._reach(call.batch, call.work, self._failures.add(call, error, seconds))

    def _unread(self, index: int, position: int, error: Exception) -> CallFailure:
        """Note that an item could not be read, and return that failure."""
        segments = self.run.segments
        stage = segments[0][0].settings.name if segments else ""
        return self._failures.add_unread(stage, position, index, raised_by_source(__name__, error))

    def _reach(self, batch: StageBatch, item: Item | None, failure: CallFailure) -> None:
        """Let a failure reach as far as the stage's policy says; `item` is None if there is none yet."""
        policy = batch.settings.on_failure
        if policy is FailurePolicy.CANCEL:
            self._fail(failure)
            return
        release_frames(failure.exception)
        if policy is FailurePolicy.ISOLATE and item is not None and not item.dropped:
            item.dropped = True
            for sibling in item.calls:
                self.desk.stop(sibling)

    def _fail(self, culprit: CallFailure) -> None:
        self._failures.blame(culprit)
        self.cancel(f"{culprit.agent} failed on {culprit.label}")

    def _end(self, status: TaskStatus) -> None:
        now = trio.current_time()
        if self.desk.watched:
            for batch in self._batches[self._open_from :]:
                self._tell_end(batch)
        self._batches = []  # they refer to this: a cycle, and the task's items in it
        error = self._failures.group()
        result = PipelineResult(
            task_id=self.task.task_id,
            status=status,
            outputs=tuple(self._outputs) if status is COMPLETED or status is PARTIAL else (),
            error=error,
            started=self._started,
            ended=now,
            stages=self.counts,
        )
        self._outputs, self._failures = [], TaskFailures(self.task.task_id)
        if self.desk.watched:
            self.desk.emit(
                TaskEnded(
                    time=now,
                    task_id=self.task.task_id,
                    status=status,
                    seconds=result.seconds,
                    error=None if error is None else str(error),
                )
            )
        self.run.finished(self, result)
