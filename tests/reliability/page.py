"""docs/reliability.md: each section is written by the session that measures it."""

from __future__ import annotations

import datetime as dt
import platform
from collections.abc import Mapping
from pathlib import Path

import copy_that_orch

PAGE = Path(__file__).parents[2] / "docs" / "reliability.md"


def table(rows: Mapping[str, object]) -> str:
    """Return a table of two columns."""
    return "\n".join(["| | |", "| --- | --: |", *(f"| {name} | {value} |" for name, value in rows.items()), ""])


def write(section: str, text: str) -> None:
    """Put `text` into its section of the page, with when and where it was measured."""
    begin, end = f"<!-- {section}: begin -->\n", f"<!-- {section}: end -->\n"
    before, rest = PAGE.read_text("utf-8").split(begin)
    _old, after = rest.split(end)
    when = dt.datetime.now(dt.UTC).date()
    python = f"Python {platform.python_version()}, {platform.system()}, version {copy_that_orch.__version__}"
    PAGE.write_text(f"{before}{begin}\n{text}\nMeasured {when}, {python}.\n\n{end}{after}", "utf-8")
