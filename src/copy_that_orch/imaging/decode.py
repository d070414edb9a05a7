"""From the bytes of a file to pixels that can be measured: sRGB, opaque, upright."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final, cast

import attrs
import cv2
import numpy as np
from PIL import GifImagePlugin, Image, ImageCms, JpegImagePlugin, PngImagePlugin, WebPImagePlugin

from copy_that_orch.imaging.arrays import Pixels
from copy_that_orch.imaging.coded import coded
from copy_that_orch.imaging.container import ImageError, read_container
from copy_that_orch.imaging.dither import without_dither
from copy_that_orch.imaging.ground import codes_of, pixels_of
from copy_that_orch.imaging.hues import ColorSteps
from copy_that_orch.imaging.mend import mend
from copy_that_orch.imaging.screenshot import Screenshot

MAX_BYTES: Final = 50_000_000
MAX_PIXELS: Final = 50_000_000
"""Limits for one file; a screen of 20,000 x 2,500 pixels just passes."""

SAME_PROFILE: Final = 2
"""Levels of 255. A profile that moves no colour by more is sRGB, written with other roundings: it is not applied,
for a colour that a browser drew must come out exactly."""

_OPENERS: Final[Mapping[str, Callable[[io.BytesIO], Image.Image]]] = {
    # Not `Image.open`: it warns of large pictures from whatever thread it runs in; our own limit has been checked.
    "PNG": PngImagePlugin.PngImageFile,
    "JPEG": JpegImagePlugin.JpegImageFile,
    "GIF": GifImagePlugin.GifImageFile,
    "WebP": WebPImagePlugin.WebPImageFile,
}
_UPRIGHT: Final[Mapping[int, Image.Transpose]] = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_BY_DENSITY: Final[Mapping[int, float]] = {144: 2.0, 216: 3.0}
"""Pixels per inch that macOS writes for 2 and 3 device pixels per CSS pixel; others are about print."""

_SHARED: Final[Mapping[int, int]] = {0: 1, 2: 2}
"""How many pixels share a sample of colour in each direction, by what Pillow calls 4:4:4 and 4:2:0."""

_PROFILE_MODES: Final[Mapping[str, str]] = {"RGB": "RGB", "GRAY": "L", "CMYK": "CMYK"}


def decode(
    data: bytes, name: str, *, scale: float | None = None, max_bytes: int = MAX_BYTES, max_pixels: int = MAX_PIXELS
) -> Screenshot:
    """Return the screenshot in `data`, the bytes of a PNG, JPEG, WebP or GIF file; of an animation the first frame.

    The Exif orientation is applied. Colours are converted to sRGB by the file's ICC profile, relative colorimetric
    as browsers do; a broken profile is passed over, for that is what browsers do too. What is see-through is laid
    over white, the colour on which browsers draw a page that sets none. Of 16 bits the upper 8 are kept.

    What the format or the browser did to plain colours is undone: the noise of JPEG (see `mend`), and dither.

    Args:
      data: The bytes of the file.
      name: Tells the screenshot to a reader.
      scale: Device pixels per CSS pixel; None: told by `@2x` in the name or the file's density, if at all.
      max_bytes: Size of the file that is refused when exceeded.
      max_pixels: Width times height that is refused when exceeded, before memory is spent on it.

    Raises:
      ImageError: if that cannot be done; it says why and what to do, without the name.
    """
    if len(data) > max_bytes:
        raise ImageError(too_many_bytes(len(data), max_bytes))
    container = read_container(data)
    width, height = container.width, container.height
    if width * height > max_pixels:
        raise ImageError(
            f"{width} x {height} pixels are more than the limit of {max_pixels:,}; cut the picture into parts"
        )
    try:
        with _OPENERS[container.format](io.BytesIO(container.payload)) as image:
            loaded = _noisy(image, container.profile) or _in_srgb(image, container.profile)
    except Exception as error:  # Pillow tells bad data by a dozen types of exception
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise ImageError(f"the {container.format} is damaged or cut off ({reason}); save or copy it again") from error
    del image  # with its pixels, which are not needed any more
    if isinstance(loaded, _Noisy):
        mended = mend(loaded.ycc, loaded.steps, loaded.color, smeared=loaded.smeared)
        if loaded.inks is not None:
            painted = picture = Image.fromarray(_unrounded(mended.pixels, loaded.ycc, loaded.inks))
        else:
            painted = Image.fromarray(mended.pixels).convert(loaded.mode)
            picture = _in_srgb(painted, container.profile)
        plain = Image.fromarray(mended.plain.view(np.uint8))
        # What is turned has blocks in other places, and what a profile changes has other levels.
        is_as_coded = picture is painted and loaded.inks is None and container.orientation not in _UPRIGHT
        kept = coded(loaded.ycc, loaded.steps) if is_as_coded else None
        del painted
    else:
        picture, plain, kept = loaded, None, None
    if container.orientation in _UPRIGHT:
        picture = picture.transpose(_UPRIGHT[container.orientation])
        plain = plain and plain.transpose(_UPRIGHT[container.orientation])
    pixels = np.asarray(picture)
    del loaded, picture  # on a tall page they are large
    return Screenshot(
        name=name,
        pixels=pixels if plain else _even(pixels),
        plain=None if plain is None else np.asarray(plain).view(np.bool_),
        coded=kept,
        format=container.format,
        told_scale=scale or scale_in_name(name) or _BY_DENSITY.get(round(container.density or 0)),
        digest=hashlib.sha256(data).hexdigest(),
    )


def scale_in_name(name: str) -> float | None:
    """Return the device scale that the name of a file tells of; None if it does not.

    `login@2x.png` is Apple's convention, and Android's tools know it too.
    """
    found = re.search(r"@([1-4])x(?=\.\w+$|$)", name)
    return float(found[1]) if found else None


def too_many_bytes(size: int, limit: int) -> str:
    """Return the sentence that refuses a file of `size` bytes."""
    return f"{size / 1e6:,.1f} MB are more than the limit of {limit / 1e6:,.1f} MB; make it smaller"


@attrs.frozen(eq=False)
class _Noisy:
    """A JPEG in RGB or grey, as it is in the file: in RGB, what is smeared over white is cut off. See `mend`.

    One for print is turned to sRGB first, for it keeps four inks; `inks` is what came of them.
    """

    mode: str
    ycc: Pixels
    steps: Sequence[int]
    smeared: bool
    color: ColorSteps | None
    inks: Pixels | None = None


def _noisy(image: Image.Image, profile: bytes | None) -> _Noisy | None:
    """Return the JPEG that `image` is; None if it is something else."""
    mode = image.mode
    if not isinstance(image, JpegImagePlugin.JpegImageFile) or 0 not in image.quantization:
        return None
    if mode == "CMYK":
        inks = np.asarray(_in_srgb(image, profile))
        ycc = cast("Pixels", cv2.cvtColor(inks, cv2.COLOR_RGB2YCrCb))
        return _Noisy("RGB", ycc, image.quantization[0], smeared=True, color=None, inks=inks)
    if mode not in ("RGB", "L") or (mode == "RGB" and image.draft("YCbCr", image.size) is None):
        return None
    light, blue, red = image.convert("YCbCr").split()
    ycc = np.asarray(Image.merge("RGB", (light, red, blue)))
    sampling = JpegImagePlugin.get_sampling(image)
    return _Noisy(mode, ycc, image.quantization[0], sampling != 0, _color_steps(image, sampling))


def _unrounded(mended: Pixels, ycc: Pixels, exact: Pixels) -> Pixels:
    """Return mended pixels, each colour as most of those that were left alone had it before it became `ycc`."""
    after, before = codes_of(mended).ravel(), codes_of(exact).ravel()
    alone = after == codes_of(cast("Pixels", cv2.cvtColor(ycc, cv2.COLOR_YCrCb2RGB))).ravel()
    changes, counts = np.unique(after[alone].astype(np.uint64) << np.uint64(32) | before[alone], return_counts=True)
    changes = changes[np.argsort(counts, kind="stable")]  # of one colour the commonest last
    colors, number = np.unique(after, return_inverse=True)
    told = colors.copy()
    told[np.searchsorted(colors, (changes >> np.uint64(32)).astype(colors.dtype))] = changes.astype(colors.dtype)
    return pixels_of(told[number].reshape(mended.shape[:2]))


def _color_steps(image: JpegImagePlugin.JpegImageFile, sampling: int) -> ColorSteps | None:
    """Return how a JPEG keeps colour: in full resolution or in half of it, in both directions; else None."""
    if sampling not in _SHARED:
        return None
    # Red (Cr) before blue (Cb); the last entry of a layer is the number of its quantisation table.
    tables = [image.quantization[image.layer[component][3]] for component in (2, 1)]
    return ColorSteps(np.array(tables, np.float64), _SHARED[sampling])


def _even(pixels: Pixels) -> Pixels:
    """Return `pixels` with dithered areas made plain."""
    codes = codes_of(pixels)
    even = without_dither(codes)
    return pixels if even is codes else pixels_of(even)


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Return `image` in mode RGB: converted by `profile`, laid over white; itself if there is nothing to do."""
    image.load()
    if image.mode.startswith("I"):  # 16 bits of grey
        base = Image.fromarray((np.asarray(image).astype(np.uint16) >> 8).astype(np.uint8))
    elif image.has_transparency_data:
        with_alpha = image.convert("RGBA")
        white = Image.new("RGB", image.size, "white")
        white.paste(_converted(with_alpha.convert("RGB"), profile), mask=with_alpha.getchannel("A"))
        return white
    else:
        base = image if image.mode in ("RGB", "L", "CMYK") else image.convert("RGB")
    return _converted(base, profile)


