"""Signed membership events."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pystatus.errors import RemoteError
from pystatus.payloads.chats import group_chat_id
from pystatus.payloads.groups import MembershipUpdateEvent, SignedEvent
from pystatus.payloads.kinds import EventType
from tests.payloads.support import ALICE, damaged, payloads_of, small_samples, texts

CHAT = group_chat_id("3b0f4e1c-6a3d-4f5e-9a59-0d8f5d6f7a11", ALICE.public_key)


@given(payloads_of(MembershipUpdateEvent), texts())
def test_an_event_carries_its_author(event: object, chat_id: str) -> None:
    assert isinstance(event, MembershipUpdateEvent)
    if not event.encode():
        return
    signed = SignedEvent.sign(event, chat_id, ALICE)
    assert SignedEvent.decode(signed.encode(), chat_id) == signed
    assert signed.author == ALICE.public_key


def test_an_event_for_another_group_is_not_by_its_author() -> None:
    signed = SignedEvent.sign(MembershipUpdateEvent(1, (), "group", EventType.CHAT_CREATED), CHAT, ALICE)
    assert SignedEvent.decode(signed.raw, CHAT + "0").author != ALICE.public_key


def test_received_bytes_are_kept_even_if_we_would_encode_otherwise() -> None:
    twice = MembershipUpdateEvent(clock=1).encode() + MembershipUpdateEvent(clock=2, type=1).encode()
    raw = SignedEvent.sign(MembershipUpdateEvent(clock=2, type=1), CHAT, ALICE).raw[:65] + twice
    received = SignedEvent.decode(raw, CHAT)
    assert received.encode() == raw
    assert received.event == MembershipUpdateEvent(clock=2, type=1)


@given(st.binary(max_size=150) | damaged(small_samples("encoded", "membership_event")))
def test_any_bytes_are_an_event_or_a_remote_error(data: bytes) -> None:
    try:
        signed = SignedEvent.decode(data, CHAT)
    except RemoteError:
        return
    assert signed.raw == data


def test_an_event_that_is_no_protobuf() -> None:
    with pytest.raises(RemoteError):
        SignedEvent.decode(bytes(65) + b"\xff", CHAT)
