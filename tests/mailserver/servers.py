"""What mailservers send in answer to a request, packet by packet: ours, and the reference's."""

from __future__ import annotations

from typing import TypeAlias

from pystatus.mailserver.completion import Completed, Completion, decode_completion
from pystatus.mailserver.cursor import Key
from pystatus.mailserver.requests import HistoryRequest
from pystatus.mailserver.server.server import Server
from pystatus.waku import packets
from pystatus.waku.bloom import bloom_matches
from pystatus.waku.data import unseal
from pystatus.waku.envelope import Envelope
from tests.mailserver.support import KEY, ListArchive

Packet: TypeAlias = tuple[int, bytes]
"""Its code and its body."""
Part: TypeAlias = tuple[Envelope, ...] | Completion
"""What a packet holds: a P2P Message, or a P2P Request Complete."""


def opened(payload: bytes) -> tuple[bytes, HistoryRequest]:
    """The id of a sealed request, and what it asks for."""
    request = packets.decode_p2p_request(payload)
    assert isinstance(request, Envelope)
    return request.hash, HistoryRequest.decode(unseal(KEY, request.data).payload)


def part(packet: Packet) -> Part:
    """What a packet of an answer holds."""
    code, body = packet
    return decode_completion(body) if code == packets.P2P_REQUEST_COMPLETE else tuple(packets.decode_messages(body))


def our_answer(server: Server, archive: ListArchive, client: str, payload: bytes, now: float) -> list[Packet]:
    """The real server before a list of envelopes: the newest first, topics as asked for."""
    refusal = server.receive(client, payload, now)
    if refusal is not None:
        return [(packets.P2P_REQUEST_COMPLETE, refusal.encode())]
    work = server.next_work()
    assert work is not None
    answer = list(server.answer(work, archive.page(work.query)))
    server.done(work)
    return answer


def reference_answer(archive: ListArchive, payload: bytes) -> list[Packet]:
    """As the reference on LevelDB: the oldest envelope first, by bloom filter whatever the topics, and a cursor
    whenever the limit was reached (waku.md §7.5, §7.6)."""
    request_id, request = opened(payload)
    cursor = Key.from_cursor(request.cursor)
    page = [
        one
        for one in sorted(archive.envelopes.values(), key=Key.of)
        if request.lower <= one.sent <= request.upper
        and (cursor is None or Key.of(one) > cursor)
        and bloom_matches(request.bloom, one.bloom)
    ][: request.limit]
    if not page:
        return [(packets.P2P_REQUEST_COMPLETE, Completed(request_id).encode())]
    next_cursor = Key.of(page[-1]).cursor if len(page) == request.limit else b""
    completed = Completed(request_id, page[-1].hash, next_cursor)
    return [
        (packets.P2P_MESSAGE, packets.encode_messages(page)),
        (packets.P2P_REQUEST_COMPLETE, completed.encode()),
    ]
