"""The demo without a person: a scene is played, printed as a transcript, and every line of it is checked.

What is checked of each message: that a relay took it, and on the other side its author's key, its chat, its text, its
place behind the one before, and whether it travelled under a ratchet key. Those one to one have to be acknowledged.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence

from pystatus import Client, MessageReceived, MessageStateChanged, MessageUndecryptable
from pystatus.account.alias import alias
from pystatus.apps.demo import echo
from pystatus.apps.demo.echo import PUBLIC_CHAT
from pystatus.apps.demo.stage import Stage
from pystatus.apps.terminal.signals import run_until_signal
from pystatus.errors import LocalError
from pystatus.messenger.message_text import preview
from pystatus.messenger.records import Chat, Message, MessageState

MESSAGE_SECONDS = 10.0
"""How long a message may be under way, seconds. It takes a few hundredths; ten is a machine that is busy otherwise."""

GREETING = "Hello everybody!"
PRIVATE = (
    "This is for you alone.",
    "Ünïcödé, 漢字, 🦊 and\na second line",
    "one",
    "two",
    "three",
)
"""What you write to the echo contact, the last ones in a burst."""


class Missing(Exception):
    """The scene cannot go on: something that everything later depends on did not happen."""


class Transcript:
    """Prints what happens, and keeps count of what was checked."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self.checks = 0
        self.failures: list[str] = []

    @property
    def elapsed(self) -> float:
        """Seconds since the beginning."""
        return time.monotonic() - self._began

    def line(self, text: str) -> None:
        """Print a line with the time in front."""
        print(f"{self.elapsed:6.2f} s  {text}", flush=True)

    def check(self, holds: bool, what: str) -> None:
        """Count a check; a failed one is printed."""
        self.checks += 1
        if not holds:
            self.failures.append(what)
            self.line(f"FAILED: {what}")


