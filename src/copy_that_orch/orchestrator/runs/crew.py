"""The nursery of one stage, and the Trio tasks in it that run the agents: one call after another.

A call needs a Trio task only while its agent runs. To start and end one costs more than everything else that the engine
does for a call; so one whose call has ended stands by for the next (see decision 0003). What a call may expect of a
Trio task of its own it still gets: context variables that nobody shares, a cancellation that is meant for it alone, and
a turn of the scheduler.
"""

from __future__ import annotations

import contextvars
import functools
import math
from typing import TYPE_CHECKING, Any, final

import trio
from trio.lowlevel import reschedule, wait_task_rescheduled  # by name: two attributes less for each call

from copy_that_orch.orchestrator.agent_pool import AgentPool, running_in
from copy_that_orch.orchestrator.errors import AttemptTimeoutError
from copy_that_orch.orchestrator.runs.calls import Stopped
from copy_that_orch.orchestrator.runs.interruptions import is_meant_here, split_cancelled
from copy_that_orch.orchestrator.runs.tracebacks import without_frames_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from copy_that_orch.orchestrator.runs.calls import Call


@final
class Crew:
    """The Trio tasks of one stage in one run.

    Args:
      stage: Names the Trio tasks.
      pool: Whose slots the calls hold.
      ended: Is given every call when its agent has ended.

    Attributes:
      nursery: The stage's; set before the first call comes.
      context: The context variables of whoever began the run; every call gets a copy. Those that are current when a
        call is granted its slot may be another's: it is granted by whoever gives one back.
      idle: Those that stand by.
    """

    __slots__ = ("context", "ended", "idle", "nursery", "pool", "stage")

    nursery: trio.Nursery

    def __init__(self, stage: str, pool: AgentPool, ended: Callable[[Call], None]) -> None:
        self.stage = stage
        self.pool = pool
        self.ended = ended
        self.context = contextvars.copy_context()
        self.idle: list[Runner] = []

    def run(self, call: Call) -> None:
        """Have the agent of `call`, which holds its slot, run in the next scheduler pass."""
        if self.idle:
            runner = self.idle.pop()
            runner.call = call
            # As pytest-trio does: Trio takes the context from here for every step of a Trio task, so a new one is in
            # force from the next step on.
            runner.task.context = self.context.copy()
            reschedule(runner.task)
        else:
            runner = Runner(self, call)
            self.context.run(functools.partial(self.nursery.start_soon, runner.work, name=self.stage))
        call.scope = runner.scope

    def dismiss(self) -> None:
        """Let those that stand by end."""
        while self.idle:
            reschedule(self.idle.pop().task)


@final
class Runner:
    """One Trio task that runs calls.

    Attributes:
      task: The Trio task.
      call: What it runs; when it is woken without one, it ends.
      scope: Ends the call at hand when it is cancelled, and this Trio task with it.
    """

    __slots__ = ("_crew", "call", "scope", "task")

    task: trio.lowlevel.Task

    def __init__(self, crew: Crew, call: Call) -> None:
        self.scope = trio.CancelScope()
        self._crew = crew
        self.call: Call | None = call

    @trio.lowlevel.enable_ki_protection
    async def work(self) -> None:
        """Run the first call, and stand by for more until there are none."""
        self.task = trio.lowlevel.current_task()
        idle = self._crew.idle
        with self.scope:
            while self.call is not None:
                await self._run_call(self.call)
                idle.append(self)
                await wait_task_rescheduled(self._abort)

    def _abort(self, _raise_cancel: object) -> trio.lowlevel.Abort:
        self._crew.idle.remove(self)
        return trio.lowlevel.Abort.SUCCEEDED

    async def _run_call(self, call: Call) -> None:
        """Run the agent and hand the call in, whatever happens.

        What the agent raises is kept for the run to judge; only a cancellation that is ours goes on from here.
        """
        running_in.set((self._crew.pool, call))
        try:
            if call.batch.cancelled or call.work.dropped:  # between its grant and now: the agent is not called
                call.error = Stopped()
                return
            call.attempts_run += 1
            limited = call.permit.needs_scope or call.batch.settings.timeout is not None
            call.result = await (_run_in_scope(call) if limited else _run_agent(call))
        except BaseException as error:
            cancelled = _keep(call, error)
            if cancelled is error:
                raise
            if cancelled is not None:  # an agent's own nursery, cancelled from outside while a child failed
                try:
                    raise cancelled from None
                finally:
                    del cancelled  # its traceback holds this frame: that would be a cycle
        finally:
            self.call = call.scope = None
            self.task.context = self._crew.context  # that of the call refers to the call
            self._crew.ended(call)


async def _run_in_scope(call: Call) -> Any:
    timeout = call.batch.settings.timeout
    deadline = math.inf if timeout is None else trio.current_time() + timeout
    with trio.CancelScope(deadline=min(deadline, call.permit.deadline)) as scope:
        call.permit.scope = scope
        return await _run_agent(call)
    interruption = call.permit.interruption()
    if interruption is not None:
        raise interruption
    raise AttemptTimeoutError(f"agent {call.agent_type!r} took longer than {timeout} s on {call.label}")


@trio.lowlevel.disable_ki_protection
async def _run_agent(call: Call) -> Any:
    return await call.circuit.agent.process(call.batch.task.task, call.work.value)


def _keep(call: Call, error: BaseException) -> BaseException | None:
    """Keep what an agent raised as the error of `call`, and return the cancellation that must go on, if there is one.

    A group of both, from an agent's own nursery: the failures are ours to tell, the cancellation is not ours to keep.
    """
    cancelled, failed = split_cancelled(error)
    if cancelled is None:
        failed = error  # whole: the agent's own group
    elif not is_meant_here():
        stray = RuntimeError(f"agent {call.agent_type!r} raised a trio.Cancelled that was not meant for its call")
        stray.__cause__ = without_frames_of(__name__, cancelled)
        cancelled, failed = None, failed or stray
    call.error = without_frames_of(__name__, failed or cancelled or error)
    return cancelled
