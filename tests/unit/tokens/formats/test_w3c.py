"""Files of the Design Tokens format."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator
from referencing import Registry, Resource

from copy_that_orch.tokens.alias import Alias
from copy_that_orch.tokens.border import Border, StrokeStyle
from copy_that_orch.tokens.color import Color
from copy_that_orch.tokens.dimension import Dimension, Number
from copy_that_orch.tokens.formats import FORMATS, w3c
from copy_that_orch.tokens.gradient import Gradient, GradientStop
from copy_that_orch.tokens.merge import merge
from copy_that_orch.tokens.model import ContrastPair, Finding, Provenance, Screen, Severity, Token, TokenSet, TokenType
from copy_that_orch.tokens.rules import UnsoundTokensError, check, errors_of
from copy_that_orch.tokens.shadow import Shadow, ShadowLayer
from copy_that_orch.tokens.typography import FontFamily, FontWeight, Typography
from tests.unit.tokens import strategies as made
from tests.unit.tokens.samples import EVERY_TYPE, IN_TWO_MODES

SCHEMAS = Path(__file__).parents[3] / "schemas" / "dtcg" / "2025.10"
BLUE = Color.from_hex("#2563eb")
SURE = {"confidence": 1, "quality": {"score": 1, "reasons": []}}


@cache
def validator(schema: str = w3c.SCHEMA) -> Draft7Validator:
    """One of the format's own schemas, with all its neighbours at hand."""
    documents = [json.loads(file.read_text(encoding="utf-8")) for file in sorted(SCHEMAS.rglob("*.json"))]
    registry: Registry[Any] = Resource.from_contents(documents[0]) @ Registry()
    for document in documents[1:]:
        registry = Resource.from_contents(document) @ registry
    return Draft7Validator({"$ref": schema}, registry=registry)


def faults(text: str) -> list[str]:
    """What the schema has against a file."""
    return [f"{error.json_path}: {error.message}" for error in validator().iter_errors(json.loads(text))]


def sound_document(tokens: TokenSet) -> Any:
    """What is in the file, which is valid and ends with a newline."""
    text = FORMATS["dtcg"].write(tokens)
    assert faults(text) == []
    assert text.endswith("}\n")
    return json.loads(text)


def test_the_schema_sees_faults() -> None:
    """Or all the tests below would prove nothing."""
    assert faults('{"color": {"blue": {"$type": "color", "$value": "#2563eb"}}}')
    assert faults('{"spacing": {"a": {"$type": "dimension", "$value": {"value": 4, "unit": "em"}}}}')
    assert len(list(SCHEMAS.rglob("*.json"))) == 22


def test_a_token_of_each_kind() -> None:
    """The exact form of each value, as the format has it."""
    body = Typography(
        font_family=FontFamily(["Inter", "sans-serif"]),
        font_size=Alias(("size", "16")),
        font_weight=FontWeight(600),
        letter_spacing=Dimension(-0.1, "rem"),
        line_height=Number(1.33333),
    )
    tokens = TokenSet(
        [
            Token(("color", "blue"), TokenType.COLOR, BLUE),
            Token(("color", "veil"), TokenType.COLOR, Color(0, 0, 0, 0.5)),
            Token(("color", "link"), TokenType.COLOR, Alias(("color", "blue"))),
            Token(("size", "16"), TokenType.DIMENSION, Dimension(16)),
            Token(("line",), TokenType.NUMBER, Number(1.5)),
            Token(("font", "one"), TokenType.FONT_FAMILY, FontFamily("Inter")),
            Token(("weight",), TokenType.FONT_WEIGHT, FontWeight(400)),
            Token(("body",), TokenType.TYPOGRAPHY, body),
        ]
    )
    document = sound_document(tokens)
    assert document["$schema"] == w3c.SCHEMA
    assert document["$extensions"][w3c.EXTENSION].keys() == {"quality"}
    assert document["color"]["blue"]["$type"] == "color"
    assert document["color"]["blue"]["$value"] == {
        "colorSpace": "srgb",
        "components": [0.1451, 0.3882, 0.9216],
        "alpha": 1,
        "hex": "#2563eb",
    }
    assert document["color"]["veil"]["$value"]["alpha"] == 0.5
    assert document["color"]["link"]["$type"] == "color"
    assert document["color"]["link"]["$value"] == "{color.blue}"
    assert document["size"]["16"]["$value"] == {"value": 16, "unit": "px"}
    assert document["line"]["$value"] == 1.5
    assert document["font"]["one"]["$value"] == "Inter"
    assert document["weight"]["$value"] == 400
    assert document["body"]["$value"] == {
        "fontFamily": ["Inter", "sans-serif"],
        "fontSize": "{size.16}",
        "fontWeight": 600,
        "letterSpacing": {"value": -0.1, "unit": "rem"},
        "lineHeight": 1.333,
    }


