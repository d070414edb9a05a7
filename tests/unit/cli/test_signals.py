"""The first signal lets what runs end; in virtual time, with real handlers and no real signal but one."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import trio
from trio.testing import MockClock

from copy_that_orch import AgentPool, PipelineCoordinator, PipelineTask, Stage
from copy_that_orch.cli.report import Outcome
from copy_that_orch.cli.signals import Stop
from copy_that_orch.cli.sources import Product
from copy_that_orch.testing import FakeAgent, MemoryResultStore, assert_nothing_held


class Play:
    """One stage, calls of five seconds, two at once; and what was said."""

    def __init__(self, grace: float, **settings: Any) -> None:
        self.said: list[str] = []
        self.stop = Stop(grace, self.said.append)
        self.agent = FakeAgent("a", "s", **{"latency": 5.0, **settings})
        self.store = MemoryResultStore()
        self.coordinator = PipelineCoordinator(
            [self.agent], stages=[Stage(name="s")], pool=AgentPool({"s": 2}), store=self.store, observers=[self.stop]
        )

    async def run(self, *tasks: PipelineTask[Any]) -> list[str]:
        """Run the tasks, and return which were written."""
        written = []
        async with self.stop.ends(self.coordinator), self.coordinator.stream(tasks) as results:
            async for result in results:
                await trio.sleep(1)  # to write takes its time
                written.append(result.task_id)
                self.stop.written()
        assert_nothing_held(self.coordinator)
        return written

    async def signalled(self, seconds: float, *tasks: PipelineTask[Any]) -> list[str]:
        """The same, with a SIGTERM after some seconds."""
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self._signal, seconds)
            return await self.run(*tasks)

    async def _signal(self, seconds: float) -> None:
        await trio.sleep(seconds)
        self.stop._handle(signal.SIGTERM, None)


def task(name: str, *items: Any) -> PipelineTask[Any]:
    """Return a task."""
    return PipelineTask(task_id=name, items=items)


async def test_without_a_signal_everything_is_done(autojump_clock: MockClock) -> None:
    """And nothing is said."""
    play = Play(10.0)
    assert await play.run(task("x", 1, 2), task("y", 3)) == ["x", "y"]
    assert (play.said, play.stop.received) == ([], None)
    assert play.stop.conclude([], fresh=False) == 0


async def test_running_calls_end_and_no_other_starts(autojump_clock: MockClock) -> None:
    """What they returned is kept, and what is finished is written: `x` ends with them, `y` does not."""
    play = Play(10.0)
    assert await play.signalled(3.0, task("x", 1), task("y", 2, 3)) == ["x"]
    assert trio.current_time() == 6.0
    assert sorted(play.agent.items) == [1, 2]
    assert len(play.store.results) == 2
    assert play.said == ["copy_that_orch: SIGTERM: waiting up to 10 s for 2 calls that run; again stops at once"]


async def test_running_calls_have_so_long(autojump_clock: MockClock) -> None:
    """Then they are cancelled."""
    play = Play(1.5, latency=60.0)
    assert await play.signalled(3.0, task("x", 1)) == []
    assert trio.current_time() == 4.5
    assert play.store.results == {}
    assert play.said == ["copy_that_orch: SIGTERM: waiting up to 1.5 s for 1 call that runs; again stops at once"]


async def test_what_waits_to_be_written_is_written(autojump_clock: MockClock) -> None:
    """If nothing runs, there is nothing to wait for but that."""
    play = Play(10.0)
    assert await play.signalled(5.5, task("x", 1), task("y", 2)) == ["x", "y"]
    assert trio.current_time() == 7.0
    assert play.said == []


async def test_a_signal_before_the_run_is_heeded(autojump_clock: MockClock) -> None:
    """No call is made."""
    play = Play(10.0)
    play.stop._handle(signal.SIGINT, None)
    assert await play.run(task("x", 1)) == []
    assert play.agent.calls == []


async def test_errors_go_through_as_they_are(autojump_clock: MockClock) -> None:
    """Not in a group."""
    with pytest.raises(ZeroDivisionError):
        async with Play(1.0).stop.ends(Play(1.0).coordinator):
            raise ZeroDivisionError


def outcomes(*statuses: str) -> Sequence[Outcome]:
    """Products that ended so."""
    return [
        Outcome(
            product=Product(name=status, screenshots=()), status=status, files=(Path("a"),) * (status != "cancelled")
        )
        for status in statuses
    ]


@pytest.mark.parametrize(("fresh", "how"), [(False, "again"), (True, "without --fresh")])
def test_it_says_how_to_go_on(fresh: bool, how: str) -> None:
    """If anything was left undone."""
    said: list[str] = []
    stop = Stop(1.0, said.append)
    assert stop.conclude(outcomes("cancelled"), fresh=fresh) == 0  # by --fail-fast, for instance
    stop._handle(signal.SIGINT, None)
    assert stop.conclude(outcomes("completed", "partial"), fresh=fresh) == 0
    assert stop.conclude(outcomes("completed", "cancelled", "cancelled"), fresh=fresh) == 130
    assert said == [f"copy_that_orch: SIGINT: 1 of 3 products written; run the same command {how} to go on from here"]


@pytest.mark.parametrize("terminal", [True, False])
def test_the_second_signal_ends_the_process(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], terminal: bool
) -> None:
    """At once, whatever goes on; a terminal gets its cursor back."""
    codes: list[int] = []
    monkeypatch.setattr(os, "_exit", codes.append)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: terminal, raising=False)
    monkeypatch.setattr(sys.stderr, "fileno", lambda: 2, raising=False)
    stop = Stop(1.0, print)
    with stop.heeded():
        signal.raise_signal(signal.SIGINT)
        assert (stop.received, codes) == (signal.SIGINT, [])
        signal.raise_signal(signal.SIGTERM)
    assert codes == [143]
    assert capfd.readouterr().err == ("\x1b[?25h" if terminal else "")
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


async def test_a_signal_after_the_run_has_ended_harms_nobody() -> None:
    """There is nobody left to be told."""
    stop = Stop(1.0, print)

    class Gone:
        def run_sync_soon(self, _fn: object) -> None:
            raise trio.RunFinishedError

    stop._token = Gone()  # type: ignore[assignment]
    stop._handle(signal.SIGINT, None)
    assert stop.received is signal.SIGINT
