"""Transactions in one-to-one chats: what is known of each, and of those that somebody says to have made (payloads.md
§12).

An address is ``0x`` and 40 hexadecimal digits with their checksum (EIP-55), an amount a whole number in base units (wei
for ether), a contract the address of an ERC-20 token or empty for ether.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Protocol

from pystatus import typed
from pystatus.account.address import ADDRESS_SIZE, checksummed
from pystatus.arguments import checked
from pystatus.crypto.keys import PublicKey
from pystatus.errors import LocalError, RemoteError
from pystatus.ethereum.quantities import Amount as Amount
from pystatus.messenger.records import MESSAGE_ID_SIZE, chat_label, short_id
from pystatus.payloads.kinds import NamedNumber
from pystatus.records import dataclass
from pystatus.sanitise import quoted

HASH_SIZE = 32
"""Bytes of the hash of a transaction."""
MAX_AMOUNT = 2**256 - 1
"""The highest amount: Ethereum's numbers have 256 bits."""
MAX_LISTED = 1_000
"""Transactions that are listed at once, and announcements likewise."""

_ADDRESS = re.compile(r"0x([0-9a-f]{40})", re.IGNORECASE)
_AMOUNT = re.compile(r"\+?[0-9]{1,255}")
_HASH = re.compile(r"..([0-9a-f]{64})", re.IGNORECASE | re.DOTALL)


class TransactionState(NamedNumber):
    """How far a transaction has come; the numbers are those of the reference."""

    ADDRESS_REQUESTED = 1
    """Somebody wants to pay, and asks where."""
    ADDRESS_DECLINED = 2
    ADDRESS_ACCEPTED = 3
    """The answer names the address."""
    PAYMENT_REQUESTED = 4
    """Somebody wants to be paid."""
    PAYMENT_DECLINED = 5
    PENDING = 6
    """Clients with a wallet have it for what they are about to send; nothing here gets into it."""
    SENT = 7
    """Of ours: we say that it is paid. Of others: the chain says so."""


class AnnouncementState(NamedNumber):
    """What is known of a payment that somebody says to have made."""

    UNVERIFIED = 1
    """No chain has said anything final yet, or there is none to ask."""
    RECEIVED = 2
    """The chain has it, and it is a message of the chat now."""
    REFUSED = 3
    """It is not what it is said to be."""
    NOT_FOUND = 4
    """The chain was asked for days, and it is not settled there."""


@checked
@dataclass(frozen=True, slots=True, repr=False)
class Transaction:
    """One step of a transaction: the message of a chat with what it is about.

    ``message_id`` is the message and ``command_id`` the first one of the transaction (32 bytes each), ``replaces`` the
    one that is not shown any more because of this one, and ``replaced`` says that this one is not. ``value`` is the
    amount, ``address`` who gets it and ``from_address`` who pays, as far as they are known. ``transaction_hash`` is
    ``0x…``, and ``signature`` ties the payer's wallet to their chat key. ``as_asked`` says of a payment to us whether
    it is the amount that was asked for.
    """

    message_id: bytes
    command_id: bytes
    chat_id: str
    author: PublicKey
    clock: int
    state: TransactionState
    value: Amount | None = None
    contract: str = ""
    address: str = ""
    from_address: str = ""
    transaction_hash: str = ""
    signature: bytes = b""
    replaces: bytes | None = None
    replaced: bool = False
    as_asked: bool | None = None

    def __repr__(self) -> str:
        where = f"{short_id(self.command_id)} in {chat_label(self.chat_id)}"
        return f"<Transaction {where}: {self.state}, {self.value} of {self.contract or 'ether'}>"


@checked
@dataclass(frozen=True, slots=True, repr=False)
class Announcement:
    """Somebody says that they have paid. That is no payment: nothing of it is in the chat before the chain has said so.

    ``message_id`` is the id of what they sent, and ``command_id`` the request that they name, if any.
    ``transaction_hash`` is as they wrote it, in small letters where it is a hash. ``problem`` says why it is not
    received. ``answers`` is how often the chain has answered without anything final.
    """

    message_id: bytes
    author: PublicKey
    clock: int
    received_ms: int
    transaction_hash: str
    signature: bytes
    state: AnnouncementState
    command_id: bytes | None = None
    forward_secrecy: bool = False
    problem: str = ""
    answers: int = 0
    due: float = 0.0
    """When the chain is to be asked next, Unix seconds."""

    @property
    def chat_id(self) -> str:
        """The chat that the payment will be in."""
        return self.author.hex

    def __repr__(self) -> str:
        return f"<Announcement {self.transaction_hash[:10]}… of {chat_label(self.chat_id)}: {self.state}>"


class ChainStatus(NamedNumber):
    """Where a transaction is that a chain knows."""

    PENDING = 1
    SUCCEEDED = 2
    FAILED = 3


@checked
@dataclass(frozen=True, slots=True)
class ChainTransaction:
    """A transaction as a chain has it. ``sender`` and ``recipient`` are addresses of 20 bytes; ``recipient`` is
    ``None`` where it makes a contract. ``value`` is ether in wei. ``has_transfer_log``: its receipt has a log of
    ``Transfer(address,address,uint256)``, as tokens write it."""

    status: ChainStatus
    sender: bytes
    recipient: bytes | None
    value: Amount
    data: bytes = b""
    has_transfer_log: bool = False


