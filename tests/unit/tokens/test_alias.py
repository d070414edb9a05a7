"""References."""

from __future__ import annotations

import pytest

from copy_that_orch.tokens.alias import Alias


def test_a_reference_is_written_in_curly_braces_and_read_back() -> None:
    """Names between dots; equal references are equal."""
    alias = Alias(["color", "blue", "450"])
    assert str(alias) == "{color.blue.450}"
    assert Alias.parse("{color.blue.450}") == alias


@pytest.mark.parametrize("text", ["", "{}", "color.blue", "{color.blue", "color.blue}", "{color..blue}", "{a.{b}}"])
def test_what_is_no_reference_is_refused(text: str) -> None:
    """The error shows what was given."""
    with pytest.raises(ValueError, match="not a reference"):
        Alias.parse(text)


def test_a_text_is_no_path() -> None:
    """It would become a path of single letters."""
    with pytest.raises(TypeError, match="tuple of names"):
        Alias("color.blue")
