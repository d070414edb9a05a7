"""PipelineCoordinator: stages of agents over many tasks."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, final

import trio

from copy_that_orch.orchestrator.agent_pool import AgentPool
from copy_that_orch.orchestrator.checks import member, seconds, whole
from copy_that_orch.orchestrator.errors import ConfigurationError, PoolClosedError
from copy_that_orch.orchestrator.interfaces import FIVE_STAGES, PipelineTask, Stage
from copy_that_orch.orchestrator.policies import FailurePolicy, WhenOpen
from copy_that_orch.orchestrator.reports import (
    AgentHealth,
    CoordinatorStatistics,
    HealthReport,
    PipelineResult,
    TaskStatus,
)
from copy_that_orch.orchestrator.runs.interruptions import from_nursery, graver
from copy_that_orch.orchestrator.runs.passes import Passes
from copy_that_orch.orchestrator.runs.plan import AnyAgent, Breakers, Plan
from copy_that_orch.orchestrator.runs.result_stream import ResultStream, group_of
from copy_that_orch.orchestrator.runs.run import PipelineRun
from copy_that_orch.orchestrator.runs.task_source import TaskSource
from copy_that_orch.orchestrator.runs.telling import error_text

if TYPE_CHECKING:
    from copy_that_orch.orchestrator.circuit_breaker import CircuitBreaker
    from copy_that_orch.orchestrator.events import Observer
    from copy_that_orch.orchestrator.result_store import ResultStore

__all__ = ["PipelineCoordinator", "ResultStream"]


@final
class PipelineCoordinator:
    """Runs tasks through stages of agents, within the pool's limits and behind one breaker per agent.

    Every agent of a stage gets every item; the outputs, in (item, agent) order, are the next stage's items. Stages
    that do not gather overlap: an item moves on as soon as it is ready. A stage without an agent is passed through.

    Args:
      agents: The agents; each is placed by its `stage_name`.
      stages: The stages, in order.
      pool: The slots; None: a pool of this coordinator's own, with the defaults.
      breakers: By agent type, or a function from the agent type to a breaker, such as `CircuitBreaker` itself. An
        agent that a mapping does not name gets a breaker with the defaults.
      when_open: What becomes of calls whose agent's circuit is open.
      patience: Seconds that a call waits for its circuit before it fails with `CircuitOpenError`.
      store: Keeps results of finished calls and answers calls that were made before; None: every call is made.
      observers: Get every event.
      seed: Where the randomness of retries begins; None: anywhere.

    Raises:
      ConfigurationError: if an agent's stage is unknown, an agent type or a stage name occurs twice, a gathering
        stage has two agents, the pool or the breakers name something unknown, or something is of the wrong kind.
    """

    __slots__ = ("_plan",)

    def __init__(
        self,
        agents: Iterable[AnyAgent],
        *,
        stages: Iterable[Stage] = FIVE_STAGES,
        pool: AgentPool | None = None,
        breakers: Breakers | None = None,
        when_open: WhenOpen = WhenOpen.WAIT,
        patience: float = 300.0,
        store: ResultStore | None = None,
        observers: Iterable[Observer] = (),
        seed: int | None = None,
    ) -> None:
        own_pool = AgentPool() if pool is None else pool
        self._plan = Plan(agents, stages, own_pool, breakers, when_open, patience, store, observers, seed)

    @property
    def pool(self) -> AgentPool:
        """The slots."""
        return self._plan.pool

    @property
    def breakers(self) -> Mapping[str, CircuitBreaker]:
        """The breaker of each agent, by agent type."""
        return {agent.agent_type: breaker for agent, breaker in self._plan.guarded_agents}

    async def execute(self, task: PipelineTask[Any]) -> PipelineResult:
        """Run one task, and return its result: COMPLETED or PARTIAL.

        Nothing outlives the call, however it ends.

        Raises:
          PipelineErrorGroup: if the task fails; its leaves are what the agents raised, or a `PoolClosedError` for each
            call that a draining pool refuses.
          PoolClosedError: if the coordinator is draining.
          ConfigurationError: if called by an agent in a slot of the same pool.
        """
        [result] = await self.execute_batch([task])
        error = result.error
        if error is None or result.status is not TaskStatus.FAILED:
            return result
        try:
            raise error
        finally:
            del error, result  # its traceback holds this frame: that would be a cycle, and the task in it

    async def execute_batch(
        self,
        tasks: Iterable[PipelineTask[Any]],
        *,
        on_failure: FailurePolicy = FailurePolicy.COLLECT,
        max_in_flight: int | None = None,
    ) -> list[PipelineResult]:
        """Run many tasks at once, and return their results in input order.

        Args:
          tasks: The tasks; the highest priority starts first.
          on_failure: CANCEL: the first task that fails ends the batch. Else a failed task costs no other one, and its
            result is FAILED.
          max_in_flight: Most tasks under way at once; None: as many as keep all slots busy.

        Raises:
          PipelineErrorGroup: under CANCEL, if a task fails; finished results are in its `results`.
          PoolClosedError: if the coordinator is draining.
          ConfigurationError: if `max_in_flight` is no whole number from 1 on, or `tasks` yields something else than
            tasks.
        """
        given = _all_checked(tasks)
        # Sorting is stable: equal priorities start in input order.
        by_priority = sorted(range(len(given)), key=lambda index: -given[index].priority)
        results: dict[int, PipelineResult] = {}
        run = self._new_run([given[index] for index in by_priority], results.__setitem__, on_failure, max_in_flight)
        await run.drive()
        by_index = {by_priority[number]: result for number, result in results.items()}
        if run.failed:
            raise group_of(by_index)
        return [by_index.get(index) or _never_run(task) for index, task in enumerate(given)]

    @contextlib.asynccontextmanager
    async def stream(
        self,
        tasks: Iterable[PipelineTask[Any]] | AsyncIterable[PipelineTask[Any]],
        *,
        on_failure: FailurePolicy = FailurePolicy.COLLECT,
        max_in_flight: int | None = None,
    ) -> AsyncIterator[ResultStream]:
        """Run tasks and iterate over their results as they finish: `async with ... as results: async for ...`.

        Tasks are read only as fast as results are taken: a result that nobody has taken counts as in flight. Leaving
        the block cancels what still runs. Arguments and errors are those of `execute_batch`; of a list or tuple the
        highest priority starts first, any other iterable is read in its own order. What the iterable itself raises
        comes out of the iteration, as it is.
        """
        if isinstance(tasks, Sequence):
            tasks = sorted(tasks, key=lambda task: -_checked(task).priority)
        results = ResultStream()
        results.attach(self._new_run(tasks, results.put, on_failure, max_in_flight, streams=True))
        raised: BaseException | None = None
        with Passes.here().counted():  # longer than the run does: its last letter is opened after its end
            try:
                async with trio.open_nursery() as nursery:
                    nursery.start_soon(results.drive)
                    try:
                        yield results
                    except BaseException as error:  # raised again below, outside of the nursery's group
                        raised = error
                    nursery.cancel_scope.cancel(reason="the results are no longer wanted")
            except BaseException as error:  # besides cancellation, Control-C while the run ended
                raised = from_nursery(error) or raised
            late = results.take_error()
        if late is not None:
            raised = graver(raised, late)
        try:
            if raised is not None:
                raise raised
        finally:
            del raised, late  # a traceback holds this frame: that would be a cycle

    async def health_check(self, *, timeout: float = 10.0) -> HealthReport:  # noqa: ASYNC109 -- one for each agent
        """Ask all agents at once, and return each one's answer, in stage order.

        Args:
          timeout: Seconds that each agent has for its answer.

        Raises:
          ConfigurationError: if `timeout` is not more than 0 seconds.
        """
        seconds("timeout", timeout, endless=True)
        answers: dict[str, AgentHealth] = {}

        async def ask(agent: AnyAgent) -> None:
            name = agent.agent_type
            reason = f"no answer within {timeout} s"
            try:
                with trio.move_on_after(timeout):
                    healthy = await agent.health_check()
                    reason = "" if healthy else "says that it is not healthy"
            except Exception as error:  # the finding, not a failure of the check; also one of its end after the timeout
                reason = error_text(error)
            answers[name] = AgentHealth(agent=name, healthy=not reason, reason=reason)

        try:
            async with trio.open_nursery() as nursery:
                for agent in self._plan.agents:
                    nursery.start_soon(ask, agent)
        except BaseException as error:  # Control-C, or a cancellation from outside
            raise from_nursery(error) or error from None
        return HealthReport(agents=tuple(answers[agent.agent_type] for agent in self._plan.agents))

    def statistics(self) -> CoordinatorStatistics:
        """Return the books: tasks by how they ended, the pool's, and each breaker's."""
        plan = self._plan
        names = [stage.name for segment in plan.segments for stage, _agents in segment]
        return CoordinatorStatistics(
            tasks=dict(plan.tally),
            in_flight=sum(run.in_flight for run in plan.runs),
            cached=dict(plan.cached),
            pool=plan.pool.statistics(),
            stages={name: plan.pool.statistics(name) for name in names},
            breakers={agent.agent_type: breaker.statistics() for agent, breaker in plan.guarded_agents},
        )

    async def drain(self) -> None:
        """Take no more tasks from now on, finish those in flight, and return.

        Tasks that were not taken up get the status CANCELLED in the results of their batch; a stream just ends.

        Raises:
          ConfigurationError: if called by an agent in a slot of the same pool, which would wait for itself.
        """
        plan = self._plan
        plan.pool.refuse_to_drain("coordinator")
        plan.draining = True
        for run in plan.runs:
            run.wake()
        await trio.lowlevel.checkpoint()
        while plan.runs:
            await plan.idle.park()

    def __repr__(self) -> str:
        plan = self._plan
        in_flight = sum(run.in_flight for run in plan.runs)
        return f"<PipelineCoordinator of {len(plan.agents)} agents, {in_flight} tasks in flight>"

    def _new_run(
        self,
        tasks: Iterable[PipelineTask[Any]] | AsyncIterable[PipelineTask[Any]],
        deliver: Callable[[int, PipelineResult], None],
        on_failure: FailurePolicy,
        max_in_flight: int | None,
        *,
        streams: bool = False,
    ) -> PipelineRun:
        if max_in_flight is not None:
            whole("max_in_flight", max_in_flight, 1)
        if self._plan.draining:
            raise PoolClosedError("the coordinator is draining and takes no more tasks")
        self._plan.pool.refuse_reentry()
        return PipelineRun(
            self._plan,
            TaskSource(tasks),
            deliver,
            streams=streams,
            fail_fast=member("on_failure", FailurePolicy, on_failure) is FailurePolicy.CANCEL,
            max_in_flight=max_in_flight,
        )


def _all_checked(tasks: object) -> list[PipelineTask[Any]]:
    if isinstance(tasks, Iterable):
        return [_checked(task) for task in tasks]
    hint = "; stream() takes an async one" if isinstance(tasks, AsyncIterable) else ""
    raise ConfigurationError(f"tasks must be an iterable, not {type(tasks).__name__}{hint}")


def _checked(task: object) -> PipelineTask[Any]:
    if not isinstance(task, PipelineTask):
        raise ConfigurationError(f"the tasks must be PipelineTasks, not {type(task).__name__}")
    return task


def _never_run(task: PipelineTask[Any]) -> PipelineResult:
    now = trio.current_time()
    return PipelineResult(
        task_id=task.task_id, status=TaskStatus.CANCELLED, outputs=(), error=None, started=now, ended=now, stages={}
    )
