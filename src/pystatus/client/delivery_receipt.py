"""What becomes of a message after it was sent."""

from __future__ import annotations

import asyncio

from pystatus.arguments import checked
from pystatus.errors import LocalError
from pystatus.messenger.records import Message, MessageState, chat_label, short_id
from pystatus.payloads.chats import is_public_chat_name


class SendFailed(LocalError):
    """A message was given up: no relay took it, or its recipient never confirmed it."""


@checked
class Receipt:
    """What becomes of a message that was sent. ``message`` is stored already, as it was then; ``state`` follows it."""

    def __init__(self, message: Message) -> None:
        self.message = message
        self.state = message.state or MessageState.SENDING
        self._changed = asyncio.Event()
        self._is_over = False

    def __repr__(self) -> str:
        return f"<Receipt of {short_id(self.message.id)} in {chat_label(self.message.chat_id)}: {self.state}>"

    def advance(self, state: MessageState) -> None:
        """Called by the client when the state changes."""
        self.state = state
        self._changed.set()

    def end(self) -> None:
        """Called by the client when it is closed: the state stays as it is."""
        self._is_over = True
        self._changed.set()

    async def sent(self, timeout: float | None = None) -> None:
        """Wait until a relay has the message.

        :raises SendFailed: it was given up.
        :raises TimeoutError: ``timeout`` seconds passed; the client goes on trying.
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
        :raises TimeoutError: ``timeout`` seconds passed; the client goes on trying.
        :raises LocalError: the client was closed before.
        """
        await self._wait(timeout, MessageState.SEEN, MessageState.ARCHIVED, MessageState.DELIVERED)

    async def archived(self, timeout: float | None = None) -> None:
        """Wait until a mailserver has the message for sure: it confirmed it, or the message was found in its archive.
        What the recipient has acknowledged counts as well.

        :raises SendFailed: it was given up.
        :raises TimeoutError: ``timeout`` seconds passed; the client goes on trying.
        :raises LocalError: the client was closed before.
        """
        await self._wait(timeout, MessageState.ARCHIVED, MessageState.DELIVERED)

    async def delivered(self, timeout: float | None = None) -> None:
        """Wait until a device of the recipient has acknowledged the message.

        :raises SendFailed: it was given up.
        :raises TimeoutError: ``timeout`` seconds passed; the client goes on trying.
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
            raise TimeoutError(f"The message is still {self.state} after {timeout} s. The client goes on.") from None
        if self.state == MessageState.FAILED:
            raise SendFailed("No relay took the message. Check the connection and send it again.")
        if self.state == MessageState.UNCONFIRMED and self.state not in wanted:
            raise SendFailed("The recipient has not confirmed the message. Send it again when they are there.")

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
