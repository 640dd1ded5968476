"""Payloads for tests: from the vectors' JSON, and out of hypothesis."""

from dataclasses import MISSING, Field, fields
from typing import Any

from hypothesis import strategies as st

from pystatus.crypto.keys import PrivateKey
from pystatus.payloads.codec import WirePayload
from pystatus.payloads.contacts import PushNotificationQueryInfo
from pystatus.payloads.groups import MembershipUpdateEvent, MembershipUpdateMessage
from pystatus.payloads.messages import Audio, ChatMessage, Image, Sticker
from pystatus.payloads.registry import PAYLOADS
from pystatus.push import messages as push
from tests.support.vectors import cases, unhex

PUSH: list[type[WirePayload]] = [
    push.PushNotificationRegistration,
    push.PushNotificationRegistrationResponse,
    push.PushNotificationQuery,
    push.PushNotificationQueryResponse,
    push.PushNotification,
    push.PushNotificationRequest,
    push.PushNotificationReport,
    push.PushNotificationResponse,
]
"""What push notification servers and their clients say."""
ALICE = PrivateKey(b"\x11" * 32)
BOB = PrivateKey(b"\x22" * 32)
CAROL = PrivateKey(b"\x33" * 32)

BYTES_LISTS = {"events", "allowed_key_list", "blocked_chat_list", "allowed_mentions_chat_list", "public_keys"}
CLASSES: list[type[WirePayload]] = [
    *PAYLOADS.values(),
    Sticker,
    Image,
    Audio,
    MembershipUpdateEvent,
    PushNotificationQueryInfo,
    *PUSH,
]
"""Every class that has a protobuf form."""


def build(cls: type[WirePayload], values: dict[str, Any]) -> WirePayload:
    """The payload that a vector describes under the protobuf's field names."""
    arguments: dict[str, Any] = {}
    for field in fields(cls):
        if field.name not in values:
            assert field.default is None, f"{field.name} is missing from the vector"
            continue
        value = values[field.name]
        nested = cls.NESTED.get(field.name)
        if isinstance(value, list):
            arguments[field.name] = tuple(
                build(nested, entry) if nested else unhex(entry) if field.name in BYTES_LISTS else entry
                for entry in value
            )
        elif nested:
            arguments[field.name] = build(nested, value)
        else:
            arguments[field.name] = unhex(value) if field.default == b"" else value
    assert set(values) == set(arguments), "the vector has fields that we lack"
    return cls(**arguments)


def _values(cls: type[WirePayload], field: Field[Any]) -> st.SearchStrategy[Any]:
    nested = cls.NESTED.get(field.name)
    default = field.default
    assert default is not MISSING
    if default == ():
        entries = payloads_of(nested) if nested else st.binary(max_size=9) if field.name in BYTES_LISTS else texts()
        return st.lists(entries, max_size=3).map(tuple)
    if nested:
        return st.none() | payloads_of(nested)
    if isinstance(default, bool):
        return st.booleans()
    if isinstance(default, bytes):
        return st.binary(max_size=40)
    if isinstance(default, str):
        return texts()
    number = cls.WIRE.DESCRIPTOR.fields_by_name[field.name]
    is_uint64 = number.type == number.TYPE_UINT64
    return st.integers(0, 2**64 - 1) if is_uint64 else st.integers(-(2**31), 2**31 - 1)


def texts() -> st.SearchStrategy[str]:
    return st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


def payloads_of(cls: type[WirePayload]) -> st.SearchStrategy[WirePayload]:
    """Any value of ``cls`` that can be sent."""
    values = st.fixed_dictionaries({field.name: _values(cls, field) for field in fields(cls)})
    return values.map(_one_of_each_choice(cls)).map(lambda arguments: cls(**arguments))


def _one_of_each_choice(cls: type[WirePayload]) -> Any:
    choice = {ChatMessage: ("sticker", "image", "audio"), MembershipUpdateMessage: ("message", "emoji_reaction")}.get(
        cls, ()
    )

    def keep_first(values: dict[str, Any]) -> dict[str, Any]:
        chosen = [name for name in choice if values[name] is not None]
        return {**values, **dict.fromkeys(chosen[1:])}

    return keep_first


def damaged(samples: list[bytes]) -> st.SearchStrategy[bytes]:
    """Real encodings with bytes changed, cut out or put in: they reach further into a decoder than noise does."""

    @st.composite
    def draw_damaged(draw: st.DrawFn) -> bytes:
        data = bytearray(draw(st.sampled_from(samples)))
        for _ in range(draw(st.integers(1, 4))):
            start = draw(st.integers(0, len(data)))
            end = min(len(data), start + draw(st.integers(0, 4)))
            data[start:end] = draw(st.binary(max_size=4))
        return bytes(data)

    return draw_damaged()


def small_samples(key: str, *kinds: str) -> list[bytes]:
    """The byte strings ``key`` of application.json that are short enough to be worth damaging."""
    return [unhex(case[key]) for case in cases("application", *kinds) if key in case and 2 < len(case[key]) < 3000]
