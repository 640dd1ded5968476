"""What an argument is to be, in words: for the sentence about one that is something else."""

from __future__ import annotations

import collections.abc
import types
import typing
from collections.abc import Mapping
from typing import Any

_WORDS = {str: "str", float: "a number", int: "a whole number", type(None): "None", bool: "True or False"}


def in_words(annotation: Any) -> str:
    """What an annotation means: ``a list of str or None``."""
    if annotation in _WORDS:
        return _WORDS[annotation]
    origin, inner = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated:
        return in_words(inner[0])
    if origin in (typing.Union, types.UnionType):
        return " or ".join(in_words(one) for one in inner)
    if origin is typing.Literal:
        return " or ".join(repr(one) for one in inner)
    if origin is collections.abc.Callable:
        return "a function"
    if origin is type:
        return "a class"
    if isinstance(origin, type) and issubclass(origin, tuple) and inner[-1] is not Ellipsis:
        return f"a tuple of {', '.join(map(in_words, inner))}"
    if isinstance(origin, type) and inner and not issubclass(origin, Mapping):
        kind: dict[Any, str] = {tuple: "a tuple", frozenset: "a frozenset", collections.abc.Sequence: "a list or tuple"}
        return f"{kind.get(origin, 'a list')} of {in_words(inner[0])}"
    return getattr(origin or annotation, "__name__", str(annotation))
