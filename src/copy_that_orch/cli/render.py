"""What is shown while work goes on: a live table on a terminal, plain lines elsewhere, or nothing."""

from __future__ import annotations

import abc
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from typing import final

import attrs
import click
import trio
from rich.console import Console, Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from copy_that_orch.cli.wording import count, printable
from copy_that_orch.orchestrator.events import (
    BreakerChanged,
    CallEnded,
    CallQueued,
    CallRetried,
    CallStarted,
    Event,
    StageEnded,
    TaskEnded,
    TaskStarted,
)
from copy_that_orch.orchestrator.reports import CallOutcome

FRAMES_PER_SECOND = 12
_CIRCUIT_STYLES = {"closed": "green", "open": "bold red", "half_open": "yellow", "isolated": "bold red"}
_STATE_STYLES = {"waiting": "dim", "running": "cyan", "completed": "green", "failed": "red"}


@attrs.define(eq=False, kw_only=True)
class StageRow:
    """How far one stage is, over all products.

    Attributes:
      name: The stage.
      planned: Calls it will have if nothing fails before it.
      waiting: Calls that wait for a slot, for their circuit or for another attempt.
      running, completed, failed, cancelled: Calls in that state; a failed attempt that is repeated is not counted.
      open_batches: Products that are not through this stage.
    """

    name: str
    planned: int
    open_batches: int
    waiting: int = 0
    running: int = 0
    completed: int = 0
    failed: int = 0
    cancelled: int = 0

    @property
    def ended(self) -> int:
        """Calls that are over, however they ended."""
        return self.completed + self.failed + self.cancelled

    @property
    def state(self) -> str:
        """The stage in one word: waiting, running, completed or failed."""
        if self.open_batches and not (self.ended or self.running or self.waiting):
            return "waiting"
        if self.open_batches:
            return "running"
        return "failed" if self.failed or self.cancelled else "completed"


@final
class Progress:
    """An observer that counts: how far each stage is, and which circuits are not as they began.

    What it keeps grows with what runs at once, never with the number of screenshots.
    """

    def __init__(self, planned: Mapping[str, int], products: int) -> None:
        """Count towards `planned` calls per stage, for this many products."""
        self.rows = {name: StageRow(name=name, planned=calls, open_batches=products) for name, calls in planned.items()}
        self.circuits: dict[str, str] = {}  #: Agents whose circuit has changed, with its state.
        self._running: set[tuple[str, str, str, int]] = set()
        self._stages_ahead: dict[str, set[str]] = {}

    def on_event(self, event: Event) -> None:
        """Count `event`."""
        if isinstance(event, BreakerChanged):
            self.circuits[event.agent] = str(event.new)
        elif isinstance(event, TaskStarted):
            self._stages_ahead[event.task_id] = set(self.rows)
        elif isinstance(event, StageEnded):
            self._leave(event.task_id, event.stage)
        elif isinstance(event, TaskEnded):
            for stage in tuple(self._stages_ahead[event.task_id]):  # a failed task never ends its last stages
                self._leave(event.task_id, stage)
            del self._stages_ahead[event.task_id]
        elif isinstance(event, (CallQueued, CallStarted, CallEnded, CallRetried)):
            self._count(event, self.rows[event.stage])

    def _leave(self, task_id: str, stage: str) -> None:
        self._stages_ahead[task_id].remove(stage)
        self.rows[stage].open_batches -= 1

    def _count(self, event: CallQueued | CallStarted | CallEnded | CallRetried, row: StageRow) -> None:
        call = (event.task_id, event.stage, event.agent, event.item)
        if isinstance(event, CallQueued):
            row.waiting += event.attempt == 1  # later attempts wait since the one before them failed
        elif isinstance(event, CallStarted):
            self._running.add(call)
            row.waiting -= 1
            row.running += 1
        elif isinstance(event, CallRetried):
            row.failed -= 1
            row.waiting += 1
        else:
            if call in self._running:
                self._running.discard(call)
                row.running -= 1
            else:
                row.waiting -= 1
            row.completed += event.outcome is CallOutcome.COMPLETED
            row.failed += event.outcome in (CallOutcome.FAILED, CallOutcome.REJECTED)
            row.cancelled += event.outcome is CallOutcome.CANCELLED


