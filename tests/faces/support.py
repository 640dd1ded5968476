"""Messages and people of tests of what faces show."""

from __future__ import annotations

from functools import cache

from pystatus.crypto.keys import PrivateKey, PublicKey
from pystatus.messenger.records import Message, MessageState
from pystatus.payloads.kinds import ContentType

CHAT = "status"
MINUTE_MS = 60_000
DAY_MS = 24 * 60 * MINUTE_MS
NOON = 18_500 * DAY_MS + DAY_MS // 2
"""26 August 2020, 12:00 UTC, in Unix milliseconds."""


@cache
def person(number: int) -> PublicKey:
    return PrivateKey(number.to_bytes(32, "big")).public_key


ALICE, BOB, CAROL = (person(number) for number in (1, 2, 3))


def message(
    number: int,
    *,
    clock: int | None = None,
    author: PublicKey = BOB,
    text: str = "hello",
    sent_ms: int | None = None,
    received_ms: int | None = None,
    chat_id: str = CHAT,
    content_type: int = ContentType.TEXT_PLAIN,
    state: MessageState | None = None,
    response_to: bytes | None = None,
    forward_secrecy: bool = False,
) -> Message:
    """The message of this number, which is its clock, too."""
    clock = number if clock is None else clock
    sent_ms = NOON + clock * MINUTE_MS if sent_ms is None else sent_ms
    return Message(
        id=number.to_bytes(32, "big"),
        chat_id=chat_id,
        author=author,
        clock=clock,
        sent_ms=sent_ms,
        received_ms=sent_ms if received_ms is None else received_ms,
        content_type=content_type,
        text=text,
        payload=b"",
        response_to=response_to,
        state=state,
        forward_secrecy=forward_secrecy,
    )
