"""Telling observers: synchronously, in order, and without harm to the run."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import final

import trio

from copy_that_orch.orchestrator.checks import series
from copy_that_orch.orchestrator.errors import ConfigurationError
from copy_that_orch.orchestrator.events import Event, Observer

_log = logging.getLogger(__name__)


@final
class Broadcast:
    """The observers of a coordinator; false when there are none.

    Raises:
      ConfigurationError: if one has no `on_event`.
    """

    __slots__ = ("_observers",)

    def __init__(self, observers: Iterable[Observer]) -> None:
        self._observers = series("observers", observers)
        for observer in self._observers:
            if not isinstance(observer, Observer):
                raise ConfigurationError(f"an observer needs on_event(event); {observer!r} has none")

    def __bool__(self) -> bool:
        return bool(self._observers)

    @trio.lowlevel.enable_ki_protection  # so what is raised here is the observer's own, and no Control-C is lost
    def emit(self, event: Event) -> None:
        """Tell every observer; one that raises is logged and gets no more events."""
        observers = self._observers
        for observer in observers:
            # An observer may use the engine, which emits events of its own: one behind it may be gone by now.
            if self._observers is not observers and not self._has(observer):
                continue
            try:
                observer.on_event(event)
            except BaseException:  # as of a Trio instrument
                if self._has(observer):
                    _log.exception("observer %r raised; it gets no more events", observer)
                    self._observers = tuple(one for one in self._observers if one is not observer)

    def _has(self, observer: Observer) -> bool:
        return any(one is observer for one in self._observers)  # whatever it calls equal to itself
