"""Scheduler passes, and letters that wait for the next one: what makes a run's order its own and not Trio's.

Trio runs the Trio tasks that are ready in passes, and within a pass in an order that is drawn at random. Whoever acts
on what others did in the same pass would act differently from run to run. So others put letters into a mailbox, and a
letter can be taken from the next pass on: by then all letters of its pass are there, and they can be put in order.
"""

from __future__ import annotations

import collections
import contextlib
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar, final

import trio

T = TypeVar("T")


@final
class Passes(trio.abc.Instrument):
    """Counts the scheduler passes of a Trio run, while somebody wants to know.

    Attributes:
      number: Number of the current pass.
    """

    def __init__(self) -> None:
        self.number = 0
        self._users = 0

    @classmethod
    def here(cls) -> Passes:
        """Return the one of the current Trio run."""
        try:
            return _here.get()
        except LookupError:
            passes = cls()
            _here.set(passes)
            return passes

    @contextlib.contextmanager
    def counted(self) -> Iterator[None]:
        """Count for the time of the block."""
        if not self._users:
            trio.lowlevel.add_instrument(self)
        self._users += 1
        try:
            yield
        finally:
            self._users -= 1
            if not self._users:
                trio.lowlevel.remove_instrument(self)

    def after_io_wait(self, timeout: float) -> None:
        """Note that a pass begins; Trio calls this once in each."""
        self.number += 1


_here: trio.lowlevel.RunVar[Passes] = trio.lowlevel.RunVar("passes")


@final
class Mailbox(Generic[T]):
    """Letters in the order in which they came; true while there are any, those of this pass included.

    Args:
      passes: Tells which pass it is.
      wake: Is called with the first letter of a pass; by the time that whoever takes them looks, the others are there.
    """

    __slots__ = ("_fresh", "_passes", "_put_in", "_ripe", "_wake")

    def __init__(self, passes: Passes, wake: Callable[[], None] = lambda: None) -> None:
        self._passes = passes
        self._wake = wake
        self._put_in = -1
        self._fresh: list[T] = []
        self._ripe: collections.deque[T] = collections.deque()

    def __bool__(self) -> bool:
        return bool(self._fresh or self._ripe)

    @property
    def has_fresh(self) -> bool:
        """Whether there are letters of this pass."""
        return bool(self._fresh) and self._put_in == self._passes.number

    def put(self, letter: T) -> None:
        """Put in a letter; it can be taken from the next pass on."""
        number = self._passes.number
        if number != self._put_in:
            self._ripe.extend(self._fresh)
            self._fresh.clear()
            self._put_in = number
            self._fresh.append(letter)
            self._wake()
        else:
            self._fresh.append(letter)

    def take(self) -> T | None:
        """Return the oldest letter that can be taken, if there is one."""
        if not self._ripe and not self.has_fresh:
            self._ripe.extend(self._fresh)
            self._fresh.clear()
        return self._ripe.popleft() if self._ripe else None

    def take_all(self) -> list[T]:
        """Return all letters that can be taken."""
        letters: list[T] = []
        if self._ripe:
            letters += self._ripe
            self._ripe.clear()
        if self._fresh and self._put_in != self._passes.number:
            letters += self._fresh
            self._fresh.clear()
        return letters
