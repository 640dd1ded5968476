"""The judges judged: whatever goes wrong is found and counted."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pystatus.messenger.records import Message, MessageState
from pystatus.simulation.device import Device
from pystatus.simulation.settings import Conditions, Workload
from pystatus.simulation.simulation import Simulation
from pystatus.simulation.users import number_of, text_of
from pystatus.simulation.verification import inspect
from tests.simulation.support import KEYS


@pytest.fixture
def talk() -> Simulation:
    simulation = Simulation(Workload(people=2, messages=12, answers=0.5), Conditions(), 1, keys=KEYS)
    assert simulation.run().ok
    return simulation


def received(simulation: Simulation) -> tuple[Device, Message]:
    """A device, and a message on it that somebody else wrote."""
    device = simulation.devices[0]
    (chat,) = device.store.chats()
    return device, next(m for m in device.store.messages(chat.id, 100, None) if m.author != device.key)


def test_what_is_told_twice(talk: Simulation) -> None:
    device, message = received(talk)
    talk.ledger.told(device, message, talk.clock.now())
    assert talk.ledger.findings.repeated == 1
    assert "twice" in talk.ledger.examples[0]


def test_what_is_told_otherwise_than_it_was_written(talk: Simulation) -> None:
    device, message = received(talk)
    changed = [
        replace(message, text=message.text + "!"),
        replace(message, text="nobody wrote this"),
        replace(message, text=text_of(99, 10)),
        replace(message, author=device.key),
        replace(message, chat_id="elsewhere"),
        replace(message, response_to=None if message.response_to else bytes(32)),
    ]
    for one in changed:
        talk.ledger.told(device, one, talk.clock.now())
    assert talk.ledger.findings.wrong == len(changed)


def test_what_is_called_delivered_and_is_not(talk: Simulation) -> None:
    device, message = received(talk)
    person = talk.people_of(device)
    talk.ledger.written(person, person.conversations[0], 10, None, message, talk.clock.now())
    assert talk.ledger.missing == 1
    talk.ledger.state(device, message.id, MessageState.DELIVERED, talk.clock.now())
    assert talk.ledger.findings.wrong == 1


def test_what_is_lost_or_on_one_device_only_or_in_another_order(talk: Simulation) -> None:
    assert inspect(talk.ledger).lost == 0
    device, message = received(talk)
    connection = device.store.database.connection
    connection.execute("UPDATE messages SET clock = clock + 1 WHERE id = ?", (message.id,))
    assert inspect(talk.ledger).disordered > 0
    connection.execute("DELETE FROM messages WHERE id = ?", (message.id,))
    found = inspect(talk.ledger)
    assert (found.lost, found.disordered) == (1, 0)
    assert found.examples


def test_a_public_message_is_missed_by_its_readers_and_lost_by_its_author() -> None:
    with Simulation(Workload(people=3, messages=12, public=1.0), Conditions(), 1, keys=KEYS) as talk:
        assert talk.run().public_expected == 12 * 2
        device = talk.devices[0]
        shown = [message for chat in device.store.chats() for message in device.store.messages(chat.id, 100, None)]
        own = sum(message.author == device.key for message in shown)
        device.store.database.connection.execute("DELETE FROM messages")
        found = inspect(talk.ledger)
    assert len(shown) == 12
    assert (found.lost, found.public_missed) == (own, 12 - own)
    assert len(found.examples) == own > 0


def test_an_answer_before_its_question(talk: Simulation) -> None:
    for device in talk.devices:
        connection = device.store.database.connection
        connection.execute("UPDATE messages SET clock = 1 WHERE response_to IS NOT NULL")
    found = inspect(talk.ledger)
    assert found.answers_before > 0
    assert found.disordered == found.lost == 0


def test_texts_know_their_number() -> None:
    assert number_of(text_of(17, 40)) == 17
    assert number_of("17") == 17
    assert number_of("hello") is None
    assert number_of("\u0661\u0667 arabic digits") is None
