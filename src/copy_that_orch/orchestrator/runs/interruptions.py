"""What ends work from outside of it: cancellation, Control-C, and how to tell them from failures."""

from __future__ import annotations

import math

import trio


def split_cancelled(error: BaseException) -> tuple[BaseException | None, BaseException | None]:
    """Return the part of `error` that is cancellation, and the rest; either may be None."""
    if isinstance(error, BaseExceptionGroup):
        return error.split(trio.Cancelled)
    return (error, None) if isinstance(error, trio.Cancelled) else (None, error)


def is_meant_here() -> bool:
    """Return whether something has cancelled what runs here, so that a `trio.Cancelled` may be passed on.

    One that was kept from elsewhere would end whatever happens to be around it.
    """
    return trio.current_effective_deadline() == -math.inf


def is_cancellation(error: BaseException) -> bool:
    """Return whether `error` is cancellation and nothing else."""
    return split_cancelled(error)[1] is None


def from_nursery(error: BaseException) -> BaseException | None:
    """Return what nurseries in one another raised, without cancellations and, if it is alone, without their groups."""
    rest = split_cancelled(error)[1]
    while isinstance(rest, BaseExceptionGroup) and len(rest.exceptions) == 1:
        rest = rest.exceptions[0]
    return rest


def graver(one: BaseException | None, other: BaseException) -> BaseException:
    """Return which of the two reasons to stop the caller must see: the first, unless the other weighs more.

    An exit, such as `KeyboardInterrupt`, weighs more than an error, and an error more than a cancellation.
    """
    return other if one is None or _weight(other) > _weight(one) else one


def _weight(error: BaseException) -> int:
    if is_cancellation(error):
        return 0
    return 1 if isinstance(error, Exception) else 2
