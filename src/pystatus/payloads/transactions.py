"""Asking for, refusing and announcing payments in a one-to-one chat (payloads.md §3.5 and §12).

``value`` is a decimal number as text in base units, ``contract`` an ERC-20 address or empty for ether, ``id`` the
message id of the request that is answered.
"""

from __future__ import annotations

from pystatus.crypto.hashing import keccak256
from pystatus.crypto.keys import SIGNATURE_SIZE, PrivateKey, PublicKey
from pystatus.errors import RemoteError
from pystatus.payloads.checks import check, check_amount, check_clock, check_line, check_short
from pystatus.payloads.kinds import PayloadType
from pystatus.payloads.payload import Author, Payload
from pystatus.records import dataclass
from pystatus.wire.proto import payloads_pb2


@dataclass(frozen=True, slots=True)
class RequestAddressForTransaction(Payload):
    """The author wants to pay: where?"""

    TYPE = PayloadType.REQUEST_ADDRESS_FOR_TRANSACTION
    AUTHOR = Author.SENDER
    WIRE = payloads_pb2.RequestAddressForTransaction

    clock: int = 0
    value: str = ""
    contract: str = ""

    def check(self, sent_ms: int, now_ms: int) -> None:
        """See :meth:`Payload.check`."""
        check_clock(self.clock, sent_ms)
        check_amount(self.value)
        check_short(self.contract)


@dataclass(frozen=True, slots=True)
class AcceptRequestAddressForTransaction(Payload):
    """The address that was asked for."""

    TYPE = PayloadType.ACCEPT_REQUEST_ADDRESS_FOR_TRANSACTION
    AUTHOR = Author.SENDER
    WIRE = payloads_pb2.AcceptRequestAddressForTransaction

    clock: int = 0
    id: str = ""
    address: str = ""

    def check(self, sent_ms: int, now_ms: int) -> None:
        """See :meth:`Payload.check`."""
        check_clock(self.clock, sent_ms)
        check_line("id", self.id)
        check_line("address", self.address)


@dataclass(frozen=True, slots=True)
class DeclineRequestAddressForTransaction(Payload):
    """No address will be given."""

    TYPE = PayloadType.DECLINE_REQUEST_ADDRESS_FOR_TRANSACTION
    AUTHOR = Author.SENDER
    WIRE = payloads_pb2.DeclineRequestAddressForTransaction

    clock: int = 0
    id: str = ""

    def check(self, sent_ms: int, now_ms: int) -> None:
        """See :meth:`Payload.check`."""
        check_clock(self.clock, sent_ms)
        check_line("id", self.id)


@dataclass(frozen=True, slots=True)
class RequestTransaction(Payload):
    """The author wants to be paid at ``address``."""

    TYPE = PayloadType.REQUEST_TRANSACTION
    AUTHOR = Author.SENDER
    WIRE = payloads_pb2.RequestTransaction

    clock: int = 0
    address: str = ""
    value: str = ""
    contract: str = ""

    def check(self, sent_ms: int, now_ms: int) -> None:
        """See :meth:`Payload.check`."""
        check_clock(self.clock, sent_ms)
        check_amount(self.value)
        check_line("address", self.address)
        check_short(self.contract)


@dataclass(frozen=True, slots=True)
class DeclineRequestTransaction(Payload):
    """Nothing will be paid."""

    TYPE = PayloadType.DECLINE_REQUEST_TRANSACTION
    AUTHOR = Author.SENDER
    WIRE = payloads_pb2.DeclineRequestTransaction

    clock: int = 0
    id: str = ""

    def check(self, sent_ms: int, now_ms: int) -> None:
        """See :meth:`Payload.check`."""
        check_clock(self.clock, sent_ms)
        check_line("id", self.id)


@dataclass(frozen=True, slots=True)
class SendTransaction(Payload):
    """It is paid. ``id`` may be empty; ``signature`` (:func:`sign_transaction`) ties the wallet to the author."""

    TYPE = PayloadType.SEND_TRANSACTION
    AUTHOR = Author.SENDER
    WIRE = payloads_pb2.SendTransaction

    clock: int = 0
    id: str = ""
    transaction_hash: str = ""
    signature: bytes = b""

    def check(self, sent_ms: int, now_ms: int) -> None:
        """See :meth:`Payload.check`."""
        check_clock(self.clock, sent_ms)
        check_short(self.id)
        check_line("transaction_hash", self.transaction_hash)
        check(bool(self.signature), "signature is missing")


def _digest(author: PublicKey, transaction_hash: bytes) -> bytes:
    material = author.uncompressed + transaction_hash
    return keccak256(b"\x19Ethereum Signed Message:\n%d" % len(material) + material)


def sign_transaction(wallet: PrivateKey, author: PublicKey, transaction_hash: bytes) -> bytes:
    """``wallet`` states that the chat identity ``author`` made this transaction (hash of 32 bytes).

    65 bytes with v 27 or 28: a personal message of EIP-191, unlike every other signature of the messenger.
    """
    signature = wallet.sign(_digest(author, transaction_hash))
    return signature[:-1] + bytes([signature[-1] + 27])


def recover_wallet(author: PublicKey, transaction_hash: bytes, signature: bytes) -> PublicKey:
    """The wallet key that stated it.

    :raises RemoteError: not 65 bytes with v 27 or 28, or no key can have made it.
    """
    if len(signature) != SIGNATURE_SIZE or signature[-1] not in (27, 28):
        raise RemoteError("the signature of a transaction has 65 bytes, the last of them 27 or 28")
    return PublicKey.recover(_digest(author, transaction_hash), signature)
