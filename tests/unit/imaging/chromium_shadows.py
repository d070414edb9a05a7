"""Shadows as Chromium 156 painted them beside boxes, without a graphics card: the colours from each side outwards."""

from __future__ import annotations

import attrs
import numpy as np

from copy_that_orch.imaging.arrays import Pixels, split

PLAIN = 90
"""Pixels of plain ground around the box, and more where the shadow ends."""


@attrs.frozen(kw_only=True)
class Painted:
    """A box in a page, its shadow, and what is seen beside the middle of its sides. Lengths are in pixels.

    Attributes:
      ground, color: Numbers of the colours of the page and of the shadow.
      size: Width and height of the box.
      is_round: Whether the box has round corners.
      layers: Vertical offset, blur, spread and alpha of each.
      top, right, bottom: The colours from there outwards, up to the ground; the left is as the right.
    """

    ground: int
    color: int
    size: tuple[int, int]
    is_round: bool
    layers: tuple[tuple[int, int, int, float], ...]
    top: str
    right: str
    bottom: str

    @property
    def box(self) -> tuple[int, int, int, int]:
        """Left, top, right and bottom."""
        return PLAIN, PLAIN, PLAIN + self.size[0], PLAIN + self.size[1]

    def picture(self) -> Pixels:
        """Return the page, height x width x 3: right beside the middle of the sides, made up beside the corners."""
        left, top, right, bottom = self.box
        picture = np.full((bottom + PLAIN, right + PLAIN, 3), split(self.ground), np.uint8)
        picture[top:bottom, left:right] = split(0xFFFFFE)
        for away, color in enumerate(_colors(self.top)):
            picture[top - 1 - away, left:right] = color
        for away, color in enumerate(_colors(self.bottom)):
            picture[bottom + away, left:right] = color
        for away, color in enumerate(_colors(self.right)):
            picture[top:bottom, right + away] = picture[top:bottom, left - 1 - away] = color
        if self.is_round:
            for x in (left, right - 1):
                picture[[top, bottom - 1], x] = split(self.ground)
        return picture


def _colors(line: str) -> list[tuple[int, int, int]]:
    return [split(int(color, 16)) for color in line.split()]