def test_a_shadow_a_gradient_and_a_border() -> None:
    """One layer is an object, several are a list; the angle has its place under our extensions."""
    layer = ShadowLayer(Color(0, 0, 0, 0.1), Dimension(0), Dimension(1), Dimension(2), Dimension(-1))
    ink = Alias(("color", "ink"))
    tokens = TokenSet(
        [
            Token(ink.path, TokenType.COLOR, Color(0, 0, 0)),
            Token(("shadow", "one"), TokenType.SHADOW, Shadow([layer])),
            Token(("shadow", "two"), TokenType.SHADOW, Shadow([layer, attrs.evolve(layer, color=ink, inset=True)])),
            Token(("gradient", "to"), TokenType.GRADIENT, Gradient([GradientStop(ink, 0), GradientStop(BLUE, 1)], 45)),
            Token(("gradient", "any"), TokenType.GRADIENT, Gradient([GradientStop(ink, 0), GradientStop(ink, 1)])),
            Token(("border", "a"), TokenType.BORDER, Border(ink, Dimension(1), "dashed")),
            Token(("stroke",), TokenType.STROKE_STYLE, StrokeStyle.DOTTED),
        ]
    )
    document = sound_document(tokens)
    one = {
        "color": {"colorSpace": "srgb", "components": [0, 0, 0], "alpha": 0.1, "hex": "#000000"},
        "offsetX": {"value": 0, "unit": "px"},
        "offsetY": {"value": 1, "unit": "px"},
        "blur": {"value": 2, "unit": "px"},
        "spread": {"value": -1, "unit": "px"},
    }
    assert document["shadow"]["one"]["$value"] == one
    assert document["shadow"]["two"]["$value"] == [one, {**one, "color": "{color.ink}", "inset": True}]
    blue = document["gradient"]["to"]["$value"][1]["color"]
    assert blue["hex"] == "#2563eb"
    assert document["gradient"]["to"]["$value"] == [
        {"color": "{color.ink}", "position": 0},
        {"color": blue, "position": 1},
    ]
    assert document["gradient"]["to"]["$extensions"][w3c.EXTENSION] == {**SURE, "angle": 45}
    assert document["gradient"]["any"]["$extensions"][w3c.EXTENSION] == SURE
    assert document["border"]["a"]["$value"] == {
        "color": "{color.ink}",
        "width": {"value": 1, "unit": "px"},
        "style": "dashed",
    }
    assert document["stroke"] == {
        "$type": "strokeStyle",
        "$value": "dotted",
        "$extensions": {w3c.EXTENSION: SURE},
    }


def test_roles_places_and_screens_are_told() -> None:
    """For the report, and for whoever asks where a token comes from."""
    seen = Provenance("a.png", "extract.color", 4, "text", (1, 2, 30, 40))
    document = sound_document(
        TokenSet(
            [Token(("color", "ink"), TokenType.COLOR, BLUE, provenance=[seen])],
            screens=[Screen("a.png", "dark", 1280, 800, 1.5)],
        )
    )
    assert document["color"]["ink"]["$extensions"][w3c.EXTENSION]["provenance"] == [
        {"image": "a.png", "agent": "extract.color", "count": 4, "role": "text", "box": [1, 2, 30, 40]}
    ]
    assert document["$extensions"][w3c.EXTENSION]["screens"] == [
        {"image": "a.png", "theme": "dark", "width": 1280, "height": 800, "scale": 1.5}
    ]


def test_what_we_know_of_a_token_stands_under_extensions() -> None:
    """Confidence, how often, in how many images, and where; pairs and findings about the whole set at the top."""
    seen = [Provenance("b.png", "extract.color", 3), Provenance("a.png", "extract.color", 4)]
    tokens = TokenSet(
        [Token(("color", "blue"), TokenType.COLOR, BLUE, 0.123456, seen, "The brand.")],
        [ContrastPair(BLUE, Color(1, 1, 1), seen, 24), ContrastPair(Color(0, 0, 0, 0.5), BLUE)],
        [Finding(Severity.WARNING, "contrast", "color.blue", "too faint")],
    )
    text = w3c.write(tokens)
    document = json.loads(text)
    where = [
        {"image": "a.png", "agent": "extract.color", "count": 4},
        {"image": "b.png", "agent": "extract.color", "count": 3},
    ]
    assert faults(text) == []
    assert document["color"]["blue"]["$description"] == "The brand."
    assert document["color"]["blue"]["$extensions"][w3c.EXTENSION] == {
        "confidence": 0.1235,
        "quality": {"score": 0.1049, "reasons": ["confidence 0.12", "warning contrast"]},
        "usage": {"count": 7, "images": 2},
        "provenance": where,
    }
    assert document["$extensions"][w3c.EXTENSION] == {
        "quality": {
            "score": 0.3745,
            "reasons": [
                "mean confidence 0.12 of 1 token",
                "100 % of 7 lines of text reach WCAG AA, 100 % AAA",
                "not found: color.background.default, color.text.default, color.border.default, color.accent.default",
            ],
        },
        "contrast": [
            {
                "text": "#2563eb",
                "background": "#ffffff",
                "ratio": 5.16,
                "required": 3.0,
                "level": "AAA",
                "fontSize": {"value": 24, "unit": "px"},
                "bold": False,
                "usage": {"count": 7, "images": 2},
                "provenance": where,
            },
            {"text": "#00000080", "background": "#2563eb", "ratio": 2.34, "required": 4.5, "level": "fail"},
        ],
        "findings": [{"severity": "warning", "code": "contrast", "path": "color.blue", "message": "too faint"}],
    }


