"""Files of the format, sound ones and broken ones of every kind."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copy_that_orch.tokens.dtcg import document as document_module
from copy_that_orch.tokens.dtcg.check import check_text
from copy_that_orch.tokens.dtcg.document import TYPES
from copy_that_orch.tokens.dtcg.json_text import UnreadableError
from copy_that_orch.tokens.formats import w3c
from copy_that_orch.tokens.merge import merge
from copy_that_orch.tokens.model import Severity, TokenSet
from copy_that_orch.tokens.rules import check
from copy_that_orch.tokens.semantics import with_semantics
from tests.unit.tokens import strategies as made
from tests.unit.tokens.formats.test_w3c import faults as schema_faults

BLUE = {"colorSpace": "srgb", "components": [0.1451, 0.3882, 0.9216], "alpha": 1, "hex": "#2563eb"}
ONE_PX = {"value": 1, "unit": "px"}
FAST = {"value": 120, "unit": "ms"}
EASE = [0.4, 0, 0.2, 1]
LAYER = {"color": BLUE, "offsetX": ONE_PX, "offsetY": ONE_PX, "blur": ONE_PX, "spread": ONE_PX}
BODY = {"fontFamily": "Inter", "fontSize": ONE_PX, "fontWeight": 400, "letterSpacing": ONE_PX, "lineHeight": 1.5}

SOUND: dict[str, list[Any]] = {
    "color": [
        BLUE,
        {"colorSpace": "oklch", "components": [0.5, 0.1, "none"]},
        {"colorSpace": "hsl", "components": [359.9, 100, 0]},
        {"colorSpace": "lab", "components": [50, -80, 80.5]},
        {"colorSpace": "display-p3", "components": [1, 1, 1], "hex": "#FFFFFF"},
    ],
    "dimension": [{"value": 0, "unit": "px"}, {"value": -0.5, "unit": "rem"}],
    "fontFamily": ["Inter", ["Inter", "sans-serif"]],
    "fontWeight": [1, 1000, "semi-bold"],
    "duration": [FAST, {"value": 0.1, "unit": "s"}],
    "cubicBezier": [EASE, [0, -1, 1, 2]],
    "number": [0, -1.5, 1e3],
    "strokeStyle": ["dashed", {"dashArray": [ONE_PX], "lineCap": "round"}],
    "border": [{"color": BLUE, "width": ONE_PX, "style": "solid"}],
    "transition": [{"duration": FAST, "delay": FAST, "timingFunction": EASE}],
    "shadow": [LAYER, [LAYER, {**LAYER, "inset": True}]],
    "gradient": [[{"color": BLUE, "position": 0}, {"color": BLUE, "position": 1}]],
    "typography": [BODY],
}

BROKEN: dict[str, list[tuple[Any, str]]] = {
    "color": [
        (
            "#2563eb",
            "a color is an object with colorSpace, components, not the text '#2563eb'; write {\"colorSpace\": ",
        ),
        ("#2563eb80", '0.9216], "alpha": 0.502, "hex": "#2563eb"}'),
        ("rgb(1 2 3)", "not the text 'rgb(1 2 3)'"),
        ({"colorSpace": "srgb"}, "a color needs 'components'"),
        ({**BLUE, "opacity": 1}, "opacity: a color has no 'opacity'"),
        ({**BLUE, "colorSpace": "rgb"}, "colorSpace: it is the text 'rgb', not a colour space"),
        ({**BLUE, "components": [0, 0]}, "components: there are three components, not a list of 2"),
        ({**BLUE, "components": [255, 0, 0]}, "components[0]: it is the number 255, not between 0 and 1"),
        ({**BLUE, "components": [0, None, 0]}, "components[1]: it is null, not a number"),
        ({"colorSpace": "hsl", "components": [360, 0, 0]}, "components[0]: it is the number 360"),
        ({"colorSpace": "oklch", "components": [0.5, -1, 0]}, "components[1]: it is the number -1"),
        ({**BLUE, "alpha": 50}, "alpha: it is the number 50, not between 0 and 1"),
        ({**BLUE, "hex": "#2563ebff"}, "hex: it is the text '#2563ebff', not # and six digits"),
    ],
    "dimension": [
        ("8px", """a dimension is an object with value, unit, not the text '8px'; write {"value": 8, "unit": "px"}"""),
        ("-0.5rem", 'write {"value": -0.5, "unit": "rem"}'),
        ("1em", "not the text '1em'"),
        (8, "not the number 8"),
        ({"value": 8}, "a dimension needs 'unit'"),
        ({"unit": "px"}, "a dimension needs 'value'"),
        ({"value": "8", "unit": "px"}, "value: it is the text '8', not a number"),
        ({"value": True, "unit": "px"}, "value: it is true, not a number"),
        ({"value": 8, "unit": "em"}, "unit: it is the text 'em', not a unit: px, rem"),
    ],
    "fontFamily": [
        ([], "at least one name"),
        (["Inter", 5], "[1]: it is the number 5, not the name of a font"),
        (" ", "not the name of a font"),
        (400, "it is the number 400"),
    ],
    "fontWeight": [
        (0, "it is the number 0, not between 1 and 1000"),
        ("Bold", "'Bold' is no font weight"),
        ([400], "it is a list of 1, not a number"),
    ],
    "duration": [("200ms", 'write {"value": 200, "unit": "ms"}'), ({"value": 1, "unit": "m"}, "not a unit: ms, s")],
    "cubicBezier": [
        ([0, 0, 1], "a list of four numbers, not a list of 3"),
        ("ease", "not the text 'ease'"),
        ([1.1, 0, 0, 0], "[0]: it is the number 1.1"),
    ],
    "number": [("1", "it is the text '1'"), (False, "it is false")],
    "strokeStyle": [
        ("wavy", "not a stroke style: solid, dashed"),
        ({"dashArray": [], "lineCap": "round"}, "dashArray: dashes are a list of dimensions, not a list of 0"),
        ({"dashArray": ["1px"], "lineCap": "round"}, "dashArray[0]: a dimension is an object"),
        ({"dashArray": [ONE_PX], "lineCap": "flat"}, "lineCap: it is the text 'flat'"),
        ({"dashArray": [ONE_PX]}, "needs 'lineCap'"),
        ({"lineCap": "butt"}, "needs 'dashArray'"),
    ],
    "border": [
        ("1px solid", "a border is an object"),
        ({"color": "#fff", "width": ONE_PX, "style": "solid"}, "color: a color is an object"),
        ({"color": BLUE, "width": ONE_PX}, "a border needs 'style'"),
    ],
    "transition": [({"duration": FAST, "timingFunction": EASE}, "a transition needs 'delay'")],
    "shadow": [
        ([], "at least one layer"),
        ([[LAYER]], "[0]: a layer of a shadow is an object, not a list"),
        ([LAYER, {**LAYER, "blur": 4}], "[1].blur: a dimension is an object"),
        ({**LAYER, "inset": "yes"}, "inset: it is the text 'yes', not true or false"),
        ("0 1px 2px", "a shadow is an object"),
    ],
    "gradient": [
        ([], "a list of stops, not a list of 0"),
        ({"stops": []}, "a list of stops, not an object"),
        ([{"color": BLUE, "position": 50}], "[0].position: it is the number 50, not between 0 and 1"),
        ([{"color": BLUE, "position": "0"}], "[0].position: it is the text '0'"),
        ([{"color": BLUE}], "[0]: a stop of a gradient needs 'position'"),
        (["red"], "[0]: a stop of a gradient is an object"),
    ],
    "typography": [
        ({**BODY, "lineHeight": "24px"}, "lineHeight: it is the text '24px'"),
        ({**BODY, "color": BLUE}, "color: a typography has no 'color'"),
        ({"fontFamily": "Inter"}, "a typography needs 'fontSize'"),
    ],
}


def told(document: Any) -> list[tuple[str, str, str]]:
    """Code, path and message of what is said."""
    _tokens, findings = check_text(document if isinstance(document, str) else json.dumps(document))
    return [(finding.code, finding.path, finding.message) for finding in findings]


def codes(document: Any) -> list[tuple[str, str]]:
    """Code and path of what is said."""
    return [(code, path) for code, path, _message in told(document)]


@pytest.mark.parametrize(("of", "value"), [(of, value) for of, values in SOUND.items() for value in values])
def test_sound_values_of_every_type(of: str, value: Any) -> None:
    """The schema has nothing against them, and neither have we, under an inherited type too."""
    own = {"a": {"$type": of, "$value": value}}
    assert schema_faults(json.dumps(own)) == []
    assert told(own) == []
    assert told({"g": {"$type": of, "deep": {"a": {"$value": value}}}}) == []


@pytest.mark.parametrize(
    ("of", "value", "message"), [(of, *case) for of, cases in BROKEN.items() for case in cases], ids=str
)
def test_broken_values_of_every_type(of: str, value: Any, message: str) -> None:
    """With the place; under an inherited type, which the schema cannot see, as well."""
    own = {"a": {"$type": of, "$value": value}}
    if value != " ":  # a font of that name is beyond the schema
        assert schema_faults(json.dumps(own))
    found = told(own)
    assert {(code, path) for code, path, _ in found} == {("value-form", "a")}
    assert any(message in text for _, _, text in found), found
    assert told({"$type": of, "a": {"$value": value}}) == found


def test_the_examples_are_of_all_types() -> None:
    """Thirteen of them."""
    assert set(SOUND) == set(BROKEN) == set(TYPES)
    assert len(TYPES) == 13


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({"a": {"$value": 1}}, [("type-missing", "a")]),
        ({"a": {"$value": 1, "$type": "numbr"}}, [("type-unknown", "a")]),
        ({"a": {"$value": 1, "$type": ["number"]}}, [("type-unknown", "a")]),
        ({"g": {"$type": "spacing", "a": {"$type": "number", "$value": 1}}}, [("type-unknown", "g")]),
        ({"a": {"$value": 1, "$type": "number", "b": {}}}, [("token-in-token", "a")]),
        ({"a": 5, "b": None, "c": "x" * 60}, [("not-a-token", "a"), ("not-a-token", "b"), ("not-a-token", "c")]),
        ({"$root": {}}, [("not-a-token", "")]),
        ({"$value": 1, "$type": "number"}, [("token-without-name", "")]),
        ({"a.b": {}, "": {}, "{c}": {}}, [("name-illegal", ""), ("name-illegal", "a.b"), ("name-illegal", "{c}")]),
        ({"a": {"$value": 1, "$type": "number", "$comment": ""}}, [("property-unknown", "a")]),
        ({"a": {"$schema": "x"}, "$value2": 1}, [("property-unknown", ""), ("property-unknown", "a")]),
        ({"a": {"$type": "number", "$value": 1, "$description": 5}}, [("property-form", "a")]),
        ({"a": {"$deprecated": 1}, "b": {"$extensions": []}}, [("property-form", "a"), ("property-form", "b")]),
        ({"a": {"$type": "number", "$value": 1, "$ref": "#/b"}}, [("value-twice", "a")]),
        (
            '{"a": {"$type": "number", "$value": 1, "$value": 2}, "b": {}, "b": {}}',
            [("name-twice", ""), ("name-twice", "a")],
        ),
    ],
)
def test_broken_structure(document: Any, expected: list[tuple[str, str]]) -> None:
    """What is neither a group nor a token, or both."""
    assert codes(document) == expected


NUMBER = {"$type": "number", "$value": 1}


@pytest.mark.parametrize(
    ("tokens", "expected"),
    [
        ({"a": {"$value": "{n}"}}, []),
        ({"a": {"$value": "{b}"}, "b": {"$value": "{n}"}}, []),
        ({"a": {"$ref": "#/n"}, "b": {"$ref": "#/n/$value", "$type": "number"}}, []),
        ({"a": {"$value": "{g.$root}"}, "g": {"$root": NUMBER, "b": NUMBER}}, []),
        ({"a": {"$ref": "#/g~1h/%C3%BC"}, "g/h": {"ü": NUMBER}}, []),
        ({"a": {"$value": "{nix}"}}, [("alias-dangling", "a")]),
        ({"a": {"$type": "number", "$value": "{nix.da}"}}, [("alias-dangling", "a")]),
        ({"a": {"$value": "{g}"}, "g": {"$root": NUMBER}}, [("alias-group", "a")]),
        ({"a": {"$ref": "#/g"}, "g": {"b": NUMBER}}, [("alias-group", "a")]),
        ({"a": {"$type": "number", "$value": "{a b}}"}}, [("alias-malformed", "a")]),
        ({"a": {"$type": "number", "$value": "{}"}}, [("alias-malformed", "a")]),
        ({"a": {"$type": "color", "$value": "{n}"}}, [("alias-type", "a")]),
        ({"a": {"$type": "color", "$value": "{b}"}, "b": {"$value": "{n}"}}, [("alias-type", "a")]),
        ({"a": {"$ref": "#/nix"}}, [("ref-dangling", "a")]),
        ({"a": {"$ref": "other.json#/n"}}, [("ref-malformed", "a")]),
        ({"a": {"$ref": 5}}, [("ref-malformed", "a")]),
        ({"a": {"$type": "number", "$value": {"$ref": "#/n", "x": 1}}}, [("ref-malformed", "a")]),
        ({"a": {"$value": "{a}"}}, [("alias-cycle", "a")]),
        (
            {"a": {"$value": "{b}"}, "b": {"$value": "{c}"}, "c": {"$value": "{b}"}, "d": {"$value": "{c}"}},
            [("alias-cycle", "b")],
        ),
        (
            {"a": {"$type": "border", "$value": {"color": BLUE, "width": ONE_PX, "style": "{a}"}}},
            [("alias-cycle", "a"), ("alias-type", "a")],
        ),
    ],
)
def test_references(tokens: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    """To whole tokens, in both spellings; a circle is told once."""
    found = told({"n": NUMBER, **tokens})
    assert [(code, path) for code, path, _ in found] == expected


def test_the_messages_of_references_name_the_way() -> None:
    """And what to write instead."""
    found = told({"a": {"$value": "{b}"}, "b": {"$value": "{a}"}, "c": {"$value": "{g}"}, "g": {"$root": NUMBER}})
    assert [message for _, _, message in found] == [
        "reference comes round again: a → b → a",
        "{g} is a group, and references lead to tokens; its own token is {g.$root}",
    ]


def test_parts_of_values_may_be_references() -> None:
    """To tokens of the part's type, or with `$ref` to a part of another value, through other references as well."""
    sound = {
        "blue": {"$type": "color", "$value": BLUE},
        "link": {"$value": "{blue}"},
        "one": {"$type": "dimension", "$value": ONE_PX},
        "inter": {"$type": "fontFamily", "$value": ["Inter", "Arial"]},
        "dots": {"$type": "strokeStyle", "$value": {"dashArray": ["{one}"], "lineCap": "round"}},
        "line": {"$type": "border", "$value": {"color": "{link}", "width": "{one}", "style": "{dots}"}},
        "part": {"$type": "dimension", "$value": {"$ref": "#/line/$value/width"}},
        "deep": {
            "$type": "color",
            "$value": {
                "colorSpace": {"$ref": "#/blue/$value/colorSpace"},
                "components": [0, {"$ref": "#/link/$value/components/1"}, 0],
                "alpha": {"$ref": "#/n/$value"},
            },
        },
        "n": NUMBER,
        "whole": {"$type": "color", "$value": {**BLUE, "components": {"$ref": "#/blue/$value/components"}}},
        "arial": {"$type": "fontFamily", "$value": [{"$ref": "#/inter/$value/1"}]},
        "layer": {"$type": "shadow", "$value": LAYER},
        "layers": {"$type": "shadow", "$value": ["{layer}", LAYER]},
        "fade": {"$type": "gradient", "$value": [{"color": "{link}", "position": "{n}"}]},
        "fades": {"$type": "gradient", "$value": ["{fade}", {"color": BLUE, "position": 1}]},
    }
    assert told(sound) == []
    broken = {
        **sound,
        "a": {"$type": "border", "$value": {"color": "{one}", "width": "{nix}", "style": "solid"}},
        "b": {"$type": "color", "$value": {**BLUE, "alpha": {"$ref": "#/blue/$value/opacity"}}},
        "c": {"$type": "color", "$value": {**BLUE, "alpha": {"$ref": "#/inter/$value/0"}}},
        "d": {"$type": "fontFamily", "$value": [{"$ref": "#/inter/$value/2"}]},
        "e": {"$type": "dimension", "$value": {"$ref": "#/line/$value/style"}},
        "f": {"$type": "dimension", "$value": {"value": {"$ref": "#/f/$value/value"}, "unit": "px"}},
        "g": {"$value": {"$ref": "#/blue/$value/alpha"}},
        "h": {"$type": "number", "$value": {"$ref": "#/x/$value/deep/er"}},
        "x": {"$type": "number", "$value": {"$ref": "#/h/$value/deep"}},
        "i": {"$type": "number", "$value": {"$ref": "#/bad/$value/components"}},
        "bad": {"$type": "color", "$value": "{nix}"},
        "j": {"$type": "dimension", "$value": {"$ref": "#/a/$value/width"}},
    }
    assert sorted(set(codes(broken))) == [
        ("alias-cycle", "f"),
        ("alias-cycle", "h"),
        ("alias-cycle", "x"),
        ("alias-dangling", "a"),
        ("alias-dangling", "bad"),
        ("alias-dangling", "i"),
        ("alias-dangling", "j"),
        ("alias-type", "a"),
        ("ref-dangling", "b"),
        ("ref-dangling", "d"),
        ("type-missing", "g"),
        ("value-form", "c"),
        ("value-form", "e"),
    ]


