"""A token set as SCSS: a variable for each token, and maps to look them up in and to loop over."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final

import attrs

from copy_that_orch.tokens.alias import Alias, Path
from copy_that_orch.tokens.formats import css_text
from copy_that_orch.tokens.formats.modes import changed
from copy_that_orch.tokens.formats.order import by_group, referred_first
from copy_that_orch.tokens.formats.templates import template
from copy_that_orch.tokens.model import Token, TokenSet
from copy_that_orch.tokens.rules import require_sound
from copy_that_orch.tokens.shadow import Shadow
from copy_that_orch.tokens.typography import FontFamily, Typography
from copy_that_orch.tokens.values import TokenType, Value, parts

_SHEET: Final = template("""\
{% macro entries(maps, indent) %}
{% for group, members in maps %}
{{ indent }}{{ group }}: (
{% for key, value in members %}
{{ indent }}  {{ key }}: {{ value | indent(indent | length + 2) }},
{% endfor %}
{{ indent }}),
{% endfor %}
{% endmacro %}
// {{ header }}
{% for group in groups %}

{% for one in group %}
{% if one.description %}
// {{ one.description | one_line }}
{% endif %}
{{ one.name }}: {{ one.value }};
{% endfor %}
{% endfor %}

// All of them, by group and name: map.get($tokens, "spacing", "md").
$tokens: (
{{ entries(maps, "  ") -}}
);
{% if modes %}

// What is different in each mode: map.deep-merge($tokens, map.get($modes, {{ modes[0][0] }})).
$modes: (
{% for mode, maps in modes %}
  {{ mode }}: (
{{ entries(maps, "    ") }}  ),
{% endfor %}
);
{% endif %}
{% if styles %}

// Sets text in a style: @include typography({{ styles[0] }}).
@mixin typography($style) {
  @each $property, $value in $style {
    #{$property}: $value;
  }
}
{% endif %}
""")

_OWN_NAMES: Final = ("$tokens", "$modes")


@attrs.frozen
class _Variable:
    name: str
    value: str
    description: str | None


def write(tokens: TokenSet) -> str:
    """Return the file: the same text for equal sets, ending with a newline.

    A token becomes a variable named by its path joined with hyphens, `$color-blue-450`, defined after those that it
    refers to, and an entry of the map `$tokens`, below its group. A style of text is a map of CSS properties, which
    the mixin `typography` sets. Descriptions become comments; names and texts that come from outside are escaped. The
    map `$modes` has what is different in a dark mode, as it is there, also because of what it refers to.

    Raises:
      UnsoundTokensError: if the set breaks the format.
      ValueError: if two variables would have one name, to Sass, `-` and `_` are the same; or that of one of the maps.
    """
    require_sound(tokens)
    _require_distinct(tokens)
    return _SHEET.render(
        groups=[[_variable(token) for token in group] for group in by_group(referred_first(tokens))],
        maps=[_map(group, lambda token: variable_name(token.path)) for group in by_group(tokens)],
        modes=[
            (
                _string(mode),
                [_map(group, lambda token: _entry(token.value)) for group in by_group(changed(tokens, mode))],
            )
            for mode in tokens.modes
        ],
        styles=[variable_name(token.path) for token in tokens if token.type is TokenType.TYPOGRAPHY],
    )


def variable_name(path: Path) -> str:
    """Return the name of the variable of the token at `path`, escaped.

    A digit cannot begin one, and what begins with `-` or `_` could not be used by other files.
    """
    name = css_text.name(path)
    if name[0].isdigit() and name[0].isascii():
        name = f"\\{ord(name[0]):x} {name[1:]}"
    elif name[0] in "-_":
        name = f"\\{name}"
    return f"${name}"


def _require_distinct(tokens: TokenSet) -> None:
    taken: dict[str, Token] = {}
    for token in tokens:
        name = variable_name(token.path).replace("_", "-")
        if name in _OWN_NAMES:
            raise ValueError(f"{token.name!r} would be {name} in Sass, which the file has itself; rename it")
        other = taken.setdefault(name, token)
        if other is not token:
            raise ValueError(f"{token.name!r} and {other.name!r} would be one variable in Sass; rename one")


def _variable(token: Token) -> _Variable:
    return _Variable(variable_name(token.path), _value(token.value), token.description)


def _map(group: Sequence[Token], write: Callable[[Token], str]) -> tuple[str, list[tuple[str, str]]]:
    members = [(_string("-".join(token.path[1:] or token.path)), write(token)) for token in group]
    return _string(group[0].path[0]), members


def _value(value: Value | Alias) -> str:
    if isinstance(value, Typography):
        entries = [f'  "{attribute.replace("_", "-")}": {_entry(part)},\n' for attribute, _, part in parts(value)]
        return f"(\n{''.join(entries)})"
    return css_text.write_value(value, lambda alias: variable_name(alias.path), _string)


def _entry(value: Value | Alias) -> str:
    """Return a value as part of a map, where a comma would begin the next one."""
    text = _value(value)
    lists = (isinstance(value, FontFamily) and len(value.names) > 1) or isinstance(value, Shadow)
    return f"({text})" if lists else text


def _string(text: str) -> str:
    """Return `text` in quotes; `#{` would begin an expression."""
    return re.sub("#", css_text.escape, css_text.string(text))
