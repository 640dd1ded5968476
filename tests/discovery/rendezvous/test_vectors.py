"""All cases of ``rendezvous.json``. Where pystatus does otherwise than the reference, the test says so and why."""

from __future__ import annotations

import os

import pytest

from pystatus.devp2p.enr import NodeRecord
from pystatus.discovery.rendezvous.client import (
    AnswerReader,
    RequestRefused,
    check_registered,
    read_records,
)
from pystatus.discovery.rendezvous.deadlines import Deadlines
from pystatus.discovery.rendezvous.messages import (
    Discover,
    DiscoverResponse,
    ItemReader,
    MessageType,
    Register,
    RegisterResponse,
    Status,
)
from pystatus.discovery.rendezvous.registry import Registry
from pystatus.discovery.rendezvous.server import ServerStream
from pystatus.errors import RemoteError
from tests.discovery.rendezvous.support import NOW, connection, ip
from tests.support.vectors import Case, case_id, cases, load, unhex

UNSIGNED_TTLS = {"ttl 2^63", "ttl 2^64 - 1"}
"""Accepted by the reference as negative numbers: their note says that a rewrite must refuse them with 102."""
TYPES: dict[int, type[Register | RegisterResponse | Discover | DiscoverResponse]] = {
    1: Register, 2: RegisterResponse, 3: Discover, 4: DiscoverResponse,
}  # fmt: skip


def topic(case: Case) -> bytes:
    name: str = case["topic"]
    return name.encode()


def message(case: Case) -> Register | RegisterResponse | Discover | DiscoverResponse:
    fields = case["fields"]
    match case["type"]:
        case 1:
            return Register(topic(fields), unhex(fields["record"]), int(fields["ttl_ns_decimal"]))
        case 2:
            return RegisterResponse(fields["status"], fields["message"])
        case 3:
            return Discover(topic(fields), fields["limit"])
        case _:
            return DiscoverResponse(fields["status"], fields["message"], tuple(map(unhex, fields["records"])))


@pytest.mark.parametrize("case", cases("rendezvous", "message"), ids=case_id)
def test_messages(case: Case) -> None:
    assert message(case).encode() == unhex(case["message"])
    assert TYPES[case["type"]].decode(unhex(case["body_rlp"])) == message(case)
    reader = ItemReader()
    reader.receive_data(unhex(case["message"]))
    assert (reader.next_item(), reader.next_item()) == (bytes((case["type"],)), unhex(case["body_rlp"]))


def client_of(request: bytes) -> str:
    """Where a client is that may register this record: at its address."""
    start = request.find(b"\x82ip\x84")
    if start >= 0:
        return ".".join(map(str, request[start + 4 : start + 8]))
    start = request.find(b"\x83ip6\x90")
    return str(ip(":".join(request[start + 5 : start + 21].hex(":", 2).split(":")))) if start >= 0 else "1.2.3.4"


@pytest.mark.requirement("CL-19")
@pytest.mark.parametrize("step", [1, 1 << 20], ids=["byte by byte", "at once"])
@pytest.mark.parametrize("case", cases("rendezvous", "server"), ids=case_id)
def test_the_server(case: Case, step: int) -> None:
    """A request, and the end of the stream behind it."""
    request = unhex(case["request"])
    registry = Registry(os.urandom)
    stream = ServerStream(connection(client_of(request), registry))
    answer = b""
    if case["outcome"] == "reset":
        with pytest.raises(RemoteError):
            for start in range(0, len(request), step):
                stream.receive_data(request[start : start + step], NOW)
        assert len(registry) == 0
        return
    for start in range(0, len(request), step):
        answer += stream.receive_data(request[start : start + step], NOW)
    answer += stream.end()
    if case["outcome"] == "the reference crashes":
        assert answer == RegisterResponse(Status.INVALID_CONTENT).encode()
    elif case["name"] in UNSIGNED_TTLS:
        assert answer == RegisterResponse(Status.INVALID_TTL).encode()
        assert len(registry) == 0
    else:
        assert answer == unhex(case["response"] or "0x")
        assert len(registry) == int(case.get("stored", False))


@pytest.mark.parametrize("case", cases("rendezvous", "stream"), ids=case_id)
def test_two_requests_on_one_stream(case: Case) -> None:
    requests = unhex(case["requests"])
    assert ServerStream(connection(client_of(requests))).receive_data(requests, NOW) == unhex(case["responses"])


