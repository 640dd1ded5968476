"""Transactions in one-to-one chats: ``client.transactions``."""

from __future__ import annotations

from collections.abc import Sequence

from pystatus.client.chain import Chain
from pystatus.client.features.feature import ClientFeature
from pystatus.crypto.keys import PrivateKey
from pystatus.errors import LocalError
from pystatus.messenger.announcements import AnnouncementChanged
from pystatus.messenger.features.transactions import Transactions as TransactionsFeature
from pystatus.messenger.records import Chat, Message
from pystatus.messenger.transaction_records import (
    Amount,
    Announcement,
    AnnouncementState,
    ChainStatus,
    ChainTransaction,
    Transaction,
    TransactionState,
    checked_hash,
    checked_id,
    hash_bytes,
)
from pystatus.payloads.chats import ChatKind, key_from_text
from pystatus.payloads.transactions import sign_transaction

__all__ = [
    "Amount",
    "Announcement",
    "AnnouncementChanged",
    "AnnouncementState",
    "Chain",
    "ChainStatus",
    "ChainTransaction",
    "Transaction",
    "TransactionState",
    "Transactions",
]


class Transactions(ClientFeature[TransactionsFeature]):
    """Asking for payments, answering, and saying that something was paid. Nothing here pays: that is for a wallet.

    A chat is one with one person, given as such or by their chat key. Amounts are whole numbers in base units (wei for
    ether), a contract is the address of an ERC-20 token, and without one ether is meant. A request is given as a
    :class:`Transaction` or a message, or by the 32 bytes of its id.

    Each step is a message of the chat (content type 5), and takes the place of the one before it. What comes of others
    is told as :class:`~pystatus.MessageReceived`; :meth:`get` says what such a message is about.
    """

    NAME = "transactions"

    async def request_address(self, chat: Chat | str, value: Amount, contract: str = "") -> Transaction:
        """Say that we want to pay, and ask where.

        :raises LocalError: no chat with one person that we are in, no such amount, or no contract.
        """
        chat_id = self._find_chat(chat).id
        return await self._do(lambda it, now: it.request_address(chat_id, value, contract, now))

    async def request_payment(
        self, chat: Chat | str, value: Amount, contract: str = "", address: str | None = None
    ) -> Transaction:
        """Ask to be paid.

        :param address: where; ``None``: the wallet of the account.
        :raises LocalError: no chat with one person that we are in, no such amount, contract or address.
        """
        chat_id = self._find_chat(chat).id
        return await self._do(lambda it, now: it.request_payment(chat_id, value, contract, address, now))

    async def accept(self, request: Transaction | Message | bytes, address: str | None = None) -> Transaction:
        """Give the address that somebody has asked for.

        :param address: ``None``: the wallet of the account.
        :raises LocalError: there is no such request, it is ours or was answered, or no address.
        """
        request_id = _id(request)
        return await self._do(lambda it, now: it.accept(request_id, address, now))

    async def decline(self, request: Transaction | Message | bytes) -> Transaction:
        """Refuse a request for our address, or for a payment.

        :raises LocalError: there is no such request, or it is ours or was answered.
        """
        request_id = _id(request)
        return await self._do(lambda it, now: it.decline(request_id, now))

    async def announce(
        self,
        to: Transaction | Message | bytes | Chat | str,
        transaction_hash: str,
        *,
        signature: bytes | None = None,
        wallet: PrivateKey | None = None,
        value: Amount | None = None,
        contract: str = "",
        address: str = "",
    ) -> Transaction:
        """Say that we have paid. The recipient believes what their chain says, and that the wallet which paid is ours
        by its signature. Give that, or the wallet's key: the client does not open it.

        :param to: the request that was paid (theirs for a payment, or ours for an address), or the chat with somebody
            who did not ask.
        :param transaction_hash: ``0x`` and 64 hexadecimal digits.
        :param signature: what the wallet has signed, 65 bytes: a personal message (EIP-191) of our public key (65
            bytes) and the hash (32 bytes).
        :param wallet: makes it.
        :param value: what was paid, as it is shown here, and so are ``contract`` and ``address``. A request has them.
        :raises LocalError: there is no such request or chat, nobody waits for a payment, neither or both of signature
            and key are given, or a value is none.
        """
        made = self._signature(transaction_hash, signature, wallet)
        if isinstance(to, Chat | str):
            chat_id = self._find_chat(to).id
            return await self._do(
                lambda it, now: it.announce(
                    chat_id, transaction_hash, made, now, value=value, contract=contract, address=address
                )
            )
        if value is not None or contract or address:
            raise LocalError("The request says what was asked for. Leave value, contract and address out.")
        request_id = _id(to)
        return await self._do(lambda it, now: it.announce_answer(request_id, transaction_hash, made, now))

    def _signature(self, transaction_hash: str, signature: bytes | None, wallet: PrivateKey | None) -> bytes:
        if (signature is None) == (wallet is None):
            raise LocalError("Give the signature of the wallet that paid, or its key: one of them.")
        if wallet is None:
            assert signature is not None
            return signature
        own = self._access.session.profile.account.public_key
        return sign_transaction(wallet, own, hash_bytes(checked_hash(transaction_hash)))

    def get(self, message: Message | bytes) -> Transaction | None:
        """What a message is about; ``None``: it is of no transaction, or not here.

        :raises LocalError: not an id, or the client is not open.
        """
        message_id = _id(message)
        return self._read(lambda it: it.get(message_id))

    def all(self, chat: Chat | str | None = None) -> Sequence[Transaction]:
        """The transactions of a chat, or of all, each in its last step, the newest first: the first 1,000.

        :raises LocalError: no such chat, or the client is not open.
        """
        chat_id = None if chat is None else self._find_chat(chat).id
        return self._read(lambda it: it.listed(chat_id))

    def steps(self, transaction: Transaction | Message | bytes) -> Sequence[Transaction]:
        """All steps of a transaction in the order in which they came, those that are not shown any more as well.

        :raises LocalError: not an id, or the client is not open.
        """
        step_id = _id(transaction)

        def steps(it: TransactionsFeature) -> Sequence[Transaction]:
            found = it.get(step_id)
            return it.steps(step_id if found is None else found.command_id)

        return self._read(steps)

    def announcements(self, chat: Chat | str | None = None) -> Sequence[Announcement]:
        """What the other person of a chat, or everybody, says to have paid, the newest first: the first 1,000.

        That is a claim, and no payment. Where the client was opened with a chain, that is asked every 30 seconds; what
        it confirms is a message of the chat then. Without one all of them stay unverified.

        :raises LocalError: no such chat, or the client is not open.
        """
        found = None if chat is None else self._find_chat(chat)
        if found is not None and found.kind != ChatKind.ONE_TO_ONE:
            return ()
        author = None if found is None else key_from_text(found.id)
        return self._read(lambda it: it.announced(author))


def _id(request: Transaction | Message | bytes) -> bytes:
    match request:
        case Transaction():
            return request.command_id
        case Message():
            return checked_id(request.id)
        case _:
            return checked_id(request)