def test_groups_may_extend_groups() -> None:
    """They have its tokens, their own in their place; what is wrong there is told once, where it stands."""
    document = {
        "base": {"$type": "number", "a": {"$value": 1}, "b": {"$value": "x"}, "deep": {"c": {"$value": 1}}},
        "more": {"$extends": "{base}", "a": {"$value": 2}, "deep": {"d": {"$type": "number", "$value": 3}}},
        "most": {"$extends": "#/more", "e": {"$value": "{most.deep.c}"}},
        "last": {"$extends": {"$ref": "#/most/deep"}, "f": {"$value": "{more.b}"}},
    }
    tokens, findings = check_text(json.dumps(document))
    assert [(finding.code, finding.path) for finding in findings] == [("value-form", "base.b")]
    assert tokens == 3 + 4 + 5 + 3


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({"a": {"$extends": "{nix}"}}, [("extends-dangling", "a")]),
        ({"a": {"$extends": "{n}"}, "n": NUMBER}, [("extends-dangling", "a")]),
        ({"a": {"$extends": 5}}, [("extends-dangling", "a")]),
        ({"a": {"$extends": "{a}"}}, [("extends-cycle", "a")]),
        ({"a": {"$extends": "{b}"}, "b": {"$extends": "{a}"}}, [("extends-cycle", "a"), ("extends-cycle", "b")]),
        ({"a": {"b": {"$extends": "{a}"}}}, [("extends-cycle", "a.b")]),
        (
            {"a": {"$extends": "{b}"}, "b": {"$extends": "{a}"}, "c": {"$extends": "{a.x}"}},
            [("extends-cycle", "a"), ("extends-cycle", "b"), ("extends-dangling", "c")],
        ),
    ],
)
def test_groups_that_extend_nothing_or_each_other(document: Any, expected: list[tuple[str, str]]) -> None:
    """Told, and not followed for ever."""
    assert codes(document) == expected


