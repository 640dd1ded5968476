"""Handlers that could never do anything are refused where they are registered."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from pystatus import (
    ChatOpened,
    Client,
    Event,
    HistoryProgress,
    LocalError,
    MessageReceived,
    MessageStateChanged,
    PeerConnected,
    PeerDisconnected,
    PrivateKey,
    Profiles,
)
from pystatus.client.handlers import all_events

MAILSERVER = f"enode://{PrivateKey(bytes(31) + bytes([1])).public_key.xy.hex()}@127.0.0.1:1"


@pytest.fixture
def client(tmp_path: Path) -> Client:
    return Client.open("alice", "correct horse", data_dir=tmp_path, mailservers=[MAILSERVER])


def forgot_the_brackets(event: MessageReceived) -> None:
    """Decorated with ``@client.on``."""


@pytest.mark.parametrize(
    "kind", ["message", "MessageReceived", int, str, Client, None, 5, forgot_the_brackets, int | str, [MessageReceived]]
)
def test_what_never_happens_is_refused(client: Client, kind: Any) -> None:
    with pytest.raises(TypeError, match=r"as in @client\.on\(MessageReceived\).*The events are: .*MessageReceived"):
        client.on(kind)


@pytest.mark.parametrize("kind", [*all_events(), object, MessageReceived | PeerConnected, Event], ids=str)
def test_what_happens_is_taken(client: Client, kind: Any) -> None:
    heard: list[object] = []
    assert client.on(kind)(heard.append) == heard.append


async def stream(event: MessageReceived) -> AsyncIterator[MessageReceived]:
    yield event


def generator(event: MessageReceived) -> Any:
    yield event


@pytest.mark.parametrize(
    ("handler", "why"),
    [
        (lambda: None, "takes one argument"),
        (lambda event, more: None, "takes one argument"),
        (lambda *, event: None, "takes one argument"),
        (partial(lambda a, b: None, 1, 2), "takes one argument"),
        (stream, "a yield in this one"),
        (generator, "a yield in this one"),
        ("handler", "not str"),
        (None, "not NoneType"),
    ],
)
def test_a_handler_that_cannot_be_called_is_refused(client: Client, handler: Any, why: str) -> None:
    with pytest.raises(TypeError, match=why):
        client.on(MessageReceived)(handler)


def of_peers(event: PeerConnected | PeerDisconnected) -> None:
    """Registered for something else."""


class OfPeers:
    def __call__(self, event: PeerConnected) -> None:
        """A handler that is an object."""


@pytest.mark.parametrize("handler", [of_peers, OfPeers(), OfPeers().__call__])
def test_a_handler_of_other_events_is_refused(client: Client, handler: Any) -> None:
    of_others: list[Any] = [MessageReceived, MessageReceived | MessageStateChanged]
    for kind in of_others:
        with pytest.raises(TypeError, match="takes PeerConnected"):
            client.on(kind)(handler)
    of_it: list[Any] = [PeerConnected, PeerConnected | MessageReceived, object, Event]
    for kind in of_it:
        assert client.on(kind)(handler) is handler


def test_nothing_is_told_of_mailservers_that_there_are_not(tmp_path: Path) -> None:
    client = Client.open("alice", "correct horse", data_dir=tmp_path)
    with pytest.raises(LocalError, match="There is no mailserver to ask"):
        client.on(HistoryProgress)
    everything: Any = Event
    assert client.on(everything)(print) is print


async def test_of_a_mailserver_that_is_looked_for_it_is_told_how_it_goes(tmp_path: Path) -> None:
    Profiles(tmp_path).create_account("alice", "correct horse")
    bootnode = f"enode://{PrivateKey(bytes([9]) * 32).public_key.xy.hex()}@127.0.0.1:1"
    client = Client.open("alice", "correct horse", data_dir=tmp_path, bootnodes=[bootnode])
    assert client.on(HistoryProgress)(print) is print
    async with client:
        with pytest.raises(TimeoutError, match="No mailserver was found within 0 s"):
            await client.wait_for_mailserver(0)
        waiting = asyncio.ensure_future(client.wait_for_mailserver())
        await asyncio.sleep(0)
    with pytest.raises(LocalError, match="closed"):
        await waiting
    alone = Client.open("alice", "correct horse", data_dir=tmp_path)
    async with alone:
        with pytest.raises(LocalError, match="There is no mailserver to ask"):
            await alone.wait_for_mailserver()


def of_something(event: Imagined) -> None:  # type: ignore[name-defined]  # noqa: F821 - for type checkers alone
    """What it takes is not known here."""


class Recorder:
    def __call__(self, event: object) -> None:
        """A handler that is an object."""


@pytest.mark.parametrize(
    "handler",
    [lambda event: None, lambda *all: None, lambda event, more=1: None, Recorder(), print, [].append, of_something],
)
def test_a_handler_that_can_be_called_is_taken(client: Client, handler: Callable[..., None]) -> None:
    assert client.on(MessageStateChanged)(handler) is handler


async def test_a_handler_of_a_closed_client_is_refused(client: Client) -> None:
    register = client.on(MessageReceived)
    await client.close()
    with pytest.raises(LocalError, match="closed"):
        client.on(MessageReceived)
    with pytest.raises(LocalError, match="closed"):
        register(print)


async def test_what_is_refused_in_a_handler_is_one_line_that_says_where(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    Profiles(tmp_path).create_account("alice", "correct horse")
    client = Client.open("alice", "correct horse", data_dir=tmp_path, state_dir=tmp_path / "state")
    told = asyncio.Event()

    class Teller(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if record.levelno == logging.DEBUG:  # the second of the two
                told.set()

    monkeypatch.setattr(logging.getLogger("pystatus.client.events"), "handlers", [Teller()])

    @client.on(ChatOpened)
    async def greet(event: ChatOpened) -> None:
        await client.send_text(event.chat, "")

    async with client:
        with caplog.at_level(logging.DEBUG, "pystatus.client.events"):
            await client.join("news")
            async with asyncio.timeout(60):
                await told.wait()
    line, debug = [one for one in caplog.records if one.name == "pystatus.client.events"]
    assert (line.levelno, line.exc_info) == (logging.ERROR, None)
    assert re.fullmatch(
        r"a handler of ChatOpened failed: .+\. \(test_handlers\.py, line \d+, in greet\)", line.getMessage()
    )
    assert "\n" not in line.getMessage()
    assert debug.levelno == logging.DEBUG
    assert debug.exc_info is not None
