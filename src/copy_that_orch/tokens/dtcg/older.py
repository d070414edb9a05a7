"""How values that older drafts wrote as texts are written since 2025.10."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from copy_that_orch.tokens.color import Color
from copy_that_orch.tokens.dimension import plain
from copy_that_orch.tokens.formats.w3c import color_object


def rewritten(value: Any, units: Sequence[str] = ()) -> str:
    """Return what to write instead of `value`, as the end of a sentence; nothing if that is not known.

    Args:
      value: A JSON value that is no object.
      units: Those that a number may have; none for colours.
    """
    if not isinstance(value, str):
        return ""
    measure = re.fullmatch(rf"(-?[0-9]+(?:\.[0-9]+)?)({'|'.join(units)})", value) if units else None
    if measure is not None:
        return _write({"value": plain(float(measure[1]), 4), "unit": measure[2]})
    try:
        return "" if units else _write(color_object(Color.from_hex(value)))
    except ValueError:
        return ""


def _write(value: Any) -> str:
    return f"; write {json.dumps(value)}"
