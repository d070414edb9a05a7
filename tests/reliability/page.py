"""docs/reliability.md: each section is written by the session that measures it."""

from __future__ import annotations

import datetime as dt
import platform
from collections.abc import Mapping
from pathlib import Path

import copy_that_orch
from benchmarks.harness import publish

PAGE = Path(__file__).parents[2] / "docs" / "reliability.md"


def table(rows: Mapping[str, object]) -> str:
    """Return a table of two columns."""
    return "\n".join(["| | |", "| --- | --: |", *(f"| {name} | {value} |" for name, value in rows.items()), ""])


def write(section: str, text: str) -> None:
    """Put `text` into its section of the page, with when and where it was measured."""
    when = dt.datetime.now(dt.UTC).date()
    python = f"Python {platform.python_version()}, {platform.system()}, version {copy_that_orch.__version__}"
    publish(PAGE, f"\n{text}\nMeasured {when}, {python}.\n\n", section)
