"""Items read from the caller's own sequence, one by one, as there is room for them.

What it raises goes to a task that may outlive it, so it is read from the frame of a generator: from the frame of a
plain function the frames of an error that passes through it lead back to those of its callers, for ever: to the task,
which holds the error.
"""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any, Final, final

from copy_that_orch.orchestrator.interfaces import label_of
from copy_that_orch.orchestrator.runs.tracebacks import without_frames_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from copy_that_orch.orchestrator.runs.stage_batch import Entry

UNREAD: Final = "unread"
"""The label of an item that could not be read."""


@final
class ItemSource:
    """The items on their way into a segment of the pipeline.

    Args:
      items: The sequence.
      count: How many there are.
      gathers: Whether they are taken as one, the tuple of all.

    Attributes:
      index: Place of the item that is taken next.
      left: How often something can be taken.
    """

    __slots__ = ("_gathers", "_items", "index", "left")

    def __init__(self, items: Sequence[Any], count: int, *, gathers: bool) -> None:
        self._items = items
        self._gathers = gathers
        self.index = 0
        self.left = 1 if gathers else count

    def take(self) -> Entry:
        """Return the next item; what the sequence raises goes on, and the item is passed over."""
        index = self.index
        self.index += 1
        self.left -= 1
        if self._gathers:
            items = all_of(self._items)
            return index, items, "1 item" if len(items) == 1 else f"{len(items)} items"
        # By index and not by an iterator, which would hold the last item until it is asked for the next one.
        value = next(_apart(operator.getitem, self._items, index))
        return index, value, label_of(value)


def size_of(items: Sequence[Any]) -> int:
    """Return how many there are."""
    size: int = next(_apart(len, items))
    return size


def all_of(items: Sequence[Any]) -> tuple[Any, ...]:
    """Return all of them."""
    return next(_apart(tuple, items))


def raised_by_source(module: str, error: Exception) -> Exception:
    """Return `error`, which `module` has got of a sequence, without the frames that only tell how it was read."""
    return without_frames_of(__name__, without_frames_of(module, error))


def _apart(read: Callable[..., Any], *arguments: Any) -> Iterator[Any]:
    yield read(*arguments)
