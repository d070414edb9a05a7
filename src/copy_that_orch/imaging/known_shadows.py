"""Shadows of several layers that design systems in wide use publish.

Several layers leave less in a picture than it takes to tell them apart: many sums of them look the same to half a level
of 255. Where one layer does not explain a soft edge, a published set that does is the likeliest cause.

Sources:
  Material Components Web 14, `_elevation-theme.scss` (umbra, penumbra and ambient light); Material Design 3, elevation
  tokens; Materialize 1, `z-depth`; Tailwind CSS 2 and 4, `boxShadow`; Fluent UI 9, shadow tokens; Ant Design 5,
  `boxShadow`.
"""

from __future__ import annotations

from typing import Final

_UMBRA = (
    *((2, 1, -1), (3, 1, -2), (3, 3, -2), (2, 4, -1), (3, 5, -1), (3, 5, -1), (4, 5, -2), (5, 5, -3)),
    *((5, 6, -3), (6, 6, -3), (6, 7, -4), (7, 8, -4), (7, 8, -4), (7, 9, -4), (8, 9, -5), (8, 10, -5)),
    *((8, 11, -5), (9, 11, -5), (9, 12, -6), (10, 13, -6), (10, 13, -6), (10, 14, -6), (11, 14, -7), (11, 15, -7)),
)
_PENUMBRA = (
    *((1, 1, 0), (2, 2, 0), (3, 4, 0), (4, 5, 0), (5, 8, 0), (6, 10, 0), (7, 10, 1), (8, 10, 1)),
    *((9, 12, 1), (10, 14, 1), (11, 15, 1), (12, 17, 2), (13, 19, 2), (14, 21, 2), (15, 22, 2), (16, 24, 2)),
    *((17, 26, 2), (18, 28, 2), (19, 29, 2), (20, 31, 3), (21, 33, 3), (22, 35, 3), (23, 36, 3), (24, 38, 3)),
)
_AMBIENT = (
    *((1, 3, 0), (1, 5, 0), (1, 8, 0), (1, 10, 0), (1, 14, 0), (1, 18, 0), (2, 16, 1), (3, 14, 2)),
    *((3, 16, 2), (4, 18, 3), (4, 20, 3), (5, 22, 4), (5, 24, 4), (5, 26, 4), (6, 28, 5), (6, 30, 5)),
    *((6, 32, 5), (7, 34, 6), (7, 36, 6), (8, 38, 7), (8, 40, 7), (8, 42, 7), (9, 44, 8), (9, 46, 8)),
)

KNOWN: Final[tuple[tuple[tuple[int, int, int, float], ...], ...]] = (
    *(
        ((*umbra, 0.2), (*penumbra, 0.14), (*ambient, 0.12))
        for umbra, penumbra, ambient in zip(_UMBRA, _PENUMBRA, _AMBIENT, strict=True)
    ),
    *(((down, blur, 0, 0.3), (*wide, 0.15)) for down, blur, wide in ((1, 2, (1, 3, 1)), (1, 2, (2, 6, 2)))),
    *(
        ((*wide, 0.15), (down, blur, 0, 0.3))
        for down, blur, wide in ((1, 3, (4, 8, 3)), (2, 3, (6, 10, 4)), (4, 4, (8, 12, 6)))
    ),
    ((2, 2, 0, 0.14), (3, 1, -2, 0.12), (1, 5, 0, 0.2)),
    ((3, 3, 0, 0.14), (1, 7, 0, 0.12), (3, 1, -1, 0.2)),
    ((4, 5, 0, 0.14), (1, 10, 0, 0.12), (2, 4, -1, 0.3)),
    ((8, 17, 2, 0.14), (3, 14, 2, 0.12), (5, 5, -3, 0.2)),
    ((16, 24, 2, 0.14), (6, 30, 5, 0.12), (8, 10, -7, 0.2)),
    ((1, 3, 0, 0.1), (1, 2, -1, 0.1)),
    ((4, 6, -1, 0.1), (2, 4, -2, 0.1)),
    ((10, 15, -3, 0.1), (4, 6, -4, 0.1)),
    ((20, 25, -5, 0.1), (8, 10, -6, 0.1)),
    ((1, 3, 0, 0.1), (1, 2, 0, 0.06)),
    ((4, 6, -1, 0.1), (2, 4, -1, 0.06)),
    ((10, 15, -3, 0.1), (4, 6, -2, 0.05)),
    ((20, 25, -5, 0.1), (10, 10, -5, 0.04)),
    *(((0, wide, 0, 0.12), (down, 2 * down, 0, 0.14)) for down, wide in ((1, 2), (2, 2), (4, 2), (8, 2))),
    ((0, 8, 0, 0.12), (14, 28, 0, 0.14)),
    ((0, 8, 0, 0.12), (32, 64, 0, 0.14)),
    ((1, 2, 0, 0.03), (1, 6, -1, 0.02), (2, 4, 0, 0.02)),
    ((6, 16, 0, 0.08), (3, 6, -4, 0.12), (9, 28, 8, 0.05)),
)
"""Layers of each, as vertical offset, blur and spread in CSS pixels, and alpha of black."""
