"""Shadows on JPEG."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from copy_that_orch.imaging import coded_shadows
from copy_that_orch.imaging.coded_lines import Line
from copy_that_orch.imaging.coded_shadows import find_coded_shadows
from copy_that_orch.imaging.decode import decode
from copy_that_orch.imaging.known_shadows import KNOWN
from copy_that_orch.imaging.shadow_layers import Layer
from copy_that_orch.imaging.shadows import Shadow
from tests.unit.imaging.chromium_shadows import PAINTED
from tests.unit.imaging.drawing import draw_box, draw_gradient, draw_shadow, page, rendered

CARD = (88, 80, 312, 200)
SIZE = (400, 320)
GREY, DARK = 0xF3F4F6, 0x2A303C


def found(
    picture: NDArray[np.float64], scale: float = 1, inks: tuple[int, ...] = (), **options: object
) -> tuple[Shadow, ...]:
    """Return the shadows on a JPEG of `picture`, of quality 85 if nothing else is said."""
    file = io.BytesIO()
    Image.fromarray(rendered(picture)).save(file, "JPEG", **{"quality": 85, **options})
    screenshot = decode(file.getvalue(), "page.jpg", scale=scale)
    layout = screenshot.layout
    assert screenshot.coded is not None
    return find_coded_shadows(
        screenshot.coded,
        screenshot.pixels,
        layout.cards,
        screenshot.scale,
        pills=layout.pills,
        gradients=[gradient.box for gradient in screenshot.gradients],
        inks=inks,
    )


def card(ground: int = GREY, fill: int = 0xFFFFFF, moved: int = 0, **shadow: float) -> NDArray[np.float64]:
    """Return a page with one card that lies some pixels off the blocks of a JPEG."""
    picture = page(ground, *SIZE)
    sides = (CARD[0] + moved, CARD[1] + moved, CARD[2] + moved, CARD[3] + moved)
    draw_shadow(picture, sides, **shadow)  # type: ignore[arg-type]
    draw_box(picture, sides, fill)
    return picture


def fits(layer: Layer, y: float, blur: float, alpha: float) -> bool:
    """Return whether a layer is as near to another one as eyes can tell."""
    is_as_soft = abs(layer.blur - blur) <= max(2, 0.25 * blur)
    return abs(layer.y - y) <= 1 and is_as_soft and abs(layer.alpha - alpha) <= 0.04


@pytest.mark.parametrize("moved", range(8))
@pytest.mark.parametrize(("y", "blur", "alpha"), [(2, 6, 0.12), (4, 12, 0.1), (8, 24, 0.15)])
def test_shadows_are_told_wherever_blocks_begin(moved: int, y: int, blur: int, alpha: float) -> None:
    """At each of the eight ways in which a box may lie to the blocks."""
    (shadow,) = found(card(moved=moved, y=y, blur=blur, alpha=alpha))

    assert fits(shadow.layers[0], y, blur, alpha)
    assert shadow.color == (0, 0, 0)
    assert len(shadow.boxes) == 1
    assert np.abs(np.subtract(shadow.boxes[0], CARD) - moved).max() <= 4


@pytest.mark.parametrize("quality", [75, 80, 90, 95, 100])
def test_shadows_are_told_at_all_usual_qualities(quality: int) -> None:
    """The steps to which weights were rounded are those of the file."""
    (shadow,) = found(card(y=4, blur=14, alpha=0.15), quality=quality)

    assert fits(shadow.layers[0], 4, 14, 0.15)


def test_lengths_are_css_pixels() -> None:
    """At twice the device pixels the same shadow comes out."""
    picture = page(GREY, 2 * SIZE[0], 2 * SIZE[1])
    sides = (176, 160, 624, 400)
    draw_shadow(picture, sides, y=8, blur=24, alpha=0.15)
    draw_box(picture, sides, 0xFFFFFF)

    (shadow,) = found(picture, scale=2)

    assert fits(shadow.layers[0], 4, 12, 0.15)


def test_shadows_are_told_on_dark_ground() -> None:
    """There is less light to take, so it takes more alpha to be seen."""
    (shadow,) = found(card(DARK, 0x3A4150, y=6, blur=20, alpha=0.5))

    layer = shadow.layers[0]
    assert layer.y == pytest.approx(6, abs=1)
    assert layer.blur == pytest.approx(20, abs=5)
    assert layer.alpha == pytest.approx(0.5, abs=0.08)


def test_a_border_is_no_part_of_the_shadow() -> None:
    """It is much darker than the shadow beside it."""
    picture = page(GREY, *SIZE)
    draw_shadow(picture, CARD, y=2, blur=8, alpha=0.1)
    draw_box(picture, CARD, 0xFFFFFF, border=(1, 0xC0C4CC))

    (shadow,) = found(picture)

    assert fits(shadow.layers[0], 2, 8, 0.1)


def test_boxes_with_one_shadow_are_told_together() -> None:
    """Those that lie otherwise to the blocks, too; a darker one is another."""
    picture = page(GREY, 640, 560)
    boxes = [(40, 40, 280, 160), (357, 43, 599, 166), (42, 261, 283, 389)]
    for sides in boxes:
        draw_shadow(picture, sides, y=4, blur=12, alpha=0.12)
        draw_box(picture, sides, 0xFFFFFF)
    draw_shadow(picture, (360, 260, 600, 380), y=10, blur=30, alpha=0.3)
    draw_box(picture, (360, 260, 600, 380), 0xFFFFFF)

    usual, other = found(picture)

    assert len(usual.boxes) == 3
    assert fits(usual.layers[0], 4, 12, 0.12)
    assert fits(other.layers[0], 10, 30, 0.3)


@pytest.mark.parametrize("quality", [85, 95, 100])
def test_strong_shadows_need_not_be_drawn_exactly(quality: int) -> None:
    """As Chromium painted them they are off by more than the noise of a good JPEG."""
    (painted,) = (each for each in PAINTED if each.layers == ((3, 1, -2, 0.2), (2, 2, 0, 0.14), (1, 5, 0, 0.12)))

    (shadow,) = found(painted.picture().astype(np.float64), quality=quality)

    assert {(layer.y, layer.blur, layer.spread, layer.alpha) for layer in shadow.layers} == set(painted.layers)


def test_published_layers_are_told_where_one_is_too_little() -> None:
    """Together they look like one that is smaller and darker, if the darkest pixel is taken for a border."""
    layers = KNOWN[1]
    picture = page(0xF5F5F5, *SIZE)
    for y, blur, spread, alpha in layers:
        draw_shadow(picture, CARD, y=y, blur=blur, spread=spread, alpha=alpha)
    draw_box(picture, CARD, 0x3F51B5)

    (shadow,) = found(picture)

    assert {(layer.y, layer.blur, layer.spread, layer.alpha) for layer in shadow.layers} == set(layers)


@pytest.mark.parametrize(
    ("color", "seen"),
    [(0x0A3C64, (0x0A, 0x3C, 0x64)), (0x333333, (0, 0, 0))],  # grey takes of each channel what fainter black takes
    ids=["of text", "grey"],
)
def test_a_shadow_has_a_colour_that_is_seen_elsewhere(color: int, seen: tuple[int, int, int]) -> None:
    """If that explains its tint; then it has the alpha that goes with it."""
    (shadow,) = found(card(0xFFFFFF, y=6, blur=24, alpha=0.25, color=color), inks=(0xC0C0C0, color))

    assert shadow.color == pytest.approx(seen, abs=3)
    assert shadow.layers[0].alpha == pytest.approx(0.25 if any(seen) else 0.2, abs=0.04)


def test_another_colour_is_as_dark_as_it_can_be() -> None:
    """That is how shadows are; a violet one takes little blue."""
    (shadow,) = found(card(0xFFFFFF, y=6, blur=24, alpha=0.25, color=0x401478))

    red, green, blue = shadow.color
    assert green < red < blue
    assert shadow.color == pytest.approx((0x40, 0x14, 0x78), abs=24)


def test_boxes_that_look_the_same_are_looked_at_once() -> None:
    """They lie in the same way to the blocks."""
    picture = page(GREY, 704, 280)
    for left in range(32, 600, 160):
        draw_shadow(picture, (left, 80, left + 112, 200), y=4, blur=12, alpha=0.12)
        draw_box(picture, (left, 80, left + 112, 200), 0xFFFFFF)

    (shadow,) = found(picture)

    assert len(shadow.boxes) == 4


def test_the_time_for_a_tall_page_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of many edges that differ, as boxes lie otherwise to the blocks, those of the largest boxes are looked at."""
    picture = page(GREY, 400, 1640)
    for place in range(20):
        sides = (60 + place % 7, 40 + 79 * place, 340 - place, 80 + 79 * place)
        draw_shadow(picture, sides, y=2, blur=8, alpha=0.15)
        draw_box(picture, sides, 0xFFFFFF)
    looked_at: list[int] = []

    def fit(lines: Sequence[Line], ground: float, scale: float) -> None:
        looked_at.append(len(lines))

    monkeypatch.setattr(coded_shadows, "fit_box", fit)

    assert found(picture) == ()
    assert len(looked_at) == coded_shadows.MOST


