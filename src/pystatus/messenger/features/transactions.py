"""Transactions in one-to-one chats: asking for an address or a payment, accepting, declining, announcing (payloads.md
§12).

Each step is a message of the chat, made here of what came: nobody else can put such a message into a chat. It takes the
place of the one before it. A payment that somebody announces is shown when a chain has confirmed it, not before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pystatus.account.address import address_of, checksummed
from pystatus.crypto.keys import PublicKey
from pystatus.errors import LocalError, RemoteError
from pystatus.messenger.announcements import Announcements, Unanswered
from pystatus.messenger.dispatch import Incoming
from pystatus.messenger.features.feature import Core, Feature
from pystatus.messenger.features.transaction_arrivals import TransactionArrivals
from pystatus.messenger.features.transaction_steps import TransactionSteps
from pystatus.messenger.features.wallet import Wallet
from pystatus.messenger.records import Chat, short_id
from pystatus.messenger.transaction_checks import Asked, Payment, payment
from pystatus.messenger.transaction_records import (
    MAX_LISTED,
    Announcement,
    ChainTransaction,
    Transaction,
    TransactionState,
    TransactionTables,
    address_bytes,
    checked_address,
    checked_amount,
    checked_contract,
    checked_hash,
    hash_bytes,
)
from pystatus.messenger.wallet_records import WalletTables
from pystatus.payloads.chats import ChatKind
from pystatus.payloads.payload import Payload
from pystatus.payloads.transactions import (
    AcceptRequestAddressForTransaction,
    DeclineRequestAddressForTransaction,
    DeclineRequestTransaction,
    RequestAddressForTransaction,
    RequestTransaction,
    SendTransaction,
    recover_wallet,
)
from pystatus.sanitise import quoted


class Transactions(Feature[TransactionTables]):
    """Asked for, answered, announced, and received when a chain says so.

    Addresses go out in small letters: the reference compares them with those of a chain as they are.
    """

    PAYLOADS = (
        RequestAddressForTransaction,
        AcceptRequestAddressForTransaction,
        DeclineRequestAddressForTransaction,
        RequestTransaction,
        DeclineRequestTransaction,
        SendTransaction,
    )

    def __init__(self, core: Core, tables: TransactionTables, now: float) -> None:
        super().__init__(core, tables, now)
        self._steps = TransactionSteps(core, tables)
        self._announcements = Announcements(
            tables, core.people, core.batch, self._judge, self._received, has_chain=core.config.has_chain
        )
        self._arrivals = TransactionArrivals(core, tables, self._steps, self._announcements)

    # ours

    def request_address(self, chat_id: str, value: int, contract: str, now: float) -> Transaction:
        """Say that we want to pay, and ask where.

        :raises LocalError: no chat with one person that we are in, no such amount, or no contract.

        Implements: PL-24
        """
        chat = self._chat(chat_id)
        contract = checked_contract(contract)
        step = self._begun(TransactionState.ADDRESS_REQUESTED, value, contract, from_address=self._default_wallet)
        request = RequestAddressForTransaction(value=str(checked_amount(value)), contract=contract.lower())
        return self._steps.sent(chat, request, step, now)

    def request_payment(self, chat_id: str, value: int, contract: str, address: str | None, now: float) -> Transaction:
        """Ask to be paid.

        :param address: where; ``None``: the wallet of the account.
        :raises LocalError: no chat with one person that we are in, no such amount, contract or address.
        """
        chat = self._chat(chat_id)
        contract, to = checked_contract(contract), self._own_address(address)
        step = self._begun(TransactionState.PAYMENT_REQUESTED, value, contract, address=to)
        request = RequestTransaction(value=str(checked_amount(value)), contract=contract.lower(), address=to.lower())
        return self._steps.sent(chat, request, step, now)

    def accept(self, message_id: bytes, address: str | None, now: float) -> Transaction:
        """Answer a request for our address.

        :param address: ``None``: the wallet of the account.
        :raises LocalError: there is no such request, it is ours or was answered, or no address.
        """
        request = self._open_request(message_id, TransactionState.ADDRESS_REQUESTED)
        step = replace(request, state=TransactionState.ADDRESS_ACCEPTED, address=self._own_address(address))
        answer = AcceptRequestAddressForTransaction(id=f"0x{request.command_id.hex()}", address=step.address.lower())
        return self._steps.sent(self._chat(request.chat_id), answer, replace(step, replaces=request.message_id), now)

    def decline(self, message_id: bytes, now: float) -> Transaction:
        """Refuse a request for our address, or for a payment.

        :raises LocalError: there is no such request, or it is ours or was answered.
        """
        request = self._open_request(message_id, TransactionState.ADDRESS_REQUESTED, TransactionState.PAYMENT_REQUESTED)
        text = f"0x{request.command_id.hex()}"
        answer: Payload = DeclineRequestTransaction(id=text)
        state = TransactionState.PAYMENT_DECLINED
        if request.state is TransactionState.ADDRESS_REQUESTED:
            answer, state = DeclineRequestAddressForTransaction(id=text), TransactionState.ADDRESS_DECLINED
        step = replace(request, state=state, replaces=request.message_id)
        return self._steps.sent(self._chat(request.chat_id), answer, step, now)

    def announce(
        self,
        chat_id: str,
        transaction_hash: str,
        signature: bytes,
        now: float,
        *,
        value: int | None = None,
        contract: str = "",
        address: str = "",
    ) -> Transaction:
        """Say that we have paid somebody who did not ask for it.

        :param signature: of the paying wallet: :func:`~pystatus.payloads.transactions.sign_transaction`.
        :param value: what was paid, as it is shown here; the recipient sees what their chain says.
        :raises LocalError: no chat with one person that we are in, or a value that is none.
        """
        step = self._begun(
            TransactionState.SENT,
            value,
            checked_contract(contract),
            address=checked_address(address) if address else "",
        )
        return self._announce(self._chat(chat_id), None, step, transaction_hash, signature, now)

    def announce_answer(self, message_id: bytes, transaction_hash: str, signature: bytes, now: float) -> Transaction:
        """Say that we have paid what was asked of us, or to the address that we asked for.

        :param message_id: the request: theirs for a payment, or ours for an address.
        :raises LocalError: there is no such request, nobody waits for a payment, or a value that is none.
        """
        first = self._request(message_id)
        latest = self._tables.latest(first.command_id)
        is_theirs = first.author != self._core.own
        wanted = TransactionState.PAYMENT_REQUESTED if is_theirs else TransactionState.ADDRESS_ACCEPTED
        if latest is None or latest.state is not wanted:
            raise LocalError(
                "Nobody waits for this payment: a request is paid once, and one of yours when it was accepted. Announce"
                " it without a request."
            )
        step = replace(latest, state=TransactionState.SENT, replaces=latest.message_id)
        chat = self._chat(first.chat_id)
        return self._announce(chat, f"0x{first.command_id.hex()}", step, transaction_hash, signature, now)

    def _announce(
        self, chat: Chat, command: str | None, step: Transaction, transaction_hash: str, signature: bytes, now: float
    ) -> Transaction:
        transaction_hash = checked_hash(transaction_hash)
        try:
            wallet = recover_wallet(self._core.own, hash_bytes(transaction_hash), signature)
        except RemoteError as error:
            raise LocalError(
                "This is no signature of a wallet: 65 bytes, the last of them 27 or 28. Make one with the wallet's key."
            ) from error
        announced = SendTransaction(id=command or "", transaction_hash=transaction_hash, signature=signature)
        step = replace(
            step,
            transaction_hash=transaction_hash,
            signature=signature,
            from_address=checksummed(address_of(wallet)),
        )
        return self._steps.sent(chat, announced, step, now)

    def _begun(
        self, state: TransactionState, value: int | None, contract: str, *, address: str = "", from_address: str = ""
    ) -> Transaction:
        """The first step of a transaction. What a message has of its own is filled in when it is sent."""
        if value is not None:
            checked_amount(value)
        return Transaction(
            b"", b"", "", self._core.own, 0, state, value, contract, address=address, from_address=from_address
        )

    def _chat(self, chat_id: str) -> Chat:
        chat = self._core.store.chat(chat_id)
        if chat is None or not chat.active:
            raise LocalError(f"You are not in the chat {quoted(chat_id)}. Open it first.")
        if chat.kind is not ChatKind.ONE_TO_ONE:
            raise LocalError("Payments are between two people. Name the chat with one person.")
        return chat

    def _request(self, message_id: bytes) -> Transaction:
        """The first step of the transaction that a message is of.

        :raises LocalError: there is none.
        """
        step = self._tables.get(message_id)
        request = None if step is None else self._tables.get(step.command_id)
        if request is None:
            raise LocalError(f"There is no request {short_id(message_id)} here. Give the id of one that is listed.")
        return request

    def _open_request(self, message_id: bytes, *wanted: TransactionState) -> Transaction:
        request = self._request(message_id)
        if request.author == self._core.own:
            raise LocalError("This request is yours. The other person answers it.")
        if request.state is TransactionState.SENT:
            raise LocalError("This is a payment, and no request. There is nothing to answer.")
        if request.state not in wanted:
            raise LocalError(
                "Only a request for an address is accepted. Pay this one and announce that, or decline it."
            )
        if request.replaced:
            raise LocalError("This request was answered already.")
        return request

    @property
    def _default_wallet(self) -> str:
        """Empty: the account has none, as one of an imported key."""
        wallets = self._core.config.wallets
        return checksummed(wallets[0]) if wallets else ""

    def _own_address(self, given: str | None) -> str:
        if given is not None:
            return checked_address(given)
        if not self._default_wallet:
            raise LocalError("This account has no wallet, as it was imported from a key. Give an address.")
        return self._default_wallet

    # those of others, and of our other devices

    def receive(self, payload: Payload, incoming: Incoming) -> None:
        """Take a request, an answer or an announcement; one that is known already changes nothing.

        :raises RemoteError: it is refused: by the rules of payloads.md §12, or ours where these let too much pass.

        Implements: PL-20, PL-24
        """
        self._arrivals.receive(payload, incoming)

    # the chain

    def next_timer(self) -> float | None:
        """See :meth:`Feature.next_timer`."""
        return self._announcements.next_timer()

    def on_timer(self, now: float) -> None:
        """See :meth:`Feature.on_timer`."""
        self._announcements.on_timer(now)

    def looked_up(self, transaction_hash: str, found: ChainTransaction | Unanswered | None, now: float) -> None:
        """See :meth:`~pystatus.messenger.announcements.Announcements.looked_up`."""
        self._announcements.looked_up(transaction_hash, found, now)

    def _judge(self, announcement: Announcement, mined: ChainTransaction) -> Payment:
        """
        :raises NotPaid: it is no payment to us, or not what we asked for.
        """
        request = self._request_of(announcement)
        wallet: WalletTables = self._core.store.tables(Wallet)
        asked, own = Asked(), set(self._core.config.wallets)
        own |= {account.address for account in wallet.accounts() if account.can_sign}
        if request is not None:
            asked = Asked("" if request.value is None else str(request.value), request.contract, request.address)
            steps = self._tables.steps(request.command_id)  # what we have named as ours in one of them is ours
            own |= {address_bytes(one.address) for one in steps if one.author == self._core.own and one.address}
        return payment(announcement.transaction_hash, announcement.signature, announcement.author, asked, mined, own)

    def _received(self, announcement: Announcement, paid: Payment, now: float) -> None:
        self._steps.received(announcement, paid, self._request_of(announcement), now)
        if not self._core.people.is_known(announcement.author):
            self._core.people.heard(announcement.author)

    def _request_of(self, announcement: Announcement) -> Transaction | None:
        """The last step of the transaction that an announcement names. One that is not here, of another chat, or paid
        already, is none: then the payment stands for itself."""
        if announcement.command_id is None:
            return None
        latest = self._tables.latest(announcement.command_id)
        if latest is None or latest.chat_id != announcement.chat_id or latest.state is TransactionState.SENT:
            return None
        return latest

    def person_blocked(self, person: PublicKey, now: float) -> None:
        """Our user is about to block somebody: nothing is left of what they have announced, and no chain is asked for
        it. Their steps go with their messages."""
        self._tables.trim_announcements(person, 0)

    # what is there

    def get(self, message_id: bytes) -> Transaction | None:
        """What a message is about; ``None``: it is of no transaction, or not here."""
        return self._tables.get(message_id)

    def steps(self, command_id: bytes) -> Sequence[Transaction]:
        """All steps of a transaction, replaced ones as well, in the order in which they came."""
        return self._tables.steps(command_id)

    def listed(self, chat_id: str | None) -> Sequence[Transaction]:
        """What is shown of transactions in a chat, or in all, the newest first: :data:`MAX_LISTED` at most."""
        return self._tables.listed(chat_id, MAX_LISTED)

    def announced(self, author: PublicKey | None) -> Sequence[Announcement]:
        """What somebody, or everybody, says to have paid, the newest first: :data:`MAX_LISTED` at most."""
        return self._tables.announcements(author, MAX_LISTED)
