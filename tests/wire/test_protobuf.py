"""Protobuf from strangers: whatever the bytes are, a message or a RemoteError, and never more objects than allowed."""

from __future__ import annotations

import ast
import contextlib
from pathlib import Path

import pytest
from google.protobuf.message import Message
from hypothesis import given
from hypothesis import strategies as st

import pystatus
from pystatus.errors import RemoteError
from pystatus.wire import varint
from pystatus.wire.proto import datasync_pb2, payloads_pb2, secure_transport_pb2
from pystatus.wire.protobuf import MAX_FIELDS, NotProtobuf, parse
from tests.wire.test_proto import EVERY_TYPE

MEBIBYTE = 1 << 20
LARGE = 2 * MAX_FIELDS + 1
"""Bytes from which on fields are counted."""


def field(number: int, content: bytes) -> bytes:
    """A field that holds bytes or a message."""
    return varint.encode(number << 3 | 2) + varint.encode(len(content)) + content


def repeated_fields() -> list[tuple[type[Message], str, bytes]]:
    """Of every message type, every field that may occur often: the type, the name, an empty field of it."""
    return [
        (wire, known.name, field(known.number, b""))
        for wire in EVERY_TYPE
        for known in wire.DESCRIPTOR.fields
        if known.is_repeated and known.cpp_type in (known.CPPTYPE_MESSAGE, known.CPPTYPE_STRING)
    ]


REPEATED = repeated_fields()


@pytest.mark.parametrize(("wire", "name", "empty"), REPEATED, ids=[f"{w.DESCRIPTOR.name}.{n}" for w, n, _ in REPEATED])
def test_no_list_becomes_more_objects_than_allowed(wire: type[Message], name: str, empty: bytes) -> None:
    assert parse(wire, empty * MAX_FIELDS) is not None
    with pytest.raises(RemoteError, match="more than"):
        parse(wire, empty * (MEBIBYTE // len(empty)))


def test_nested_fields_count() -> None:
    """A field of a bundle of a protocol message is two fields."""
    numbers = secure_transport_pb2.ProtocolMessage.DESCRIPTOR.fields_by_name
    bundle = field(numbers["bundles"].number, field(secure_transport_pb2.Bundle.SIGNATURE_FIELD_NUMBER, b""))
    assert parse(secure_transport_pb2.ProtocolMessage, bundle * (MAX_FIELDS // 2)) is not None
    with pytest.raises(RemoteError, match="more than"):
        parse(secure_transport_pb2.ProtocolMessage, bundle * (MAX_FIELDS // 2 + 1))


def test_fields_of_every_wire_type_count() -> None:
    for one in (b"\x98\x06\x01", b"\x99\x06" + bytes(8), b"\x9d\x06" + bytes(4), b"\x9b\x06\x9c\x06"):
        with pytest.raises(RemoteError, match="more than"):
            parse(payloads_pb2.ChatMessage, one * (MAX_FIELDS + 1))


def test_one_large_field_is_one_field() -> None:
    text = "x" * MEBIBYTE
    message = payloads_pb2.ChatMessage(text=text)
    assert parse(payloads_pb2.ChatMessage, message.SerializeToString()).text == text


def test_an_honest_payload_of_many_acknowledgements() -> None:
    payload = datasync_pb2.Payload(acks=[number.to_bytes(32, "big") for number in range(30_000)])
    assert parse(datasync_pb2.Payload, payload.SerializeToString()) == payload


@pytest.mark.parametrize("end", [b"\x0a", b"\x0a\xff", b"\xff" * 11, b"\x0a\x7f", b"\x0f"])
def test_a_malformed_end_behind_much(end: bytes) -> None:
    with pytest.raises(NotProtobuf):
        parse(datasync_pb2.Payload, field(1, bytes(LARGE)) + end)


def test_lists_within_lists_without_end() -> None:
    nested = b""
    for _ in range(200):
        nested = field(3, nested)
    for data in (nested, field(1, bytes(LARGE)) + nested):
        with pytest.raises(RemoteError):
            parse(secure_transport_pb2.ProtocolMessage, field(101, b"\xff") + data)


@given(st.binary(max_size=64), st.sampled_from(EVERY_TYPE))
def test_any_bytes(data: bytes, wire: type[Message]) -> None:
    for each in (data, bytes((0x82, 0x7D, *varint.encode(LARGE))) + bytes(LARGE) + data):
        with contextlib.suppress(RemoteError):
            assert isinstance(parse(wire, each), wire)


def test_there_is_no_other_way_to_parse() -> None:
    """A new place that parses by itself has no bound."""
    source = Path(pystatus.__file__).parent
    names = {"FromString", "ParseFromString", "MergeFromString"}
    found = {
        path.relative_to(source).as_posix()
        for path in source.rglob("*.py")
        if "wire/proto/" not in path.as_posix()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and node.attr in names
    }
    assert found == {"wire/protobuf.py"}