class TransactionTables(Protocol):
    """The storage of this module."""

    def add(self, transaction: Transaction, payload_type: int) -> None:
        """Keep a step whose message is stored."""

    def get(self, message_id: bytes) -> Transaction | None: ...

    def payload_type(self, message_id: bytes) -> int | None:
        """The type of payload that the message of a step was sent as."""

    def latest(self, command_id: bytes) -> Transaction | None:
        """The last step of a transaction that is shown."""

    def steps(self, command_id: bytes) -> Sequence[Transaction]:
        """All steps of a transaction, in the order in which they came."""

    def count(self, command_id: bytes) -> int:
        """How many these are."""

    def set_replaced(self, message_id: bytes) -> None:
        """A step is not shown any more."""

    def listed(self, chat_id: str | None, most: int) -> Sequence[Transaction]:
        """The steps of a chat, or of all, that are shown, the newest first."""

    def announcement(self, author: PublicKey, transaction_hash: str) -> Announcement | None: ...

    def announcements(self, author: PublicKey | None, most: int) -> Sequence[Announcement]:
        """What somebody, or everybody, has announced, the newest first."""

    def announced(self, transaction_hash: str) -> Sequence[Announcement]:
        """Who has announced a transaction without anything final, the first of them first."""

    def save_announcement(self, announcement: Announcement) -> None:
        """Insert or replace what there is of its author and hash."""

    def due(self, now: float, pause: float, most: int, *, known: bool) -> Sequence[str]:
        """The hashes of which the chain is to be asked now, the longest overdue first.

        :param pause: seconds that none waits longer: one that seems to was noted by another clock.
        :param known: of people we know, or of strangers.
        """

    def next_due(self) -> float | None:
        """When the first of them is due, Unix seconds; ``None``: there is none without anything final."""

    def held(self, *, known: bool) -> Sequence[tuple[bytes, int]]:
        """The message ids of all announcements of people we know, or of strangers, each with 1."""

    def trim_announcements(self, author: PublicKey, most: int) -> None:
        """Delete announcements of one person beyond ``most``: settled ones first, then the oldest."""

    def forget_announcements(self, message_ids: Sequence[bytes]) -> None: ...

    def is_received(self, transaction_hash: str) -> bool:
        """Whether a transaction was shown as received once."""

    def note_received(self, transaction_hash: str, most: int) -> None:
        """Remember that; of more than ``most`` the oldest are forgotten."""


def address_of_text(text: str) -> str:
    """An address that somebody has sent, with its checksum.

    :raises RemoteError: it is none.
    """
    return checksummed(address_bytes(text))


def contract_of_text(text: str) -> str:
    """The same of a contract, which is empty for ether.

    :raises RemoteError: it is no address.
    """
    return address_of_text(text) if text else ""


def address_bytes(text: str) -> bytes:
    """The 20 bytes of an address, whatever the case of its digits.

    :raises RemoteError: it is none.
    """
    match = _ADDRESS.fullmatch(text)
    if match is None:
        raise RemoteError("an address is 0x and 40 hexadecimal digits")
    return bytes.fromhex(match[1])


def amount_of_text(text: str) -> int:
    """An amount that somebody has sent: base units have no fractions, and no reader expands an exponent.

    :raises RemoteError: it is none.
    """
    if not _AMOUNT.fullmatch(text) or int(text) > MAX_AMOUNT:
        raise RemoteError("an amount is a whole number in base units, of 256 bits at most")
    return int(text)


def hash_bytes(text: str) -> bytes:
    """The 32 bytes of the hash of a transaction. Whatever stands where 0x should, as in the reference.

    :raises RemoteError: it is none.
    """
    match = _HASH.fullmatch(text)
    if match is None:
        raise RemoteError("the hash of a transaction is 0x and 64 hexadecimal digits")
    return bytes.fromhex(match[1])


def command_id_of(text: str) -> bytes | None:
    """The id that an answer names; ``None``: it names nothing that could be one."""
    match = _HASH.fullmatch(text)
    return bytes.fromhex(match[1]) if match and text.startswith("0x") else None


# what people give


def checked_address(text: str, what: str = "address") -> str:
    """An address that a person has given, with its checksum.

    :param what: it is.
    :raises LocalError: it is none, or its capital letters say that a digit is wrong.
    """
    match = _ADDRESS.fullmatch(typed.token(text))
    if match is None:
        raise LocalError(
            f"{quoted(text)} is no {what}: 0x and {2 * ADDRESS_SIZE} hexadecimal digits. Copy it once more."
        )
    address = checksummed(bytes.fromhex(match[1]))
    digits = match[1]
    if digits not in (digits.lower(), digits.upper()) and address[2:] != digits:
        raise LocalError(f"A digit of {quoted(text)} is wrong, as its capital letters show. Copy it once more.")
    return address


def checked_contract(text: str) -> str:
    """The same of a contract, which is empty for ether.

    :raises LocalError: it is no address.
    """
    return checked_address(text, "contract") if text else ""


def checked_amount(value: int) -> int:
    """An amount that a person has given.

    :raises LocalError: below 0, or more than 256 bits hold.
    """
    if not 0 <= value <= MAX_AMOUNT:
        raise LocalError("An amount is a whole number in base units from 0 to 2^256 - 1. Give another one.")
    return value


def checked_hash(text: str) -> str:
    """The hash of a transaction that a person has given, in small letters.

    :raises LocalError: it is none.
    """
    found = typed.token(text).lower()
    if not found.startswith("0x") or not _HASH.fullmatch(found):
        raise LocalError(
            f"{quoted(text)} is no hash of a transaction: 0x and {2 * HASH_SIZE} hexadecimal digits. Copy it once more."
        )
    return found


def checked_id(message_id: bytes) -> bytes:
    """The id of a request that a person has given.

    :raises LocalError: it is none.
    """
    if len(message_id) != MESSAGE_ID_SIZE:
        raise LocalError(f"The id of a request has {MESSAGE_ID_SIZE} bytes. Give the request that is meant.")
    return message_id