def _plain() -> NDArray[np.float64]:
    picture = page(GREY, *SIZE)
    draw_box(picture, CARD, 0xFFFFFF)
    return picture


def _bordered() -> NDArray[np.float64]:
    picture = page(0xFFFFFF, *SIZE)
    draw_box(picture, CARD, 0xFFFFFF, border=(1, 0xD0D7DE))
    draw_box(picture, (120, 240, 280, 280), 0xF6F8FA, radius=6, border=(2, 0x1F2328))
    return picture


def _photo() -> NDArray[np.float64]:
    picture = page(0xFFFFFF, *SIZE)
    rows, columns = np.mgrid[80:200, 88:312]
    waves = 128 + 60 * np.sin(rows / 17) * np.cos(columns / 23)
    grain = np.random.default_rng(5).normal(0, 6, (*waves.shape, 3))
    picture[80:200, 88:312] = np.clip(waves[..., None] + grain, 0, 255)
    return picture


def _text() -> NDArray[np.float64]:
    image = Image.new("RGB", SIZE, "#ffffff")
    pen = ImageDraw.Draw(image)
    for line in range(12):
        pen.text((24, 20 + 22 * line), "The quick brown fox jumps over it", "#24292f", ImageFont.load_default(16))
    return np.asarray(image, np.float64)


def _gradient() -> NDArray[np.float64]:
    picture = page(0xFFFFFF, *SIZE)
    draw_gradient(picture, (0, 0, 400, 160), 180, ((0, 0x4F46E5), (1, 0xFFFFFF)))
    draw_box(picture, (120, 60, 280, 200), 0xFFFFFF)
    return picture


def _sharp() -> NDArray[np.float64]:
    return card(y=0, blur=0, spread=2, alpha=0.2)


def _faint() -> NDArray[np.float64]:
    return card(y=1, blur=4, alpha=0.01)


@pytest.mark.parametrize("quality", [75, 85, 95])
@pytest.mark.parametrize("draw", [_plain, _bordered, _photo, _text, _gradient, _sharp, _faint])
def test_where_no_shadow_is_none_is_claimed(draw: Callable[[], NDArray[np.float64]], quality: int) -> None:
    """Noise, borders, gradients and rings are none, and what is hardly seen is not told."""
    assert found(draw(), quality=quality) == ()
