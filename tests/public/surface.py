"""The public interface, read from its signatures: what is exported or becomes a public method is in here at once."""

from __future__ import annotations

import enum
import inspect
import itertools
import math
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pystatus
from pystatus import Chat, ChatKind, Cursor, Message, MessageState, PrivateKey, PublicKey
from pystatus.client.features.registry import client_features, exported
from pystatus.node.processes import OtherProcesses

PARTS: dict[str, type[Any]] = {"OtherProcesses": OtherProcesses}
"""Parts of exported objects, which nobody makes: their methods count."""
KEY = PrivateKey(bytes(31) + b"\x07")


@dataclass(frozen=True)
class Call:
    """A function that is exported, a constructor, or a public method of an exported class."""

    owner: str
    """The exported name."""
    name: str
    """The method; ``__init__`` for a constructor, empty for a function."""
    parameters: tuple[inspect.Parameter, ...]
    is_of_instance: bool

    def __str__(self) -> str:
        return f"{self.owner}.{self.name}" if self.name else self.owner


def exported_names() -> list[str]:
    """What is exported at the top, by itself or by a feature."""
    return sorted({*pystatus.__all__, *exported(), *(kind.__name__ for kind in client_features())})


def exported_classes() -> dict[str, type[Any]]:
    """The exported classes that do something when they are called: not errors, enumerations and protocols."""
    found = {name: getattr(pystatus, name) for name in exported_names()}
    return {
        name: value
        for name, value in found.items()
        if isinstance(value, type)
        and not issubclass(value, (BaseException, enum.Enum))
        and not getattr(value, "_is_protocol", False)
        and value is not pystatus.Event  # the base of the events
    }


def calls() -> Iterator[Call]:
    """Everything public that can be called."""
    for name in exported_names():
        value = getattr(pystatus, name)
        if inspect.isfunction(value):
            yield Call(name, "", tuple(inspect.signature(value).parameters.values()), is_of_instance=False)
    for name, value in {**exported_classes(), **PARTS}.items():
        for method in dir(value):
            if name in PARTS and method == "__init__":
                continue
            static = inspect.getattr_static(value, method)
            if (method.startswith("_") and method != "__init__") or isinstance(static, property | type):
                continue
            function = getattr(value, method)
            if not callable(function) or (method == "__init__" and function is object.__init__):
                continue
            parameters = [one for one in inspect.signature(function).parameters.values() if one.name != "self"]
            bound = isinstance(static, (classmethod, staticmethod)) or method == "__init__"
            yield Call(name, method, tuple(parameters), is_of_instance=not bound)


def properties(owner: type[Any]) -> list[str]:
    """The public properties of a class."""
    return [
        name
        for name in dir(owner)
        if not name.startswith("_") and isinstance(inspect.getattr_static(owner, name), property)
    ]


class Text(str):
    """A text of a subclass."""

    __slots__ = ()


class Whole(int):
    """A number of a subclass."""


class Bytes(bytes):
    """Bytes of a subclass."""

    __slots__ = ()


async def _forgotten() -> None:
    """A coroutine that nobody awaits."""


async def _stream() -> AsyncIterator[str]:
    yield "x"


def _long_message(**changes: Any) -> Message:
    fields: dict[str, Any] = {
        "id": b"",
        "chat_id": "x" * 1_000_000,
        "author": KEY.public_key,
        "clock": 2**63 - 1,
        "sent_ms": -1,
        "received_ms": 0,
        "content_type": 2**63 - 1,
        "text": "",
        "payload": b"",
    }
    return Message(**{**fields, **changes})


ODD: dict[str, Callable[[], Any]] = {
    "None": lambda: None,
    "True": lambda: True,
    "0": lambda: 0,
    "-1": lambda: -1,
    "2^63": lambda: 2**63,
    "10^400": lambda: 10**400,
    "-10^30": lambda: -(10**30),
    "0.5": lambda: 0.5,
    "1e308": lambda: 1e308,
    "NaN": lambda: math.nan,
    "inf": lambda: math.inf,
    "-inf": lambda: -math.inf,
    "Decimal": lambda: Decimal("NaN"),
    "complex": lambda: 1j,
    "empty text": lambda: "",
    "blank text": lambda: " \t",
    "one word": lambda: "x",
    "hash": lambda: "#",
    "lone surrogate": lambda: "\ud800",
    "escaped byte": lambda: "\udcff",
    "zero character": lambda: "a\0b",
    "line ends": lambda: "a\nb",
    "megabyte of text": lambda: "x" * 1_000_000,
    "megabyte of digits": lambda: "1" * 1_000_000,
    "text of a subclass": lambda: Text("news"),
    "whole number of a subclass": lambda: Whole(1),
    "bytes of a subclass": lambda: Bytes(32),
    "no bytes": lambda: b"",
    "bytes for text": lambda: b"news",
    "32 bytes": lambda: b"\xff" * 32,
    "megabyte of bytes": lambda: bytes(1_000_000),
    "bytearray": lambda: bytearray(b"news"),
    "memoryview": lambda: memoryview(b"news"),
    "no things": list,
    "list of None": lambda: [None],
    "list in a list": lambda: [[]],
    "list of text": lambda: ["x"],
    "list of bytes": lambda: [b"x"],
    "list of surrogates": lambda: ["\ud800"],
    "tuple of text": lambda: ("x", "\0"),
    "set": lambda: {1, "x"},
    "mapping": lambda: {"x": b"x"},
    "mapping of None": lambda: {None: None},
    "endless numbers": itertools.count,
    "generator": lambda: (one for one in ("x", "y")),
    "stream": _stream,
    "coroutine": _forgotten,
    "function": lambda: lambda *_: None,
    "class": lambda: int,
    "error": lambda: ValueError("x"),
    "object": object,
    "path": lambda: Path("x"),
    "path with a zero": lambda: Path("a\0b"),
    "path beyond all bounds": lambda: Path("x" * 10_000),
    "chat that is nowhere": lambda: Chat("x" * 1_000_000, ChatKind.TIMELINE),
    "chat with a zero": lambda: Chat("a\0b", ChatKind.PUBLIC),
    "message that is nowhere": _long_message,
    "message with a huge id": lambda: _long_message(id=bytes(1_000_000), state=MessageState.SENDING),
    "cursor that is nowhere": lambda: Cursor(-(2**63) + 1, b""),
    "key": lambda: KEY.public_key,
    "private key": lambda: KEY,
}
"""What a caller may give by mistake, made anew for each call."""

NEVER_RIGHT = ("object", "coroutine", "stream", "complex", "error")
"""Odd values that no annotation but ``object`` allows."""

__all__ = [
    "KEY",
    "NEVER_RIGHT",
    "ODD",
    "Call",
    "PublicKey",
    "calls",
    "exported_classes",
    "exported_names",
    "properties",
]
