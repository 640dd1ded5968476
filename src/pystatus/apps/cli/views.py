"""How accounts, chats and messages look: as fields for programs, as lines for people.

The names of the fields are part of the public interface (docs/chat.md); they are added to and never change.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pystatus import sanitise, typed
from pystatus.account.identicon import Identicon
from pystatus.account.names import Names
from pystatus.apps.cli.output import Fields, Output
from pystatus.apps.cli.said import (
    Find,
    answer_text,
    author_fields,
    media_fields,
    said_fields,
    sticker_fields,
    text_lines,
)
from pystatus.apps.cli.transaction_views import about_fields
from pystatus.crypto.keys import PublicKey
from pystatus.errors import LocalError
from pystatus.faces import media, transactions
from pystatus.faces.chat_names import chat_label as chat_label
from pystatus.faces.chat_names import chat_state_text as chat_state_text
from pystatus.faces.sentences import MAX_ERROR, other_person, person

if TYPE_CHECKING:  # these bring protobuf with them, which listing accounts does not need
    from pystatus.client import HistoryProgress
    from pystatus.messenger.events import CopySuspected, MessageStateChanged, MessageUndecryptable
    from pystatus.messenger.features.reactions import Reaction, ReactionCount
    from pystatus.messenger.features.unknown_payloads import UnknownPayload
    from pystatus.messenger.media_keeping import Attachment
    from pystatus.messenger.records import Chat, Cursor, Message
    from pystatus.messenger.transaction_records import Transaction
    from pystatus.storage.descriptions import Damaged, Profile

_CURSOR = re.compile(r"([0-9]{1,18})-([0-9a-f]{64})")  # 18 digits are always within the 64 bits of the database
_CONTINUED = "    | "  # in front of later lines of a message, so that none can pass for a message of its own


def account_fields(profile: Profile) -> dict[str, str | int | None]:
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
        "last_login_ms": profile.last_login * 1000 or None,
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


def account_text(fields: Mapping[str, object]) -> str:
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
        f"{label + ':':<15}{sanitise.one_line(str(value), 1_000)}" for label, value in lines if value is not None
    )


def show_account(profile: Profile, out: Output, extra: Mapping[str, str] | None = None) -> None:
    """Print an account, with its picture where there are colours, and what else is to be said of it."""
    fields = account_fields(profile)
    text = account_text(fields)
    if out.in_colour:
        text = f"{identicon(profile.account.public_key, out)}\n{text}"
    for label, value in (extra or {}).items():
        text += f"\n{label.replace('_', ' ').capitalize().replace('Qr', 'QR') + ':':<15}{value}"
    out.result({**fields, **(extra or {})}, text)


def identicon(key: PublicKey, out: Output) -> str:
    """The picture of ``key``: three lines in its colour."""
    picture = Identicon.of(key)
    return "\n".join(out.paint(line, picture.rgb) for line in picture.half_blocks())


def chat_fields(chat: Chat, names: Names) -> dict[str, str | int | bool | None]:
    """One chat."""
    fields: dict[str, str | int | bool | None] = {"chat": chat.id, "chat_kind": _kind(chat), "chat_name": None}
    other = other_person(chat)
    if other is not None:
        fields["chat_name"] = names.of(other).name
    elif chat.name:
        fields["chat_name"] = chat.name
    return fields


def chat_state_fields(chat: Chat, names: Names) -> Fields:
    """One chat, and what is to be done about it."""
    return {
        **chat_fields(chat, names),
        "active": chat.active,
        "unread": chat.unread,
        "updated_ms": chat.updated_ms,
        "mentions": chat.mentions,
        "muted": chat.muted,
        "pinned": chat.pinned,
        "archived": chat.archived,
    }


def message_fields(
    message: Message,
    chat: Chat,
    own: PublicKey,
    names: Names,
    attachment: Attachment | None = None,
    find: Find | None = None,
    transaction: Transaction | None = None,
) -> Fields:
    """One message, its text as received.

    :param attachment: what is known of its picture or sound.
    :param transaction: what it is about, where it is a step of one.
    :param find: finds the message that is answered; see :data:`~pystatus.apps.cli.said.Find`.
    """
    return {
        "event": "message",
        "id": hex_id(message.id),
        **chat_fields(chat, names),
        "author": message.author.hex,
        **author_fields(message.author, names),
        "own": message.author == own,
        **said_fields(message, own, names, find),
        "content_type": message.content_type,
        "media": media_fields(attachment) or sticker_fields(message),
        "clock": message.clock,
        "sent_ms": message.sent_ms,
        "received_ms": message.received_ms,
        "state": None if message.state is None else message.state.name.lower(),
        "forward_secrecy": message.forward_secrecy,
        "cursor": cursor_text(message.cursor),
        "transaction": about_fields(transaction),
    }


def message_text(
    message: Message,
    chat: Chat,
    own: PublicKey,
    names: Names,
    out: Output,
    attachment: Attachment | None = None,
    find: Find | None = None,
    transaction: Transaction | None = None,
    *,
    is_late: bool = False,
) -> str:
    """``2020-10-01 12:00:00 #status Experienced Splendid Gibbon (zQ3shVgPq1a2b): hello``.

    :param attachment: what is known of its picture or sound.
    :param find: finds the message that is answered; see :data:`~pystatus.apps.cli.said.Find`.
    :param transaction: what it is about, where it is a step of one.
    """
    other = other_person(chat)
    place = chat_label(chat, names) if other is None else "private"
    author = "you" if message.author == own else person(message.author, names)
    if other is not None and message.author == own:
        author = f"you to {person(other, names)}"
    marks = [] if message.state is None else [message.state.name.lower()]
    if other is not None and not message.forward_secrecy:
        marks.append("no forward secrecy")
    if is_late:
        marks.append("late")
    painted = out.paint(author, Identicon.of(message.author).rgb)
    first, *rest = text_lines(message, own, names, out)
    note = media.note(message, attachment) if transaction is None else transactions.note(transaction)
    delivery = f" [{', '.join(marks)}]" if marks else ""
    head = f"{when(message)} {place} {painted}{delivery}{answer_text(message, own, names, find)}"
    return "\n".join([f"{head}: {f'{note} ' if note else ''}{first}", *(_CONTINUED + line for line in rest)])


def author(key: PublicKey, own: PublicKey, names: Names) -> str:
    """``you``, or somebody's name with the beginning of their key."""
    return "you" if key == own else person(key, names)


