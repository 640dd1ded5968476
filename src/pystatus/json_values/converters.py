"""How values of any annotation are written and read: made once for each annotation, from those of its parts."""

from __future__ import annotations

import collections.abc
import dataclasses
import enum
import types
import typing
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from pystatus.arguments import loaded
from pystatus.errors import LocalError
from pystatus.json_values.plain import PLAIN, BadValue, Converter, Json, bad, of_enum

CLASS = "class"
"""The member of an object that says what it is, where an annotation allows several classes. No field is called so: it
is a word of Python's."""
SCHEMAS = "#/components/schemas/"
"""Where OpenRPC and OpenAPI put the schema of a class: what the reference to one begins with."""


class NoJson(TypeError):
    """An annotation whose values have no form in JSON, or a value that is not of its annotation. A fault of ours."""


class Converters:
    """Of all annotations that are asked for."""

    def __init__(self, special: Mapping[Any, Converter] | None = None, *, brief: bool = False) -> None:
        """
        :param special: classes, or whole annotations, whose values are written in another way than by their fields.
        :param brief: fields are left out that are what they are where they are missing.
        """
        self._brief = brief
        self._known: dict[Any, Converter] = {**PLAIN, **(special or {})}
        self._special = special or {}
        self.records: dict[str, type[Any]] = {}
        """The classes that are written by their fields, by name, as far as they were met."""

    def encode(self, value: Any, annotation: Any) -> Json:
        """``value``, which is what ``annotation`` says, as JSON."""
        return self.of(annotation).encode(value)

    def decode(self, given: Json, annotation: Any) -> Any:
        """
        :raises BadValue: it is something else.
        """
        return self.of(annotation).decode(given)

    def of(self, annotation: Any) -> Converter:
        """
        :raises NoJson: values of this annotation have no form in JSON.
        """
        known = self._known.get(annotation)
        if known is None:
            known = self._known[annotation] = self._made(annotation)
        return known

    def schema(self, record: Any) -> Mapping[str, Any]:
        """JSON Schema of an object, by its fields."""
        hints = hints_of(record)
        fields = {name: self.of(hints[name]).schema for name in _fields(record)}
        return {"type": "object", "properties": fields, "required": _required(record)}

    def _made(self, annotation: Any) -> Converter:
        origin = typing.get_origin(annotation)
        if origin is typing.Annotated:
            return self.of(typing.get_args(annotation)[0])
        if origin in (typing.Union, types.UnionType):
            return self._union(typing.get_args(annotation))
        if origin is not None:
            return self._collection(annotation, origin, typing.get_args(annotation))
        if isinstance(annotation, type):
            return self._class(annotation)
        raise NoJson(f"{annotation!r} has no form in JSON")

    def _class(self, kind: type[Any]) -> Converter:
        if issubclass(kind, enum.Enum):
            return of_enum(kind)
        if _is_record(kind):
            return self._record(kind)
        for base in kind.__mro__[1:]:
            if base in self._known:
                return self._known[base]
        raise NoJson(f"{kind.__qualname__} has no form in JSON")

    def _collection(self, annotation: Any, origin: Any, arguments: tuple[Any, ...]) -> Converter:
        kind = origin if isinstance(origin, type) else object
        if issubclass(kind, collections.abc.Mapping):
            return _mapping(self.of(arguments[0]), self.of(arguments[1]))
        if kind is tuple and arguments[-1] is not Ellipsis:
            return _fixed([self.of(argument) for argument in arguments])
        if issubclass(kind, (collections.abc.Sequence, collections.abc.Set)) or kind is collections.abc.Iterable:
            return _sequence_of(self.of(arguments[0]), frozenset if issubclass(kind, collections.abc.Set) else tuple)
        raise NoJson(f"{annotation!r} has no form in JSON")

    def _record(self, kind: Any) -> Converter:
        """An object by its fields. Where one is missing, it is what it is otherwise."""
        self.records[kind.__name__] = kind
        wanted = f"an object {kind.__name__}"

        @cache
        def fields() -> Mapping[str, Converter]:
            hints = hints_of(kind)  # late: a class may have fields of its own kind
            return {name: self.of(hints[name]) for name in _fields(kind)}

        def decode(given: Json) -> Any:
            if not isinstance(given, dict):
                raise bad(wanted)
            known = fields()
            if unknown := given.keys() - known.keys() - {CLASS}:
                raise bad(f"{wanted} without {min(unknown)[:20]!r}")
            try:
                return kind(**{name: known[name].decode(value) for name, value in given.items() if name != CLASS})
            except (TypeError, ValueError):  # a field is missing, or it is what the class does not take
                raise bad(wanted) from None

        @cache
        def writers() -> Sequence[tuple[str, Callable[[Any], Json], Any]]:
            defaults = _defaults(kind) if self._brief else {}
            return [(name, field.encode, defaults.get(name, _NONE)) for name, field in fields().items()]

        def write(value: Any) -> Json:
            return {
                name: encode(field) for name, encode, default in writers() if (field := getattr(value, name)) != default
            }

        return Converter(write, decode, wanted, {"$ref": f"{SCHEMAS}{kind.__name__}"})

    def _union(self, arguments: tuple[Any, ...]) -> Converter:
        """The first that fits."""
        kinds = [_bare(one) for one in arguments if one is not type(None)]
        options = {one: self.of(one) for one in kinds}
        records = {one: options[one] for one in kinds if one not in self._special and _is_record(one)}
        others = {one: option for one, option in options.items() if one not in records}
        is_optional = len(kinds) < len(arguments)
        wanted = " or ".join(dict.fromkeys(option.wanted for option in options.values()))

        def decode(given: Json) -> Any:
            if given is None and is_optional:
                return None
            if isinstance(given, dict) and records:
                return _one_of(records, given).decode(given)
            problem: Exception = bad(wanted)
            for option in others.values():
                try:
                    return option.decode(given)
                except BadValue:
                    continue
                except LocalError as error:  # it is of this kind, and says what is wrong
                    problem = error
            raise problem

        def write(value: Any) -> Json:
            if value is None and is_optional:
                return None
            for kind, option in options.items():
                if _is_of(value, kind):
                    written = option.encode(value)
                    return {CLASS: kind.__name__, **written} if kind in records and len(records) > 1 else written
            raise NoJson(f"{type(value).__name__} is not {wanted}")

        return Converter(write, decode, wanted, _any_of([option.schema for option in options.values()], is_optional))


