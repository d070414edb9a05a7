"""A token set with a token of each type, references at each place that may have one, and texts that mean harm."""

from __future__ import annotations

import attrs

from copy_that_orch.tokens.alias import Alias
from copy_that_orch.tokens.border import Border, StrokeStyle
from copy_that_orch.tokens.color import Color
from copy_that_orch.tokens.dimension import Dimension, Number, Unit
from copy_that_orch.tokens.gradient import Gradient, GradientStop
from copy_that_orch.tokens.model import Token, TokenSet
from copy_that_orch.tokens.shadow import Shadow, ShadowLayer
from copy_that_orch.tokens.typography import FontFamily, FontWeight, Typography
from copy_that_orch.tokens.values import VALUE_CLASSES, TokenType, Value

_TYPES = {of: token_type for token_type, of in VALUE_CLASSES.items()}


def token(name: str, value: Value, description: str | None = None) -> Token:
    """A token at a dotted path."""
    return Token(name.split("."), _TYPES[type(value)], value, description=description)


def alias(name: str) -> Alias:
    """A reference to a dotted path."""
    return Alias(name.split("."))


def reference(name: str, token_type: TokenType, target: str) -> Token:
    """A token that stands for another one."""
    return Token(name.split("."), token_type, alias(target))


_HAIR = alias("border-width.hair")
_SHADE = alias("color.neutral.1000-a10")
_DARK = Color.from_hex("#00000033")
_DEEP = ShadowLayer(_DARK, Dimension(0), Dimension(4), Dimension(8), Dimension(-2))
_PRESSED = ShadowLayer(_DARK, Dimension(1), Dimension(1), Dimension(1), Dimension(1), inset=True)

_DARK_VALUES: dict[str, Value | Alias] = {
    "color.text.default": alias("color.neutral.0"),
    "color.neutral.1000-a10": Color.from_hex("#ffffff1a"),
    "shadow.pressed": alias("shadow.card"),
    "typography.button": alias("typography.heading"),
}

EVERY_TYPE = TokenSet(
    [
        token("border-width.hair", Dimension(1)),
        token("border.card", Border(_SHADE, _HAIR)),
        token("border.drop-zone", Border(alias("color.accent"), Dimension(2), alias("stroke.drop-zone"))),
        token("color.blue.500", Color.from_hex("#2563eb"), "The brand."),
        token("color.neutral.0", Color.from_hex("#ffffff")),
        token("color.neutral.900", Color.from_hex("#0f172a")),
        token("color.neutral.1000-a10", Color.from_hex("#0000001a")),
        reference("color.accent", TokenType.COLOR, "color.blue.500"),
        reference("color.text.default", TokenType.COLOR, "color.neutral.900"),
        token("font-family.inter", FontFamily(["Inter", "system-ui", "sans-serif"])),
        token("font-family.mono", FontFamily("Courier New")),
        token("font-size.md", Dimension(16)),
        token("font-size.sm", Dimension(0.875, Unit.REM)),
        token("font-weight.bold", FontWeight(700)),
        token(
            "gradient.hero",
            Gradient([GradientStop(alias("color.accent"), 0), GradientStop(Color.from_hex("#7c3aed"), 0.625)], 135),
        ),
        token("gradient.veil", Gradient([GradientStop(_SHADE, 0), GradientStop(Color.from_hex("#00000000"), 1)])),
        token("letter-spacing.tight", Dimension(-0.25)),
        token("line-height.normal", Number(1.5)),
        token("opacity.disabled", Number(0.5)),
        token("radius.full", Dimension(9999)),
        token("radius.md", Dimension(8)),
        token("shadow.card", Shadow([ShadowLayer(_SHADE, Dimension(0), _HAIR, Dimension(2), Dimension(0)), _DEEP])),
        token("shadow.pressed", Shadow([_PRESSED])),
        reference("shadow.raised", TokenType.SHADOW, "shadow.card"),
        token("sidebar-width", Dimension(240)),
        token("spacing.lg", Dimension(1.5, Unit.REM)),
        token("spacing.md", Dimension(16)),
        token("stroke.drop-zone", StrokeStyle.DASHED),
        token(
            "typography.body",
            Typography(
                font_family=alias("font-family.inter"),
                font_size=alias("font-size.md"),
                font_weight=FontWeight(400),
                letter_spacing=Dimension(0),
                line_height=alias("line-height.normal"),
            ),
        ),
        token(
            "typography.heading",
            Typography(
                font_family=FontFamily(["Inter", "sans-serif"]),
                font_size=Dimension(32),
                font_weight=alias("font-weight.bold"),
                letter_spacing=alias("letter-spacing.tight"),
                line_height=Number(1.25),
            ),
        ),
        reference("typography.button", TokenType.TYPOGRAPHY, "typography.body"),
    ]
)

IN_TWO_MODES = attrs.evolve(
    EVERY_TYPE,
    tokens=[
        attrs.evolve(one, modes={"dark": other}) if (other := _DARK_VALUES.get(one.name)) else one for one in EVERY_TYPE
    ],
)
"""The same, with a dark mode; `border.card` is different there because `color.neutral.1000-a10` is."""

HARMFUL = (
    "*/ } body { color: red }",
    "a\r\nb\tc\fd",
    "\"'\\",
    "</script><script>alert(1)//",
    "<!-- -->",
    "#{1 + 1}",
    "${1 + 1}`",
    "a\u2028b\u2029c\x85d",
    "\x00\x07\x7f",
    "\ud800",
    "$color-a",
    "__proto__",
    "--",
    "_private",
    "2nd",
    "Größe 🎨",
)
"""Texts that end comments, strings, scripts and lines, or begin expressions."""


def harmful(text: str, number: int = 1) -> TokenSet:
    """A set with `text` wherever one may come from outside: in a name, in the name of a font, and in descriptions."""
    name = "".join("(" if letter == "{" else ")" if letter == "}" else letter for letter in text).lstrip("$")
    return TokenSet(
        [
            Token(("color", name), TokenType.COLOR, Color.from_hex("#2563eb"), description=text),
            Token(("color", f"link-{number}"), TokenType.COLOR, Alias(("color", name)), description=text),
            Token((name, "font"), TokenType.FONT_FAMILY, FontFamily([text, "serif"]), description=text),
        ]
    )


ALL_HARMFUL = TokenSet([one for number, text in enumerate(HARMFUL) for one in harmful(text, number)])
"""All of them in one set."""
