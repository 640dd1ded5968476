"""How transactions, and payments that people announce, look: as fields for programs, as lines for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from pystatus.account.names import Names
from pystatus.apps.cli.output import Fields
from pystatus.apps.cli.said import author_fields
from pystatus.crypto.keys import PublicKey
from pystatus.faces import transactions
from pystatus.faces.sentences import person

if TYPE_CHECKING:  # these bring protobuf with them
    from pystatus.apps.cli.profile_reader import Reader
    from pystatus.messenger.records import Message
    from pystatus.messenger.transaction_records import Announcement, Transaction

ID_DIGITS = 8
"""Hexadecimal digits of the id of a request that a line shows: enough to name it."""


def of_messages(reader: Reader, messages: Sequence[Message]) -> Mapping[bytes, Transaction]:
    """What these messages are about, by the ids of those that are of a transaction."""
    from pystatus.payloads.kinds import ContentType

    steps = [reader.transaction(one.id) for one in messages if one.content_type == ContentType.TRANSACTION_COMMAND]
    return {step.message_id: step for step in steps if step is not None}


def about_fields(transaction: Transaction | None) -> Fields | None:
    """What a message is about; ``None``: it is of no transaction. Amounts are texts: they may have 256 bits."""
    if transaction is None:
        return None
    it = transaction
    return {
        "command_id": _hex(it.command_id),
        "transaction_state": it.state.name.lower().replace("_", "-"),
        "value": None if it.value is None else str(it.value),
        "contract": it.contract or None,
        "address": it.address or None,
        "from_address": it.from_address or None,
        "transaction_hash": it.transaction_hash or None,
        "signature": _hex(it.signature) if it.signature else None,
        "replaces": None if it.replaces is None else _hex(it.replaces),
        "replaced": it.replaced,
        "as_asked": it.as_asked,
    }


def transaction_fields(transaction: Transaction, own: PublicKey, names: Names) -> Fields:
    """One step of a transaction."""
    return {
        "event": "transaction",
        "id": _hex(transaction.message_id),
        "chat": transaction.chat_id,
        "author": transaction.author.hex,
        **author_fields(transaction.author, names),
        "own": transaction.author == own,
        **(about_fields(transaction) or {}),
    }


def transaction_text(transaction: Transaction, own: PublicKey, names: Names) -> str:
    """``0x12345678 with Experienced Splendid Gibbon (zQ3sh…), payment requested by you: [2000 wei to 0x8bF7…]``."""
    from pystatus.payloads.chats import key_from_text

    state = transaction.state.name.lower().replace("_", " ")
    by = "you" if transaction.author == own else person(transaction.author, names)
    other = person(key_from_text(transaction.chat_id), names)
    number = f"0x{transaction.command_id.hex()[:ID_DIGITS]}"
    return f"{number} with {other}, {state} by {by}: {transactions.note(transaction)}"


def announcement_fields(announcement: Announcement, names: Names) -> Fields:
    """What somebody says to have paid."""
    return {
        "event": "transaction-announced",
        "id": _hex(announcement.message_id),
        "chat": announcement.chat_id,
        "author": announcement.author.hex,
        **author_fields(announcement.author, names),
        "transaction_hash": announcement.transaction_hash,
        "command_id": None if announcement.command_id is None else _hex(announcement.command_id),
        "verification": announcement.state.name.lower().replace("_", "-"),
        "problem": announcement.problem or None,
        "received_ms": announcement.received_ms,
    }


def announcement_text(announcement: Announcement, names: Names) -> str:
    """``Experienced Splendid Gibbon (zQ3sh…) says that transaction 0xcbcb… pays you: unverified (…)``."""
    return f"{person(announcement.author, names)} {transactions.announced(announcement)}"


def _hex(data: bytes) -> str:
    return f"0x{data.hex()}"
