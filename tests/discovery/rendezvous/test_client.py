"""What a client makes of answers; the vectors have most of them."""

from __future__ import annotations

import pytest

from pystatus.devp2p.enr import NodeRecord
from pystatus.discovery.rendezvous.client import (
    Answer,
    AnswerReader,
    RequestRefused,
    check_registered,
    discover_request,
    merge,
    read_records,
    read_remote_ip,
    register_request,
    remote_ip_request,
    topic_bytes,
)
from pystatus.discovery.rendezvous.messages import (
    Discover,
    DiscoverResponse,
    MessageType,
    Register,
    RegisterResponse,
    RemoteIpResponse,
    Status,
)
from pystatus.errors import LocalError, RemoteError
from tests.discovery.rendezvous.support import SECOND, ip, record

SERVER = ip("1.2.3.4")


def answer(*records: NodeRecord | bytes, server: str = "1.2.3.4") -> Answer:
    encoded = tuple(one if isinstance(one, bytes) else one.encoded for one in records)
    return read_records(DiscoverResponse(Status.OK, records=encoded).encode()[1:], ip(server))


def test_requests() -> None:
    mine = record(1, "1.2.3.4")
    assert Register.decode(register_request("whisper", mine)[1:]) == Register(b"whisper", mine.encoded, 10 * SECOND)
    assert Discover.decode(discover_request("whisper")[1:]) == Discover(b"whisper", 10)
    assert remote_ip_request() == b"\x05"
    assert topic_bytes("é" * 25) == "é".encode() * 25


@pytest.mark.parametrize("topic", ["", "x" * 51, "é" * 26])
def test_topics_that_no_server_takes(topic: str) -> None:
    with pytest.raises(LocalError, match="1 to 50 bytes"):
        discover_request(topic)


@pytest.mark.requirement("CL-19")
def test_each_record_is_looked_at_by_itself() -> None:
    good = record(1, "5.6.7.8"), record(2, "2a02:1::1")
    forged = bytearray(record(3, "5.6.7.9").encoded)
    forged[10] ^= 1
    found = answer(good[0], bytes(forged), b"\xc0", good[1], record(1, "9.9.9.9"))
    assert found == Answer(good, 3)


@pytest.mark.parametrize("address", ["127.0.0.1", "192.168.1.1", "10.1.2.3", "0.0.0.0", "224.0.0.1", "100.64.0.1",
                                     "169.254.1.1", "::1", "fe80::1", "198.51.100.7"])  # fmt: skip
def test_a_server_cannot_send_us_into_our_own_network(address: str) -> None:
    assert answer(record(1, address)) == Answer((), 1)


def test_a_server_of_our_own_network_can() -> None:
    assert len(answer(record(1, "127.0.0.1"), record(2, "10.1.2.3"), server="127.0.0.1").records) == 2
    assert len(answer(record(1, "127.0.0.1"), record(2, "10.1.2.3"), server="192.168.1.1").records) == 1


def test_records_that_do_not_say_where_to_dial() -> None:
    assert answer(record(1), record(2, "5.6.7.8", tcp=0)) == Answer((), 2)


def test_no_more_are_looked_at_than_were_asked_for() -> None:
    found = answer(*(record(number, "5.6.7.8") for number in range(1, 13)))
    assert (len(found.records), found.refused) == (10, 2)


def test_what_two_servers_say_is_merged() -> None:
    older, newer = record(1, "5.6.7.8", seq=1), record(1, "5.6.7.9", seq=2)
    other, third = record(2, "6.6.6.6"), record(3, "7.7.7.7")
    merged = merge([Answer((third, other, newer), 0), Answer((older,), 0)])
    assert merged == [newer, third, other]
    assert merged[0].seq == 2
    assert merge([Answer((older,), 0), Answer((newer,), 0)])[0].seq == 2
    assert merge([]) == []


def test_refusals_are_sentences() -> None:
    with pytest.raises(RequestRefused, match=r"^Rendezvous node answers with status 102, invalid ttl: no$") as caught:
        check_registered(RegisterResponse(Status.INVALID_TTL, "n\x1b[31mo").encode()[1:])
    assert caught.value.status == 102
    with pytest.raises(RequestRefused, match=r"status 77, of unknown meaning$"):
        check_registered(RegisterResponse(77).encode()[1:])
    with pytest.raises(RequestRefused, match="internal error"):
        read_records(DiscoverResponse(Status.INTERNAL_ERROR).encode()[1:], SERVER)


def test_the_address_that_a_server_sees() -> None:
    assert read_remote_ip(RemoteIpResponse(Status.OK, "9.9.9.9").encode()[1:]) == "9.9.9.9"
    with pytest.raises(RequestRefused):
        read_remote_ip(RemoteIpResponse(Status.INTERNAL_ERROR, "").encode()[1:])


def test_answers_in_pieces() -> None:
    sent = DiscoverResponse(Status.OK, records=(record(1, "5.6.7.8").encoded,)).encode()
    reader = AnswerReader(MessageType.DISCOVER_RESPONSE)
    pieces = [reader.receive_data(bytes((byte,))) for byte in sent]
    assert pieces[:-1] == [None] * (len(sent) - 1)
    assert pieces[-1] == sent[1:]


@pytest.mark.parametrize("sent", [b"\x02\xc2\x80\x80", b"\xc0", b"\x04\xff@" + bytes(7), b"\xff@" + bytes(7)])
def test_answers_that_are_none(sent: bytes) -> None:
    with pytest.raises(RemoteError):
        AnswerReader(MessageType.DISCOVER_RESPONSE).receive_data(sent)
