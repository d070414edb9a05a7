"""The theme for Tailwind, read back with a CSS parser; Tailwind itself reads it in tests/consumers."""

from __future__ import annotations

from typing import Any

import attrs
import pytest
import tinycss2  # type: ignore[import-untyped]  # it has no types

from copy_that_orch.tokens.border import Border
from copy_that_orch.tokens.color import Color
from copy_that_orch.tokens.dimension import Dimension, Unit
from copy_that_orch.tokens.formats import tailwind
from copy_that_orch.tokens.model import TokenSet
from tests.unit.tokens.samples import EVERY_TYPE, HARMFUL, IN_TWO_MODES, harmful, token

BLUE = Color.from_hex("#2563eb")


def rules(text: str) -> dict[str, dict[str, str]]:
    """Declarations by the names of the blocks they are in; fails if a parser finds anything amiss."""
    found: dict[str, dict[str, str]] = {}
    _collect(tinycss2.parse_stylesheet(text, skip_comments=True, skip_whitespace=True), "", found)
    return found


def _collect(nodes: list[Any], around: str, found: dict[str, dict[str, str]]) -> None:
    for node in nodes:
        if node.type == "declaration":
            inside = found.setdefault(around, {})
            assert node.name not in inside
            inside[node.name] = tinycss2.serialize(node.value).strip()
        else:
            assert node.type in {"at-rule", "qualified-rule"}
            keyword = f"@{node.at_keyword} " if node.type == "at-rule" else ""
            block = f"{around} {keyword}{tinycss2.serialize(node.prelude).strip()}".strip()
            contents = tinycss2.parse_blocks_contents(node.content, skip_comments=True, skip_whitespace=True)
            _collect(contents, block, found)


def test_each_type_is_in_its_namespace() -> None:
    """So that Tailwind makes utilities of it; what it has no namespace for is a plain property."""
    found = rules(tailwind.write(EVERY_TYPE))
    assert found["@theme"] == {
        "--border-width-hair": "1px",
        "--color-accent": "var(--color-blue-500)",
        "--color-blue-500": "#2563eb",
        "--color-neutral-0": "#ffffff",
        "--color-neutral-900": "#0f172a",
        "--color-neutral-1000-a10": "#0000001a",
        "--color-text-default": "var(--color-neutral-900)",
        "--font-inter": '"Inter", system-ui, sans-serif',
        "--font-mono": '"Courier New"',
        "--text-md": "16px",
        "--text-sm": "0.875rem",
        "--text-sm--line-height": "initial",
        "--font-weight-bold": "700",
        "--background-image-hero": "linear-gradient(135deg, var(--color-accent) 0%, #7c3aed 62.5%)",
        "--background-image-veil": "linear-gradient(var(--color-neutral-1000-a10) 0%, #00000000 100%)",
        "--tracking-tight": "-0.25px",
        "--leading-normal": "1.5",
        "--radius-full": "9999px",
        "--radius-md": "8px",
        "--shadow-card": (
            "0px var(--border-width-hair) 2px 0px var(--color-neutral-1000-a10), 0px 4px 8px -2px #00000033"
        ),
        "--shadow-pressed": "inset 1px 1px 1px 1px #00000033",
        "--shadow-raised": "var(--shadow-card)",
        "--spacing-lg": "1.5rem",
        "--spacing-md": "16px",
        "--text-body": "var(--text-md)",
        "--text-body--line-height": "var(--leading-normal)",
        "--text-body--letter-spacing": "0px",
        "--text-body--font-weight": "400",
        "--text-button": "var(--text-body)",
        "--text-button--line-height": "var(--text-body--line-height)",
        "--text-button--letter-spacing": "var(--text-body--letter-spacing)",
        "--text-button--font-weight": "var(--text-body--font-weight)",
        "--text-heading": "32px",
        "--text-heading--line-height": "1.25",
        "--text-heading--letter-spacing": "var(--tracking-tight)",
        "--text-heading--font-weight": "var(--font-weight-bold)",
    }
    assert found["@layer theme :root"] == {
        "--border-card": "var(--border-width-hair) solid var(--color-neutral-1000-a10)",
        "--border-drop-zone": "2px var(--stroke-drop-zone) var(--color-accent)",
        "--opacity-disabled": "0.5",
        "--sidebar-width": "240px",
        "--stroke-drop-zone": "dashed",
    }
    assert found["@utility border-card"] == {"border": "var(--border-card)"}
    assert found["@utility border-drop-zone"] == {"border": "var(--border-drop-zone)"}
    assert len(found) == 4


