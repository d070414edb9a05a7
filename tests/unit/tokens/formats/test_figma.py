"""Variables of Figma."""

from __future__ import annotations

import json
import re

import pytest

from copy_that_orch.tokens.formats import figma
from tests.unit.tokens.formats.test_tokens_studio import leaves
from tests.unit.tokens.samples import EVERY_TYPE, IN_TWO_MODES

DOCUMENT = json.loads(figma.write(EVERY_TYPE))
VARIABLES = leaves({name: group for name, group in DOCUMENT.items() if not name.startswith("$")})


def test_the_mode_has_a_name() -> None:
    """Figma asks for one on import."""
    assert DOCUMENT["$extensions"] == {"com.figma.modeName": "default"}


def test_variables_are_colours_numbers_and_texts() -> None:
    """Values are what their type says, or refer to a variable of the same type."""
    kinds = {"color": dict, "number": int | float, "string": str}
    for variable in VARIABLES.values():
        value, kind = variable["$value"], variable["$type"]
        if isinstance(value, str) and (found := re.fullmatch(r"\{(.*)\}", value)):
            assert VARIABLES[found[1]]["$type"] == kind
        else:
            assert isinstance(value, kinds[kind])


@pytest.mark.parametrize(
    ("name", "kind", "value", "scopes"),
    [
        ("color.accent", "color", "{color.blue.500}", ["ALL_SCOPES"]),
        ("color.text.default", "color", "{color.neutral.900}", ["TEXT_FILL", "SHAPE_FILL"]),
        ("spacing.lg", "number", 24, ["GAP"]),
        ("font-size.sm", "number", 14, ["FONT_SIZE"]),
        ("font-weight.bold", "number", 700, ["FONT_WEIGHT"]),
        ("font-family.inter", "string", "Inter", ["FONT_FAMILY"]),
        ("line-height.normal", "number", 1.5, []),
        ("opacity.disabled", "number", 0.5, ["ALL_SCOPES"]),
        ("stroke.drop-zone", "string", "dashed", ["ALL_SCOPES"]),
        ("border.card.color", "color", "{color.neutral.1000-a10}", ["STROKE_COLOR"]),
        ("border.card.width", "number", "{border-width.hair}", ["STROKE_FLOAT"]),
        ("border.card.style", "string", "solid", ["ALL_SCOPES"]),
        ("typography.body.font-family", "string", "{font-family.inter}", ["FONT_FAMILY"]),
        ("typography.body.line-height", "number", 24, ["LINE_HEIGHT"]),
        ("typography.button.line-height", "number", "{typography.body.line-height}", ["LINE_HEIGHT"]),
        ("shadow.pressed.1.offset-x", "number", 1, ["EFFECT_FLOAT"]),
        ("shadow.card.1.offset-y", "number", "{border-width.hair}", ["EFFECT_FLOAT"]),
        ("shadow.card.2.blur", "number", 8, ["EFFECT_FLOAT"]),
        ("shadow.raised.2.blur", "number", "{shadow.card.2.blur}", ["EFFECT_FLOAT"]),
        ("gradient.hero.1.color", "color", "{color.accent}", ["ALL_SCOPES"]),
    ],
)
def test_variables(name: str, kind: str, value: object, scopes: list[str]) -> None:
    """Lengths in pixels, line heights of styles too; composites in parts; each offered where it belongs."""
    variable = VARIABLES[name]
    assert (variable["$type"], variable["$value"]) == (kind, value)
    assert variable["$extensions"] == {"com.figma.scopes": scopes}


def test_colours_are_objects_of_the_format() -> None:
    """With `hex`; descriptions stand beside them."""
    blue = VARIABLES["color.blue.500"]
    assert blue["$value"] == {
        "colorSpace": "srgb",
        "components": [0.1451, 0.3882, 0.9216],
        "alpha": 1,
        "hex": "#2563eb",
    }
    assert blue["$description"] == "The brand."


def test_each_mode_is_a_file() -> None:
    """With all variables, as Figma exports them."""
    assert figma.others(EVERY_TYPE) == {}
    light = json.loads(figma.write(IN_TWO_MODES))
    assert light.pop("$extensions") == {"com.figma.modeName": "light"}
    ((name, text),) = figma.others(IN_TWO_MODES).items()
    dark = json.loads(text)
    assert (name, dark.pop("$extensions")) == ("figma.dark.json", {"com.figma.modeName": "dark"})
    assert leaves(light) == VARIABLES
    assert set(leaves(dark)) > set(VARIABLES)
    assert leaves(dark)["color.text.default"]["$value"] == "{color.neutral.0}"
