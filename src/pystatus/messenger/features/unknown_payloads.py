"""Payloads that this version does not know, or has no feature for (6/PAYLOADS, accretion rule).

Their senders believe them delivered, so they are kept as they came, within limits, and people are told that there is
something. A later version that knows the type takes them at its first start, as if they had just come.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from pystatus.arguments import checked
from pystatus.crypto.keys import PublicKey
from pystatus.errors import StatusError
from pystatus.log_texts import get_logger
from pystatus.messenger.dispatch import Incoming
from pystatus.messenger.effects import Continue, Notify
from pystatus.messenger.events import Event
from pystatus.messenger.features.feature import Feature
from pystatus.messenger.people import ROOM
from pystatus.payloads import registry
from pystatus.payloads.kinds import PayloadType
from pystatus.payloads.wrapper import ApplicationMessage
from pystatus.records import dataclass

log = get_logger(__name__)

MAX_PAYLOAD = 256 << 10
"""Bytes of one payload of somebody we know that are kept; of a longer one it is only known that it came. Ours."""
MAX_PAYLOAD_OF_STRANGER = 8 << 10
"""The same of a stranger's. Ours."""
MAX_COUNT = 5_000
"""Payloads of people we know that are kept. Beyond it, payloads drawn by lot go. Ours."""
MAX_BYTES = 16 << 20
"""Bytes of these. Ours."""
MAX_COUNT_OF_STRANGERS = 500
"""The same of all strangers together, and of what strangers have passed on. Ours."""
MAX_BYTES_OF_STRANGERS = 1 << 20
"""Bytes of these. Ours."""
AT_ONCE = 200
"""Kept payloads that are taken in one step at the start: a fraction of a second."""
MAX_LISTED = 1_000
"""Kept payloads that are listed at once."""


@checked
@dataclass(frozen=True, slots=True)
class UnknownPayload:
    """Something that came, and that this version can do nothing with.

    ``id`` is 32 bytes, as of a message. ``type`` is a :class:`~pystatus.payloads.kinds.PayloadType` or a newer number.
    ``chat_id`` is the chat that it came in, the author's where it came in private, and empty from a device of our own.
    ``size`` is its bytes, ``is_kept`` False where these are too many, or where who has
    handed it on has changed them. ``sent_ms`` and ``received_ms`` are the times of
    the envelope and of its arrival here, Unix milliseconds.
    """

    id: bytes
    type: int
    author: PublicKey
    chat_id: str
    size: int
    sent_ms: int
    received_ms: int
    is_kept: bool = True

    @property
    def type_name(self) -> str:
        """What the specification calls the type; empty for one that this version does not know."""
        return _NAMES.get(self.type, "")


@checked
@dataclass(frozen=True, slots=True)
class UnknownPayloadReceived(Event):
    """Somebody, or another device of ours, has sent what this version can do nothing with."""

    payload: UnknownPayload


@dataclass(frozen=True, slots=True)
class Arrival:
    """How it has come, for the version that can take it."""

    payload: UnknownPayload
    contents: bytes
    """The payload itself; empty where it is not kept."""
    signer: PublicKey
    """Who sent the envelope."""
    signed: bool
    public_name: str | None
    forward_secrecy: bool


class UnknownPayloadTables(Protocol):
    """The storage of this module."""

    def has(self, payload_id: bytes) -> bool: ...

    def add(self, arrival: Arrival, *, of_stranger: bool) -> None: ...

    def held(self, *, of_strangers: bool) -> tuple[int, int]:
        """How many are kept, and their bytes."""

    def sizes(self, *, of_strangers: bool) -> Sequence[tuple[bytes, int]]:
        """The id and the bytes of each."""

    def forget(self, payload_ids: Sequence[bytes]) -> None: ...

    def forget_chat(self, chat_id: str) -> None:
        """Delete what came in a chat."""

    def forget_author(self, author: PublicKey) -> None:
        """Delete what is of somebody, whoever has sent it."""

    def types(self) -> Sequence[int]:
        """The types of which something is kept."""

    def first(self, types: Sequence[int], most: int) -> Sequence[Arrival]:
        """The first that came of some types, of which everything is kept."""

    def contents(self, payload_id: bytes) -> bytes | None:
        """A payload itself; ``None``: it is not here, or not kept."""

    def listed(self, chat_id: str | None, most: int) -> Sequence[UnknownPayload]:
        """What came in a chat, or in all, the newest first."""


