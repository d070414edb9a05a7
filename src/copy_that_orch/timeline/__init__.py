"""The timeline of a run as a picture, and how it gets into a report.

    html = with_timeline(file.text, observer.timeline())

The report of a token set is the same text for the same set; the account of the run that made it, full of times, is
put in afterwards and can be taken out again, so that reports can be compared.
"""

from __future__ import annotations

import functools
import re
from typing import Final

import jinja2

from copy_that_orch.orchestrator.observers import Timeline
from copy_that_orch.timeline.lanes import draw
from copy_that_orch.tokens.formats.html.page import RUN_BEGINS, RUN_ENDS, visible

__all__ = ["with_timeline", "without_timeline"]

_SLOT: Final = re.compile(f"{re.escape(RUN_BEGINS)}.*?{re.escape(RUN_ENDS)}", re.DOTALL)
_TEMPLATES: Final = ("link.html", "section.html")
"""What goes into the slots of a report, in their order."""


def with_timeline(report: str, timeline: Timeline) -> str:
    """Return `report` with a picture of `timeline`, in place of the one that it has; itself if there were no calls."""
    if not timeline.calls:
        return without_timeline(report)
    drawing = draw(timeline)
    parts = iter([_environment().get_template(name).render(drawing=drawing) for name in _TEMPLATES])
    return _SLOT.sub(lambda _: f"{RUN_BEGINS}{next(parts)}{RUN_ENDS}", report)


def without_timeline(report: str) -> str:
    """Return `report` as it was before `with_timeline`: the same text for the same token set and screenshots."""
    return _SLOT.sub(lambda _: f"{RUN_BEGINS}{RUN_ENDS}", report)


@functools.cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.PackageLoader(__name__, "templates"),
        autoescape=True,
        finalize=visible,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
