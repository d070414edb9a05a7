"""What is shown while work goes on."""

from __future__ import annotations

import io
import sys

import pytest
import trio
from rich.console import Console
from trio.testing import MockClock

from copy_that_orch.cli.render import (
    FRAMES_PER_SECOND,
    Circuit,
    LiveView,
    PlainView,
    Progress,
    QuietView,
    View,
    make_view,
)
from copy_that_orch.orchestrator.circuit_state import CircuitState
from copy_that_orch.orchestrator.events import (
    BreakerChanged,
    CallEnded,
    CallQueued,
    CallRetried,
    CallStarted,
    Event,
    PoolResized,
    StageEnded,
    StageStarted,
    TaskEnded,
    TaskStarted,
)
from copy_that_orch.orchestrator.reports import CallOutcome, TaskStatus


def queued(item: int = 0, attempt: int = 1) -> Event:
    """A call waits."""
    return CallQueued(time=1, task_id="shop", stage="extract", agent="a", item=item, label="x", attempt=attempt)


def started(item: int = 0, attempt: int = 1) -> Event:
    """It runs."""
    return CallStarted(time=1, task_id="shop", stage="extract", agent="a", item=item, label="x", attempt=attempt)


def ended(outcome: CallOutcome, item: int = 0, attempt: int = 1) -> Event:
    """It has ended so."""
    return CallEnded(
        time=2, task_id="shop", stage="extract", agent="a", item=item, label="x", attempt=attempt, outcome=outcome,
        seconds=1, error=None,
    )  # fmt: skip


def retried(item: int = 0) -> Event:
    """It will be repeated."""
    return CallRetried(time=2, task_id="shop", stage="extract", agent="a", item=item, label="x", attempt=1, delay=1)


def task_started(task_id: str = "shop") -> Event:
    """A product is taken up."""
    return TaskStarted(time=1, task_id=task_id, items=3)


def task_ended(task_id: str = "shop", status: TaskStatus = TaskStatus.COMPLETED) -> Event:
    """It has ended."""
    return TaskEnded(time=3.25, task_id=task_id, status=status, seconds=2.25, error=None)


def stage_ended(stage: str = "extract", task_id: str = "shop") -> Event:
    """It is through a stage."""
    return StageEnded(time=3, task_id=task_id, stage=stage)


def opened(new: CircuitState = CircuitState.OPEN) -> Event:
    """A circuit has changed."""
    return BreakerChanged(time=2, agent="a", name="a", old=CircuitState.CLOSED, new=new)


def feed(view: View | Progress, *events: Event) -> None:
    """Send events."""
    for event in events:
        view.on_event(event)


def numbers(progress: Progress) -> tuple[int, int, int, int, int]:
    """Waiting, running, completed, failed, cancelled calls of the stage."""
    row = progress.rows["extract"]
    return row.waiting, row.running, row.completed, row.failed, row.cancelled


@pytest.fixture
def progress() -> Progress:
    """Two stages of one product."""
    return Progress({"extract": 3, "generate": 1}, products=1)


def test_each_call_is_counted_where_it_is(progress: Progress) -> None:
    """It waits, runs and ends, in one of three ways."""
    assert progress.rows["extract"].state == "waiting"
    feed(progress, queued(0), queued(1), queued(2))
    assert numbers(progress) == (3, 0, 0, 0, 0)
    feed(progress, started(0), started(1), started(2))
    assert numbers(progress) == (0, 3, 0, 0, 0)
    feed(progress, ended(CallOutcome.COMPLETED, 0), ended(CallOutcome.FAILED, 1), ended(CallOutcome.CANCELLED, 2))
    assert numbers(progress) == (0, 0, 1, 1, 1)
    assert progress.rows["extract"].ended == 3


def test_calls_that_never_got_a_slot_end_too(progress: Progress) -> None:
    """A call that is rejected or cancelled while it waits is no more waiting."""
    feed(progress, queued(0), queued(1), ended(CallOutcome.REJECTED, 0), ended(CallOutcome.CANCELLED, 1))
    assert numbers(progress) == (0, 0, 0, 1, 1)


