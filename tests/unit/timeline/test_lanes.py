"""From a timeline to a drawing."""

from __future__ import annotations

import pytest

from copy_that_orch.orchestrator.breaker.state import CircuitState
from copy_that_orch.orchestrator.observers import CallSpan, CircuitSpan, Timeline
from copy_that_orch.orchestrator.reports import CallOutcome
from copy_that_orch.timeline import lanes
from copy_that_orch.timeline.lanes import Bar, Drawing, Lane, draw, duration


def span(
    item: int,
    queued: float,
    started: float | None,
    ended: float | None,
    outcome: CallOutcome | None = CallOutcome.COMPLETED,
    *,
    attempt: int = 1,
    agent: str = "extract.color",
    error: str | None = None,
) -> CallSpan:
    """An attempt."""
    return CallSpan(
        task_id="shop", stage=agent.split(".", maxsplit=1)[0], agent=agent, item=item, label=f"{item}.png",
        attempt=attempt, queued=queued, started=started, ended=ended, outcome=outcome, error=error,
    )  # fmt: skip


def drawn(*calls: CallSpan, circuits: tuple[CircuitSpan, ...] = (), forgotten: int = 0) -> Drawing:
    """The drawing of these attempts."""
    return draw(Timeline(calls=calls, circuits=circuits, forgotten=forgotten))


def only_lane(*calls: CallSpan, circuits: tuple[CircuitSpan, ...] = ()) -> Lane:
    """Their only lane."""
    (lane,) = drawn(*calls, circuits=circuits).lanes
    return lane


def places(bars: tuple[Bar, ...]) -> list[tuple[str, float, float]]:
    """Kinds, places and widths."""
    return [(bar.kind, bar.x, bar.width) for bar in bars]


def test_a_call_waits_and_runs() -> None:
    """Times are percents from the first arrival to the last end."""
    lane = only_lane(span(0, 100, 101, 103), span(1, 100, 100, 104))
    assert places(lane.bars) == [("waiting", 0, 25), ("running", 25, 50), ("running", 0, 100)]
    assert [bar.title for bar in lane.bars[1:]] == [
        "0.png: completed, waited 1 s, ran 2 s",
        "1.png: completed, ran 4 s",
    ]
    assert lane.sums == ("2 calls", "ran 6 s", "waited 1 s")


def test_calls_that_were_known_before_are_counted() -> None:
    """They neither waited nor ran, so there is nothing to be drawn; even if there is nothing else."""
    lane = only_lane(span(0, 100, None, 100, CallOutcome.CACHED))
    assert lane.bars == ()
    assert lane.sums == ("1 call", "ran 0", "1 cached")


def test_attempts_of_a_call_stand_in_one_row() -> None:
    """What failed is seen, and the time until the next attempt."""
    lane = only_lane(
        span(0, 0, 0, 1, CallOutcome.FAILED, error="503 down"),
        span(0, 3, 3, 4, attempt=2),
        span(1, 1, 1, 10),
        span(2, 5, 5, 6),
    )
    assert places(lane.bars[:3]) == [("failed", 0, 10), ("retry", 10, 20), ("running", 30, 10)]
    assert lane.bars[0].title == "0.png: failed, ran 1 s: 503 down"
    assert lane.bars[1].title == "0.png: waits for attempt 2"
    assert lane.bars[2].title == "0.png, attempt 2: completed, ran 1 s"
    assert [bar.y for bar in lane.bars] == [0, 0, 0, 9, 0]  # the third call has the row that the first one left
    assert lane.height == 18
    assert lane.sums == ("3 calls", "ran 12 s", "1 retry", "1 failed")


