"""Telling observers: synchronously, in order, and without harm to the run."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import final

import trio

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
        self._observers = list(observers)
        for observer in self._observers:
            if not isinstance(observer, Observer):
                raise ConfigurationError(f"an observer needs on_event(event); {observer!r} has none")

    def __bool__(self) -> bool:
        return bool(self._observers)

    @trio.lowlevel.enable_ki_protection  # so what is raised here is the observer's own, and no Control-C is lost
    def emit(self, event: Event) -> None:
        """Tell every observer; one that raises is logged and gets no more events."""
        for observer in tuple(self._observers):
            try:
                observer.on_event(event)
            except BaseException:  # as of a Trio instrument
                _log.exception("observer %r raised; it gets no more events", observer)
                self._observers.remove(observer)