def reaction_fields(reaction: Reaction, chat: Chat, own: PublicKey, names: Names) -> Fields:
    """One emoji under a message, or its retraction."""
    return {
        "event": "reaction",
        "id": hex_id(reaction.message_id),
        **chat_fields(chat, names),
        "author": reaction.author.hex,
        **author_fields(reaction.author, names),
        "own": reaction.author == own,
        "type": reaction.type,
        "emoji": reaction.emoji or None,
        "retracted": reaction.retracted,
        "clock": reaction.clock,
    }


def reaction_text(reaction: Reaction, chat: Chat, own: PublicKey, names: Names, message: Message | None) -> str:
    """``#status Experienced Splendid Gibbon (zQ3shVgPq1a2b): 👍 to 0x5f…09: hello everybody``."""
    what = reaction.emoji or f"a reaction of type {reaction.type}"
    if reaction.retracted:
        what += " taken back"
    from pystatus.messenger.message_text import preview

    text = "" if message is None else f": {preview(message, lambda person: names.of(person).label)}"
    who = author(reaction.author, own, names)
    return f"{chat_label(chat, names)} {who}: {what} to {hex_id(reaction.message_id)}{text}"


def reaction_count_fields(counts: Sequence[ReactionCount]) -> list[Fields]:
    """What is under one message."""
    return [{"type": one.type, "emoji": one.emoji or None, "count": one.count, "own": one.own} for one in counts]


def reaction_count_text(counts: Sequence[ReactionCount]) -> str:
    """The same, as a line below the message: ``    👍 2 (one is yours), ❤️ 1``."""
    shown = [f"{one.emoji or f'type {one.type}'} {one.count}{' (one is yours)' if one.own else ''}" for one in counts]
    return f"    {', '.join(shown)}"


def unknown_payload_fields(payload: UnknownPayload, names: Names) -> Fields:
    """What this version can do nothing with."""
    return {
        "event": "unknown-payload",
        "id": hex_id(payload.id),
        "chat": payload.chat_id or None,
        "author": payload.author.hex,
        **author_fields(payload.author, names),
        "type": payload.type,
        "type_name": payload.type_name or None,
        "size": payload.size,
        "kept": payload.is_kept,
        "sent_ms": payload.sent_ms,
        "received_ms": payload.received_ms,
    }


def unknown_payload_text(payload: UnknownPayload, own: PublicKey, names: Names) -> str:
    """``2020-10-01 12:00:00 Experienced Splendid Gibbon (zQ3shVgPq1a2b): a message of a kind …``."""
    who = "another device of yours" if payload.author == own else person(payload.author, names)
    what = f"a message of a kind that this version does not know (type {payload.type})"
    if payload.type_name:
        what = f"a message that this version can do nothing with ({payload.type_name}, type {payload.type})"
    return f"{when(payload)} {who}: {what}"


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


def state_fields(event: MessageStateChanged, message: Message | None) -> Fields:
    """One of our messages got further.

    :param message: None if it is not stored any more.
    """
    fields: Fields = {"event": "state", "id": hex_id(event.message_id), "state": event.state.name.lower()}
    if event.reason:
        fields = {**fields, "reason": event.reason}
    return fields if message is None else {**fields, "chat": message.chat_id, "text": message.text}


def state_text(event: MessageStateChanged, message: Message | None, chat: Chat | None, names: Names) -> str:
    """``sent 0x5f…09 to #status: hello everybody``: which one it is that somebody may have written long ago. One that
    was given up says why.

    :param chat: where it was said; None if that is not known any more.
    """
    what = f"{event.state.name.lower()} {hex_id(event.message_id)}"
    why = f" ({event.reason})" if event.reason else ""
    if message is None or chat is None:
        return what + why
    from pystatus.messenger.message_text import preview

    text = preview(message, lambda who: names.of(who).label)
    return f"{what} to {chat_label(chat, names)}: {text}{why}"


def undecryptable_text(event: MessageUndecryptable, names: Names) -> str:
    """``3 messages of Experienced Splendid Gibbon (zQ3shVgPq1a2b) could not be opened: there is no such session``."""
    messages = "A message" if event.count == 1 else f"{event.count} messages (repetitions counted)"
    return f"{messages} of {person(event.sender, names)} could not be opened: {event.reason}"


def copy_suspected_text(event: CopySuspected, own: PublicKey, names: Names, profile: str) -> str:
    """What happened, and the command that helps if it is as it seems."""
    what = "This account sent something as this device that it did not send."
    if event.witness != own:
        what = f"{person(event.witness, names)} acknowledges messages that this device did not send."
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


def when(message: Message | UnknownPayload) -> str:
    """When the author says it was sent; when it arrived, if that is no time at all."""
    for milliseconds in (message.sent_ms, message.received_ms):
        try:
            return f"{datetime.fromtimestamp(milliseconds / 1_000, UTC).astimezone():%Y-%m-%d %H:%M:%S}"
        except (OverflowError, ValueError, OSError):
            continue
    return "-"
