"""The server's side of a history request: which are answered, in what order, and how (waku.md §7.4 to §7.8).

Bytes in, work and packets out. The shell hands over what peers send, takes :class:`Work` while there is some, reads a
portion of the page from the archive, says so, sends the packets of :meth:`Server.answer`, waits until the peer has read
them, and hands the :meth:`Server.rest` back. So a place is held only while the archive is read (A56), and what a peer
does not read is in the archive, where it was.
"""

from __future__ import annotations

from collections import Counter, OrderedDict, deque
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import replace

from pystatus.crypto.hashing import keccak256
from pystatus.errors import RemoteError
from pystatus.mailserver.completion import NOTHING_SENT, Completed, Failed
from pystatus.mailserver.config import (
    ASKED_AT_ONCE,
    ASKED_PER_SECOND,
    LEAST_ASKED,
    MAX_ALL_WAITING,
    MAX_CLOCK_DIFFERENCE,
    MAX_LIMIT,
    MAX_NETWORK_WAITING,
    MAX_REMEMBERED,
    MAX_REMEMBERED_PEERS,
    MAX_WAITING,
    NETWORK_SHARE,
    PORTION_BYTES,
    REMEMBERED_SECONDS,
    UPPER_MARGIN,
    MailserverConfig,
)
from pystatus.mailserver.cursor import LAST_SECOND, Key
from pystatus.mailserver.lacking import COMPLETE, Holdings, Pending, state
from pystatus.mailserver.requests import HistoryRequest, from_plain
from pystatus.mailserver.server.archive import ArchiveQuery, Page
from pystatus.mailserver.time_ranges import NOTHING, TimeRange, TimeRanges
from pystatus.records import dataclass
from pystatus.token_bucket import TokenBucket
from pystatus.waku import packets
from pystatus.waku.bloom import is_full_bloom
from pystatus.waku.data import SymmetricKey, unseal
from pystatus.waku.envelope import Envelope
from pystatus.waku.packets import MAX_SENT_PACKET_SIZE
from pystatus.waku.relay.events import PeerId
from pystatus.waku.status import MAX_TOPICS
from pystatus.wire import rlp

NO_ENVELOPE = Key(0, NOTHING_SENT)
"""Stands for the last envelope where there is none."""


@dataclass(frozen=True, slots=True, eq=False)
class Work:
    """One accepted request, or what is left of it."""

    peer: PeerId
    network: Hashable
    """Where the peer is; whoever is there, too, shares limits with it."""
    request_id: bytes
    query: ArchiveQuery
    """The page, or what is left of it."""
    batch: bool
    """Whether several envelopes may go in one packet."""
    asked: TimeRanges
    """All that was asked for."""
    lacks: TimeRanges = NOTHING
    """What of it is not here."""
    pending: Pending | None = None
    """What is being fetched from others. The query ends before it, and so does the answer; where it is the newest end,
    they begin behind it."""
    last: Key = NO_ENVELOPE
    """The last envelope of the page that has been sent."""

    @property
    def portion(self) -> ArchiveQuery:
        """What to read now."""
        return replace(self.query, max_bytes=min(self.query.max_bytes, PORTION_BYTES))


class _Refused(Exception):
    """Why a request is not answered with envelopes; the text goes to whoever asked."""


