"""Requests, answers and announcements that have come, from others and from our other devices (payloads.md §12)."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeAlias

from pystatus.errors import RemoteError
from pystatus.messenger.announcements import Announcements
from pystatus.messenger.dispatch import Incoming
from pystatus.messenger.features.conversations import Conversations
from pystatus.messenger.features.feature import Core
from pystatus.messenger.features.transaction_steps import TransactionSteps
from pystatus.messenger.transaction_records import (
    Announcement,
    AnnouncementState,
    Transaction,
    TransactionState,
    TransactionTables,
    address_of_text,
    amount_of_text,
    command_id_of,
    contract_of_text,
    hash_bytes,
)
from pystatus.payloads.payload import Payload
from pystatus.payloads.transactions import (
    AcceptRequestAddressForTransaction,
    DeclineRequestAddressForTransaction,
    DeclineRequestTransaction,
    RequestAddressForTransaction,
    RequestTransaction,
    SendTransaction,
)

MAX_STEPS = 32
"""Steps of one transaction. An answer may be repeated and taken back, as the reference lets it; beyond this it is
refused. Ours."""

Answer: TypeAlias = AcceptRequestAddressForTransaction | DeclineRequestAddressForTransaction | DeclineRequestTransaction

_ANSWERS = {
    AcceptRequestAddressForTransaction: (TransactionState.ADDRESS_REQUESTED, TransactionState.ADDRESS_ACCEPTED),
    DeclineRequestAddressForTransaction: (TransactionState.ADDRESS_REQUESTED, TransactionState.ADDRESS_DECLINED),
    DeclineRequestTransaction: (TransactionState.PAYMENT_REQUESTED, TransactionState.PAYMENT_DECLINED),
}
"""The state of the request that each answer is to, and the state that it makes."""


class TransactionArrivals:
    """Taken, or refused."""

    def __init__(
        self, core: Core, tables: TransactionTables, steps: TransactionSteps, announcements: Announcements
    ) -> None:
        self._core = core
        self._tables = tables
        self._steps = steps
        self._announcements = announcements

    def receive(self, payload: Payload, incoming: Incoming) -> None:
        """See :meth:`pystatus.messenger.features.transactions.Transactions.receive`.

        :raises RemoteError: it is refused.
        """
        if incoming.public_name is not None:
            raise RemoteError("transactions are between two people, not in public")
        core, message_id = self._core, incoming.message.id
        if core.store.has_message(message_id) or core.store.tables(Conversations).is_deleted(message_id):
            return
        if isinstance(payload, RequestAddressForTransaction | RequestTransaction):
            self._requested(payload, incoming)
        elif isinstance(payload, SendTransaction):
            self._announced(payload, incoming)
        else:
            assert isinstance(payload, Answer)
            self._answered(payload, incoming)

    def _requested(self, payload: RequestAddressForTransaction | RequestTransaction, incoming: Incoming) -> None:
        """A request of our other device names no chat: it lands in the chat with ourselves, as in the reference."""
        address, state = "", TransactionState.ADDRESS_REQUESTED
        if isinstance(payload, RequestTransaction):
            address, state = address_of_text(payload.address), TransactionState.PAYMENT_REQUESTED
        step = Transaction(
            message_id=incoming.message.id,
            command_id=incoming.message.id,
            chat_id=incoming.author.hex,
            author=incoming.author,
            clock=payload.clock,
            state=state,
            value=amount_of_text(payload.value),
            contract=contract_of_text(payload.contract),
            address=address,
        )
        self._steps.came(payload, step, incoming)

    def _answered(self, payload: Answer, incoming: Incoming) -> None:
        state, becomes = _ANSWERS[type(payload)]
        request = self._named(payload.id)
        is_own = incoming.author == self._core.own  # another device of ours answers what somebody asked
        is_our_request = request.author == self._core.own
        if is_own == is_our_request or (not is_own and request.chat_id != incoming.author.hex):
            raise RemoteError("an answer to a request that was not made to its author")
        if request.state is not state:
            raise RemoteError(f"this is no answer to a request whose state is {request.state}")
        step = self._next(request, payload, incoming, becomes)
        if isinstance(payload, AcceptRequestAddressForTransaction):
            # An acceptance takes the place of what is shown last, a refusal that of the request (transactions.json 66).
            latest = self._tables.latest(request.command_id) or request
            step = replace(step, address=address_of_text(payload.address), replaces=latest.message_id)
        self._steps.came(payload, step, incoming)

    def _announced(self, payload: SendTransaction, incoming: Incoming) -> None:
        chat = self._core.store.chat(incoming.author.hex)
        if chat is not None and payload.clock <= chat.cleared_clock:  # it was deleted before it came
            return
        if incoming.author == self._core.own:
            self._announced_elsewhere(payload, incoming)
            return
        try:
            transaction_hash = _in_small_letters(payload.transaction_hash)
        except RemoteError:  # it is kept as it is, and refused
            transaction_hash = payload.transaction_hash
        self._announcements.take(
            Announcement(
                message_id=incoming.message.id,
                author=incoming.author,
                clock=payload.clock,
                received_ms=incoming.now_ms,
                transaction_hash=transaction_hash,
                signature=payload.signature,
                state=AnnouncementState.UNVERIFIED,
                command_id=command_id_of(payload.id),
                forward_secrecy=incoming.forward_secrecy,
                due=incoming.now_ms / 1000,
            )
        )

    def _announced_elsewhere(self, payload: SendTransaction, incoming: Incoming) -> None:
        """Another device of ours has paid. Without a request nothing says whom."""
        request = self._named(payload.id)
        latest = self._tables.latest(request.command_id) or request
        step = replace(
            self._next(latest, payload, incoming, TransactionState.SENT),
            transaction_hash=_in_small_letters(payload.transaction_hash),
            signature=payload.signature,
        )
        self._steps.came(payload, step, incoming)

    def _named(self, text: str) -> Transaction:
        """The request that an answer names. A message that is none, as a text of ours, has no state to answer to."""
        command_id = command_id_of(text)
        request = None if command_id is None else self._tables.get(command_id)
        if request is None or request.command_id != command_id:
            raise RemoteError("an answer to no request that is here")
        return request

    def _next(
        self, before: Transaction, payload: Answer | SendTransaction, incoming: Incoming, state: TransactionState
    ) -> Transaction:
        """The step that takes the place of another one."""
        if self._tables.count(before.command_id) >= MAX_STEPS:
            raise RemoteError(f"more than {MAX_STEPS} steps of one transaction")
        return replace(
            before,
            message_id=incoming.message.id,
            author=incoming.author,
            clock=payload.clock,
            state=state,
            replaces=before.message_id,
            replaced=False,
        )


def _in_small_letters(transaction_hash: str) -> str:
    return f"0x{hash_bytes(transaction_hash).hex()}"
