"""What is shown while work goes on."""

from __future__ import annotations

import io
import sys

import pytest
import trio
from rich.console import Console
from trio.testing import MockClock

from copy_that_orch import CallOutcome, CircuitState, StageEnded, TaskStatus
from copy_that_orch.cli.progress import Progress
from copy_that_orch.cli.render import FRAMES_PER_SECOND, LiveView, PlainView, QuietView, make_view
from tests.unit.cli.happenings import ended, feed, opened, queued, stage_ended, started, task_ended, task_started


@pytest.fixture
def progress() -> Progress:
    """Two stages of one product."""
    return Progress({"extract": 3, "generate": 1}, products=1)


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
