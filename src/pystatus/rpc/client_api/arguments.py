"""What callers give as arguments: a chat by its id, a message by its id, and so on; and how a client's values are given
so."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pystatus.errors import LocalError
from pystatus.json_values import BadValue, Converter, Converters, Json
from pystatus.links.parsing import parse_link
from pystatus.links.values import Link
from pystatus.messenger.contact_records import Contact
from pystatus.messenger.events import MessageReceived
from pystatus.messenger.features.search import SearchResult
from pystatus.messenger.features.unknown_payloads import UnknownPayload
from pystatus.messenger.group_records import JoinRequest
from pystatus.messenger.records import MESSAGE_ID_SIZE, Chat, Cursor, Message
from pystatus.messenger.transaction_records import Transaction

MAX_FILE = 3 << 20
"""Bytes of a picture or a sound that is given as base64: what fits into a request. A larger one is uploaded before."""

MAX_BYTES = 128 << 10
"""Of an argument that is no file: what a transaction carries at most, which nodes pass on. Signatures and ids are
shorter, which the methods see to that take them."""

FILES = (Path | str | bytes, Path | str | bytes | None)
"""Annotations of arguments that are files."""

_ID = f"0x and {2 * MESSAGE_ID_SIZE} hexadecimal digits"
_FILE = 'a file, {"path": …}, {"base64": …} or {"upload": …}'


def arguments() -> Converters:
    """How the parameters of a client's methods are written and read."""
    plain = Converters()
    cursor = plain.of(Cursor)
    file, path, text = _file(), _path(), plain.of(str)
    place = _first(
        _place(cursor), "the id of a message, or its cursor, or null", lambda given: cursor.decode(given), _id, _null
    )
    return Converters(
        {
            Chat: _named(lambda chat: chat.id, text.decode, "a chat"),
            Message: _named(lambda message: _hex(message.id), _id, _ID),
            MessageReceived: _named(lambda event: _hex(event.message.id), _id, _ID),
            JoinRequest: _named(lambda request: _hex(request.id), _id, _ID),
            UnknownPayload: _named(lambda payload: _hex(payload.id), _id, _ID),
            Transaction: _named(lambda transaction: _hex(transaction.command_id), _id, _ID),
            Contact: _named(lambda contact: contact.key.hex, text.decode, "a chat key"),
            bytes: _few(plain.of(bytes)),
            Link | str: _named(str, _link, "a link"),
            Message | Cursor | bytes | None: place,
            SearchResult | Message | Cursor | None: place,
            Transaction | Message | bytes | Chat | str: _named(_paid, _message_or_chat, "a message or a chat"),
            Path | str | bytes: file,
            Path | str | bytes | None: _first(
                lambda value: None if value is None else file.encode(value), f"{_FILE}, or null", _null, file.decode
            ),
            Path | str: path,
        }
    )


def _hex(value: bytes) -> str:
    return f"0x{value.hex()}"


def _id(given: Json) -> bytes:
    if isinstance(given, str) and len(given) == 2 + 2 * MESSAGE_ID_SIZE and given.startswith("0x"):
        try:
            return bytes.fromhex(given[2:])
        except ValueError:
            pass
    raise BadValue(f"expected {_ID}")


def _few(plain: Converter) -> Converter:
    def decode(given: Json) -> bytes:
        if isinstance(given, str) and len(given) > 2 + 2 * MAX_BYTES:
            raise BadValue(f"expected at most {MAX_BYTES} bytes in hexadecimal digits")
        found: bytes = plain.decode(given)
        return found

    return Converter(plain.encode, decode, plain.wanted, plain.schema)


def _null(given: Json) -> None:
    if given is not None:
        raise BadValue("expected null")


def _named(encode: Callable[[Any], Json], decode: Callable[[Json], Any], wanted: str) -> Converter:
    return Converter(encode, decode, wanted, {"type": "string", "description": wanted})


def _first(encode: Callable[[Any], Json], wanted: str, *decoders: Callable[[Json], Any]) -> Converter:
    """What the first decoder makes of it that takes it."""

    def decode(given: Json) -> Any:
        for one in decoders:
            try:
                return one(given)
            except BadValue:
                continue
        raise BadValue(f"expected {wanted}")

    return Converter(encode, decode, wanted, {"description": wanted})


def _place(cursor: Converter) -> Callable[[Any], Json]:
    def encode(value: Any) -> Json:
        if value is None or isinstance(value, bytes):
            return None if value is None else _hex(value)
        place = value.message if isinstance(value, SearchResult) else value
        return cursor.encode(place.cursor if isinstance(place, Message) else place)

    return encode


def _link(given: Json) -> Any:
    if not isinstance(given, str):
        raise BadValue("expected a link")
    return parse_link(given)


def _paid(value: Any) -> Json:
    match value:
        case Transaction():
            return _hex(value.command_id)
        case Message():
            return _hex(value.id)
        case Chat():
            return value.id
        case _:
            return _hex(value) if isinstance(value, bytes) else value


def _message_or_chat(given: Json) -> Any:
    """The id of a message has 32 bytes, that of a chat with somebody is a key."""
    try:
        return _id(given)
    except BadValue:
        if isinstance(given, str):
            return given
        raise BadValue("expected a message or a chat") from None


def _file() -> Converter:
    def encode(value: Any) -> Json:
        if isinstance(value, bytes):
            return {"base64": base64.b64encode(value).decode()}
        return {"path": str(Path(value).absolute())}

    def decode(given: Json) -> Any:
        match given:
            case {"path": str(path), **rest} if not rest and path:
                return Path(path)
            case {"base64": str(text), **rest} if not rest and len(text) <= MAX_FILE * 4 // 3 + 4:
                try:
                    return base64.b64decode(text, validate=True)
                except (ValueError, binascii.Error):
                    raise LocalError("What is given as base64 is not.") from None
        raise BadValue(f"expected {_FILE}")

    one = {"type": "object", "additionalProperties": False}
    schemas = [
        {**one, "properties": {name: {"type": "string"}}, "required": [name]} for name in ("path", "base64", "upload")
    ]
    return Converter(encode, decode, _FILE, {"anyOf": schemas})


def _path() -> Converter:
    plain = Converters().of(Path)
    return Converter(lambda value: str(Path(value).absolute()), plain.decode, plain.wanted, plain.schema)
