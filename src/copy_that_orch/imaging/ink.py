"""What is drawn on plain ground in the picture of a JPEG: how much lighter or darker it is, and in what colour.

Lightness is kept at full resolution, and colour smeared, but smearing keeps sums: around a word in blue, colour and
lightness differ from the ground in the same proportion as in the word itself. So what stands on plain ground gets its
colour by the ratio of these sums.
"""

from __future__ import annotations

from typing import Final, cast

import attrs
import cv2
import numpy as np
from numpy.typing import NDArray

from copy_that_orch.imaging.arrays import Codes, Floats, Indices, Lengths, Mask
from copy_that_orch.imaging.ground import components
from copy_that_orch.imaging.noise import Levels, Noise
from copy_that_orch.imaging.plateaus import Mending, nearest, ycc_of

WINDOW: Final = (21, 21)
"""Pixels over which sums are taken: what is smeared comes from less than that."""
BESIDE: Final = np.ones((7, 7), np.uint8)
BAND: Final = 64
"""Rows that are looked at together: memory for one picture is kept small."""
FAINT: Final = 0.3
"""Share of the strongest difference nearby below which one in lightness is passed over: it is a shadow."""
ONE_WAY: Final = 0.6
"""Share of the differences in lightness that go one way, lighter or darker, at least; else colour is left alone."""
LEAST_SUM: Final = 100.0


@attrs.define(eq=False, kw_only=True)
class Ink:
    """What is drawn on plain ground: pixels, one after the other.

    Attributes:
      rows, columns: Where.
      index: Height x width: the number of each pixel of ink; -1 elsewhere.
      delta: Height x width x 3: difference from the ground in lightness and colour, as decoded.
      behind: Colour of the ground, as a number.
      ground: Pixels x 3: its lightness and differences of colour.
      step: How much lighter than the ground, in levels of 255.
      beside: Strongest difference in lightness within a few pixels.
      slope: Pixels x 2: difference of colour by difference of lightness.
      done: Whether the pixel has its final colour.
      plain: Whether it surely has the colour of something that was painted: an area, a line, the inside of a letter.
      smeared: Whether colour was kept at less than full resolution.
    """

    rows: Indices
    columns: Indices
    index: Lengths
    delta: Levels
    behind: Codes
    ground: Floats
    step: Floats
    beside: Levels
    slope: Floats
    done: Mask
    plain: Mask
    smeared: bool

    def codes(self) -> Codes:
        """Return the colours of the pixels as numbers."""
        light = self.ground[:, 0] + self.step
        red, blue = (self.ground[:, 1:] + self.slope * self.step[:, None] - 128).T
        # ITU-T T.871 (JFIF), section 7.
        channels = np.stack([light + 1.402 * red, light - 0.344136 * blue - 0.714136 * red, light + 1.772 * blue])
        levels = np.clip(np.rint(channels), 0, 255).astype(np.uint32)
        codes: Codes = levels[0] << 16 | levels[1] << 8 | levels[2]
        return codes

    def pieces(self, least: int, joined: NDArray[np.uint8] | None = None) -> list[Indices]:
        """Return the pixels of each piece of ink that is not done and has at least `least` pixels.

        Pixels that touch make a piece, and those that do when each is grown to the shape of `joined`.
        """
        which = np.flatnonzero(~self.done)
        raster = np.zeros(self.index.shape, np.uint8)
        raster[self.rows[which], self.columns[which]] = 1
        if joined is not None:
            cv2.dilate(raster, joined, dst=raster)
        labels, _statistics = components(raster.view(np.bool_), connectivity=4)
        label = labels[self.rows[which], self.columns[which]]
        order = np.argsort(label, kind="stable")
        pieces = np.split(which[order], np.flatnonzero(np.diff(label[order])) + 1)
        return [piece for piece in pieces if len(piece) >= least]


