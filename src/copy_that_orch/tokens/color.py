"""Colours: sRGB values, how they are written, laid over each other and told apart in text."""

from __future__ import annotations

import re
from typing import Self

import attrs

from copy_that_orch.tokens.dimension import finite

_HEX = re.compile(r"#(?:[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})", re.IGNORECASE | re.ASCII)


@attrs.frozen(order=True)
class Color:
    """An sRGB colour, gamma-encoded as in CSS and in PNG.

    Any finite numbers are held; whether they lie in the range that the format allows is for `rules` to say.

    Attributes:
      red, green, blue: Channels, 0.0 to 1.0.
      alpha: 0.0, not to be seen, to 1.0, opaque.

    Raises:
      ValueError: if a number is infinite or not a number.
    """

    red: float = attrs.field(converter=finite)
    green: float = attrs.field(converter=finite)
    blue: float = attrs.field(converter=finite)
    alpha: float = attrs.field(default=1.0, converter=finite)

    @classmethod
    def from_bytes(cls, red: int, green: int, blue: int, alpha: int = 255) -> Self:
        """Return the colour with these 8-bit channels.

        Raises:
          ValueError: if a channel is not in 0 to 255.
        """
        channels = (red, green, blue, alpha)
        if not all(0 <= channel <= 255 for channel in channels):
            raise ValueError(f"8-bit channels lie between 0 and 255, not {channels}")
        return cls(*(channel / 255 for channel in channels))

    @classmethod
    def from_hex(cls, text: str) -> Self:
        """Return the colour that CSS writes as `#rgb`, `#rgba`, `#rrggbb` or `#rrggbbaa`, in either case.

        Raises:
          ValueError: if `text` is none of these.
        """
        if not _HEX.fullmatch(text):
            raise ValueError(f"not a hex colour: {text!r}")
        digits = text[1:] if len(text) > 5 else "".join(digit * 2 for digit in text[1:])
        return cls.from_bytes(*bytes.fromhex(digits))

    @property
    def channels(self) -> tuple[int, int, int]:
        """Red, green and blue in 8 bits, rounded; what lies out of range is clipped."""
        return _byte(self.red), _byte(self.green), _byte(self.blue)

    @property
    def hex(self) -> str:
        """Six lower-case digits after `#`, without the alpha."""
        return "#{:02x}{:02x}{:02x}".format(*self.channels)

    @property
    def hex_with_alpha(self) -> str:
        """Like `hex`, with two more digits for the alpha unless the colour is opaque."""
        alpha = _byte(self.alpha)
        return self.hex if alpha == 255 else f"{self.hex}{alpha:02x}"

    @property
    def luminance(self) -> float:
        """Relative luminance of the colour without its alpha, from 0.0 (black) to 1.0 (white).

        What lies out of range is clipped.

        Source:
          WCAG 2.2, "relative luminance": https://www.w3.org/TR/WCAG22/#dfn-relative-luminance
        """
        return 0.2126 * _linear(self.red) + 0.7152 * _linear(self.green) + 0.0722 * _linear(self.blue)

    def over(self, background: Color) -> Color:
        """Return what is seen when this colour lies over `background`, mixed in sRGB as browsers do.

        Source:
          W3C Compositing and Blending Level 1, "source over": https://www.w3.org/TR/compositing-1/#porterduffcompositingoperators_srcover
        """
        below = background.alpha * (1.0 - self.alpha)
        alpha = self.alpha + below
        if alpha == 0:
            return Color(0.0, 0.0, 0.0, 0.0)

        def mix(front: float, back: float) -> float:
            return (front * self.alpha + back * below) / alpha

        return Color(
            mix(self.red, background.red), mix(self.green, background.green), mix(self.blue, background.blue), alpha
        )


def contrast_ratio(one: Color, other: Color) -> float:
    """Return how well two colours can be told apart, from 1.0 (same) to 21.0 (black and white).

    Args:
      one: An opaque colour; lay one that has alpha `over` its background first.
      other: Another; the order does not matter.

    Source:
      WCAG 2.2, "contrast ratio": https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio
    """
    darker, lighter = sorted((one.luminance, other.luminance))
    return (lighter + 0.05) / (darker + 0.05)


def _byte(channel: float) -> int:
    return round(255 * min(1.0, max(0.0, channel)))


def _linear(channel: float) -> float:
    channel = min(1.0, max(0.0, channel))
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
