"""How a timeline gets into a report, and out again."""

from __future__ import annotations

from copy_that_orch.orchestrator.observers import CallSpan, Timeline
from copy_that_orch.orchestrator.reports import CallOutcome
from copy_that_orch.timeline import with_timeline, without_timeline
from copy_that_orch.tokens.formats.html.page import write
from tests.unit.tokens import samples
from tests.unit.tokens.formats.html.reading import Report

EMPTY = Timeline(calls=(), circuits=(), forgotten=0)


def timeline(text: str = "a.png") -> Timeline:
    """A run of one call, told with `text` wherever one may come from outside."""
    call = CallSpan(
        task_id=text, stage=text, agent=text, item=0, label=text, attempt=1, queued=0, started=0, ended=1,
        outcome=CallOutcome.FAILED, error=text,
    )  # fmt: skip
    return Timeline(calls=(call,), circuits=(), forgotten=3)


def test_it_is_put_in_and_can_be_taken_out() -> None:
    """A newer one takes its place; the rest of the report is untouched."""
    report = write(samples.EVERY_TYPE)
    told = with_timeline(report, timeline())
    assert "Timeline of the run" in Report(told).headings
    assert "#run" in Report(told).links
    assert "3 attempts in which nothing went wrong are not drawn." in Report(told).text
    assert with_timeline(told, timeline()) == told
    assert without_timeline(told) == report
    assert without_timeline(report) == report


def test_a_run_of_which_nothing_is_known_is_not_told_of() -> None:
    """Not even by a heading."""
    report = write(samples.EVERY_TYPE)
    assert with_timeline(report, EMPTY) == report
    assert with_timeline(with_timeline(report, timeline()), EMPTY) == report


def test_texts_from_outside_stay_texts() -> None:
    """Labels and errors."""
    report = write(samples.EVERY_TYPE)
    plain = Report(with_timeline(report, timeline()))
    for text in samples.HARMFUL:
        told = with_timeline(report, timeline(text))
        assert Report(told).elements == plain.elements
        assert without_timeline(told) == report