def find_ink(mending: Mending, noise: Noise, *, smeared: bool) -> Ink:
    """Return what stands on plain ground or on something smooth.

    Args:
      mending: The picture, its plain areas mended.
      noise: Its noise.
      smeared: Whether colour is smeared, so that it must be told by the ratio of sums.
    """
    smooth = mending.held | mending.shaded
    rows, columns = np.nonzero(noise.busy & ~smooth)
    places, there, distances = nearest(smooth, rows, columns)
    closest = np.where(there, distances, np.iinfo(np.int32).max).argmin(axis=0)
    each = np.arange(len(rows))
    known = there[closest, each]
    rows, columns, places = rows[known], columns[known], places[closest, each][known]
    del there, distances, closest, each  # they are large
    base = _as_decoded(mending, noise)
    base[mending.shaded] = mending.ycc[mending.shaded]
    ground = base.reshape(-1, 3)[places]
    base[rows, columns] = ground
    index = np.full(smooth.shape, -1, np.int32)
    index[rows, columns] = np.arange(len(rows))
    if smeared:
        for channel in (1, 2):  # so that what spills over the edges of areas is not taken for colour of ink
            base[..., channel] = _smear(base[..., channel])
    delta = np.subtract(mending.ycc, base, out=base)
    delta[~((noise.busy & mending.held) | (index >= 0))] = 0
    size = np.abs(delta[..., 0])
    strongest = cv2.dilate(size, np.ones(WINDOW, np.uint8))
    strong = np.where(size >= FAINT * strongest, delta[..., 0], np.float32(0))
    del strongest
    step = delta[rows, columns, 0].astype(np.float64)
    # Beside something strong, what is hardly lighter or darker than the ground is ground that colour was smeared over.
    is_ground = (strong[rows, columns] == 0) & (np.abs(step) <= noise.luma[rows, columns]) & smeared
    step[is_ground] = 0
    return Ink(
        rows=rows,
        columns=columns,
        index=index,
        delta=delta,
        behind=mending.codes.ravel()[places],
        ground=ground.astype(np.float64),
        step=step,
        beside=np.asarray(cv2.dilate(size, BESIDE))[rows, columns],
        slope=_slopes(delta, strong if smeared else np.zeros_like(strong), rows, columns),
        done=is_ground,
        plain=np.zeros(len(rows), np.bool_),
        smeared=smeared,
    )


def _as_decoded(mending: Mending, noise: Noise) -> Levels:
    """Return for each pixel that is held what its colour is decoded to where nothing happens: rounding moves it."""
    now = ycc_of(mending.codes).astype(np.float32)
    sample = np.s_[2::4, 2::4]
    quiet = (mending.held & ~noise.busy)[sample]
    colors, inverse, counts = np.unique(mending.codes[sample][quiet], return_inverse=True, return_counts=True)
    if len(colors):
        off = (mending.ycc[sample] - now[sample])[quiet]
        means = np.stack([np.bincount(inverse, weights=off[:, channel]) / counts for channel in range(3)], axis=1)
        for top in range(0, len(now), BAND):
            band = np.s_[top : top + BAND]
            index = np.minimum(np.searchsorted(colors, mending.codes[band]), len(colors) - 1)
            known = mending.held[band] & (colors[index] == mending.codes[band])
            now[band][known] += means.astype(np.float32)[index[known]]
    return now


def _slopes(delta: Levels, strong: Levels, rows: Indices, columns: Indices) -> Floats:
    """Return the difference of colour by difference of lightness around pixels; their own where that has no sense."""
    sums = [
        cv2.boxFilter(plane, -1, WINDOW, normalize=False, borderType=cv2.BORDER_CONSTANT)[rows, columns]
        for plane in (strong, delta[..., 1], delta[..., 2], np.abs(strong))
    ]
    one_way = (np.abs(sums[0]) > ONE_WAY * sums[3]) & (np.abs(sums[0]) > LEAST_SUM)
    around = np.stack(sums[1:3], axis=1) / np.where(one_way, sums[0], 1)[:, None]
    step = delta[rows, columns]
    own = step[:, 1:] / np.where(step[:, :1] == 0, 1, step[:, :1])
    return np.where(one_way[:, None], around, own).astype(np.float64)


def _smear(plane: Levels) -> Levels:
    """Return a plane of colour as it is after it was kept at half the resolution.

    Means of 2 x 2 pixels are stored, and brought back with three quarters of the nearest one and a quarter of the next
    in each direction: libjpeg, "fancy upsampling".
    """
    height, width = plane.shape
    whole = cv2.copyMakeBorder(plane, 0, height % 2, 0, width % 2, cv2.BORDER_REPLICATE)
    half = cv2.resize(whole, (whole.shape[1] // 2, whole.shape[0] // 2), interpolation=cv2.INTER_AREA)
    whole = cv2.resize(half, whole.shape[1::-1], interpolation=cv2.INTER_LINEAR)
    return cast("Levels", whole[:height, :width])
