"""All calls of one stage of one task, and the bounded channel in front of it."""

from __future__ import annotations

import collections
from typing import TYPE_CHECKING, Any, TypeAlias, final

import attrs

from copy_that_orch.orchestrator.interfaces import label_of
from copy_that_orch.orchestrator.runs.calls import MISSING, Call, Item

if TYPE_CHECKING:
    from collections.abc import Sequence

    from copy_that_orch.orchestrator.interfaces import Stage
    from copy_that_orch.orchestrator.pool.admission import StageQueue
    from copy_that_orch.orchestrator.runs.circuits import Circuit
    from copy_that_orch.orchestrator.runs.crew import Crew
    from copy_that_orch.orchestrator.runs.task_run import TaskRun

Entry: TypeAlias = "tuple[int, Any, str]"
"""Index, payload and label of an item on its way into a stage."""


@attrs.frozen
class RunStage:
    """One stage in one run: its place, its settings, its agents, its queue, and the Trio tasks for its calls."""

    position: int
    settings: Stage
    circuits: Sequence[Circuit]
    queue: StageQueue
    crew: Crew


@final
class StageBatch:
    """One stage of one task.

    Args:
      task: The task.
      stage: The stage.
      source: Where they come from, if not from the stage before.

    At most `capacity` items are inside at once, from their first call until the next stage has taken what came of
    them, and as many wait in front. So memory follows the stage's limit, and a slow stage slows the ones before it.

    Attributes:
      task: The task.
      position: The stage's place in the pipeline.
      settings: How the stage runs.
      circuits: Its agents.
      crew: The Trio tasks for its calls.
      inbox: Items that wait to come in.
      inside: Number of items that are inside.
      leaving: Outputs of finished items that wait for room in the next stage.
      calls: The calls that have not ended.
      succeeded: Outputs so far.
      last_came: Whether no more item will come.
      cancelled: Whether it was cancelled.
    """

    __slots__ = (
        "_read",
        "_source",
        "calls",
        "cancelled",
        "circuits",
        "crew",
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

    def __init__(self, task: TaskRun, stage: RunStage, source: Sequence[Any] | None) -> None:
        self.task = task
        self.position = stage.position
        self.settings = stage.settings
        self.circuits = stage.circuits
        self.queue = stage.queue
        self.crew = stage.crew
        self.inbox: collections.deque[Entry] = collections.deque()
        self.leaving: collections.deque[list[Entry]] = collections.deque()
        self.inside = self.succeeded = 0
        self.calls: dict[Call, None] = {}
        self.started = self.cancelled = False
        self.last_came = source is not None and len(source) == 0
        self._source = None if self.last_came else source
        self._read = 0

    @property
    def capacity(self) -> int:
        """Most items inside, and most items in front."""
        return max(1, self.queue.limit)

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

    def cancel(self, reason: str) -> None:
        """Cancel what runs, and let nothing more start or come in."""
        self.cancelled = True
        self._source = None
        self.inbox.clear()
        self.leaving.clear()
        for call in self.calls:
            call.cancel(reason)
