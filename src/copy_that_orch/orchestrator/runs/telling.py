"""What observers are told of a call.

The events are made attribute by attribute: a dict of what they have in common would be a fifth of what one costs.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import trio

from copy_that_orch.orchestrator.events import CallCached, CallEnded, CallQueued, CallRetried, CallStarted

if TYPE_CHECKING:
    from copy_that_orch.orchestrator.reports import CallOutcome
    from copy_that_orch.orchestrator.runs.calls import Call


def queued(call: Call) -> CallQueued:
    """Tell that an attempt waits from now on."""
    return CallQueued(
        time=trio.current_time(),
        task_id=call.task_id,
        stage=call.stage.name,
        agent=call.agent_type,
        item=call.item,
        label=call.label,
        attempt=call.attempt,
    )


def started(call: Call) -> CallStarted:
    """Tell that an attempt has got its slot."""
    return CallStarted(
        time=call.started,
        task_id=call.task_id,
        stage=call.stage.name,
        agent=call.agent_type,
        item=call.item,
        label=call.label,
        attempt=call.attempt,
    )


def ended(call: Call, outcome: CallOutcome, seconds: float) -> CallEnded:
    """Tell that an attempt has ended, and with which error."""
    error = call.error
    return CallEnded(
        time=trio.current_time(),
        task_id=call.task_id,
        stage=call.stage.name,
        agent=call.agent_type,
        item=call.item,
        label=call.label,
        attempt=call.attempt,
        outcome=outcome,
        seconds=seconds,
        error=error_text(error) if isinstance(error, Exception) else None,
    )


def cached(call: Call) -> CallCached:
    """Tell that the store knew the result of a call."""
    return CallCached(
        time=trio.current_time(),
        task_id=call.task_id,
        stage=call.stage.name,
        agent=call.agent_type,
        item=call.item,
        label=call.label,
        attempt=call.attempt,
    )


def retried(call: Call, delay: float) -> CallRetried:
    """Tell that a failed attempt will be repeated after `delay` seconds."""
    return CallRetried(
        time=trio.current_time(),
        task_id=call.task_id,
        stage=call.stage.name,
        agent=call.agent_type,
        item=call.item,
        label=call.label,
        attempt=call.attempt,
        delay=delay,
    )


def error_text(error: BaseException, longest: int = 200) -> str:
    """Return an error as one short line of text."""
    message = ""
    with contextlib.suppress(Exception):  # an error that cannot say what it is must not hide that there was one
        message = str(error)
    text = " ".join(f"{type(error).__name__}: {message}".split()) if message else type(error).__name__
    return text if len(text) <= longest else text[: longest - 1] + "…"
