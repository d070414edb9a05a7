"""Calls that the result store answers, and results that it is given."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from typing import Any, final

import attrs
import pytest
import trio
from trio.testing import MockClock

from copy_that_orch import (
    AgentPool,
    BasePipelineAgent,
    CallCached,
    CallEnded,
    CallOutcome,
    CallQueued,
    CircuitBreaker,
    ConfigurationError,
    Event,
    FailurePolicy,
    Foretold,
    PipelineCoordinator,
    PipelineErrorGroup,
    PipelineTask,
    RateLimit,
    ResultKey,
    RetryPolicy,
    Stage,
    StoreFailed,
    TaskStatus,
    WhenOpen,
    content_fingerprint,
)
from copy_that_orch.testing import FakeAgent, MemoryResultStore, RecordingObserver, assert_nothing_held

MAP = Stage(name="map")
GATHER = Stage(name="gather", gather=True)


def task(*items: Any, task_id: str = "shop", context: dict[str, Any] | None = None) -> PipelineTask[Any]:
    """Return a task with these items."""
    return PipelineTask(task_id=task_id, items=items, context=context or {})


@final
@attrs.frozen
class Doubler(BasePipelineAgent[Any, Any]):
    """Doubles its item; its configuration is `factor`."""

    factor: int = 2
    asked: list[Any] = attrs.field(factory=list, eq=False)
    fails: frozenset[Any] = attrs.field(default=frozenset(), eq=False)

    agent_type = "double"
    stage_name = "map"

    async def process(self, task: PipelineTask[Any], item: Any) -> Any:
        """Return the item, doubled, after a second."""
        self.asked.append(item)
        await trio.sleep(1)
        if item in self.fails:
            raise ValueError(item)
        return item * self.factor


async def test_calls_that_are_known_are_not_made(autojump_clock: MockClock) -> None:
    """They end at once, without agent, slot, rate limit or breaker, and are told and counted as cached."""
    store = MemoryResultStore()
    first = await PipelineCoordinator([Doubler()], stages=[MAP], store=store).execute(task(1, 2, 3))
    began = trio.current_time()

    again, observer, pool = Doubler(), RecordingObserver(), AgentPool()
    breaker = CircuitBreaker("double")
    breaker.isolate()
    coordinator = PipelineCoordinator(
        [again],
        stages=[attrs.evolve(MAP, rate_limit=RateLimit(calls=1, per=1e6))],
        pool=pool,
        breakers={"double": breaker},
        when_open=WhenOpen.FAIL,
        store=store,
        observers=[observer],
    )
    second = await coordinator.execute(task(1, 2, 3, task_id="another"))

    assert first.outputs == second.outputs == (2, 4, 6)
    assert (again.asked, trio.current_time()) == ([], began)
    assert second.status is TaskStatus.COMPLETED
    assert second.stages == {"map": {CallOutcome.CACHED: 3}}
    assert [(event.item, event.agent) for event in observer.of(CallCached)] == [(n, "double") for n in range(3)]
    assert not observer.of(CallQueued)
    assert not observer.of(CallEnded)
    assert coordinator.statistics().cached == {"map": 3}
    assert pool.statistics("map").submitted == 0
    assert breaker.statistics().admitted == 0
    assert_nothing_held(coordinator)


async def test_only_what_is_unknown_is_made(autojump_clock: MockClock) -> None:
    """Of known and new items the new ones are made, and outputs keep the order of the items."""
    store = MemoryResultStore()
    await PipelineCoordinator([Doubler()], stages=[MAP], store=store).execute(task(2))
    agent = Doubler()
    result = await PipelineCoordinator([agent], stages=[MAP], store=store).execute(task(1, 2, 3))
    assert result.outputs == (2, 4, 6)
    assert sorted(agent.asked) == [1, 3]
    assert result.stages == {"map": {CallOutcome.CACHED: 1, CallOutcome.COMPLETED: 2}}


@pytest.mark.parametrize(
    ("agent", "given"),
    [
        (Doubler(factor=3), task("a")),
        (Doubler(), task("b")),
        (Doubler(), task("a", context={"brand": "x"})),
    ],
    ids=["configuration", "item", "context"],
)
async def test_whatever_could_change_the_result_is_a_miss(
    autojump_clock: MockClock, agent: Doubler, given: PipelineTask[Any]
) -> None:
    """Another configuration, another item, another context."""
    store = MemoryResultStore()
    await PipelineCoordinator([Doubler()], stages=[MAP], store=store).execute(task("a"))
    for _ in range(2):
        await PipelineCoordinator([agent], stages=[MAP], store=store).execute(given)
    assert agent.asked == list(given.items)  # once: the second time its own result was there


async def test_another_version_is_a_miss(autojump_clock: MockClock) -> None:
    """The version is part of the fingerprint."""
    store = MemoryResultStore()
    for version, calls in (("1", 1), ("2", 1), ("2", 0)):
        agent = FakeAgent("a", "map")
        agent.version = version
        await PipelineCoordinator([agent], stages=[MAP], store=store).execute(task("a"))
        assert len(agent.calls) == calls


@pytest.mark.parametrize("item", [object(), attrs.make_class("Odd", ["x"])(object())])
async def test_items_of_unknown_content_are_always_made(autojump_clock: MockClock, item: Any) -> None:
    """What cannot be told from another is never taken for it; nor is it, where the context cannot be told."""
    store = MemoryResultStore()
    agent = FakeAgent("a", "map", result="done")
    for given in (task(item), task(item), task("known", context={"client": item})):
        result = await PipelineCoordinator([agent], stages=[MAP], store=store).execute(given)
        assert result.outputs == ("done",)
    assert len(agent.calls) == 3
    assert store.results == {}


async def test_failures_and_nothing_are_not_stored(autojump_clock: MockClock) -> None:
    """A call that failed, or returned None, is made again; what was made beside it is not."""
    store = MemoryResultStore()
    stages = [attrs.evolve(MAP, on_failure=FailurePolicy.COLLECT)]
    agent = FakeAgent("a", "map", fails=["bad"], result=lambda item: None if item == "none" else item)
    for _ in range(2):
        await PipelineCoordinator([agent], stages=stages, store=store).execute(task("good", "bad", "none"))
    assert sorted(agent.items) == ["bad", "bad", "good", "none", "none"]


async def test_a_retried_call_is_stored_once_it_succeeds(autojump_clock: MockClock) -> None:
    """The key belongs to the call and not to its attempt."""
    store = MemoryResultStore()
    agent = FakeAgent("a", "map", fails=["x"], failures=1)
    stages = [attrs.evolve(MAP, retry=RetryPolicy(attempts=2))]
    for _ in range(2):
        result = await PipelineCoordinator([agent], stages=stages, store=store).execute(task("x"))
        assert result.outputs == ("x",)
    assert len(agent.calls) == 2


async def test_gathered_items_are_known_by_their_parts(autojump_clock: MockClock) -> None:
    """A reduce over the same outputs is not made again; one over more is. No thread is needed, so no time passes."""
    store = MemoryResultStore()
    calls = []
    for items in (range(2000), range(2000), range(2001)):
        total = FakeAgent("sum", "gather", result=sum)
        given = PipelineTask(task_id="shop", items=items)
        result = await PipelineCoordinator([total], stages=[GATHER], store=store).execute(given)
        assert result.outputs == (sum(items),)
        calls.append(len(total.calls))
    assert calls == [1, 0, 1]


async def test_a_call_has_ended_when_its_result_is_safe(autojump_clock: MockClock) -> None:
    """It gives its slot back before, so that recording keeps nobody waiting."""
    store, observer = MemoryResultStore(latency=10.0), RecordingObserver()
    coordinator = PipelineCoordinator(
        [Doubler()], stages=[MAP], pool=AgentPool({"map": 2}), store=store, observers=[observer]
    )
    result = await coordinator.execute(task(1, 2))
    assert result.outputs == (2, 4)
    assert [event.time for event in observer.of(CallEnded)] == [21.0, 21.0]  # 10 asked, 1 run, 10 recorded
    assert [event.seconds for event in observer.of(CallEnded)] == [1.0, 1.0]
    assert coordinator.pool.statistics("map").ran_seconds == 2.0
    assert_nothing_held(coordinator)


@pytest.mark.parametrize("seconds", [5.0, 10.5, 15.0], ids=["asking", "running", "recording"])
async def test_cancelled_at_any_time(autojump_clock: MockClock, seconds: float) -> None:
    """Asking, running or recording: it ends at that instant, and nothing is held."""
    coordinator = PipelineCoordinator([Doubler()], stages=[MAP], store=MemoryResultStore(latency=10.0))
    with trio.move_on_after(seconds) as scope:
        await coordinator.execute(task(1, 2, 3))
    assert scope.cancelled_caught
    assert trio.current_time() == seconds
    assert_nothing_held(coordinator)


@pytest.mark.parametrize("latency", [1.5, 50.0], ids=["at that instant", "later"])
async def test_a_failure_ends_calls_that_are_being_asked_for(autojump_clock: MockClock, latency: float) -> None:
    """They are withdrawn, and the answer that comes for them is not used."""

    @final
    class Slow(MemoryResultStore):  # type: ignore[misc]  # final is for users
        async def lookup(self, key: ResultKey, /) -> Any:
            await trio.sleep(0.5 if key.item == first else latency)

    first = await content_fingerprint(1)
    agent = Doubler(fails=frozenset([1]))
    coordinator = PipelineCoordinator([agent], stages=[MAP], store=Slow())
    with pytest.raises(PipelineErrorGroup):
        await coordinator.execute(task(1, 2))
    assert trio.current_time() == 1.5
    assert agent.asked == [1]
    assert_nothing_held(coordinator)


async def test_an_answer_for_a_task_that_has_ended_is_dropped(autojump_clock: MockClock) -> None:
    """One task fails while another's call is asked for: the other goes on, and so does what came too late."""

    @final
    class Slow(MemoryResultStore):  # type: ignore[misc]  # as above
        async def lookup(self, key: ResultKey, /) -> Any:
            await trio.sleep(latencies[key.item])

    latencies = {await content_fingerprint(item): seconds for item, seconds in ((1, 0.5), (2, 4.0), (3, 6.0))}
    agent = Doubler(fails=frozenset([1]))
    coordinator = PipelineCoordinator([agent], stages=[MAP], store=Slow())
    failed, done = await coordinator.execute_batch([task(1, 2), task(3, task_id="other")])
    assert (failed.status, done.outputs) == (TaskStatus.FAILED, (6,))
    assert sorted(agent.asked) == [1, 3]
    assert_nothing_held(coordinator)


