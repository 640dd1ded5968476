"""What users send: an input of the messenger, an envelope for the node, and a receipt that says what becomes of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias
from weakref import WeakValueDictionary

from pystatus.arguments import checked
from pystatus.client.chats import find_chat
from pystatus.errors import LocalError
from pystatus.log_texts import get_logger
from pystatus.messenger.events import Event, MessageStateChanged
from pystatus.messenger.features.conversations import MessageDeleted
from pystatus.messenger.features.messages import Messages
from pystatus.messenger.records import Chat, Message, MessageState, chat_label, short_id
from pystatus.outage import Outage
from pystatus.payloads.chats import is_public_chat_name
from pystatus.payloads.messages import ChatMessage

if TYPE_CHECKING:
    from pystatus.client.answering import AnswerGuard
    from pystatus.client.command_queue import CommandQueue
    from pystatus.client.events import EventHub
    from pystatus.messenger.effects import Publish
    from pystatus.messenger.messenger import Messenger
    from pystatus.messenger.store import MessengerStore
    from pystatus.node import Node

log = get_logger(__name__)


class SendFailed(LocalError):
    """A message was given up: no relay took it, its recipient never confirmed it, or it was withdrawn."""


WITHDRAWN = "The message was withdrawn before it was sent."
"""Why one was given up of which the user thought better."""


@checked
class Receipt:
    """What becomes of a message that was sent. ``message`` is stored already, as it was then; ``state`` follows it, and
    ``reason`` says why it was given up."""

    def __init__(self, message: Message) -> None:
        self.message = message
        self.state = message.state or MessageState.SENDING
        self.reason = ""
        self._changed = asyncio.Event()
        self._is_over = False

    def __repr__(self) -> str:
        return f"<Receipt of {short_id(self.message.id)} in {chat_label(self.message.chat_id)}: {self.state}>"

    def advance(self, state: MessageState, reason: str = "") -> None:
        """Called by the client when the state changes."""
        self.state = state
        self.reason = reason
        self._changed.set()

    def end(self) -> None:
        """Called by the client when it is closed: the state stays as it is."""
        self._is_over = True
        self._changed.set()

    async def sent(self, timeout: float | None = None) -> None:
        """Wait until a relay has the message.

        :raises SendFailed: it was given up.
        :raises TimeoutError: ``timeout`` seconds passed; the client keeps trying.
        :raises LocalError: the client was closed before.
        """
        await self._wait(
            timeout,
            MessageState.SENT,
            MessageState.SEEN,
            MessageState.ARCHIVED,
            MessageState.DELIVERED,
            MessageState.UNCONFIRMED,
        )

    async def seen(self, timeout: float | None = None) -> None:
        """Wait until a relay says that it took the message. Only relays that confirm what they get ever say so.

        :raises SendFailed: it was given up.
        :raises TimeoutError: ``timeout`` seconds passed; the client keeps trying.
        :raises LocalError: the client was closed before.
        """
        await self._wait(timeout, MessageState.SEEN, MessageState.ARCHIVED, MessageState.DELIVERED)

    async def archived(self, timeout: float | None = None) -> None:
        """Wait until a mailserver has the message for sure: it confirmed it, or the message was found in its archive.
        What the recipient has acknowledged counts as well.

        :raises SendFailed: it was given up.
        :raises TimeoutError: ``timeout`` seconds passed; the client keeps trying.
        :raises LocalError: the client was closed before.
        """
        await self._wait(timeout, MessageState.ARCHIVED, MessageState.DELIVERED)

    async def delivered(self, timeout: float | None = None) -> None:
        """Wait until a device of the recipient has acknowledged the message, or in a group one of each member who had
        joined.

        :raises SendFailed: it was given up.
        :raises TimeoutError: ``timeout`` seconds passed; the client keeps trying.
        :raises LocalError: the client was closed before; or the chat is public, where nobody acknowledges anything.
        """
        if is_public_chat_name(self.message.chat_id):
            raise LocalError(
                "Nobody acknowledges what is said in a public chat. Wait for sent(), seen() or archived() instead."
            )
        await self._wait(timeout, MessageState.DELIVERED)

    async def _wait(self, timeout: float | None, *wanted: MessageState) -> None:
        try:
            async with asyncio.timeout(timeout):
                await self._reach(wanted)
        except TimeoutError:
            text = f"The message is still {self.state} after {timeout} s. The client keeps trying."
            raise TimeoutError(text) from None
        if self.state == MessageState.FAILED:
            raise SendFailed(self.reason)
        if self.state == MessageState.UNCONFIRMED and self.state not in wanted:
            raise SendFailed(self.reason)

    async def _reach(self, wanted: tuple[MessageState, ...]) -> None:
        """Wait until the message has one of the wanted states, or was given up."""
        while self.state not in (*wanted, MessageState.FAILED, MessageState.UNCONFIRMED):
            if self._is_over:
                raise LocalError(
                    f"The client was closed while the message was {self.state}. It is stored, and goes out when "
                    "the profile is opened again."
                )
            self._changed.clear()
            await self._changed.wait()


Receipts: TypeAlias = WeakValueDictionary[bytes, Receipt]
"""Those that somebody has, by the ids of their messages."""


def follow(receipts: Receipts, event: Event) -> None:
    """An event may say what becomes of a message of ours. That it is deleted here changes nothing for others."""
    if isinstance(event, MessageStateChanged):
        receipt = receipts.get(event.message_id)
        if receipt is not None:
            receipt.advance(event.state, event.reason)
    elif isinstance(event, MessageDeleted) and event.withdrawn:
        receipt = receipts.get(event.message_id)
        if receipt is not None:
            receipt.advance(MessageState.FAILED, WITHDRAWN)


class Sending:
    """Of one open profile."""

    def __init__(
        self,
        messenger: Messenger,
        store: MessengerStore,
        node: Node,
        inputs: CommandQueue,
        guard: AnswerGuard,
        hub: EventHub,
        now: Callable[[], float],
    ) -> None:
        """
        :param now: Unix seconds.
        """
        self._messenger = messenger
        self._store = store
        self._node = node
        self._inputs = inputs
        self._guard = guard
        self._hub = hub
        self._now = now
        self._posting = Outage(log, "no envelope can be posted", "envelopes are posted again")
        self._receipts: Receipts = WeakValueDictionary()

    def send_text(
        self,
        chat: Chat | str,
        text: str,
        response_to: bytes | None,
        answered: Message | None,
        ens_name: str | None = None,
    ) -> asyncio.Future[Receipt]:
        """Queue a text; the future is done when it is stored.

        :param answered: the message that this is an answer to.
        :param ens_name: as whom it is written; ``None``: as our profile says.
        :raises LocalError: nothing is handled any more. In the future: no such chat, or no text that can be sent.
        :raises AnswerRefused: in the future: too many answers are sent.
        """

        def send() -> Receipt:
            chat_id = self._answering(chat, answered)
            messages = self._messenger.feature(Messages)
            now = self._now()
            sent = messages.send_text(chat_id, text, response_to=response_to, ens_name=ens_name, now=now)
            return self._receipt(sent)

        return self._inputs.submit(send)

    def send(
        self, chat: Chat | str, content: ChatMessage, response_to: bytes | None, answered: Message | None
    ) -> asyncio.Future[Receipt]:
        """The same with any content.

        :raises LocalError: as :meth:`send_text`. In the future: no such chat, or nothing that can be sent there.
        :raises AnswerRefused: as :meth:`send_text`.
        """

        def send() -> Receipt:
            chat_id = self._answering(chat, answered)
            reply = replace(content, response_to=f"0x{response_to.hex()}" if response_to else "")
            return self._receipt(self._messenger.feature(Messages).send(chat_id, reply, self._now()))

        return self._inputs.submit(send)

    def _answering(self, chat: Chat | str, answered: Message | None) -> str:
        """The id of the chat, if the answer is allowed that this may be."""
        chat_id = find_chat(self._store, chat).id
        if answered is not None:
            self._guard.take(answered, chat_id, self._now())
            self._hub.answered()
        return chat_id

    def resend(self, message_id: bytes) -> asyncio.Future[Receipt]:
        """Queue a message once more.

        :raises LocalError: nothing is handled any more. In the future: not a message of ours, or it did not fail.
        """
        return self._inputs.submit(
            lambda: self._receipt(self._messenger.feature(Messages).resend(message_id, self._now()))
        )

    def withdraw(self, message_id: bytes) -> asyncio.Future[Message]:
        """Take a message back that has not left.

        :raises LocalError: nothing is handled any more. In the future: as :meth:`Messages.withdraw`.
        """
        return self._inputs.submit(lambda: self._messenger.feature(Messages).withdraw(message_id, self._now()))

    def _receipt(self, message: Message) -> Receipt:
        receipt = Receipt(message)
        self._receipts[message.id] = receipt
        return receipt

    def publish(self, effect: Publish) -> None:
        """An envelope of the messenger is to be posted."""
        now = asyncio.get_running_loop().time()
        envelope = effect.envelope
        try:
            self._node.post(envelope)
        except LocalError as error:  # the pool is full, or the clock was put right meanwhile: it is made again
            self._posting.failed(now, error)
            envelope_hash = envelope.hash
            self._inputs.add(lambda: self._messenger.envelope_expired(envelope_hash, self._now()))
        else:
            self._posting.worked(now)

    def take(self, event: Event) -> None:
        """See :func:`follow`."""
        follow(self._receipts, event)

    def end(self) -> None:
        """The client is closed: nothing more becomes of what was sent."""
        for receipt in list(self._receipts.values()):
            receipt.end()
