"""A client without keys, network or disk: what the demo's screen and script see of one, and strings to pull."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from typing import Any

from pystatus import Chat, ChatKind, LocalError, Message, MessageState, PrivateKey, PublicKey, Receipt
from pystatus.account.alias import alias
from pystatus.account.key_encoding import parse_public_key
from pystatus.client import Event
from pystatus.messenger.events import ChatLeft, ChatOpened, MessageReceived, MessageStateChanged
from pystatus.messenger.records import Cursor
from pystatus.payloads.chats import public_chat_name

NOON_MS = 1_600_000_000_000
"""When the first message is written; each later one follows a second after the one before."""


def key(number: int) -> PublicKey:
    """The chat key of person ``number``."""
    return PrivateKey(number.to_bytes(32, "big")).public_key


YOU, ECHO, CAROL = key(1), key(2), key(3)


class FakeNode:
    """Its peers."""

    def __init__(self) -> None:
        self.peers: list[object] = ["relay"]


class FakeNames:
    """Knows one name of an emoji."""

    def typed(self, chat: Chat | str, text: str) -> str:
        return text.replace(":smile:", "😄")


class FakeClient:
    """Keeps chats and messages in memory; what it sends stays under way until :meth:`advance`."""

    def __init__(self) -> None:
        self.public_key = YOU
        self.name = alias(YOU)
        self.node = FakeNode()
        self.mentions = FakeNames()
        self.handed_out: list[Receipt] = []
        self.stored: dict[str, Chat] = {}
        self.messages: dict[str, list[Message]] = {}
        self.clock = NOON_MS
        self.sent_at_once = False
        self._queues: list[asyncio.Queue[Event | Exception | None]] = []
        self._handlers: list[tuple[type[Any], Callable[[Any], object]]] = []

    # what the demo calls

    def chats(self) -> Sequence[Chat]:
        return sorted(self.stored.values(), key=lambda chat: -chat.updated_ms)

    def find_chat(self, chat: Chat | str) -> Chat:
        return self.stored[chat if isinstance(chat, str) else chat.id]

    def history(self, chat: Chat | str, limit: int = 50, before: Message | Cursor | None = None) -> Sequence[Message]:
        place = before.cursor if isinstance(before, Message) else before
        known = sorted(self.messages[self.find_chat(chat).id], key=lambda message: message.cursor, reverse=True)
        return [message for message in known if place is None or message.cursor < place][:limit]

    def events(self) -> AsyncIterator[Event]:
        queue: asyncio.Queue[Event | Exception | None] = asyncio.Queue()
        self._queues.append(queue)
        return self._read(queue)

    async def _read(self, queue: asyncio.Queue[Event | Exception | None]) -> AsyncIterator[Event]:
        while (event := await queue.get()) is not None:
            if isinstance(event, Exception):
                raise event
            yield event

    def on(self, kind: type[Any]) -> Callable[[Callable[[Any], object]], Callable[[Any], object]]:
        def register(handler: Callable[[Any], object]) -> Callable[[Any], object]:
            self._handlers.append((kind, handler))
            return handler

        return register

    async def join(self, name: str) -> Chat:
        return self._opened(public_chat_name(name), ChatKind.PUBLIC)

    async def open_chat(self, person: PublicKey | str) -> Chat:
        who = parse_public_key(person) if isinstance(person, str) else person
        return self._opened(who.hex, ChatKind.ONE_TO_ONE)

    async def leave(self, chat: Chat | str) -> Chat:
        left = self.stored[self.find_chat(chat).id] = replace(self.find_chat(chat), active=False)
        self.tell(ChatLeft(left))
        return left

    async def mark_read(self, chat: Chat | str) -> Chat:
        read = self.stored[self.find_chat(chat).id] = replace(self.find_chat(chat), unread=0)
        return read

    async def answer(self, event: MessageReceived, text: str) -> Receipt:
        return await self.send_text(event.chat, text, reply_to=event.message)

    async def send_text(self, chat: Chat | str, text: str, reply_to: Message | bytes | None = None) -> Receipt:
        if len(text) > 4096:
            raise LocalError("The message is too long. Split it.")
        found = self.find_chat(chat)
        message = self._add(found.id, YOU, text, state=MessageState.SENDING, forward_secrecy=is_private(found))
        receipt = Receipt(message)
        self.handed_out.append(receipt)
        if self.sent_at_once:
            self.advance(receipt, MessageState.SENT)
        return receipt

    async def resend(self, message: Message | bytes) -> Receipt:
        assert isinstance(message, Message)
        receipt = Receipt(replace(message, state=MessageState.SENDING))
        self.handed_out.append(receipt)
        self.tell(MessageStateChanged(message.id, MessageState.SENDING))
        return receipt

    # strings

    def tell(self, event: Event | Exception | None) -> None:
        """Something happens; None is the end of the client, an error its failure."""
        for queue in self._queues:
            queue.put_nowait(event)
        for kind, handler in self._handlers:
            if isinstance(event, kind):
                handler(event)

    def receive(self, chat_id: str, author: PublicKey, text: str, **changes: Any) -> Message:
        """Somebody else writes."""
        chat = self.stored.get(chat_id) or self._opened(chat_id, ChatKind.ONE_TO_ONE)
        message = self._add(chat_id, author, text, **{"forward_secrecy": is_private(chat), **changes})
        chat = self.stored[chat_id] = replace(self.stored[chat_id], unread=self.stored[chat_id].unread + 1)
        self.tell(MessageReceived(message, chat))
        return message

    def advance(self, receipt: Receipt, state: MessageState) -> None:
        """One of our own messages gets further."""
        chat = self.messages[receipt.message.chat_id]
        chat[:] = [replace(one, state=state) if one.id == receipt.message.id else one for one in chat]
        receipt.advance(state)
        self.tell(MessageStateChanged(receipt.message.id, state))

    def _opened(self, chat_id: str, kind: ChatKind) -> Chat:
        self.clock += 1_000
        chat = replace(self.stored.get(chat_id, Chat(chat_id, kind)), active=True, updated_ms=self.clock)
        self.stored[chat_id] = chat
        self.messages.setdefault(chat_id, [])
        self.tell(ChatOpened(chat))
        return chat

    def _add(self, chat_id: str, author: PublicKey, text: str, **changes: Any) -> Message:
        self.clock += 1_000
        values: dict[str, Any] = {
            "id": self.clock.to_bytes(32, "big"),
            "chat_id": chat_id,
            "author": author,
            "clock": self.clock,
            "sent_ms": self.clock,
            "received_ms": self.clock,
            "content_type": 1,
            "text": text,
            "payload": b"",
            **changes,
        }
        message = Message(**values)
        self.messages[chat_id].append(message)
        self.stored[chat_id] = replace(self.stored[chat_id], updated_ms=self.clock)
        return message


def is_private(chat: Chat) -> bool:
    """Whether it is a one-to-one chat, where everything has forward secrecy in these tests."""
    return chat.kind == ChatKind.ONE_TO_ONE
