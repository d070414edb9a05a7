"""The TypeScript theme, as text; its compiler reads it in tests/consumers."""

from __future__ import annotations

import pytest

from copy_that_orch.tokens.color import Color
from copy_that_orch.tokens.dimension import Dimension, Number
from copy_that_orch.tokens.formats import typescript
from copy_that_orch.tokens.model import Token, TokenSet, TokenType
from copy_that_orch.tokens.typography import FontFamily, FontWeight, Typography
from tests.unit.tokens.samples import EVERY_TYPE, IN_TWO_MODES, alias, harmful, token

BLUE = Color.from_hex("#2563eb")


def test_a_theme() -> None:
    """Exact text: what React takes for styles, references replaced and told."""
    body = Typography(
        font_family=FontFamily("Inter"),
        font_size=alias("font-size.16"),
        font_weight=alias("weight"),
        letter_spacing=Dimension(0),
        line_height=Number(1.5),
    )
    tokens = TokenSet(
        [
            Token(("color", "accent"), TokenType.COLOR, alias("color.blue.500"), description="What is clicked."),
            token("color.blue.500", BLUE),
            token("font-size.16", Dimension(16)),
            token("body", body),
            Token(("weight",), TokenType.FONT_WEIGHT, alias("bold")),
            token("border-width.hair", Dimension(1)),
            token("bold", FontWeight(700)),
        ]
    )
    assert typescript.write(tokens) == (
        """\
// Made from screenshots by copy_that_orch. To change it, run it again.

export const theme = {
  body: {
    fontFamily: "\\"Inter\\"",
    fontSize: "16px",
    fontWeight: 700,
    letterSpacing: "0px",
    lineHeight: 1.5,
  },
  bold: 700,
  "border-width": {
    hair: "1px",
  },
  color: {
    /** What is clicked. Is {color.blue.500}. */
    accent: "#2563eb",
    blue: {
      500: "#2563eb",
    },
  },
  "font-size": {
    16: "16px",
  },
  /** Is {bold}. */
  weight: 700,
} as const;

type Values<T> = {
  readonly [K in keyof T]: T[K] extends string ? string : T[K] extends number ? number : Values<T[K]>;
};

/** What each mode has: the same keys, with values of the same types. */
export type Theme = Values<typeof theme>;
"""
    )


def test_references_inside_composites_are_replaced() -> None:
    """Chains of them too."""
    text = typescript.write(EVERY_TYPE)
    assert '"drop-zone": "2px dashed #2563eb",\n' in text
    assert 'hero: "linear-gradient(135deg, #2563eb 0%, #7c3aed 62.5%)",\n' in text
    assert 'raised: "0px 1px 2px 0px #0000001a, 0px 4px 8px -2px #00000033",\n' in text


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("drop-zone", '"drop-zone"'),
        ("500", "500"),
        ("050", '"050"'),
        ("12345678901", '"12345678901"'),
        ("class", "class"),
        ("Größe", '"Größe"'),
        ("__proto__", '["__proto__"]'),
        ('a"b\\', '"a\\"b\\\\"'),
        ("</script>", '"\\u003c/script>"'),
        ("`$(1)", '"`$(1)"'),
        ("\u2028\x85\ud800", '"\\u2028\\u0085\\ud800"'),
    ],
)
def test_names_as_keys(name: str, key: str) -> None:
    """In quotes if need be; `__proto__` is computed, or it would set the prototype."""
    assert f"\n  {key}: " in typescript.write(TokenSet([token(name, BLUE)]))


def test_a_description_stays_a_comment() -> None:
    """Whatever it holds."""
    assert "/** * / } body { color: red } */\n" in typescript.write(harmful("*/ } body { color: red }"))


def test_modes_have_the_whole_theme() -> None:
    """References mean what they mean there."""
    usual, dark = typescript.write(IN_TWO_MODES).split("\nexport const modes = {\n  dark: {\n")
    assert usual == typescript.write(EVERY_TYPE)
    assert '      card: "1px solid #ffffff1a",\n' in dark
    assert '        /** Is {color.neutral.0}. */\n        default: "#ffffff",\n' in dark
    assert dark.endswith("\n  },\n} as const satisfies Record<string, Theme>;\n")
