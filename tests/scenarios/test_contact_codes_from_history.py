"""A client that asks mailservers for the contact codes of new contacts, with real sockets and databases."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from pystatus import PrivateKey, PublicKey
from pystatus.messenger.effects import RequestHistory
from pystatus.messenger.messenger import Messenger
from pystatus.transport import topics
from tests.client.test_inbox import HOUR, Town, patient, stored

DAY = 24 * HOUR


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with AsyncExitStack() as stack:
        yield Town(tmp_path, stack)


async def published(town: Town, *mailservers: str) -> PublicKey:
    """Somebody whose contact code only the mailservers of these names have: no relay has it any more."""
    nodes = [await town.mailserver(name) for name in mailservers]
    async with town.client("bob", *nodes) as bob:
        await bob.wait_for_peer()
        for node in nodes:
            await stored(node, 1)
        key = bob.public_key
    for node in nodes:
        await node.close()
    town.clock.ahead += 20 * DAY  # longer ago than the history of a new chat reaches
    return key


async def test_a_first_message_has_forward_secrecy_thanks_to_history(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted: list[RequestHistory] = []
    run = Messenger.run

    def noting(messenger: Messenger, *arguments: object, **named: object) -> object:
        outcomes, effects = run(messenger, *arguments, **named)  # type: ignore[arg-type]  # as they are
        wanted.extend(effect for effect in effects if isinstance(effect, RequestHistory))
        return outcomes, effects

    monkeypatch.setattr(Messenger, "run", noting)
    async with patient():
        bob = await published(town, "mailserver")
        async with town.client("alice", await town.mailserver()) as alice:
            chat = await alice.open_chat(bob)
            await alice.fetch_history()
            receipt = await alice.send_text(chat, "hello")
            assert receipt.message.forward_secrecy
            now = town.clock.now()
    ((asked),) = wanted
    assert asked.topics == {topics.topic(topics.contact_code(bob))}
    assert now - asked.since == pytest.approx(30 * DAY, abs=60)


async def test_without_an_answer_it_goes_on_and_is_asked_for_again_at_the_next_start(town: Town) -> None:
    async with patient():
        bob = await published(town, "mailserver")
        gone = await town.mailserver("gone")
        client = town.client("alice", gone)
        await gone.close()
        async with client as alice:
            receipt = await alice.send_text(await alice.open_chat(bob), "hello")
            assert not receipt.message.forward_secrecy
        async with town.client("alice", await town.mailserver()) as alice:
            await alice.fetch_history()
            receipt = await alice.send_text(bob.hex, "hello again")
            assert receipt.message.forward_secrecy


async def test_what_others_wrote_on_the_topic_of_a_contact_code_is_no_contact_code(town: Town) -> None:
    """Nothing that a mailserver gives is believed before it is verified."""
    async with patient():
        bob = await published(town, "mailserver")
        stranger = PrivateKey.generate(os.urandom).public_key
        async with town.client("alice", await town.mailserver()) as alice:
            chat = await alice.open_chat(stranger)
            await alice.fetch_history()
            assert not (await alice.send_text(chat, "hello")).message.forward_secrecy
            assert bob.hex not in [chat.id for chat in alice.chats()]
