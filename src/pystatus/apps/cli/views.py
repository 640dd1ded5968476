"""How accounts, chats and messages look: as fields for programs, as lines for people.

The names of the fields are part of the public interface (docs/chat.md); they are added to and never change.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pystatus import sanitise, typed
from pystatus.account.alias import alias
from pystatus.account.identicon import Identicon
from pystatus.apps.cli.output import Fields, Output
from pystatus.crypto.keys import PublicKey
from pystatus.errors import LocalError
from pystatus.faces.texts import MAX_ERROR, other_person, person

if TYPE_CHECKING:  # these bring protobuf with them, which listing accounts does not need
    from pystatus.client import HistoryProgress
    from pystatus.messenger.events import CopySuspected, MessageUndecryptable
    from pystatus.messenger.records import Chat, Cursor, Message, MessageState
    from pystatus.storage.descriptions import Damaged, Profile

_CURSOR = re.compile(r"([0-9]{1,18})-([0-9a-f]{64})")  # 18 digits are always within the 64 bits of the database
_CONTINUED = "    | "  # in front of later lines of a message, so that none can pass for a message of its own


def account_fields(profile: Profile) -> dict[str, str | None]:
    """One account. Nothing in it is secret."""
    from pystatus.account.address import checksummed

    account = profile.account

    def address(value: bytes | None) -> str | None:
        return None if value is None else checksummed(value)

    return {
        "name": profile.name,
        "alias": account.alias,
        "chat_key": account.chat_key,
        "public_key": account.public_key.hex,
        "key_uid": account.key_uid,
        "chat_address": address(account.chat_address),
        "wallet_root": address(account.wallet_root),
        "default_wallet": address(account.default_wallet),
        "eip1581_root": address(account.eip1581_root),
        "color": account.identicon.color,
        "directory": str(profile.directory),
    }


def damaged_fields(damaged: Damaged) -> Fields:
    """What lies among the profiles and is none, or none any more."""
    return {
        "damaged": True,
        "name": damaged.name,
        "directory": str(damaged.directory),
        "problem": damaged.problem,
    }


def damaged_text(damaged: Damaged) -> str:
    """The same, on one line: its name may hold anything."""
    return f"[damaged] {sanitise.one_line(damaged.problem, MAX_ERROR)}"


def account_text(fields: dict[str, str | None]) -> str:
    """The same, a line each."""
    lines = [
        ("Profile", fields["name"]),
        ("Name", fields["alias"]),
        ("Chat key", fields["chat_key"]),
        ("Public key", fields["public_key"]),
        ("Key uid", fields["key_uid"]),
        ("Chat address", fields["chat_address"]),
        ("Wallet", fields["default_wallet"]),
        ("Wallet root", fields["wallet_root"]),
        ("EIP-1581 root", fields["eip1581_root"]),
        ("Directory", fields["directory"]),
    ]
    return "\n".join(
        f"{label + ':':<15}{sanitise.one_line(value, 1_000)}" for label, value in lines if value is not None
    )


def show_account(profile: Profile, out: Output, extra: Mapping[str, str] | None = None) -> None:
    """Print an account, with its picture where there are colours, and what else is to be said of it."""
    fields = account_fields(profile)
    text = account_text(fields)
    if out.in_colour:
        text = f"{identicon(profile.account.public_key, out)}\n{text}"
    for label, value in (extra or {}).items():
        text += f"\n{label.replace('_', ' ').capitalize() + ':':<15}{value}"
    out.result({**fields, **(extra or {})}, text)


def identicon(key: PublicKey, out: Output) -> str:
    """The picture of ``key``: three lines in its colour."""
    picture = Identicon.of(key)
    return "\n".join(out.paint(line, picture.rgb) for line in picture.half_blocks())


def chat_fields(chat: Chat) -> dict[str, str | int | bool | None]:
    """One chat."""
    fields: dict[str, str | int | bool | None] = {"chat": chat.id, "chat_kind": _kind(chat), "chat_name": None}
    other = other_person(chat)
    if other is not None:
        fields["chat_name"] = alias(other)
    return fields


def chat_label(chat: Chat) -> str:
    """``#status``, or the other person of a private chat."""
    other = other_person(chat)
    return f"#{sanitise.name(chat.id)}" if other is None else person(other)


