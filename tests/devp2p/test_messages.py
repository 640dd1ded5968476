"""Hello, Disconnect and message ids (overlay.md §2.6, §10.1)."""

import contextlib

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pystatus.devp2p.capabilities import Capability
from pystatus.devp2p.messages import (
    Disconnect,
    DisconnectReason,
    Hello,
    HelloError,
    encode_message_id,
    reason_text,
    split_message,
)
from pystatus.errors import RemoteError
from pystatus.wire import rlp

NODE_ID = b"\x07" * 64


def hello_with(
    version: rlp.Encodable = 5,
    client_id: rlp.Encodable = b"peer",
    capabilities: rlp.Encodable = ((b"waku", 1),),
    listen_port: rlp.Encodable = 0,
    node_id: rlp.Encodable = NODE_ID,
) -> bytes:
    return rlp.encode([version, client_id, capabilities, listen_port, node_id])


hellos = st.builds(
    Hello,
    st.integers(4, 2**64 - 1),
    st.text(max_size=64),
    st.lists(
        st.builds(
            Capability,
            st.text(st.characters(max_codepoint=127), min_size=1, max_size=8),
            st.integers(0, 2**64 - 1),
        ),
        max_size=64,
    ).map(lambda capabilities: tuple(sorted(capabilities))),
    st.integers(0, 65535),
    st.binary(min_size=64, max_size=64).filter(any),
)


@given(hellos)
def test_hello_round_trip(hello: Hello) -> None:
    assert Hello.decode(hello.encode()) == hello


@given(st.binary(max_size=200))
def test_any_bytes_are_a_hello_or_a_remote_error(data: bytes) -> None:
    with contextlib.suppress(RemoteError):
        Hello.decode(data)


items: st.SearchStrategy[rlp.Encodable] = st.recursive(
    st.binary(max_size=70) | st.just(NODE_ID), lambda children: st.lists(children, max_size=6), max_leaves=20
)


@given(st.lists(items, min_size=4, max_size=7))
def test_any_rlp_is_a_hello_or_a_remote_error(fields: list[rlp.Encodable]) -> None:
    with contextlib.suppress(RemoteError):
        Hello.decode(rlp.encode(fields))


def test_capabilities_are_sent_in_order() -> None:
    capabilities = (Capability("waku", 1), Capability("shh", 6), Capability("waku", 0))
    decoded = Hello.decode(Hello(5, "", capabilities, 0, NODE_ID).encode())
    assert [str(capability) for capability in decoded.capabilities] == ["shh/6", "waku/0", "waku/1"]


@pytest.mark.parametrize(
    "payload",
    [
        hello_with(version=b"\x00\x05"),
        hello_with(version=[]),
        hello_with(client_id=[]),
        hello_with(client_id=b"x" * 257),
        hello_with(capabilities=b"waku"),
        hello_with(capabilities=[b"waku"]),
        hello_with(capabilities=[[b"waku"]]),
        hello_with(capabilities=[[b"waku", 1, 1]]),
        hello_with(capabilities=[[b"", 1]]),
        hello_with(capabilities=[[b"ninechars", 1]]),
        hello_with(capabilities=[["wakü".encode(), 1]]),
        hello_with(capabilities=[[b"waku", 2**64]]),
        hello_with(listen_port=[]),
        hello_with(node_id=[]),
        rlp.encode([5, b"", [], 0]),
        rlp.encode(b"hello"),
        hello_with() + b"\x00",
        hello_with()[:-1],
        b"",
    ],
)
def test_not_a_hello(payload: bytes) -> None:
    with pytest.raises(RemoteError) as raised:
        Hello.decode(payload)
    assert not isinstance(raised.value, HelloError)


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (hello_with(node_id=b"\x07" * 63), DisconnectReason.INVALID_IDENTITY),
        (hello_with(node_id=b"\x07" * 65), DisconnectReason.INVALID_IDENTITY),
        (hello_with(node_id=bytes(64)), DisconnectReason.INVALID_IDENTITY),
        (hello_with(node_id=b""), DisconnectReason.INVALID_IDENTITY),
        (hello_with(version=3), DisconnectReason.INCOMPATIBLE_VERSION),
        (hello_with(version=0), DisconnectReason.INCOMPATIBLE_VERSION),
        (hello_with(capabilities=[[b"a", 1]] * 65), DisconnectReason.BREACH_OF_PROTOCOL),
    ],
)
def test_hello_that_deserves_an_answer(payload: bytes, reason: DisconnectReason) -> None:
    with pytest.raises(HelloError) as raised:
        Hello.decode(payload)
    assert raised.value.reason == reason


def test_64_capabilities_and_duplicates_are_accepted() -> None:
    assert len(Hello.decode(hello_with(capabilities=[[b"a", 1]] * 64)).capabilities) == 64


def test_client_id_that_is_not_utf8() -> None:
    assert Hello.decode(hello_with(client_id=b"a\xff")).client_id == "a\N{REPLACEMENT CHARACTER}"


@pytest.mark.parametrize("reason", DisconnectReason)
def test_disconnect_round_trip(reason: DisconnectReason) -> None:
    assert Disconnect.decode(Disconnect(reason).encode()) == Disconnect(reason)
    assert "unknown" not in reason_text(reason)


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        ("c108", 8),
        ("c180", 0),
        ("08", 8),
        ("80", 0),
        ("c0", 0),
        ("", 0),
        ("c111", 0x11),
        ("c20801", 8),
        ("c108ff", 8),
        ("c281ff", 255),
        ("c100", 0),
        ("c1c0", 0),
        ("c101c0c0c0", 1),
        ("c9880102030405060708", 0x0102030405060708),
        ("ca89010203040506070809", 0),
        ("ffffffff", 0),
        ("f8", 0),
    ],
)
def test_disconnect_is_read_leniently(payload: str, reason: int) -> None:
    assert Disconnect.decode(bytes.fromhex(payload)) == Disconnect(reason)


def test_unknown_reason_is_named_as_such() -> None:
    assert reason_text(0x11) == "unknown reason 0x11"
    assert reason_text(4) == "too many peers"


@given(st.binary(max_size=50))
@example(b"\xc0" * 50)
def test_any_bytes_are_a_disconnect(data: bytes) -> None:
    assert Disconnect.decode(data).reason >= 0


@pytest.mark.requirement("WK-13")
@pytest.mark.parametrize(
    ("message_id", "encoded"), [(0, "80"), (16, "10"), (0x7F, "7f"), (143, "818f"), (400, "820190")]
)
def test_a_packet_is_the_rlp_of_its_code_and_its_object(message_id: int, encoded: str) -> None:
    """What each code of Waku is after that of devp2p, 16, and of another capability of 128 codes or two."""
    assert encode_message_id(message_id).hex() == encoded
    assert split_message(bytes.fromhex(encoded) + b"\xc0") == (message_id, b"\xc0")


@given(st.integers(0, 2**20), st.binary(max_size=20))
def test_message_ids(message_id: int, payload: bytes) -> None:
    assert split_message(encode_message_id(message_id) + payload) == (message_id, payload)


@pytest.mark.parametrize("data", ["", "00", "8100", "817f", "c0", "820080", "89010000000000000000", "b8", "81"])
def test_not_a_message_id(data: str) -> None:
    with pytest.raises(RemoteError):
        split_message(bytes.fromhex(data))
