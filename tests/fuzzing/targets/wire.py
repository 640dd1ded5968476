"""RLP, protobuf, varints and texts for bytes; keys and sealed boxes."""

from __future__ import annotations

from functools import partial

from pystatus.crypto import ecies
from pystatus.crypto.keys import PrivateKey, PublicKey
from pystatus.wire import base_text, multibase, protobuf, rlp, varint
from pystatus.wire.proto import datasync_pb2, payloads_pb2, push_pb2, push_service_pb2, secure_transport_pb2
from tests.fuzzing.corpus import hexes, texts
from tests.fuzzing.target import Target, as_text, each, every

KEY = PrivateKey(bytes([7] * 32))
MESSAGES = tuple(
    getattr(module, name)
    for module in (datasync_pb2, payloads_pb2, push_pb2, push_service_pb2, secure_transport_pb2)
    for name in module.DESCRIPTOR.message_types_by_name
)
"""All types of protobuf messages."""


def _rlp(data: bytes) -> None:
    item = rlp.decode(data)
    assert rlp.encode(item) == data
    readers = (rlp.as_bytes, rlp.as_int, rlp.as_bool, rlp.as_list, partial(rlp.as_bytes, size=4))
    every(*(partial(read, item) for read in readers))


def _first(data: bytes) -> None:
    item, end = rlp.decode_first(data)
    assert rlp.encode(item) == data[:end]


def _protobuf(data: bytes) -> None:
    """The first byte says which message it is to be."""
    kind = MESSAGES[data[0] % len(MESSAGES)] if data else MESSAGES[0]
    protobuf.parse(kind, data[1:], most=100)


def _varint(data: bytes) -> None:
    value, size = varint.decode(data, 10)
    assert varint.encode(value) == data[:size]


def _multibase(text: str) -> None:
    every(partial(multibase.decode, text), partial(multibase.decode_number, text))


def _base_text(text: str) -> None:
    def url() -> None:
        assert base_text.to_base64url(base_text.from_base64url(text)) == text

    def base32() -> None:
        assert base_text.to_base32(base_text.from_base32(text)) == text

    every(url, base32)


def _recover(data: bytes) -> None:
    PublicKey.recover(data[:32], data[32:])


TARGETS = (
    Target(
        "rlp",
        each(_rlp, _first),
        lambda: hexes("waku_packets", "rlpx", "enr"),
        (
            "wire/rlp.py:header", "wire/rlp.py:decode", "wire/rlp.py:decode_first", "wire/rlp.py:as_bytes",
            "wire/rlp.py:as_int", "wire/rlp.py:as_bool", "wire/rlp.py:as_list",
        ),
    ),
    Target(
        "protobuf",
        _protobuf,
        lambda: [bytes([n]) + one for n, one in enumerate(hexes("application", "mvds", "protocol_messages", "push"))],
        ("wire/protobuf.py:parse",),
    ),
    Target("varint", _varint, lambda: [varint.encode(1 << n) for n in range(64)], ("wire/varint.py:decode",)),
    Target(
        "multibase",
        as_text(_multibase),
        lambda: texts("identity", longest=200),
        (
            "wire/multibase.py:decode", "wire/multibase.py:decode_number", "wire/multibase.py:_Digits.number",
            "wire/multibase.py:_Identity.decode", "wire/multibase.py:_Bits.decode", "wire/multibase.py:_Number.decode",

        ),
    ),
    Target(
        "base-text",
        as_text(_base_text),
        lambda: texts("enr", "dnsdisc", longest=500),
        ("wire/base_text.py:from_base64url", "wire/base_text.py:from_base32"),
    ),
    Target(
        "public-key",
        each(PublicKey.from_bytes, PublicKey.from_xy),
        lambda: hexes("identity", "x3dh", shortest=33, longest=65),
        ("crypto/keys.py:PublicKey.from_bytes", "crypto/keys.py:PublicKey.from_xy"),
    ),
    Target(
        "signature",
        _recover,
        lambda: [bytes(32) + one for one in (KEY.sign(bytes(32)), *hexes("application", shortest=65, longest=65))],
        ("crypto/keys.py:PublicKey.recover",),
    ),
    Target(
        "ecies",
        partial(ecies.decrypt, KEY),
        lambda: [ecies.encrypt(KEY.public_key, bytes(n), lambda size: bytes([9] * size)) for n in (1, 20, 300)],
        ("crypto/ecies.py:decrypt",),
    ),
)  # fmt: skip
