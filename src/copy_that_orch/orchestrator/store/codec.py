"""Values as JSON and back, of classes that were named: a file that others may have written cannot make any other."""

from __future__ import annotations

import base64
import enum
import functools
import json
import typing
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, final

import attrs

from copy_that_orch.orchestrator.errors import ConfigurationError

_TYPE: Final = "$"
_OF: Final = "of"
_PLAIN: Final = {type(None), bool, int, float, str}


@final
class JsonCodec:
    """Writes values as JSON: None, numbers, texts, bytes, tuples, lists, sets, dicts, and objects of known classes.

    Args:
      classes: Attrs classes and enums that may occur; what these are made of, by their annotations, is known too.
        Fields that their constructors do not take must follow from the others.

    A number comes back as the same number: floats are written with all their digits.

    Raises:
      ConfigurationError: if a class is neither, or two of them have one name.
    """

    __slots__ = ("_classes", "_fields")

    def __init__(self, classes: Iterable[type] = ()) -> None:
        self._classes: dict[str, type] = {}
        self._fields: dict[type, list[tuple[str, str]]] = {}
        for one in classes:
            self._learn(one)

    def encode(self, value: Any) -> str:
        """Return `value` as JSON.

        Raises:
          TypeError: if something in it is of a class that is not known.
        """
        return json.dumps(self._plain(value), ensure_ascii=True, separators=(",", ":"))

    def decode(self, text: str) -> Any:
        """Return the value that `text` tells.

        Raises:
          ValueError: if it tells none: it is no JSON, names an unknown class, or its class does not take it.
        """
        try:
            return self._value(json.loads(text))
        except ValueError:
            raise
        except Exception as error:  # whatever a constructor makes of what is not for it
            raise ValueError(f"no stored value: {error}") from error

    def _learn(self, hint: Any) -> None:
        if isinstance(hint, type) and (attrs.has(hint) or issubclass(hint, enum.Enum)):
            known = self._classes.setdefault(hint.__qualname__, hint)
            if known is not hint:
                raise ConfigurationError(f"{hint!r} and {known!r} have one name; a codec cannot tell them apart")
            if attrs.has(hint) and hint not in self._fields:
                self._fields[hint] = [(one.name, one.alias or one.name) for one in attrs.fields(hint) if one.init]
                hints = typing.get_type_hints(hint)
                for name, _alias in self._fields[hint]:
                    self._learn_parts(hints.get(name))
        else:
            raise ConfigurationError(f"a codec is told attrs classes and enums, not {hint!r}")

    def _learn_parts(self, hint: Any) -> None:
        """Learn the classes that an annotation names."""
        if isinstance(hint, type) and (attrs.has(hint) or issubclass(hint, enum.Enum)):
            self._learn(hint)
        for part in typing.get_args(hint):
            self._learn_parts(part)

    def _plain(self, value: Any) -> Any:
        kind = type(value)
        if kind in _PLAIN:
            return value
        if kind is tuple:
            return [self._plain(part) for part in value]
        names = self._fields.get(kind)
        if names is not None:
            return {_TYPE: kind.__qualname__, **{alias: self._plain(getattr(value, name)) for name, alias in names}}
        if isinstance(value, enum.Enum) and self._classes.get(kind.__qualname__) is kind:
            return {_TYPE: kind.__qualname__, _OF: value.name}
        write = _WRITERS.get(kind)
        if write is None:
            raise TypeError(f"a value of type {kind.__qualname__} is of no class that the codec was told")
        return {_TYPE: kind.__name__, _OF: self._plain(write(value))}

    def _value(self, plain: Any) -> Any:
        if isinstance(plain, list):
            return tuple(self._value(part) for part in plain)
        if not isinstance(plain, dict):
            return plain
        name = plain.pop(_TYPE)
        parts = {key: self._value(part) for key, part in plain.items()}
        known = self._classes.get(name)
        if known is not None:
            return known(**parts) if known in self._fields else known[parts[_OF]]  # type: ignore[index]  # an enum
        return _READERS[name](parts[_OF])


_WRITERS: Final[Mapping[type, Callable[[Any], Any]]] = {
    list: tuple,
    dict: lambda value: tuple(value.items()),
    set: lambda value: tuple(sorted(value, key=repr)),
    frozenset: lambda value: tuple(sorted(value, key=repr)),
    bytes: lambda value: base64.b64encode(value).decode("ascii"),
}
"""Types that JSON does not have, and what they are written as; a tuple is written as a list."""

_READERS: Final[Mapping[str, Callable[[Any], Any]]] = {
    "list": list,
    "dict": dict,
    "set": set,
    "frozenset": frozenset,
    "bytes": functools.partial(base64.b64decode, validate=True),
}
