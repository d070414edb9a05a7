"""An adaptive limit finds the concurrency that a backend is good for."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Callable
from typing import Any

import pytest
import trio
from trio.testing import MockClock

from copy_that_orch import AdaptiveLimit, AgentPool, ConfigurationError
from copy_that_orch.orchestrator.pool.adaptive import LimitControl
from copy_that_orch.orchestrator.reports import CallOutcome
from copy_that_orch.testing import FakeAgent, assert_nothing_held
from tests.unit.orchestrator.pool.pools import arrive, hold, task


class Backend:
    """Serves `best` calls at once in `seconds` each; with more, all take longer in proportion.

    Attributes:
      best, seconds: As above; may be changed while it serves.
      inside: Calls that it serves now.
    """

    def __init__(self, best: int, seconds: float = 1.0, noise: Callable[[], float] = lambda: 1.0) -> None:
        self.best = best
        self.seconds = seconds
        self.noise = noise
        self.inside = 0
        self.broken = False

    async def serve(self, _task: object, _item: object) -> None:
        """Take as long as the load says, or fail."""
        self.inside += 1
        try:
            await trio.sleep(self.seconds * max(1.0, self.inside / self.best) * self.noise())
            if self.broken:
                raise ConnectionError("overloaded")
        finally:
            self.inside -= 1


async def press(
    pool: AgentPool, backend: Backend, until: float, callers: int = 100, then: Callable[[], None] | None = None
) -> list[tuple[float, int]]:
    """Keep the pool busy up to that time; return the changes of its limit, as (time, limit).

    With `then`, do that, go on for as long again, and return the changes since.
    """
    agent = FakeAgent("ask", "extract", does=backend.serve)
    shop = task()
    changes: list[tuple[float, int]] = []

    def note(_stage: str, _old: int, new: int) -> None:
        changes.append((trio.current_time(), new))

    async def caller() -> None:
        while True:
            with contextlib.suppress(ConnectionError):
                await pool.run(agent, shop, 1)
            agent.calls.clear()

    pool.watch(note)
    async with trio.open_nursery() as nursery:
        for _ in range(callers):
            nursery.start_soon(caller)
        await trio.sleep(until)
        if then is not None:
            changes.clear()
            then()
            await trio.sleep(until)
        nursery.cancel_scope.cancel()
    pool.unwatch(note)
    assert_nothing_held(pool)
    return changes


@pytest.mark.parametrize("best", [10, 20, 50])
async def test_settles_within_a_fifth_of_the_best_concurrency(best: int, autojump_clock: MockClock) -> None:
    """With the defaults and from one slot, against a backend whose latency rises past its best concurrency."""
    pool = AgentPool({"extract": AdaptiveLimit(1, 400)})
    backend = Backend(best)

    changes = await press(pool, backend, until=200.0)

    settled = [limit for time, limit in changes if time > 100]
    assert len(settled) > 25
    assert min(settled) >= 0.8 * best
    assert max(settled) <= 1.2 * best


async def test_settles_from_above_too(autojump_clock: MockClock) -> None:
    """Begun at three times the best, where no idle backend was ever seen, it comes down to the knee."""
    pool = AgentPool({"extract": AdaptiveLimit(1, 400, initial=30)})
    changes = await press(pool, Backend(10), until=400.0)
    settled = [limit for time, limit in changes if time > 300]
    assert settled
    assert 8 <= min(settled) <= max(settled) <= 12


@pytest.mark.parametrize("seed", range(3))
async def test_noise_does_not_talk_it_down(seed: int, autojump_clock: MockClock) -> None:
    """With latencies that scatter by half, log-normally, the limit stays between half of the best and twice that."""
    rng = random.Random(seed)
    pool = AgentPool({"extract": AdaptiveLimit(1, 400)})
    changes = await press(pool, Backend(20, noise=lambda: rng.lognormvariate(0, 0.5)), until=600.0)
    settled = sorted(limit for time, limit in changes if time > 150)
    assert 10 <= settled[len(settled) // 10] <= settled[-len(settled) // 10] <= 40


async def test_halves_within_one_window_of_an_overload(autojump_clock: MockClock) -> None:
    """The backend can take a quarter of what it could: at the end of the window that shows it, the limit is halved."""
    pool = AgentPool({"extract": AdaptiveLimit(1, 400)})
    backend = Backend(40)
    before = 0

    def overload() -> None:
        nonlocal before
        before = int(pool.limiter("extract").total_tokens)
        backend.best = 10

    changes = await press(pool, backend, until=200.0, then=overload)

    window = before / 10  # seconds that a full load of calls takes now
    halved = next(time for time, limit in changes if limit <= before // 2)
    assert halved <= 200.0 + 2 + 2 * window  # the window that was under way, and the first one that is all overload
    settled = [limit for time, limit in changes if time > 300]
    assert 8 <= min(settled) <= max(settled) <= 12


async def test_halves_as_soon_as_too_many_have_failed(autojump_clock: MockClock) -> None:
    """When calls fail, a few are enough; those that started before are not held against the new limit."""
    pool = AgentPool({"extract": AdaptiveLimit(1, 400, initial=32)})
    backend = Backend(400)
    backend.broken = True
    changes = await press(pool, backend, until=4.5)
    assert changes == [(1.0, 16), (2.0, 8), (3.0, 4), (4.0, 2)]


async def test_a_slower_backend_becomes_normal(autojump_clock: MockClock) -> None:
    """When every call takes three times as long for good, whatever the load, the limit drops, and grows again."""
    pool = AgentPool({"extract": AdaptiveLimit(1, 24)})
    backend = Backend(1000)

    def slow_down() -> None:
        assert pool.limiter("extract").total_tokens == 24
        backend.seconds = 3.0

    changes = await press(pool, backend, until=250.0, then=slow_down)

    lowest = min(limit for _time, limit in changes)
    assert lowest <= 24 // 3
    assert changes[-1][1] == 24


async def test_does_not_grow_unused(autojump_clock: MockClock) -> None:
    """A limit that the load never reaches stays where it is."""
    pool = AgentPool({"extract": AdaptiveLimit(1, 400)})
    assert await press(pool, Backend(400), until=200.0, callers=5) == [(20.0, 2), (30.0, 4), (35.0, 8)]


async def test_a_pause_is_left_alone(autojump_clock: MockClock) -> None:
    """Calls that end in a paused stage do not open it; after the next resize the limit goes on from there."""
    pool = AgentPool({"extract": AdaptiveLimit(2, 40, window=2)})
    async with trio.open_nursery() as nursery:
        for _ in range(8):
            await arrive(nursery, hold, pool, "extract")
        pool.resize("extract", 0)
        await trio.sleep(5)
        assert pool.statistics("extract").limit == 0
        assert pool.statistics("extract").waiting == 6
        pool.resize("extract", 3)
    assert pool.limiter("extract").total_tokens > 3
    assert trio.current_time() < 8.0


async def test_cancelled_calls_say_nothing(autojump_clock: MockClock) -> None:
    """However many callers lose patience, the limit stays."""
    pool = AgentPool({"extract": AdaptiveLimit(2, 40, window=2)})
    for _ in range(50):
        with trio.move_on_after(1):
            await hold(pool, "extract", 60.0)
    assert pool.statistics("extract").limit == 2


class Feed:
    """Feeds a control with calls, one after another, all slots in use."""

    def __init__(self, settings: AdaptiveLimit) -> None:
        self.control = LimitControl(settings)
        self.limit = settings.start
        self.now = 0.0

    def __call__(self, *calls: float | None, full: bool = True) -> int:
        """Return the limit after calls of so many seconds; None is a failure."""
        for seconds in calls:
            started, self.now = self.now, self.now + (seconds or 0.0)
            outcome = CallOutcome.FAILED if seconds is None else CallOutcome.COMPLETED
            self.limit = self.control.learn(outcome, started, self.now, self.limit, full=full)
        return self.limit


def test_doubles_until_the_first_decrease_then_adds() -> None:
    """As TCP does: the start is steep, the rest careful."""
    feed = Feed(AdaptiveLimit(1, 100, window=2, increase=3, tolerance=1.5))
    assert [feed(*[1.0] * max(2, feed.limit)) for _ in range(4)] == [2, 4, 8, 16]
    assert feed(*[4.0] * 16) == 8
    assert [feed(*[1.0] * feed.limit) for _ in range(3)] == [11, 14, 17]


def test_the_decrease_for_latency_follows_the_baseline() -> None:
    """Calls take a fourth longer: four fifths of the limit, and a little less."""
    feed = Feed(AdaptiveLimit(1, 100, initial=50))
    feed(*[1.0] * 50, full=False)
    assert feed(*[1.25] * 50) == int(50 * 0.8 * 0.95)


def test_a_faster_backend_sets_a_new_baseline() -> None:
    """What was normal before is slow now."""
    feed = Feed(AdaptiveLimit(1, 100, initial=50))
    feed(*[1.0] * 50, full=False)
    feed(*[0.5] * 50, full=False)
    assert feed(*[1.0] * 50) == 25


def test_within_the_tolerance_it_grows() -> None:
    """A tenth longer is no queue yet."""
    feed = Feed(AdaptiveLimit(1, 100, initial=50))
    feed(*[1.0] * 50, full=False)
    assert feed(*[1.1] * 50) == 100


def test_never_leaves_its_bounds() -> None:
    """It ends at `maximum` and at `minimum`, also when somebody has set it past them."""
    feed = Feed(AdaptiveLimit(2, 5, window=2))
    assert [feed(*[1.0] * max(2, feed.limit)) for _ in range(3)] == [4, 5, 5]
    assert [feed(None) for _ in range(4)] == [2, 2, 2, 2]
    feed.limit = 50
    assert feed(*[1.0] * 51) == 5  # the first one started before


def test_all_of_a_window_may_fail_if_it_is_told_so() -> None:
    """With a failure rate of 1.0 failures alone decide nothing; neither does the one call that succeeded."""
    feed = Feed(AdaptiveLimit(1, 100, window=4, initial=4, failure_rate=1.0))
    assert feed(None, None, None, None) == 8
    assert feed(*[None] * 7, 9.0) == 16


def test_calls_that_started_before_the_last_change_do_not_count() -> None:
    """An overload is answered once, however many calls of the old limit end after."""
    control = LimitControl(AdaptiveLimit(1, 100, window=4, initial=40))
    limit = 40
    for _ in range(30):
        limit = control.learn(CallOutcome.FAILED, 0.0, 10.0, limit, full=True)
    assert limit == 20


def test_calls_that_end_at_once_do_not_end_a_pause() -> None:
    """Not even those that began and ended in the instant of the pause."""
    control = LimitControl(AdaptiveLimit(1, 100, window=2))
    for _ in range(9):
        assert control.learn(CallOutcome.COMPLETED, 5.0, 5.0, 0, full=True) == 0


def test_rejected_calls_say_nothing() -> None:
    """An open circuit is no sign of load."""
    control = LimitControl(AdaptiveLimit(1, 100, window=2))
    for _ in range(9):
        assert control.learn(CallOutcome.REJECTED, 0.0, 1.0, 1, full=True) == 1


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        ({"minimum": 0}, "minimum must be a whole number from 1, not 0"),
        ({"maximum": 2.5}, "maximum must be a whole number from 1, not 2.5"),
        ({"minimum": 9, "maximum": 8}, "minimum, initial and maximum must not fall: 9, 9, 8"),
        ({"initial": 9}, "minimum, initial and maximum must not fall: 1, 9, 8"),
        ({"initial": True}, "initial must be a whole number from 1, not True"),
        ({"window": 1}, "window must be a whole number from 2, not 1"),
        ({"increase": 0}, "increase must be a whole number from 1, not 0"),
        ({"decrease": 0.0}, "decrease must lie between 0 and 1, not 0.0"),
        ({"decrease": 1.0}, "decrease must lie between 0 and 1, not 1.0"),
        ({"decrease": "half"}, "decrease must be a number from 0 to 1, not 'half'"),
        ({"tolerance": 0.9}, "tolerance must be a number from 1, not 0.9"),
        ({"tolerance": float("nan")}, "tolerance must be a number from 1, not nan"),
        ({"failure_rate": 1.1}, "failure_rate must be a number from 0 to 1, not 1.1"),
    ],
)
def test_settings_are_checked(settings: dict[str, Any], complaint: str) -> None:
    """Each number has a range, and the sentence says which."""
    with pytest.raises(ConfigurationError, match=complaint):
        AdaptiveLimit(**{"minimum": 1, "maximum": 8, **settings})
