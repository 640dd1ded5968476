"""What the page is given of people, messages and marks: values of JSON, each of a shape that the page knows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeAlias

from pystatus import sanitise
from pystatus.account.identicon import Identicon
from pystatus.account.key_encoding import encode
from pystatus.account.names import ShownName
from pystatus.crypto.keys import PublicKey
from pystatus.faces.catalogue import Catalogue
from pystatus.faces.delivery import Mark
from pystatus.faces.media import size
from pystatus.faces.searching import Piece
from pystatus.links.qr_code import QrCode
from pystatus.messenger.contact_records import Contact
from pystatus.messenger.media_keeping import MIME_TYPES, Attachment
from pystatus.messenger.message_text import preview
from pystatus.messenger.records import Message, MessageState
from pystatus.payloads.chats import ChatKind
from pystatus.payloads.kinds import ContentType

PageValue: TypeAlias = dict[str, Any]

QUOTE_LENGTH = 160
"""Characters of a message that another one replies to. Ours: a line of a wide window."""
QR_CODES = 16
"""Codes of links that are kept drawn: a view is made anew at each change, and a code takes 25 ms. Ours: more than a
page shows at a time; one of the longest has 15 kB."""
_KINDS: Mapping[ChatKind, str] = {
    ChatKind.ONE_TO_ONE: "person",
    ChatKind.PUBLIC: "public",
    ChatKind.PROFILE: "profile",
    ChatKind.TIMELINE: "timeline",
    ChatKind.PRIVATE_GROUP: "group",
}
_MEDIA: Mapping[int, str] = {ContentType.IMAGE: "image", ContentType.AUDIO: "audio", ContentType.STICKER: "sticker"}


def hex_id(message_id: bytes) -> str:
    """``0x…``, as all calls name a message."""
    return f"0x{message_id.hex()}"


def kind(chat_kind: ChatKind) -> str:
    """``public``, ``person``, ``group``, ``profile`` or ``timeline``."""
    return _KINDS[chat_kind]


def identicon(key: PublicKey) -> PageValue:
    """The picture of a key, to be drawn: its colour, and five rows of five cells, each ``1`` or ``0``."""
    found = Identicon.of(key)
    return {"colour": found.color, "rows": ["".join("01"[cell] for cell in row) for row in found.grid]}


def person(name: ShownName, contact: Contact | None = None) -> PageValue:
    """Somebody."""
    key = name.key
    return {
        "key": key.hex,
        "chat_key": encode(key),
        "name": name.name,
        "second": name.second,
        "label": name.label,
        "full": name.full,
        "key_prefix": name.key_prefix,
        "known": contact is not None and contact.added,
        "identicon": identicon(key),
        "picture": f"/media/person/{key.hex}" if contact is not None and contact.has_picture else None,
    }


def mark(given: Mark | None, state: MessageState | None) -> PageValue | None:
    """How far a message of ours got."""
    if given is None or state is None:
        return None
    return {"state": state.name.lower(), "sign": given.sign, "words": given.words, "asks": given.asks}


def quote(
    message: Message | None, message_id: bytes, author: PageValue | None, name_of: Callable[[PublicKey], str]
) -> PageValue:
    """What a message replies to. ``here`` is false where it is not known here."""
    if message is None:
        return {"id": hex_id(message_id), "author": None, "text": "", "here": False}
    text = preview(message, name_of, QUOTE_LENGTH)
    return {"id": hex_id(message_id), "author": author, "text": text, "here": True}


def media(message: Message, attachment: Attachment | None, texts: Catalogue) -> PageValue | None:
    """The picture or the sound of a message; ``None``: it has none."""
    name = _MEDIA.get(message.content_type)
    if name is None or (attachment is None and name != "sticker"):
        return None
    if attachment is None:
        return {"kind": name, "url": None, "problem": ""}
    return {
        "kind": name,
        "url": None if attachment.problem else f"/media/message/{hex_id(message.id)}",
        "type": MIME_TYPES.get((attachment.content_type, attachment.type), ""),
        "width": attachment.width,
        "height": attachment.height,
        "frames": attachment.frames,
        "seconds": attachment.duration_ms / 1_000,
        "size": size(attachment.size, texts),
        "problem": sanitise.one_line(attachment.problem),
    }


def pieces(found: Sequence[Piece]) -> list[PageValue]:
    """The line of a search result."""
    return [{"text": one.text, "match": one.is_match} for one in found]


def qr_rows(text: str) -> list[str]:
    """A QR code by its rows, each a text of ``1`` (dark) and ``0``, without a margin.

    :raises LocalError: the text is too long for one.
    """
    return list(_rows(text))


@lru_cache(maxsize=QR_CODES)
def _rows(text: str) -> tuple[str, ...]:
    return tuple("".join("01"[cell] for cell in row) for row in QrCode(text).modules())
