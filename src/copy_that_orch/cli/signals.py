"""SIGINT and SIGTERM: the first lets what runs end, the second stops at once."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import types
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from typing import Final, final

import trio

from copy_that_orch.cli.report import Outcome
from copy_that_orch.cli.wording import PREFIX, count
from copy_that_orch.orchestrator.coordinator import PipelineCoordinator
from copy_that_orch.orchestrator.events import CallEnded, CallStarted, Event, TaskEnded
from copy_that_orch.orchestrator.reports import TaskStatus

_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)
_SHOW_CURSOR: Final = "\x1b[?25h"


@final
class Stop:
    """Ends a run when a signal asks for it: give it to the coordinator among its observers.

    After the first signal no call starts; those that run may end, and their results are kept, for `grace` seconds. What
    is finished is written. The second signal ends the process.

    Attributes:
      received: The first signal, None before.
    """

    def __init__(self, grace: float, say: Callable[[str], None]) -> None:
        """Wait `grace` seconds, and tell the user with `say`."""
        self.received: signal.Signals | None = None
        self._grace = grace
        self._say = say
        self._token: trio.lowlevel.TrioToken | None = None
        self._asked = trio.Event()
        self._changed = trio.Event()
        self._running: set[tuple[str, str, str, int]] = set()
        self._unwritten = 0

    def on_event(self, event: Event, /) -> None:
        """Count the calls that run, and the products that have ended and are not written."""
        if isinstance(event, CallStarted):
            self._running.add((event.task_id, event.stage, event.agent, event.item))
        elif isinstance(event, CallEnded):
            self._running.discard((event.task_id, event.stage, event.agent, event.item))
        elif isinstance(event, TaskEnded):
            self._unwritten += event.status is not TaskStatus.CANCELLED
        self._note_change()

    def written(self) -> None:
        """Note that a product that had ended is written."""
        self._unwritten -= 1
        self._note_change()

    @contextlib.contextmanager
    def heeded(self) -> Iterator[None]:
        """Heed the signals for the time of the block; in the main thread, outside of Trio."""
        before = {number: signal.signal(number, self._handle) for number in _SIGNALS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    @contextlib.asynccontextmanager
    async def ends(self, coordinator: PipelineCoordinator) -> AsyncIterator[None]:
        """Run the block, which uses `coordinator`, to its end, or cancel it some time after a signal."""
        self._token = trio.lowlevel.current_trio_token()
        if self.received is not None:
            self._asked.set()
        raised: BaseException | None = None
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self._drain, coordinator, nursery.cancel_scope)
            try:
                yield
            except Exception as error:  # goes on below, not wrapped into the nursery's group
                raised = error
            nursery.cancel_scope.cancel(reason="the work has ended")
        if raised is not None:
            raise raised

    async def _drain(self, coordinator: PipelineCoordinator, scope: trio.CancelScope) -> None:
        await self._asked.wait()
        for stage in coordinator.statistics().stages:
            coordinator.pool.resize(stage, 0)
        if self._running and self.received is not None:
            calls = f"{count(len(self._running), 'call')} that run{'s' if len(self._running) == 1 else ''}"
            self._say(f"{PREFIX}{self.received.name}: waiting up to {self._grace:g} s for {calls}; again stops at once")
        with trio.move_on_after(self._grace):
            while self._running or self._unwritten:
                self._changed = trio.Event()
                await self._changed.wait()
        scope.cancel(reason="a signal asked for it")

    def conclude(self, outcomes: Sequence[Outcome], *, fresh: bool) -> int:
        """Say what a signal has left undone, and how to go on; return the exit code, 0 if nothing was."""
        if self.received is None or all(outcome.status != "cancelled" for outcome in outcomes):
            return 0
        written = sum(bool(outcome.files) for outcome in outcomes)
        how = "without --fresh" if fresh else "again"
        self._say(
            f"{PREFIX}{self.received.name}: {written} of {count(len(outcomes), 'product')} written; "
            f"run the same command {how} to go on from here"
        )
        return 128 + self.received

    def _note_change(self) -> None:
        self._changed.set()

    def _handle(self, number: int, _frame: types.FrameType | None) -> None:
        if self.received is None:
            self.received = signal.Signals(number)
            if self._token is not None:
                with contextlib.suppress(trio.RunFinishedError):
                    self._token.run_sync_soon(self._asked.set)
            return
        if sys.stderr.isatty():  # a table that is shown has hidden it
            os.write(sys.stderr.fileno(), _SHOW_CURSOR.encode())
        os._exit(128 + number)