def test_file_names_of_any_bytes_can_be_written() -> None:
    """Umlauts are readable, bytes that are no UTF-8 are escaped, and both come back."""
    labels = ("größe.png", b"\xff\xfe.png".decode("utf-8", "surrogateescape"), 'quote"\\\n.png')
    token = Token(("a",), TokenType.COLOR, BLUE, provenance=[Provenance(label, "x") for label in labels])
    text = w3c.write(TokenSet([token]))
    assert "größe.png" in text
    back = json.loads(text.encode("utf-8"))["a"]["$extensions"][w3c.EXTENSION]["provenance"]
    assert {entry["image"] for entry in back} == set(labels)


def test_a_set_that_breaks_the_format_is_refused() -> None:
    """With what is wrong, instead of a file that nobody can read."""
    with pytest.raises(UnsoundTokensError, match="name-illegal"):
        w3c.write(TokenSet([Token(("$value",), TokenType.COLOR, BLUE)]))


@given(st.lists(made.extracted_sets(), max_size=3))
@settings(max_examples=40, deadline=None)
def test_every_merged_set_is_valid_and_none_of_it_is_lost(sets: list[TokenSet]) -> None:
    """By the schema, and by count; findings too."""
    merged = merge(sets)
    text = w3c.write(attrs.evolve(merged, findings=check(merged)))
    assert faults(text) == []
    assert text.count('"$value": ') == len(merged)
    assert w3c.write(attrs.evolve(merged, findings=check(merged))) == text


@given(made.extracted_sets())
@settings(max_examples=40, deadline=None)
def test_sets_with_any_legal_names_are_valid(tokens: TokenSet) -> None:
    """What the rules let through, the schema lets through."""
    if errors_of(check(tokens)):
        with pytest.raises(UnsoundTokensError):
            w3c.write(tokens)
    else:
        assert faults(w3c.write(tokens)) == []


def test_every_eight_bit_channel_comes_back() -> None:
    """Four decimals are enough."""
    for level in range(256):
        color = Color.from_bytes(level, 255 - level, level)
        (component, *_) = json.loads(w3c.write(TokenSet([Token(("c",), TokenType.COLOR, color)])))["c"]["$value"][
            "components"
        ]
        assert round(component * 255) == level


def test_modes_are_files_of_their_own_and_a_resolver_document() -> None:
    """The usual values stay in `tokens.json`; a mode's file has what is different there."""
    assert w3c.others(EVERY_TYPE) == {}
    files = w3c.others(IN_TWO_MODES)
    assert list(files) == ["tokens.dark.json", "tokens.resolver.json"]
    assert faults(files["tokens.dark.json"]) == []
    dark = json.loads(files["tokens.dark.json"])
    assert dark["color"]["text"]["default"]["$value"] == "{color.neutral.0}"
    assert set(dark) == {"$schema", "color", "shadow", "typography"}
    resolver = json.loads(files["tokens.resolver.json"])
    assert [error.message for error in validator(w3c.RESOLVER_SCHEMA).iter_errors(resolver)] == []
    assert resolver["modifiers"]["mode"] == {
        "contexts": {"light": [], "dark": [{"$ref": "tokens.dark.json"}]},
        "default": "light",
    }


def test_the_file_of_a_mode_tells_only_what_was_seen_in_it() -> None:
    """Light screens say nothing about the dark mode; where no screen is known to have a mode, all stay."""
    light, dark = Provenance("a.png", "x", 3, "text"), Provenance("b.png", "x", 4, "text")
    ink = Token(("ink",), TokenType.COLOR, BLUE, provenance=[light, dark], modes={"dark": Color(1, 1, 1)})
    screens = [Screen("a.png", "light", 8, 6), Screen("b.png", "dark", 8, 6)]

    def seen(tokens: TokenSet) -> list[str]:
        written = json.loads(w3c.others(tokens)["tokens.dark.json"])["ink"]["$extensions"][w3c.EXTENSION]
        assert written["usage"]["images"] == len(written["provenance"])
        return [entry["image"] for entry in written["provenance"]]

    assert seen(TokenSet([ink], screens=screens)) == ["b.png"]
    assert seen(TokenSet([ink], screens=screens[:1])) == seen(TokenSet([ink])) == ["a.png", "b.png"]


def test_the_name_of_a_mode_is_no_path() -> None:
    """It becomes part of the name of a file."""
    tokens = TokenSet([Token(("a",), TokenType.COLOR, BLUE, modes={"../High Contrast": Color(0, 0, 0)})])
    assert list(w3c.others(tokens)) == ["tokens.high-contrast.json", "tokens.resolver.json"]
