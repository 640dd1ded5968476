"""The codec that all payloads share, and every decoder of the layer against arbitrary bytes."""

from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pystatus.errors import LocalError, RemoteError
from pystatus.payloads.checks import InvalidPayload
from pystatus.payloads.codec import MAX_ENTRIES, MAX_REPEATED, WirePayload
from pystatus.payloads.contacts import ContactUpdate
from pystatus.payloads.devices import SyncInstallation, SyncInstallationAccount
from pystatus.payloads.groups import MembershipUpdateMessage
from pystatus.payloads.messages import Audio, ChatMessage, EmojiReaction, Image, Sticker
from pystatus.payloads.payload import Author, Payload
from pystatus.payloads.registry import PAYLOADS
from pystatus.wire import varint
from tests.payloads.support import CLASSES, damaged, payloads_of, small_samples

NOW_MS = 1_600_000_000_000


@pytest.mark.parametrize("cls", CLASSES)
def test_fields_are_those_of_the_protobuf(cls: type[WirePayload]) -> None:
    wire = cls.WIRE.DESCRIPTOR
    assert {field.name for field in fields(cls)} == set(wire.fields_by_name)
    assert {name: nested.WIRE.DESCRIPTOR for name, nested in cls.NESTED.items()} == {
        name: field.message_type for name, field in wire.fields_by_name.items() if field.message_type
    }
    assert cls() == cls.decode(b"")


@pytest.mark.parametrize("cls", CLASSES)
@given(data=st.data())
def test_what_is_sent_is_received(cls: type[WirePayload], data: st.DataObject) -> None:
    payload = data.draw(payloads_of(cls))
    assert cls.decode(payload.encode()) == payload


@pytest.mark.parametrize("cls", CLASSES)
@given(data=st.binary(max_size=200) | damaged(small_samples("payload", "message")))
def test_any_bytes_are_a_payload_or_a_remote_error(cls: type[WirePayload], data: bytes) -> None:
    try:
        payload = cls.decode(data)
    except RemoteError:
        return
    assert cls.decode(payload.encode()) == payload


@given(
    st.sampled_from(sorted(PAYLOADS)) | st.integers(),
    st.binary(max_size=200) | damaged(small_samples("payload", "message")),
)
def test_any_payload_is_valid_or_refused(payload_type: int, data: bytes) -> None:
    try:
        kind = PAYLOADS.get(payload_type)
        payload = kind.decode(data) if kind else None
    except RemoteError:
        return
    if payload is None:
        assert payload_type not in PAYLOADS
        return
    try:
        payload.check(NOW_MS, NOW_MS)
    except InvalidPayload:
        return


@pytest.mark.parametrize("text", [b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"abc\xe2\x82"])
def test_text_that_is_not_utf8_is_refused(text: bytes) -> None:
    with pytest.raises(RemoteError):
        ChatMessage.decode(b"\x1a" + varint.encode(len(text)) + text)


@pytest.mark.requirement("PL-19")
def test_unknown_fields_and_other_wire_types_are_ignored() -> None:
    unknown_field = b"\x98\x06\x01"
    text_in_place_of_the_clock = b"\x0a\x02hi"
    number_in_place_of_the_text = b"\x18\x05"
    update = ContactUpdate(ens_name="bob.eth")
    data = unknown_field + text_in_place_of_the_clock + number_in_place_of_the_text + update.encode()
    assert ContactUpdate.decode(data) == update


@pytest.mark.requirement("PL-19")
def test_unknown_enumeration_values_stay_numbers() -> None:
    message = ChatMessage.decode(ChatMessage(message_type=77, content_type=-5, image=Image(b"x", 99)).encode())
    assert (message.message_type, message.content_type) == (77, -5)
    assert message.image == Image(b"x", 99)


def test_nesting_is_bounded() -> None:
    for depth in (50, 150, 100_000):
        groups = b"\x0b" * depth + b"\x0c" * depth  # groups of field 1 within each other: an unknown field
        if depth < 100:
            assert ChatMessage.decode(groups) == ChatMessage()
        else:
            with pytest.raises(RemoteError):
                ChatMessage.decode(groups)


def test_lists_are_bounded() -> None:
    assert len(MembershipUpdateMessage.decode(b"\x12\x00" * MAX_REPEATED).events) == MAX_REPEATED
    with pytest.raises(RemoteError):
        MembershipUpdateMessage.decode(b"\x12\x00" * (MAX_REPEATED + 1))
    with pytest.raises(RemoteError):
        SyncInstallation.decode(b"\x0a\x00" * (MAX_REPEATED + 1))


def test_absent_and_empty_submessages_differ() -> None:
    assert SyncInstallation.decode(b"").account is None
    empty = SyncInstallation(account=SyncInstallationAccount())
    assert SyncInstallation.decode(empty.encode()) == empty


def test_the_last_content_of_a_message_counts() -> None:
    data = ChatMessage(sticker=Sticker("h", 1)).encode() + ChatMessage(image=Image(b"x", 1)).encode()
    message = ChatMessage.decode(data)
    assert message.sticker is None
    assert message.image == Image(b"x", 1)


@pytest.mark.parametrize(
    "payload",
    [
        ChatMessage(clock=-1),
        ChatMessage(clock=2**64),
        ChatMessage(message_type=2**31),
        ChatMessage(text="\ud800"),
        ContactUpdate(ens_name=5),  # type: ignore[arg-type] # what a caller without a type checker may do
    ],
)
def test_what_cannot_be_encoded_is_our_callers_mistake(payload: WirePayload) -> None:
    with pytest.raises(LocalError):
        payload.encode()


def test_a_message_has_one_content() -> None:
    with pytest.raises(LocalError, match="carries one sticker or image or audio"):
        ChatMessage(sticker=Sticker("h", 1), audio=Audio(b"x", 1)).encode()
    with pytest.raises(LocalError, match="carries one message or emoji_reaction"):
        MembershipUpdateMessage(message=ChatMessage(), emoji_reaction=EmojiReaction()).encode()


def test_push_traffic_is_no_payload_of_people() -> None:
    assert PAYLOADS.keys().isdisjoint({0, *range(16, 22)})


@pytest.mark.parametrize("payload", PAYLOADS.values(), ids=lambda payload: payload.__name__)
def test_lists_of_messages_that_strangers_send_are_short(payload: type[Payload]) -> None:
    """An empty entry takes two bytes, and becomes an object with fields: of whatever type it is."""
    for name in payload.NESTED:
        if getattr(payload(), name) != ():
            continue
        number = payload.WIRE.DESCRIPTOR.fields_by_name[name].number
        entry = varint.encode(number << 3 | 2) + b"\x00"
        is_ours = payload.AUTHOR in (Author.OURSELVES, Author.OUR_ENVELOPES)
        most = MAX_REPEATED if is_ours else MAX_ENTRIES
        assert len(getattr(payload.decode(entry * most), name)) == most
        with pytest.raises(RemoteError, match=f"entries in {name}"):
            payload.decode(entry * (most + 1))
