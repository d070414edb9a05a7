"""The report as a whole."""

from __future__ import annotations

import base64
import hashlib
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copy_that_orch.tokens.color import Color
from copy_that_orch.tokens.formats.html.page import RUN_BEGINS, RUN_ENDS, illustrate, write
from copy_that_orch.tokens.formats.html.pictures import Picture, Pictures, Sighting
from copy_that_orch.tokens.merge import merge
from copy_that_orch.tokens.model import Finding, Provenance, Screen, Severity, Theme, Token, TokenSet, TokenType
from tests.unit.tokens import samples
from tests.unit.tokens import strategies as made
from tests.unit.tokens.formats.html.reading import Report

PICTURE = Picture(uri="data:image/webp;base64,UklGRg==", width=160, height=64, mark=(10, 20, 60, 40))


@given(st.lists(made.extracted_sets(), max_size=3).map(merge))
@settings(max_examples=25)
def test_every_token_is_there_once(tokens: TokenSet) -> None:
    """With its name and its value to be copied, whatever they are called; ids are unique."""
    report = Report(illustrate(tokens, Pictures()))
    assert len(report.tokens) == len(tokens)
    assert len(report.ids) == len(set(report.ids))
    assert {one.split("\n")[0] for one in report.copied} >= {token.name for token in tokens if token.name.isprintable()}


def test_all_kinds_of_tokens_have_a_section() -> None:
    """Each in the one that its readers look for it in, and the navigation leads there."""
    report = Report(write(samples.EVERY_TYPE))
    titles = ["Semantic colours", "Palette", "Typography", "Spacing", "Radii", "Borders", "Shadows", "Gradients"]
    assert report.headings == [*titles, "Other", "Findings"]
    assert {link for link in report.links if link.startswith("#")} <= {f"#{one}" for one in report.ids}


def test_nothing_is_loaded_or_run_but_what_is_in_it() -> None:
    """The policy names the hashes of what is there, and lets in pictures that are data."""
    html = write(samples.EVERY_TYPE)
    report = Report(html)
    blocks = [
        (kind, text) for kind in ("style", "script") for text in re.findall(f"<{kind}>(.*?)</{kind}>", html, re.DOTALL)
    ]
    assert [kind for kind, _ in blocks] == ["style", "style", "script"]
    for kind, text in blocks:
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        (allowed,) = re.findall(f"{kind}-src ([^;]*)", report.policy)
        assert f"'sha256-{digest}'" in allowed.split()
    assert report.policy.startswith("default-src 'none'; img-src data:;")
    assert not re.search(r"(?:src|href)=\"(?!#|data:)", html)
    assert "url(" not in html
    assert "@import" not in html
    assert not re.search(r"<[^>]+\s(?:style|on\w+)=", html)


@pytest.mark.parametrize("text", samples.HARMFUL)
def test_texts_from_outside_stay_texts(text: str) -> None:
    """In names, descriptions, names of fonts, labels of images, findings and the title."""
    hostile = samples.harmful(text)
    tokens = TokenSet(
        [
            *hostile.tokens,
            Token(("color", "seen"), TokenType.COLOR, Color(0, 0, 0), provenance=[Provenance(text, text, role=text)]),
        ],
        findings=[
            Finding(Severity.WARNING, "contrast", "color.link", text),
            Finding(Severity.WARNING, text, text, text),
        ],
        screens=[Screen(text, Theme.LIGHT, 10, 10)],
    )
    usual = TokenSet(
        [
            *samples.harmful("x").tokens,
            Token(("color", "seen"), TokenType.COLOR, Color(0, 0, 0), provenance=[Provenance("x", "x", role="x")]),
        ],
        findings=[Finding(Severity.WARNING, "contrast", "color.link", "x"), Finding(Severity.WARNING, "x", "y", "x")],
        screens=[Screen("x", Theme.LIGHT, 10, 10)],
    )
    report = Report(illustrate(tokens, Pictures(title=text, screens={text: PICTURE})))
    plain = Report(illustrate(usual, Pictures(title="x", screens={"x": PICTURE})))
    # Nothing became an element, or ended one; only the order of tokens goes by their names.
    assert sorted(report.elements) == sorted(plain.elements)
    assert sorted(report.attributes) == sorted(plain.attributes)
    assert report.comments == plain.comments


def test_the_same_set_gives_the_same_text_with_a_slot_for_the_run() -> None:
    """Nothing of the time or the place is in it; the slots are empty."""
    html = write(samples.EVERY_TYPE)
    assert html == write(samples.EVERY_TYPE)
    assert html.count(RUN_BEGINS + RUN_ENDS) == 2


def test_what_was_seen_is_shown() -> None:
    """Confidence, how often, as what and where, with the crops that there are, and the screens."""
    here, there = (0, 0, 40, 20), (5, 5, 9, 9)
    tokens = TokenSet(
        [
            Token(
                ("color", "blue", "500"),
                TokenType.COLOR,
                Color.from_hex("#2563eb"),
                0.876,
                [
                    Provenance("a.png", "extract.color", 300, "accent", here),
                    Provenance("b.png", "extract.color", 700, "surface", there),
                    Provenance("c.png", "extract.color", 1, "text", here),
                ],
                "For what can be pressed.",
                {"dark": Color.from_hex("#60a5fa")},
            ),
        ],
        screens=[Screen("a.png", Theme.LIGHT, 100, 50, 2), Screen("b.png", Theme.DARK, 50, 100)],
    )
    html = illustrate(
        tokens,
        Pictures(
            title="shop",
            crops={Sighting("a.png", here): PICTURE, Sighting("b.png", there): PICTURE},
            screens={"a.png": PICTURE},
        ),
    )
    report = Report(html)
    for text in (
        "88 %",
        "10 % of pixels",
        "For what can be pressed.",
        "100 \N{MULTIPLICATION SIGN} 50 at 2\N{MULTIPLICATION SIGN}, light",
    ):
        assert text in report.text
    assert "surfaceaccenttext" in report.text  # a list, with what it was most first
    assert report.labels.count("color.blue.500 as seen on b.png") == 1
    assert "On a.png" in report.labels
    assert html.count(PICTURE.uri) == 3  # a screen and two crops, each once, wherever they are shown
    assert report.links.count("#c0") == 1
    assert report.links.count("#c1") == 2
    assert {"#2563eb", "#60a5fa"} <= set(report.copied)
    assert "shop: design tokens" in report.text


def test_findings_lead_to_their_tokens() -> None:
    """If they are about one that is there."""
    tokens = TokenSet(
        samples.EVERY_TYPE.tokens,
        findings=[
            Finding(Severity.WARNING, "contrast", "color.blue.500", "cannot be read"),
            Finding(Severity.WARNING, "contrast", "", "about all"),
            Finding(Severity.WARNING, "contrast", "gone", "about one that is gone"),
        ],
    )
    report = Report(write(tokens))
    assert "#token-color.blue.500" in report.links
    assert "about all" in report.text
    assert "#token-gone" not in report.links