def message_fields(message: Message, chat: Chat, own: PublicKey) -> Fields:
    """One message, its text as received."""
    return {
        "event": "message",
        "id": hex_id(message.id),
        **chat_fields(chat),
        "author": message.author.hex,
        "author_name": alias(message.author),
        "own": message.author == own,
        "text": message.text,
        "content_type": message.content_type,
        "response_to": None if message.response_to is None else hex_id(message.response_to),
        "clock": message.clock,
        "sent_ms": message.sent_ms,
        "received_ms": message.received_ms,
        "state": None if message.state is None else message.state.name.lower(),
        "forward_secrecy": message.forward_secrecy,
        "cursor": cursor_text(message.cursor),
    }


def message_text(message: Message, chat: Chat, own: PublicKey, out: Output) -> str:
    """``2020-10-01 12:00:00 #status Experienced Splendid Gibbon (zQ3shVgPq1a2b): hello``."""
    other = other_person(chat)
    place = chat_label(chat) if other is None else "private"
    author = "you" if message.author == own else person(message.author)
    if other is not None and message.author == own:
        author = f"you to {person(other)}"
    marks = [] if message.state is None else [message.state.name.lower()]
    if other is not None and not message.forward_secrecy:
        marks.append("no forward secrecy")
    painted = out.paint(author, Identicon.of(message.author).rgb)
    text = sanitise.block(message.text) or f"(nothing to show, content type {message.content_type})"
    first, *rest = text.split("\n")
    delivery = f" [{', '.join(marks)}]" if marks else ""
    return "\n".join([f"{_time(message)} {place} {painted}{delivery}: {first}", *(_CONTINUED + line for line in rest)])


def history_fields(progress: HistoryProgress) -> Fields:
    """One look at the fetching of history, for programs."""
    return {
        "event": "history",
        "missing_seconds": progress.missing,
        "total_seconds": progress.total,
        "envelopes": progress.envelopes,
        "problem": progress.problem,
        "lacking_seconds": progress.lacking,
    }


def state_fields(message_id: bytes, state: MessageState, message: Message | None) -> Fields:
    """One of our messages got further.

    :param message: None if it is not stored any more.
    """
    fields: Fields = {"event": "state", "id": hex_id(message_id), "state": state.name.lower()}
    return fields if message is None else {**fields, "chat": message.chat_id, "text": message.text}


def state_text(message_id: bytes, state: MessageState, message: Message | None) -> str:
    """``sent 0x5f…09 to #status: hello everybody``: which one it is that somebody may have written long ago."""
    what = f"{state.name.lower()} {hex_id(message_id)}"
    if message is None:
        return what
    from pystatus.payloads.chats import is_public_chat_name, key_from_text

    is_public = is_public_chat_name(message.chat_id)
    place = f"#{sanitise.name(message.chat_id)}" if is_public else person(key_from_text(message.chat_id))
    return f"{what} to {place}: {sanitise.one_line(message.text)}"


def undecryptable_text(event: MessageUndecryptable) -> str:
    """``3 messages of Experienced Splendid Gibbon (zQ3shVgPq1a2b) could not be opened: there is no such session``."""
    messages = "A message" if event.count == 1 else f"{event.count} messages (repetitions counted)"
    return f"{messages} of {person(event.sender)} could not be opened: {event.reason}"


def copy_suspected_text(event: CopySuspected, own: PublicKey, profile: str) -> str:
    """What happened, and the command that helps if it is as it seems."""
    what = "This account sent something as this device that it did not send."
    if event.witness != own:
        what = f"{person(event.witness)} acknowledges messages that this device did not send."
    return (
        f"{what} If this profile was restored from a backup, or a copy of it is in use, stop it and run:"
        f" pystatus device renew {sanitise.name(profile)}"
    )


def hex_id(message_id: bytes) -> str:
    """A message id as text."""
    return "0x" + message_id.hex()


def cursor_text(cursor: Cursor) -> str:
    """A place in a chat, as ``history --before`` takes it."""
    return f"{cursor.clock}-{cursor.id.hex()}"


def parse_cursor(text: str) -> Cursor:
    """The place in a chat that ``text`` names.

    :raises LocalError: none.
    """
    from pystatus.messenger.records import Cursor

    match = _CURSOR.fullmatch(typed.token(text))
    if match is None:
        raise LocalError(f"{text!r} is no cursor. Copy the one that the page before ended with.")
    return Cursor(int(match[1]), bytes.fromhex(match[2]))


def _kind(chat: Chat) -> str:
    return chat.kind.name.lower().replace("_", "-")


def _time(message: Message) -> str:
    """When the author says it was sent; when it arrived, if that is no time at all."""
    for milliseconds in (message.sent_ms, message.received_ms):
        try:
            return f"{datetime.fromtimestamp(milliseconds / 1_000, UTC).astimezone():%Y-%m-%d %H:%M:%S}"
        except (OverflowError, ValueError, OSError):
            continue
    return "-"
