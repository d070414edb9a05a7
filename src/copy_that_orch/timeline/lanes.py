"""From what was seen of a run to a drawing: one lane for each agent, in bars whose places are percents of the time."""

from __future__ import annotations

import heapq
import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import attrs

from copy_that_orch.orchestrator.breaker.state import CircuitState
from copy_that_orch.orchestrator.observers import CallSpan, CircuitSpan, Timeline
from copy_that_orch.orchestrator.reports import CallOutcome

MOST_ATTEMPTS: Final = 600
"""Attempts that are drawn, so that the report of a product with thousands of screenshots can still be opened."""

ROW: Final = 9.0
"""Height of a call's row in pixels, where there is room."""

HIGHEST: Final = 150.0
"""Height of a lane's rows in pixels; where calls are many, rows get lower."""


@attrs.frozen(kw_only=True)
class Bar:
    """A stretch of time.

    Attributes:
      kind: "waiting", "running", "retry" (waits for another attempt), "failed", "cancelled" or "rejected", or that of a
        circuit: "open", "half_open", "isolated".
      x, width: In percent of the whole time.
      y, height: In pixels.
      title: What happened, for people; empty if the bar before says it.
    """

    kind: str
    x: float
    width: float
    y: float
    height: float
    title: str


@attrs.frozen(kw_only=True)
class Lane:
    """One agent of one stage.

    Attributes:
      stage, agent: Their names.
      sums: What it comes to, in a few words each.
      height: In pixels.
      bars: Of its calls.
      circuits: Times when its circuit was not closed.
    """

    stage: str
    agent: str
    sums: tuple[str, ...]
    height: float
    bars: tuple[Bar, ...]
    circuits: tuple[Bar, ...]


@attrs.frozen(kw_only=True)
class Drawing:
    """The timeline of a run.

    Attributes:
      seconds: From the first call's arrival to the last one's end.
      ticks: Places in percent, and what time it is there.
      lanes: In the order in which the agents got their first calls.
      left_out: Attempts that are not drawn.
    """

    seconds: str
    ticks: tuple[tuple[float, str], ...]
    lanes: tuple[Lane, ...]
    left_out: int


def draw(timeline: Timeline) -> Drawing:
    """Return the drawing of a timeline with at least one call."""
    begin = min(span.queued for span in timeline.calls)
    end = max(time for span in timeline.calls for time in (span.queued, span.started, span.ended) if time is not None)
    scale = _Scale(begin, end)
    lanes: dict[tuple[str, str], list[CallSpan]] = {}
    for span in timeline.calls:
        lanes.setdefault((span.stage, span.agent), []).append(span)
    made = [span for span in timeline.calls if span.outcome is not CallOutcome.CACHED]  # answers take no time
    drawn = set(_most_telling(made))
    return Drawing(
        seconds=duration(end - begin),
        ticks=tuple((scale.percent(begin + time), duration(time)) for time in _ticks(end - begin)),
        lanes=tuple(
            _lane(stage, agent, spans, [one for one in timeline.circuits if one.agent == agent], drawn, scale)
            for (stage, agent), spans in lanes.items()
        ),
        left_out=len(made) - len(drawn) + timeline.forgotten,
    )


def duration(seconds: float) -> str:
    """Return a time for people: "0", "320 ms", "4.2 s", "130 s"."""
    if seconds == 0:
        return "0"
    if seconds < 0.9995:
        return f"{max(1, round(1000 * seconds))} ms"
    return f"{seconds:.1f} s".replace(".0 s", " s") if seconds < 100 else f"{seconds:.0f} s"


@attrs.frozen
class _Scale:
    """Turns times into percents of the way from `begin` to `end`."""

    begin: float
    end: float

    def percent(self, time: float) -> float:
        whole = self.end - self.begin
        share = (time - self.begin) / whole if whole else 0.0
        return round(100 * min(1.0, max(0.0, share)), 3)

    def stretch(self, start: float, stop: float | None) -> tuple[float, float]:
        """Return place and width; None as a stop stands for the end."""
        x = self.percent(start)
        return x, round(self.percent(self.end if stop is None else stop) - x, 3)


def _ticks(seconds: float) -> Iterator[float]:
    """Yield round times from 0 on, at most seven."""
    if seconds:
        rough = seconds / 6
        unit = 10.0 ** math.floor(math.log10(rough))
        step = next(unit * factor for factor in (1, 2, 5, 10) if unit * factor >= 0.999 * rough)
        yield from itertools.takewhile(
            lambda time: time <= 1.001 * seconds, (round(n * step, 9) for n in itertools.count())
        )


def _most_telling(calls: Sequence[CallSpan]) -> list[CallSpan]:
    """Return the attempts to draw: all if they are not too many, else what went wrong and then the longest."""

    def rank(span: CallSpan) -> tuple[bool, float]:
        plain = span.outcome is CallOutcome.COMPLETED and span.attempt == 1
        return plain, span.queued - (span.ended if span.ended is not None else math.inf)

    return sorted(calls, key=rank)[:MOST_ATTEMPTS] if len(calls) > MOST_ATTEMPTS else list(calls)


