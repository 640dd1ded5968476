"""The generated protobuf code reads every message of the vectors without a rest, and writes the same bytes again."""

from collections.abc import Iterator
from typing import Any

import pytest
from google.protobuf.message import DecodeError, Message
from google.protobuf.unknown_fields import UnknownFieldSet
from hypothesis import given
from hypothesis import strategies as st

from pystatus.wire.proto import datasync_pb2, payloads_pb2, push_pb2, secure_transport_pb2
from tests.support.vectors import Case, case_id, cases, unhex

MODULES = (datasync_pb2, payloads_pb2, push_pb2, secure_transport_pb2)
EVERY_TYPE: list[type[Message]] = [
    getattr(module, name) for module in MODULES for name in sorted(module.DESCRIPTOR.message_types_by_name)
]


def messages() -> Iterator[tuple[str, type[Message], bytes]]:
    """Every protobuf of the vectors: which case it is of, its type, its bytes."""

    def each(file: str, kind: str, field: str, type_: type[Message]) -> Iterator[tuple[str, type[Message], bytes]]:
        for case in cases(file, kind):
            yield f"{file}-{case_id(case)}", type_, unhex(case[field])

    for case in cases("application", "message"):
        yield f"payload-{case_id(case)}", getattr(payloads_pb2, case["message"]), unhex(case["payload"])
    yield from each("application", "message", "wrapped", payloads_pb2.ApplicationMetadataMessage)
    yield from each("application", "membership_event", "event_protobuf", payloads_pb2.MembershipUpdateEvent)
    yield from each("mvds", "message", "protobuf", datasync_pb2.Message)
    yield from each("mvds", "payload", "protobuf", datasync_pb2.Payload)
    yield from each("x3dh", "bundle_container", "container_protobuf", secure_transport_pb2.BundleContainer)
    yield from each("x3dh", "bundle_container", "protobuf", secure_transport_pb2.Bundle)
    yield from each("x3dh", "dh_message", "protobuf", secure_transport_pb2.DirectMessageProtocol)
    for case in cases("x3dh", "bundle"):
        if not case["must_fail"]:
            yield f"bundle-{case_id(case)}", secure_transport_pb2.Bundle, unhex(case["protobuf"])
    for case in cases("protocol_messages") + cases("stack"):
        field = "protobuf" if "protobuf" in case else "protocol_message"
        if case.get("kind") != "must_fail":
            yield f"message-{case_id(case)}", secure_transport_pb2.ProtocolMessage, unhex(case[field])
    for case in cases("double_ratchet"):
        for number, event in enumerate(case["events"]):
            if "direct_message_protobuf" in event:
                data = unhex(event["direct_message_protobuf"])
                yield f"ratchet-{case['id']}-{number}", secure_transport_pb2.DirectMessageProtocol, data


FOUND = list(messages())


def parts(message: Message) -> Iterator[Message]:
    """``message`` and every message inside it."""
    yield message
    for field, value in message.ListFields():
        if field.message_type is None:
            continue
        if field.message_type.GetOptions().map_entry:
            inner = [part for part in value.values() if isinstance(part, Message)]
        else:
            inner = [value] if isinstance(value, Message) else list(value)
        for part in inner:
            yield from parts(part)


@pytest.mark.parametrize(("type_", "data"), [found[1:] for found in FOUND], ids=[found[0] for found in FOUND])
def test_read_without_a_rest_and_written_again(type_: type[Message], data: bytes) -> None:
    message = type_.FromString(data)
    for part in parts(message):
        assert not len(UnknownFieldSet(part)), part
    again = message.SerializeToString(deterministic=True)
    assert type_.FromString(again) == message
    assert sorted(again) == sorted(data)  # maps have no order, so neither have their bytes


def same(actual: Any, expected: Any) -> bool:
    if isinstance(expected, dict):
        if isinstance(actual, Message):
            return all(same(getattr(actual, name), value) for name, value in expected.items())
        return set(actual) == set(expected) and all(same(actual[name], value) for name, value in expected.items())
    if isinstance(expected, list):
        return len(actual) == len(expected) and all(map(same, actual, expected))
    if isinstance(actual, bytes):
        return actual == unhex(expected)
    return bool(actual == expected)


@pytest.mark.parametrize("case", cases("application", "message"), ids=case_id)
def test_field_names_and_values(case: Case) -> None:
    message = getattr(payloads_pb2, case["message"]).FromString(unhex(case["payload"]))
    for name, value in case["fields"].items():
        if value is None:
            assert not message.HasField(name), name
        else:
            assert same(getattr(message, name), value), name


def test_absent_and_empty_signatures_differ() -> None:
    wrapper = payloads_pb2.ApplicationMetadataMessage
    assert not wrapper.FromString(b"").HasField("signature")
    assert wrapper.FromString(b"\x0a\x00").HasField("signature")
    assert wrapper(signature=b"").SerializeToString() == b"\x0a\x00"


def test_unknown_fields_are_kept() -> None:
    # A message id covers the bytes as received, and so do unknown fields that are passed on (vectors, note 47).
    data = datasync_pb2.Payload(acks=[b"\1"]).SerializeToString() + b"\x08\x07"
    assert datasync_pb2.Payload.FromString(data).SerializeToString() == data


@pytest.mark.parametrize("type_", EVERY_TYPE, ids=lambda type_: type_.DESCRIPTOR.name)
@given(data=st.binary(max_size=60))
def test_any_bytes_are_a_message_or_a_decode_error(type_: type[Message], data: bytes) -> None:
    """What the layers above rely on when they turn it into a RemoteError."""
    try:
        message = type_.FromString(data)
    except DecodeError:
        return
    assert type_.FromString(message.SerializeToString()) == message or "nan" in str(message)


def test_text_that_is_no_text_is_refused() -> None:
    with pytest.raises(DecodeError):
        payloads_pb2.ChatMessage.FromString(b"\x1a\x02\xff\xfe")
