"""Where things were seen: on which screenshots, as what, how often."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Sequence

import attrs

from copy_that_orch.tokens.dimension import finite


def _at_least_one(_instance: object, attribute: attrs.Attribute[int], value: int) -> None:
    if value < 1:
        raise ValueError(f"{attribute.name} is at least 1, not {value}")


Box = tuple[int, int, int, int]
"""Left, top, right and bottom in device pixels of an image; what lies at `right` and `bottom` is outside."""


def _as_box(box: Iterable[int] | None) -> Box | None:
    if box is None:
        return None
    left, top, right, bottom = (int(edge) for edge in box)
    return left, top, right, bottom


def _encloses(_instance: object, attribute: attrs.Attribute[Box | None], value: Box | None) -> None:
    if value is not None and not (0 <= value[0] < value[2] and 0 <= value[1] < value[3]):
        raise ValueError(f"{attribute.name} is (left, top, right, bottom) and encloses something, not {value}")


@attrs.frozen
class Provenance:
    """Where something was seen.

    Attributes:
      image: Label of the image.
      agent: The agent that saw it, e.g. "extract.color".
      count: How often; all agents that look for one kind of token count the same thing, e.g. pixels of a colour.
      role: What it was seen as, in one word: "background", "surface", "text", "border", "graphic", "accent",
        "success", "warning", "danger"; a length as "padding", "gap" or "indent", and a distance more closely, see
        `tokens.spacing.Between`; empty if that is not known.
      box: One place where it is to be seen.

    Raises:
      ValueError: if the count is below 1, or the box encloses nothing.
    """

    image: str
    agent: str
    count: int = attrs.field(default=1, converter=int, validator=_at_least_one)
    role: str = ""
    box: Box | None = attrs.field(default=None, converter=_as_box, validator=_encloses)


def add_up(provenance: Iterable[Provenance]) -> tuple[Provenance, ...]:
    """Return one entry per image, agent and role, sorted: the same for any order of the input.

    Counts are added up, and the box of the largest sighting that has one is kept.
    """
    groups: dict[tuple[str, str, str], list[Provenance]] = {}
    for seen in provenance:
        groups.setdefault((seen.image, seen.agent, seen.role), []).append(seen)
    return tuple(_added_up(group) for _key, group in sorted(groups.items()))


def _added_up(group: Sequence[Provenance]) -> Provenance:
    first = group[0]
    if len(group) == 1:
        return first
    return attrs.evolve(first, count=sum(seen.count for seen in group), box=_largest_box(group))


def _largest_box(group: Iterable[Provenance]) -> Box | None:
    shown = [(-seen.count, seen.box) for seen in group if seen.box is not None]
    return min(shown)[1] if shown else None


@attrs.frozen
class Measurements:
    """What an extractor measured on one image and hands on: together with those of other images they tell more.

    Subclasses say what it is; who aggregates knows those of the extractors whose tokens it makes anew.

    Attributes:
      image: Label of the image.
    """

    image: str


class Theme(enum.StrEnum):
    """Whether a screen is dark text on light ground, or the other way round."""

    LIGHT = "light"
    DARK = "dark"


@attrs.frozen(order=True)
class Screen:
    """One screenshot that tokens were seen on.

    Attributes:
      image: Its label, as in `Provenance`.
      theme: What it is painted in.
      width, height: In device pixels.
      scale: Device pixels per CSS pixel.
      lossy: Whether its file has its colours but nearly, as JPEG has.

    Raises:
      ValueError: if the theme is neither "light" nor "dark", a number below 1 or the scale not above 0.
    """

    image: str
    theme: Theme = attrs.field(converter=Theme)
    width: int = attrs.field(validator=_at_least_one)
    height: int = attrs.field(validator=_at_least_one)
    scale: float = attrs.field(default=1.0, converter=finite, validator=attrs.validators.gt(0))
    lossy: bool = False
