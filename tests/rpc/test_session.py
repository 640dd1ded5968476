"""What lives as long as a connection, and what waits to be written to it."""

from __future__ import annotations

import asyncio

import pytest

from pystatus.rpc import session as session_module
from pystatus.rpc.errors import RpcError
from pystatus.rpc.room import Room
from pystatus.rpc.session import Session
from pystatus.rpc.write_queue import Outbox


def test_notifications_wait_for_the_answer_that_names_their_subscription() -> None:
    sent: list[bytes] = []
    ended: list[str] = []
    session = Session(sent.append)
    session.begin("one", lambda: ended.append("one"))
    session.begin("two", lambda: ended.append("two"))
    session.notify("one", lambda: b"1")
    session.notify("two", lambda: b"2")
    session.end("one")
    assert sent == []
    session.answered()
    assert sent == [b"2"], "nothing comes of a subscription that has ended"
    session.notify("two", lambda: b"3")
    session.end("two")
    assert (sent, ended) == ([b"2", b"3"], ["one", "two"])


def test_what_is_held_back_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session_module, "MAX_HELD_BYTES", 100)
    sent: list[bytes] = []
    session = Session(sent.append)
    session.begin("one", lambda: None)
    session.notify("one", lambda: bytes(60))
    assert sent == []
    session.notify("one", lambda: bytes(60))
    session.notify("one", lambda: bytes(60))
    assert sent == [bytes(60)] * 3
    session.answered()
    assert sent == [bytes(60)] * 3


def test_closing_ends_everything() -> None:
    ended: list[str] = []
    session = Session(lambda message: None)
    session.begin("one", lambda: ended.append("one"))
    session.begin("two", lambda: ended.append("two"))
    session.notify("one", lambda: b"1")
    session.close()
    session.answered()
    session.close()
    assert ended == ["one", "two"]


def test_there_are_so_many_subscriptions_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session_module, "MAX_SUBSCRIPTIONS", 1)
    session = Session(lambda message: None)
    session.require_notifications()
    session.begin("one", lambda: None)
    with pytest.raises(RpcError, match="at most 1 subscriptions: end some"):
        session.require_notifications()


async def read(outbox: Outbox) -> list[bytes]:
    return [message async for message in outbox.messages()]


async def test_messages_leave_in_their_order_and_a_closed_box_takes_none() -> None:
    outbox = Outbox(Room(), lambda: None)
    reader = asyncio.create_task(read(outbox))
    outbox.put(b"1")
    await asyncio.sleep(0)
    outbox.put(b"2")
    outbox.close()
    outbox.put(b"3")
    assert await reader == [b"1", b"2"]
    assert not outbox.is_overfull


async def test_what_is_being_written_counts_as_waiting() -> None:
    outbox = Outbox(Room(), lambda: None, max_bytes=10)
    messages = outbox.messages()
    outbox.put(b"x" * 6)
    assert await anext(messages) == b"x" * 6
    outbox.put(b"y" * 6)
    assert outbox.is_overfull
    assert [message async for message in messages] == []
