"""One call: its item, its ticket, and the Trio task that runs the agent."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final, final

import trio

from copy_that_orch.orchestrator.agent_pool import AgentPool, running_in
from copy_that_orch.orchestrator.errors import AttemptTimeoutError
from copy_that_orch.orchestrator.pool.admission import StageQueue, Ticket
from copy_that_orch.orchestrator.runs.interruptions import split_cancelled

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from copy_that_orch.orchestrator.circuit_breaker import Permit
    from copy_that_orch.orchestrator.interfaces import BasePipelineAgent, PipelineTask
    from copy_that_orch.orchestrator.runs.circuits import Circuit
    from copy_that_orch.orchestrator.runs.stage_batch import StageBatch


@final
class Missing:
    """The output of a call that has none."""


MISSING: Final = Missing()


class Stopped(BaseException):
    """Stands for the cancellation of a call whose own scope has swallowed it: bare, so neutral to every judge."""


@final
class Item:
    """One item in one stage: what the stage's agents get, and what they made of it.

    Attributes:
      index: Its place among the stage's items.
      value: The payload; forgotten when the last call ends.
      label: Short text that tells the item it was made from.
      calls: Its calls that have not ended.
      outputs: One per agent, MISSING until there is one.
      dropped: Whether a failure has taken it out of the task.
    """

    __slots__ = ("calls", "dropped", "index", "label", "outputs", "value")

    def __init__(self, index: int, value: Any, label: str, agents: int) -> None:
        self.index = index
        self.value = value
        self.label = label
        self.calls: dict[Call, None] = {}
        self.outputs: list[Any] = [MISSING] * agents
        self.dropped = False


class Call(Ticket):
    """One attempt of one agent on one item.

    Attributes:
      batch: The stage batch that it belongs to.
      circuit: Its agent, and the breaker in front of it.
      work: The item.
      agent_index: The agent's place in its stage.
      permit: The breaker's, from its admission on.
      scope: The attempt's own cancel scope, if it needs one.
      result, error: How it ended, from its end until it is settled.
      rejected: Whether its circuit refused it.
      attempts_run: Attempts so far that reached the agent, earlier ones included.
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
        "rejected",
        "result",
        "scope",
        "work",
    )

    permit: Permit

    def __init__(
        self, batch: StageBatch, queue: StageQueue, order: int, circuit: Circuit, work: Item, agent_index: int
    ) -> None:
        super().__init__(queue, order, batch.task.task.priority)
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
        self.task_id = batch.task.task.task_id
        self.agent_type = circuit.agent_type
        self.item = work.index
        self.label = work.label

    @property
    def place(self) -> tuple[int, int, int, int]:
        """Task, stage, item, agent: the order in which calls that end together are settled."""
        return self.batch.task.number, self.batch.position, self.work.index, self.agent_index

    def next_attempt(self) -> Call:
        """Return the next attempt, which stands at the same place in line, and in for this one from now on."""
        again = Call(self.batch, self.stage, self.order, self.circuit, self.work, self.agent_index)
        again.attempt = self.attempt + 1
        again.attempts_run = self.attempts_run
        for calls in (self.batch.calls, self.work.calls):
            del calls[self]
            calls[again] = None
        return again

    def granted(self) -> None:
        """Pass the breaker and start; the pool calls this."""
        self.batch.task.run.start(self)

    def needs_scope(self) -> bool:
        """Return whether this attempt may have to be ended without its whole batch."""
        return self.batch.settings.timeout is not None or self.batch.drops_items or self.permit.needs_scope


@trio.lowlevel.enable_ki_protection
async def run_call(call: Call, pool: AgentPool, ended: Callable[[Call], None]) -> None:
    """Run one attempt in its own Trio task and hand it to `ended`, whatever happens.

    What the agent raises is kept for the run to judge; only cancellation goes on from here.
    """
    running_in.set((pool, call))
    try:
        if call.batch.cancelled or call.work.dropped:  # between its grant and now: the agent is not called
            call.error = Stopped()
            return
        call.attempts_run += 1
        process = _run_in_scope(call) if call.needs_scope() else _run_agent(call)
        call.result = await process
    except BaseExceptionGroup as group:
        # An agent's own nursery, cancelled from outside while a child failed: the failure is ours to tell, the
        # cancellation is not ours to keep.
        cancelled = _keep_failures(call, group)
        if cancelled is not None:
            try:
                raise cancelled from None
            finally:
                del cancelled  # its traceback holds this frame: that would be a cycle
    except BaseException as error:
        call.error = _without_our_frames(error)
        if isinstance(error, trio.Cancelled):
            raise
    finally:
        ended(call)


async def _run_in_scope(call: Call) -> Any:
    timeout = call.batch.settings.timeout
    started = trio.current_time()
    deadline = float("inf") if timeout is None else started + timeout
    with trio.CancelScope(deadline=min(deadline, call.permit.deadline)) as call.scope:
        call.permit.scope = call.scope
        return await _run_agent(call)
    if call.work.dropped:
        raise Stopped
    interruption = call.permit.interruption()
    if interruption is not None:
        raise interruption
    raise AttemptTimeoutError(f"agent {call.agent_type!r} took longer than {timeout} s on {call.label}")


@trio.lowlevel.disable_ki_protection
async def _run_agent(call: Call) -> Any:
    agent: BasePipelineAgent[Any, Any] = call.circuit.agent
    task: PipelineTask[Any] = call.batch.task.task
    return await agent.process(task, call.work.value)


def _keep_failures(call: Call, group: BaseExceptionGroup[BaseException]) -> BaseException | None:
    """Keep what failed in a group as the error of `call`, and return its cancellations, if it has any."""
    cancelled, failed = split_cancelled(group)
    call.error = _without_our_frames(group if cancelled is None or failed is None else failed)
    return cancelled


def _without_our_frames(error: BaseException) -> BaseException:
    """Return `error` with a traceback that begins in the agent's code.

    Our frames say nothing to its author, and they hold the call, which holds the error: a cycle.
    """
    traceback: TracebackType | None = error.__traceback__
    while traceback is not None and traceback.tb_frame.f_globals is globals():
        traceback = traceback.tb_next
    return error.with_traceback(traceback)
