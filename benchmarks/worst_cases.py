"""Pictures of what is missed: a part of the screen, what was expected there and what was found instead."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import attrs
import numpy as np
from PIL import Image, ImageColor, ImageDraw, ImageFont

CROP = (460, 290)
PANEL = 300
"""Pixels: the largest part of a screen that is shown as it is, and the width of the text beside it."""
LINES = 10


@attrs.frozen(kw_only=True)
class Case:
    """A category of a product that went badly.

    Attributes:
      category: Such as "spacing".
      product: Such as "bulma".
      f1: Its score.
      missed: What is in the truth only.
      extra: What was found only.
    """

    category: str
    product: str
    f1: float
    missed: Sequence[Any]
    extra: Sequence[Any]


def worst(scores: dict[str, dict[str, Any]], category: str, count: int = 3) -> list[Case]:
    """Return the products that do worst in a category, the worst first."""
    cases = [
        Case(
            category=category,
            product=product,
            f1=found["f1"],
            missed=found.get("missed", []),
            extra=found.get("extra", []),
        )
        for product, score in scores.items()
        if (found := score["categories"][category])["f1"] is not None
    ]
    return sorted(cases, key=lambda case: (case.f1, case.product))[:count]


def draw(folder: Path, case: Case) -> Image.Image:
    """Return the picture of a case."""
    screen, box = _place(folder, case)
    crop = Image.open(screen).convert("RGB").crop(box)
    crop.thumbnail(CROP)
    sheet = Image.new("RGB", (CROP[0] + PANEL, CROP[1]), "white")
    sheet.paste(crop, (0, 0))
    pen = ImageDraw.Draw(sheet)
    font, small = ImageFont.load_default(15), ImageFont.load_default(12)
    x, y = CROP[0] + 12, 8
    pen.text((x, y), f"{case.product}: {case.category} {case.f1:.2f}", "black", font)
    for title, values in (("expected, not found", case.missed), ("found, not expected", case.extra)):
        y += 26
        pen.text((x, y), f"{title}: {len(values)}", "#666", small)
        for value in values[: LINES - 3]:
            y += 15
            if isinstance(value, str) and value.startswith("#"):
                pen.rectangle((x, y + 1, x + 20, y + 13), ImageColor.getrgb(value), "#888")
                pen.text((x + 26, y), value, "black", small)
            else:
                pen.text((x, y), told(value), "black", small)
    return sheet


def told(value: Any) -> str:
    """Return a value as a reader wants it."""
    match value:
        case [{"blur": _}, *_]:
            return " + ".join(
                f"{layer['x']:g} {layer['y']:g} {layer['blur']:g} {layer['spread']:g} {layer['color']}"
                f" {layer['alpha']:.2f}"
                for layer in value[:1]
            )
        case {"angle": angle, "stops": stops}:
            return f"{angle:g}° {' '.join(stops)}"
        case float() | int():
            return f"{value:g} px"
        case _:
            return str(value)


def _place(folder: Path, case: Case) -> tuple[Path, tuple[int, int, int, int]]:
    """Return the screen that has the first of what was missed, and the part of it that shows it, if that is known."""
    truth = json.loads((folder / case.product / "truth.json").read_text())
    screens = truth["screens"]
    for value in case.missed:
        for screen in screens:
            if value in _values(screen["truth"], case.category):
                path = folder / case.product / screen["file"]
                return path, _box(path, _colors(value))
    path = folder / case.product / screens[0]["file"]
    return path, _box(path, [])


def _values(truth: dict[str, Any], category: str) -> list[Any]:
    match category:
        case "colors":
            return [color["hex"] for color in truth["colors"]]
        case "shadows":
            keys = ("x", "y", "blur", "spread", "color", "alpha")
            return [
                [{key: layer[key] for key in keys} for layer in shadow["layers"] if layer.get("main")]
                for shadow in truth["shadows"]
            ]
        case "gradients":
            return [
                {"angle": gradient["angle"], "stops": [stop["color"] for stop in gradient["stops"]]}
                for gradient in truth["gradients"]
            ]
        case _:
            return [entry["value"] for entry in truth[category]]


def _colors(value: Any) -> list[str]:
    match value:
        case str() if value.startswith("#"):
            return [value]
        case {"stops": stops}:
            return list(stops)
        case _:
            return []


def _box(path: Path, colors: Sequence[str]) -> tuple[int, int, int, int]:
    """Return a part of the screen at `path` around the first pixel of `colors`; its upper part if there is none."""
    with Image.open(path) as screen:
        pixels = np.asarray(screen.convert("RGB"))
    height, width = pixels.shape[:2]
    across, down = min(CROP[0], width), min(CROP[1], height)
    there = np.zeros((height, width), np.bool_)
    for color in colors:
        there |= (pixels == ImageColor.getrgb(color)).all(axis=-1)
    if not there.any():
        return 0, 0, width, min(height, width * CROP[1] // CROP[0])
    ys, xs = np.nonzero(there)
    left = int(np.clip(xs[0] - across // 4, 0, width - across))
    top = int(np.clip(ys[0] - down // 4, 0, height - down))
    return left, top, left + across, top + down
