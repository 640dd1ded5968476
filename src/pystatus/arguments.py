"""Arguments of the public interface, checked against its annotations before anything is done with them.

What callers get wrong costs them that one call, with a sentence: a value of another type raises :class:`TypeError`, one
that nothing could be done with (half a character, a number that is none) :class:`LocalError`. An annotation is
evaluated when an argument is checked for the first time. Neither sentence repeats a value: it may be a password.
"""

from __future__ import annotations

import collections.abc
import functools
import inspect
import os
import sys
import types
import typing
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib import import_module
from itertools import islice
from pathlib import Path, PurePath
from typing import Any, TypeVar

from pystatus.errors import LocalError

MAX_ITEMS = 1_000_000
"""Things in an argument that is given as any iterable: more than any list here has, and an end of an endless one."""
MAX_PATH = 4_096
"""Bytes of a path: as many as Linux takes."""
MAX_KNOWN_TYPES = 64
"""Combinations of types that are remembered for each function; keys and nodes are called with two or three."""
LARGEST = 2**63 - 1
"""The largest number that is taken: what a database and the packets of the network can hold."""

T = TypeVar("T")
Check: typing.TypeAlias = Callable[[Any], Any]
"""Takes a value and returns it, perhaps in another shape; raises :class:`_Wrong` or :class:`LocalError`."""

AnyText: typing.TypeAlias = typing.Annotated[str, None]
"""Text that is only looked at, half characters and all."""

_Checks: typing.TypeAlias = "tuple[Mapping[str, _Parameter], Sequence[_Parameter | None]]"
"""Of each parameter with an annotation, by name and by position."""

_NEEDS_TEXT = (bytes, bytearray, memoryview)
_CONTAINERS = (list, tuple, set, frozenset, dict)


class _Wrong(Exception):
    """A value is of another type; what it is to be is known further up."""

    def __init__(self, item: int | None = None, value: Any = None) -> None:
        """
        :param item: where ``value``, that is wrong, stands in the collection, from 1 on; None: all of it is wrong.
        """
        super().__init__()
        self.item = item
        self.value = value


def checked(target: T, *, late: Mapping[str, str] | None = None) -> T:
    """Decorator: check the arguments of a function, or of each public method and the constructor of a class.

    :param late: names in annotations that are imported for type checkers only, with their modules: loaded when such an
        argument is checked.
    """
    if not isinstance(target, type):
        return typing.cast(T, _checked_function(typing.cast(Any, target), late or {}))
    for name, member in list(vars(target).items()):
        if name.startswith("_") and name != "__init__":
            continue
        if isinstance(member, (classmethod, staticmethod)):
            setattr(target, name, type(member)(_checked_function(member.__func__, late or {})))
        elif inspect.isfunction(member):
            setattr(target, name, _checked_function(member, late or {}))
    return target


def checked_with(**late: str) -> Callable[[T], T]:
    """The same with the names of ``late``, see :func:`checked`."""
    return lambda target: checked(target, late=late)


def _checked_function(function: Callable[..., Any], late: Mapping[str, str]) -> Callable[..., Any]:
    known: dict[tuple[type, ...], Sequence[_Parameter | None]] = {}
    """Of types of arguments that were right once, what looks at values each time; empty if nothing does."""

    late = {**late, **vars(function).get("__late__", {})}  # of the original, where it stands for another one
    if late:
        vars(function)["__late__"] = late

    checks: _Checks | None = None
    """Read when it is called for the first time: of the many functions that there are, a process calls a few."""

    def called(arguments: tuple[Any, ...], named: dict[str, Any]) -> Any:
        """With the arguments, those that are any iterable as a tuple. Python finds a missing one, or one too many."""
        nonlocal checks
        checks = checks or _checks(function, late)
        by_name, by_position = checks
        kinds = tuple(map(type, arguments))
        looking = by_position if named else known.get(kinds, by_position)
        given = [value if check is None else check(value) for check, value in zip(looking, arguments, strict=False)]
        for name in [name for name in named if name in by_name]:
            named[name] = by_name[name](named[name])
        if looking is by_position and not named and len(known) < MAX_KNOWN_TYPES and len(arguments) <= len(looking):
            known[kinds] = _by_value(looking, arguments)
        return function(*given, *arguments[len(given) :], **named)

    if inspect.iscoroutinefunction(function):

        @functools.wraps(function)
        async def waiting(*arguments: Any, **named: Any) -> Any:
            return await called(arguments, named)

        return waiting

    # Keys are called in every hot path: what costs a microsecond here costs the ratchet a tenth of its speed.
    @functools.wraps(function)
    def calling(*arguments: Any, **named: Any) -> Any:
        if not named and known.get(tuple(map(type, arguments))) == ():
            return function(*arguments)
        return called(arguments, named)

    return calling


