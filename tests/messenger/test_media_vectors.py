"""application.json and matching.json: pictures, sounds and stickers as the reference takes them (PL-7, PL-17).

It takes any bytes for a picture. Here such a message is shown as well, and says why it has none.
"""

from __future__ import annotations

import pytest

from pystatus.client.features.media import Audio, Image
from pystatus.errors import RemoteError
from pystatus.messenger.media_keeping import MediaKeeping
from pystatus.payloads.attachments import attach, attached, detach
from pystatus.payloads.kinds import AudioType, ContentType, ImageType, PayloadType
from pystatus.payloads.messages import ChatMessage
from pystatus.payloads.stickers import sticker_of
from pystatus.payloads.wrapper import unwrap
from tests.payloads.support import BOB
from tests.support.vectors import Case, case_id, cases, unhex

KEEPING = MediaKeeping(None)  # type: ignore[arg-type]
MEDIA = (ContentType.IMAGE, ContentType.AUDIO)
VALIDATION = [case for case in cases("matching", "validation") if case["outcome"] == "accepted"]
SENT = [case for case in cases("application", "message") if case.get("message") == "ChatMessage" and case["valid"]]


def message_of(case: Case) -> tuple[ChatMessage, bytes]:
    wrapped = unwrap(unhex(case["wrapped"]), transport_signer=BOB.public_key)
    assert wrapped.type == PayloadType.CHAT_MESSAGE
    return ChatMessage.decode(wrapped.payload), wrapped.payload


def data_uri(message: ChatMessage) -> tuple[str, str]:
    """What the reference shows of a picture and of a sound."""
    part = attached(message)
    if message.content_type == ContentType.IMAGE and part is not None:
        return Image(part.payload, ImageType(part.type), 1, 1).data_uri, ""
    if message.content_type == ContentType.AUDIO and part is not None:
        return "", Audio(part.payload, AudioType(part.type), 1).data_uri
    return "", ""


@pytest.mark.requirement("PL-17")
@pytest.mark.parametrize("case", VALIDATION, ids=case_id)
def test_what_the_reference_takes_is_shown(case: Case) -> None:
    message, payload = message_of(case)
    assert data_uri(message) == (case["image"], case["audio"])

    separated = KEEPING.separate(message, payload, b"id", "chat", len(payload))
    if message.content_type not in MEDIA:
        assert (separated.payload, separated.attachment, separated.data) == (payload, None, b"")
        return
    assert separated.attachment is not None
    assert separated.attachment.problem.startswith("it is")  # none of these bytes are pictures or sounds
    assert separated.data == b""
    part = attached(message)
    assert part is not None
    assert ChatMessage.decode(attach(separated.payload, part.payload)) == message


@pytest.mark.requirement("PL-7", "PL-17")
@pytest.mark.parametrize("case", SENT, ids=case_id)
def test_what_the_reference_sends_is_put_together_as_it_was(case: Case) -> None:
    message, payload = message_of(case)
    part = attached(message)
    assert attach(detach(payload), b"" if part is None else part.payload) == payload
    sticker = sticker_of(message.content_type, payload)
    if message.content_type == ContentType.STICKER:
        assert sticker is not None
        assert {"hash": sticker.hash, "pack": sticker.pack} == case["fields"]["sticker"]
    else:
        assert sticker is None


def test_a_message_that_is_none_is_an_error_of_its_sender() -> None:
    for broken in (b"\xff", b"\x0a\xff\xff"):
        with pytest.raises(RemoteError):
            detach(broken)
        with pytest.raises(RemoteError):
            attach(broken, b"")
