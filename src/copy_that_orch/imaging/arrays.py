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
    numbers = np.asarray(codes, "<u4")[..., None]
    return numbers.view(np.uint8)[..., 2::-1].astype(np.int16)


def split(code: int) -> tuple[int, int, int]:
    """Return red, green and blue of one colour; much faster than an array of one."""
    return code >> 16, code >> 8 & 255, code & 255


def counted(codes: Codes) -> tuple[Codes, Indices]:
    """Return the different values of a list of colours, sorted, and how often each is there.

    It is what `np.unique` does, without what that takes for a short list.
    """
    values = np.sort(codes)
    first = np.ones(len(values), np.bool_)
    np.not_equal(values[1:], values[:-1], out=first[1:])
    starts = np.flatnonzero(first)
    ends = np.empty_like(starts)
    ends[:-1] = starts[1:]
    ends[-1:] = len(values)
    return values[starts], ends - starts