class View(abc.ABC):
    """What the user sees meanwhile; give it to the coordinator among its observers."""

    @abc.abstractmethod
    def on_event(self, event: Event, /) -> None:
        """Take note of `event`."""

    @abc.abstractmethod
    def say(self, line: str) -> None:
        """Show a line that stays, on stderr; it must be printable."""

    @asynccontextmanager
    async def shown(self) -> AsyncIterator[None]:
        """Show it for the time of the block."""
        yield


@final
class QuietView(View):
    """Shows errors only."""

    def on_event(self, event: Event, /) -> None:
        """Do nothing."""

    def say(self, line: str) -> None:
        """Show the line."""
        click.echo(line, err=True)


@final
class PlainView(View):
    """One line per milestone, without control codes: for files, pipes and logs."""

    def __init__(self, progress: Progress) -> None:
        """Tell what `progress` counts."""
        self._progress = progress
        self._began: float | None = None
        self._told: set[str] = set()

    def on_event(self, event: Event, /) -> None:
        """Count `event`, and tell it if it is a milestone."""
        self._progress.on_event(event)
        if self._began is None:
            self._began = event.time
        for line in self._milestones(event):
            self.say(f"{event.time - self._began:6.1f} s  {line}")

    def _milestones(self, event: Event) -> Iterator[str]:
        if isinstance(event, TaskStarted):
            yield f"{printable(event.task_id)}: {count(event.items, 'screenshot')}, started"
        elif isinstance(event, BreakerChanged):
            yield f"circuit of {event.agent}: {event.old} -> {event.new}"
        elif isinstance(event, (StageEnded, TaskEnded)):
            for row in self._progress.rows.values():
                if not row.open_batches and row.name not in self._told:
                    self._told.add(row.name)
                    yield f"stage {row.name}: {count(row.completed, 'call')} completed, {row.failed} failed"
        if isinstance(event, TaskEnded):
            yield f"{printable(event.task_id)}: {event.status} after {event.seconds:.1f} s"

    def say(self, line: str) -> None:
        """Show the line."""
        click.echo(line, err=True)


@final
class LiveView(View):
    """A table that changes in place: one row per stage, and the circuits that have changed.

    It is redrawn by a Trio task, so that what it shows never changes while it is drawn.
    """

    def __init__(self, progress: Progress, console: Console, *, title: str, note: Callable[[], str | None]) -> None:
        """Show what `progress` counts, under `title` and above what `note` returns at that moment."""
        self._progress = progress
        self._console = console
        self._title = title
        self._note = note

    def on_event(self, event: Event, /) -> None:
        """Count `event`; it is shown with the next frame."""
        self._progress.on_event(event)

    def say(self, line: str) -> None:
        """Show the line above the table."""
        self._console.print(Text(line), soft_wrap=True)

    @asynccontextmanager
    async def shown(self) -> AsyncIterator[None]:
        """Draw the table for the time of the block; its last state stays on the screen."""
        began = trio.current_time()

        async def redraw() -> None:
            while True:
                live.update(self.table(trio.current_time() - began), refresh=True)
                await trio.sleep(1 / FRAMES_PER_SECOND)

        with Live(self.table(0), console=self._console, auto_refresh=False) as live:
            async with trio.open_nursery() as nursery:
                nursery.start_soon(redraw)
                try:
                    yield
                finally:
                    nursery.cancel_scope.cancel(reason="the work that is shown has ended")
            live.update(self.table(trio.current_time() - began), refresh=True)

    def table(self, seconds: float) -> Group:
        """Return what is to be seen after so many seconds."""
        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
        table.add_column("stage", min_width=10)
        table.add_column("", min_width=12, ratio=1, max_width=28)
        for heading in ("done", "running", "waiting", "failed"):
            table.add_column(heading, justify="right")
        table.add_column("")
        for row in self._progress.rows.values():
            bar = ProgressBar(total=max(row.planned, 1), completed=row.ended, finished_style="green")
            table.add_row(
                row.name,
                bar,
                f"{row.completed}/{row.planned}",
                str(row.running or "·"),
                str(row.waiting or "·"),
                Text(str(row.failed or "·"), style="red" if row.failed else ""),
                Text(row.state, style=_STATE_STYLES[row.state]),
            )
        lines = [
            Text.assemble(f"circuit of {agent}  ", (f"● {state.replace('_', '-')}", _CIRCUIT_STYLES[state]))
            for agent, state in self._progress.circuits.items()
        ]
        note = self._note()
        if note:
            lines.append(Text(note, style="italic"))
        return Group(Text.assemble((self._title, "bold"), f"  {seconds:.1f} s"), table, *lines)