def _lane(
    stage: str, agent: str, spans: list[CallSpan], circuits: list[CircuitSpan], drawn: set[CallSpan], scale: _Scale
) -> Lane:
    calls: dict[int, list[CallSpan]] = {}
    for span in spans:
        if span in drawn:
            calls.setdefault(span.item, []).append(span)
    rows = _rows(calls.values(), scale.end)
    many = max(rows, default=0) + 1
    height = min(ROW, HIGHEST / many)
    top = 8.0 if circuits else 0.0
    bars = [
        bar for row, attempts in zip(rows, calls.values(), strict=True) for bar in _bars(attempts, row, height, scale)
    ]
    return Lane(
        stage=stage,
        agent=agent,
        sums=tuple(_sums(spans)),
        height=round(top + many * height, 2),
        bars=tuple(attrs.evolve(bar, y=round(bar.y + top, 2)) for bar in bars),
        circuits=tuple(_circuit_bars(circuits, scale)),
    )


def _rows(calls: Iterable[Sequence[CallSpan]], end: float) -> list[int]:
    """Return the row of each call: the first one that is free when it comes."""
    free: list[int] = []
    busy: list[tuple[float, int]] = []
    rows: list[int] = []
    for attempts in calls:
        while busy and busy[0][0] <= attempts[0].queued:
            heapq.heappush(free, heapq.heappop(busy)[1])
        row = heapq.heappop(free) if free else len(busy)
        last = attempts[-1].ended
        heapq.heappush(busy, (end if last is None else last, row))
        rows.append(row)
    return rows


def _bars(attempts: Sequence[CallSpan], row: int, height: float, scale: _Scale) -> Iterator[Bar]:
    """Yield the bars of one call: how it waited and ran, and how it waited for other attempts."""

    def bar(kind: str, start: float, stop: float | None, title: str) -> Bar:
        x, width = scale.stretch(start, stop)
        gap = min(2.0, height / 4)
        return Bar(kind=kind, x=x, width=width, y=row * height, height=round(height - gap, 2), title=title)

    before: float | None = None
    for span in attempts:
        if before is not None and span.queued > before:
            yield bar("retry", before, span.queued, f"{span.label}: waits for attempt {span.attempt}")
        before = span.ended
        stop = span.ended if span.started is None else span.started
        if stop is None or stop > span.queued:
            yield bar("waiting", span.queued, stop, _told(span))
        if span.started is not None or span.outcome is CallOutcome.REJECTED:
            running = span.outcome is None or span.outcome is CallOutcome.COMPLETED
            start = stop if stop is not None else span.queued
            yield bar("running" if running else span.outcome or "running", start, span.ended, _told(span))


def _told(span: CallSpan) -> str:
    """Return what became of an attempt in a sentence."""
    attempt = f", attempt {span.attempt}" if span.attempt > 1 else ""
    waited = (
        ""
        if span.started is None or span.started == span.queued
        else (f", waited {duration(span.started - span.queued)}")
    )
    ran = "" if span.started is None or span.ended is None else f", ran {duration(span.ended - span.started)}"
    error = f": {span.error}" if span.error else ""
    return f"{span.label}{attempt}: {span.outcome or 'under way'}{waited}{ran}{error}"


def _circuit_bars(circuits: Iterable[CircuitSpan], scale: _Scale) -> Iterator[Bar]:
    for span in circuits:
        ended = span.ended is not None and span.ended <= scale.begin
        if span.state is not CircuitState.CLOSED and span.started < scale.end and not ended:
            x, width = scale.stretch(span.started, span.ended)
            state = str(span.state)
            yield Bar(kind=state, x=x, width=width, y=0.0, height=5.0, title=f"circuit {state.replace('_', ' ')}")


def _sums(spans: Sequence[CallSpan]) -> Iterator[str]:
    calls = len({span.item for span in spans})
    yield "1 call" if calls == 1 else f"{calls:,} calls"
    waited = sum((span.ended or span.queued) - span.queued for span in spans if span.started is None) + sum(
        span.started - span.queued for span in spans if span.started is not None
    )
    ran = sum(span.ended - span.started for span in spans if span.started is not None and span.ended is not None)
    yield f"ran {duration(ran)}"
    if waited >= 0.001:
        yield f"waited {duration(waited)}"
    retries = sum(span.attempt > 1 for span in spans)
    if retries:
        yield "1 retry" if retries == 1 else f"{retries:,} retries"
    for outcome in (CallOutcome.CACHED, CallOutcome.FAILED, CallOutcome.REJECTED, CallOutcome.CANCELLED):
        number = sum(span.outcome is outcome for span in spans)
        if number:
            yield f"{number:,} {outcome}"
