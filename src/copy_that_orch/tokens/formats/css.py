"""A token set as CSS custom properties on `:root`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import attrs

from copy_that_orch.tokens.alias import Alias, Path
from copy_that_orch.tokens.formats import css_text
from copy_that_orch.tokens.formats.modes import overrides
from copy_that_orch.tokens.formats.order import by_group, referred_first
from copy_that_orch.tokens.formats.templates import template
from copy_that_orch.tokens.model import Theme, Token, TokenSet
from copy_that_orch.tokens.rules import require_sound
from copy_that_orch.tokens.typography import Typography
from copy_that_orch.tokens.values import COMPOSITES, TokenType, Value

_SHEET: Final = template("""\
/* {{ header }} */
:root {
{% if scheme %}
  color-scheme: {{ scheme }};

{% endif %}
{{ declarations(groups) -}}
}
{% for mode, groups in modes.items() %}

{% if mode in ("light", "dark") %}
@media (prefers-color-scheme: {{ mode }}) {
  :root {
{{ declarations(groups, "    ") }}  }
}
{% else %}
:root[data-mode={{ mode | string }}] {
{{ declarations(groups) -}}
}
{% endif %}
{% endfor %}
""")


@attrs.frozen
class Declaration:
    """A custom property, its value, and what is said of it; names and values are escaped, descriptions are not."""

    name: str
    value: str
    description: str | None = None


def write(tokens: TokenSet) -> str:
    """Return the style sheet: the same text for equal sets, ending with a newline.

    A token becomes a property named by its path joined with hyphens, `--color-blue-600`, and a reference a `var()`. A
    style of text becomes one property in the form of CSS `font`, and one for each of its parts. Descriptions become
    comments; names and texts that come from outside are escaped. What is different in a dark mode follows under
    `prefers-color-scheme`; in a mode of another name, where the attribute `data-mode` of the root says so.

    Raises:
      UnsoundTokensError: if the set breaks the format.
      ValueError: if two properties would have one name, e.g. a part of a style of text and another token.
    """
    require_sound(tokens)
    return _SHEET.render(
        scheme=_scheme(tokens),
        groups=_groups(referred_first(tokens)),
        modes={mode: _groups(overrides(tokens, mode)) for mode in tokens.modes},
    )


def _scheme(tokens: TokenSet) -> str:
    """Return what the browser's own parts, such as scroll bars, are to be painted in; empty for what is usual."""
    if Theme.DARK in tokens.modes:
        return "light dark"
    return "dark" if {screen.theme for screen in tokens.screens} == {Theme.DARK} else ""


def _groups(tokens: Iterable[Token]) -> list[list[Declaration]]:
    taken: set[str] = set()
    return [[one for token in group for one in _declarations(token, taken)] for group in by_group(tokens)]


def property_name(path: Path) -> str:
    """Return the name of the custom property of the token at `path`, escaped."""
    return f"--{css_text.name(path)}"


def _declarations(token: Token, taken: set[str]) -> Iterator[Declaration]:
    description = token.description
    for name, value in _properties(token):
        if name in taken:
            raise ValueError(f"two CSS properties would be named {name}, one of them for {token.name!r}; rename it")
        taken.add(name)
        yield Declaration(name, value, description)
        description = None


def _properties(token: Token) -> Iterator[tuple[str, str]]:
    name = property_name(token.path)
    yield name, css_value(token.value)
    if token.type is TokenType.TYPOGRAPHY:
        for attribute in COMPOSITES[Typography]:
            part = attribute.replace("_", "-")
            if isinstance(token.value, Alias):
                yield f"{name}-{part}", f"var({property_name((*token.value.path, part))})"
            else:
                yield f"{name}-{part}", css_value(getattr(token.value, attribute))


def css_value(value: Value | Alias) -> str:
    """Return a value as CSS writes it, a reference as `var()` of its property; names of fonts are escaped."""
    return css_text.write_value(value, lambda alias: f"var({property_name(alias.path)})")
