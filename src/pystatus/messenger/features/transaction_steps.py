"""The steps of transactions as messages of their chat: each takes the place of the one before it (payloads.md §12)."""

from __future__ import annotations

from dataclasses import replace

from pystatus.messenger.dispatch import Incoming
from pystatus.messenger.effects import Notify
from pystatus.messenger.events import ChatOpened, MessagePosted, MessageReceived
from pystatus.messenger.features.feature import Core
from pystatus.messenger.records import Chat, Message, MessageState
from pystatus.messenger.transaction_checks import Payment
from pystatus.messenger.transaction_records import Announcement, Transaction, TransactionState, TransactionTables
from pystatus.payloads.chats import ChatKind
from pystatus.payloads.checks import MAX_CLOCK_AHEAD_MS
from pystatus.payloads.clocks import advance, next_clock
from pystatus.payloads.kinds import ContentType
from pystatus.payloads.payload import Payload
from pystatus.payloads.transactions import SendTransaction

_TEXTS = {
    TransactionState.ADDRESS_REQUESTED: "Request address for transaction",
    TransactionState.ADDRESS_DECLINED: "Request address for transaction declined",
    TransactionState.ADDRESS_ACCEPTED: "Request address for transaction accepted",
    TransactionState.PAYMENT_REQUESTED: "Request transaction",
    TransactionState.PAYMENT_DECLINED: "Transaction request declined",
    TransactionState.SENT: "Transaction sent",
}
_RECEIVED = "Transaction received"


class TransactionSteps:
    """Put into their chats."""

    def __init__(self, core: Core, tables: TransactionTables) -> None:
        self._core = core
        self._tables = tables

    def sent(self, chat: Chat, payload: Payload, step: Transaction, now: float) -> Transaction:
        """Send a step of ours and show it. What a message has of its own is filled in.

        :param now: Unix seconds.
        :raises LocalError: it cannot be sent.
        """
        now_ms = int(now * 1000)
        # See Messages.send for the bound of the chat's clock.
        clock, _ = next_clock(min(chat.last_clock, now_ms + MAX_CLOCK_AHEAD_MS // 2), now_ms)
        payload = replace(payload, clock=clock)  # type: ignore[call-arg]  # each of these payloads has one
        sent = self._core.sender.send(chat, payload, now)
        step = replace(
            step,
            message_id=sent.message_id,
            command_id=step.command_id or sent.message_id,
            chat_id=chat.id,
            author=self._core.own,
            clock=clock,
            replaced=False,
        )
        self._show(chat, payload, step, now_ms, MessageState.SENDING, forward_secrecy=sent.forward_secrecy)
        return step

    def came(self, payload: Payload, step: Transaction, incoming: Incoming) -> None:
        """Show a step that has come, unless it was deleted with the history of its chat before it came."""
        chat = self._chat(step.chat_id)
        if step.clock > chat.cleared_clock:
            state = MessageState.SENT if step.author == self._core.own else None
            self._show(chat, payload, step, incoming.now_ms, state, forward_secrecy=incoming.forward_secrecy)

    def received(self, announcement: Announcement, paid: Payment, request: Transaction | None, now: float) -> None:
        """Show what somebody has paid us, in place of what is shown of the request.

        :param request: the last step of it; ``None``: nobody asked for it, or it was paid before.
        :param now: Unix seconds.
        """
        now_ms = int(now * 1000)
        chat = self._chat(announcement.chat_id)
        clock, _ = next_clock(min(chat.last_clock, now_ms + MAX_CLOCK_AHEAD_MS // 2), now_ms)
        step = Transaction(
            message_id=announcement.message_id,
            command_id=announcement.message_id if request is None else request.command_id,
            chat_id=chat.id,
            author=announcement.author,
            clock=clock,
            state=TransactionState.SENT,
            value=paid.value,
            contract=paid.contract,
            address=paid.address,
            from_address=paid.from_address,
            transaction_hash=announcement.transaction_hash,
            signature=announcement.signature,
            replaces=None if request is None else request.message_id,
            as_asked=None if request is None else paid.as_asked,
        )
        payload = SendTransaction(
            clock=announcement.clock,
            id="" if announcement.command_id is None else f"0x{announcement.command_id.hex()}",
            transaction_hash=announcement.transaction_hash,
            signature=announcement.signature,
        )
        self._show(chat, payload, step, now_ms, None, forward_secrecy=announcement.forward_secrecy)

    def _chat(self, chat_id: str) -> Chat:
        return self._core.store.chat(chat_id) or Chat(chat_id, ChatKind.ONE_TO_ONE, active=False)

    def _show(
        self,
        before: Chat,
        payload: Payload,
        step: Transaction,
        now_ms: int,
        state: MessageState | None,
        *,
        forward_secrecy: bool,
    ) -> None:
        core, own = self._core, step.author == self._core.own
        is_received = step.state is TransactionState.SENT and not own
        message = Message(
            id=step.message_id,
            chat_id=step.chat_id,
            author=step.author,
            clock=step.clock,
            sent_ms=min(step.clock, now_ms),  # these payloads have no other time
            received_ms=now_ms,
            content_type=ContentType.TRANSACTION_COMMAND,
            text=_RECEIVED if is_received else _TEXTS[step.state],
            payload=payload.encode(),
            state=state,
            forward_secrecy=forward_secrecy,
        )
        chat = replace(
            before,
            active=True,
            # A clock at the edge of what is accepted must not drive ours over it: everybody would refuse us.
            last_clock=advance(before.last_clock, min(step.clock, now_ms + MAX_CLOCK_AHEAD_MS // 2)),
            unread=before.unread + (not own),
            archived=before.archived and (before.muted or own),
            updated_ms=max(before.updated_ms, now_ms),
        )
        core.store.save_chat(chat)
        core.store.add_message(message)
        if step.replaces is not None:
            self._tables.set_replaced(step.replaces)
        self._tables.add(step, payload.TYPE)
        if not before.active:
            core.channels.listen_to(chat)
            core.batch.add(Notify(ChatOpened(chat)))
        core.batch.add(Notify(MessagePosted(message, chat) if own else MessageReceived(message, chat)))
