"""Made-up colours, tokens and sets of them for property tests."""

from __future__ import annotations

from hypothesis import strategies as st

from copy_that_orch.tokens.alias import Alias
from copy_that_orch.tokens.border import Border, StrokeStyle
from copy_that_orch.tokens.color import Color
from copy_that_orch.tokens.dimension import Dimension, Number, Unit
from copy_that_orch.tokens.gradient import Gradient, GradientStop
from copy_that_orch.tokens.model import ContrastPair, Provenance, Screen, Theme, Token, TokenSet, TokenType
from copy_that_orch.tokens.shadow import Shadow, ShadowLayer
from copy_that_orch.tokens.typography import FontFamily, FontWeight, Typography
from copy_that_orch.tokens.values import Value

IMAGES = ("home.png", "login.png", "Größe \u202e*/.png")
SEEN_AS = ("", "background", "text", "border", "accent", "danger", "something else")

_channel = st.integers(0, 255)
any_color = st.builds(Color.from_bytes, _channel, _channel, _channel)
#: A few colours and their near neighbours, so that many are about as far apart as the limit of merging.
crowded_color = st.builds(
    lambda base, shift: Color.from_bytes(
        *(min(255, max(0, channel + step)) for channel, step in zip(base, shift, strict=True))
    ),
    st.sampled_from([(255, 255, 255), (37, 99, 235), (118, 118, 118), (0, 0, 0)]),
    st.tuples(*[st.integers(-6, 6)] * 3),
)
see_through = st.builds(Color.from_bytes, _channel, _channel, _channel, _channel)
colors = any_color | crowded_color | see_through

_lengths = st.floats(-100, 10_000).map(lambda number: round(number, 3)) | st.integers(0, 64)
dimensions = st.builds(Dimension, _lengths, st.sampled_from(Unit))
_widths = dimensions.map(lambda length: Dimension(abs(length.value), length.unit))
numbers = st.builds(Number, _lengths)
font_names = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12).filter(
    lambda name: name.strip() and not name.startswith("{")
)
font_families = st.builds(FontFamily, st.lists(font_names, min_size=1, max_size=3).map(tuple))
font_weights = st.builds(FontWeight, st.integers(1, 1000))
typographies = st.builds(
    Typography,
    font_family=font_families,
    font_size=dimensions,
    font_weight=font_weights,
    letter_spacing=dimensions,
    line_height=numbers,
)
stroke_styles = st.sampled_from(StrokeStyle)
borders = st.builds(Border, colors, _widths, stroke_styles)
layers = st.builds(ShadowLayer, colors, dimensions, dimensions, _widths, dimensions, st.booleans())
shadows = st.builds(Shadow, st.lists(layers, min_size=1, max_size=3))
stops = st.builds(GradientStop, colors, st.floats(0, 1).map(lambda place: round(place, 3)))
gradients = st.builds(Gradient, st.lists(stops, min_size=2, max_size=3), st.none() | st.floats(0, 359.9))

boxes = st.builds(
    lambda left, top, width, height: (left, top, left + width, top + height),
    *[st.integers(0, 1000)] * 2,
    *[st.integers(1, 1000)] * 2,
)
provenances = st.builds(
    Provenance,
    st.sampled_from(IMAGES),
    st.sampled_from(["extract.color", "extract.text"]),
    st.integers(1, 1000),
    st.sampled_from(SEEN_AS),
    st.none() | boxes,
)
screens = st.builds(
    Screen, st.sampled_from(IMAGES), st.sampled_from(Theme), st.integers(1, 4000), st.integers(1, 9000), st.floats(1, 3)
)
descriptions = st.none() | st.text(max_size=20)
#: Names that the format allows; some only differ by case, some collide once joined with hyphens.
names = st.sampled_from(["a", "A", "b", "a-b", "Größe", "fontSize", "1", "12", "with space", "slash/y", "*/", "\n"])

ROLES: dict[TokenType, tuple[str, st.SearchStrategy[Value]]] = {
    TokenType.COLOR: ("color", colors),
    TokenType.DIMENSION: ("spacing", dimensions),
    TokenType.NUMBER: ("line-height", numbers),
    TokenType.FONT_FAMILY: ("font-family", font_families),
    TokenType.FONT_WEIGHT: ("font-weight", font_weights),
    TokenType.STROKE_STYLE: ("stroke", stroke_styles),
    TokenType.TYPOGRAPHY: ("typography", typographies),
    TokenType.BORDER: ("border", borders),
    TokenType.SHADOW: ("shadow", shadows),
    TokenType.GRADIENT: ("gradient", gradients),
}


@st.composite
def tokens(draw: st.DrawFn) -> Token:
    """A token as an extractor could make it, without references."""
    token_type = draw(st.sampled_from(TokenType))
    role, values = ROLES[token_type]
    return Token(
        path=(role, *draw(st.lists(names, min_size=1, max_size=2))),
        type=token_type,
        value=draw(values),
        confidence=draw(st.floats(0, 1)),
        provenance=draw(st.lists(provenances, max_size=3)),
        description=draw(descriptions),
    )


pairs = st.builds(
    ContrastPair,
    colors,
    colors,
    st.lists(provenances, max_size=2),
    st.none() | st.floats(6, 40),
    st.booleans(),
)


@st.composite
def extracted_sets(draw: st.DrawFn) -> TokenSet:
    """What an extractor could return: unique paths, here and there a reference to a token of the same set."""
    found = {token.path: token for token in draw(st.lists(tokens(), max_size=6))}
    for index, token in enumerate(draw(st.lists(st.sampled_from(list(found.values())), max_size=2)) if found else []):
        others = [other for other in found.values() if other.type is token.type and not other.modes]
        dark = {"dark": Alias(draw(st.sampled_from(others)).path)} if draw(st.booleans()) else {}
        path = ("semantic", token.type, str(index))
        alias = Token(path, token.type, Alias(token.path), 0.5, token.provenance, modes=dark)
        found[alias.path] = alias
    return TokenSet(found.values(), draw(st.lists(pairs, max_size=3)), (), draw(st.lists(screens, max_size=2)))
