"""A token set as a TypeScript module: a theme of nested objects, typed to its last letter."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Final

import attrs

from copy_that_orch.tokens.alias import Alias
from copy_that_orch.tokens.dimension import Number, plain
from copy_that_orch.tokens.formats import css_text
from copy_that_orch.tokens.formats.modes import replaced
from copy_that_orch.tokens.formats.templates import template
from copy_that_orch.tokens.formats.tree import Tree, camel_case, nested
from copy_that_orch.tokens.model import Token, TokenSet
from copy_that_orch.tokens.rules import require_sound
from copy_that_orch.tokens.typography import FontWeight, Typography
from copy_that_orch.tokens.values import Value, parts

_MODULE: Final = template("""\
// {{ header }}

export const theme = {{ theme }} as const;

type Values<T> = {
  readonly [K in keyof T]: T[K] extends string ? string : T[K] extends number ? number : Values<T[K]>;
};

/** What each mode has: the same keys, with values of the same types. */
export type Theme = Values<typeof theme>;
{% if modes %}

export const modes = {{ modes }} as const satisfies Record<string, Theme>;
{% endif %}
""")

_IDENTIFIER: Final = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*|0|[1-9][0-9]{0,8}")
"""Keys that need no quotes: ASCII names and whole numbers."""


@attrs.frozen
class _Member:
    """A token: its value, and what is said of it."""

    value: str | Tree
    remark: str


def write(tokens: TokenSet) -> str:
    """Return the module: the same text for equal sets, ending with a newline.

    It exports `theme`, in which a token is found by its path: `theme.color.blue[450]`, `theme["font-size"][16]`. Values
    are what React takes for styles: lengths and colours are strings, numbers and weights numbers, a style of text is
    an object for `style={...}`. References are replaced by what they stand for, and told in the comment. Descriptions
    become comments; names and texts that come from outside are escaped. `modes` has the whole theme for a dark mode.

    Raises:
      UnsoundTokensError: if the set breaks the format.
    """
    require_sound(tokens)
    modes = {mode: _tree(tokens.in_mode(mode)) for mode in tokens.modes}
    return _MODULE.render(
        theme="".join(_object(_tree(tokens), "")),
        modes="".join(_object(modes, "")) if modes else "",
    )


def _tree(tokens: TokenSet) -> Tree:
    return nested((token.path, _member(tokens, token)) for token in tokens)


def _member(tokens: TokenSet, token: Token) -> _Member:
    remarks = [token.description] if token.description else []
    if isinstance(token.value, Alias):
        remarks.append(f"Is {token.value}.")
    return _Member(_literal(tokens, tokens.resolve(token.value)), " ".join(remarks))


def _object(tree: Tree, indent: str) -> Iterator[str]:
    """Yield the pieces of an object literal; `indent` is that of the line it begins in."""
    yield "{\n"
    inner = f"{indent}  "
    for name, member in tree.items():
        value = member
        if isinstance(member, _Member):
            value = member.value
            if member.remark:
                yield f"{inner}/** {css_text.comment(member.remark)} */\n"
        yield f"{inner}{_key(name)}: "
        if isinstance(value, str):
            yield value
        else:
            yield from _object(value, inner)
        yield ",\n"
    yield f"{indent}}}"


def _literal(tokens: TokenSet, value: Value) -> str | Tree:
    if isinstance(value, Number | FontWeight):
        return str(plain(value.value, 3))
    if isinstance(value, Typography):
        return {camel_case(name): _literal(tokens, tokens.resolve(part)) for name, _, part in parts(value)}
    return _string(css_text.write_value(replaced(tokens, value), str))


def _key(name: str) -> str:
    if name == "__proto__":  # in quotes too it would set the prototype of the object
        return '["__proto__"]'
    return name if _IDENTIFIER.fullmatch(name) else _string(name)


def _string(text: str) -> str:
    """Return `text` as a string literal, inside a `<script>` of a page too."""
    literal = json.dumps(text, ensure_ascii=False)
    return re.sub(f"[<{css_text.INVISIBLE}\ud800-\udfff]", lambda found: f"\\u{ord(found.group()):04x}", literal)
