"""A disk that refuses at every single statement of a conversation, once: nothing acknowledged is lost or repeated."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlcipher3 import dbapi2 as sqlcipher

from pystatus.storage.errors import StorageError
from tests.support.people import Network, Person

STATEMENTS = 60
"""More statements than any step of the conversation has; the last ones fail nowhere."""


class FailingDisk:
    """Lets a number of statements pass and refuses the next one."""

    def __init__(self, execute: Callable[..., Any], passes: int) -> None:
        self._execute = execute
        self.passes = passes

    def __call__(self, *arguments: Any) -> Any:
        self.passes -= 1
        if self.passes == -1:
            raise sqlcipher.OperationalError("database or disk is full")
        return self._execute(*arguments)


def failing(person: Person, passes: int) -> FailingDisk:
    disk = FailingDisk(person.database.connection.execute, passes)
    for store in (person.store, person.store.encryption, person.store.sync):
        vars(store)["_execute"] = disk
    return disk


def attempt(person: Person, step: Callable[[], object]) -> bool:
    """Do a step; if the disk refuses, the client ends with a sentence and is started again. Whether it was done."""
    try:
        step()
    except StorageError:
        person.restart()
        return False
    return True


@pytest.mark.parametrize("victim", ["alice", "bob"])
def test_every_statement_may_fail(tmp_path: Path, victim: str) -> None:
    network = Network(tmp_path)
    alice, bob = network.add("alice"), network.add("bob")
    alice.say(alice.meet(bob), "hello")
    bob.say(alice.key.hex, "hi")
    network.wait(1)
    acknowledged = []
    for passes in range(STATEMENTS):
        text = f"message {passes}"
        if victim == "alice":
            disk = failing(alice, passes)
            if attempt(alice, lambda: alice.say(bob.key.hex, text)):  # noqa: B023 - called at once
                acknowledged.append(text)
        else:
            network.holding = True
            alice.say(bob.key.hex, text)
            acknowledged.append(text)
            disk = failing(bob, passes)
            attempt(bob, network.release)
        disk.passes = 10**9
        network.wait(30)
    network.wait(3_600)

    shown = [message.text for message in reversed(bob.store.messages(alice.key.hex, 1_000, None))]
    assert len(shown) == len(set(shown))
    assert set(acknowledged) <= set(shown)
    assert len(acknowledged) < STATEMENTS or victim == "bob"  # some steps did fail
    assert len(bob.heard) == len(set(bob.heard))
    for person in (alice, bob):
        person.database.check()
    network.close()
