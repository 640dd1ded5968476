"""What an ApplicationMetadataMessage carries (payloads.md §2): the base of every payload that has a type number."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType
from typing import Any, ClassVar

from pystatus.crypto.keys import PublicKey
from pystatus.payloads.checks import InvalidPayload
from pystatus.payloads.codec import WirePayload


class Author(Enum):
    """Whose word a payload is: its signature covers neither type nor recipient (secure-transport.md T13, A38)."""

    ANYONE = "anyone"
    """Anybody may pass it on."""
    SENDER = "sender"
    """Its author must have sent the envelope, too."""
    OURSELVES = "ourselves"
    """Only our own devices may say this (payloads.md §4)."""
    OUR_ENVELOPES = "our envelopes"
    """The same, and in an envelope of ours: a reaction that we have signed for somebody would be a contact of ours,
    were it wrapped as one."""


class Payload(WirePayload):
    """A payload of a type of its own. A subclass is registered by its :attr:`TYPE` when it is declared, and
    :mod:`~pystatus.payloads.registry` loads every module of this package."""

    __slots__ = ()

    TYPE: ClassVar[int]
    """Its number in the wrapper."""
    AUTHOR: ClassVar[Author] = Author.ANYONE
    CARRIED: ClassVar[bool] = False
    """Whether our own devices may bring each other what somebody else has said in such a payload: what was said before
    they were paired. Nobody else can send in our name, and who has written it is signed inside."""

    def __init_subclass__(cls, **arguments: Any) -> None:
        super().__init_subclass__(**arguments)
        known = _registered.get(cls.TYPE)
        if known is not None and known.__qualname__ != cls.__qualname__:  # a dataclass with slots is made twice
            raise TypeError(f"{cls.__qualname__} has the number of {known.__qualname__}")
        _registered[cls.TYPE] = cls

    @classmethod
    def check_author(cls, author: PublicKey, transport_signer: PublicKey, own: PublicKey) -> None:
        """Refuse such a payload of an ``author`` who may not say it through ``transport_signer`` to ``own`` (A38).

        :raises InvalidPayload: relayed although its type must come from its author, or a device message of somebody
            else.
        """
        is_carried = cls.CARRIED and transport_signer == own
        if cls.AUTHOR is Author.SENDER and author != transport_signer and not is_carried:
            raise InvalidPayload("the author of the message is not the one who sent it")
        if cls.AUTHOR is Author.OURSELVES and author != own:
            raise InvalidPayload("only our own devices may send this")
        if cls.AUTHOR is Author.OUR_ENVELOPES and not author == transport_signer == own:
            raise InvalidPayload("only our own devices may send this")

    def check(self, sent_ms: int, now_ms: int) -> None:
        """Refuse what breaks a rule of payloads.md §4. A refused payload changes nothing: no clock moves, nothing is
        stored.

        :param sent_ms: the sending time of the envelope, the reference of most clocks; Unix milliseconds.
        :param now_ms: our own time, the reference for group events and reactions.
        :raises InvalidPayload: with the reason.

        Implements: PL-20
        """


_registered: dict[int, type[Payload]] = {}
REGISTERED: Mapping[int, type[Payload]] = MappingProxyType(_registered)
"""The payloads declared so far, by type number."""