def read(case: Case) -> tuple[Status, list[NodeRecord]]:
    kind = MessageType.REGISTER_RESPONSE if case["to"] == "register" else MessageType.DISCOVER_RESPONSE
    body = AnswerReader(kind).receive_data(unhex(case["response"]))
    if body is None:
        raise RemoteError("the stream ended without an answer")
    if kind is MessageType.REGISTER_RESPONSE:
        check_registered(body)
        return Status.OK, []
    return Status.OK, list(read_records(body, ip("1.2.3.4")).records)


VOIDED = "discover, a record that does not decode among good ones"
"""In the reference one bad record voids the whole answer: not to be copied (overlay.md §13, 21). Here it costs
itself."""


@pytest.mark.requirement("CL-19")
@pytest.mark.parametrize("case", cases("rendezvous", "client"), ids=case_id)
def test_the_client(case: Case) -> None:
    """A record that is not signed, or says nowhere to dial, is left out; of too many those behind the tenth are."""
    if case["name"] == VOIDED:
        assert len(read(case)[1]) == 1
        return
    if case.get("must_fail"):
        with pytest.raises(RemoteError) as caught:
            read(case)
        if case["result"] is not None:
            assert isinstance(caught.value, RequestRefused)
            assert caught.value.status == case["result"]["status"]
        return
    status, records = read(case)
    assert status == case["result"]["status"]
    expected = [
        found["node"] for found in case["result"].get("records", [])[:10] if found["signature_valid"] and found["node"]
    ]
    found = [
        {"id": "0x" + one.node_id.hex(), "ip": str(one.address), "tcp": one.tcp_port, "udp": one.udp_port}
        for one in records
        if one.address is not None and one.address.version == 4  # the reference has no use for IPv6
    ]
    assert [{name: node[name] for name in node if name in ("id", "ip", "tcp", "udp")} for node in expected] == [
        {name: value for name, value in one.items() if name in expected[0]} for one in found
    ]


@pytest.mark.parametrize("case", cases("rendezvous", "storage_key"), ids=case_id)
def test_storage_keys(case: Case) -> None:
    """What the reference calls a registration: a topic and the address of a node, which is what overwrites here."""
    record = NodeRecord.decode(unhex(case["record"]))
    assert record.node_address == unhex(case["node_address"])
    assert unhex(case["key"]) == b"\x01" + topic(case) + b"\xff" + record.node_address


@pytest.mark.parametrize("case", cases("rendezvous", "random_pick"), ids=case_id)
def test_what_is_picked(case: Case) -> None:
    """As many as in the reference, each of them registered, none twice; which ones is drawn otherwise."""
    registry = Registry(os.urandom)
    stored = [NodeRecord.decode(unhex(one["record"])) for one in case["records_by_address"]]
    for record in stored:
        for name in (topic(case), topic(case) + b"x"):
            assert record.address is not None
            assert registry.register(name, record, 0, record.address, NOW).status is Status.OK
    picked = registry.discover(topic(case), case["limit"], NOW)
    assert len(picked) == len(case["picked"])
    assert {one.encoded for one in picked} <= {one.encoded for one in stored}
    assert len({one.node_address for one in picked}) == len(picked)


@pytest.mark.parametrize("case", cases("rendezvous", "expiry"), ids=case_id)
def test_expiry(case: Case) -> None:
    deadlines: Deadlines[str] = Deadlines()
    for step in case["steps"]:
        if step["op"] == "add":
            deadlines.set(step["key"], step["deadline_ms"])
        else:
            assert list(deadlines.pop_due(step["now_ms"])) == step["popped_in_order"]
        assert len(deadlines) == step["remaining"]


@pytest.mark.parametrize("case", cases("rendezvous", "overwrite"), ids=case_id)
def test_an_older_record_does_not_replace_a_newer_one(case: Case) -> None:
    """In the reference it does: not to be copied (overlay.md §13, 21)."""
    registry = Registry(os.urandom)
    newest: NodeRecord | None = None
    for step in case["steps"]:
        record = NodeRecord.decode(unhex(step["record"]))
        assert record.seq == step["seq"]
        assert record.address is not None
        outcome = registry.register(b"whisper", record, 0, record.address, NOW)
        is_older = newest is not None and record.seq < newest.seq
        assert outcome.status == (Status.INVALID_RECORD if is_older else Status.OK)
        newest = newest if is_older else record
        assert [one.encoded for one in registry.records(b"whisper")] == [newest.encoded if newest else b""]


def test_every_kind_is_played() -> None:
    played = {"message", "server", "stream", "client", "storage_key", "random_pick", "expiry", "overwrite", "address"}
    assert {case["kind"] for case in load("rendezvous")["cases"]} == played
