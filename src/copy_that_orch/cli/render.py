"""What is shown while work goes on: a live table on a terminal, plain lines elsewhere, or nothing."""

from __future__ import annotations

import abc
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sized
from contextlib import asynccontextmanager
from typing import final

import trio
from rich.console import Console, Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from copy_that_orch.cli.progress import Circuit, Progress
from copy_that_orch.cli.streams import tell
from copy_that_orch.cli.wording import count, printable
from copy_that_orch.orchestrator.events import BreakerChanged, Event, StageEnded, TaskEnded, TaskStarted

FRAMES_PER_SECOND = 8  # a frame takes about 7 ms, during which the event loop waits
_CIRCUIT_STYLES = {"closed": "green", "open": "bold red", "half_open": "yellow", "isolated": "bold red"}
_STATE_STYLES = {"waiting": "dim", "running": "cyan", "completed": "green", "failed": "red", "cancelled": "yellow"}


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
        tell(line)


@final
class PlainView(View):
    """One line per milestone, without control codes: for files, pipes and logs."""

    def __init__(self, progress: Progress, title: str, note: Callable[[], str | None]) -> None:
        """Tell `title` first, then what `progress` counts, and what `note` returns whenever that has changed."""
        self._progress = progress
        self._title = title
        self._note = note
        self._noted: str | None = None
        self._began: float | None = None
        self._told: set[str] = set()

    def on_event(self, event: Event, /) -> None:
        """Count `event`, and tell it if it is a milestone."""
        self._progress.on_event(event)
        if self._began is None:
            self._began = event.time
        for line in (*self._milestones(event), *self._news()):
            self.say(f"{event.time - self._began:6.1f} s  {line}")

    @asynccontextmanager
    async def shown(self) -> AsyncIterator[None]:
        """Tell the title."""
        self.say(self._title)
        yield

    def _milestones(self, event: Event) -> Iterator[str]:
        if isinstance(event, TaskStarted):
            yield f"{printable(event.task_id)}: {count(event.items, 'screenshot')}, started"
        elif isinstance(event, BreakerChanged):
            yield f"circuit of {event.agent}: {event.old} -> {event.new}"
        elif isinstance(event, (StageEnded, TaskEnded)):
            for row in self._progress.rows.values():
                if not row.open_batches and row.name not in self._told:
                    self._told.add(row.name)
                    known = f" ({row.cached} known before)" if row.cached else ""
                    yield f"stage {row.name}: {count(row.completed, 'call')} completed{known}, {row.failed} failed"
        if isinstance(event, TaskEnded):
            yield f"{printable(event.task_id)}: {event.status} after {event.seconds:.1f} s"

    def _news(self) -> Iterator[str]:
        note = self._note()
        if note and note != self._noted:
            yield note
        self._noted = note

    def say(self, line: str) -> None:
        """Show the line."""
        tell(line)


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
                live.update(self.table(began, trio.current_time()), refresh=True)
                await trio.sleep(1 / FRAMES_PER_SECOND)

        with Live(self.table(began, began), console=self._console, auto_refresh=False) as live:
            raised: BaseException | None = None
            async with trio.open_nursery() as nursery:
                nursery.start_soon(redraw)
                try:
                    yield
                except BaseException as error:  # goes on below, not wrapped into the nursery's group
                    raised = error
                nursery.cancel_scope.cancel(reason="the work that is shown has ended")
            live.update(self.table(began, trio.current_time()), refresh=True)
            if raised is not None:
                raise raised

    def table(self, began: float, now: float) -> Group:
        """Return what is to be seen at Trio time `now`, of work that began at `began`."""
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
        lines = [_circuit_line(agent, circuit, now) for agent, circuit in self._progress.circuits.items()]
        note = self._note()
        if note:
            lines.append(Text(note, style="italic"))
        return Group(Text.assemble((self._title, "bold"), f"  {now - began:.1f} s"), table, *lines)


def _circuit_line(agent: str, circuit: Circuit, now: float) -> Text:
    state = (f"● {circuit.state.replace('_', '-')}", _CIRCUIT_STYLES[circuit.state])
    seconds = f" for {now - circuit.since:.1f} s"
    return Text.assemble(f"circuit of {agent}  ", state, seconds, f", opened {count(circuit.times_opened, 'time')}")


def make_view(
    planned: Mapping[str, int], products: Sized, title: str, note: Callable[[], str | None] = lambda: None
) -> View:
    """Return a live table if stderr is a terminal that can move its cursor, else plain lines.

    Args:
      planned: Calls per stage, in order.
      products: The products.
      title: Stands above the table.
      note: Returns what is to be said at that moment, if anything: below the table, or in a line when it has changed.
    """
    progress = Progress(planned, len(products))
    console = Console(stderr=True)
    if console.is_interactive and sys.stderr.isatty():  # rich also takes a pipe for a terminal if told to use colours
        return LiveView(progress, console, title=title, note=note)
    return PlainView(progress, title, note)
