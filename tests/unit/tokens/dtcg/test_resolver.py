"""Resolver documents."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copy_that_orch.tokens.dtcg.check import check_text
from copy_that_orch.tokens.dtcg.json_text import UnreadableError
from copy_that_orch.tokens.formats import w3c
from copy_that_orch.tokens.merge import merge
from copy_that_orch.tokens.model import Severity, TokenSet
from copy_that_orch.tokens.semantics import with_semantics
from tests.unit.tokens import strategies as made
from tests.unit.tokens.dtcg.test_dtcg_check import SOUND, anything

ONE = {"$type": "number", "$value": 1}
FILES: dict[str, Any] = {
    "base.json": {"a": ONE, "b": {"$value": "{a}"}},
    "dark.json": {"a": {"$type": "number", "$value": 2}},
    "broken.json": {"b": {"$value": "{nix}"}, "c": ONE},
    "list.json": [],
}
BASE = {"sources": [{"$ref": "base.json"}]}


def load(name: str) -> str:
    """The text of a file."""
    if name == "latin.json":
        return b"\xfc".decode("utf-8")
    if "\0" in name:
        raise ValueError("embedded null byte")
    if name not in FILES:
        raise FileNotFoundError(2, "No such file or directory")
    return json.dumps(FILES[name])


def told(**document: Any) -> tuple[int, list[tuple[str, str, str]]]:
    """Number of tokens, and code, path and message of what is said."""
    tokens, findings = check_text(json.dumps({"version": "2025.10", **document}), load)
    return tokens, [(finding.code, finding.path, finding.message) for finding in findings]


def themes(**contexts: Any) -> dict[str, Any]:
    """A modifier with these contexts."""
    return {"theme": {"contexts": contexts, "default": "light"}}


ORDER = [{"$ref": "#/sets/base"}, {"$ref": "#/modifiers/theme"}]


def test_a_sound_document_has_nothing_to_tell() -> None:
    """Every context is looked at, inline tokens and sets in sets as well."""
    sets = {"base": BASE, "more": {"sources": [{"$ref": "#/sets/base"}, {"c": ONE}]}}
    contexts = themes(light=[], dark=[{"$ref": "dark.json"}, {"d": {"$value": "{c}"}}], dim=[{"$ref": "dark.json"}])
    order = [{"$ref": "#/sets/more"}, {"$ref": "#/modifiers/theme"}]
    assert told(sets=sets, modifiers=contexts, resolutionOrder=order) == (4, [])


def test_sets_and_modifiers_may_stand_in_the_order_itself() -> None:
    """Without a default, the first context is usual."""
    order = [
        {"type": "set", "name": "base", **BASE},
        {"type": "modifier", "name": "size", "contexts": {"small": [], "large": [{"$ref": "broken.json"}]}},
    ]
    assert told(resolutionOrder=order) == (
        3,
        [("alias-dangling", "b", "with size=large: {nix} leads nowhere: there is no token 'nix'")],
    )


def test_what_is_wrong_in_all_contexts_is_told_once() -> None:
    """Without the name of one."""
    contexts = themes(light=[], dark=[{"$ref": "dark.json"}])
    _, found = told(
        sets={"base": {"sources": [{"$ref": "base.json"}, {"$ref": "broken.json"}]}},
        modifiers=contexts,
        resolutionOrder=ORDER,
    )
    assert found == [("alias-dangling", "b", "{nix} leads nowhere: there is no token 'nix'")]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("nix.json", "nix.json cannot be read (No such file or directory)"),
        ("latin.json", "latin.json: no UTF-8 from byte 0 on"),
        ("list.json", "list.json: the file is a list of 0, not an object with tokens"),
        ("\0", "\0: embedded null byte"),
    ],
)
def test_files_that_cannot_be_read_are_told_once(name: str, message: str) -> None:
    """Though every context needs them; the others are checked."""
    sets = {"base": {"sources": [{"$ref": name}, {"$ref": "base.json"}]}}
    contexts = themes(light=[], dark=[])
    assert told(sets=sets, modifiers=contexts, resolutionOrder=ORDER) == (2, [("source-missing", "", message)])


@pytest.mark.parametrize(
    ("document", "code", "message"),
    [
        ({"version": "1", "resolutionOrder": [BASE]}, "resolver-version", "the text '1', not '2025.10'"),
        ({"resolutionOrder": []}, "resolver-form", "a list of 0, not a list of sets and modifiers"),
        ({"resolutionOrder": 5}, "resolver-form", "the number 5"),
        ({"resolutionOrder": [5]}, "resolver-form", "the number 5 in resolutionOrder is neither"),
        ({"resolutionOrder": [{"$ref": "#/sets/nix"}]}, "resolver-form", "'#/sets/nix' in resolutionOrder is neither"),
        ({"resolutionOrder": [{"name": "x", "contexts": {"a": 5}}]}, "resolver-form", "an object in resolutionOrder"),
        ({"resolutionOrder": [{"name": "x", "contexts": {"a": []}, "default": "b"}]}, "resolver-default", "'b' is the"),
        (
            {"resolutionOrder": [{"name": "x", "contexts": {"a": []}, "default": {}}]},
            "resolver-default",
            "an object is",
        ),
        ({"resolutionOrder": [{"sources": [5]}]}, "resolver-form", "a source is the number 5"),
        ({"resolutionOrder": [{"sources": [{"$ref": "#/sets/x"}]}]}, "resolver-form", "the source #/sets/x is no set"),
        (
            {"sets": {"x": {"sources": [{"$ref": "#/sets/x"}]}}, "resolutionOrder": [{"$ref": "#/sets/x"}]},
            "resolver-form",
            "#/sets/x is no set, or has itself as a source",
        ),
    ],
)
def test_broken_documents(document: dict[str, Any], code: str, message: str) -> None:
    """What is neither a set nor a modifier, and what leads nowhere or round in a circle."""
    _, ((found, path, text),) = told(**document)
    assert (found, path) == (code, "")
    assert message in text


def test_without_a_way_to_read_files_it_is_refused() -> None:
    """It has no tokens itself."""
    with pytest.raises(UnreadableError, match="resolver document"):
        check_text(json.dumps({"resolutionOrder": []}))


@given(st.lists(made.extracted_sets(), max_size=3))
@settings(max_examples=30, deadline=None)
def test_what_is_written_here_is_sound_in_every_mode(sets: list[TokenSet]) -> None:
    """The resolver document with its files."""
    tokens = with_semantics(merge(sets))
    files = {"tokens.json": w3c.write(tokens), **w3c.others(tokens)}
    if tokens.modes:
        number, findings = check_text(files["tokens.resolver.json"], lambda name: files[name])
        assert number == len(tokens)
        assert {finding.severity for finding in findings} <= {Severity.WARNING}


def places(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Paths of all that is in a JSON value."""
    inside = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [path, *(place for key, value in inside for place in places(value, (*path, key)))]


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_no_change_of_a_sound_file_makes_it_stumble(data: st.DataObject) -> None:
    """Anything in the place of anything, in files and in the document that joins them: it is told, or refused."""
    sound = {
        of: {"$type": of, **{f"v{index}": {"$value": value} for index, value in enumerate(values)}}
        for of, values in SOUND.items()
    }
    more = {"a": {"$value": "{color.v0}"}, "b": {"$ref": "#/color/v0"}, "c": {"$extends": "{shadow}"}}
    contexts = themes(light=[], dark=[{"x": ONE}])
    resolver = {"version": "2025.10", "sets": {"base": BASE}, "modifiers": contexts, "resolutionOrder": ORDER}
    document = json.loads(json.dumps(data.draw(st.sampled_from([{**sound, "more": more}, resolver]))))
    for _ in range(data.draw(st.integers(1, 3))):
        *way, last = data.draw(st.sampled_from(places(document)[1:]))
        node = document
        for key in way:
            node = node[key]
        node[last] = data.draw(anything)
    with contextlib.suppress(UnreadableError):
        check_text(json.dumps(document), load)