class Scene:
    """You, the echo contact, and what each of them says and sees."""

    def __init__(self, you: Client, stage: Stage, transcript: Transcript) -> None:
        self._you = you
        self._stage = stage
        self._transcript = transcript
        self._received: asyncio.Queue[MessageReceived] = asyncio.Queue()
        self._said: dict[str, list[Message]] = {}  # by chat
        self._delivered: set[bytes] = set()
        self._delivery = asyncio.Event()
        you.on(MessageReceived)(self._received.put_nowait)
        you.on(MessageUndecryptable)(self._undecryptable)
        you.on(MessageStateChanged)(self._state_changed)

    def _undecryptable(self, event: MessageUndecryptable) -> None:
        self._transcript.check(False, f"a message of {alias(event.sender)} could not be opened: {event.reason}")

    async def play(self) -> None:
        """The whole scene.

        :raises Missing: it broke off.
        """
        you, echo_key, transcript = self._you, self._stage.echo_key, self._transcript
        public = await you.join(PUBLIC_CHAT)
        private = await you.open_chat(echo_key)
        transcript.line(f"{you.name} is you, {alias(echo_key)} is the echo contact.")

        await self._stage.welcome()
        await self._hear(public, echo.welcome(you.name))
        await self._say(public, [GREETING], answer=echo.answer_to_greeting(you.name))
        await self._say(private, PRIVATE[:1])
        await self._say(private, PRIVATE[1:2])
        await self._say(private, PRIVATE[2:])

        for chat in (public, private):
            await self._check_history(chat)

    async def _say(self, chat: Chat, texts: Sequence[str], answer: str | None = None) -> None:
        """Send ``texts`` one behind the other, and see them arrive and answered: echoed, unless ``answer`` says how."""
        receipts = [await self._you.send_text(chat, text) for text in texts]
        for text, receipt in zip(texts, receipts, strict=True):
            try:
                await receipt.sent(timeout=MESSAGE_SECONDS)
            except (LocalError, TimeoutError) as error:
                raise Missing(f"no relay took {text!r} ({error or 'in time'})") from error
            self._transcript.check(
                receipt.state in (MessageState.SENT, MessageState.SEEN, MessageState.ARCHIVED, MessageState.DELIVERED),
                f"{text!r} counts as sent",
            )
            self._note(receipt.message, mark="✓")
        for text, receipt in zip(texts, receipts, strict=True):
            await self._check_arrival(receipt.message, text)
        for text in texts:
            await self._hear(chat, answer or text)
        if chat.id != PUBLIC_CHAT:
            await self._check_delivery([receipt.message for receipt in receipts])

    async def _check_arrival(self, sent: Message, text: str) -> None:
        """The other side reports what it received: the message, from us, in the right chat, as it was written."""
        what = f"what the echo contact received as {text!r}"
        try:
            async with asyncio.timeout(MESSAGE_SECONDS):
                report = await self._stage.echo.next_report()
        except (LocalError, TimeoutError) as error:
            raise Missing(f"{text!r} did not reach the echo contact ({error or 'in time'})") from error
        check, own_key = self._transcript.check, self._you.public_key.hex
        public = sent.chat_id == PUBLIC_CHAT
        check(report["id"] == sent.id.hex(), f"{what} is that message, in its place")
        check(report["text"] == text, f"{what} says so, not {report['text']!r}")
        check(report["author"] == own_key, f"{what} is by you, not by {report['author']}")
        check(report["chat"] == (PUBLIC_CHAT if public else own_key), f"{what} is in the chat with you")
        check(report["forward_secrecy"] is not public, f"{what} travelled as its chat demands")
        check(sent.forward_secrecy is not public, f"{text!r} is marked as its chat demands")

    async def _check_delivery(self, sent: Sequence[Message]) -> None:
        """The other side acknowledges what it has."""
        waiting = {message.id: message.text for message in sent}
        try:
            async with asyncio.timeout(MESSAGE_SECONDS):
                while waiting := {id_: text for id_, text in waiting.items() if id_ not in self._delivered}:
                    self._delivery.clear()
                    await self._delivery.wait()
        except TimeoutError:
            pass  # what is missing is named below
        for message in sent:
            self._transcript.check(message.id not in waiting, f"{message.text!r} counts as delivered")
        if not waiting:
            self._transcript.line("[one to one] The echo contact acknowledged what you wrote.  ✓✓")

    def _state_changed(self, event: MessageStateChanged) -> None:
        if event.state is MessageState.DELIVERED:
            self._delivered.add(event.message_id)
            self._delivery.set()

    async def _hear(self, chat: Chat, text: str) -> None:
        """Wait for the echo contact to say ``text`` in ``chat``."""
        try:
            async with asyncio.timeout(MESSAGE_SECONDS):
                message = (await self._received.get()).message
        except TimeoutError as error:
            raise Missing(f"{text!r} did not reach you in {_title(chat)}") from error
        what = f"what you received as {text!r}"
        check = self._transcript.check
        check(message.author == self._stage.echo_key, f"{what} is by the echo contact, not by {message.author.hex}")
        check(message.chat_id == chat.id, f"{what} is in {_title(chat)}, not in {message.chat_id}")
        check(message.text == text, f"{what} says so, not {message.text!r}")
        check(message.forward_secrecy is (chat.id != PUBLIC_CHAT), f"{what} travelled as its chat demands")
        self._note(message)

    def _note(self, message: Message, mark: str = "") -> None:
        """Print a message. What one author writes stands in the order in which it was written."""
        said = self._said.setdefault(message.chat_id, [])
        before = [one.cursor for one in said if one.author == message.author]
        in_order = not before or message.cursor > before[-1]
        self._transcript.check(in_order, f"{message.text!r} stands behind what its author wrote before")
        said.append(message)
        where = f"#{PUBLIC_CHAT}" if message.chat_id == PUBLIC_CHAT else "one to one"
        lock = "🔒" if message.forward_secrecy else ""
        signs = " ".join(filter(None, (mark, lock)))
        self._transcript.line(f"[{where}] {alias(message.author)}: {preview(message)}  {signs}".rstrip())

    async def _check_history(self, chat: Chat) -> None:
        """What is stored is what was said, in that order, all delivered; and reading it clears the count of unread."""
        check, said, title = self._transcript.check, self._said.get(chat.id, []), _title(chat)
        stored = list(reversed(self._you.history(chat, limit=len(said) + 1)))
        check(
            [one.id for one in stored] == [one.id for one in _ordered(said)], f"{title} holds what was said, in order"
        )
        own = [one for one in stored if one.author == self._you.public_key]
        state = MessageState.SENT if chat.id == PUBLIC_CHAT else MessageState.DELIVERED
        check(all(one.state is state for one in own), f"everything of yours in {title} counts as {state.name.lower()}")
        unread = self._you.find_chat(chat.id).unread
        check(unread == len(stored) - len(own), f"{title} counts what you have not read, which is not {unread}")
        check((await self._you.mark_read(chat)).unread == 0, f"nothing in {title} is unread when you have read it")


def _title(chat: Chat) -> str:
    return f"#{PUBLIC_CHAT}" if chat.id == PUBLIC_CHAT else "the chat with the echo contact"


def _ordered(messages: Sequence[Message]) -> list[Message]:
    return sorted(messages, key=lambda message: message.cursor)


async def _play(transcript: Transcript) -> None:
    transcript.line("Starting a relay and an echo contact …")
    stage = Stage()
    try:
        async with stage:
            transcript.line(f"Ready. The relay is {stage.enode}")
            await Scene(stage.client, stage, transcript).play()
    except Missing as missing:
        transcript.check(False, str(missing))
    transcript.check(stage.exit_codes == [0, 0], f"both processes ended well, not with {stage.exit_codes}")
    transcript.check(not stage.directory.exists(), "nothing is left on the disk")


def play() -> int:
    """Play the scene; return 0 if every check held, 1 otherwise.

    :raises LocalError: the stage could not be set up.
    """
    transcript = Transcript()
    run_until_signal(_play(transcript))
    failed = len(transcript.failures)
    if failed:
        transcript.line(f"{failed} of {transcript.checks} checks failed:")
        for failure in transcript.failures:
            print(f"  - {failure}")
        return 1
    transcript.line(f"Every message arrived, opened, by the right author: all {transcript.checks} checks hold.")
    return 0
