"""The arrays that pass between measurements."""

from __future__ import annotations

import numpy as np
import numpy.ma  # `np.median` imports it when first used: in a worker thread, while the event loop waits
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
"""Height x width x 3, sRGB, 8 bits a channel."""
Codes = NDArray[np.uint32]
"""Colours as numbers: red in bits 16 to 23, green in 8 to 15, blue in 0 to 7."""
Mask = NDArray[np.bool_]
Floats = NDArray[np.float64]
Lengths = NDArray[np.int32]
"""Device pixels."""
Indices = NDArray[np.intp]
Channels = NDArray[np.int16]
"""... x 3: red, green and blue, signed so that they can be subtracted."""


def channels_of(codes: Codes | int) -> Channels:
    """Return red, green and blue of `codes`, in a last axis of 3."""
    numbers = np.asarray(codes, np.uint32)
    return np.stack([numbers >> 16, numbers >> 8 & 255, numbers & 255], axis=-1).astype(np.int16)


def split(code: int) -> tuple[int, int, int]:
    """Return red, green and blue of one colour; much faster than an array of one."""
    return code >> 16, code >> 8 & 255, code & 255