@cache
def hints_of(target: Any) -> Mapping[str, Any]:
    """The annotations of a class or a function, evaluated; with those names that are loaded late, see
    :func:`pystatus.arguments.checked`."""
    late = getattr(target, "__late__", {})
    names = loaded(late, " ".join(map(str, target.__annotations__.values()))) if late else None
    return typing.get_type_hints(target, localns=names, include_extras=True)


def _fields(kind: type[Any]) -> Sequence[str]:
    if dataclasses.is_dataclass(kind):
        return [field.name for field in dataclasses.fields(kind) if field.init]
    return list(kind._fields)


_NONE = object()
"""Equal to no value of a field."""


def _defaults(kind: type[Any]) -> Mapping[str, Any]:
    """The fields that have the same value wherever they are not given, with that."""
    if dataclasses.is_dataclass(kind):
        missing = dataclasses.MISSING
        return {one.name: one.default for one in dataclasses.fields(kind) if one.init and one.default is not missing}
    return typing.cast("Mapping[str, Any]", kind._field_defaults)


def _required(kind: type[Any]) -> Sequence[str]:
    if dataclasses.is_dataclass(kind):
        missing = dataclasses.MISSING
        return [
            one.name for one in dataclasses.fields(kind) if one.init and one.default is one.default_factory is missing
        ]
    return [name for name in _fields(kind) if name not in kind._field_defaults]


def _is_record(kind: Any) -> bool:
    if not isinstance(kind, type) or kind in PLAIN:
        return False
    return dataclasses.is_dataclass(kind) or (issubclass(kind, tuple) and hasattr(kind, "_fields"))


def _bare(annotation: Any) -> Any:
    """Without what checks its values."""
    return typing.get_args(annotation)[0] if typing.get_origin(annotation) is typing.Annotated else annotation


def _is_of(value: Any, annotation: Any) -> bool:
    kind = typing.get_origin(annotation) or annotation
    return not isinstance(kind, type) or isinstance(value, kind) or (kind is float and type(value) is int)


def _one_of(records: Mapping[Any, Converter], given: Mapping[str, Json]) -> Converter:
    if len(records) == 1:
        return next(iter(records.values()))
    for kind, option in records.items():
        if given.get(CLASS) == kind.__name__:
            return option
    raise bad(f'an object whose "{CLASS}" is one of {", ".join(kind.__name__ for kind in records)}')


def _any_of(schemas: Sequence[Mapping[str, Any]], is_optional: bool) -> Mapping[str, Any]:
    allowed = [*schemas, {"type": "null"}] if is_optional else schemas
    different = [one for place, one in enumerate(allowed) if one not in allowed[:place]]
    return {"anyOf": different} if len(different) > 1 else different[0]


def _sequence_of(item: Converter, made: Callable[[Iterable[Any]], Any]) -> Converter:
    wanted = f"a list, each of it {item.wanted}"

    def decode(given: Json) -> Any:
        if not isinstance(given, list):
            raise bad(wanted)
        return made(item.decode(one) for one in given)

    def write(values: Any) -> Json:
        return [item.encode(one) for one in values]

    return Converter(write, decode, wanted, {"type": "array", "items": item.schema})


def _fixed(items: Sequence[Converter]) -> Converter:
    wanted = f"a list of {len(items)}"

    def decode(given: Json) -> Any:
        if not isinstance(given, list) or len(given) != len(items):
            raise bad(wanted)
        return tuple(item.decode(one) for item, one in zip(items, given, strict=True))

    def write(values: Any) -> Json:
        return [item.encode(one) for item, one in zip(items, values, strict=True)]

    return Converter(write, decode, wanted, {"type": "array", "prefixItems": [item.schema for item in items]})


def _mapping(key: Converter, value: Converter) -> Converter:
    """The keys of JSON are texts: a number is written in digits."""
    wanted = f"an object whose values are {value.wanted}"

    def decode(given: Json) -> Any:
        if not isinstance(given, dict):
            raise bad(wanted)
        return {key.decode(one): value.decode(other) for one, other in given.items()}

    def write(values: Any) -> Json:
        return {str(key.encode(one)): value.encode(other) for one, other in values.items()}

    return Converter(write, decode, wanted, {"type": "object", "additionalProperties": value.schema})
