"""A client that has a source of history, with real sockets and databases."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import TypeAlias

import pytest

from pystatus import Account, Client, HistorySource, LocalError, PrivateKey, Profiles
from pystatus.client import retrieval
from pystatus.waku.envelope import Envelope
from tests.support.people import Network, Person

Envelopes: TypeAlias = AsyncGenerator[Envelope, None]
PASSWORD = "correct horse"
PATIENCE = 30.0
"""Seconds until a test that hangs is given up."""


class Shelf:
    """Keeps what it is given; hands everything out, wanted or not, and then fails if it is to."""

    def __init__(self, envelopes: Sequence[Envelope], failure: Exception | None = None) -> None:
        self.asked: list[tuple[frozenset[bytes], float]] = []
        self.done = asyncio.Event()
        self.given = 0
        self._envelopes = envelopes
        self._failure = failure

    async def envelopes(self, topics: frozenset[bytes], since: float, until: float) -> Envelopes:
        self.asked.append((topics, until - since))
        try:
            for envelope in self._envelopes:
                self.given += 1
                yield envelope
            if self._failure is not None:
                raise self._failure
        finally:
            self.done.set()


@pytest.fixture
def bob(tmp_path: Path) -> Person:
    """Somebody who published a contact code long ago."""
    network = Network(tmp_path)
    bob = network.add("bob")
    network.close()
    return bob


def alice(directory: Path, source: HistorySource) -> Client:
    profiles = Profiles(directory)
    if not profiles.list():
        profiles.create(Account.from_private_key(PrivateKey.generate(os.urandom)), PASSWORD, "alice")
    return Client.open("alice", PASSWORD, data_dir=directory, history_source=source)


def patient() -> AbstractAsyncContextManager[object]:
    return asyncio.timeout(PATIENCE)


async def test_a_first_message_has_forward_secrecy_thanks_to_history(tmp_path: Path, bob: Person) -> None:
    shelf = Shelf(bob.network.envelopes)
    async with patient(), alice(tmp_path / "alice", shelf) as client:
        chat = await client.open_chat(bob.key)
        await shelf.done.wait()
        receipt = await client.send_text(chat, "hello")
        assert receipt.message.forward_secrecy
    ((topics, span),) = shelf.asked
    assert topics == {bob.network.envelopes[0].topic}
    assert span == pytest.approx(30 * 86_400)


@pytest.mark.parametrize("failure", [LocalError("no mailserver answers"), OSError("unreachable"), RuntimeError("bug")])
async def test_a_source_that_fails_stops_nothing_and_is_asked_again(
    tmp_path: Path, bob: Person, failure: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    broken = Shelf([], failure)
    async with patient(), alice(tmp_path / "alice", broken) as client:
        chat = await client.open_chat(bob.key)
        await broken.done.wait()
        receipt = await client.send_text(chat, "hello")
        assert not receipt.message.forward_secrecy
    expected = "the source of history failed" if isinstance(failure, RuntimeError) else "history cannot be fetched: "
    assert expected in caplog.text

    shelf = Shelf(bob.network.envelopes)
    async with patient(), alice(tmp_path / "alice", shelf) as client:
        await shelf.done.wait()
        receipt = await client.send_text(chat, "hello again")
        assert receipt.message.forward_secrecy


async def test_a_source_that_lies_or_never_ends_is_bounded(
    tmp_path: Path, bob: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retrieval, "MAX_ENVELOPES", 3)
    code = bob.network.envelopes[0]
    elsewhere = Envelope.create(code.expiry, code.ttl, b"else", code.data, code.nonce)
    shelf = Shelf([elsewhere] * 5 + [code] * 1_000)
    async with patient(), alice(tmp_path / "alice", shelf) as client:
        await client.open_chat(bob.key)
        await shelf.done.wait()
    assert shelf.given == 5 + 3


async def test_a_client_that_is_closed_asks_no_more(tmp_path: Path, bob: Person) -> None:
    class Slow:
        def __init__(self) -> None:
            self.asked = asyncio.Event()
            self.cancelled = False

        async def envelopes(self, topics: frozenset[bytes], since: float, until: float) -> Envelopes:
            self.asked.set()
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                self.cancelled = True
                raise
            yield bob.network.envelopes[0]

    slow = Slow()
    async with patient(), alice(tmp_path / "alice", slow) as client:
        await client.open_chat(bob.key)
        await slow.asked.wait()
    assert slow.cancelled
