"""Requests, cursors and completions: the vectors, every older form, and refusals."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pystatus.errors import LocalError, RemoteError
from pystatus.mailserver.completion import NOTHING_SENT, Completed, Completion, Failed, decode_completion
from pystatus.mailserver.cursor import Key
from pystatus.mailserver.requests import HistoryRequest, from_plain
from pystatus.waku import packets
from pystatus.waku.bloom import FULL_BLOOM, topic_bloom
from pystatus.waku.data import SymmetricKey, unseal
from pystatus.waku.envelope import Envelope
from pystatus.wire import rlp
from tests.mailserver.support import KEY, SIGNER, Conversation, drawn
from tests.support.vectors import Case, case_id, cases, unhex
from tests.waku.network import NOW, OTHER_TOPIC, TOPIC

BLOOM = topic_bloom(TOPIC)
ID = bytes(31) + b"\x11"
CURSOR = Key(1_600_000_000, b"\x22" * 32).cursor


@pytest.mark.parametrize("case", cases("mailserver", "messages_request"), ids=case_id)
def test_plain_requests(case: Case) -> None:
    payload = unhex(case["rlp"])
    conversation = Conversation()
    if not case["valid"]:
        # The reference's words differ from ours; that it is refused, and how much of it can be answered, is the same.
        if len(unhex(case["request_id"])) != 32:
            with pytest.raises(RemoteError):
                conversation.ask(payload)
        else:
            failed = conversation.ask(payload)
            assert failed is not None
            assert failed.request_id == unhex(case["request_id"])
        assert conversation.server.next_work() is None
        return
    request = packets.decode_p2p_request(payload)
    assert isinstance(request, packets.MessagesRequest)
    assert request.encode() == payload
    assert request.request_id == unhex(case["request_id"])
    assert from_plain(request) == HistoryRequest(
        case["from"],
        case["to"],
        unhex(case["bloom"]),
        tuple(unhex(topic) for topic in case["topics"]),
        case["limit"],
        unhex(case["cursor"]),
    )
    assert conversation.ask(payload) is None
    assert conversation.work().request_id == unhex(case["request_id"])


@pytest.mark.requirement("WM-6", "WM-7", "WM-11")
@pytest.mark.parametrize("case", cases("mailserver", "envelope_request_payload"), ids=case_id)
def test_sealed_requests(case: Case) -> None:
    expected = HistoryRequest(
        case["lower"],
        case["upper"],
        unhex(case["bloom"]),
        tuple(unhex(topic) for topic in case["topics"]),
        case["limit"],
        unhex(case["cursor"]),
        case["batch"],
    )
    assert HistoryRequest.decode(unhex(case["rlp"])) == expected
    assert expected.encode() == unhex(case["rlp"])
    envelope = packets.decode_p2p_request(unhex(case["envelope_rlp"]))
    assert isinstance(envelope, Envelope)
    assert envelope.hash == unhex(case["request_id"])
    assert unhex(case["sym_key"]) == KEY.raw
    contents = unseal(KEY, envelope.data)
    assert contents.payload == unhex(case["rlp"])
    assert contents.signer is not None
    assert contents.signer.uncompressed == unhex(case["signer"])
    # And the server takes it, at the time at which it was made.
    conversation = Conversation()
    conversation.now = float(envelope.sent)
    assert conversation.ask(envelope) is None
    assert conversation.work().batch == case["batch"]


@pytest.mark.parametrize("case", cases("mailserver", "db_key"), ids=case_id)
def test_keys_and_cursors(case: Case) -> None:
    key = Key(case["timestamp"], unhex(case["envelope_hash"]))
    assert key.cursor == unhex(case["cursor"])
    assert key.database_key(unhex(case["topic"])) == unhex(case["db_key"])
    assert Key.from_cursor(unhex(case["cursor"])) == key
    assert Key.from_cursor(unhex(case["db_key"])) == key


@pytest.mark.parametrize("case", cases("mailserver", "response"), ids=case_id)
def test_completions(case: Case) -> None:
    payload = unhex(case["rlp"])
    assert packets.decode_request_complete(payload) == unhex(case["payload"])
    if "parse_error" in case:
        with pytest.raises(RemoteError):
            decode_completion(payload)
        return
    expected: Completion
    if case["error"] is not None:
        expected = Failed(unhex(case["request_id"]), case["error"])
    else:
        expected = Completed(unhex(case["request_id"]), unhex(case["last_envelope_hash"]), unhex(case["cursor"]))
    assert decode_completion(payload) == expected
    if case["name"] not in ("request id only", "short trailing cursor is dropped"):
        assert expected.encode() == payload


@pytest.mark.parametrize("shape", ["string", "list", "bare"])
def test_a_completion_in_each_of_its_encodings(shape: str) -> None:
    parts = (ID, b"\x22" * 32, CURSOR)
    payload = {
        "string": rlp.encode_bytes(b"".join(parts)),
        "list": rlp.encode(parts),
        "bare": b"".join(rlp.encode_bytes(part) for part in parts),
    }[shape]
    assert decode_completion(payload) == Completed(*parts)


def test_an_id_of_the_word_error_is_no_error_by_itself() -> None:
    assert decode_completion(rlp.encode_bytes(b"ERROR=" + bytes(26))) == Completed(b"ERROR=" + bytes(26), NOTHING_SENT)


def _forms() -> list[tuple[str, rlp.Encodable, HistoryRequest]]:
    whole = HistoryRequest(1, 2, BLOOM, (TOPIC, OTHER_TOPIC), 100, CURSOR)
    topics = [TOPIC, OTHER_TOPIC]
    return [
        ("reference", (1, 2, BLOOM, topics, 100, CURSOR, True), whole),
        ("reference, one by one", (1, 2, BLOOM, topics, 100, CURSOR, False),
         HistoryRequest(1, 2, BLOOM, (TOPIC, OTHER_TOPIC), 100, CURSOR, batch=False)),
        ("reference without batch", (1, 2, BLOOM, topics, 100, CURSOR), whole),
        ("reference without cursor", (1, 2, BLOOM, topics, 100), HistoryRequest(1, 2, BLOOM, whole.topics, 100)),
        ("reference without limit", (1, 2, BLOOM, topics), HistoryRequest(1, 2, BLOOM, whole.topics)),
        ("specification", (1, 2, BLOOM, 100, CURSOR, topics), whole),
        ("specification, empty cursor", (1, 2, b"", 100, b"", topics), HistoryRequest(1, 2, b"", whole.topics, 100)),
        ("specification, null cursor", (1, 2, b"", 100, [], topics), HistoryRequest(1, 2, b"", whole.topics, 100)),
        ("specification without topics", (1, 2, BLOOM, 100, CURSOR), HistoryRequest(1, 2, BLOOM, (), 100, CURSOR)),
        ("specification without cursor", (1, 2, BLOOM, 100), HistoryRequest(1, 2, BLOOM, (), 100)),
        ("specification without limit", (1, 2, BLOOM), HistoryRequest(1, 2, BLOOM)),
        ("before 0.42", (1, 2, BLOOM, 100, CURSOR, True), HistoryRequest(1, 2, BLOOM, (), 100, CURSOR)),
        ("before 0.42, one by one", (1, 2, BLOOM, 100, CURSOR, False),
         HistoryRequest(1, 2, BLOOM, (), 100, CURSOR, batch=False)),
    ]  # fmt: skip


@pytest.mark.requirement("WM-7", "WM-11")
@pytest.mark.parametrize(
    ("name", "items", "expected"), _forms(), ids=lambda value: value if isinstance(value, str) else ""
)
def test_every_form_of_a_sealed_request(name: str, items: rlp.Encodable, expected: HistoryRequest) -> None:
    assert HistoryRequest.decode(rlp.encode(items)) == expected


@pytest.mark.parametrize(
    ("rest", "expected"),
    [
        (b"", HistoryRequest(1000, 2000, FULL_BLOOM)),
        (BLOOM, HistoryRequest(1000, 2000, BLOOM)),
        (BLOOM + (7).to_bytes(4, "big"), HistoryRequest(1000, 2000, BLOOM, (), 7)),
        (
            BLOOM + (7).to_bytes(4, "big") + CURSOR + TOPIC,
            HistoryRequest(1000, 2000, BLOOM, (), 7, CURSOR + TOPIC),
        ),
    ],
    ids=["times", "bloom", "limit", "cursor"],
)
def test_numbers_without_rlp_from_old_whisper_clients(rest: bytes, expected: HistoryRequest) -> None:
    assert HistoryRequest.decode((1000).to_bytes(4, "big") + (2000).to_bytes(4, "big") + rest) == expected


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        rlp.encode([]),
        rlp.encode((1, 2)),
        rlp.encode((1, 2, BLOOM, [], 1, b"", True, 0)),
        rlp.encode((1, 2, BLOOM, 100, b"", True, [])),
        rlp.encode((1, 2, BLOOM[:63], [], 1, b"", True)),
        rlp.encode((1, 2, BLOOM, [b"abc"], 1, b"", True)),
        rlp.encode((1, 2, BLOOM, [], 1, b"", 2)),
        rlp.encode((1, 2, BLOOM, [], 1, [b"x"], True)),
        rlp.encode((1, 1 << 32, BLOOM, [], 1, b"", True)),
        rlp.encode(([], 2, BLOOM, [], 1, b"", True)),
        bytes(9),
        bytes(71),
        (1).to_bytes(4, "big") + (2 + 24 * 3600).to_bytes(4, "big"),
    ],
)
def test_what_is_no_request(payload: bytes) -> None:
    with pytest.raises(RemoteError):
        HistoryRequest.decode(payload)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_request_or_the_peers_fault(payload: bytes) -> None:
    with contextlib.suppress(RemoteError):
        HistoryRequest.decode(payload)
    with contextlib.suppress(RemoteError):
        decode_completion(payload)
    conversation = Conversation()
    with contextlib.suppress(RemoteError):
        conversation.ask(payload)
    assert conversation.server.next_work() is None


def test_a_request_of_ours_has_seven_items_and_is_signed() -> None:
    request = HistoryRequest(1, 2, BLOOM, (TOPIC,), 100, CURSOR)
    envelope = request.seal(KEY, SIGNER, NOW, 0.002, drawn)
    assert envelope.reaches(0.002)
    contents = unseal(KEY, envelope.data)
    assert contents.signer == SIGNER.public_key
    assert len(rlp.as_list(rlp.decode(contents.payload))) == 7
    with pytest.raises(RemoteError):
        unseal(SymmetricKey(b"\x01" * 32), envelope.data)
    with pytest.raises(LocalError):
        HistoryRequest(1, 2, BLOOM[:63]).encode()


@pytest.mark.parametrize("size", [1, 35, 37, 39, 41, 100])
def test_cursors_of_other_lengths_are_refused(size: int) -> None:
    with pytest.raises(RemoteError):
        Key.from_cursor(bytes(size))
    assert Key.from_cursor(b"") is None
