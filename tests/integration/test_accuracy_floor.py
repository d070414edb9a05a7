"""What the extractors find on real screens, against what is really on them. The floors may only go up."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from copy_that_orch.agents.extract_color import ExtractColorAgent
from copy_that_orch.agents.extract_spacing import ExtractSpacingAgent
from copy_that_orch.agents.extract_typography import ExtractTypographyAgent
from copy_that_orch.agents.preprocess import PreprocessAgent
from copy_that_orch.imaging.screenshot import Screenshot
from copy_that_orch.orchestrator.interfaces import PipelineTask
from copy_that_orch.tokens.color import Color
from copy_that_orch.tokens.difference import ciede2000, to_lab
from copy_that_orch.tokens.dimension import Dimension
from copy_that_orch.tokens.model import TokenSet

SCREENSHOTS = Path(__file__).parents[1] / "screenshots"
TRUTH: dict[str, dict[str, Any]] = json.loads((SCREENSHOTS / "truth.json").read_text())
TASK: PipelineTask[Path] = PipelineTask(task_id="accuracy", items=())

SAME_COLOR = 2.3
"""CIEDE2000 under which a colour is found."""
SAME_LENGTH = 1.0
"""CSS pixels up to which a length is found."""

FLOOR = {
    "boat-done.png": {"colors": 0.99, "font_sizes": 0.99, "spacing": 0.66},
    "calendar-2x.png": {"colors": 0.99, "font_sizes": 0.85, "spacing": 0.39},
    "tern-settings.png": {"colors": 0.95, "font_sizes": 0.9, "spacing": 0.74},
}
"""F1 of each screen and kind of token."""


def color_distances(found: list[str], true: list[list[str]]) -> NDArray[np.float64]:
    """Return CIEDE2000 between each colour found and the nearest of those that are as good as one."""
    lab = to_lab(Color.from_hex(color) for color in found)
    columns = [ciede2000(lab[:, None], to_lab(map(Color.from_hex, same))).min(axis=1) for same in true]
    return np.array(columns).reshape(len(true), len(found)).T


def length_distances(found: list[float], true: list[list[float]]) -> NDArray[np.float64]:
    """Return the same for lengths, in CSS pixels."""
    columns = [np.abs(np.subtract.outer(found, same)).min(axis=1) for same in true]
    return np.array(columns).reshape(len(true), len(found)).T


def f1(distances: NDArray[np.float64], to_minor: NDArray[np.float64], limit: float) -> float:
    """Return the F1 of a list: what was found, one to one with what is true, the nearest first.

    Args:
      distances: Found x true.
      to_minor: Found x what is not asked for.
      limit: Largest distance of a hit.
    """
    count, true = distances.shape
    distances = distances.copy()
    hit: set[int] = set()
    while distances.size and distances.min() <= limit:
        one, other = np.unravel_index(np.argmin(distances), distances.shape)
        hit.add(int(one))
        distances[one], distances[:, other] = np.inf, np.inf
    harmless = sum(bool((to_minor[one] <= limit).any()) for one in range(count) if one not in hit)
    return float(2 * len(hit) / (count - harmless + true))


def score(name: str, colors: TokenSet, sizes: TokenSet, spacing: TokenSet) -> dict[str, float]:
    """Return the F1 of each kind of token on one screen."""
    truth = TRUTH[name]
    found_colors = [token.value.hex for token in colors if isinstance(token.value, Color)]
    scores = {
        "colors": f1(
            color_distances(found_colors, truth["colors"]),
            color_distances(found_colors, [[color] for color in truth["colors_minor"]]),
            SAME_COLOR,
        )
    }
    for kind, tokens in (("font_sizes", sizes), ("spacing", spacing)):
        lengths = [token.value.value for token in tokens if isinstance(token.value, Dimension)]
        minor = [[length] for length in truth[f"{kind}_minor"]]
        scores[kind] = f1(length_distances(lengths, truth[kind]), length_distances(lengths, minor), SAME_LENGTH)
    return scores


async def load(name: str) -> Screenshot:
    """Return one of the screens."""
    return await PreprocessAgent().process(TASK, SCREENSHOTS / name)


@pytest.mark.parametrize("name", FLOOR)
async def test_scores_stay_above_their_floor(name: str) -> None:
    """Colours, font sizes and spacing are found about as well as ever."""
    screenshot = await load(name)

    scores = score(
        name,
        await ExtractColorAgent().process(TASK, screenshot),
        await ExtractTypographyAgent().process(TASK, screenshot),
        await ExtractSpacingAgent().process(TASK, screenshot),
    )

    assert {kind: scores[kind] for kind, floor in FLOOR[name].items() if scores[kind] < floor} == {}


@pytest.mark.parametrize("name", FLOOR)
async def test_the_device_scale_is_told_from_the_picture(name: str) -> None:
    """No file says how many device pixels a CSS pixel has; the boxes do."""
    assert (await load(name)).scale == TRUTH[name]["scale"]


def test_the_score_counts_one_to_one_and_passes_over_what_is_minor() -> None:
    """Two values for one truth are one hit and one mistake, unless the second is minor."""
    distances = length_distances([16.0, 16.4, 40.0], [[16.0], [24.0, 24.5]])

    assert f1(distances, length_distances([16.0, 16.4, 40.0], []), SAME_LENGTH) == pytest.approx(2 / 5)
    assert f1(distances, length_distances([16.0, 16.4, 40.0], [[40.5]]), SAME_LENGTH) == pytest.approx(2 / 4)
