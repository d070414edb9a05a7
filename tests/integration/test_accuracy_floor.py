"""What the extractors find on real screens, against what is really on them. The floors may only go up."""

from __future__ import annotations

import io
import json
import math
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from copy_that_orch.agents.aggregate import AggregateAgent
from copy_that_orch.agents.extract_color import ExtractColorAgent
from copy_that_orch.agents.extract_gradient import ExtractGradientAgent
from copy_that_orch.agents.extract_shadow import ExtractShadowAgent
from copy_that_orch.agents.extract_spacing import ExtractSpacingAgent
from copy_that_orch.agents.preprocess import PreprocessAgent
from copy_that_orch.assembly import screenshot_agents
from copy_that_orch.imaging.decode import decode
from copy_that_orch.imaging.screenshot import Screenshot
from copy_that_orch.orchestrator.interfaces import PipelineStage, PipelineTask
from copy_that_orch.tokens.color import Color
from copy_that_orch.tokens.difference import ciede2000, to_lab
from copy_that_orch.tokens.dimension import Dimension
from copy_that_orch.tokens.gradient import Gradient
from copy_that_orch.tokens.model import Token
from copy_that_orch.tokens.shadow import Shadow, ShadowLayer

SCREENSHOTS = Path(__file__).parents[1] / "screenshots"
TRUTH: dict[str, dict[str, Any]] = json.loads((SCREENSHOTS / "truth.json").read_text())
TASK: PipelineTask[Path] = PipelineTask(task_id="accuracy", items=())

SAME_COLOR, SAME_SHADOW_COLOR, SAME_STOP = 2.3, 8.0, 5.0
"""CIEDE2000 under which colours of areas, of shadows and at the ends of gradients are found."""
SAME_LENGTH = 1.0
"""CSS pixels up to which a length is found."""
PILL = 500.0
"""CSS pixels from which a radius makes a pill."""

FLOOR = {
    "boat-done.png": {
        "colors": 0.99,
        "font_sizes": 0.99,
        "radii": 0.99,
        "shadows": 0.99,
        "gradients": 0.99,
    },
    "calendar-2x.png": {
        "colors": 0.99,
        "font_sizes": 0.85,
        "radii": 0.99,
        "shadows": 0.85,
        "gradients": 0.99,
    },
    "tern-settings.png": {
        "colors": 0.99,
        "font_sizes": 0.99,
        "radii": 0.99,
        "shadows": 0.99,
        "gradients": 0.99,
    },
}
"""F1 of each screen and kind of token; what is not on a screen must not be found there."""
SPACING_FLOOR = 0.779
"""Mean F1 of spacing over these screens: one screen has few lengths, and may be lucky."""
JPEG_FLOOR = {
    "boat-done.png": {"colors": 0.85, "shadows": 0.99, "gradients": 0.99},
    "calendar-2x.png": {"colors": 0.89, "shadows": 0.39, "gradients": 0.99},
    "tern-settings.png": {"colors": 0.95, "shadows": 0.99, "gradients": 0.99},
}
"""The same from JPEGs of quality 85."""

T = TypeVar("T")


def distances(found: Sequence[T], true: Sequence[Any], between: Callable[[T, Any], float]) -> NDArray[np.float64]:
    """Return found x true."""
    return np.array([[between(one, other) for other in true] for one in found]).reshape(len(found), len(true))


def apart(one: str | Color, other: str | Color) -> float:
    """Return CIEDE2000."""
    colors = [Color.from_hex(color) if isinstance(color, str) else color for color in (one, other)]
    return float(ciede2000(*to_lab(colors)))


def color_distance(found: str, true: list[str]) -> float:
    """Return the difference to the nearest of those that are as good as one."""
    return min(apart(found, color) for color in true)


def length_distance(found: float, true: list[float]) -> float:
    """Return the same in CSS pixels; all pills are alike."""
    return min(0.0 if min(found, length) >= PILL else abs(found - length) for length in true)


def shadow_distance(found: Shadow, true: list[Any]) -> float:
    """Return 0 if one layer fits, else infinity."""
    return 0.0 if any(fits(layer, true) for layer in found.layers) else math.inf


def fits(layer: ShadowLayer, true: list[Any]) -> bool:
    """Return whether a layer fits: offsets within a pixel, blur within 2 or a quarter, colour and alpha nearly."""
    x, y, blur, color, alpha = true
    assert isinstance(layer.color, Color)
    off = [abs(length.value - wanted) for length, wanted in zip(lengths_of(layer), (x, y, blur), strict=True)]
    return (
        max(off[:2]) <= 1
        and off[2] <= max(2, blur / 4)
        and abs(layer.color.alpha - alpha) <= 0.08
        and apart(layer.color, color) < SAME_SHADOW_COLOR
    )


def lengths_of(layer: ShadowLayer) -> list[Dimension]:
    """Return offsets and blur."""
    return [part for part in (layer.offset_x, layer.offset_y, layer.blur) if isinstance(part, Dimension)]


def gradient_distance(found: Gradient, true: list[Any]) -> float:
    """Return 0 if angle and both ends fit, else infinity."""
    angle, first, last = true
    ends = [stop.color for stop in (found.stops[0], found.stops[-1]) if isinstance(stop.color, Color)]
    turned = abs(((found.angle or 0.0) - angle + 180) % 360 - 180)
    same = all(apart(end, color) < SAME_STOP for end, color in zip(ends, (first, last), strict=True))
    return 0.0 if same and turned <= 10 else math.inf


