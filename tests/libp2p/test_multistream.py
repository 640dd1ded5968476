"""multistream-select as a conversation."""

from __future__ import annotations

import pytest

from pystatus.errors import RemoteError
from pystatus.libp2p.multistream import MAX_MESSAGE, MAX_PROPOSALS, PROTOCOL, Negotiation, message

GREETING = message(PROTOCOL)


def test_bytes() -> None:
    assert GREETING == b"\x13/multistream/1.0.0\n"
    assert message("x" * 200)[:2] == b"\xc9\x01"


def test_the_first_choice() -> None:
    ours = Negotiation(("/a", "/b"), proposes=True)
    theirs = Negotiation(("/b", "/a"), proposes=False)
    assert ours.data_to_send() == GREETING + message("/a")
    theirs.receive_data(GREETING + message("/a") + b"more")
    assert (theirs.agreed, theirs.rest) == ("/a", b"more")
    assert theirs.data_to_send() == GREETING + message("/a")
    ours.receive_data(GREETING + message("/a"))
    assert (ours.agreed, ours.rest) == ("/a", b"")


def test_the_second_choice_byte_by_byte() -> None:
    ours = Negotiation(("/a", "/b"), proposes=True)
    theirs = Negotiation(("/b",), proposes=False)
    while ours.agreed is None:
        for byte in ours.data_to_send():
            theirs.receive_data(bytes((byte,)))
        for byte in theirs.data_to_send():
            ours.receive_data(bytes((byte,)))
    assert (ours.agreed, theirs.agreed) == ("/b", "/b")


def test_a_protocol_that_is_unknown() -> None:
    theirs = Negotiation(("/b",), proposes=False)
    theirs.receive_data(GREETING + message("ls") + message("/ipfs/id/1.0.0"))
    assert theirs.data_to_send() == GREETING + message("na") + message("na")
    assert theirs.agreed is None


def test_nothing_in_common() -> None:
    ours = Negotiation(("/a", "/b"), proposes=True)
    ours.receive_data(GREETING + message("na"))
    with pytest.raises(RemoteError, match="does not speak /a or /b"):
        ours.receive_data(message("na"))


@pytest.mark.parametrize(
    "data",
    [
        b"GET / HTTP/1.1\r\n\r\n" + b"x" * 100,
        message("/multistream/2.0.0"),
        GREETING + message("/z"),
        b"\0",
        b"\xff\xff\xff\xff",
        b"\xff\x7f",
        b"\x80\x00",
        b"\x02xx",
        b"\x02\xc3\n",
        GREETING + message("na") * 2,
    ],
)
def test_what_is_no_answer(data: bytes) -> None:
    with pytest.raises(RemoteError):
        Negotiation(("/a",), proposes=True).receive_data(data)


def test_a_peer_that_never_stops_to_propose() -> None:
    theirs = Negotiation(("/b",), proposes=False)
    theirs.receive_data(GREETING)
    for number in range(MAX_PROPOSALS - 1):
        theirs.receive_data(message(f"/x{number}"))
    with pytest.raises(RemoteError, match="proposed"):
        theirs.receive_data(message("/y"))


def test_the_longest_message() -> None:
    theirs = Negotiation(("/b",), proposes=False)
    theirs.receive_data(GREETING + message("x" * (MAX_MESSAGE - 1)))
    with pytest.raises(RemoteError, match="1025 bytes"):
        theirs.receive_data(message("x" * MAX_MESSAGE))
