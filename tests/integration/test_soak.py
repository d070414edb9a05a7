"""A little of what `nox -s soak` does for long."""

from __future__ import annotations

import sys

import pytest

from tests.reliability.soak import real_soak, virtual_soak


def test_every_item_ends_exactly_once() -> None:
    """Of ten thousand, 5 % fail, 1 % hang and are timed out, and three outages cost nothing; nor do those given up."""
    soak = virtual_soak(10_000)
    assert soak.not_once == 0
    assert soak.ends == {"completed": 9_400, "failed": 600}
    assert soak.given_up["completed"]
    assert soak.given_up["cancelled"]
    assert soak.refused
    assert soak.opened >= 3


@pytest.mark.skipif(sys.platform != "linux", reason="asks the kernel what is left")
def test_nothing_is_left_behind() -> None:
    """No thread, descriptor, Trio task or process of runs that ended, failed in part or were cancelled midway."""
    leaks = real_soak(0.5, processes=False)
    assert leaks.cancelled
    assert leaks.threads <= 0  # threads that Trio kept for tests before this one may end meanwhile
    assert (leaks.descriptors, leaks.trio_tasks, leaks.processes) == (0, 0, 0)
