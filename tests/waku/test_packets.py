"""The packets behind the handshake: the vectors, both ways, and refusals."""

import contextlib
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pystatus.crypto.hashing import keccak256
from pystatus.errors import LocalError, RemoteError
from pystatus.waku import packets
from pystatus.waku.bloom import topic_bloom
from pystatus.waku.envelope import Envelope
from pystatus.waku.packets import EnvelopeError, MessageResponse, MessagesRequest
from pystatus.wire import rlp
from tests.support.vectors import Case, case_id, cases, unhex

CODES = {
    "messages": packets.MESSAGES,
    "p2p_message": packets.P2P_MESSAGE,
    "message_response": packets.MESSAGE_RESPONSE,
    "batch_acknowledged": packets.BATCH_ACKNOWLEDGED,
    "p2p_request": packets.P2P_REQUEST,
    "p2p_request_complete": packets.P2P_REQUEST_COMPLETE,
    "status": packets.STATUS,
    "status_update": packets.STATUS_UPDATE,
}


@pytest.mark.requirement("WK-15", "WM-5", "WM-13")
@pytest.mark.parametrize("case", [c for c in cases("waku_packets") if "code" in c], ids=case_id)
def test_codes(case: Case) -> None:
    assert case["code"] == CODES[case["kind"]]


@pytest.mark.parametrize("case", cases("waku_packets", "messages", "p2p_message"), ids=case_id)
def test_batches(case: Case) -> None:
    payload = unhex(case["payload"])
    envelopes = packets.decode_messages(payload)
    if "envelope_hashes" in case:
        assert [envelope.hash for envelope in envelopes] == [unhex(h) for h in case["envelope_hashes"]]
    if "batch_hash" in case:
        assert keccak256(payload) == unhex(case["batch_hash"])
    assert packets.encode_messages(envelopes) == payload


@pytest.mark.parametrize("case", cases("waku_packets", "message_response"), ids=case_id)
def test_message_responses(case: Case) -> None:
    payload = unhex(case["payload"])
    response = MessageResponse.decode(payload)
    assert response == MessageResponse(
        unhex(case["batch_hash"]),
        tuple(EnvelopeError(unhex(e["hash"]), e["code"], e["description"]) for e in case["errors"]),
    )
    assert response.encode() == payload
    assert keccak256(unhex(case["confirms"])) == response.batch_hash


@pytest.mark.parametrize("case", cases("waku_packets", "batch_acknowledged"), ids=case_id)
def test_batch_acknowledgements(case: Case) -> None:
    payload = unhex(case["payload"])
    assert packets.decode_batch_acknowledged(payload) == unhex(case["batch_hash"])
    assert packets.encode_batch_acknowledged(unhex(case["batch_hash"])) == payload


@pytest.mark.parametrize("case", cases("waku_packets", "p2p_request"), ids=case_id)
def test_p2p_requests(case: Case) -> None:
    payload = unhex(case["payload"])
    request = packets.decode_p2p_request(payload)
    if isinstance(request, Envelope):
        assert request.hash == unhex(case["envelope_hash"])
        assert request.raw == payload
    else:
        assert request.request_id == unhex(case["request_id"])
        assert request.encode() == payload
        assert (request.start, request.end, request.limit) == (1_599_913_600, 1_600_000_000, 100)
        assert (request.cursor, request.topics, request.bloom) == (b"", (), topic_bloom(bytes.fromhex("cd423760")))


@pytest.mark.parametrize("case", cases("waku_packets", "p2p_request_complete"), ids=case_id)
def test_p2p_completions(case: Case) -> None:
    payload = unhex(case["payload"])
    assert packets.decode_request_complete(payload) == unhex(case["content"])
    assert packets.encode_request_complete(unhex(case["content"])) == payload


def test_known_answers() -> None:
    """waku.md §12."""
    batch = keccak256(b"batch")
    assert MessageResponse(batch).encode().hex() == f"e401e2a0{batch.hex()}c0"
    failed = MessageResponse(batch, (EnvelopeError(batch, 21, "plain error"),))
    assert failed.encode().hex() == f"f85401f851a0{batch.hex()}efeea0{batch.hex()}158b706c61696e206572726f72"
    assert packets.encode_batch_acknowledged(batch).hex() == f"a0{batch.hex()}"
    envelope = Envelope.mine(1590000000, 15, bytes.fromhex("ffaadd11"), b"\xab" * 256, 0.002)
    payload = packets.encode_messages([envelope])
    assert payload.hex().startswith("f90112f9010f")
    assert keccak256(payload).hex() == "37bb58717213db14a85adc7ad320607c587f72148a7f6c1a2753214a0c045dee"
    content = bytes(31) + b"\x11" + bytes(31) + b"\x22"
    assert packets.encode_request_complete(content).hex() == "b840" + "00" * 31 + "11" + "00" * 31 + "22"
    bloom = bytes(64)
    request = MessagesRequest(batch, 1, 2, 100, bloom=bloom)
    assert request.encode().hex() == f"f868a0{batch.hex()}01026480b840{bloom.hex()}c0"
    six_items = bytes.fromhex(f"f867a0{batch.hex()}01026480b840{bloom.hex()}")
    assert MessagesRequest.decode(six_items) == request


