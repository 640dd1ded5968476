"""What came and this version can do nothing with: ``client.unknown_payloads``."""

from __future__ import annotations

from collections.abc import Sequence

from pystatus.client.features.feature import ClientFeature
from pystatus.messenger.features.unknown_payloads import UnknownPayload, UnknownPayloadReceived
from pystatus.messenger.features.unknown_payloads import UnknownPayloads as UnknownPayloadsFeature
from pystatus.messenger.records import Chat

__all__ = ["UnknownPayload", "UnknownPayloadReceived", "UnknownPayloads"]


class UnknownPayloads(ClientFeature[UnknownPayloadsFeature]):
    """Payloads of types that this version does not know, or has no use for. They are kept for one that has."""

    NAME = "unknown_payloads"

    def all(self, chat: Chat | str | None = None) -> Sequence[UnknownPayload]:
        """What came in a chat, or in all, the newest first: the last 1,000.

        :raises LocalError: no such chat, or the client is not open.
        """
        chat_id = None if chat is None else self._find_chat(chat).id
        return self._read(lambda unknown: unknown.listed(chat_id))

    def contents(self, payload: UnknownPayload | bytes) -> bytes | None:
        """The payload itself, as it was sent, for programs that know it; None: it is not here any more, or was too
        large to be kept.

        :param payload: what :meth:`all` or an event says, or the 32 bytes of its id.
        :raises LocalError: the client is not open.
        """
        payload_id = payload.id if isinstance(payload, UnknownPayload) else payload
        return self._read(lambda unknown: unknown.contents(payload_id))
