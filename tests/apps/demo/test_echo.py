"""What the echo contact answers, and what it does not."""

from __future__ import annotations

import json
from typing import Any, cast

import pytest

from pystatus import MessageReceived
from pystatus.account.alias import alias
from pystatus.apps.demo.echo import PUBLIC_CHAT, answer_to_greeting, is_greeting, respond
from tests.apps.demo.fakes import CAROL, FakeClient


@pytest.mark.parametrize("text", ["Hello everybody!", " hi", "HEY", "Good morning.", "hallo zusammen", "hi, echo"])
def test_greetings(text: str) -> None:
    assert is_greeting(text)


@pytest.mark.parametrize("text", ["high", "they say hello", "", "goodbye", "hellosophy"])
def test_other_texts(text: str) -> None:
    assert not is_greeting(text)


async def hear(chat_id: str, text: str) -> list[str]:
    """What the echo contact says when Carol writes ``text``."""
    client = FakeClient()
    await client.join(PUBLIC_CHAT)
    message = client.receive(chat_id, CAROL, text)
    await respond(cast(Any, client), MessageReceived(message, client.stored[chat_id]))
    return [receipt.message.text for receipt in client.handed_out if receipt.message.chat_id == chat_id]


async def test_a_greeting_in_public_is_returned() -> None:
    assert await hear(PUBLIC_CHAT, "hello") == [answer_to_greeting(alias(CAROL))]


async def test_other_public_messages_are_not_answered() -> None:
    assert await hear(PUBLIC_CHAT, "what a fine day") == []


async def test_private_messages_come_back_as_they_were(capsys: pytest.CaptureFixture[str]) -> None:
    assert await hear(CAROL.hex, " hello\n[b] \x1b ") == [" hello\n[b] \x1b "]
    report = json.loads(capsys.readouterr().out)
    assert (report["text"], report["author"], report["forward_secrecy"]) == (" hello\n[b] \x1b ", CAROL.hex, True)
