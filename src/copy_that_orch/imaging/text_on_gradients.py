"""Lines of text on gradients: the gradient is taken away, and text is looked for on what is left."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, Final, TypeVar

import attrs
import numpy as np
from numpy.typing import NDArray

from copy_that_orch.imaging.arrays import Channels, Floats, Pixels, channels_of, counted
from copy_that_orch.imaging.gradients import LinearGradient
from copy_that_orch.imaging.ground import codes_of, find_ground
from copy_that_orch.imaging.layout import GROUND_SIDE
from copy_that_orch.imaging.text import TextLine, find_lines, is_text

T = TypeVar("T", bound=np.generic)

SAME: Final = 4
"""Levels of 255 that pixels may differ from the gradient and still be it: it is rounded, and some browsers dither."""
CONTRAST: Final = 60
"""Levels of 255 between text and what is behind it, at least, for its colour to be looked for."""
LEAST_PIXELS: Final = 40
"""Pixels of just the colour of the text, at least."""
SAMPLES: Final = 40_000
SLICES: Final = 100
"""Pixels of a gradient that are looked at, about, and slices across it whose medians tell its course."""
STEPS: Final = 2000
"""Places along a gradient that are told apart."""
STRAY: Final = 24
"""Levels of 255 that a pixel may lie off the mixtures of text and gradient; what lies further off is something else."""


def lines_on_gradients(pixels: Pixels, gradients: Iterable[LinearGradient]) -> tuple[TextLine, ...]:
    """Return the lines of text on `gradients`, of the colour that most of the text on each has.

    Args:
      pixels: Height x width x 3.
      gradients: On them.
    """
    found: list[TextLine] = []
    for gradient in gradients:
        left, top, right, bottom = gradient.box
        flat = _flattened(pixels[top:bottom, left:right], gradient.angle)
        if flat is not None:
            found += [
                attrs.evolve(line, left=line.left + left, top=line.top + top, baseline=line.baseline + top)
                for line in find_lines(find_ground(codes_of(flat), GROUND_SIDE))
                if is_text(line)
            ]
    return tuple(found)


def _flattened(part: Pixels, angle: float) -> Pixels | None:
    """Return `part` with its gradient in one colour, or None if nothing is written on it.

    A pixel between the colours of text and gradient gets as much between those of text and ground.
    """
    behind = _behind(part, angle)
    off = _largest(np.abs(part - behind))
    codes = codes_of(np.ascontiguousarray(part))
    colors, counts = counted(codes[off >= CONTRAST])
    if not len(counts) or counts.max() < LEAST_PIXELS:
        return None
    text = channels_of(colors[counts.argmax()])
    ground = behind.mean(axis=(0, 1), dtype=np.int64)
    flat = np.empty_like(part)
    flat[:] = ground
    above = off > SAME
    seen, under = part[above].astype(np.float32), behind[above]
    way = text - under
    share = np.clip(((seen - under) * way).sum(axis=1) / np.maximum((way * way).sum(axis=1), 1.0), 0.0, 1.0)[:, None]
    stray = _largest(np.abs(seen - under - share * way))
    flat[above] = np.where((stray > STRAY)[:, None], seen, np.round(ground + share * (text - ground)))
    return flat


def _behind(part: Pixels, angle: float) -> Channels:
    """Return what is behind everything on a gradient, height x width x 3.

    Across its direction most of a gradient is bare, so along it the medians are its course, whatever colour space it
    runs through.

    Args:
      part: Height x width x 3.
      angle: Where it runs to, in degrees as CSS counts them.
    """
    height, width = part.shape[:2]
    across, down = math.sin(math.radians(angle)), -math.cos(math.radians(angle))
    x, y = np.arange(width) + 0.5 - width / 2, np.arange(height) + 0.5 - height / 2
    length = abs(width * across) + abs(height * down)
    place = np.clip((x * across + (y * down)[:, None]) / length + 0.5, 0, 1)
    every = max(1, math.isqrt(height * width // SAMPLES))
    sample, colors = place[::every, ::every].ravel(), part[::every, ::every].reshape(-1, 3)
    order = np.argsort(sample, kind="stable")
    medians, middles = _medians(colors[order]), _medians(sample[order])
    apart = np.diff(middles, prepend=-1.0) > 0  # few pixels make few places
    medians, middles = medians[apart], middles[apart]
    steps = np.linspace(0, 1, STEPS + 1)
    course = np.stack([_course(steps, middles, medians[:, channel]) for channel in range(3)], axis=1)
    colors_along: Channels = np.round(course).astype(np.int16)
    behind: Channels = colors_along.take((place * STEPS).astype(np.int16), axis=0)
    return behind


def _medians(values: NDArray[Any]) -> Floats:
    """Return the medians of `SLICES` parts of values, those that have some: as many in each, one more in the first."""
    size, larger = divmod(len(values), SLICES)
    first = larger * (size + 1)
    parts = [values[:first].reshape(larger, size + 1, *values.shape[1:])] if larger else []
    if size:
        parts.append(values[first:].reshape(SLICES - larger, size, *values.shape[1:]))
    return np.concatenate([np.median(part, axis=1) for part in parts])


def _largest(channels: NDArray[T]) -> NDArray[T]:
    """Return the largest of three channels, the last axis: NumPy takes several times as long for a maximum over it."""
    largest: NDArray[T] = np.maximum.reduce([channels[..., channel] for channel in range(3)])
    return largest


def _course(steps: Floats, middles: Floats, values: Floats) -> Floats:
    """Return `values` at `middles` drawn through `steps`, and on in a line at both ends."""
    course = np.interp(steps, middles, values)
    if len(middles) < 2:
        return course
    for ends, (one, other) in ((steps < middles[0], (0, 1)), (steps > middles[-1], (-1, -2))):
        slope = (values[other] - values[one]) / (middles[other] - middles[one])
        course[ends] = values[one] + slope * (steps[ends] - middles[one])
    return np.clip(course, 0, 255)