@pytest.mark.parametrize("latency", [{1: 0.5, 2: 0.5}, {1: 0.5, 2: 0.0}], ids=["at that instant", "before"])
async def test_a_failure_ends_what_is_being_recorded(autojump_clock: MockClock, latency: dict[int, float]) -> None:
    """However long the store would take, the task fails at the instant of the failure; another task's is recorded."""

    @final
    class Slow(MemoryResultStore):  # type: ignore[misc]  # as above
        async def lookup(self, key: ResultKey, /) -> Any:
            await trio.sleep(latencies.get(key.item, 0.0))

        async def record(self, key: ResultKey, value: Any, /) -> None:
            await trio.sleep(100)
            await super().record(key, value)

    latencies = {await content_fingerprint(item): seconds for item, seconds in latency.items()}
    store, observer = Slow(), RecordingObserver()
    coordinator = PipelineCoordinator([Doubler(fails=frozenset([1]))], stages=[MAP], store=store, observers=[observer])
    failed, done = await coordinator.execute_batch([task(1, 2), task(3, task_id="other")])
    assert (failed.status, failed.ended) == (TaskStatus.FAILED, 1.5)
    assert (done.outputs, done.ended) == ((6,), 101.0)
    assert [key.item for key in store.results] == [await content_fingerprint(3)]
    assert len(observer.of(CallEnded)) == 3
    assert_nothing_held(coordinator)