def _checks(function: Callable[..., Any], late: Mapping[str, str]) -> _Checks:
    parameters = list(inspect.signature(function).parameters.values())
    by_name = {one.name: _Parameter(function, one, late) for one in parameters if one.annotation is not one.empty}
    return by_name, [by_name.get(one.name) for one in parameters if one.kind is not one.KEYWORD_ONLY]


def _by_value(checks: Sequence[_Parameter | None], arguments: tuple[Any, ...]) -> Sequence[_Parameter | None]:
    """What looks at other arguments of the same types as these, which are right: empty if they are all right."""
    given = zip(checks, arguments, strict=False)
    again = [None if check is None or check.is_by_type(value) else check for check, value in given]
    return again if any(again) else ()


class _Parameter:
    """One parameter of one function."""

    __slots__ = ("_by_type", "_check", "_default", "_function", "_late", "_parameter")

    def __init__(self, function: Callable[..., Any], parameter: inspect.Parameter, late: Mapping[str, str]) -> None:
        self._function = function
        self._parameter = parameter
        self._default = parameter.default
        self._late = late
        self._check: Check | None = None
        self._by_type: bool | None = None

    def __call__(self, value: Any) -> Any:
        if value is self._default:
            return value
        if self._check is None:
            self._check = _check_for(self._annotation())
        try:
            return self._check(value)
        except _Wrong as wrong:
            raise TypeError(self._said_of(wrong, value)) from None
        except LocalError as error:
            raise LocalError(f"{self._place} cannot be used: {error}") from None

    def _said_of(self, wrong: _Wrong, value: Any) -> str:
        from pystatus.argument_words import in_words  # a caller who gives the right ones loads none of it

        wanted = in_words(self._annotation())
        if wrong.item is None:
            given = f"not {type(value).__name__}{_hint(value, wanted)}"
        else:
            given = f"but number {wrong.item} in it is {type(wrong.value).__name__}{_hint(wrong.value, wanted)}"
        return f"{self._place} is to be {wanted}, {given}"

    def is_by_type(self, value: Any) -> bool:
        """Whether ``value``, which has been checked, was right for its type alone."""
        if value is not self._default and self._by_type is None:
            self._by_type = _is_by_type(self._annotation())
        return value is not self._default and bool(self._by_type)

    @property
    def _place(self) -> str:
        name = self._function.__qualname__.removesuffix(".__init__")
        return f"{self._parameter.name} of {name}()"

    def _annotation(self) -> Any:
        """What the annotation means."""
        text = self._parameter.annotation
        if not isinstance(text, str):
            return text
        names = {**vars(sys.modules[self._function.__module__]), **loaded(self._late, text)}
        return eval(text, names)  # noqa: S307 - an annotation of our own source


def loaded(late: Mapping[str, str], text: str) -> Mapping[str, Any]:
    """Those of ``late`` that stand in an annotation."""
    return {name: getattr(import_module(module), name) for name, module in late.items() if name in text}


def _hint(value: Any, wanted: str) -> str:
    """What a caller may have forgotten."""
    if inspect.iscoroutine(value):
        value.close()  # else Python warns as well, later and elsewhere
    if inspect.isawaitable(value):
        return ": leave out the () behind its name" if wanted == "a function" else ": an await is missing"
    if isinstance(value, _NEEDS_TEXT) and "str" in wanted:
        return ": decode it"
    if isinstance(value, str) and " of str" in wanted:
        return ": put it in brackets"
    return ""


def _check_for(annotation: Any) -> Check:
    if annotation in _SIMPLE:
        return _SIMPLE[annotation]
    origin, inner = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated:
        return _where(lambda value: isinstance(value, inner[0]))
    if origin in (typing.Union, types.UnionType):
        return _one_of(inner)
    if origin is typing.Literal:
        return _where(lambda value: value in inner)
    if collections.abc.Callable in (origin, annotation):
        return _where(callable)
    if origin is type:
        return _anything  # who takes a class says which ones are of use
    if isinstance(origin, type) and issubclass(origin, collections.abc.Iterable):
        return _items_of(origin, inner)
    if getattr(annotation, "_is_protocol", False):
        return _has_all(annotation)
    if isinstance(annotation, type):
        return _where(lambda value: isinstance(value, annotation))
    return _anything  # a type variable


def _is_by_type(annotation: Any) -> bool:
    """Whether a check for ``annotation`` looks at nothing of a value but its type."""
    origin = typing.get_origin(annotation)
    if origin in (typing.Union, types.UnionType):
        return all(map(_is_by_type, typing.get_args(annotation)))
    if annotation in _SIMPLE:
        return annotation in (Any, object, None, type(None))
    if getattr(annotation, "_is_protocol", False):
        return False
    return origin is collections.abc.Callable or (origin is None and isinstance(annotation, type))