class UnknownPayloads(Feature[UnknownPayloadTables]):
    """Kept, told, listed, and taken by a version that can."""

    def keep(self, incoming: Incoming, signer: PublicKey, sent_ms: int) -> None:
        """Keep a payload that no feature takes. One without a type is none.

        :param signer: who sent the envelope.
        :param sent_ms: when, by the envelope: Unix milliseconds.

        Implements: PL-19
        """
        core, message = self._core, incoming.message
        if message.type == PayloadType.UNKNOWN or self._tables.has(message.id):
            return
        # What strangers pass on of people we know is theirs: they can change its id as often as they like.
        of_stranger = not (core.people.is_known(message.author) and core.people.is_known(signer))
        most = MAX_PAYLOAD_OF_STRANGER if of_stranger else MAX_PAYLOAD
        size = len(message.payload)
        kept = UnknownPayload(
            id=message.id,
            type=message.type,
            author=message.author,
            chat_id=self._chat_id(incoming),
            size=size,
            sent_ms=sent_ms,
            received_ms=incoming.now_ms,
            is_kept=size <= most and not message.is_altered,  # no version takes it of them: see receiving
        )
        contents = message.payload if kept.is_kept else b""
        arrival = Arrival(kept, contents, signer, message.signed, incoming.public_name, incoming.forward_secrecy)
        self._tables.add(arrival, of_stranger=of_stranger)
        self._make_room(message.id, of_strangers=of_stranger)
        core.batch.add(Notify(UnknownPayloadReceived(kept)))

    def _chat_id(self, incoming: Incoming) -> str:
        core = self._core
        if incoming.public_name is not None and core.store.chat(incoming.public_name) is not None:
            return incoming.public_name
        return "" if incoming.author == core.own else incoming.author.hex

    def _make_room(self, newest: bytes, *, of_strangers: bool) -> None:
        """If a bound is exceeded, payloads drawn by lot go, each byte with the same chance; not the newest."""
        most = (MAX_COUNT_OF_STRANGERS, MAX_BYTES_OF_STRANGERS) if of_strangers else (MAX_COUNT, MAX_BYTES)
        count, size = self._tables.held(of_strangers=of_strangers)
        if count <= most[0] and size <= most[1]:
            return
        by_bytes = size > most[1]
        candidates = [one for one in self._tables.sizes(of_strangers=of_strangers) if one[0] != newest]
        leaving = []
        for payload_id, its_size in self._core.people.drawn(candidates, by_bytes=by_bytes):
            if count <= most[0] * ROOM and size <= most[1] * ROOM:
                break
            leaving.append(payload_id)
            count -= 1
            size -= its_size
        self._tables.forget(leaving)

    def person_blocked(self, person: PublicKey, now: float) -> None:
        """Nothing of somebody who is blocked waits for a version that knows it."""
        self._tables.forget_author(person)

    def listed(self, chat_id: str | None = None) -> Sequence[UnknownPayload]:
        """What came in a chat, or in all, the newest first: :data:`MAX_LISTED` at most."""
        return self._tables.listed(chat_id, MAX_LISTED)

    def contents(self, payload_id: bytes) -> bytes | None:
        """A payload itself, as it was sent; ``None``: it is not here any more, or was too large to be kept."""
        return self._tables.contents(payload_id)

    # at the start

    def hand_over(self, now: float) -> None:
        """All features are started: give them what came before they were there, once."""
        types = [kind for kind in self._tables.types() if self._core.dispatch.taker(registry.PAYLOADS.get(kind))]
        if types:
            self._hand_over(types, now)

    def _hand_over(self, types: Sequence[int], now: float) -> None:
        core = self._core
        arrivals = self._tables.first(types, AT_ONCE)
        self._tables.forget([arrival.payload.id for arrival in arrivals])
        for arrival in arrivals:
            try:
                with core.batch.part():
                    self._take(arrival)
            except StatusError as error:  # whatever is in it, the profile opens
                log.info("a payload that was kept is refused: %s", error)
        if len(arrivals) == AT_ONCE:
            core.batch.add(Continue(lambda then: self._hand_over(types, then)))

    def _take(self, arrival: Arrival) -> None:
        """As if it had come now, by the clock of then.

        :raises RemoteError: it is refused.
        """
        kept = arrival.payload
        kind = registry.PAYLOADS[kept.type]
        kind.check_author(kept.author, arrival.signer, self._core.own)
        payload = kind.decode(arrival.contents)
        payload.check(max(kept.sent_ms, kept.received_ms), kept.received_ms)
        message = ApplicationMessage(kept.author, arrival.signed, kept.id, kept.type, arrival.contents)
        incoming = Incoming(message, arrival.public_name, arrival.forward_secrecy, kept.received_ms)
        self._core.dispatch.take(payload, incoming)


_NAMES = {int(kind): kind.name.lower().replace("_", "-") for kind in PayloadType}
