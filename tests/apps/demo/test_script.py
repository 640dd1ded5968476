"""The script of the demo: it finds whatever goes wrong, and it plays."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeAlias, cast

import pytest

from pystatus import Chat, LocalError, Message, MessageState, PublicKey, Receipt
from pystatus.apps.demo import echo, script
from pystatus.apps.demo.echo import PUBLIC_CHAT
from pystatus.apps.demo.script import Missing, Scene, Transcript
from pystatus.messenger.events import MessageUndecryptable
from pystatus.sanitise import one_line
from tests.apps.demo.fakes import CAROL, ECHO, YOU, FakeClient
from tests.support.environment import clean_environment

Report: TypeAlias = dict[str, Any]


class FakeWorld(FakeClient):
    """You, a relay and an echo contact in one object; tests put sand into it."""

    echo_key = ECHO
    unacknowledged: str | None = None

    def __init__(self) -> None:
        super().__init__()
        self.echo = self  # whose reports are read
        self.reports: asyncio.Queue[Report] = asyncio.Queue()
        self.change_report: Callable[[Report], Report | None] = lambda report: report
        self.change_answer: Callable[[Report], Report | None] = lambda answer: answer

    async def next_report(self) -> Report:
        return await self.reports.get()

    async def welcome(self) -> None:
        self.receive(PUBLIC_CHAT, ECHO, echo.welcome(self.name))

    async def send_text(self, chat: Chat | str, text: str, reply_to: Message | bytes | None = None) -> Receipt:
        receipt = await super().send_text(chat, text)
        self.travel(receipt)
        return receipt

    def travel(self, receipt: Receipt) -> None:
        """The message reaches the relay, then the echo contact, and an answer comes back."""
        message = receipt.message
        self.advance(receipt, MessageState.SENT)
        private = message.chat_id == ECHO.hex
        if private and message.text != self.unacknowledged:
            self.advance(receipt, MessageState.DELIVERED)
        report = self.change_report(
            {
                "id": message.id.hex(),
                "chat": YOU.hex if private else PUBLIC_CHAT,
                "author": YOU.hex,
                "text": message.text,
                "forward_secrecy": private,
            }
        )
        if report is not None:
            self.reports.put_nowait(report)
        text = message.text if private else echo.answer_to_greeting(self.name)
        answer = self.change_answer({"chat_id": message.chat_id, "author": ECHO, "text": text})
        if answer is not None:
            self.receive(**answer)


async def play(world: FakeWorld) -> Transcript:
    transcript = Transcript()
    await Scene(cast(Any, world), cast(Any, world), transcript).play()
    return transcript


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(script, "MESSAGE_SECONDS", 0.05)


async def test_nothing_to_find(capsys: pytest.CaptureFixture[str]) -> None:
    transcript = await play(FakeWorld())
    assert transcript.failures == []
    lines = capsys.readouterr().out
    for text in script.PRIVATE:
        assert lines.count(f": {one_line(text)}  ") == 2, "written, and echoed"


def only_for(text: str, /, **changes: Any) -> Callable[[Report], Report | None]:
    """Change the report or answer with this text alone."""
    return lambda report: {**report, **changes} if report["text"] == text else report


GREETED = echo.answer_to_greeting(FakeClient().name)


@pytest.mark.parametrize(
    ("change", "failure"),
    [
        (only_for("two", author=CAROL.hex), "is by you"),
        (only_for("two", text="too"), "says so"),
        (only_for("two", chat=PUBLIC_CHAT), "in the chat with you"),
        (only_for("two", forward_secrecy=False), "as its chat demands"),
        (only_for(script.GREETING, forward_secrecy=True), "as its chat demands"),
        (only_for("two", id="00" * 32), "is that message"),
    ],
)
async def test_what_arrives_otherwise_than_sent(change: Callable[[Report], Report], failure: str) -> None:
    world = FakeWorld()
    world.change_report = change
    transcript = await play(world)
    assert [failure in one for one in transcript.failures] == [True]


@pytest.mark.parametrize(
    ("change", "failure"),
    [
        (only_for("two", author=CAROL), "is by the echo contact"),
        (only_for("two", text="too"), "says so"),
        (only_for("two", forward_secrecy=False), "as its chat demands"),
        (only_for(GREETED, forward_secrecy=True), "as its chat demands"),
        (only_for("two", clock=1), "behind what its author wrote before"),
    ],
)
async def test_answers_that_are_not_what_was_said(change: Callable[[Report], Report], failure: str) -> None:
    world = FakeWorld()
    world.change_answer = change
    transcript = await play(world)
    assert [failure in one for one in transcript.failures] == [True]


async def test_an_answer_in_another_chat() -> None:
    world = FakeWorld()
    world.change_answer = only_for("two", chat_id=PUBLIC_CHAT)
    transcript = await play(world)
    assert any(f"not in {PUBLIC_CHAT}" in one for one in transcript.failures)


async def test_messages_in_another_order() -> None:
    class Shuffling(FakeWorld):
        async def send_text(self, chat: Chat | str, text: str, reply_to: Message | bytes | None = None) -> Receipt:
            if text == "three":
                self.clock -= 5_000
            return await super().send_text(chat, text)

    transcript = await play(Shuffling())
    assert any("behind what its author wrote before" in one for one in transcript.failures)


@pytest.mark.parametrize(
    ("wire", "missing"),
    [
        ("change_report", "did not reach the echo contact"),
        ("change_answer", "did not reach you"),
    ],
)
async def test_messages_that_never_arrive(wire: str, missing: str) -> None:
    world = FakeWorld()
    setattr(world, wire, lambda message: None if message["text"] == "two" else message)
    with pytest.raises(Missing, match=missing):
        await play(world)


async def test_a_message_that_is_not_acknowledged() -> None:
    world = FakeWorld()
    world.unacknowledged = "two"
    transcript = await play(world)
    assert [failure.split(" counts")[0] for failure in transcript.failures] == [
        "'two'",
        "everything of yours in the chat with the echo contact",
    ]


async def test_a_welcome_that_never_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    async def silence(world: FakeWorld) -> None:
        return None

    monkeypatch.setattr(FakeWorld, "welcome", silence)
    with pytest.raises(Missing, match="Welcome"):
        await play(FakeWorld())


@pytest.mark.parametrize("state", [MessageState.SENDING, MessageState.FAILED])
async def test_messages_that_no_relay_takes(state: MessageState) -> None:
    class Offline(FakeWorld):
        def travel(self, receipt: Receipt) -> None:
            self.advance(receipt, state)

    with pytest.raises(Missing, match="no relay took"):
        await play(Offline())


async def test_what_cannot_be_opened() -> None:
    class Undecryptable(FakeWorld):
        async def welcome(self) -> None:
            self.tell(MessageUndecryptable(CAROL, "the key is another one"))
            await super().welcome()

    transcript = await play(Undecryptable())
    assert [one.endswith("could not be opened: the key is another one") for one in transcript.failures] == [True]


async def test_an_echo_contact_that_dies() -> None:
    class Dying(FakeWorld):
        async def next_report(self) -> Report:
            raise LocalError("The echo process of the demo ended: it gave no reason.")

    with pytest.raises(Missing, match="it gave no reason"):
        await play(Dying())


async def test_a_store_that_remembers_something_else() -> None:
    class Forgetful(FakeWorld):
        def find_chat(self, chat: Chat | str) -> Chat:
            found = super().find_chat(chat)
            self.messages[found.id] = [one for one in self.messages[found.id] if one.text != "two"]
            return found

    transcript = await play(Forgetful())
    assert any("holds what was said, in order" in one for one in transcript.failures)


async def test_unread_messages_that_are_not_counted() -> None:
    class Uncounted(FakeWorld):
        def receive(self, chat_id: str, author: PublicKey, text: str, **changes: Any) -> Any:
            message = super().receive(chat_id, author, text, **changes)
            self.stored[chat_id] = replace(self.stored[chat_id], unread=0)
            return message

    transcript = await play(Uncounted())
    assert [("have not read" in one) for one in transcript.failures] == [True, True]


# With real processes


def run(tmp_path: Path, code: str = "sys.exit(run(script=True))") -> subprocess.CompletedProcess[str]:
    """Run the demo in a process of its own, whose files would be left in ``tmp_path``."""
    return subprocess.run(
        [sys.executable, "-c", f"import sys; from pystatus.apps.demo import run; {code}"],
        env=clean_environment(TMPDIR=str(tmp_path)),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_every_message_arrives(tmp_path: Path) -> None:
    done = run(tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    assert re.search(r"all \d+ checks hold", done.stdout)
    assert done.stdout.count("🔒") == 2 * len(script.PRIVATE)
    assert list(tmp_path.iterdir()) == []


def test_without_a_terminal_the_script_is_played(tmp_path: Path) -> None:
    done = run(tmp_path, "sys.exit(run(script=False))")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith("There is no terminal")
    assert "checks hold" in done.stdout


def test_what_does_not_hold_is_said_and_the_exit_code_is_1(tmp_path: Path) -> None:
    done = run(
        tmp_path,
        "from pystatus.apps.demo import echo; echo.answer_to_greeting = lambda name: 'Good bye'; "
        "sys.exit(run(script=True))",
    )
    assert done.returncode == 1
    assert "1 of" in done.stdout
    assert "FAILED: what you received as 'Good bye' says so" in done.stdout
    assert list(tmp_path.iterdir()) == []


def test_a_message_that_is_missing_ends_the_scene_with_exit_code_1(tmp_path: Path) -> None:
    done = run(
        tmp_path,
        "from pystatus.apps.demo import script; script.GREETING = 'no greeting'; script.MESSAGE_SECONDS = 1.0; "
        "sys.exit(run(script=True))",
    )
    assert done.returncode == 1
    assert "did not reach you in #pystatus-demo" in done.stdout
    assert list(tmp_path.iterdir()) == []
