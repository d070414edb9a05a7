"""Draws boxes the way a browser does, so that tests know what is on a screen."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from copy_that_orch.imaging.arrays import Pixels, split

FINE = 8
"""Parts of a pixel, in each direction, by which coverage is counted."""


def page(color: int = 0xFFFFFF, width: int = 240, height: int = 160) -> NDArray[np.float64]:
    """Return a plain page, height x width x 3."""
    return np.full((height, width, 3), split(color), np.float64)


def covered(shape: tuple[int, ...], sides: tuple[float, float, float, float], radius: float) -> NDArray[np.float64]:
    """Return how much of each pixel a box with round corners covers.

    Args:
      shape: Height and width of the picture.
      sides: Left, top, right and bottom of the box.
      radius: Of its corners.
    """
    left, top, right, bottom = sides
    radius = min(radius, (right - left) / 2, (bottom - top) / 2)
    if radius <= 0 and all(side == int(side) for side in sides):  # the same as below, much faster
        cover = np.zeros(shape[:2])
        cover[max(int(top), 0) : max(int(bottom), 0), max(int(left), 0) : max(int(right), 0)] = 1
        return cover
    x = (np.arange(shape[1] * FINE) + 0.5) / FINE
    y = (np.arange(shape[0] * FINE) + 0.5) / FINE
    across = np.maximum(np.maximum(left + radius - x, x - (right - radius)), 0)
    down = np.maximum(np.maximum(top + radius - y, y - (bottom - radius)), 0)
    within = np.add.outer(down**2, across**2) <= radius**2 if radius else np.ones((len(y), len(x)), np.bool_)
    within &= np.logical_and.outer((y > top) & (y < bottom), (x > left) & (x < right))
    return np.asarray(within.reshape(shape[0], FINE, shape[1], FINE).mean(axis=(1, 3)), np.float64)


def paint(picture: NDArray[np.float64], cover: NDArray[np.float64], color: int, alpha: float = 1.0) -> None:
    """Lay a colour over a picture where `cover` says."""
    share = (cover * alpha)[..., None]
    picture[:] = picture * (1 - share) + np.array(split(color)) * share


def draw_box(
    picture: NDArray[np.float64],
    sides: tuple[float, float, float, float],
    color: int,
    *,
    radius: float = 0.0,
    border: tuple[float, int] | None = None,
) -> None:
    """Draw a box with its border inside its sides, as CSS does: width and colour of it."""
    if border:
        width, line = border
        paint(picture, covered(picture.shape[:2], sides, radius), line)
        sides = (sides[0] + width, sides[1] + width, sides[2] - width, sides[3] - width)
        radius = max(radius - width, 0)
    paint(picture, covered(picture.shape[:2], sides, radius), color)


def draw_shadow(
    picture: NDArray[np.float64],
    sides: tuple[float, float, float, float],
    *,
    x: float = 0,
    y: float = 0,
    blur: float,
    spread: float = 0,
    color: int = 0,
    alpha: float,
    radius: float = 0,
) -> None:
    """Draw the shadow of a box: the box moved, grown and blurred with a standard deviation of half its blur."""
    left, top, right, bottom = sides
    moved = (left + x - spread, top + y - spread, right + x + spread, bottom + y + spread)
    cover = covered(picture.shape[:2], moved, max(radius + spread, 0) if radius else 0)
    blurred = np.asarray(cv2.GaussianBlur(cover, (0, 0), blur / 2), np.float64) if blur else cover
    paint(picture, blurred, color, alpha)


def rendered(picture: NDArray[np.float64]) -> Pixels:
    """Return the picture in whole levels."""
    return np.round(picture).astype(np.uint8)


def draw_gradient(
    picture: NDArray[np.float64],
    sides: tuple[int, int, int, int],
    angle: float,
    stops: tuple[tuple[float, int], ...],
) -> None:
    """Fill a box with a linear gradient, mixed in sRGB; angle in degrees as CSS counts them."""
    left, top, right, bottom = sides
    y, x = np.mgrid[top:bottom, left:right] + 0.5
    sine, cosine = np.sin(np.radians(angle)), np.cos(np.radians(angle))
    length = abs((right - left) * sine) + abs((bottom - top) * cosine)
    place = ((x - (left + right) / 2) * sine - (y - (top + bottom) / 2) * cosine) / length + 0.5
    colors = np.array([split(color) for _position, color in stops], np.float64)
    positions = [position for position, _color in stops]
    picture[top:bottom, left:right] = np.stack([np.interp(place, positions, channel) for channel in colors.T], axis=-1)