class Server:
    """A mailserver without its archive."""

    def __init__(self, key: SymmetricKey, config: MailserverConfig | None = None) -> None:
        """
        :param key: what requests are sealed with, made of the server's password.
        """
        self.config = config or MailserverConfig()
        self.accepted = 0
        """Requests so far that were accepted."""
        self.refused = 0
        """Requests so far that were refused."""
        self.key = key
        """What requests are sealed with."""
        self.holdings: Callable[[float], Holdings] = lambda _now: COMPLETE
        """What the archive lacks at a Unix second. Whoever knows sets it before the first request comes."""
        self._waiting: OrderedDict[PeerId, deque[Work]] = OrderedDict()
        self._count_waiting = 0
        self._count_by_network: Counter[Hashable] = Counter()
        self._busy: dict[PeerId, Work] = {}
        self._reading: set[Work] = set()
        self._turns: dict[Hashable, int] = {}
        self._turn = 0
        self._last_accepted: dict[PeerId, float] = {}  # in the order of time
        self._seen: OrderedDict[bytes, float] = OrderedDict()
        self._may_ask: dict[PeerId, TokenBucket] = {}

    def receive(self, peer: PeerId, payload: bytes, now: float, network: Hashable = None) -> Failed | None:
        """Take the body of a P2P Request at ``now`` (Unix seconds). What is returned is to be sent to the peer.

        :param network: where the peer is; ``None``: it is alone there.
        :raises RemoteError: so malformed that it cannot be answered; the peer deserves a penalty.

        Implements: WM-5
        """
        plain_id = packets.plain_request_id(payload)
        asked = self._may_ask.setdefault(peer, TokenBucket(ASKED_AT_ONCE, ASKED_PER_SECOND, now))
        if not asked.take(now, max(LEAST_ASKED, len(payload))):
            self.refused += 1
            return Failed(plain_id or keccak256(payload), "too many requests: ask again in some seconds")
        try:
            request = packets.decode_p2p_request(payload)
        except RemoteError as error:
            if plain_id is None:
                raise
            self.refused += 1
            return Failed(plain_id, f"request is malformed: {error}")
        request_id = request.hash if isinstance(request, Envelope) else request.request_id
        place = peer if network is None else network
        try:
            self._check_room(peer, place)  # opening one takes a tenth of a millisecond, wanted or not
            wanted = self._open(request, now) if isinstance(request, Envelope) else self._plain(request)
            query = self._query(wanted, now)
            self._check_place(peer, request_id, query, now)
            # Only now: with many spans it takes milliseconds to say what is lacking.
            work = self._work(peer, place, request_id, wanted, query, now)
            self._admit(work, now)
        except (_Refused, RemoteError) as error:
            self.refused += 1
            return Failed(request_id, str(error))
        if isinstance(request, Envelope):
            self._remember(request_id, now)
        self.accepted += 1
        return None

    def next_work(self) -> Work | None:
        """The next request to read the archive for, if there is one and there is a place: :meth:`read` frees it.

        Networks take turns, and in each of them its peers. Of one peer only one request is answered at a time.
        """
        most = self.config.max_at_once
        if len(self._reading) >= most:
            return None
        reading = Counter(work.network for work in self._reading)
        full = {network for network, count in reading.items() if count >= max(1, most // NETWORK_SHARE)}
        candidates = (
            (self._turns.get(queue[0].network, 0), place, peer)
            for place, (peer, queue) in enumerate(self._waiting.items())
            if peer not in self._busy and queue[0].network not in full
        )
        chosen = min(candidates, default=None, key=lambda candidate: candidate[:2])
        if chosen is None:
            return None
        peer = chosen[2]
        queue = self._waiting[peer]
        work = queue.popleft()
        self._count(work, -1)
        self._waiting.move_to_end(peer)
        if not queue:
            del self._waiting[peer]
        self._turn += 1
        self._turns[work.network] = self._turn
        self._busy[peer] = work
        self._reading.add(work)
        return work

    def read(self, work: Work) -> None:
        """The archive has been read for ``work``, or cannot be read: its place is free."""
        self._reading.discard(work)
        self._forget_turn(work.network)

    def answer(self, work: Work, page: Page) -> Iterator[tuple[int, bytes]]:
        """The packets, code and body, that answer ``work``: none above 1 MiB, the completion last. What
        the archive lacks ends it as a failure, or is stated in it. Where there is a :meth:`rest`, that ends it.

        :param page: :attr:`Work.portion` of it, or all.

        Implements: WU-28, WM-8, WM-13, WM-14
        """
        for bundle in _bundles(page.envelopes, work.batch):
            yield packets.P2P_MESSAGE, rlp.encode_list(bundle)
        if self.rest(work, page) is not None:
            return
        last = _last(work, page)
        if work.pending is not None and work.pending.all_else:
            over: Completed | Failed = Failed(work.request_id, replace(work.pending, all_else=not page.more).text)
        elif page.more:
            over = Completed(work.request_id, last.hash, last.cursor)
        elif work.pending is not None:
            over = Failed(work.request_id, work.pending.text)
        else:
            over = Completed(work.request_id, last.hash, lacking=state(work.lacks))
        yield packets.P2P_REQUEST_COMPLETE, over.encode()

    def rest(self, work: Work, page: Page) -> Work | None:
        """What is left of ``work`` when ``page`` has been sent. A page ends where one more might be too much for it."""
        size = sum(map(len, page.envelopes))
        limit, room = work.query.limit - len(page.envelopes), work.query.max_bytes - size
        if not page.more or not page.envelopes or limit <= 0 or room < MAX_SENT_PACKET_SIZE:
            return None
        last = _last(work, page)
        return replace(work, query=replace(work.query, before=last, limit=limit, max_bytes=room), last=last)

    def resume(self, work: Work, now: float) -> Failed | None:
        """A :meth:`rest` is next of what its peer waits for; the part before it is done. What is returned is to be sent
        to the peer: the archive has lost more meanwhile, so that the end of the page might claim too much."""
        holdings = self.holdings(now)
        lost = (holdings.lacking & work.asked) - work.lacks
        if lost and (work.pending is not None or holdings.pending & work.asked):
            return Failed(work.request_id, "what is here has changed meanwhile: ask again")
        work = replace(work, lacks=work.lacks | lost)
        self._waiting.setdefault(work.peer, deque()).appendleft(work)
        self._count(work, 1)
        return None

    def done(self, work: Work) -> None:
        """``work`` is over, answered or not."""
        self.read(work)
        if self._busy.get(work.peer) is work:
            del self._busy[work.peer]

    def peer_gone(self, peer: PeerId) -> None:
        """Forget what the peer still waits for. Its interval stays: who comes back is not served sooner."""
        self._may_ask.pop(peer, None)
        for work in self._waiting.pop(peer, ()):
            self._count(work, -1)
            self._forget_turn(work.network)

    def on_timer(self, now: float) -> None:
        """Forget what is over. Call it now and then."""
        over = now - self.config.interval
        self._last_accepted = {peer: at for peer, at in self._last_accepted.items() if at > over}
        while self._seen and next(iter(self._seen.values())) < now - REMEMBERED_SECONDS:
            self._seen.popitem(last=False)

    # The rules, in the order of waku.md §7.4

    def _open(self, envelope: Envelope, now: float) -> HistoryRequest:
        """What a sealed request asks for.

        Implements: WM-10
        """
        if not envelope.reaches(self.config.min_pow):
            raise _Refused("PoW too low")
        if envelope.hash in self._seen:
            raise _Refused("this request came before: make a new one")
        try:
            contents = unseal(self.key, envelope.data)
        except RemoteError as error:
            raise _Refused("request cannot be decrypted: is the password right?") from error
        if contents.signer is None:
            raise _Refused("request is not signed")
        if abs(envelope.expiry - envelope.ttl - now) > MAX_CLOCK_DIFFERENCE:
            raise _Refused("request is of another time: is the clock right?")
        try:
            return HistoryRequest.decode(contents.payload)
        except RemoteError as error:
            raise _Refused(f"request is malformed: {error}") from error

    def _plain(self, request: packets.MessagesRequest) -> HistoryRequest:
        if self.config.sealed_only:
            raise _Refused("plain requests are not answered here: seal it with the server's password")
        return from_plain(request)

    def _work(
        self,
        peer: PeerId,
        network: Hashable,
        request_id: bytes,
        request: HistoryRequest,
        query: ArchiveQuery,
        now: float,
    ) -> Work:
        # Of all pages, not of this one: whoever asks takes what the last one says for the whole range.
        asked = TimeRanges([TimeRange(request.lower, (request.upper or int(now) + UPPER_MARGIN) + 1)])
        holdings = self.holdings(now)
        lacking = holdings.lacking & asked
        if not holdings.pending & asked:
            return Work(peer, network, request_id, query, request.batch, asked, lacking)
        pending = Pending(lacking.newest, max(1, round(holdings.wait)))
        if lacking == TimeRanges([pending.span]) and pending.span.upper == asked.newest.upper:
            # It is the newest end, and nothing else. Clients of the reference would get nothing at all, so they get a
            # page of what is older first. Never a cursor: behind it nobody would know what was passed over before.
            if request.cursor or pending.span.lower <= request.lower:
                raise _Refused(pending.text)
            query = replace(query, before=min(query.before, Key(pending.span.lower, b"")))
            pending = replace(pending, all_else=True)
            return Work(peer, network, request_id, query, request.batch, asked, lacking, pending)
        if pending.span.upper >= query.before.sent + bool(query.before.hash):  # nothing is younger
            raise _Refused(pending.text)
        query = replace(query, lower=pending.span.upper)
        return Work(peer, network, request_id, query, request.batch, asked, lacking, pending)

    def _query(self, request: HistoryRequest, now: float) -> ArchiveQuery:
        """The page that a request asks for.

        Implements: WM-12
        """
        upper = request.upper or int(now) + UPPER_MARGIN
        if request.lower > upper:
            raise _Refused("request is invalid: the range ends before it begins")
        if not request.bloom and not request.topics:
            raise _Refused("request is invalid: neither topics nor bloom filter")
        if request.limit > MAX_LIMIT:
            raise _Refused(f"request is invalid: the limit is {MAX_LIMIT} envelopes, then ask again with the cursor")
        if len(request.topics) > MAX_TOPICS:
            raise _Refused(f"request is invalid: more than {MAX_TOPICS} topics")
        cursor = Key.from_cursor(request.cursor)
        before = Key(min(upper, LAST_SECOND) + 1, b"")
        return ArchiveQuery(
            lower=request.lower,
            before=before if cursor is None else min(before, cursor),
            limit=request.limit or MAX_LIMIT,
            max_bytes=self.config.max_page_bytes,
            topics=frozenset(request.topics) or None,
            bloom=None if request.topics or is_full_bloom(request.bloom) else request.bloom,
        )

    def _check_room(self, peer: PeerId, network: Hashable) -> None:
        waiting = len(self._waiting.get(peer, ()))
        of_network = self._count_by_network[network]
        if waiting >= MAX_WAITING or of_network >= MAX_NETWORK_WAITING or self._count_waiting >= MAX_ALL_WAITING:
            raise _Refused("too many requests at once: wait for the answers")

    def _check_place(self, peer: PeerId, request_id: bytes, query: ArchiveQuery, now: float) -> None:
        last = self._last_accepted.get(peer)
        if last is not None and last <= now < last + self.config.interval:
            raise _Refused("rate limit exceeded")
        waiting = self._waiting.get(peer, ())
        if sum(len(one.topics or ()) for one in (query, *(other.query for other in waiting))) > MAX_TOPICS:
            raise _Refused("too many topics at once: wait for the answers")
        if any(other.request_id == request_id for other in waiting):
            raise _Refused("a request with this id is waiting already")

    def _admit(self, work: Work, now: float) -> None:
        peer = work.peer
        if self.config.interval:
            self._last_accepted.pop(peer, None)
            self._last_accepted[peer] = now
            if len(self._last_accepted) > MAX_REMEMBERED_PEERS:
                del self._last_accepted[next(iter(self._last_accepted))]
        self._waiting.setdefault(peer, deque()).append(work)
        self._count(work, 1)

    def _count(self, work: Work, change: int) -> None:
        self._count_waiting += change
        self._count_by_network[work.network] += change
        if not self._count_by_network[work.network]:
            del self._count_by_network[work.network]

    def _forget_turn(self, network: Hashable) -> None:
        """Of a network of which nothing waits."""
        if not self._count_by_network[network]:
            self._turns.pop(network, None)

    def _remember(self, request_id: bytes, now: float) -> None:
        self._seen[request_id] = now
        if len(self._seen) > MAX_REMEMBERED:
            self._seen.popitem(last=False)


def _last(work: Work, page: Page) -> Key:
    last = Envelope.decode(page.envelopes[-1]) if page.envelopes else None
    return work.last if last is None else Key(last.sent, last.hash)


def fits_a_packet(envelope: Envelope) -> bool:
    """Whether the envelope can be delivered at all: one that cannot is not worth archiving (waku.md §7.6)."""
    return len(envelope.raw) <= PORTION_BYTES


def _bundles(envelopes: Sequence[bytes], batch: bool) -> Iterator[list[bytes]]:
    bundle: list[bytes] = []
    size = 0
    for raw in envelopes:
        if len(raw) > PORTION_BYTES:
            continue
        if bundle and (not batch or size + len(raw) > PORTION_BYTES):
            yield bundle
            bundle, size = [], 0
        bundle.append(raw)
        size += len(raw)
    if bundle:
        yield bundle