# Batches


def small(nonce: int) -> Envelope:
    return Envelope.create(1_600_000_000, 15, b"abcd", b"", nonce)


def test_an_empty_batch_is_legal() -> None:
    assert packets.decode_messages(packets.encode_messages([])) == []


@pytest.mark.parametrize("payload", ["", "80", "c0c0", "c1f9", "c3f90000", "c4f90100c0", "c101", "c180", "c2c1"])
def test_malformed_batches(payload: str) -> None:
    with pytest.raises(RemoteError):
        packets.decode_messages(bytes.fromhex(payload))


def decode_all(payload: bytes) -> None:
    for decode in (
        packets.decode_messages,
        MessageResponse.decode,
        packets.decode_batch_acknowledged,
        packets.decode_p2p_request,
        MessagesRequest.decode,
        packets.decode_request_complete,
    ):
        with contextlib.suppress(RemoteError):
            decode(payload)


@given(st.binary(max_size=300))
def test_any_bytes(payload: bytes) -> None:
    decode_all(payload)


nested = st.recursive(
    st.binary(max_size=40) | st.just(bytes(32)) | st.integers(0, 300), lambda inner: st.lists(inner, max_size=8)
)


@given(nested)
def test_any_rlp(item: rlp.Encodable) -> None:
    decode_all(rlp.encode(item))


def test_bundles_fit_a_packet() -> None:
    sizes = [300_000, 300_000, 300_000, 300_000, 1_048_000, 100, (1 << 20) + 5, 200]
    envelopes = [Envelope.create(1_600_000_000, 15, b"abcd", bytes(size)) for size in sizes]
    bundles = packets.bundles(envelopes)
    assert [[sizes[envelopes.index(e)] for e in bundle] for bundle in bundles] == [
        [300_000] * 3,
        [300_000],
        [1_048_000, 100, 200],
    ]
    assert all(len(packets.encode_messages(bundle)) <= packets.MAX_SENT_PACKET_SIZE for bundle in bundles)


def test_what_fits_no_packet_is_left_out() -> None:
    giant = Envelope.create(1_600_000_000, 15, b"abcd", bytes(packets.MAX_SENT_PACKET_SIZE))
    assert packets.bundles([giant]) == []
    assert packets.bundles([]) == []


# Confirmations


def test_a_response_of_another_version_is_ignored() -> None:
    assert MessageResponse.decode(rlp.encode((2, b"whatever"))) is None


def test_a_description_need_not_be_text() -> None:
    response = MessageResponse.decode(rlp.encode((1, (bytes(32), [(bytes(32), 1, b"\xff")]))))
    assert response is not None
    assert response.errors[0].description == "\N{REPLACEMENT CHARACTER}"


@pytest.mark.requirement("WK-64")
def test_both_forms_of_an_acknowledgement() -> None:
    """waku.md D3: the form of the specification is read; what is sent is the bare hash, which is all that the reference
    reads. Message responses have ``[version, response]`` in both (see the vectors)."""
    batch = os.urandom(32)
    assert packets.decode_batch_acknowledged(rlp.encode((1, batch))) == batch
    with pytest.raises(RemoteError):
        packets.decode_batch_acknowledged(rlp.encode(batch[:31]))


# History


def test_every_form_of_a_completion() -> None:
    """waku.md D4: one string, a list, or bare parts."""
    request, last, cursor = os.urandom(32), os.urandom(32), os.urandom(36)
    whole = request + last + cursor
    assert packets.decode_request_complete(rlp.encode(whole)) == whole
    assert packets.decode_request_complete(rlp.encode((request, last, cursor))) == whole
    assert packets.decode_request_complete(rlp.encode((request, last))) == request + last
    assert packets.decode_request_complete(b"".join(rlp.encode(part) for part in (request, last, cursor))) == whole


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        rlp.encode([b"a", b"b", b"c", b"d"]),
        b"abcd",
        b"a" + rlp.encode([b"b"]),
        rlp.encode([b"a"]) + b"b",
        b"\xc1\xc0",
    ],
)
def test_malformed_completions(payload: bytes) -> None:
    with pytest.raises(RemoteError):
        packets.decode_request_complete(payload)


REQUEST = [bytes(32), 1, 2, 3, b"", bytes(64), [b"abcd"]]


@pytest.mark.parametrize(
    "item",
    [
        REQUEST[:5],
        [*REQUEST, b""],
        [b"short", *REQUEST[1:]],
        [bytes(32), 1 << 32, *REQUEST[2:]],
        [*REQUEST[:5], bytes(63), []],
        [*REQUEST[:6], [b"abc"]],
        [*REQUEST[:6], b"abcd"],
    ],
)
def test_malformed_requests(item: list[rlp.Encodable]) -> None:
    with pytest.raises(RemoteError):
        packets.decode_p2p_request(rlp.encode(item))


def test_requests_that_cannot_be_made() -> None:
    with pytest.raises(LocalError):
        MessagesRequest(b"short", 1, 2, 3).encode()
    with pytest.raises(LocalError):
        MessagesRequest(bytes(32), 1, 2, 3, bloom=bytes(63)).encode()
