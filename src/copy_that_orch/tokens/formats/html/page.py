"""The report as a whole."""

from __future__ import annotations

import base64
import functools
import hashlib
import itertools
import math
from collections.abc import Iterable, Iterator
from typing import Final

import jinja2

from copy_that_orch.tokens.color import Color
from copy_that_orch.tokens.formats.css_text import one_line
from copy_that_orch.tokens.formats.html.cards import Card, cards_of, crops_of, element_id
from copy_that_orch.tokens.formats.html.matrix import Matrix, matrix_of
from copy_that_orch.tokens.formats.html.pictures import Pictures
from copy_that_orch.tokens.formats.html.sections import Section, rules, sections_of
from copy_that_orch.tokens.model import Severity, TokenSet
from copy_that_orch.tokens.quality import set_quality
from copy_that_orch.tokens.rules import require_sound

RUN_BEGINS: Final = "<!-- run: -->"
"""Stands in a report where the account of a run may be put in; the rest is the same for equal sets."""

RUN_ENDS: Final = "<!-- :run -->"
"""Ends it."""

_IN_BAND: Final = 24
"""Colours in the band at the top."""


def write(tokens: TokenSet) -> str:
    """Return the report without pictures of the screens: the same text for equal sets, ending with a newline.

    Raises:
      UnsoundTokensError: if the set breaks the format.
    """
    return illustrate(tokens, Pictures())


def illustrate(tokens: TokenSet, pictures: Pictures) -> str:
    """Return the report, with what can be shown of the screens.

    It loads nothing and runs nothing but what is in it: its Content-Security-Policy names the hashes of its styles
    and its script. What comes from outside, names and descriptions, is escaped.

    Raises:
      UnsoundTokensError: if the set breaks the format.
    """
    require_sound(tokens)
    crops = crops_of(pictures)
    cards = cards_of(tokens, crops)
    matrix = matrix_of(tokens)
    sections = sections_of(tokens, cards)
    band = _band(tokens, sections)
    page, style, script = (_environment().get_template(name) for name in ("page.html", "page.css", "page.js"))
    drawn = "\n".join([*rules(tokens, cards), *_inks(matrix), *_shares(band)])
    styles = (_tidy(style.render()), _harmless(drawn))
    scripts = (_tidy(script.render()),)
    html = page.render(
        tokens=tokens,
        pictures=pictures,
        crops=crops.values(),
        cards=cards,
        ids={token.name: element_id(token, index) for index, token in enumerate(tokens)},
        sections=sections,
        matrix=matrix,
        quality=set_quality(tokens),
        band=band,
        findings={severity: [one for one in tokens.findings if one.severity is severity] for severity in Severity},
        styles=styles,
        scripts=scripts,
        policy=_policy(styles, scripts),
        run_begins=RUN_BEGINS,
        run_ends=RUN_ENDS,
    )
    return _tidy(html)


@functools.cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.PackageLoader(__package__, "templates"),
        autoescape=jinja2.select_autoescape(["html"]),
        finalize=visible,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def visible(value: object) -> object:
    """Return a text from outside without what turns the direction of text or cannot be encoded; anything else as it is.

    Texts that are marked as safe are of another type: they are ours, and have to keep their hash.
    """
    return one_line(value) if type(value) is str else value


def _tidy(text: str) -> str:
    """Return `text` without empty lines and spaces at the ends of lines, which templates leave behind."""
    return "".join(f"{line.rstrip()}\n" for line in text.split("\n") if line.strip())


def _policy(styles: tuple[str, ...], scripts: tuple[str, ...]) -> str:
    """Return a Content-Security-Policy that lets in these texts and pictures in the page, and nothing else.

    Source:
      Content Security Policy Level 3, https://www.w3.org/TR/CSP3/#external-hash
    """
    return "; ".join(
        (
            "default-src 'none'",
            "img-src data:",
            " ".join(("style-src", *map(_hash, styles))),
            " ".join(("script-src", *map(_hash, scripts))),
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode('ascii')}'"


def _harmless(css: str) -> str:
    """Return `css` so that it cannot end its element: a font may be called anything."""
    return css.replace("<", r"\3c ")


def _band(tokens: TokenSet, sections: Iterable[Section]) -> tuple[tuple[Card, int], ...]:
    """Return the colours that were seen most, in the order of the palette, and how much of the band each gets.

    The square root of how often it was seen, for a page is mostly white.
    """
    weights = {
        token.name: token.weight for token in tokens if isinstance(token.value, Color) and token.value.alpha == 1
    }
    painted = [
        card for section in sections for group in section.groups for card in group.cards if weights.get(card.name)
    ]
    least = sorted((weights[card.name] for card in painted), reverse=True)[:_IN_BAND][-1:]
    largest = max((weights[card.name] for card in painted), default=1)
    return tuple(
        (card, max(4, round(100 * math.sqrt(weights[card.name] / largest))))
        for card in painted
        if weights[card.name] >= least[0]
    )


def _shares(band: tuple[tuple[Card, int], ...]) -> Iterator[str]:
    for card, share in band:
        yield f".band .{card.rule}{{flex-grow:{share}}}"


def _inks(matrix: Matrix) -> Iterator[str]:
    inks = itertools.chain(matrix.backgrounds, (ink for ink, _ in matrix.rows))
    for ink in dict.fromkeys(inks):
        yield f".{ink.rule}{{--ink:{ink.hex}}}"