def f1(to_true: NDArray[np.float64], to_minor: NDArray[np.float64], limit: float) -> float:
    """Return the F1 of a list: what was found, one to one with what is true, the nearest first.

    Args:
      to_true: Found x true.
      to_minor: Found x what is not asked for.
      limit: Largest distance of a hit.
    """
    count, true = to_true.shape
    to_true = to_true.copy()
    hit: set[int] = set()
    while to_true.size and to_true.min() <= limit:
        one, other = np.unravel_index(np.argmin(to_true), to_true.shape)
        hit.add(int(one))
        to_true[one], to_true[:, other] = np.inf, np.inf
    harmless = sum(bool((to_minor[one] <= limit).any()) for one in range(count) if one not in hit)
    return float(2 * len(hit) / (count - harmless + true)) if count - harmless + true else 1.0


def score_colors(name: str, tokens: Iterable[Token]) -> float:
    """Return the F1 of the colours of one screen."""
    truth = TRUTH[name]
    found = [token.value.hex for token in tokens if isinstance(token.value, Color) and token.path[0] == "color"]
    minor = [[color] for color in truth["colors_minor"]]
    return f1(distances(found, truth["colors"], color_distance), distances(found, minor, color_distance), SAME_COLOR)


def score(name: str, tokens: Sequence[Token]) -> dict[str, float]:
    """Return the F1 of each kind of token on one screen."""
    truth = TRUTH[name]
    scores = {"colors": score_colors(name, tokens)}
    for kind, purpose in (("font_sizes", "font-size"), ("spacing", "spacing"), ("radii", "radius")):
        values = {
            token.value.value for token in tokens if token.path[0] == purpose and isinstance(token.value, Dimension)
        }
        lengths = sorted(values)
        minor = [[length] for length in truth.get(f"{kind}_minor", [])]
        scores[kind] = f1(
            distances(lengths, truth[kind], length_distance), distances(lengths, minor, length_distance), SAME_LENGTH
        )
    shadows = [token.value for token in tokens if isinstance(token.value, Shadow)]
    gradients = [token.value for token in tokens if isinstance(token.value, Gradient)]
    scores["shadows"] = f1(distances(shadows, truth["shadows"], shadow_distance), np.empty((len(shadows), 0)), 0)
    scores["gradients"] = f1(
        distances(gradients, truth["gradients"], gradient_distance), np.empty((len(gradients), 0)), 0
    )
    return scores


async def load(name: str) -> Screenshot:
    """Return one of the screens."""
    return await PreprocessAgent().process(TASK, SCREENSHOTS / name)


@pytest.mark.parametrize("name", FLOOR)
async def test_scores_stay_above_their_floor(name: str) -> None:
    """Everything is found about as well as ever, by all extractors that there are."""
    screenshot = await load(name)
    extractors = [agent for agent in screenshot_agents() if agent.stage_name == PipelineStage.EXTRACT]
    tokens = [token for agent in extractors for token in await agent.process(TASK, screenshot)]

    scores = score(name, tokens)

    assert {kind: scores[kind] for kind, floor in FLOOR[name].items() if scores[kind] < floor} == {}


async def test_the_score_of_spacing_stays_above_its_floor() -> None:
    """What is doubtful on the only screen there is is left out before it is scored."""
    scores = []
    for name in FLOOR:
        found = await ExtractSpacingAgent().process(TASK, await load(name))
        merged = await AggregateAgent().process(TASK, (found,))
        scores.append(score(name, list(merged))["spacing"])

    assert sum(scores) / len(scores) >= SPACING_FLOOR


@pytest.mark.parametrize("name", JPEG_FLOOR)
async def test_jpeg_costs_little(name: str) -> None:
    """What a JPEG of the same screen shows is found nearly as well, and its device scale is told."""
    file = io.BytesIO()
    Image.open(SCREENSHOTS / name).convert("RGB").save(file, "JPEG", quality=85)
    screenshot = decode(file.getvalue(), name)

    agents = (ExtractColorAgent(), ExtractShadowAgent(), ExtractGradientAgent())
    scores = score(name, [token for agent in agents for token in await agent.process(TASK, screenshot)])

    assert {kind: scores[kind] for kind, floor in JPEG_FLOOR[name].items() if scores[kind] < floor} == {}
    assert screenshot.scale == TRUTH[name]["scale"]


@pytest.mark.parametrize("name", FLOOR)
async def test_the_device_scale_is_told_from_the_picture(name: str) -> None:
    """No file says how many device pixels a CSS pixel has; the boxes do."""
    assert (await load(name)).scale == TRUTH[name]["scale"]


def test_the_score_counts_one_to_one_and_passes_over_what_is_minor() -> None:
    """Two values for one truth are one hit and one mistake, unless the second is minor."""
    found = [16.0, 16.4, 40.0]
    to_true = distances(found, [[16.0], [24.0, 24.5]], length_distance)

    assert f1(to_true, distances(found, [], length_distance), SAME_LENGTH) == pytest.approx(2 / 5)
    assert f1(to_true, distances(found, [[40.5]], length_distance), SAME_LENGTH) == pytest.approx(2 / 4)
