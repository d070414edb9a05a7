"""Files of Tokens Studio and Penpot; transforms that Tokens Studio publishes read them in tests/consumers."""

from __future__ import annotations

import json
import re
from typing import Any

from copy_that_orch.tokens.formats import tokens_studio
from tests.unit.tokens.samples import EVERY_TYPE, IN_TWO_MODES

PENPOT_NAME = re.compile(r"[a-zA-Z0-9_-][a-zA-Z0-9$_-]*")
"""What Penpot takes for a name: its source, `common/src/app/common/types/token.cljc`."""


def leaves(tree: dict[str, Any], path: tuple[str, ...] = ()) -> dict[str, dict[str, Any]]:
    """Tokens by dotted path."""
    found: dict[str, dict[str, Any]] = {}
    for name, node in tree.items():
        found |= {".".join((*path, name)): node} if "$value" in node else leaves(node, (*path, name))
    return found


DOCUMENT = json.loads(tokens_studio.write(EVERY_TYPE))
TOKENS = leaves(DOCUMENT["global"])


def test_one_set_holds_all_tokens() -> None:
    """And the order of sets is told, or Penpot takes the first level for groups."""
    assert set(DOCUMENT) == {"global", "$themes", "$metadata"}
    assert DOCUMENT["$themes"] == []
    assert DOCUMENT["$metadata"] == {"tokenSetOrder": ["global"], "activeSets": ["global"], "activeThemes": []}
    assert set(TOKENS) == {one.name for one in EVERY_TYPE}
    assert all(PENPOT_NAME.fullmatch(part) for name in TOKENS for part in name.split("."))


def test_values_are_texts() -> None:
    """Or objects and lists of texts: numbers and objects of the format are read by neither."""

    def texts(value: Any) -> bool:
        if isinstance(value, dict | list):
            return all(texts(one) for one in (value.values() if isinstance(value, dict) else value))
        return isinstance(value, str)

    assert all(texts(one["$value"]) for one in TOKENS.values())


def test_types_say_what_lengths_are_for() -> None:
    """In the words of Tokens Studio."""
    assert {name: one["$type"] for name, one in TOKENS.items() if name.split(".")[0] not in {"color", "border"}} == {
        "border-width.hair": "borderWidth",
        "font-family.inter": "fontFamilies",
        "font-family.mono": "fontFamilies",
        "font-size.md": "fontSizes",
        "font-size.sm": "fontSizes",
        "font-weight.bold": "fontWeights",
        "gradient.hero": "color",
        "gradient.veil": "color",
        "letter-spacing.tight": "letterSpacing",
        "line-height.normal": "lineHeights",
        "opacity.disabled": "number",
        "radius.full": "borderRadius",
        "radius.md": "borderRadius",
        "shadow.card": "boxShadow",
        "shadow.pressed": "boxShadow",
        "shadow.raised": "boxShadow",
        "sidebar-width": "dimension",
        "spacing.lg": "spacing",
        "spacing.md": "spacing",
        "stroke.drop-zone": "other",
        "typography.body": "typography",
        "typography.button": "typography",
        "typography.heading": "typography",
    }


def test_values_of_each_type() -> None:
    """Exact forms; line heights are percents, because a bare number would be pixels."""
    assert TOKENS["color.blue.500"] == {"$value": "#2563eb", "$type": "color", "$description": "The brand."}
    assert TOKENS["color.accent"]["$value"] == "{color.blue.500}"
    assert TOKENS["font-family.inter"]["$value"] == "Inter, system-ui, sans-serif"
    assert TOKENS["font-weight.bold"]["$value"] == "700"
    assert TOKENS["line-height.normal"]["$value"] == "150%"
    assert TOKENS["opacity.disabled"]["$value"] == "0.5"
    assert TOKENS["gradient.hero"]["$value"] == "linear-gradient(135deg, {color.accent} 0%, #7c3aed 62.5%)"
    assert TOKENS["border.card"]["$value"] == {
        "color": "{color.neutral.1000-a10}",
        "width": "{border-width.hair}",
        "style": "solid",
    }
    assert TOKENS["typography.body"]["$value"] == {
        "fontFamily": "{font-family.inter}",
        "fontSize": "{font-size.md}",
        "fontWeight": "400",
        "letterSpacing": "0px",
        "lineHeight": "150%",
    }
    assert TOKENS["typography.button"]["$value"] == "{typography.body}"
    inner = {"type": "innerShadow", "x": "1px", "y": "1px", "blur": "1px", "spread": "1px", "color": "#00000033"}
    assert TOKENS["shadow.pressed"]["$value"] == inner
    assert [layer["type"] for layer in TOKENS["shadow.card"]["$value"]] == ["dropShadow", "dropShadow"]
    assert TOKENS["shadow.card"]["$value"][0]["y"] == "{border-width.hair}"


def test_a_mode_is_a_set_of_what_is_different_and_a_theme() -> None:
    """In the group of modes, of which one is chosen; sets that come later win."""
    document = json.loads(tokens_studio.write(IN_TWO_MODES))
    assert document["global"] == DOCUMENT["global"]
    assert set(leaves(document["dark"])) == {
        "color.neutral.1000-a10",
        "color.text.default",
        "shadow.pressed",
        "typography.button",
    }
    assert document["$themes"] == [
        {"id": "light", "name": "light", "group": "mode", "selectedTokenSets": {"global": "enabled"}},
        {
            "id": "dark",
            "name": "dark",
            "group": "mode",
            "selectedTokenSets": {"global": "enabled", "dark": "enabled"},
        },
    ]
    assert document["$metadata"] == {
        "tokenSetOrder": ["global", "dark"],
        "activeSets": ["global"],
        "activeThemes": ["mode/light"],
    }
