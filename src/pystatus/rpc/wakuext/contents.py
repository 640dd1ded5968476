"""What a message has beside its text, in the shapes of status-go: pictures and sounds among it, as texts."""

from __future__ import annotations

import base64

from pystatus.client.client import Client
from pystatus.client.features.media import Audio, Image, Media, MediaNotKept
from pystatus.client.features.transactions import Transaction, Transactions
from pystatus.messenger.records import Message
from pystatus.payloads.kinds import ContentType
from pystatus.payloads.markdown.reference import reference_text
from pystatus.payloads.stickers import sticker_of
from pystatus.rpc.encoding import to_hex
from pystatus.rpc.wakuext import shapes

MAX_MEDIA_BYTES = 16 << 20
"""Bytes of pictures and sounds in one answer, before they are written as texts; anybody can send them. Ours: who wants
more asks for smaller pages."""

_MEDIA = (ContentType.IMAGE, ContentType.AUDIO)


class Contents:
    """Of the messages of one answer."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._left = MAX_MEDIA_BYTES

    def add_to(self, shown: shapes.Message, message: Message) -> None:
        """Put in what a message has."""
        if message.content_type in _MEDIA:
            shown.image, shown.audio, shown.audio_duration_ms = self._media(message)
        elif message.content_type == ContentType.STICKER:
            sticker = sticker_of(message.content_type, message.payload)
            shown.sticker = None if sticker is None else shapes.Sticker(hash=sticker.hash, pack=sticker.pack)
        elif message.content_type == ContentType.TRANSACTION_COMMAND:
            step = self._client.feature(Transactions).get(message)
            if step is not None:
                shown.command_parameters = _command(step)
                shown.replace = "" if step.replaces is None else to_hex(step.replaces)

    def quoted(self, message: Message) -> shapes.QuotedMessage:
        """As what somebody replies to."""
        image, audio, duration_ms = self._media(message) if message.content_type in _MEDIA else ("", "", 0)
        return shapes.QuotedMessage(
            sender=message.author.hex,
            text=message.text,
            parsed_text=list(reference_text(message.text).parsed_text),
            image=image,
            audio=audio,
            audio_duration_ms=duration_ms,
        )

    def _media(self, message: Message) -> tuple[str, str, int]:
        """The picture or the sound of a message as ``data:`` addresses, and how long the sound is; empty: it is not
        here, or there is no room for it in this answer."""
        media = self._client.feature(Media)
        about = media.about(message)
        if about is None or about.size > self._left:
            return "", "", 0
        try:
            found = media.of(message)
        except MediaNotKept:  # it was refused when it came, or given up since
            return "", "", 0
        match found:
            case Image():
                self._left -= len(found.data)
                return found.data_uri, "", 0
            case Audio():
                self._left -= len(found.data)
                return "", found.data_uri, found.duration_ms
            case _:
                return "", "", 0


def _command(step: Transaction) -> shapes.CommandParameters:
    return shapes.CommandParameters(
        id=to_hex(step.command_id),
        sender=step.from_address,
        address=step.address,
        contract=step.contract,
        value="" if step.value is None else str(step.value),
        transaction_hash=step.transaction_hash,
        command_state=int(step.state),
        signature=base64.b64encode(step.signature).decode() if step.signature else None,
    )
