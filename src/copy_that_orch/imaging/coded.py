"""What a JPEG holds of a picture: lightness and colour as they were decoded, before they are mended.

Mending gives plain areas back their colours; what changes slowly is not plain, and a faint shadow beside a box may be
flattened by it. There the decoded lightness is nearer to what was drawn.
"""

from __future__ import annotations

from collections.abc import Sequence

import attrs
import numpy as np
from numpy.typing import NDArray

from copy_that_orch.imaging.arrays import Pixels


@attrs.frozen(eq=False)
class Coded:
    """A picture as decoded.

    Attributes:
      light: Height x width: lightness.
      tint: Half of the height x half of the width x 2: the differences of red and of blue, of every second pixel.
      steps: The 64 steps to which the weights of lightness were rounded, row after row.
    """

    light: NDArray[np.uint8]
    tint: NDArray[np.uint8]
    steps: tuple[int, ...]


def coded(ycc: Pixels, steps: Sequence[int]) -> Coded:
    """Return what is kept of a picture, height x width x 3: lightness, and the differences of red and of blue."""
    return Coded(ycc[..., 0].copy(), ycc[::2, ::2, 1:].copy(), tuple(steps))
