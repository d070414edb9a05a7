"""What every async test of the engine runs under: a limit on its time, so that a hang is a failure."""

from __future__ import annotations

import functools
import inspect
import math
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import trio

from copy_that_orch.orchestrator.runs.interruptions import is_cancellation

VIRTUAL_LIMIT = 1e7
"""Virtual seconds: the clock jumps there when nothing else will ever happen. No test takes so long."""

REAL_LIMIT = 60.0
"""Seconds for the few tests that need a real clock."""


def _limited(test: Callable[..., Awaitable[None]], seconds: float) -> Callable[..., Awaitable[None]]:
    @functools.wraps(test)
    async def run(**fixtures: Any) -> None:
        with trio.fail_after(seconds):
            try:
                await test(**fixtures)
            except BaseException as error:
                # pytest-trio takes a test that ends so for one that it has cancelled itself, and for a success.
                if is_cancellation(error) and trio.current_effective_deadline() > -math.inf:
                    raise AssertionError("the test was ended by a cancellation that was not meant for it") from error
                raise

    return run


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put every async test below this folder under a limit."""
    for item in items:
        if (
            isinstance(item, pytest.Function)
            and item.path.is_relative_to(Path(__file__).parent)
            and inspect.iscoroutinefunction(item.obj)
        ):
            item.obj = _limited(item.obj, VIRTUAL_LIMIT if "autojump_clock" in item.fixturenames else REAL_LIMIT)


@pytest.fixture
def untraced() -> Iterator[None]:
    """Run a test of many repetitions without the coverage tracer, which would take most of its time."""
    trace = sys.gettrace()
    sys.settrace(None)
    yield
    sys.settrace(trace)
