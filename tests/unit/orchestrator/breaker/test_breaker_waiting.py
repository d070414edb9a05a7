"""`breaker.wait()`: waiting in order until the circuit lets one in."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import trio
from trio.testing import MockClock, wait_all_tasks_blocked

from copy_that_orch.orchestrator.circuit_breaker import CircuitBreaker
from copy_that_orch.orchestrator.errors import CircuitOpenError, ConfigurationError
from tests.unit.orchestrator.breaker.breakers import CLOSED, OPEN, end, let_in, opened, state_of


class Waiters:
    """Trio tasks that wait for a breaker, in the order of their names; what they did, and when."""

    def __init__(self, breaker: CircuitBreaker, nursery: trio.Nursery) -> None:
        self.breaker = breaker
        self.nursery = nursery
        nursery.cancel_scope.deadline = (
            trio.current_time() + 10_000
        )  # whoever is forgotten fails the test, not hangs it
        self.log: list[tuple[str, float]] = []
        self.scopes: dict[str, trio.CancelScope] = {}

    async def start(self, *names: str, work: Callable[[], Awaitable[None]] | None = None, **wait: Any) -> None:
        """Have them queue up, one after the other."""
        for name in names:
            self.nursery.start_soon(self._wait, name, work, wait)
            await wait_all_tasks_blocked()

    async def _wait(self, name: str, work: Callable[[], Awaitable[None]] | None, wait: dict[str, Any]) -> None:
        with trio.CancelScope() as self.scopes[name]:
            try:
                async with self.breaker.wait(**wait):
                    self.log.append((name, trio.current_time()))
                    await (working if work is None else work)()
            except CircuitOpenError:
                self.log.append((f"{name} refused", trio.current_time()))
            except trio.TooSlowError:
                self.log.append((f"{name} too slow", trio.current_time()))
            except ConnectionError:
                self.log.append((f"{name} failed", trio.current_time()))
            except trio.Cancelled:
                self.log.append((f"{name} cancelled", trio.current_time()))
                raise


def nobody_waits(breaker: CircuitBreaker) -> bool:
    """Return whether nothing is left of anybody who waited."""
    return not breaker._waiting._queue and not breaker._notices.watchers and breaker.statistics().in_flight == 0


async def working() -> None:
    """Work for a second."""
    await trio.sleep(1)


async def failing() -> None:
    """Fail after a second."""
    await trio.sleep(1)
    raise ConnectionError


async def test_a_closed_circuit_lets_in_at_once() -> None:
    """Without a reason there is no waiting, and no checkpoint."""
    breaker = CircuitBreaker("api")
    async with breaker.wait():
        assert breaker.statistics().in_flight == 1
    assert nobody_waits(breaker)
    assert breaker.statistics().succeeded == 1


async def test_the_first_probes_and_its_success_wakes_the_rest(autojump_clock: MockClock) -> None:
    """At the end of the recovery time one is let in, alone; when it has succeeded, all the others at once."""
    breaker = opened()
    async with trio.open_nursery() as nursery:
        waiters = Waiters(breaker, nursery)
        await waiters.start("a", "b", "c", "d")
    assert waiters.log[:1] == [("a", 10)]
    assert sorted(waiters.log[1:]) == [("b", 11), ("c", 11), ("d", 11)]
    assert state_of(breaker) is CLOSED
    assert nobody_waits(breaker)


async def test_a_failed_probe_leaves_the_rest_waiting(autojump_clock: MockClock) -> None:
    """Each round of probes takes the next one, and nobody else wakes."""
    breaker = opened()
    async with trio.open_nursery() as nursery:
        waiters = Waiters(breaker, nursery)
        await waiters.start("a", "b", work=failing)
        await waiters.start("c", "d")
        asleep = [task for task in nursery.child_tasks if task.custom_sleep_data is None]
        assert len(asleep) == 4
    assert waiters.log == [
        ("a", 10),
        ("a failed", 11),
        ("b", 21),
        ("b failed", 22),
        ("c", 32),
        ("d", 33),
    ]
    assert nobody_waits(breaker)


async def test_several_probes_are_let_in_together(autojump_clock: MockClock) -> None:
    """As many as there are slots, and the next one for each slot given back."""
    breaker = opened(half_open_max_calls=2, success_threshold=4)
    async with trio.open_nursery() as nursery:
        waiters = Waiters(breaker, nursery)
        await waiters.start("a", "b", "c", "d", "e", "f")
    assert [(name, time) for time, name in sorted((time, name) for name, time in waiters.log)] == [
        ("a", 10),
        ("b", 10),
        ("c", 11),
        ("d", 11),
        ("e", 12),
        ("f", 12),
    ]
    assert state_of(breaker) is CLOSED


async def test_a_neutral_probe_hands_its_slot_to_the_next(autojump_clock: MockClock) -> None:
    """A waiter whose work is cancelled as the probe does not keep the others."""
    breaker = opened()
    async with trio.open_nursery() as nursery:
        waiters = Waiters(breaker, nursery)
        await waiters.start("a", "b")
        await trio.sleep(10.5)
        waiters.scopes["a"].cancel()
    assert waiters.log == [("a", 10), ("a cancelled", 10.5), ("b", 10.5)]
    assert state_of(breaker) is CLOSED


async def test_waiting_can_be_cancelled_and_holds_nothing(autojump_clock: MockClock) -> None:
    """Whoever leaves the queue, first or not, is gone at once, and the next one takes over its timer."""
    breaker = opened()
    async with trio.open_nursery() as nursery:
        waiters = Waiters(breaker, nursery)
        await waiters.start("a", "b", "c")
        await trio.sleep(5)
        waiters.scopes["b"].cancel()
        await trio.sleep(1)
        waiters.scopes["a"].cancel()
    assert waiters.log == [("b cancelled", 5), ("a cancelled", 6), ("c", 10)]
    assert nobody_waits(breaker)


async def test_cancelled_in_the_moment_it_is_let_in(autojump_clock: MockClock) -> None:
    """A permit handed over to somebody who is being cancelled goes back, and to the next one."""
    breaker = opened()
    async with trio.open_nursery() as nursery:
        waiters = Waiters(breaker, nursery)
        await waiters.start("a", "b")
        waiters.scopes["a"].deadline = 10
        waiters.scopes["b"].deadline = 30
    assert waiters.log[:1] in ([("a", 10)], [("a cancelled", 10)])
    assert ("b", 10) in waiters.log
    assert state_of(breaker) is CLOSED
    assert nobody_waits(breaker)


@pytest.mark.parametrize("cancel_first", [True, False])
async def test_cancelled_and_let_in_at_once(cancel_first: bool, autojump_clock: MockClock) -> None:
    """Whichever comes first in one instant, no permit is lost and nobody is forgotten."""
    breaker = opened()
    async with trio.open_nursery() as nursery:
        waiters = Waiters(breaker, nursery)
        await waiters.start("a", "b")
        if cancel_first:
            waiters.scopes["a"].cancel()
            breaker.reset()
        else:
            breaker.reset()
            waiters.scopes["a"].cancel()
    assert ("b", 0) in waiters.log
    assert ("a cancelled", 0) in waiters.log
    assert (("a", 0) in waiters.log) is not cancel_first
    assert nobody_waits(breaker)
    assert breaker.statistics().neutral == 1


async def test_patience_ends_with_a_refusal(autojump_clock: MockClock) -> None:
    """After `timeout` seconds of waiting the caller is refused; others wait on."""
    breaker = opened()
    async with trio.open_nursery() as nursery:
        waiters = Waiters(breaker, nursery)
        await waiters.start("a", timeout=4)
        await waiters.start("b", timeout=11)
        await waiters.start("c", timeout=2)
    assert waiters.log == [("c refused", 2), ("a refused", 4), ("b", 10)]
    assert breaker.statistics().rejected == 2
    assert nobody_waits(breaker)


async def test_patience_does_not_end_the_work(autojump_clock: MockClock) -> None:
    """`timeout` is for waiting only; working has its own limits."""
    breaker = opened()
    async with breaker.wait(timeout=11):
        await trio.sleep(100)
    assert state_of(breaker) is CLOSED


async def test_no_patience_is_a_refusal_and_a_checkpoint() -> None:
    """With a timeout of 0 it is `async with breaker`."""
    breaker = opened()
    with pytest.raises(CircuitOpenError) as raised:
        async with breaker.wait(timeout=0):
            pytest.fail("was let in")  # pragma: no cover -- only if the breaker is broken
    assert raised.value.name == "api"
    with trio.CancelScope() as scope:
        scope.cancel()
        async with breaker.wait(timeout=0):
            pytest.fail("was let in")  # pragma: no cover -- only if the breaker is broken
    assert scope.cancelled_caught
    assert nobody_waits(breaker)


async def test_waiting_for_somebody_elses_probe(autojump_clock: MockClock) -> None:
    """Waiters see every way in which the circuit changes: here a probe that did not wait."""
    breaker = opened()
    await trio.sleep(10)
    probe = let_in(breaker)
    async with trio.open_nursery() as nursery:
        waiters = Waiters(breaker, nursery)
        await waiters.start("a", "b")
        await trio.sleep(3)
        assert waiters.log == []
        breaker.settle(probe, None)
    assert sorted(waiters.log) == [("a", 13), ("b", 13)]


async def test_waiting_through_an_isolation(autojump_clock: MockClock) -> None:
    """An isolated circuit keeps waiters until it is reset."""
    breaker = opened()
    breaker.isolate()
    async with trio.open_nursery() as nursery:
        waiters = Waiters(breaker, nursery)
        await waiters.start("a")
        await trio.sleep(1000)
        breaker.reset()
    assert waiters.log == [("a", 1000)]


async def test_waiters_outlive_a_probe_that_is_stuck(autojump_clock: MockClock) -> None:
    """When the lease of a probe runs out unseen, the first waiter sees to it that it is seen."""
    breaker = opened(probe_timeout=3)
    await trio.sleep(10)
    let_in(breaker)  # and never settled
    async with trio.open_nursery() as nursery:
        waiters = Waiters(breaker, nursery)
        await waiters.start("a", "b")
    assert waiters.log == [("a", 23), ("b", 24)]


async def test_a_probe_at_the_end_of_its_lease_is_settled_before_the_next_one_asks(autojump_clock: MockClock) -> None:
    """The probe's cancellation and the next waiter's timer are due together; which of them runs first never varies."""
    for _ in range(20):
        breaker = opened(probe_timeout=3)
        async with trio.open_nursery() as nursery:
            waiters = Waiters(breaker, nursery)
            await waiters.start("a", work=trio.sleep_forever)
            await waiters.start("b")
        assert [name for name, _ in waiters.log] == ["a", "a too slow", "b"]
        assert breaker.statistics().late_results == 0


async def test_who_comes_later_queues_behind(autojump_clock: MockClock) -> None:
    """A newcomer does not overtake those who wait."""
    breaker = opened()
    async with trio.open_nursery() as nursery:
        waiters = Waiters(breaker, nursery)
        await waiters.start("a", work=failing)
        await trio.sleep(10.5)
        await waiters.start("b", work=failing)
        await waiters.start("c")
    assert waiters.log == [("a", 10), ("a failed", 11), ("b", 21), ("b failed", 22), ("c", 32)]


async def test_patience_that_ends_on_the_dot_is_rewarded(autojump_clock: MockClock) -> None:
    """Who waits for exactly as long as the circuit is open is let in."""
    breaker = opened()
    async with breaker.wait(timeout=10):
        assert trio.current_time() == 10
    assert state_of(breaker) is CLOSED


async def test_a_listener_that_closes_the_circuit_again(autojump_clock: MockClock) -> None:
    """If the circuit opens and closes in the moment of entering the queue, nobody is left in it."""
    breaker = CircuitBreaker("api", 1, slow_call_duration=2)
    breaker.add_listener(lambda _name, _old, new: breaker.reset() if new is OPEN else None)
    let_in(breaker)
    await trio.sleep(3)
    async with breaker.wait(timeout=10):  # finds that the other call hangs
        assert trio.current_time() == 3
    assert breaker.statistics().times_opened == 1


async def test_the_block_is_guarded(autojump_clock: MockClock) -> None:
    """Once let in, the rules of `async with breaker` hold: deadline, verdict, slot."""
    breaker = opened(call_timeout=5)
    with pytest.raises(trio.TooSlowError):
        async with breaker.wait(timeout=100):
            await trio.sleep(60)
    assert trio.current_time() == 15
    assert state_of(breaker) is OPEN
    assert breaker.retry_after == 10.0


async def test_waiting_again_after_the_queue_was_empty(autojump_clock: MockClock) -> None:
    """A breaker may be waited for any number of times."""
    breaker = CircuitBreaker("api", 1, 10.0)
    for round_ in range(1, 4):
        assert end(breaker, OSError()) is OPEN
        async with breaker.wait(timeout=100):
            pass
        assert trio.current_time() == 10 * round_
        assert nobody_waits(breaker)


@pytest.mark.parametrize("timeout", [-1, math.nan, "5", True])
def test_a_bad_timeout_is_refused(timeout: Any) -> None:
    """A time to wait is a number, and not negative."""
    with pytest.raises(ConfigurationError, match="timeout must be a number of seconds from 0 on"):
        CircuitBreaker("api").wait(timeout)


async def test_a_wait_is_good_for_one_block(autojump_clock: MockClock) -> None:
    """Two Trio tasks in the same one would give back one permit twice and the other never."""
    breaker = opened(half_open_max_calls=2)
    guarded = breaker.wait()
    async with guarded:
        with pytest.raises(RuntimeError, match="good for one block; ask the breaker"):
            async with guarded:
                pytest.fail("it was entered")  # pragma: no cover -- it is not
    assert breaker.state is CLOSED
    assert breaker.statistics().in_flight == 0
    async with breaker.wait():
        pass