def test_calls_that_never_ran_or_have_not_ended() -> None:
    """Rejected, cancelled while it waited, under way, waiting still."""
    lane = only_lane(
        span(0, 0, None, 2, CallOutcome.REJECTED, error="circuit open"),
        span(1, 0, None, 5, CallOutcome.CANCELLED),
        span(2, 0, 4, None, None),
        span(3, 6, None, None, None),
        span(4, 0, 0, 10, CallOutcome.CANCELLED),
        span(5, 0, 1, 2, attempt=2),
        span(6, 0, 0, 0, attempt=2),
    )
    assert places(lane.bars) == [
        ("waiting", 0, 20),
        ("rejected", 20, 0),
        ("waiting", 0, 50),
        ("waiting", 0, 40),
        ("running", 40, 60),
        ("waiting", 60, 40),
        ("cancelled", 0, 100),
        ("waiting", 0, 10),
        ("running", 10, 10),
        ("running", 0, 0),
    ]
    assert lane.bars[4].title == "2.png: under way, waited 4 s"
    assert lane.sums == ("7 calls", "ran 11 s", "waited 12 s", "2 retries", "1 rejected", "2 cancelled")


def test_circuits_that_were_not_closed_stand_above_their_agent() -> None:
    """Cut to the time of the run."""
    states = [
        (CircuitState.OPEN, 0.0, 1.0),  # before
        (CircuitState.OPEN, 5.0, 12.0),
        (CircuitState.HALF_OPEN, 12.0, 14.0),
        (CircuitState.CLOSED, 14.0, 15.0),
        (CircuitState.ISOLATED, 15.0, None),
        (CircuitState.OPEN, 30.0, None),  # after
    ]
    circuits = tuple(CircuitSpan(agent="extract.color", state=one, started=on, ended=off) for one, on, off in states)
    first, second = drawn(span(0, 10, 10, 20), span(0, 10, 10, 11, agent="preprocess.image"), circuits=circuits).lanes
    assert places(first.circuits) == [("open", 0, 20), ("half_open", 20, 20), ("isolated", 50, 50)]
    assert [bar.title for bar in first.circuits] == ["circuit open", "circuit half open", "circuit isolated"]
    assert first.bars[0].y == 8
    assert (second.circuits, second.bars[0].y) == ((), 0)


def test_a_run_of_no_time_can_be_drawn() -> None:
    """In virtual time everything may happen at once."""
    drawing = drawn(span(0, 7, 7, 7))
    assert (drawing.seconds, drawing.ticks) == ("0", ())
    assert places(drawing.lanes[0].bars) == [("running", 0, 0)]


def test_of_many_calls_those_are_drawn_that_tell_most(monkeypatch: pytest.MonkeyPatch) -> None:
    """What went wrong, and then the longest; the sums are of all; rows get lower."""
    monkeypatch.setattr(lanes, "MOST_ATTEMPTS", 3)
    drawing = drawn(
        *(span(index, 0, 0, 1 + index) for index in range(5)),
        *(span(index, 0, None, 0, CallOutcome.CACHED) for index in range(20, 30)),
        span(9, 0, 0, 0.5, CallOutcome.FAILED),
        forgotten=10,
    )
    assert [bar.title[:5] for bar in drawing.lanes[0].bars] == ["3.png", "4.png", "9.png"]
    assert drawing.left_out == 13
    assert drawing.lanes[0].sums[0] == "16 calls"
    monkeypatch.undo()
    many = only_lane(*(span(index, 0, 0, 1) for index in range(500)))
    assert many.height == 150
    assert many.bars[1].y == 0.3


@pytest.mark.parametrize(
    ("seconds", "ticks"),
    [
        (1.2, ["0", "200 ms", "400 ms", "600 ms", "800 ms", "1 s", "1.2 s"]),
        (100, ["0", "20 s", "40 s", "60 s", "80 s", "100 s"]),
    ],
)
def test_ticks_are_round(seconds: float, ticks: list[str]) -> None:
    """And few."""
    assert [text for _, text in drawn(span(0, 5, 5, 5 + seconds)).ticks] == ticks


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0"), (0.0001, "1 ms"), (0.25, "250 ms"), (0.9996, "1 s"), (4.24, "4.2 s"), (130.4, "130 s")],
)
def test_durations_read_well(seconds: float, text: str) -> None:
    """With two or three figures."""
    assert duration(seconds) == text
