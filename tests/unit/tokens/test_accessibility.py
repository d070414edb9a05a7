"""Rules about people who use a design."""

from __future__ import annotations

from copy_that_orch.tokens.accessibility import meanings_can_be_told_apart
from copy_that_orch.tokens.alias import Alias
from copy_that_orch.tokens.color import Color
from copy_that_orch.tokens.model import ContrastPair, Finding, Provenance, Severity, Token, TokenSet, TokenType
from copy_that_orch.tokens.rules import check

WHITE = Color.from_hex("#ffffff")


def token(name: str, value: Color | Alias, **modes: Color) -> Token:
    """A colour with a path that is written with dots."""
    return Token(tuple(name.split(".")), TokenType.COLOR, value, modes=modes)


def test_text_of_too_little_contrast_is_a_warning() -> None:
    """#777777 on white has 4.478 and fails, #767676 has 4.542; large text needs 3, which #959595 misses by 0.005."""
    grey = {level: Color.from_hex(f"#{level * 3}") for level in ("77", "76", "94", "95")}
    seen = [Provenance("b.png", "extract.text", 3), Provenance("a.png", "extract.text", 4)]
    found = check(
        TokenSet(
            [token("color.grey", grey["77"]), token("color.same", grey["77"])],
            [
                ContrastPair(grey["77"], WHITE, seen, 16),
                ContrastPair(grey["77"], WHITE, seen[:1]),
                ContrastPair(grey["77"], WHITE, seen, 24),
                ContrastPair(grey["76"], WHITE),
                ContrastPair(grey["94"], WHITE, (), 24),
                ContrastPair(grey["95"], WHITE, (), 24),
                ContrastPair(grey["95"], WHITE, [Provenance("c.png", "extract.text")]),
            ],
        )
    )
    assert found == (
        Finding(
            Severity.WARNING,
            "contrast",
            "",
            "text #959595 on #ffffff has a contrast of 2.99:1, below the 3:1 of WCAG 2.2, 1.4.3",
        ),
        Finding(
            Severity.WARNING,
            "contrast",
            "",
            "text #959595 on #ffffff has a contrast of 2.99:1, below the 4.5:1 of WCAG 2.2, 1.4.3; "
            "seen once, in 'c.png'",
        ),
        Finding(
            Severity.WARNING,
            "contrast",
            "color.grey",
            "text #777777 on #ffffff has a contrast of 4.47:1, below the 4.5:1 of WCAG 2.2, 1.4.3; "
            "seen 10 times, first in 'a.png'",
        ),
    )


def test_meanings_that_look_alike_to_some_are_a_warning() -> None:
    """Red and green of one lightness, which most people tell apart at once."""
    tokens = TokenSet(
        [
            token("color.success.default", Alias(("color", "green"))),
            token("color.green", Color.from_hex("#7a8b2e")),
            token("color.danger.default", Color.from_hex("#b5651d")),
            token("color.accent.default", Color.from_hex("#0d6efd")),  # to some like green: no harm
        ]
    )
    assert check(tokens) == (
        Finding(
            Severity.WARNING,
            "color-blind",
            "color.success.default",
            "success #7a8b2e and danger #b5651d look alike with protanopia and deuteranopia: a CIEDE2000 of 3.0, "
            "31.6 to others; tell them apart by shape or words too",
        ),
    )


def test_meanings_are_compared_in_every_mode() -> None:
    """What is the same in two modes is told once; what is see-through or nowhere is not compared."""
    green, blue = Color.from_hex("#7a8b2e"), Color.from_hex("#0d6efd")
    tokens = TokenSet(
        [
            token("color.success.default", blue, dark=green),
            token("color.danger.default", Color.from_hex("#b5651d")),
            token("color.warning.default", Color.from_hex("#b5651d80")),
            token("color.accent.default", Alias(("no", "where"))),
        ]
    )
    (finding,) = meanings_can_be_told_apart(tokens)
    assert "with protanopia and deuteranopia in mode dark: " in finding.message
    always = TokenSet([token("color.success.default", green), *tokens.tokens[1:2], token("x", blue, dark=WHITE)])
    assert len(list(meanings_can_be_told_apart(always))) == 1
