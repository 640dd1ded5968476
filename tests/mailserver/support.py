"""A server, those who ask it, and what an archive would say."""

from __future__ import annotations

import random
from collections.abc import Sequence

from pystatus.crypto.keys import PrivateKey
from pystatus.mailserver.completion import Completed, Completion, Failed, decode_completion
from pystatus.mailserver.config import MailserverConfig
from pystatus.mailserver.cursor import Key
from pystatus.mailserver.password import PUBLIC_PASSWORD
from pystatus.mailserver.requests import HistoryRequest
from pystatus.mailserver.server.archive import ArchiveQuery, Page
from pystatus.mailserver.server.server import Server, Work
from pystatus.transport.topics import symmetric_key
from pystatus.waku import packets
from pystatus.waku.bloom import bloom_matches
from pystatus.waku.envelope import Envelope
from pystatus.waku.packets import MessagesRequest
from tests.waku.network import NOW, TOPIC

KEY = symmetric_key(PUBLIC_PASSWORD)
SIGNER = PrivateKey(b"\x01" * 32)
DAY = 86_400
_random = random.Random(5)


def drawn(size: int) -> bytes:
    """Bytes that nobody expects, the same in each run."""
    return _random.randbytes(size)


def sealed(
    request: HistoryRequest, *, now: float = NOW, signer: PrivateKey = SIGNER, pow_target: float = 0.002
) -> Envelope:
    return request.seal(KEY, signer, now, pow_target, drawn)


def last_day(*topics: bytes, limit: int = 0, cursor: bytes = b"", bloom: bytes = b"") -> HistoryRequest:
    return HistoryRequest(int(NOW) - DAY, int(NOW), bloom, topics or (TOPIC,), limit, cursor)


def plain(request: HistoryRequest, number: int = 0) -> MessagesRequest:
    """The same, not sealed."""
    return MessagesRequest(
        number.to_bytes(32, "big"),
        request.lower,
        request.upper,
        request.limit,
        request.cursor,
        request.bloom,
        request.topics,
    )


class ListArchive:
    """What an archive has to answer, said in the shortest way."""

    def __init__(self, envelopes: Sequence[Envelope] = ()) -> None:
        self.envelopes = {envelope.hash: envelope for envelope in envelopes}

    def page(self, query: ArchiveQuery) -> Page:
        found = sorted(
            (envelope for envelope in self.envelopes.values() if _matches(envelope, query)), key=Key.of, reverse=True
        )
        taken: list[bytes] = []
        size = 0
        for envelope in found[: query.limit]:
            size += len(envelope.raw)
            if taken and size > query.max_bytes:
                break
            taken.append(envelope.raw)
        return Page(taken, len(taken) < len(found))


def _matches(envelope: Envelope, query: ArchiveQuery) -> bool:
    return (
        query.lower <= envelope.sent
        and Key.of(envelope) < query.before
        and (query.topics is None or envelope.topic in query.topics)
        and bloom_matches(query.bloom, envelope.bloom)
    )


class Conversation:
    """A server with an archive, and peers who ask it."""

    def __init__(self, *envelopes: Envelope, config: MailserverConfig | None = None) -> None:
        self.server = Server(KEY, config)
        self.archive = ListArchive(envelopes)
        self.now = NOW

    def ask(
        self, request: Envelope | MessagesRequest | bytes, peer: str = "peer", network: str | None = None
    ) -> Failed | None:
        """Send a request; what the server says at once."""
        if isinstance(request, bytes):
            payload = request
        else:
            payload = request.raw if isinstance(request, Envelope) else request.encode()
        return self.server.receive(peer, payload, self.now, network)

    def work(self) -> Work:
        work = self.server.next_work()
        assert work is not None
        return work

    def answer(self, work: Work) -> tuple[list[list[Envelope]], Completion]:
        """Serve ``work``: the envelopes packet by packet, and the completion."""
        *messages, (code, completion) = self.server.answer(work, self.archive.page(work.query))
        assert code == packets.P2P_REQUEST_COMPLETE
        self.server.done(work)
        batches = []
        for message_code, payload in messages:
            assert message_code == packets.P2P_MESSAGE
            assert len(payload) <= packets.MAX_SENT_PACKET_SIZE
            batches.append(packets.decode_messages(payload))
        return batches, decode_completion(completion)

    def page(self, request: Envelope | MessagesRequest) -> tuple[list[Envelope], Completed]:
        """Ask, and take a page that has to succeed."""
        assert self.ask(request) is None
        batches, completion = self.answer(self.work())
        assert isinstance(completion, Completed)
        return [envelope for batch in batches for envelope in batch], completion
