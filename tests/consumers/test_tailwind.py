"""Tailwind makes utilities of our theme, with our values behind them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.consumers.conftest import Folders, Node

PAGE = """\
@import "tailwindcss" source(none);
@import "./tailwind.css";
@source "./page.html";
"""

PREFIXES = {
    "--color-": ("bg-", "background-color"),
    "--spacing-": ("p-", "padding"),
    "--text-": ("text-", "font-size"),
    "--font-weight-": ("font-", "font-weight"),
    "--font-": ("font-", "font-family"),
    "--leading-": ("leading-", "line-height"),
    "--tracking-": ("tracking-", "letter-spacing"),
    "--radius-": ("rounded-", "border-radius"),
    "--border-width-": ("border-", "border-width"),
    "--background-image-": ("bg-", "background-image"),
}
"""How the classes of a namespace begin, and the property that they set; of two that fit, the longer one counts."""


def build(node: Node, folder: Path, *classes: str) -> str:
    """Return the CSS of a page that uses some classes; fails with what Tailwind says if it refuses."""
    (folder / "page.css").write_text(PAGE)
    (folder / "page.html").write_text(f'<p class="{" ".join(classes)}">')
    done = node("tailwindcss", "--input", folder / "page.css", "--output", folder / "page.built.css")
    assert done.returncode == 0, done.stderr
    return (folder / "page.built.css").read_text("utf-8")


def utilities_of(theme: str) -> dict[str, tuple[str, str]]:
    """Classes that a theme should make, each with the property and the variable behind it."""
    found: dict[str, tuple[str, str]] = {}
    for name in re.findall(r"^  (--[\w-]+):", theme, re.MULTILINE):
        namespace = max((one for one in PREFIXES if name.startswith(one)), key=len, default=None)
        if namespace and "--" not in name.removeprefix(namespace):
            prefix, sets = PREFIXES[namespace]
            found[prefix + name.removeprefix(namespace)] = (sets, name)
    return found


def test_it_makes_utilities_with_our_values(node: Node, sets: Folders, subtests: pytest.Subtests) -> None:
    """For every token that has a namespace."""
    for name, folder in sets.items():
        with subtests.test(name):
            theme = (folder / "tailwind.css").read_text("utf-8")
            utilities = utilities_of(theme.split("@theme {")[1].split("\n}")[0])
            assert utilities
            built = build(node, folder, *utilities)
            for utility, (sets_property, variable) in utilities.items():
                selector = re.escape(re.sub(r"[^\w-]", r"\\\g<0>", utility))
                (rule,) = re.findall(rf"^  \.{selector} \{{(.*?)^  \}}", built, re.MULTILINE | re.DOTALL)
                assert f" {sets_property}: var({variable});" in rule, utility
                (value,) = re.findall(rf"^  {re.escape(variable)}: (.*);$", theme, re.MULTILINE)
                assert re.search(rf"^    {re.escape(variable)}: ", built, re.MULTILINE), variable
                if value.startswith("#"):
                    assert f"    {variable}: {value};\n" in built


def test_styles_of_text_shadows_and_borders(node: Node, made: Folders) -> None:
    """A size brings line height, letter spacing and weight; shadows keep their layers; borders are utilities too."""
    built = build(
        node, made["every type"], "text-heading", "text-sm", "shadow-card", "shadow-raised", "border-drop-zone"
    )
    assert "    line-height: var(--tw-leading, var(--text-heading--line-height));\n" in built
    assert "    letter-spacing: var(--tw-tracking, var(--text-heading--letter-spacing));\n" in built
    assert "    font-weight: var(--tw-font-weight, var(--text-heading--font-weight));\n" in built
    assert "    --text-heading--line-height: 1.25;\n" in built
    assert "  .text-sm {\n    font-size: var(--text-sm);\n  }\n" in built
    assert "0px 4px 8px -2px var(--tw-shadow-color, #00000033)" in built
    assert "  .border-drop-zone {\n    border: var(--border-drop-zone);\n  }\n" in built
    assert "    --border-drop-zone: 2px var(--stroke-drop-zone) var(--color-accent);\n" in built


def test_a_dark_mode_is_its_variant(node: Node, made: Folders) -> None:
    """After the usual values, by the reader's preference unless `dark` is made to mean something else."""
    built = build(node, made["two modes"], "text-text-default")
    usual, dark = (
        built.index("--color-text-default: var(--color-neutral-900)"),
        built.index("prefers-color-scheme: dark"),
    )
    assert usual < dark < built.index("--color-text-default: var(--color-neutral-0)")


def test_harmful_texts_do_no_harm(node: Node, harmful: Path) -> None:
    """It reads the sheet to its end."""
    built = build(node, harmful, "underline", "bg-link-0")
    assert "  .underline {\n" in built
    assert "  .bg-link-0 {\n    background-color: var(--color-link-0);\n  }\n" in built


BROKEN = {
    "a comment that ends": ("/* The brand. */", "/* The */ brand. */"),
    "a block that does not end": (":root {", ":root {{"),
    "something else in a theme": ("--color-blue-500: #2563eb;", "color: #2563eb;"),
    "a utility of no name": ("@utility border-card", "@utility Border Card"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_it_refuses_what_is_broken(node: Node, top: Path, made: Folders, name: str) -> None:
    """So that being accepted means something."""
    before, after = BROKEN[name]
    text = (made["every type"] / "tailwind.css").read_text("utf-8")
    assert before in text
    folder = top / "broken-tailwind"
    folder.mkdir(exist_ok=True)
    (folder / "tailwind.css").write_text(text.replace(before, after), encoding="utf-8")
    with pytest.raises(AssertionError, match="Error"):
        build(node, folder, "bg-accent")