def test_a_repeated_attempt_is_no_failure(progress: Progress) -> None:
    """From its failure to its next start the call waits, once."""
    feed(progress, task_started(), queued(), started(), ended(CallOutcome.FAILED), retried())
    assert numbers(progress) == (1, 0, 0, 0, 0)
    feed(progress, queued(attempt=2))
    assert numbers(progress) == (1, 0, 0, 0, 0)
    feed(progress, started(attempt=2), ended(CallOutcome.COMPLETED, attempt=2))
    assert numbers(progress) == (0, 0, 1, 0, 0)


def test_a_call_that_is_cancelled_between_two_attempts_waits_no_more(progress: Progress) -> None:
    """Nothing tells of it but the end of its product."""
    feed(progress, task_started(), queued(), started(), ended(CallOutcome.FAILED), retried())
    feed(progress, task_ended(status=TaskStatus.FAILED))
    assert numbers(progress) == (0, 0, 0, 0, 1)


def test_a_stage_ends_when_all_products_are_through() -> None:
    """One product of two is not enough, and a failed product leaves all its stages."""
    progress = Progress({"extract": 2, "generate": 2}, products=2)
    feed(progress, task_started("one"), task_started("two"), queued(), stage_ended(task_id="one"))
    assert progress.rows["extract"].state == "running"
    feed(progress, started(), ended(CallOutcome.COMPLETED), stage_ended(task_id="two"))
    assert progress.rows["extract"].state == "completed"
    assert progress.rows["generate"].state == "waiting"
    feed(progress, stage_ended("generate", "one"), task_ended("one"), task_ended("two", TaskStatus.FAILED))
    assert progress.rows["generate"].state == "completed"


def test_a_stage_with_failures_says_so(progress: Progress) -> None:
    """Also when most of it succeeded."""
    feed(progress, task_started(), queued(), ended(CallOutcome.REJECTED), stage_ended())
    assert progress.rows["extract"].state == "failed"


def test_other_events_change_nothing(progress: Progress) -> None:
    """An observer gets everything."""
    feed(
        progress, PoolResized(time=1, stage="extract", old=1, new=2), StageStarted(time=1, task_id="s", stage="extract")
    )
    assert numbers(progress) == (0, 0, 0, 0, 0)


async def test_plain_lines_tell_milestones_only(progress: Progress, capsys: pytest.CaptureFixture[str]) -> None:
    """Products, stages and circuits, with the time since the first event; nothing on stdout, no control codes."""
    view = PlainView(progress, "Tokens", lambda: "it is open" if progress.circuits else None)
    async with view.shown():
        feed(view, task_started("sh\x1bop"), queued(), started(), opened(), opened(CircuitState.HALF_OPEN))
        feed(view, ended(CallOutcome.COMPLETED), StageEnded(time=3, task_id="sh\x1bop", stage="extract"))
        feed(view, task_ended("sh\x1bop", TaskStatus.FAILED))
        view.say("a line")
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines() == [
        "Tokens",
        r"   0.0 s  sh\x1bop: 3 screenshots, started",
        "   1.0 s  circuit of a: closed -> open",
        "   1.0 s  it is open",
        "   1.0 s  circuit of a: closed -> half_open",
        "   2.0 s  stage extract: 1 call completed, 0 failed",
        "   2.2 s  stage generate: 0 calls completed, 0 failed",
        r"   2.2 s  sh\x1bop: failed after 2.2 s",
        "a line",
    ]


async def test_quiet_shows_errors_only(capsys: pytest.CaptureFixture[str]) -> None:
    """Events leave no trace, lines go to stderr."""
    view = QuietView()
    async with view.shown():
        feed(view, task_started(), opened())
        view.say("trouble")
    assert capsys.readouterr() == ("", "trouble\n")


def terminal(width: int = 100) -> Console:
    """A terminal that remembers what was written."""
    return Console(file=io.StringIO(), force_terminal=True, width=width, color_system="truecolor", legacy_windows=False)


