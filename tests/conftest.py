"""What holds for all tests."""

from __future__ import annotations

import signal

import hypothesis

# The same examples in every run, so that a change is never blamed for another one's luck, and none fails for being slow
# on a busy machine. To look for new ones: pytest --hypothesis-profile=default
hypothesis.settings.register_profile("reproducible", derandomize=True, deadline=None)
hypothesis.settings.load_profile("reproducible")


def pytest_configure() -> None:
    """Let Control-C arrive, here and in the processes that tests start.

    A shell starts a background job with SIGINT ignored; tests that send it would then wait for ever.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
