"""All calls of one stage of one task, and the bounded channel in front of it."""

from __future__ import annotations

import collections
from typing import TYPE_CHECKING, Any, TypeAlias, final

from copy_that_orch.orchestrator.runs.calls import MISSING, Call, Item

if TYPE_CHECKING:
    from collections.abc import Sequence

    from copy_that_orch.orchestrator.reports import CallOutcome
    from copy_that_orch.orchestrator.runs.item_source import ItemSource
    from copy_that_orch.orchestrator.runs.run_stage import RunStage
    from copy_that_orch.orchestrator.runs.task_run import TaskRun

Entry: TypeAlias = "tuple[int, Any, str]"
"""Index, payload and label of an item on its way into a stage."""


def put_in_place(entries: Sequence[Entry], outputs: list[Any]) -> None:
    """Put payloads at their places in `outputs`, in whatever order they come; MISSING holds one for others."""
    for index, value, _label in entries:
        # By index and not in a dict: eight bytes an item, however many there are.
        if index == len(outputs):
            outputs.append(value)
            continue
        if index > len(outputs):
            outputs.extend([MISSING] * (index + 1 - len(outputs)))
        outputs[index] = value


@final
class StageBatch:
    """One stage of one task.

    Args:
      task: The task.
      stage: The stage.

    At most `capacity` items are inside at once, from their first call until the next stage has taken what came of
    them, and as many wait in front. So memory follows the stage's limit, and a slow stage slows the ones before it.

    Attributes:
      task: The task.
      position: The stage's place in the pipeline.
      settings: How the stage runs.
      circuits: Its agents.
      crew: The Trio tasks for its calls.
      source: Where its items come from, until the last one has come; None: the stage before.
      inbox: Items that wait to come in.
      inside: Number of items that are inside.
      leaving: Outputs of finished items that wait for room in the next stage.
      calls: The calls that have not ended.
      counts: How often calls ended how; None until one has.
      started, started_badly: Whether an item has come in, or could not be read.
      succeeded: Outputs so far.
      last_came: Whether no more item will come.
      cancelled: Whether it was cancelled.
    """

    __slots__ = (
        "calls",
        "cancelled",
        "circuits",
        "counts",
        "crew",
        "inbox",
        "inside",
        "last_came",
        "leaving",
        "position",
        "queue",
        "settings",
        "source",
        "started",
        "started_badly",
        "succeeded",
        "task",
    )

    def __init__(self, task: TaskRun, stage: RunStage) -> None:
        self.task = task
        self.position = stage.position
        self.settings = stage.settings
        self.circuits = stage.circuits
        self.queue = stage.queue
        self.crew = stage.crew
        self.source: ItemSource | None = None
        self.inbox: collections.deque[Entry] = collections.deque()
        self.leaving: collections.deque[list[Entry]] = collections.deque()
        self.inside = self.succeeded = 0
        self.calls: dict[Call, None] = {}
        self.counts: dict[CallOutcome, int] | None = None
        self.started = self.started_badly = self.cancelled = self.last_came = False

    @property
    def capacity(self) -> int:
        """Most items inside, and most items in front."""
        return max(1, self.queue.limit)

    @property
    def has_room(self) -> bool:
        """Whether one more item may come in."""
        return not self.inside or self.inside < self.capacity

    def close_source(self) -> None:
        """Note that the last item has come, and hold the sequence no longer."""
        self.source = None
        self.last_came = True

    def outputs_of(self, item: Item) -> list[Entry]:
        """Return what the next stage gets of a finished item, and forget the item's part in it."""
        outputs, item.outputs = item.outputs, []
        if item.dropped:
            return []
        first = item.index * len(outputs)
        entries = [(first + agent, value, item.label) for agent, value in enumerate(outputs) if value is not MISSING]
        self.succeeded += len(entries)
        return entries

    def cancel(self, reason: str) -> None:
        """Cancel what runs, and let nothing more start or come in."""
        self.cancelled = True
        self.source = None
        self.inbox.clear()
        self.leaving.clear()
        for call in self.calls:
            call.cancel(reason)