def _converted(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Return `image`, of mode RGB, L or CMYK, in sRGB: by its profile if that is sound and fits, else as it is."""
    if profile:
        try:
            transform = _transform(profile, image.mode)
        except (ImageCms.PyCMSError, OSError, ValueError):
            transform = None
        if transform is not None:
            return ImageCms.applyTransform(image, transform) or image
    return image if image.mode == "RGB" else image.convert("RGB")


def _transform(profile: bytes, mode: str) -> ImageCms.ImageCmsTransform | None:
    """Return what turns colours of `profile` to sRGB; None if it is made for another mode, or would change nothing."""
    source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    if _PROFILE_MODES.get(source.profile.xcolor_space.strip()) != mode:
        return None
    transform = ImageCms.buildTransform(
        source,
        ImageCms.createProfile("sRGB"),
        mode,
        "RGB",
        ImageCms.Intent.RELATIVE_COLORIMETRIC,
        ImageCms.Flags.BLACKPOINTCOMPENSATION,
    )
    if mode == "RGB":
        moved = np.asarray(ImageCms.applyTransform(_SAMPLES, transform)).astype(np.int16) - np.asarray(_SAMPLES)
        if np.abs(moved).max() <= SAME_PROFILE:
            return None
    return transform


_LEVELS: Final = np.linspace(0, 255, 9).round().astype(np.uint8)
_SAMPLES: Final = Image.fromarray(np.stack(np.meshgrid(_LEVELS, _LEVELS, _LEVELS), axis=-1).reshape(27, 27, 3))
"""729 colours, evenly over the cube."""
