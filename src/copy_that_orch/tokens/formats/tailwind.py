"""A token set as a theme of Tailwind CSS 4: the variables that make utilities.

Source:
  Tailwind CSS 4, "Theme variables", https://tailwindcss.com/docs/theme
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Final

from copy_that_orch.tokens.alias import Alias, Path
from copy_that_orch.tokens.dimension import Dimension
from copy_that_orch.tokens.formats import css_text
from copy_that_orch.tokens.formats.css import Declaration
from copy_that_orch.tokens.formats.modes import overrides
from copy_that_orch.tokens.formats.order import referred_first
from copy_that_orch.tokens.formats.templates import template
from copy_that_orch.tokens.model import Token, TokenSet
from copy_that_orch.tokens.rules import require_sound
from copy_that_orch.tokens.typography import Typography
from copy_that_orch.tokens.values import TokenType, Value

_SHEET: Final = template("""\
/* {{ header }} */
/* Import it after Tailwind: @import "tailwindcss"; @import "./tailwind.css"; */
@theme {
{{ declarations(theme) -}}
}
{% if plain %}

@layer theme {
  :root {
{{ declarations(plain, "    ") }}  }
}
{% endif %}
{% for mode, groups in modes.items() %}

@layer theme {
  :root {
    {{ "@variant dark" if mode == "dark" else "&[data-mode=%s]" | format(mode | string) }} {
{{ declarations(groups, "      ") }}    }
  }
}
{% endfor %}
{% for utility in utilities %}

@utility {{ utility.name }} {
  border: {{ utility.value }};
}
{% endfor %}
""")

_NAMESPACES: Final[Mapping[TokenType, Mapping[str, str]]] = {
    TokenType.COLOR: {"color": "color"},
    TokenType.DIMENSION: {
        "spacing": "spacing",
        "font-size": "text",
        "letter-spacing": "tracking",
        "line-height": "leading",
        "radius": "radius",
        "border-width": "border-width",
    },
    TokenType.NUMBER: {"line-height": "leading"},
    TokenType.FONT_FAMILY: {"font-family": "font"},
    TokenType.FONT_WEIGHT: {"font-weight": "font-weight"},
    TokenType.TYPOGRAPHY: {"typography": "text"},
    TokenType.SHADOW: {"shadow": "shadow"},
    TokenType.GRADIENT: {"gradient": "background-image"},
}
"""Namespaces of Tailwind by type and by what a token is for, which is its first name."""

_PARTS: Final = {
    "line-height": "line_height",
    "letter-spacing": "letter_spacing",
    "font-weight": "font_weight",
}
"""What a size of text may bring with it, and the attribute of a style of text that says it."""

_OWN_SIZES: Final = re.compile(r"--text-(?:xs|sm|base|lg|[2-9]?xl)")
"""Sizes that Tailwind has itself, each with a line height of its own."""

_UTILITY: Final = re.compile(r"[a-z][a-zA-Z0-9_-]*")
"""What a utility may be called."""


def write(tokens: TokenSet) -> str:
    """Return the style sheet: the same text for equal sets, ending with a newline.

    A token becomes a variable of the namespace that its type and first name ask for: `--color-blue-450` makes
    `bg-blue-450`, `--spacing-md` makes `p-md`, and so on; a style of text becomes a size with line height, letter
    spacing and weight. What Tailwind has no namespace for becomes a plain custom property, and a border a utility too.
    What is different in a dark mode follows under Tailwind's variant `dark`, whatever that is made to mean; in a mode
    of another name, where the attribute `data-mode` of the root says so.

    Raises:
      UnsoundTokensError: if the set breaks the format.
      ValueError: if two variables would have one name.
    """
    require_sound(tokens)
    names = _names(tokens)
    theme: list[list[Declaration]] = []
    plain: list[list[Declaration]] = []
    for _, group in groupby(referred_first(tokens), key=lambda token: (token.path[0], _namespace(token) is None)):
        members = list(group)
        declared = [one for token in members for one in _declarations(token, names)]
        (plain if _namespace(members[0]) is None else theme).append(declared)
    return _SHEET.render(
        theme=theme,
        plain=plain,
        modes={
            mode: [[one for token in overrides(tokens, mode) for one in _declarations(token, names)]]
            for mode in tokens.modes
        },
        utilities=list(_utilities(tokens, names)),
    )


def _utilities(tokens: TokenSet, names: Mapping[Path, str]) -> Iterator[Declaration]:
    """Yield a utility for each border, unless it is named like a colour or a width: there Tailwind has its own."""
    taken = set(names.values())
    for token in tokens:
        variable = names[token.path]
        utility = variable.removeprefix("--")
        rest = utility.removeprefix("border-")
        is_free = taken.isdisjoint({f"--color-{rest}", f"--border-width-{rest}"})
        if token.type is TokenType.BORDER and is_free and _UTILITY.fullmatch(utility):
            yield Declaration(utility, f"var({variable})")


def _namespace(token: Token) -> str | None:
    namespaces = _NAMESPACES.get(token.type, {})
    only = next(iter(namespaces.values())) if len(namespaces) == 1 and token.type is not TokenType.NUMBER else None
    return namespaces.get(token.path[0], only)


def _names(tokens: TokenSet) -> dict[Path, str]:
    """Return the name of the variable of each token.

    A size and a style of text of one name would both be `--text-body`; whoever comes later keeps its first name too.
    """
    names: dict[Path, str] = {}
    owners: dict[str, Token] = {}
    for token in tokens:
        wanted = _wanted(token)
        free = [name for name in wanted if name not in owners]
        if not free:
            raise ValueError(f"{token.name!r} and {owners[wanted[-1]].name!r} would both be {wanted[-1]}; rename one")
        names[token.path] = free[0]
        owners[free[0]] = token
    return names


def _wanted(token: Token) -> tuple[str, ...]:
    """Return names for the variable of a token, the best first."""
    namespace, whole = _namespace(token), css_text.name(token.path)
    if namespace is None:
        return (f"--{whole}",)
    known = token.path[0] in _NAMESPACES[token.type] and len(token.path) > 1
    rest = css_text.name(token.path[1:]) if known else whole
    if namespace == "spacing" and isinstance(token.value, Dimension) and rest == str(token.value).removesuffix("px"):
        rest = str(token.value)  # not `p-16`: of bare numbers Tailwind makes multiples of `--spacing`
    return f"--{namespace}-{rest}", f"--{namespace}-{whole}"


def _declarations(token: Token, names: Mapping[Path, str]) -> Iterator[Declaration]:
    name = names[token.path]

    def write(value: Value | Alias) -> str:
        return css_text.write_value(value, lambda alias: f"var({names[alias.path]})")

    if isinstance(token.value, Typography):
        yield Declaration(name, write(token.value.font_size), token.description)
        for part, attribute in _PARTS.items():
            yield Declaration(f"{name}--{part}", write(getattr(token.value, attribute)))
        return
    yield Declaration(name, write(token.value), token.description)
    if isinstance(token.value, Alias) and token.type is TokenType.TYPOGRAPHY:
        for part in _PARTS:
            yield Declaration(f"{name}--{part}", f"var({names[token.value.path]}--{part})")
    elif _OWN_SIZES.fullmatch(name):
        yield Declaration(f"{name}--line-height", "initial")
