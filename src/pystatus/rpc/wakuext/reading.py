"""What callers give, as leniently as Go reads it: keys in any case, ``null`` for nothing, more keys than are known."""

from __future__ import annotations

import json
from typing import Annotated, Any, TypeVar

import msgspec

from pystatus.crypto.keys import PublicKey
from pystatus.errors import LocalError
from pystatus.links.people import parse_person
from pystatus.messenger.records import MESSAGE_ID_SIZE
from pystatus.rpc.errors import invalid_params

UINT64 = Annotated[int, msgspec.Meta(ge=0, le=(1 << 63) - 1)]
"""A number of Go that is stored; the highest bit fits into no database."""
INT32 = Annotated[int, msgspec.Meta(ge=-(1 << 31), le=(1 << 31) - 1)]

S = TypeVar("S", bound=msgspec.Struct)


class Given(msgspec.Struct, rename="camel", kw_only=True):
    """The base of objects that callers give."""


class GivenSticker(Given):
    hash: str = ""
    pack: INT32 = 0


class GivenMessage(Given):
    """The argument of ``sendChatMessage``. Clocks and authors are not the caller's to say: they are checked, as
    status-go does, and not used."""

    chat_id: str = ""
    text: str = ""
    response_to: str = ""
    ens_name: str = ""
    image_path: str = ""
    audio_path: str = ""
    audio_duration_ms: UINT64 = 0
    sticker: GivenSticker | None = None
    content_type: INT32 = 0
    clock: UINT64 = 0
    timestamp: UINT64 = 0


class GivenChat(Given):
    """What of a chat is the caller's to say."""

    id: str = ""
    name: str = ""
    active: bool = False
    chat_type: INT32 = 0
    muted: bool | None = None


class GivenContact(Given):
    """The same of a contact."""

    id: str = ""
    local_nickname: str | None = None
    system_tags: list[str] = []


class GivenRequest(Given):
    """The argument of ``requestMessages``; what is about one server alone is decided here."""

    mail_server_peer: str = ""
    start: UINT64 = msgspec.field(name="from", default=0)
    to: UINT64 = 0
    limit: UINT64 = 0
    cursor: str = ""
    topic: str = ""
    topics: list[str] = []
    sym_key_id: str = msgspec.field(name="symKeyID", default="")
    timeout: INT32 = 0
    force: bool = False


class GivenRetry(Given):
    """How often ``requestMessagesSync`` is to try: that is decided here. Nanoseconds."""

    base_timeout: int = msgspec.field(name="BaseTimeout", default=0)
    step_timeout: int = msgspec.field(name="StepTimeout", default=0)
    max_retries: int = msgspec.field(name="MaxRetries", default=0)


class GivenMetadata(Given):
    name: str = ""
    device_type: str = ""
    fcm_token: str = ""


def read_object(raw: msgspec.Raw, kind: type[S], what: str) -> S:
    """An object; ``null`` is an empty one. Of two keys that differ in case alone the later counts.

    :param what: what it is called in an error.
    :raises RpcError: not an object, or with a value of another type.
    """
    try:
        return msgspec.convert(_named(json.loads(bytes(raw)), kind), kind)
    except (msgspec.ValidationError, ValueError, RecursionError) as error:
        reason = str(error) if isinstance(error, msgspec.ValidationError) else "it cannot be read"
        raise invalid_params(f"{what} is wrong: {reason}") from None


def _named(value: Any, kind: type[msgspec.Struct]) -> Any:
    if value is None:
        return {}
    if not isinstance(value, dict):
        return value  # the conversion says what it is
    names = {field.encode_name.lower(): field for field in msgspec.structs.fields(kind)}
    found = {}
    for key, given in value.items():
        field = names.get(key.lower())
        if field is None or given is None:
            continue
        inner = GivenSticker if field.name == "sticker" else None
        found[field.encode_name] = _text(given) if inner is None else _named(given, inner)
    return found


def _text(given: Any) -> Any:
    """Half of a surrogate pair, which JSON can write and no text has, is U+FFFD."""
    return given.encode("utf-16", "surrogatepass").decode("utf-16", "replace") if isinstance(given, str) else given


def message_id(text: str) -> bytes:
    """
    :raises LocalError: not an id.
    """
    found = _hex(text, MESSAGE_ID_SIZE)
    if found is None:
        raise LocalError(f"The id of a message is 0x and {2 * MESSAGE_ID_SIZE} hexadecimal digits.")
    return found


def possible_id(text: str) -> bytes | None:
    """The same where nothing has any other id; ``None``: it is none."""
    return _hex(text, MESSAGE_ID_SIZE)


def topic_bytes(text: str) -> bytes:
    """
    :raises LocalError: not a topic.
    """
    found = _hex(text, 4)
    if found is None:
        raise LocalError("A topic is 0x and 8 hexadecimal digits.")
    return found


def _hex(text: str, size: int) -> bytes | None:
    if len(text) != 2 + 2 * size or not text.lower().startswith("0x"):
        return None
    try:
        return bytes.fromhex(text[2:])
    except ValueError:
        return None


def person(text: str) -> PublicKey:
    """
    :raises LocalError: not a chat key.
    """
    return parse_person(text)
