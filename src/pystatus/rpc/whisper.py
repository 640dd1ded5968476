"""``shh_*`` and ``shhext_requestMessages``: the names of Whisper on the node of ``waku_*`` (waku.md §7.10, §9.7)."""

from __future__ import annotations

import os
from typing import Annotated, Any, TypeAlias

import msgspec

from pystatus.crypto.keys import PrivateKey
from pystatus.crypto.random import RandomSource
from pystatus.mailserver.cursor import CURSOR_SIZE
from pystatus.mailserver.requests import REQUEST_TOPIC, REQUEST_TTL, HistoryRequest
from pystatus.mailserver.timing import DAY
from pystatus.node import Node
from pystatus.rpc.admin import trust
from pystatus.rpc.dispatcher import Method
from pystatus.rpc.encoding import WHISPER, from_hex, to_hex
from pystatus.rpc.errors import invalid_params
from pystatus.rpc.messages import NO_TOPIC, Post
from pystatus.rpc.posting import DEFAULT_POW_TIME
from pystatus.rpc.session import Session
from pystatus.rpc.waku import WakuApi
from pystatus.waku.bloom import TOPIC_SIZE, topics_bloom

VERSION = "6.0"
"""What ``shh_version`` says: that of the protocol (waku.md §1.1)."""

_INFO = ("memory", "messages", "minPow", "maxMessageSize")
_NOT_WHISPERS = "waku_setMaxEnvelopeSize"

_Number: TypeAlias = Annotated[int, msgspec.Meta(ge=0, lt=1 << 32)]


class RequestObject(msgspec.Struct, rename={"start": "from", "end": "to"}):
    """What a caller says about the history that it wants. There is nothing that ``timeout`` and ``force`` of the
    reference would change: no event says that a request has expired, and none is refused for coming too soon."""

    mailServerPeer: str | None = None
    start: _Number | None = None
    """Unix second; 0 is a day before ``end``."""
    end: _Number | None = None
    """Unix second; 0 is now."""
    limit: _Number | None = None
    """Envelopes; 0 leaves it to the mailserver."""
    cursor: str | None = None
    topic: str | None = None
    """Where there are no ``topics``."""
    topics: list[str] | None = None
    symKeyID: str | None = None

    def understood(self, now: float) -> HistoryRequest:
        """
        :raises RpcError: something is missing, contradictory or malformed.
        """
        end = self.end or int(now)
        start = self.start or max(0, end - DAY)
        if start > end:
            raise invalid_params("the range is empty: from is after to")
        named = self.topics or ([self.topic] if self.topic else [])
        topics = tuple(from_hex(topic, "a topic", TOPIC_SIZE) for topic in named)
        if not self.topics and topics in ((), (NO_TOPIC,)):
            raise invalid_params("missing topic(s): name those whose history is wanted")
        return HistoryRequest(start, end, topics_bloom(topics), topics, self.limit or 0, _cursor(self.cursor or ""))


class WhisperApi:
    """What clients of Whisper call on a bridge. Filters, keys and messages are those of ``waku_*``: the bridge has one
    relay, and an envelope is the same in both.

    Implements: EI-11, WH-7
    """

    def __init__(self, node: Node, waku: WakuApi, random: RandomSource = os.urandom) -> None:
        self._node = node
        self._waku = waku
        self._messaging = waku.messaging_in("shh", WHISPER)
        self._signer = PrivateKey.generate(random)  # a mailserver wants a signature, and does not ask whose

    @property
    def methods(self) -> dict[str, Method]:
        """By name.

        Implements: WH-7
        """
        same = {name: method for name, method in self._waku.methods.items() if name != _NOT_WHISPERS}
        return {
            **{"shh_" + name.partition("_")[2]: method for name, method in same.items()},
            "shh_version": self.version,
            "shh_info": self.info,
            **self._messaging.methods,
            "shhext_requestMessages": self.request_messages,
        }

    def version(self) -> str:
        return VERSION

    def info(self) -> dict[str, Any]:
        """The fields of the reference."""
        info = self._waku.info()
        return {name: info[name] for name in _INFO}

    async def request_messages(self, request: RequestObject, session: Session) -> str:
        """Ask a connected mailserver for history, and trust it from then on: what it sends goes to the filters with
        ``allowP2P``. Without a symmetric key the request is sealed to the mailserver's node key. The result is the
        request's id.

        Implements: WH-7
        """
        node = self._node
        if not request.mailServerPeer:
            raise invalid_params("mailServerPeer is missing: the enode URL of a mailserver that is connected")
        wanted = request.understood(node.now)
        peer = node.connected_peer(request.mailServerPeer)
        key = self._waku.keys.shared(request.symKeyID) if request.symKeyID else peer.enode.public_key
        sealed = await self._messaging.make(
            Post(
                key=key,
                signer=self._signer,
                ttl=REQUEST_TTL,
                topic=REQUEST_TOPIC,
                payload=wanted.encode(),
                padding=None,
                pow_time=DEFAULT_POW_TIME,
                pow_target=node.config.min_pow,
                target_peer=None,
            ),
            session,
        )
        trust(node, request.mailServerPeer)
        node.send_request(peer, sealed.raw)
        return to_hex(sealed.hash)


def _cursor(text: str) -> bytes:
    """Completions of the reference have it in digits alone."""
    if not text:
        return b""
    return from_hex(text if text.startswith(("0x", "0X")) else "0x" + text, "cursor", CURSOR_SIZE)
