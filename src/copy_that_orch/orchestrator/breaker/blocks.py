"""The two ends of a guarded block, and the refusal between them."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING

import trio

from copy_that_orch.orchestrator.breaker.permits import Permit
from copy_that_orch.orchestrator.errors import CircuitOpenError

if TYPE_CHECKING:
    from copy_that_orch.orchestrator.breaker.core import BreakerCore


async def refuse(breaker: BreakerCore) -> CircuitOpenError:
    """Return what to raise, after a checkpoint: a caller that tries again at once must stay cancellable.

    Use it as `raise await refuse(breaker)`: kept in a variable, the error and its traceback would form a cycle.
    """
    refusal = breaker.refusal()
    await trio.lowlevel.checkpoint()
    return refusal


def raise_if_ended(permit: Permit, scope: trio.CancelScope) -> None:
    """Raise what tells why the guard ended the call, if it did; `scope` is its own and has been left."""
    if scope.cancelled_caught:
        raise permit.end_reason() from None


def enter_scope(permit: Permit) -> None:
    """Enter the scope of a block whose permit needs one."""
    permit.scope = trio.CancelScope(deadline=permit.deadline).__enter__()


def leave_block(
    breaker: BreakerCore,
    permit: Permit,
    kind: type[BaseException] | None,
    error: BaseException | None,
    traceback: TracebackType | None,
) -> None:
    """Leave the scope, if there is one, settle, and raise what is to be raised in the place of `error`, if anything."""
    scope = permit.scope
    if scope is not None:
        try:
            scope.__exit__(kind, error, traceback)
            raise_if_ended(permit, scope)
        except BaseException as instead:  # that, or what is left of a group without its cancellations
            breaker.settle(permit, instead)
            raise
    breaker.settle(permit, error)
