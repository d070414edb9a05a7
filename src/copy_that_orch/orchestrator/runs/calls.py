"""One call: its item, its ticket, and how it ended."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final, final

from copy_that_orch.orchestrator.pool.tickets import NEW, Ticket

if TYPE_CHECKING:
    from collections.abc import Sequence

    import trio

    from copy_that_orch.orchestrator.circuit_breaker import Permit
    from copy_that_orch.orchestrator.result_store import ResultKey
    from copy_that_orch.orchestrator.runs.circuits import Circuit
    from copy_that_orch.orchestrator.runs.stage_batch import StageBatch


@final
class Missing:
    """The output of a call that has none."""


MISSING: Final = Missing()


class Stopped(BaseException):
    """Stands for the cancellation of a call whose agent was not called: bare, so neutral to every judge."""


@final
class Item:
    """One item in one stage: what the stage's agents get, and what they made of it.

    Attributes:
      index: Its place among the stage's items.
      value: The payload; forgotten when the last call ends.
      label: Short text that tells the item it was made from.
      calls: One for each agent, the last attempt; forgotten when the last one ends.
      left: How many of them have not ended.
      outputs: One per agent, MISSING until there is one.
      keys: One per agent, by which its result is stored; None where it is not. Empty without a store.
      dropped: Whether a failure has taken it out of the task.
    """

    __slots__ = ("calls", "dropped", "index", "keys", "label", "left", "outputs", "value")

    def __init__(self, index: int, value: Any, label: str, agents: int) -> None:
        self.index = index
        self.value = value
        self.label = label
        self.calls: list[Call] = []
        self.left = agents
        self.outputs: list[Any] = [MISSING] * agents
        self.keys: Sequence[ResultKey | None] = ()
        self.dropped = False


class Call(Ticket):
    """One attempt of one agent on one item.

    Attributes:
      batch: The stage batch that it belongs to.
      circuit: Its agent, and the breaker in front of it.
      work: The item.
      agent_index: The agent's place in its stage.
      permit: The breaker's, from its admission on.
      scope: Ends what is at work for it, its agent or the store, when it is cancelled; None while nothing is.
      result, error: How it ended, from its end until it is settled.
      rejected: Whether its circuit refused it.
      attempts_run: Attempts so far that reached the agent, earlier ones included.
      place: Task, stage, item, agent: the order in which calls that end together are settled.
      patience_ends: When it will have waited long enough for its circuit; `math.inf` until it waits for it.
      announced: Whether observers know of it and not yet of its end.
    """

    __slots__ = (
        "agent_index",
        "announced",
        "attempts_run",
        "batch",
        "circuit",
        "error",
        "patience_ends",
        "permit",
        "place",
        "rejected",
        "result",
        "scope",
        "work",
    )

    permit: Permit
    task_id: str
    agent_type: str
    item: int

    def __init__(self, batch: StageBatch, order: int, circuit: Circuit, work: Item, agent_index: int) -> None:
        # What a ticket has is set here, too: to call its own function would be a tenth of what a call costs to make.
        task = batch.task
        given = task.task
        self.stage = batch.queue
        self.order = order
        self.priority = given.priority
        self.state = NEW
        self.slot = None
        self.outer = task.desk.outer
        self.entry = -1
        self.queued = self.started = 0.0
        self.attempt = 1
        self.batch = batch
        self.circuit = circuit
        self.work = work
        self.agent_index = agent_index
        self.scope: trio.CancelScope | None = None
        self.rejected = False
        self.result: Any = MISSING
        self.error: BaseException | None = None
        self.attempts_run = 0
        self.patience_ends = math.inf
        self.announced = False
        self.place = task.number, batch.position, work.index, agent_index
        self.task_id = given.task_id
        self.agent_type = circuit.agent_type
        self.item = work.index
        self.label = work.label

    def next_attempt(self) -> Call:
        """Return the next attempt, which stands at the same place in line, and in for this one from now on."""
        again = Call(self.batch, self.order, self.circuit, self.work, self.agent_index)
        again.attempt = self.attempt + 1
        again.attempts_run = self.attempts_run
        del self.batch.calls[self]
        self.batch.calls[again] = None
        self.work.calls[self.agent_index] = again
        return again

    def granted(self) -> None:
        """Pass the breaker and start; the pool calls this."""
        self.batch.task.desk.start(self)

    def cancel(self, reason: str) -> None:
        """Cancel what is at work for it."""
        if self.scope is not None:
            self.scope.cancel(reason=reason)
