"""What a file says about a design."""

from __future__ import annotations

import json
from typing import Any

import pytest

from copy_that_orch.tokens.alias import Alias
from copy_that_orch.tokens.color import Color
from copy_that_orch.tokens.dtcg.check import check_text
from copy_that_orch.tokens.dtcg.design import design_of
from copy_that_orch.tokens.dtcg.document import read
from copy_that_orch.tokens.dtcg.json_text import JsonObject
from copy_that_orch.tokens.dtcg.references import References
from copy_that_orch.tokens.formats import w3c
from copy_that_orch.tokens.model import ContrastPair, Provenance, Token, TokenSet, TokenType
from copy_that_orch.tokens.rules import check


def colors(document: Any) -> dict[str, Any]:
    """Colours in 8 bits, with their alpha, by name."""
    design = design_of(References(read(JsonObject(document))))
    found = {token.name: design.end_of(token.value) for token in design}
    return {name: (value.hex, value.alpha) for name, value in found.items() if isinstance(value, Color)}


@pytest.mark.parametrize(
    ("space", "components", "expected"),
    [
        ("srgb", [0.1451, 0.3882, 0.9216], "#2563eb"),
        ("hsl", [221.21, 83.19, 53.33], "#2563eb"),
        ("hwb", [221.21, 14.51, 7.84], "#2563eb"),
        ("oklch", [0.5461, 0.2152, 262.88], "#2563eb"),
        ("lab", [100, 0, 0], "#ffffff"),
        ("oklch", [0.5, 0, "none"], "#636363"),
        ("display-p3", [1, 0, 0], "#ff0000"),
        ("xyz-d65", [0, 0, 0], "#000000"),
    ],
)
def test_colours_of_all_spaces_become_srgb(space: str, components: list[Any], expected: str) -> None:
    """What is out of its reach is clipped."""
    value = {"colorSpace": space, "components": components, "alpha": 0.5}
    assert colors({"a": {"$type": "color", "$value": value}}) == {"a": (expected, 0.5)}


def test_references_are_followed_and_what_is_broken_is_left_out() -> None:
    """Other checks tell it."""
    blue = {"colorSpace": "srgb", "components": [0, 0, 1]}
    document = {
        "$type": "color",
        "a": {"$value": blue},
        "b": {"$value": "{a}"},
        "c": {"$value": "{nix}"},
        "d": {"$value": "#fff"},
        "e": {"$value": {**blue, "components": {"$ref": "#/a/$value/components"}}},
        "f": {"$type": "number", "$value": 1},
    }
    assert colors(document) == dict.fromkeys("abe", ("#0000ff", 1.0))


def test_what_this_package_wrote_about_text_is_checked_again() -> None:
    """With the same words as when it was made."""
    grey = Token(("color", "grey"), TokenType.COLOR, Color.from_hex("#777777"))
    text = Token(("color", "a", "text"), TokenType.COLOR, Alias(grey.path))  # the primitive is told, though it is last
    seen = [Provenance("a.png", "extract.color", 3)]
    white = Color.from_hex("#ffffff")
    pairs = [
        ContrastPair(Color.from_hex("#777777"), white, seen),
        ContrastPair(Color.from_hex("#959595"), white, seen, 24),
    ]
    tokens = TokenSet([grey, text], pairs)
    assert check_text(w3c.write(tokens)) == (2, check(tokens))
    assert [finding.path for finding in check(tokens)] == ["", "color.grey"]


@pytest.mark.parametrize(
    "extensions",
    [
        {"contrast": 5},
        {"contrast": [5, {}, {"text": "red"}, {"text": "#fff", "background": "#fff", "provenance": [{}]}]},
        {"contrast": [{"text": "#fff", "background": "#fff", "provenance": [], "fontSize": 5}]},
        [],
    ],
)
def test_what_others_wrote_there_is_passed_over(extensions: Any) -> None:
    """It is theirs."""
    assert check_text(json.dumps({"$extensions": {w3c.EXTENSION: extensions}})) == (0, ())


def test_meanings_in_anybodys_file_are_compared() -> None:
    """If they have the names that tokens have here."""
    red, green = (
        {"$value": {"colorSpace": "srgb", "components": list(c)}} for c in ((0.71, 0.4, 0.11), (0.48, 0.55, 0.18))
    )
    document = {"color": {"$type": "color", "success": {"default": green}, "danger": {"default": red}}}
    _, (finding,) = check_text(json.dumps(document))
    assert (finding.code, finding.path) == ("color-blind", "color.success.default")
