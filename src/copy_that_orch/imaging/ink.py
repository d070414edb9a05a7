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
from copy_that_orch.imaging.plateaus import Around, Mending, bands, nearest, ycc_of

WINDOW: Final = (21, 21)
"""Pixels over which sums are taken: what is smeared comes from less than that."""
BESIDE: Final = np.ones((7, 7), np.uint8)
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
      delta: 3 x height x width: difference from the ground in lightness and colour, as decoded.
      behind: Colour of the ground, as a number.
      ground: 3 x pixels: its lightness and differences of colour.
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
    ground: Levels
    step: Floats
    beside: Levels
    slope: Floats
    done: Mask
    plain: Mask
    smeared: bool

    def codes(self) -> Codes:
        """Return the colours of the pixels as numbers."""
        light = self.ground[0] + self.step
        red, blue = self.ground[1:] + self.slope.T * self.step - 128
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
    nothing = np.empty(0, np.intp)
    found = [_closest(around) for around in nearest(smooth, noise.busy & ~smooth)]
    rows, columns, places = (np.concatenate(parts) for parts in zip((nothing,) * 3, *found, strict=True))
    index = np.full(smooth.shape, -1, np.int32)
    index[rows, columns] = np.arange(len(rows))
    delta = _as_decoded(mending, noise)
    for plane, decoded in zip(delta, mending.ycc.transpose(2, 0, 1), strict=True):
        np.copyto(plane, decoded, where=mending.shaded)
    ground = delta.reshape(3, -1)[:, places]
    delta[:, rows, columns] = ground
    elsewhere = ~((noise.busy & mending.held) | (index >= 0))
    for channel, plane in enumerate(delta):
        # What spills over the edges of areas is not taken for colour of ink.
        behind = _smear(plane) if smeared and channel else plane
        np.subtract(mending.ycc[..., channel], behind, out=plane)
        plane[elsewhere] = 0
    step = delta[0, rows, columns].astype(np.float64)
    beside, strong, slope = _surroundings(delta, rows, columns, smeared=smeared)
    # Beside something strong, what is hardly lighter or darker than the ground is ground that colour was smeared over.
    is_ground = ~strong & (np.abs(step) <= noise.luma[rows, columns]) & smeared
    step[is_ground] = 0
    return Ink(
        rows=rows,
        columns=columns,
        index=index,
        delta=delta,
        behind=mending.codes.ravel()[places],
        ground=ground,
        step=step,
        beside=beside,
        slope=slope,
        done=is_ground,
        plain=np.zeros(len(rows), np.bool_),
        smeared=smeared,
    )


def _closest(around: Around) -> tuple[Indices, Indices, Indices]:
    """Return rows, columns and the closest place of those pixels that have one."""
    closest = np.where(around.there, around.distances, np.iinfo(np.int32).max).argmin(axis=0)
    each = np.arange(len(closest))
    known = around.there[closest, each]
    return around.rows[known], around.columns[known], around.places[closest, each][known].astype(np.intp)


def _as_decoded(mending: Mending, noise: Noise) -> Levels:
    """Return for each pixel that is held what its colour is decoded to where nothing happens: rounding moves it.

    Returns:
      3 x height x width: lightness and differences of colour; of other pixels, those of their colours.
    """
    codes, held = mending.codes.ravel(), mending.held.ravel()
    sample = np.s_[2::4, 2::4]
    quiet = (mending.held & ~noise.busy)[sample]
    still = mending.codes[sample][quiet]
    first = np.ones(codes.size, np.bool_)  # of a run of pixels of one colour
    np.not_equal(codes[1:], codes[:-1], out=first[1:])
    first[1:] |= held[1:] != held[:-1]
    starts = np.flatnonzero(first)
    lengths = np.diff(starts, append=codes.size)
    codes, held = codes[starts], held[starts]
    values = ycc_of(codes[None])[0].T.astype(np.float32)
    if len(still):
        colors, inverse, counts = np.unique(still, return_inverse=True, return_counts=True)
        off = mending.ycc[sample][quiet].astype(np.float32) - ycc_of(still[None])[0]
        means = np.stack([np.bincount(inverse, weights=off[:, channel]) / counts for channel in range(3)])
        index = np.minimum(np.searchsorted(colors, codes), len(colors) - 1)
        known = held & (colors[index] == codes)
        values[:, known] += means.astype(np.float32)[:, index[known]]
    planes = np.empty((3, *mending.codes.shape), np.float32)
    for plane, value in zip(planes.reshape(3, -1), values, strict=True):
        plane[:] = np.repeat(value, lengths)
    return planes


def _surroundings(delta: Levels, rows: Indices, columns: Indices, *, smeared: bool) -> tuple[Levels, Mask, Floats]:
    """Return what is around pixels of ink, which come row after row.

    Returns:
      The strongest difference in lightness beside each; whether its own is strong for its neighbourhood; and the
      difference of colour by that of lightness around it, or its own where that has no sense.
    """
    reach = WINDOW[1] // 2
    beside, strong = np.empty(len(rows), np.float32), np.empty(len(rows), np.bool_)
    step = delta[:, rows, columns].astype(np.float64)
    slope = (step[1:] / np.where(step[0] == 0, 1, step[0])).T
    for band in bands(delta.shape[1]):
        here = slice(*np.searchsorted(rows, (band.start, band.stop)).tolist())
        top = max(band.start - 2 * reach, 0)
        part = delta[:, top : band.stop + 2 * reach]
        place = rows[here] - top, columns[here]
        size = np.abs(part[0])
        beside[here] = cv2.dilate(size, BESIDE)[place]
        light = np.where(size >= FAINT * cv2.dilate(size, np.ones(WINDOW, np.uint8)), part[0], np.float32(0))
        strong[here] = light[place] != 0
        if smeared:
            sums = [
                cv2.boxFilter(plane, -1, WINDOW, normalize=False, borderType=cv2.BORDER_CONSTANT)[place]
                for plane in (light, part[1], part[2], np.abs(light))
            ]
            one_way = (np.abs(sums[0]) > ONE_WAY * sums[3]) & (np.abs(sums[0]) > LEAST_SUM)
            around = np.stack(sums[1:3], axis=1) / np.where(one_way, sums[0], 1)[:, None]
            slope[here] = np.where(one_way[:, None], around, slope[here])
    return beside, strong, slope


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