class Broken(MemoryResultStore):  # type: ignore[misc]  # as above
    """A store that is broken in one way."""

    def __init__(self, *broken: str) -> None:
        super().__init__()
        self.broken = broken

    def _fail(self, operation: str) -> None:
        if operation in self.broken:
            raise OSError("disk full")

    async def lookup(self, key: ResultKey, /) -> Any:
        await trio.lowlevel.checkpoint()
        self._fail("lookup")
        return await super().lookup(key)

    async def record(self, key: ResultKey, value: Any, /) -> None:
        await trio.lowlevel.checkpoint()
        self._fail("record")
        await super().record(key, value)


@pytest.mark.parametrize("broken", [["lookup"], ["record"], ["lookup", "record"]])
async def test_a_broken_store_costs_no_result(
    autojump_clock: MockClock, broken: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    """It is told once, and what still works of it is used."""
    store, observer = Broken(*broken), RecordingObserver()
    coordinator = PipelineCoordinator(
        [Doubler(), FakeAgent("b", "map", latency=2.0)],
        stages=[MAP],
        pool=AgentPool({"map": 2}),
        store=store,
        observers=[observer],
    )
    with caplog.at_level(logging.WARNING):
        result = await coordinator.execute(task(1, 2, 3))
    assert result.outputs == (2, 1, 4, 2, 6, 3)
    assert [(event.operation, event.error) for event in observer.of(StoreFailed)] == [
        (operation, "OSError: disk full") for operation in broken
    ]
    assert len(caplog.records) == len(broken)
    assert len(store.results) == (0 if "record" in broken else 6)
    assert_nothing_held(coordinator)


@pytest.mark.parametrize("operation", ["lookup", "record"])
async def test_of_troubles_at_one_instant_the_first_call_s_is_told(autojump_clock: MockClock, operation: str) -> None:
    """And at the same place among the events each time, whatever order Trio runs the Trio tasks in."""

    @final
    class Telling(MemoryResultStore):  # type: ignore[misc]  # as above
        async def lookup(self, key: ResultKey, /) -> Any:
            await self._fail("lookup", key)

        async def record(self, key: ResultKey, value: Any, /) -> None:
            await self._fail("record", key)

        async def _fail(self, asked: str, key: ResultKey) -> None:
            await trio.sleep(1)
            if asked == operation:
                raise OSError(key.item)

    first = await content_fingerprint(1)
    told = []
    for _ in range(20):
        observer = RecordingObserver()
        began = trio.current_time()
        coordinator = PipelineCoordinator([Doubler()], stages=[MAP], store=Telling(), observers=[observer])
        await coordinator.execute(task(1, 2, 3))
        assert [event.error for event in observer.of(StoreFailed)] == [f"OSError: {first}"]
        told.append([str(attrs.evolve(event, time=event.time - began)) for event in observer.events])
    assert all(events == told[0] for events in told)


async def test_what_is_no_store_is_refused() -> None:
    """Before anything runs."""
    with pytest.raises(ConfigurationError, match="a result store needs lookup"):
        PipelineCoordinator([Doubler()], stages=[MAP], store={})  # type: ignore[arg-type]


@final
class Nameless:
    """An item whose name is broken, as that of a file that is gone may be."""

    fingerprint = "nameless"

    @property
    def name(self) -> str:
        """Raise."""
        raise RuntimeError("no name")


async def test_an_item_with_a_broken_name_is_known_by_its_content(autojump_clock: MockClock) -> None:
    """As without a store, that is for its agent to say, if it minds."""
    store = MemoryResultStore()
    agent = FakeAgent("a", "map", result=1)
    agent.storable = True
    for _ in range(2):
        result = await PipelineCoordinator([agent], stages=[MAP], store=store).execute(task(Nameless()))
        assert result.outputs == (1,)
    assert len(agent.calls) == 1


async def test_agents_without_a_fingerprint_are_always_called(autojump_clock: MockClock) -> None:
    """An agent need not derive from our base class; then nobody knows what its results depend on."""

    class Plain:
        agent_type, stage_name = "plain", "map"

        async def process(self, task: PipelineTask[Any], item: int) -> int:
            await trio.lowlevel.checkpoint()
            calls.append(item)
            return item

    calls: list[int] = []
    store = MemoryResultStore()
    for _ in range(2):
        await PipelineCoordinator([Plain()], stages=[MAP], store=store).execute(task(1))  # type: ignore[list-item]
    assert calls == [1, 1]
    assert store.lookups == 0


async def test_a_file_is_known_by_its_bytes(tmp_path: Path) -> None:
    """A changed one is another, though its path is the same."""
    store = MemoryResultStore()
    agent = FakeAgent("a", "map", result="read")
    coordinator = PipelineCoordinator([agent], stages=[MAP], store=store)
    for data in (b"1", b"1", b"2"):
        (tmp_path / "file").write_bytes(data)
        await coordinator.execute(task(tmp_path / "file"))
    assert len(agent.calls) == 2


async def test_what_an_agent_reads_besides_is_part_of_the_key(tmp_path: Path) -> None:
    """The same item and another file: another call. What cannot be told is always made."""

    class Reader(FakeAgent):  # type: ignore[misc]  # as above
        def reads(self, task: PipelineTask[Any], item: Any) -> object:
            if item == "broken":
                raise ZeroDivisionError
            return tmp_path / "beside"

    store, agent = MemoryResultStore(), Reader("a", "map")
    coordinator = PipelineCoordinator([agent], stages=[MAP], store=store)
    for data, calls in ((None, 1), (None, 2), (b"1", 3), (b"1", 3), (b"2", 4)):
        if data is not None:
            (tmp_path / "beside").write_bytes(data)
        await coordinator.execute(task("x"))
        assert len(agent.calls) == calls
    assert len(store.results) == 2
    for _ in range(2):
        await coordinator.execute(task("broken"))
    assert len(agent.calls) == 6


@final
@attrs.frozen
class Named:
    """A result that tells the name of its item."""

    name: str
    size: int

    def renamed(self, old: str, new: str) -> Named:
        """Return the same with another name."""
        return attrs.evolve(self, name=new) if self.name == old else self


@final
@attrs.frozen
class Picture:
    """Something whose content is large; it tells its own fingerprint."""

    name: str
    fingerprint: str


@final
@attrs.frozen
class Decoder(BasePipelineAgent[str, Picture]):
    """Makes pictures of names such as `a.png=bytes`, and can tell what they will be."""

    decoded: list[str] = attrs.field(factory=list, eq=False)
    knows: bool = attrs.field(default=True, eq=False)
    trouble: Exception | None = attrs.field(default=None, eq=False)

    agent_type = "decode"
    stage_name = "decode"
    storable = False

    async def process(self, task: PipelineTask[Any], item: str) -> Picture:
        """Return the picture."""
        self.decoded.append(item)
        await trio.sleep(1)
        return Picture(*item.split("="))

    async def foretell(self, task: PipelineTask[Any], item: str) -> Foretold | None:
        """Tell it, unless told otherwise."""
        await trio.lowlevel.checkpoint()
        if self.trouble:
            raise self.trouble
        name, content = item.split("=")
        return Foretold(fingerprint=content, name=name) if self.knows else None


def measurer(agent_type: str = "measure", stage: str = "map") -> FakeAgent:
    """Return an agent that measures pictures."""
    return FakeAgent(agent_type, stage, result=lambda one: Named(one.name, len(one.fingerprint)))


async def measured(
    store: MemoryResultStore,
    items: Iterable[str],
    *measurers: FakeAgent,
    decoder: Decoder | None = None,
    stages: Iterable[Stage] = (Stage(name="decode"), MAP),
) -> tuple[tuple[Any, ...], list[str]]:
    """Return the outputs of a run, and what was decoded in it."""
    decodes = decoder or Decoder()
    result = await PipelineCoordinator([decodes, *measurers], stages=tuple(stages), store=store).execute(task(*items))
    return result.outputs, sorted(decodes.decoded)


async def test_nothing_is_made_that_nobody_would_look_at(autojump_clock: MockClock) -> None:
    """If all agents of the next stage are answered, the picture is not decoded; if one is not, it is."""
    store, one, two = MemoryResultStore(), measurer("one"), measurer("two")
    outputs, decoded = await measured(store, ["a=xy", "b=z"], one)
    assert (outputs, decoded) == ((Named("a", 2), Named("b", 1)), ["a=xy", "b=z"])
    assert await measured(store, ["a=xy", "b=z"], one) == (outputs, [])
    both, decoded = await measured(store, ["a=xy"], one, two)
    assert (both, decoded) == ((Named("a", 2), Named("a", 2)), ["a=xy"])
    assert (len(one.calls), len(two.calls)) == (2, 1)
    assert {type(value) for value in store.results.values()} == {Named}  # no picture is kept


async def test_the_same_bytes_under_another_name(autojump_clock: MockClock) -> None:
    """Each result tells the name that its own item has, whoever was measured first."""
    store, agent = MemoryResultStore(), measurer()
    await measured(store, ["a=xy"], agent)
    outputs, decoded = await measured(store, ["b=xy", "c=xy", "a=xy"], agent)
    assert outputs == (Named("b", 2), Named("c", 2), Named("a", 2))
    assert decoded == []
    assert len(agent.calls) == 1


@pytest.mark.parametrize(
    ("decoder", "stages", "stage"),
    [
        (Decoder(knows=False), (Stage(name="decode"), MAP), "map"),
        (Decoder(trouble=OSError("gone")), (Stage(name="decode"), MAP), "map"),
        (Decoder(), (Stage(name="decode"), Stage(name="map", gather=True)), "map"),
    ],
    ids=["does not know", "raises", "gathered"],
)
async def test_it_is_made_where_it_cannot_be_foretold(
    autojump_clock: MockClock, decoder: Decoder, stages: tuple[Stage, ...], stage: str
) -> None:
    """Without knowing what it will be, and where all outputs come together."""
    store = MemoryResultStore()
    agent = FakeAgent("measure", stage, result="measured")
    for _ in range(2):
        outputs, _decoded = await measured(store, ["a=xy"], agent, decoder=decoder, stages=stages)
        assert outputs == ("measured",)
    assert decoder.decoded == ["a=xy", "a=xy"]
    assert len(agent.calls) == 1


async def test_an_agent_that_foretells_nothing_is_always_called(autojump_clock: MockClock) -> None:
    """If its results are not stored; those that follow are."""
    store, first, second = MemoryResultStore(), FakeAgent("first", "decode"), FakeAgent("second", "map")
    first.storable = False
    for _ in range(2):
        stages = [Stage(name="decode"), MAP]
        await PipelineCoordinator([first, second], stages=stages, store=store).execute(task("x"))
    assert (first.items, second.items) == (["x", "x"], ["x"])


async def test_it_is_made_where_the_next_agent_is_not_stored(autojump_clock: MockClock) -> None:
    """There is no result to be known; nor is there without a known context."""
    store, agent = MemoryResultStore(), measurer()
    agent.storable = False
    for _ in range(2):
        _outputs, decoded = await measured(store, ["a=xy"], agent, measurer("another"))
        assert decoded == ["a=xy"]
    decoder = Decoder()
    coordinator = PipelineCoordinator([decoder, measurer()], stages=[Stage(name="decode"), MAP], store=store)
    for _ in range(2):
        await coordinator.execute(task("a=xy", context={"client": object()}))
    assert decoder.decoded == ["a=xy", "a=xy"]


async def test_a_broken_store_is_not_asked_ahead(autojump_clock: MockClock) -> None:
    """Calls are made, also those that it could have made needless."""
    outputs, decoded = await measured(Broken("lookup"), ["a=xy"], measurer())
    assert (outputs, decoded) == ((Named("a", 2),), ["a=xy"])


async def test_the_same_events_in_the_same_order(autojump_clock: MockClock) -> None:
    """What the store says is acted on in canonical order, half of it known or not."""

    async def events(store: MemoryResultStore) -> list[Event]:
        observer = RecordingObserver()
        began = trio.current_time()
        coordinator = PipelineCoordinator(
            [Decoder(), measurer("one"), measurer("two")],
            stages=[Stage(name="decode"), MAP],
            store=store,
            observers=[observer],
            seed=1,
        )
        await coordinator.execute(task(*(f"{number}={number}" for number in range(20))))
        return [attrs.evolve(event, time=event.time - began) for event in observer.events]

    stores = [MemoryResultStore(), MemoryResultStore()]
    for store in stores:
        await measured(store, [f"{number}={number}" for number in range(0, 20, 2)], measurer("one"), measurer("two"))
    assert await events(stores[0]) == await events(stores[1])


async def gone() -> None:
    """Wait in a nursery, and fail when that is cancelled."""

    async def fail_in_the_end() -> None:
        try:
            await trio.sleep_forever()
        finally:
            raise OSError("gone")

    async with trio.open_nursery() as nursery:
        nursery.start_soon(fail_in_the_end)
        nursery.start_soon(trio.sleep_forever)


async def stray() -> None:
    """Raise a cancellation that was kept from elsewhere."""
    with trio.CancelScope() as scope:
        scope.cancel()
        try:
            await trio.lowlevel.checkpoint()
        except trio.Cancelled as error:
            kept = error
    raise kept


async def leave() -> None:
    """End the program."""
    raise SystemExit(3)


@final
@attrs.frozen
class Odd:
    """A store that keeps nothing, and does something odd instead of `operation`."""

    operation: str
    odd: Callable[[], Awaitable[None]]

    async def lookup(self, _key: ResultKey, /) -> Any:
        """Look up."""
        if self.operation == "lookup":
            await self.odd()

    async def record(self, _key: ResultKey, _value: Any, /) -> None:
        """Record."""
        if self.operation == "record":
            await self.odd()


@pytest.mark.parametrize("operation", ["lookup", "record"])
async def test_a_store_that_fails_while_it_is_cancelled_is_no_failure_of_the_run(
    autojump_clock: MockClock, operation: str
) -> None:
    """A cancellation from outside goes on as such, not as what a nursery of the store made of it."""
    coordinator = PipelineCoordinator([Doubler()], stages=[MAP], store=Odd(operation, gone))
    with trio.move_on_after(5) as scope:
        await coordinator.execute(task(1, 2))
    assert scope.cancelled_caught
    assert trio.current_time() == 5
    assert_nothing_held(coordinator)


async def test_an_agent_that_fails_while_it_foretells_and_is_cancelled_is_no_failure(autojump_clock: MockClock) -> None:
    """Nor is that of an agent that is asked ahead; what it fails with otherwise, it will say when it is called."""

    class Seer(BasePipelineAgent[str, Picture]):
        agent_type = stage_name = "decode"
        storable = False

        async def process(self, task: PipelineTask[Any], item: str) -> Picture:
            raise NotImplementedError  # pragma: no cover -- it is not called

        async def foretell(self, task: PipelineTask[Any], item: str) -> Foretold | None:
            await gone()
            raise NotImplementedError  # pragma: no cover -- it is cancelled before

    coordinator = PipelineCoordinator(
        [Seer(), measurer()], stages=[Stage(name="decode"), MAP], store=MemoryResultStore()
    )
    with trio.move_on_after(5) as scope:
        await coordinator.execute(task("a=xy"))
    assert scope.cancelled_caught
    assert_nothing_held(coordinator)


@pytest.mark.parametrize("operation", ["lookup", "record"])
async def test_a_stray_cancellation_of_a_store_ends_nothing(autojump_clock: MockClock, operation: str) -> None:
    """It is trouble like any other: the run goes on without the store."""
    observer = RecordingObserver()
    coordinator = PipelineCoordinator([Doubler()], stages=[MAP], store=Odd(operation, stray), observers=[observer])
    assert (await coordinator.execute(task(1, 2))).outputs == (2, 4)
    assert [(event.operation, "not meant for" in event.error) for event in observer.of(StoreFailed)] == [
        (operation, True)
    ]


async def test_an_exit_of_a_store_ends_the_run_as_it_is(autojump_clock: MockClock) -> None:
    """It is neither trouble nor a cancellation."""
    coordinator = PipelineCoordinator([Doubler()], stages=[MAP], store=Odd("lookup", leave))
    with pytest.raises(SystemExit):
        await coordinator.execute(task(1))
    assert_nothing_held(coordinator)
