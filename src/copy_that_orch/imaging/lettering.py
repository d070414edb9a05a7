"""The lines of text of one screen, as they are handed on to be looked at together with those of others."""

from __future__ import annotations

import attrs

from copy_that_orch.imaging.text import TextLine
from copy_that_orch.tokens.sightings import Measurements


@attrs.frozen
class Lettering(Measurements):
    """The lines of text of one screen.

    Attributes:
      scale: Device pixels per CSS pixel.
      lines: The lines.
    """

    scale: float
    lines: tuple[TextLine, ...]