PAINTED = (
    Painted(
        ground=0xFFFFFF,
        color=0x000000,
        size=(300, 100),
        is_round=True,
        layers=((2, 4, 0, 0.075),),
        top="FDFDFD FEFEFE",
        right="F8F8F8 FBFBFB FDFDFD FEFEFE",
        bottom="F1F1F1 F4F4F4 F8F8F8 FBFBFB FDFDFD FEFEFE",
    ),
    Painted(
        ground=0xFFFFFF,
        color=0x333333,
        size=(300, 100),
        is_round=True,
        layers=((4, 12, 0, 0.15),),
        top="F8F8F8 FAFAFA FCFCFC FCFCFC FDFDFD FEFEFE FEFEFE",
        right="F1F1F1 F3F3F3 F5F5F5 F7F7F7 F8F8F8 FAFAFA FCFCFC FCFCFC FDFDFD FEFEFE FEFEFE",
        bottom=(
            "E9E9E9 EBEBEB EDEDED EFEFEF F1F1F1 F3F3F3 F5F5F5 F7F7F7 F8F8F8 FAFAFA FCFCFC FCFCFC FDFDFD FEFEFE FEFEFE"
        ),
    ),
    Painted(
        ground=0xFFFFFF,
        color=0x22292F,
        size=(300, 40),
        is_round=False,
        layers=((4, 24, 0, 0.1),),
        top=(
            "F7F7F7 F7F8F8 F8F9F9 F8F9F9 F9F9FA FAFAFB FBFBFB FBFBFB FCFCFC FCFCFC FDFDFD FDFDFD FDFDFD FEFEFE "
            "FEFEFE FEFEFE FEFEFE"
        ),
        right=(
            "F5F5F6 F6F6F7 F7F7F7 F7F7F7 F7F8F8 F8F9F9 F8F9F9 F9F9FA FAFAFB FAFAFA FBFBFB FCFCFC FCFCFC FCFCFC "
            "FDFDFD FDFDFD FEFEFE FEFEFE FEFEFE FEFEFE FEFEFE"
        ),
        bottom=(
            "F1F2F3 F1F2F2 F2F3F3 F3F4F4 F4F4F5 F5F5F6 F6F6F7 F6F6F6 F7F7F7 F7F8F8 F8F9F9 F8F9F9 F9F9FA FAFAFB "
            "FBFBFB FBFBFB FCFCFC FCFCFC FDFDFD FDFDFD FDFDFD FEFEFE FEFEFE FEFEFE FEFEFE"
        ),
    ),
    Painted(
        ground=0xFFFFFF,
        color=0x1877F2,
        size=(300, 100),
        is_round=True,
        layers=((5, 20, 0, 0.25),),
        top=(
            "EEF5FE F0F6FE F2F7FE F4F8FE F6FAFF F6FAFE F8FBFF F9FCFF FAFCFF FBFDFF FCFDFF FCFDFE FDFEFF FEFEFF "
            "FEFEFF FEFEFE"
        ),
        right=(
            "E3EFFE E5F0FD E8F2FE EAF3FE EBF3FE EEF5FE F0F6FE F2F7FE F4F8FE F6FAFF F6FAFE F8FBFF F9FCFF FAFCFF "
            "FBFDFF FCFDFF FCFDFE FDFEFF FEFEFF FEFEFF FEFEFE"
        ),
        bottom=(
            "D8E8FD DAEAFD DCEBFD DEEBFD E1EDFD E3EFFE E5F0FD E8F2FE EAF3FE EBF3FE EEF5FE F0F6FE F2F7FE F4F8FE "
            "F6FAFF F6FAFE F8FBFF F9FCFF FAFCFF FBFDFF FCFDFF FCFDFE FDFEFF FEFEFF FEFEFF FEFEFE"
        ),
    ),
    Painted(
        ground=0x222A3A,
        color=0x000000,
        size=(300, 100),
        is_round=False,
        layers=((2, 8, 0, 0.4),),
        top="1E2533 1F2635 202736 202837 212938 212939 212939 212939",
        right="1B222F 1D2331 1E2533 1F2635 202736 202837 212938 212939 212939 212939",
        bottom="191F2B 1A202D 1B222F 1D2331 1E2533 1F2635 202736 202837 212938 212939 212939 212939",
    ),
    Painted(
        ground=0xEEF2F6,
        color=0x32325D,
        size=(300, 60),
        is_round=True,
        layers=((13, 27, -5, 0.25),),
        top="EAEEF2 EAEEF3 EBEFF4 EBEFF4 ECF0F4 ECF0F4 EDF1F5 EDF1F5 EDF1F5 EDF1F5",
        right=(
            "E0E3EA E2E5EC E3E6EC E2E6ED E4E8EE E5E9EF E6EAEF E6EAF0 E7EBF0 E8ECF1 E9EDF2 EAEEF2 EAEEF3 EAEEF3 "
            "EBEFF4 EBEFF4 ECF0F4 ECF0F4 EDF1F5 EDF1F5 EDF1F5 EDF1F5 EDF1F5"
        ),
        bottom=(
            "CCCFD9 CDD0DA CED2DC D0D4DD D1D5DE D2D6DF D4D7E0 D5D8E1 D7DAE3 D8DBE4 D9DDE5 DBDFE6 DCE0E7 DEE2E8 "
            "DFE3E9 E0E3EA E2E5EC E3E6EC E3E7ED E4E8EE E6EAEF E6EAF0 E7EBF1 E8ECF1 E9EDF2 EAEEF3 EAEEF2 EAEEF3 "
            "EBEFF4 EBEFF4 ECF0F4 ECF0F4 EDF1F5 EDF1F5 EDF1F5 EDF1F5"
        ),
    ),
    Painted(
        ground=0xFFFFFF,
        color=0x747681,
        size=(300, 100),
        is_round=True,
        layers=((1, 3, 0, 1.0),),
        top="ECECEE FAFAFB",
        right="CECED2 ECECEE FAFAFB",
        bottom="A5A6AD CECED2 ECECEE FAFAFB",
    ),
    Painted(
        ground=0xF8FAFC,
        color=0x000000,
        size=(300, 100),
        is_round=True,
        layers=(
            (4, 6, -1, 0.1),
            (2, 4, -2, 0.1),
        ),
        top="F7F9FB",
        right="EDEFF1 F2F4F6 F5F7F9 F6F8FA F7F9FB",
        bottom="DBDDDF E1E3E5 E7E9EB ECEEF0 F0F2F4 F3F5F7 F5F7F9 F6F8FA F7F9FB",
    ),
    Painted(
        ground=0xFFFFFF,
        color=0x3C4043,
        size=(300, 100),
        is_round=True,
        layers=(
            (1, 2, 0, 0.3),
            (1, 3, 1, 0.15),
        ),
        top="F1F2F2 FBFBFB FEFEFE",
        right="DDDFDF F1F2F2 FBFBFB FEFEFE",
        bottom="C0C2C2 DDDFDF F1F2F2 FBFBFB FEFEFE",
    ),
    Painted(
        ground=0xFFFFFF,
        color=0x000000,
        size=(300, 100),
        is_round=True,
        layers=(
            (0, 0, 1, 0.05),
            (4, 12, 0, 0.15),
        ),
        top="EAEAEA F9F9F9 FBFBFB FCFCFC FDFDFD FEFEFE FEFEFE",
        right="E1E1E1 F0F0F0 F3F3F3 F5F5F5 F7F7F7 F9F9F9 FBFBFB FCFCFC FDFDFD FEFEFE FEFEFE",
        bottom=(
            "D8D8D8 E6E6E6 E9E9E9 EBEBEB EEEEEE F0F0F0 F3F3F3 F5F5F5 F7F7F7 F9F9F9 FBFBFB FCFCFC FDFDFD FEFEFE FEFEFE"
        ),
    ),
    Painted(
        ground=0xFFFFFF,
        color=0x000000,
        size=(300, 100),
        is_round=True,
        layers=(
            (18, 40, 0, 0.18),
            (1, 4, 0, 0.25),
        ),
        top=(
            "E7E7E7 F0F0F0 F5F5F5 F8F8F8 FAFAFA FAFAFA FAFAFA FBFBFB FBFBFB FCFCFC FCFCFC FCFCFC FDFDFD FDFDFD "
            "FDFDFD FEFEFE FEFEFE FEFEFE FEFEFE FEFEFE FEFEFE"
        ),
        right=(
            "D2D2D2 DCDCDC E4E4E4 E9E9E9 ECECEC EEEEEE EFEFEF F0F0F0 F1F1F1 F1F1F1 F2F2F2 F3F3F3 F4F4F4 F4F4F4 "
            "F5F5F5 F6F6F6 F7F7F7 F7F7F7 F8F8F8 F8F8F8 F9F9F9 F9F9F9 FAFAFA FAFAFA FBFBFB FBFBFB FCFCFC FCFCFC "
            "FCFCFC FCFCFC FDFDFD FDFDFD FDFDFD FEFEFE FEFEFE FEFEFE FEFEFE FEFEFE FEFEFE"
        ),
        bottom=(
            "BABABA C4C4C4 CECECE D5D5D5 DADADA DDDDDD DEDEDE DFDFDF E0E0E0 E1E1E1 E2E2E2 E3E3E3 E3E3E3 E4E4E4 "
            "E5E5E5 E6E6E6 E7E7E7 E8E8E8 E9E9E9 EAEAEA EBEBEB ECECEC ECECEC EDEDED EEEEEE EFEFEF F0F0F0 F1F1F1 "
            "F1F1F1 F2F2F2 F3F3F3 F4F4F4 F5F5F5 F5F5F5 F6F6F6 F7F7F7 F7F7F7 F8F8F8 F8F8F8 F9F9F9 FAFAFA FAFAFA "
            "FAFAFA FBFBFB FBFBFB FCFCFC FCFCFC FCFCFC FDFDFD FDFDFD FDFDFD FEFEFE FEFEFE FEFEFE FEFEFE FEFEFE "
            "FEFEFE"
        ),
    ),
    Painted(
        ground=0xF9FAFB,
        color=0x090A0C,
        size=(912, 727),
        is_round=True,
        layers=(
            (8, 16, -2, 0.1),
            (0, 0, 1, 0.02),
        ),
        top="F2F3F4 F8F9FA F8F9FA F8F9FA",
        right="EBECED F1F2F3 F2F3F4 F3F4F5 F4F5F6 F5F6F7 F6F7F8 F7F8F9 F7F8F9 F8F9FA F8F9FA F8F9FA",
        bottom=(
            "E1E2E3 E7E8E9 E8E9EA E9EAEB EAEBEC ECEDEE EDEEEF EEEFF0 F0F1F2 F1F2F3 F2F3F4 F3F4F5 F4F5F6 F5F6F7 F6F7F8 "
            "F7F8F9 F7F8F9 F8F9FA F8F9FA F8F9FA"
        ),
    ),
    Painted(
        ground=0xF5F5F5,
        color=0x000000,
        size=(80, 36),
        is_round=True,
        layers=(
            (3, 1, -2, 0.2),
            (2, 2, 0, 0.14),
            (1, 5, 0, 0.12),
        ),
        top="EDEDED F0F0F0 F3F3F3 F4F4F4",
        right="E0E0E0 EDEDED F0F0F0 F3F3F3 F4F4F4",
        bottom="A3A3A3 CDCDCD E5E5E5 F0F0F0 F3F3F3 F4F4F4",
    ),
    Painted(
        ground=0xF2F7F4,
        color=0x0A3C2D,
        size=(324, 209),
        is_round=True,
        layers=((8, 22, 0, 0.13),),
        top="EBF1EE ECF2EF EDF3F0 EEF4F0 EEF4F0 EFF4F1 F0F5F2 F0F5F2 F0F5F2 F1F6F3 F1F6F3 F1F6F3",
        right=(
            "E3EBE7 E4ECE8 E5EDE9 E6EEEA E7EEEB E8EFEB E9F0EC EAF1ED EBF1EE ECF2EF EDF3F0 EEF4F0 EEF4F0 EFF4F1 F0F5F2 "
            "F0F5F2 F0F5F2 F1F6F3 F1F6F3 F1F6F3"
        ),
        bottom=(
            "DBE5E1 DCE5E2 DDE6E3 DEE7E2 DFE8E3 E0E8E4 E0E9E5 E1EAE6 E3EBE7 E4ECE8 E5EDE9 E6EEEA E7EEEB E8EFEB E9F0EC "
            "EAF1ED EBF1EE ECF2EF EDF3F0 EEF4F0 EEF4F0 EFF4F1 F0F5F2 F0F5F2 F0F5F2 F1F6F3 F1F6F3 F1F6F3"
        ),
    ),
    Painted(
        ground=0xFFFFFF,
        color=0x000000,
        size=(300, 100),
        is_round=True,
        layers=(
            (1, 4, 0, 0.12),
            (6, 18, -2, 0.1),
        ),
        top="F4F4F4 F9F9F9 FBFBFB FDFDFD FDFDFD FEFEFE FEFEFE FEFEFE",
        right="E9E9E9 EFEFEF F4F4F4 F7F7F7 F9F9F9 FAFAFA FBFBFB FCFCFC FCFCFC FDFDFD FDFDFD FEFEFE FEFEFE FEFEFE",
        bottom=(
            "DEDEDE E4E4E4 EAEAEA EFEFEF F2F2F2 F4F4F4 F5F5F5 F6F6F6 F7F7F7 F8F8F8 F9F9F9 FAFAFA FBFBFB FCFCFC FCFCFC "
            "FDFDFD FDFDFD FEFEFE FEFEFE FEFEFE"
        ),
    ),
    Painted(
        ground=0x161326,
        color=0x000000,
        size=(309, 300),
        is_round=True,
        layers=((10, 30, 0, 0.45),),
        top=(
            "131021 131122 141122 141122 141123 141123 141123 141224 141224 151224 151224 151224 151224 151225 151225 "
            "151225 151225 151225 151225 151225 151225 151225 151225"
        ),
        right=(
            "110E1D 110F1E 110F1E 110F1F 120F1F 120F1F 121020 121020 131021 131021 131021 131122 141122 141122 141123 "
            "141123 141123 141224 141224 151224 151224 151224 151224 151225 151225 151225 151225 151225 151225 151225 "
            "151225 151225 151225"
        ),
        bottom=(
            "0E0C19 0E0C19 0F0D1A 0F0D1A 0F0D1B 0F0D1B 100D1B 100E1C 100E1C 100E1D 110E1D 110F1E 110F1E 110F1F 120F1F "
            "120F1F 121020 121020 131021 131021 131021 131122 141122 141122 141123 141123 141123 141224 141224 151224 "
            "151224 151224 151224 151225 151225 151225 151225 151225 151225 151225 151225 151225 151225"
        ),
    ),
    Painted(
        ground=0xF5F5F7,
        color=0x000000,
        size=(300, 120),
        is_round=False,
        layers=(
            (2, 6, -1, 0.2),
            (9, 22, -4, 0.28),
        ),
        top="E7E7E9 EBEBED EEEEF0 F0F0F2 F1F1F3 F2F2F4 F2F2F4 F3F3F5 F3F3F5 F4F4F6 F4F4F6 F4F4F6",
        right=(
            "CFCFD0 D5D5D7 DBDBDD E0E0E2 E4E4E6 E7E7E9 E8E8EA EAEAEC ECECEE EDEDEF EEEEF0 EFEFF1 F0F0F2 F1F1F3 F2F2F4 "
            "F2F2F4 F3F3F5 F3F3F5 F4F4F6 F4F4F6 F4F4F6"
        ),
        bottom=(
            "B2B2B3 B8B8BA C0C0C2 C6C6C8 CDCDCF D1D1D3 D5D5D7 D9D9DB DBDBDC DDDDDE DEDEE0 E1E1E3 E3E3E5 E5E5E7 E7E7E9 "
            "E8E8EA EAEAEC ECECEE EDEDEF EEEEF0 EFEFF1 F0F0F2 F1F1F3 F2F2F4 F2F2F4 F3F3F5 F3F3F5 F4F4F6 F4F4F6 F4F4F6"
        ),
    ),
    Painted(
        ground=0xFFFFFF,
        color=0x000000,
        size=(300, 100),
        is_round=True,
        layers=(
            (1, 4, 0, 0.12),
            (6, 18, 0, 0.1),
        ),
        top="F2F2F2 F7F7F7 FAFAFA FCFCFC FCFCFC FDFDFD FDFDFD FEFEFE FEFEFE FEFEFE",
        right=(
            "E7E7E7 EDEDED F2F2F2 F5F5F5 F7F7F7 F8F8F8 F9F9F9 FAFAFA FBFBFB FCFCFC FCFCFC FDFDFD FDFDFD FEFEFE FEFEFE "
            "FEFEFE"
        ),
        bottom=(
            "DBDBDB E1E1E1 E8E8E8 EDEDED F0F0F0 F2F2F2 F3F3F3 F4F4F4 F5F5F5 F6F6F6 F7F7F7 F8F8F8 F9F9F9 FAFAFA FBFBFB "
            "FCFCFC FCFCFC FDFDFD FDFDFD FEFEFE FEFEFE FEFEFE"
        ),
    ),
)
