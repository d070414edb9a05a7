"""docs/reference.md is what the docstrings say."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"


def test_reference_page_is_up_to_date() -> None:
    """The page is made by docs/make_reference.py; after a change of docstrings it must be made again."""
    specification = importlib.util.spec_from_file_location("make_reference", DOCS / "make_reference.py")
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)

    if (DOCS / "reference.md").read_text() != module.page():
        pytest.fail("run `python docs/make_reference.py`")
