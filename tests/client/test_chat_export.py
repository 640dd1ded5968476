"""``client.conversations.export``: a chat as a file, while the client goes on."""

from __future__ import annotations

import asyncio
import itertools
import json
import stat
from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from pystatus import Client, Conversations, LocalError, Profiles, Reactions, StorageError
from pystatus.client.features import conversations
from pystatus.messenger.transcript import entries

PASSWORD = "correct horse"


@pytest.fixture
async def alice(tmp_path: Path) -> AsyncIterator[Client]:
    Profiles(tmp_path / "data").create_account("alice", PASSWORD)
    async with Client.open("alice", PASSWORD, data_dir=tmp_path / "data", state_dir=tmp_path / "state") as client:
        await client.join("status")
        yield client


async def test_in_each_format(alice: Client, tmp_path: Path) -> None:
    chats = alice.feature(Conversations)
    await alice.send_text("status", "hello *everybody*")
    for form in ("html", "json", "text"):
        path = await chats.export("#status", tmp_path / form, form)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "hello <em>everybody</em>" in (tmp_path / "html").read_text()
    assert "hello *everybody*" in (tmp_path / "text").read_text()
    head, message = map(json.loads, (tmp_path / "json").read_text().splitlines())
    assert (head["chat"], message["text"], message["own"]) == ("status", "hello *everybody*", True)


async def test_what_is_answered_is_one_line_without_marks(alice: Client, tmp_path: Path) -> None:
    first = await alice.send_text("status", "> yesterday\n\n**Lunch** on `Monday`?")
    await alice.send_text("status", "yes", reply_to=first.message.id)
    chats = alice.feature(Conversations)
    page = (await chats.export("status", tmp_path / "html", "html")).read_text()
    text = (await chats.export("status", tmp_path / "text", "text")).read_text()
    assert "<bdi>yesterday Lunch on Monday?</bdi></a>" in page
    assert ': "yesterday Lunch on Monday?")' in text


async def test_what_is_wrong_is_said_and_leaves_no_file(alice: Client, tmp_path: Path) -> None:
    chats = alice.feature(Conversations)
    (tmp_path / "there").write_text("kept")
    with pytest.raises(LocalError, match="not as 'pdf'"):
        await chats.export("status", tmp_path / "new", "pdf")
    with pytest.raises(LocalError, match="no chat"):
        await chats.export("nowhere", tmp_path / "new")
    with pytest.raises(LocalError, match="is there already"):
        await chats.export("status", tmp_path / "there")
    with pytest.raises(StorageError, match="No such file or directory"):
        await chats.export("status", tmp_path / "nowhere" / "new")
    assert not (tmp_path / "new").exists()
    assert (tmp_path / "there").read_text() == "kept"


async def test_the_client_goes_on_meanwhile(alice: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Others have a turn whenever :data:`TURN` has passed, and what comes is not in it."""
    await asyncio.gather(*(alice.send_text("status", f"{number} " + "word " * 100) for number in range(1_000)))
    passed = itertools.count()
    monkeypatch.setattr(conversations, "time", SimpleNamespace(monotonic=lambda: next(passed) * conversations.TURN))
    exporting = asyncio.ensure_future(alice.feature(Conversations).export("status", tmp_path / "page"))
    turns = 0
    while not exporting.done():
        await asyncio.sleep(0)
        turns += 1
        if turns == 10:
            await alice.send_text("status", "too late")
    await exporting
    text = (tmp_path / "page").read_text()
    assert "1000 messages" in text
    assert "too late" not in text
    assert turns > 900, "each message is a turn"


async def test_steps_that_write_nothing_are_not_the_end(
    alice: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Names of those who have reacted are looked up in turns of their own."""
    monkeypatch.setattr(entries, "NAMES_AT_A_TIME", 1)
    passed = itertools.count()
    monkeypatch.setattr(conversations, "time", SimpleNamespace(monotonic=lambda: next(passed) * conversations.TURN))
    first = await alice.send_text("status", "first")
    await alice.send_text("status", "last")
    await alice.feature(Reactions).add(first.message, "\U0001f44d")
    path = await alice.feature(Conversations).export("status", tmp_path / "page")
    assert "2 messages" in path.read_text()


async def test_a_client_that_is_closed_leaves_no_file(alice: Client, tmp_path: Path) -> None:
    await asyncio.gather(*(alice.send_text("status", "word " * 100) for _ in range(500)))
    exporting = asyncio.ensure_future(alice.feature(Conversations).export("status", tmp_path / "page"))
    await asyncio.sleep(0)
    await alice.close()
    with pytest.raises(LocalError, match="closed"):
        await exporting
    assert not (tmp_path / "page").exists()
