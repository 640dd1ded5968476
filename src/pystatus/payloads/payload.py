"""What an ApplicationMetadataMessage carries (payloads.md §2): the base of every payload that has a type number."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType
from typing import Any, ClassVar

from pystatus.payloads.codec import WirePayload


class Author(Enum):
    """Whose word a payload is: its signature covers neither type nor recipient (T13, A38)."""

    ANYONE = "anyone"
    """Anybody may pass it on."""
    SENDER = "sender"
    """Its author must have sent the envelope, too."""
    OURSELVES = "ourselves"
    """Only our own devices may say this (payloads.md §4)."""


class Payload(WirePayload):
    """A payload of a type of its own. A subclass is registered by its :attr:`TYPE` when it is declared, and
    :mod:`~pystatus.payloads.registry` loads every module of this package."""

    __slots__ = ()

    TYPE: ClassVar[int]
    """Its number in the wrapper."""
    AUTHOR: ClassVar[Author] = Author.ANYONE

    def __init_subclass__(cls, **arguments: Any) -> None:
        super().__init_subclass__(**arguments)
        known = _registered.get(cls.TYPE)
        if known is not None and known.__qualname__ != cls.__qualname__:  # a dataclass with slots is made twice
            raise TypeError(f"{cls.__qualname__} has the number of {known.__qualname__}")
        _registered[cls.TYPE] = cls

    def check(self, sent_ms: int, now_ms: int) -> None:
        """Refuse what breaks a rule of payloads.md §4. A refused payload changes nothing: no clock moves, nothing is
        stored.

        :param sent_ms: the sending time of the envelope, the reference of most clocks; Unix milliseconds.
        :param now_ms: our own time, the reference for group events and reactions.
        :raises InvalidPayload: with the reason.
        """


_registered: dict[int, type[Payload]] = {}
REGISTERED: Mapping[int, type[Payload]] = MappingProxyType(_registered)
"""The payloads declared so far, by type number."""
