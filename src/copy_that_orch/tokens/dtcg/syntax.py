"""The values of the thirteen types: what they must look like, part by part.

Source:
  Design Tokens Format Module 2025.10, section "types", and Color Module 2025.10,
  https://www.designtokens.org/tr/2025.10/
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import attrs

from copy_that_orch.tokens.border import StrokeStyle
from copy_that_orch.tokens.dtcg.json_text import kind
from copy_that_orch.tokens.dtcg.older import rewritten
from copy_that_orch.tokens.dtcg.plain import (
    ANY,
    COLOR_SPACES,
    FONT_WEIGHTS,
    SHARE,
    Check,
    flag,
    font_name,
    hex_digits,
    is_number,
    number_in,
    one_of,
)
from copy_that_orch.tokens.dtcg.references import References

Fault = tuple[str, str, str]
"""Code, place in the value (empty: all of it), and message."""

_LENGTHS: Final = ("px", "rem")
_TIMES: Final = ("ms", "s")


@attrs.frozen
class Syntax:
    """Looks at values.

    Attributes:
      references: Those of the file that the values are from.
    """

    references: References

    def faults(self, value: Any, expected: str, place: str = "") -> Iterator[Fault]:
        """Yield what keeps `value` from being of type `expected`, or a reference to a token that is."""
        reference = self.references.follow(value)
        if reference is None:
            yield from _FORMS[expected](self, value, place)
        elif reference.problem is not None:
            yield (reference.problem[0], place, reference.problem[1])
        elif reference.path is not None:
            actual = self.references.type_of(reference.path)
            if actual is not None and actual != expected:
                yield "alias-type", place, f"{reference.text} is of type {actual}, not {expected}"
        else:
            part, problem = self.references.final(value)
            if problem is not None:
                yield problem[0], place, problem[1]
            else:
                yield from _FORMS[expected](self, part, place)

    def plain(self, value: Any, place: str, check: Check) -> Iterator[Fault]:
        """Yield what `check` says of a value that may stand behind a `$ref`."""
        if isinstance(value, dict) and "$ref" in value:
            value, problem = self.references.final(value)
            if problem is not None:
                yield problem[0], place, problem[1]
                return
        message = check(value)
        if message is not None:
            yield "value-form", place, message

    def record(
        self,
        value: Any,
        place: str,
        what: str,
        required: Mapping[str, str],
        *,
        optional: tuple[str, ...] = (),
        instead: str = "",
    ) -> Iterator[Fault]:
        """Yield what keeps `value` from being an object with these attributes, of these types; "" is for others.

        If it is no object, `instead` ends the sentence.
        """
        if not isinstance(value, dict):
            yield "value-form", place, f"{what} is an object with {', '.join(required)}, not {kind(value)}{instead}"
            return
        for name in value:
            if name not in required and name not in optional:
                yield "value-form", _at(place, name), f"{what} has no {name!r}; it has {', '.join(required)}"
        for name, expected in required.items():
            if name not in value:
                yield "value-form", place, f"{what} needs {name!r}"
            elif expected:
                yield from self.faults(value[name], expected, _at(place, name))


def _color(syntax: Syntax, value: Any, place: str) -> Iterator[Fault]:
    required, optional = {"colorSpace": "", "components": ""}, ("alpha", "hex")
    yield from syntax.record(value, place, "a color", required, optional=optional, instead=rewritten(value))
    if not isinstance(value, dict) or not {"colorSpace", "components"} <= value.keys():
        return
    space, _ = syntax.references.final(value["colorSpace"])
    yield from syntax.plain(value["colorSpace"], _at(place, "colorSpace"), one_of("a colour space", COLOR_SPACES))
    components, _ = syntax.references.final(value["components"])
    if not isinstance(components, list) or len(components) != 3:
        yield "value-form", _at(place, "components"), f"there are three components, not {kind(components)}"
    elif isinstance(space, str) and space in COLOR_SPACES:
        for index, (component, limits) in enumerate(zip(components, COLOR_SPACES[space], strict=True)):
            yield from syntax.plain(component, f"{_at(place, 'components')}[{index}]", number_in(limits, none=True))
    if "alpha" in value:
        yield from syntax.plain(value["alpha"], _at(place, "alpha"), number_in(SHARE))
    if "hex" in value:
        yield from syntax.plain(value["hex"], _at(place, "hex"), hex_digits)


def _measure(syntax: Syntax, value: Any, place: str, what: str, units: tuple[str, ...]) -> Iterator[Fault]:
    yield from syntax.record(value, place, what, {"value": "", "unit": ""}, instead=rewritten(value, units))
    if isinstance(value, dict):
        if "value" in value:
            yield from syntax.plain(value["value"], _at(place, "value"), number_in(ANY))
        if "unit" in value:
            yield from syntax.plain(value["unit"], _at(place, "unit"), one_of("a unit", units))


def _dimension(syntax: Syntax, value: Any, place: str) -> Iterator[Fault]:
    yield from _measure(syntax, value, place, "a dimension", _LENGTHS)


def _duration(syntax: Syntax, value: Any, place: str) -> Iterator[Fault]:
    yield from _measure(syntax, value, place, "a duration", _TIMES)


def _font_family(syntax: Syntax, value: Any, place: str) -> Iterator[Fault]:
    names = value if isinstance(value, list) else [value]
    if not names:
        yield "value-form", place, "a font family has at least one name"
    for index, name in enumerate(names):
        where = f"{place}[{index}]" if isinstance(value, list) else place
        yield from syntax.plain(name, where, font_name)


def _font_weight(syntax: Syntax, value: Any, place: str) -> Iterator[Fault]:
    if isinstance(value, str):
        if value not in FONT_WEIGHTS:
            yield "value-form", place, f"{value!r} is no font weight; they are 1 to 1000, {', '.join(FONT_WEIGHTS)}"
    else:
        yield from syntax.plain(value, place, number_in((1, 1000)))


def _plain_number(syntax: Syntax, value: Any, place: str) -> Iterator[Fault]:
    yield from syntax.plain(value, place, number_in(ANY))


def _cubic_bezier(syntax: Syntax, value: Any, place: str) -> Iterator[Fault]:
    if not isinstance(value, list) or len(value) != 4:
        yield "value-form", place, f"a cubic bezier is a list of four numbers, not {kind(value)}"
        return
    for index, (number, limits) in enumerate(zip(value, (SHARE, ANY) * 2, strict=True)):
        yield from syntax.plain(number, f"{place}[{index}]", number_in(limits))


def _stroke_style(syntax: Syntax, value: Any, place: str) -> Iterator[Fault]:
    if not isinstance(value, dict):
        yield from syntax.plain(value, place, one_of("a stroke style", tuple(StrokeStyle)))
        return
    yield from syntax.record(value, place, "a stroke style", {"dashArray": "", "lineCap": ""})
    if "dashArray" in value:
        dashes, _ = syntax.references.final(value["dashArray"])
        if not isinstance(dashes, list) or not dashes:
            yield "value-form", _at(place, "dashArray"), f"dashes are a list of dimensions, not {kind(dashes)}"
        else:
            for index, dash in enumerate(dashes):
                yield from syntax.faults(dash, "dimension", f"{_at(place, 'dashArray')}[{index}]")
    if "lineCap" in value:
        caps = one_of("a line cap", ("round", "butt", "square"))
        yield from syntax.plain(value["lineCap"], _at(place, "lineCap"), caps)


def _border(syntax: Syntax, value: Any, place: str) -> Iterator[Fault]:
    yield from syntax.record(value, place, "a border", {"color": "color", "width": "dimension", "style": "strokeStyle"})


def _transition(syntax: Syntax, value: Any, place: str) -> Iterator[Fault]:
    yield from syntax.record(
        value,
        place,
        "a transition",
        {"duration": "duration", "delay": "duration", "timingFunction": "cubicBezier"},
    )


def _shadow(syntax: Syntax, value: Any, place: str) -> Iterator[Fault]:
    if isinstance(value, list):
        if not value:
            yield "value-form", place, "a shadow has at least one layer"
        for index, layer in enumerate(value):
            where = f"{place}[{index}]"
            if isinstance(layer, list):
                yield "value-form", where, "a layer of a shadow is an object, not a list"
            else:
                yield from syntax.faults(layer, "shadow", where)
        return
    lengths = dict.fromkeys(("offsetX", "offsetY", "blur", "spread"), "dimension")
    yield from syntax.record(value, place, "a shadow", {"color": "color", **lengths}, optional=("inset",))
    if isinstance(value, dict) and "inset" in value:
        yield from syntax.plain(value["inset"], _at(place, "inset"), flag)


def _gradient(syntax: Syntax, value: Any, place: str) -> Iterator[Fault]:
    if not isinstance(value, list) or not value:
        yield "value-form", place, f"a gradient is a list of stops, not {kind(value)}"
        return
    for index, stop in enumerate(value):
        where = f"{place}[{index}]"
        reference = syntax.references.follow(stop)
        if reference is not None:
            yield from syntax.faults(stop, "gradient", where)
            continue
        yield from syntax.record(stop, where, "a stop of a gradient", {"color": "color", "position": "number"})
        position = stop.get("position") if isinstance(stop, dict) else None
        if is_number(position):
            yield from syntax.plain(position, _at(where, "position"), number_in(SHARE))


def _typography(syntax: Syntax, value: Any, place: str) -> Iterator[Fault]:
    yield from syntax.record(
        value,
        place,
        "a typography",
        {
            "fontFamily": "fontFamily",
            "fontSize": "dimension",
            "fontWeight": "fontWeight",
            "letterSpacing": "dimension",
            "lineHeight": "number",
        },
    )


_FORMS: Final[Mapping[str, Callable[[Syntax, Any, str], Iterator[Fault]]]] = {
    "color": _color,
    "dimension": _dimension,
    "fontFamily": _font_family,
    "fontWeight": _font_weight,
    "duration": _duration,
    "cubicBezier": _cubic_bezier,
    "number": _plain_number,
    "strokeStyle": _stroke_style,
    "border": _border,
    "transition": _transition,
    "shadow": _shadow,
    "gradient": _gradient,
    "typography": _typography,
}


def _at(place: str, name: str) -> str:
    return f"{place}.{name}" if place else name
