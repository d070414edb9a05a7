"""What type checkers see of the public API; checked by mypy --strict, never run."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import Any, assert_type

import attrs
import trio

import copy_that_orch as cto


@attrs.define(eq=False)
class Measure(cto.BasePipelineAgent[Path, float]):
    """An agent with class attributes for its names."""

    agent_type = "measure"
    stage_name = cto.PipelineStage.EXTRACT

    factor: float = 1.0

    async def process(self, task: cto.PipelineTask[Any], item: Path) -> float:
        """Return a number."""
        await trio.lowlevel.checkpoint()
        return len(item.name) * self.factor


class Sum(cto.BasePipelineAgent[tuple[float, ...], float]):
    """An agent with properties for its names."""

    @property
    def agent_type(self) -> str:
        """Its type."""
        return "sum"

    @property
    def stage_name(self) -> str:
        """Its stage."""
        return "total"

    async def process(self, task: cto.PipelineTask[Any], item: tuple[float, ...]) -> float:
        """Return the sum."""
        await trio.lowlevel.checkpoint()
        return sum(item)

    async def health_check(self) -> bool:
        """Return whether it can add."""
        await trio.lowlevel.checkpoint()
        return True


class Shelf:
    """A result store by shape."""

    def __init__(self) -> None:
        self.kept: dict[cto.ResultKey, Any] = {}

    async def lookup(self, key: cto.ResultKey) -> Any:
        """Return what is kept."""
        await trio.lowlevel.checkpoint()
        return self.kept.get(key)

    async def record(self, key: cto.ResultKey, value: Any) -> None:
        """Keep it."""
        await trio.lowlevel.checkpoint()
        self.kept[key] = value


class Log:
    """An observer by shape."""

    def on_event(self, event: cto.Event, /) -> None:
        """Look at one kind of event."""
        if isinstance(event, cto.CallEnded):
            assert_type(event.outcome, cto.CallOutcome)
            assert_type(event.seconds, float)


async def pools() -> None:
    """Slots, calls and books."""
    pool = cto.AgentPool(
        {cto.PipelineStage.EXTRACT: 8, "total": cto.AdaptiveLimit(1, 16, window=30)}, total_limit=12, history=100
    )
    task = cto.PipelineTask(task_id="shop", items=[Path("a.png")], priority=1, context={"brand": "acme"})
    assert_type(task, cto.PipelineTask[Path])
    assert_type(task.items, Sequence[Path])
    assert_type(await pool.run(Measure(factor=2.0), task, Path("a.png")), float)
    async with pool.slot("total") as nothing:
        assert_type(nothing, None)
    pool.resize("total", 0)
    assert_type(pool.limiter("total"), trio.CapacityLimiter)
    assert_type(pool.statistics(), cto.PoolStatistics)
    assert_type(pool.statistics("total").waited_seconds, float)
    assert_type(pool.recent, Sequence[cto.CallRecord])
    await pool.drain()
    await pool.run(Measure(), task, "a.png")  # type: ignore[misc]  # the agent reads paths
    cto.AgentPool({"total": 2.5})  # type: ignore[dict-item]  # a limit is a whole number


async def breakers() -> None:
    """The three forms of a guard keep the types of what they guard."""
    breaker = cto.CircuitBreaker("api", trip=cto.FailureRate(0.5, 20, 60.0))

    async def fetch(url: str, size: int) -> bytes:
        await trio.lowlevel.checkpoint()
        return url.encode() * size

    @breaker
    async def guarded(url: str, *, size: int = 1) -> bytes:
        await trio.lowlevel.checkpoint()
        return url.encode() * size

    assert_type(await breaker.call(fetch, "https://example.org", 3), bytes)
    assert_type(await guarded("https://example.org", size=3), bytes)
    await breaker.call(fetch, 3, "https://example.org")  # type: ignore[arg-type]  # the wrong way round
    await guarded(3)  # type: ignore[arg-type]  # no address
    async with breaker:
        pass
    async with breaker.wait(timeout=5.0):
        pass
    assert_type(breaker.state, cto.CircuitState)
    assert_type(breaker.retry_after, float | None)
    assert_type(breaker.statistics(), cto.BreakerStatistics)


async def coordinators() -> None:
    """Results, batches, streams and errors."""
    stages = (
        cto.Stage(
            name="extract",
            on_failure=cto.FailurePolicy.ISOLATE,
            timeout=30.0,
            retry=cto.RetryPolicy(attempts=5, on=(OSError,)),
            rate_limit=cto.RateLimit(calls=50, per=60.0),
        ),
        cto.Stage(name="total", gather=True),
    )
    coordinator = cto.PipelineCoordinator(
        [Measure(), Sum()],
        stages=stages,
        pool=cto.AgentPool(default_limit=8),
        breakers=cto.CircuitBreaker,
        when_open=cto.WhenOpen.FAIL,
        patience=60.0,
        store=Shelf(),
        observers=[Log()],
        seed=7,
    )
    task = cto.PipelineTask(task_id="shop", items=[Path("a.png")])
    result = await coordinator.execute(task)
    assert_type(result, cto.PipelineResult)
    assert_type(result.status, cto.TaskStatus)
    assert_type(result.outputs, tuple[Any, ...])
    assert_type(result.error, cto.PipelineErrorGroup | None)
    assert_type(result.stages, Mapping[str, Mapping[cto.CallOutcome, int]])

    results = await coordinator.execute_batch([task, task], on_failure=cto.FailurePolicy.CANCEL, max_in_flight=4)
    assert_type(results, list[cto.PipelineResult])

    async def tasks() -> AsyncIterator[cto.PipelineTask[Path]]:
        await trio.lowlevel.checkpoint()
        yield task

    async with coordinator.stream(tasks()) as stream:
        async for one in stream:
            assert_type(one, cto.PipelineResult)
    assert_type(await coordinator.health_check(), cto.HealthReport)
    assert_type(coordinator.statistics(), cto.CoordinatorStatistics)
    await coordinator.drain()


async def stores() -> None:
    """Results in a file."""
    codec = cto.JsonCodec([Measure])
    with cto.SQLiteResultStore("results.sqlite", codec=codec, generation="2", fresh=True, timeout=5.0) as store:
        assert_type(store, cto.SQLiteResultStore)
        assert_type(store.path, Path)
        await store.record(cto.ResultKey("item", "agent"), Measure())
        assert_type(await cto.content_fingerprint(Path("a.png")), str | None)


def errors(group: cto.PipelineErrorGroup) -> None:
    """What a handler can ask."""
    assert_type(group.failures, tuple[cto.CallFailure, ...])
    assert_type(group.failures[0].exception, Exception)
    assert_type(group.results, tuple[cto.PipelineResult, ...])
    refusal = cto.CircuitOpenError("api", 2.5)
    assert_type(refusal.retry_after, float | None)
    assert_type(refusal.last_failure, str | None)