def test_groups_of_other_names_keep_them() -> None:
    """The type says the namespace; of lengths, only known words do."""
    tokens = TokenSet([token("brand.blue", BLUE), token("gap.md", Dimension(8)), token("color", BLUE)])
    found = rules(tailwind.write(tokens))
    assert found["@theme"] == {"--color-brand-blue": "#2563eb", "--color-color": "#2563eb"}
    assert found["@layer theme :root"] == {"--gap-md": "8px"}


def test_a_size_and_a_style_of_one_name() -> None:
    """Both want `--text-body`: who comes later keeps its first name."""
    tokens = TokenSet([*EVERY_TYPE, token("font-size.body", Dimension(15))])
    found = rules(tailwind.write(tokens))["@theme"]
    assert found["--text-body"] == "15px"
    assert found["--text-typography-body"] == "var(--text-md)"
    assert found["--text-button"] == "var(--text-typography-body)"


def test_names_that_stay_equal_are_refused() -> None:
    """Rather than one of them silently winning."""
    tokens = TokenSet([token("color-brand", Dimension(1)), token("brand", BLUE)])
    with pytest.raises(ValueError, match=r"'color-brand' and 'brand' would both be --color-brand; rename one"):
        tailwind.write(tokens)


def test_a_border_of_a_name_that_is_no_class_is_no_utility() -> None:
    """It stays a property."""
    found = rules(tailwind.write(TokenSet([token("border.a b", Border(BLUE, Dimension(1)))])))
    assert found == {"@layer theme :root": {"--border-a b": "1px solid #2563eb"}}


def test_a_border_that_is_named_like_a_colour_is_no_utility() -> None:
    """`border-blue` colours a border already, and must not bring a width with it."""
    tokens = TokenSet([token("border.blue", Border(BLUE, Dimension(1))), token("color.blue", BLUE)])
    assert set(rules(tailwind.write(tokens))) == {"@theme", "@layer theme :root"}


@pytest.mark.parametrize("text", HARMFUL)
def test_texts_from_outside_stay_where_they_are_put(text: str) -> None:
    """A parser finds the declarations and nothing else."""
    assert [len(inside) for inside in rules(tailwind.write(harmful(text))).values()] == [3]


def test_a_dark_mode_is_the_variant() -> None:
    """In the layer of the theme, so that it comes after the usual values and before everything else."""
    found = rules(tailwind.write(IN_TWO_MODES))
    assert found["@layer theme :root @variant dark"] == {
        "--color-neutral-1000-a10": "#ffffff1a",
        "--color-text-default": "var(--color-neutral-0)",
        "--shadow-pressed": "var(--shadow-card)",
        "--text-button": "var(--text-heading)",
        "--text-button--line-height": "var(--text-heading--line-height)",
        "--text-button--letter-spacing": "var(--text-heading--letter-spacing)",
        "--text-button--font-weight": "var(--text-heading--font-weight)",
    }
    assert found["@theme"] == rules(tailwind.write(EVERY_TYPE))["@theme"]


def test_modes_of_other_names_ask_an_attribute() -> None:
    """Whatever they are called."""
    tokens = TokenSet([attrs.evolve(token("color.a", BLUE), modes={'"]{': Color(0, 0, 0)})])
    (block,) = set(rules(tailwind.write(tokens))) - {"@theme"}
    assert block == r'@layer theme :root &[data-mode="\"]{"]'


def test_spacing_that_is_named_by_its_number_says_pixels() -> None:
    """`p-16` would be 16 px, and `p-15`, which is no token, 60: Tailwind counts in steps of four."""
    tokens = TokenSet(
        [
            token("spacing.16", Dimension(16)),
            token("spacing.4", Dimension(16)),
            token("spacing.1rem", Dimension(1, Unit.REM)),
        ]
    )
    assert rules(tailwind.write(tokens))["@theme"] == {
        "--spacing-1rem": "1rem",
        "--spacing-4": "16px",
        "--spacing-16px": "16px",
    }
