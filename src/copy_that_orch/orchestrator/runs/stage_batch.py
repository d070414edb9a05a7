"""All calls of one stage of one task, the bounded channel in front of it, and its nursery."""

from __future__ import annotations

import collections
import functools
from typing import TYPE_CHECKING, Any, TypeAlias, final

import attrs
import trio

from copy_that_orch.orchestrator.interfaces import label_of
from copy_that_orch.orchestrator.policies import FailurePolicy
from copy_that_orch.orchestrator.runs.calls import MISSING, Call, Item, Stopped, run_call

if TYPE_CHECKING:
    from collections.abc import Sequence

    from copy_that_orch.orchestrator.interfaces import Stage
    from copy_that_orch.orchestrator.pool.admission import StageQueue
    from copy_that_orch.orchestrator.runs.circuits import Circuit
    from copy_that_orch.orchestrator.runs.run import PipelineRun
    from copy_that_orch.orchestrator.runs.task_run import TaskRun

Entry: TypeAlias = "tuple[int, Any, str]"
"""Index, payload and label of an item on its way into a stage."""


@attrs.frozen
class RunStage:
    """One stage in one run: its place, its settings, its agents and its queue."""

    position: int
    settings: Stage
    circuits: Sequence[Circuit]
    queue: StageQueue


@final
class StageBatch:
    """One stage of one task.

    Args:
      task: The task.
      stage: The stage.
      most: Most items that may come.
      source: Where they come from, if not from the stage before.

    At most `capacity` items are inside at once, from their first call until the next stage has taken what came of
    them, and as many wait in front. So memory follows the stage's limit, and a slow stage slows the ones before it.

    Attributes:
      task: The task.
      position: The stage's place in the pipeline.
      settings: How the stage runs.
      circuits: Its agents.
      inbox: Items that wait to come in.
      inside: Number of items that are inside.
      leaving: Outputs of finished items that wait for room in the next stage.
      calls: The calls that have not ended.
      succeeded: Outputs so far.
      last_came: Whether no more item will come.
      cancelled: Whether it was cancelled.
    """

    __slots__ = (
        "_held",
        "_nursery",
        "_only_call",
        "_opening",
        "_read",
        "_source",
        "calls",
        "cancelled",
        "circuits",
        "inbox",
        "inside",
        "last_came",
        "leaving",
        "position",
        "queue",
        "settings",
        "started",
        "succeeded",
        "task",
    )

    def __init__(self, task: TaskRun, stage: RunStage, most: int, source: Sequence[Any] | None) -> None:
        self.task = task
        self.position = stage.position
        self.settings = stage.settings
        self.circuits = stage.circuits
        self.queue = stage.queue
        self.inbox: collections.deque[Entry] = collections.deque()
        self.leaving: collections.deque[list[Entry]] = collections.deque()
        self.inside = self.succeeded = 0
        self.calls: dict[Call, None] = {}
        self.started = self.cancelled = False
        self.last_came = source is not None and len(source) == 0
        self._source = None if self.last_came else source
        self._read = 0
        self._only_call = most * len(stage.circuits) == 1
        self._nursery: trio.Nursery | None = None
        self._opening: list[Call] | None = None
        self._held: trio.Event | None = None  # there is one while the nursery is held open

    @property
    def capacity(self) -> int:
        """Most items inside, and most items in front."""
        return max(1, self.queue.limit)

    @property
    def drops_items(self) -> bool:
        """Whether a failed call takes its siblings with it, and nothing else."""
        return self.settings.on_failure is FailurePolicy.ISOLATE and len(self.circuits) > 1

    def next_entry(self) -> Entry | None:
        """Return the next item that may come in now, if there is one."""
        source = self._source
        if (source is None and not self.inbox) or self.inside >= self.capacity:
            return None
        if source is None:
            return self.inbox.popleft()
        # By index and not by an iterator, which would hold the last item until it is asked for the next one.
        index, self._read = self._read, self._read + 1
        value = source[index]
        if self._read == len(source):
            self._source = None
            self.last_came = True
        return index, value, self._label(value)

    def _label(self, value: Any) -> str:
        if not self.settings.gather:
            return label_of(value)
        return "1 item" if len(value) == 1 else f"{len(value)} items"

    def is_done(self) -> bool:
        """Return whether everything that will ever come in has gone out."""
        return self.last_came and not (self.inside or self.inbox)

    def outputs_of(self, item: Item) -> list[Entry]:
        """Return what the next stage gets of a finished item, and forget the item's part in it."""
        outputs, item.outputs = item.outputs, []
        if item.dropped:
            return []
        first = item.index * len(self.circuits)
        entries = [(first + agent, value, item.label) for agent, value in enumerate(outputs) if value is not MISSING]
        self.succeeded += len(entries)
        return entries

    def start(self, run: PipelineRun, call: Call) -> None:
        """Start the Trio task of a call that has its slot."""
        if self._only_call:
            # The whole stage batch is this one call: its Trio task is the batch, and a nursery would add nothing.
            _launch(run.nursery, run, call)
        elif self._nursery is not None:
            _launch(self._nursery, run, call)
        elif self._opening is not None:
            self._opening.append(call)
        else:
            self._opening = [call]
            self._held = trio.Event()
            run.nursery.start_soon(self._hold, run, self._held, name=f"{self.task.task.task_id}: {self.settings.name}")

    def cancel(self, reason: str) -> None:
        """Cancel what runs, and let nothing more start or come in."""
        self.cancelled = True
        self._source = None
        self.inbox.clear()
        self.leaving.clear()
        if self._nursery is not None:
            self._nursery.cancel_scope.cancel(reason=reason)
        self.close()

    def close(self) -> None:
        """Let the nursery close when its last call has ended; no more will start."""
        if self._held is not None:
            self._held.set()

    @trio.lowlevel.enable_ki_protection
    async def _hold(self, run: PipelineRun, held: trio.Event) -> None:
        """Keep the batch's nursery open until its last call has ended."""
        async with trio.open_nursery() as nursery:
            opening, self._opening = self._opening or [], None
            self._nursery = nursery
            for call in opening:  # a cancelled batch starts them too: they end at once, and are settled like the rest
                _launch(nursery, run, call)
            await held.wait()


def _launch(nursery: trio.Nursery, run: PipelineRun, call: Call) -> None:
    """Start the Trio task of `call` with the context variables of whoever began the run.

    Those that are current here may be another's: a call is granted its slot by whoever gives one back.
    """
    name = f"{call.agent_type}[{call.item}]"
    try:
        run.context.run(functools.partial(nursery.start_soon, run_call, call, run.pool, run.returned, name=name))
    except RuntimeError:
        # The nursery is closed: a cancellation from outside has ended it, and the run has yet to hear of that.
        call.error = Stopped()
        run.returned(call)