def text_of(console: Console) -> str:
    """What was written."""
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_the_table_has_a_row_for_each_stage_and_a_line_for_each_circuit(progress: Progress) -> None:
    """Circuits that never changed are not shown; the note comes last."""
    view = LiveView(progress, terminal(), title="Tokens", note=lambda: "a note")
    feed(view, task_started(), queued(0), queued(1), queued(2), started(0), started(1), ended(CallOutcome.COMPLETED, 0))
    feed(view, opened())
    plain = Console(file=io.StringIO(), width=100)
    plain.print(view.table(2, 3.5))
    lines = text_of(plain).splitlines()
    assert lines[0] == "Tokens  1.5 s"
    assert lines[2].split()[0] == "extract"
    assert lines[2].split()[-5:] == ["1/3", "1", "1", "·", "running"]
    assert lines[3].split()[-5:] == ["0/1", "·", "·", "·", "waiting"]
    assert lines[4:] == ["circuit of a  ● open for 1.5 s, opened 1 time", "a note"]


def test_a_circuit_is_told_with_how_often_it_opened(progress: Progress) -> None:
    """A probe that fails opens it again."""
    feed(progress, opened(), opened(CircuitState.HALF_OPEN), opened(), opened(CircuitState.HALF_OPEN))
    assert progress.circuits == {"a": Circuit(state="half_open", since=2, times_opened=2)}


def test_no_note_no_line(progress: Progress) -> None:
    """And no circuits, no lines for them."""
    plain = Console(file=io.StringIO(), width=100)
    plain.print(LiveView(progress, terminal(), title="Tokens", note=lambda: None).table(0, 0))
    assert len(text_of(plain).splitlines()) == 4


async def test_the_table_is_redrawn_while_work_goes_on(progress: Progress, autojump_clock: MockClock) -> None:
    """Several times a second; its last state and the lines above it stay, and the cursor comes back."""
    console = terminal()
    frames = 0

    def note() -> str:
        nonlocal frames
        frames += 1
        return f"frame {frames}"

    view = LiveView(progress, console, title="Tokens", note=note)
    async with view.shown():
        await trio.sleep(2)
        view.say("[bold]a line[/bold] " + "x" * 200)
        feed(view, task_started(), queued(), started(), ended(CallOutcome.COMPLETED), stage_ended())
    text = text_of(console)
    assert frames == pytest.approx(2 * FRAMES_PER_SECOND, abs=4)
    assert "[bold]a line[/bold] " + "x" * 200 in text
    assert "completed" in text[text.rindex("extract") :]
    assert text.rindex("\x1b[?25h") > text.rindex("\x1b[?25l")


async def test_the_terminal_is_given_back_when_work_fails(progress: Progress, autojump_clock: MockClock) -> None:
    """What is raised inside goes on as it is, and the cursor comes back."""
    console = terminal()
    bug = ZeroDivisionError()
    with pytest.raises(ZeroDivisionError) as caught:
        async with LiveView(progress, console, title="Tokens", note=lambda: None).shown():
            raise bug
    assert caught.value is bug
    assert text_of(console).rindex("\x1b[?25h") > text_of(console).rindex("\x1b[?25l")


async def test_a_cancelled_view_ends(progress: Progress, autojump_clock: MockClock) -> None:
    """A deadline from outside reaches what is shown, at its instant."""
    with trio.move_on_after(3) as scope:
        async with LiveView(progress, terminal(), title="Tokens", note=lambda: None).shown():
            await trio.sleep_forever()
    assert scope.cancelled_caught
    assert trio.current_time() == 3


def test_a_terminal_gets_a_table_and_everything_else_gets_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also when colours are asked for: they do not make a pipe a terminal."""

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stderr", Terminal())
    assert isinstance(make_view({"extract": 3}, ["shop"], "Tokens"), LiveView)
    monkeypatch.setenv("TERM", "dumb")
    assert isinstance(make_view({"extract": 3}, ["shop"], "Tokens"), PlainView)
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert isinstance(make_view({"extract": 3}, ["shop"], "Tokens"), PlainView)
