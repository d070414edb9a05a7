"""Everything at once, hundreds of times, from seeds: whatever happens, nothing is held, lost or counted twice."""

from __future__ import annotations

import random
from typing import Any, final

import pytest
import trio
from trio.testing import MockClock

from copy_that_orch import (
    AgentPool,
    CallCached,
    CallEnded,
    CallOutcome,
    CallQueued,
    CircuitBreaker,
    FailurePolicy,
    PipelineCoordinator,
    PipelineErrorGroup,
    PipelineResult,
    PipelineTask,
    PoolClosedError,
    RateLimit,
    ResultKey,
    RetryPolicy,
    Stage,
    StageEnded,
    StageStarted,
    TaskEnded,
    TaskStarted,
    TaskStatus,
    WhenOpen,
)
from copy_that_orch.testing import FakeAgent, RecordingObserver, assert_nothing_held

RUNS = 400


@final
class FlakyStore:
    """Keeps results in its own time, and breaks now and then."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.kept: dict[ResultKey, Any] = {}

    async def lookup(self, key: ResultKey, /) -> Any:
        await self.pause()
        return self.kept.get(key)

    async def record(self, key: ResultKey, value: Any, /) -> None:
        await self.pause()
        self.kept[key] = value

    async def pause(self) -> None:
        await trio.sleep(self.rng.choice([0.0, 0.0, 0.5, 2.0]))
        if self.rng.random() < 0.005:
            raise OSError("disk full")


class Chaos:
    """One run: agents that fail, hang and clean up, and a caller that cancels, resizes, drains and resets."""

    def __init__(self, seed: int) -> None:
        self.rng = rng = random.Random(seed)
        self.observer = RecordingObserver()
        self.pool = AgentPool({"a": rng.randint(1, 3)}, default_limit=2, total_limit=rng.choice([None, None, 1, 3]))
        self.agents = [self.agent(f"{stage}{number}", stage) for stage in "abc" for number in range(rng.randint(1, 2))]
        self.agents.append(FakeAgent("all", "all", latency=0.5, result=tuple))
        own = random.Random(-seed)  # what there is besides does not change with it
        self.store = FlakyStore(own) if own.random() < 0.5 else None
        for agent in self.agents:
            agent.storable = own.random() < 0.8
        self.stages = [*(self.stage(name) for name in "abc"), Stage(name="all", gather=True)]
        self.coordinator = PipelineCoordinator(
            self.agents,
            stages=self.stages,
            pool=self.pool,
            breakers=self.breaker,
            when_open=rng.choice(list(WhenOpen)),
            patience=rng.choice([3.0, 50.0]),
            store=self.store,
            observers=[self.observer],
            seed=seed,
        )
        self.tasks = [
            PipelineTask(
                task_id=str(n), items=[f"{n}.{i}" for i in range(rng.randint(0, 4))], priority=rng.randint(0, 1)
            )
            for n in range(rng.randint(1, 5))
        ]
        self.results: list[PipelineResult] = []

    def task(self, name: str) -> PipelineTask[str]:
        """Return a task of a few items, or of none."""
        items = [f"{name}.{number}" for number in range(self.rng.randint(0, 4))]
        return PipelineTask(task_id=name, items=items, priority=self.rng.randint(0, 1))

    def agent(self, name: str, stage: str) -> FakeAgent:
        """Return an agent that mostly works."""
        rng = self.rng
        how = random.Random(rng.random())
        return FakeAgent(
            name,
            stage,
            latency=lambda item: how.choice([0.0, 0.0, 0.5, 1.0, 1.0, 2.0]),
            result=lambda item: f"{name}({item})",
            fails=lambda item: ValueError(item) if how.random() < 0.1 else None,
            hangs=lambda item: how.random() < 0.03,
            outages=[(start := rng.uniform(0, 4), start + rng.choice([0.0, 2.0]))],
            cleanup=rng.choice([0.0, 0.0, 0.5]),
        )

    def stage(self, name: str) -> Stage:
        """Return a stage with some of what a stage may have."""
        rng = self.rng
        return Stage(
            name=name,
            on_failure=rng.choice(list(FailurePolicy)),
            timeout=rng.choice([3.0, 5.0]),
            retry=rng.choice([None, RetryPolicy(attempts=3, initial=0.5)]),
            rate_limit=rng.choice([None, None, RateLimit(calls=2, per=1.0)]),
        )

    def breaker(self, name: str) -> CircuitBreaker:
        """Return a breaker that opens soon."""
        rng = self.rng
        return CircuitBreaker(
            name,
            rng.randint(1, 3),
            rng.choice([1.0, 2.5]),
            half_open_max_calls=rng.randint(1, 2),
            probe_timeout=rng.choice([None, 1.0]),
            call_timeout=rng.choice([None, 2.0]),
            cancel_on_open=rng.random() < 0.3,
        )

    async def disturb(self) -> None:
        """Do something to the pool, the breakers or the coordinator, now and then."""
        rng = self.rng
        while True:
            await trio.sleep(rng.choice([0.0, 0.5, 1.0, 1.5]))
            what = rng.randrange(12)
            breaker = self.coordinator.breakers[rng.choice(self.agents).agent_type]
            if what < 5:
                self.pool.resize(rng.choice("abc"), rng.randint(0, 3))
            elif what == 5:
                breaker.isolate()
            elif what < 8:
                breaker.reset()
            elif what == 8 and rng.random() < 0.1:
                await self.coordinator.drain()
            elif what == 9 and rng.random() < 0.1:
                await self.pool.drain()
            for name in "abc":  # a stage that stays paused is no deadlock
                if not self.pool.statistics(name).limit and rng.random() < 0.5:
                    self.pool.resize(name, 1)

    async def use(self) -> None:
        """Run the tasks in one of the ways there are."""
        rng = self.rng
        policy = rng.choice([FailurePolicy.COLLECT, FailurePolicy.COLLECT, FailurePolicy.CANCEL])
        most = rng.choice([None, 1, 3])
        try:
            if rng.random() < 0.5:
                self.results += await self.coordinator.execute_batch(self.tasks, on_failure=policy, max_in_flight=most)
            else:
                async with self.coordinator.stream(self.tasks, on_failure=policy, max_in_flight=most) as results:
                    async for result in results:
                        self.results.append(result)
                        await trio.sleep(rng.choice([0.0, 0.5]))
                        if rng.random() < 0.03:
                            break
        except PipelineErrorGroup as group:
            self.results += group.results
        except PoolClosedError:
            pass

    async def run(self) -> None:
        """Use and disturb, twice at once, and end it all after a while."""
        living = trio.lowlevel.current_statistics().tasks_living
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self.disturb)
            with trio.move_on_after(self.rng.choice([1.0, 2.0, 4.0, 7.5, 60.0])):
                async with trio.open_nursery() as users:
                    users.start_soon(self.use)
                    if self.rng.random() < 0.3:
                        users.start_soon(self.use)
            nursery.cancel_scope.cancel()
        assert trio.lowlevel.current_statistics().tasks_living == living

    def check(self) -> None:
        """Look at the books, the events and the outputs."""
        assert_nothing_held(self.coordinator)
        assert [agent.agent_type for agent in self.agents if agent.running] == []
        books = self.pool.statistics()
        assert books.submitted == books.completed + books.failed + books.cancelled + books.rejected
        assert all(agent.peak <= 3 for agent in self.agents)
        for begun, ended in ((TaskStarted, TaskEnded), (StageStarted, StageEnded), (CallQueued, CallEnded)):
            assert len(self.observer.of(begun)) == len(self.observer.of(ended))
        told = self.observer.of(CallEnded, outcome=CallOutcome.COMPLETED)
        called = [item for agent in self.agents for item in agent.ended(CallOutcome.COMPLETED)]
        assert len(told) == len(called) == books.completed
        assert len(self.observer.of(CallCached)) == sum(self.coordinator.statistics().cached.values())
        for result in self.results:
            if result.status is TaskStatus.COMPLETED:
                assert result.outputs == (self.without_faults(result.task_id),)

    def without_faults(self, task_id: str) -> tuple[str, ...]:
        """Return what a task gives when nothing goes wrong."""
        items = next(given.items for given in self.tasks if given.task_id == task_id)
        for stage in "abc":
            names = [agent.agent_type for agent in self.agents if agent.stage_name == stage]
            items = [f"{name}({item})" for item in items for name in names]
        return tuple(items)


@pytest.mark.parametrize("part", range(4))
def test_chaos_leaves_nothing_behind(part: int) -> None:
    """Hundreds of runs with failures, hangs, cancellations, resizes and drains, each checked to the last slot."""
    completed = cached = 0
    for seed in range(part * RUNS // 4, (part + 1) * RUNS // 4):
        chaos = Chaos(seed)
        try:
            trio.run(chaos.run, clock=MockClock(autojump_threshold=0))
            chaos.check()
        except BaseException as error:
            error.add_note(f"seed {seed}")
            raise
        cached += len(chaos.observer.of(CallCached))
        completed += sum(result.status is TaskStatus.COMPLETED for result in chaos.results)
    assert cached
    assert completed > RUNS / 4 / 4  # else there was nothing but chaos
