"""What holds for every format."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copy_that_orch.tokens.alias import Alias
from copy_that_orch.tokens.formats import FORMATS
from copy_that_orch.tokens.merge import merge
from copy_that_orch.tokens.model import Token, TokenSet, TokenType
from copy_that_orch.tokens.rules import UnsoundTokensError
from tests.unit.tokens import samples
from tests.unit.tokens import strategies as made


@pytest.mark.parametrize("name", FORMATS)
def test_equal_sets_give_equal_bytes(name: str) -> None:
    """In whatever order the tokens came; the text ends with one newline, and no line ends with a space."""
    tokens = samples.EVERY_TYPE
    text = FORMATS[name].write(tokens)
    assert FORMATS[name].write(TokenSet(reversed(tokens.tokens))) == text
    assert text.endswith("\n")
    assert not text.endswith("\n\n")
    assert "\r" not in text
    assert not any(line != line.rstrip() for line in text.splitlines())


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("text", samples.HARMFUL)
def test_texts_from_outside_can_be_encoded(name: str, text: str) -> None:
    """And characters that are not seen, and would end a comment, are not there."""
    written = FORMATS[name].write(samples.harmful(text))
    assert written.encode("utf-8").decode("utf-8") == written
    if FORMATS[name].file_name.endswith("json"):
        json.loads(written)
    else:
        assert not set(written) & set("\x00\x07\x0c\r\x7f\x85\u2028\u2029")
        if name in {"css", "typescript"}:  # which may stand in a page
            assert not re.search("</|<!--", written)


@pytest.mark.parametrize("name", FORMATS)
def test_a_set_that_breaks_the_format_is_refused(name: str) -> None:
    """A reference to nothing would be a value that silently does nothing."""
    with pytest.raises(UnsoundTokensError, match="alias-dangling"):
        FORMATS[name].write(TokenSet([Token(("a",), TokenType.COLOR, Alias(("b",)))]))


@pytest.mark.parametrize("name", FORMATS)
def test_an_empty_set_can_be_written(name: str) -> None:
    """A screenshot of nothing gives files with nothing in them."""
    assert FORMATS[name].write(TokenSet())


@pytest.mark.parametrize("name", FORMATS)
def test_the_files_of_a_dark_mode_are_known(name: str) -> None:
    """By name, so that they can be removed when there is none any more."""
    assert tuple(FORMATS[name].others(samples.IN_TWO_MODES)) == FORMATS[name].other_names


@given(st.lists(made.extracted_sets(), max_size=3))
@settings(max_examples=20)
def test_every_merged_set_can_be_written(sets: list[TokenSet]) -> None:
    """Whatever extractors may find, in every mode."""
    merged = merge(sets)
    for target in FORMATS.values():
        for text in (target.write(merged), *target.others(merged).values()):
            assert text.endswith("\n")