def _where(is_right: Callable[[Any], bool]) -> Check:
    def check(value: Any) -> Any:
        if not is_right(value):
            raise _Wrong
        return value

    return check


def _anything(value: Any) -> Any:
    return value


def _text(value: Any) -> Any:
    if not isinstance(value, str):
        raise _Wrong
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError as error:
            raise LocalError(
                f"character {error.start + 1} is half of one (a lone surrogate), which no text can have. Take it out."
            ) from None
    return value


def _path(value: Any) -> Any:
    """Names of files may hold bytes that are no text, which Python writes as half characters."""
    if not isinstance(value, PurePath):
        raise _Wrong
    try:
        path = os.fsencode(value)
    except UnicodeEncodeError:
        raise LocalError(
            "it holds half of a character (a lone surrogate), which no path can have. Take it out."
        ) from None
    if b"\0" in path or len(path) > MAX_PATH:
        raise LocalError(f"a path has at most {MAX_PATH} bytes, and none of them is zero. Give another one.")
    return value


def _path_or_text(value: Any) -> Any:
    if isinstance(value, str):
        _path(PurePath(value))
        return value
    return _path(value)


def _whole_number(value: Any) -> Any:
    if not isinstance(value, int):
        raise _Wrong
    if abs(value) > LARGEST:
        raise LocalError(f"the number is beyond {LARGEST}. Give a smaller one.")
    return value


def _number(value: Any) -> Any:
    if isinstance(value, int):
        return _whole_number(value)
    if not isinstance(value, float):
        raise _Wrong
    if value != value:
        raise LocalError("the number is none (NaN). Give one.")
    return value


def _one_of(choices: tuple[Any, ...]) -> Check:
    if any(isinstance(one, type) and issubclass(one, PurePath) for one in choices):
        choices = tuple(_PathText if one is str else one for one in choices)
    checks = [_check_for(one) for one in choices]

    def check(value: Any) -> Any:
        wrong = _Wrong()
        for each in checks:
            try:
                return each(value)
            except _Wrong as one:  # another of them may be meant
                wrong = one if wrong.item is None else wrong
        raise wrong

    return check


def _has_all(protocol: Any) -> Check:
    """A protocol is whatever has its methods."""
    methods = [
        name
        for one in protocol.__mro__
        if getattr(one, "_is_protocol", False)
        for name, member in vars(one).items()
        if not name.startswith("_") and callable(member)
    ]
    return _where(lambda value: all(callable(getattr(value, name, None)) for name in methods))


def _items_of(origin: type, inner: tuple[Any, ...]) -> Check:
    """Of a collection: each of its things. An iterable that can be read but once is read here."""
    if issubclass(origin, tuple) and inner and inner[-1] is not Ellipsis:
        checks = [_check_for(one) for one in inner]

        def check_each(value: Any) -> Any:
            if not isinstance(value, tuple) or len(value) != len(checks):
                raise _Wrong
            return tuple(check(one) for check, one in zip(checks, value, strict=True))

        return check_each
    if issubclass(origin, Mapping):
        key, contents = (_check_for(one) for one in inner)

        def check_mapping(value: Any) -> Any:
            if not isinstance(value, Mapping):
                raise _Wrong
            return {key(name): contents(one) for name, one in value.items()}

        return check_mapping
    if issubclass(origin, collections.abc.AsyncIterable) or not inner:
        return _where(lambda value: isinstance(value, origin))
    check = _check_for(inner[0])

    def check_items(value: Any) -> Any:
        if isinstance(value, (str, *_NEEDS_TEXT)) or not isinstance(value, (origin, list)):
            raise _Wrong
        if not isinstance(value, _CONTAINERS):
            value = tuple(islice(typing.cast(Iterable[Any], value), MAX_ITEMS + 1))
        if len(value) > MAX_ITEMS:
            raise LocalError(f"there are more than {MAX_ITEMS:,} things in it. Give fewer.")
        for number, one in enumerate(value, 1):
            try:
                check(one)
            except _Wrong:
                raise _Wrong(number, one) from None
        return tuple(value) if origin is tuple else value

    return check_items


class _PathText:
    """In place of ``str`` where a path may be given, too."""


_SIMPLE: dict[Any, Check] = {
    Any: _anything,
    object: _anything,
    str: _text,
    _PathText: _path_or_text,
    Path: _path,
    int: _whole_number,
    float: _number,
    None: _where(lambda value: value is None),
    type(None): _where(lambda value: value is None),
}