def test_groups_that_unfold_to_far_too_much_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Doubling twenty times takes twenty lines."""
    monkeypatch.setattr(document_module, "MOST_TOKENS", 1000)
    document: dict[str, Any] = {"g0": {"a": NUMBER, "b": NUMBER}}
    for level in range(1, 20):
        below = {"$extends": f"{{g{level - 1}}}"}
        document[f"g{level}"] = {"x": below, "y": below}
    with pytest.raises(UnreadableError, match="more than 1,000 tokens"):
        check_text(json.dumps(document))


def test_names_that_tools_trip_over_are_warnings() -> None:
    """The same in CSS, or but for case; nothing is said of camelCase and spaces, which are usual elsewhere."""
    document = {"a": {"b-c": NUMBER, "B-c": NUMBER}, "a-b": {"c": NUMBER, "$root": NUMBER}, "fontSize x": NUMBER}
    _tokens, findings = check_text(json.dumps(document))
    assert [(finding.severity, finding.code, finding.path) for finding in findings] == [
        (Severity.WARNING, "name-collision", "a-b.c"),
        (Severity.WARNING, "name-case", "a.B-c"),
    ]


def test_what_we_do_not_know_under_extensions_is_fine() -> None:
    """Of anybody, on groups and on tokens; also descriptions and deprecation."""
    more = {"$extensions": {"org.example": [1]}, "$description": "x", "$deprecated": "use b"}
    assert told({"$schema": "x", **more, "g": {**more, "a": {**NUMBER, **more, "$deprecated": False}}}) == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "not JSON: Expecting value in line 1, column 1"),
        ('{"a": 1,\n}', "not JSON: .* in line 2, column 1"),
        ("[]", "the file is a list of 0, not an object"),
        ("null", "the file is null"),
        ('{"a": NaN}', "not JSON: NaN is no number there"),
        ('{"a":' * 100_000, "nested too deeply"),
    ],
)
def test_what_is_no_json_object_is_refused(text: str, message: str) -> None:
    """With the place."""
    with pytest.raises(UnreadableError, match=message):
        check_text(text)


def test_a_mark_at_the_beginning_is_no_fault() -> None:
    """Some editors put one there."""
    assert check_text("\ufeff{}") == (0, ())


def test_a_long_chain_of_references_is_followed() -> None:
    """Also from its far end, and a long circle is told with all of it."""
    chain = {f"t{index}": {"$value": f"{{t{index + 1}}}"} for index in range(1500)}
    assert told({**chain, "t1500": NUMBER}) == []
    (circle,) = told({**chain, "t1500": {"$value": "{t0}"}})
    assert circle[2].endswith("t1499 → t1500 → t0")


KEYS = (
    *("$value", "$type", "$ref", "$extends", "$root", "$extensions", "$description", "a", "b", "color", "components"),
    *("colorSpace", "alpha", "value", "unit", "dashArray", "lineCap", "position", "inset", "sources", "contexts"),
)
TEXTS = (
    "{a}",
    "{a.b}",
    "{b.$root}",
    "{",
    "#/a",
    "#/a/$value",
    "#/b/$value/0",
    "#/a/$value/color",
    "srgb",
    "px",
    "none",
    "",
)
anything = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 400) | st.floats(-1, 2) | st.sampled_from((*TEXTS, *TYPES)),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.sampled_from((*KEYS, "c")), inside, max_size=4),
    max_leaves=25,
)


@given(st.dictionaries(st.sampled_from((*KEYS, "resolutionOrder", "sets", "modifiers")), anything, max_size=5))
@settings(max_examples=100, deadline=None)
def test_no_json_at_all_makes_it_stumble(document: dict[str, Any]) -> None:
    """Whatever stands where: it is told, or the file is refused."""
    text = json.dumps(document)
    with contextlib.suppress(UnreadableError):
        tokens, findings = check_text(text, lambda _name: text)
        assert tokens >= 0
        assert all(finding.message for finding in findings)


@given(st.lists(made.extracted_sets(), max_size=3))
@settings(max_examples=40, deadline=None)
def test_what_is_written_here_is_sound(sets: list[TokenSet]) -> None:
    """Every token is found again, and what is said about people is what was said before."""
    tokens = with_semantics(merge(sets))
    number, findings = check_text(w3c.write(tokens))
    assert number == len(tokens)
    assert {finding.severity for finding in findings} <= {Severity.WARNING}
    known = [(finding.code, finding.message.partition(";")[0]) for finding in check(tokens)]
    assert {(finding.code, finding.message.partition(";")[0]) for finding in findings} <= set(known)
