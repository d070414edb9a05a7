"""How colours look to people who lack one kind of cone, and which colours they cannot tell apart."""

from __future__ import annotations

import enum
from typing import Final

import coloraide

from copy_that_orch.tokens.color import Color
from copy_that_orch.tokens.difference import ciede2000, to_lab

SEVERITY: Final = 1.0
"""Of the simulated deficiency: 1.0 is its full form, in which a kind of cone is missing."""

DISTINCT: Final = 13.0
"""CIEDE2000 difference from which two colours are taken to be meant to be told apart."""

COLLAPSED: Final = 10.0
"""CIEDE2000 difference below which two such colours are not told apart any more, seen at a glance and apart in space.

Source of both:
  opticquiz-cvd, the method of its `check_palette`, https://doi.org/10.5281/zenodo.21310578
"""


class Deficiency(enum.StrEnum):
    """What is missing: cones for long waves (red), for middle ones (green), or for short ones (blue)."""

    PROTANOPIA = "protanopia"
    DEUTERANOPIA = "deuteranopia"
    TRITANOPIA = "tritanopia"


_FILTERS: Final = {
    Deficiency.PROTANOPIA: ("protan", "machado"),
    Deficiency.DEUTERANOPIA: ("deutan", "machado"),
    # Machado's model is no simulation of tritanopia: it is off by a CIEDE2000 of 9 from Brettel's there.
    Deficiency.TRITANOPIA: ("tritan", "brettel"),
}


def simulate(color: Color, deficiency: Deficiency) -> Color:
    """Return what an opaque colour looks like to somebody with `deficiency`, in its full form.

    Source:
      Machado, Oliveira, Fernandes: A Physiologically-based Model for Simulation of Color Vision Deficiency. IEEE TVCG
      15 (2009), 1291-1298; for tritanopia Brettel, Viénot, Mollon: Computerized simulation of color appearance for
      dichromats. JOSA A 14 (1997), 2647-2655. Both as ColorAide has them.
    """
    name, method = _FILTERS[deficiency]
    seen = coloraide.Color("srgb", [color.red, color.green, color.blue])
    seen = seen.filter(name, SEVERITY, method=method, out_space="srgb").clip()
    return Color(*seen.coords(nans=False))


def difference(one: Color, other: Color, deficiency: Deficiency | None = None) -> float:
    """Return the CIEDE2000 difference of two opaque colours, as people see them who have `deficiency`, or none."""
    pair = (one, other) if deficiency is None else (simulate(one, deficiency), simulate(other, deficiency))
    lab = to_lab(pair)
    return float(ciede2000(lab[0], lab[1]))


def confusions(one: Color, other: Color) -> dict[Deficiency, float]:
    """Return the deficiencies with which two colours that differ well look alike, and how much they still differ.

    Empty for colours that nobody tells apart at a glance: these are not meant to say different things.
    """
    if difference(one, other) < DISTINCT:
        return {}
    seen = {deficiency: difference(one, other, deficiency) for deficiency in Deficiency}
    return {deficiency: apart for deficiency, apart in seen.items() if apart < COLLAPSED}
