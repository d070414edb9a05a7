"""What a shadow may be beside one side of a box in a JPEG, as weights with equal and independent noise.

The weights of a block were rounded to multiples of known steps, so each is off by a known deviation; divided by it, all
count the same. What is not known of the side is noise, too, but of the same kind in all its pixels: the levels of the
box and of the ground, and the colour of a border. It is known by how much, so it can be divided out.
"""

from __future__ import annotations

import functools
from typing import Final

import numpy as np

from copy_that_orch.imaging.arrays import Floats
from copy_that_orch.imaging.coded_lines import Line
from copy_that_orch.imaging.noise import COSINES, LUMA_BLOCK
from copy_that_orch.imaging.shadow_groups import CUT, ROUNDING

LEVEL: Final = 0.4
"""Levels of 255 by which those of the box and of the ground are off, in all their pixels alike."""
LOST: Final = 0.5
"""Levels of 255 from which something was taken from a pixel."""
BORDER: Final = 60.0
"""Levels of 255 by which a border differs from the box."""


class CodedSide:
    """One side of a box, if that ends at a certain pixel and has a border of a certain width.

    Attributes:
      line: What is seen across it.
      edge: The pixel of the line with which the ground begins.
      border: Device pixels of border before it.
      rest: How the lightness falls short of that of the box and of the ground, in weights of equal noise.
      unlikely: Minus twice the logarithm of how likely such a side is before anything is seen.
    """

    def __init__(self, line: Line, edge: int, border: int, box: float, ground: float) -> None:
        """Take what is seen across a side; `box` and `ground` are levels of lightness."""
        self.line, self.edge, self.border = line, edge, border
        self._ground = ground
        pixels = np.arange(len(line.light))
        kinds = [LEVEL * (pixels < edge - border), LEVEL * (pixels >= edge)]
        kinds += [BORDER * (pixels == edge - 1 - each) for each in range(border)]
        self._weighing = _weighing(line.steps, is_turned=line.is_turned)
        vectors, strengths, _rotation = np.linalg.svd(self._plainly(np.stack(kinds)).T, full_matrices=False)
        self._vectors = vectors
        self._damped = 1 - 1 / np.sqrt(1 + strengths**2)
        self.unlikely = float(np.log1p(strengths**2).sum())
        lost = np.where(pixels >= edge, ground, box) - line.light
        # Browsers cut to bytes what a shadow leaves of the ground.
        lost -= CUT * (1 - ground / 255) * ((pixels >= edge) & (lost > LOST))
        self.rest = self.weighed(lost)

    @property
    def lost(self) -> Floats:
        """Levels that each pixel outside the box is darker than the ground."""
        return self._ground - self.line.light[self.edge :]

    @property
    def outside(self) -> int:
        """Pixels outside the box."""
        return len(self.line.light) - self.edge

    def weighed(self, light: Floats) -> Floats:
        """Return weights of equal noise of lightness, ... x pixels of the line."""
        plain = self._plainly(light)
        return np.asarray(plain - (plain @ self._vectors * self._damped) @ self._vectors.T, np.float64)

    def beside(self, taken: Floats) -> Floats:
        """Return the same of what is taken outside the box, ... x pixels there, nothing being taken inside."""
        outside = min(self.outside, taken.shape[-1])
        whole = np.zeros((*taken.shape[:-1], len(self.line.light)))
        whole[..., self.edge : self.edge + outside] = taken[..., :outside]
        return self.weighed(whole)

    def surprise(self, taken: Floats) -> float:
        """Return minus twice the logarithm of how likely what is seen is, if so many levels are taken outside."""
        return float(((self.rest - self.beside(taken)) ** 2).sum()) + self.unlikely

    def _plainly(self, light: Floats) -> Floats:
        """Return the weights of the blocks, in units of their own noise."""
        blocks = light.reshape(*light.shape[:-1], -1, LUMA_BLOCK)
        return np.asarray((blocks @ self._weighing).reshape(light.shape), np.float64)


@functools.lru_cache(maxsize=64)
def _weighing(steps: tuple[float, ...], *, is_turned: bool) -> Floats:
    """Return pixels x weights of a block, in units of their noise; rounding is off by a step / sqrt(12)."""
    deviations = np.sqrt(np.array(steps) ** 2 / 12 + ROUNDING**2)
    weighing = COSINES.T / deviations
    return weighing[::-1] if is_turned else weighing
