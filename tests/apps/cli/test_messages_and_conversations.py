"""``pystatus message`` and ``pystatus conversation``: as a person at a terminal would use them, and a script."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from pystatus import Profiles
from pystatus.account.key_encoding import encode
from pystatus.crypto.keys import PrivateKey
from pystatus.messenger.features.reactions import Reaction, Reactions
from pystatus.messenger.features.unknown_payloads import Arrival, UnknownPayload, UnknownPayloads
from pystatus.messenger.records import Chat, Message, MessageState
from pystatus.payloads.chats import ChatKind
from pystatus.storage.messenger import SqlMessengerStore
from tests.apps.support import PASSWORD, Cli, Running

STRANGER = PrivateKey(bytes(31) + b"\x07").public_key
ROOM = "news"
FIRST = "0x" + "11" * 32
THUMB, HEART = "\U0001f44d", "\u2764\ufe0f"


@pytest.fixture(scope="module")
def relay(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The enode URL of a relay."""
    with Running(tmp_path_factory.mktemp("relay"), "node", "--listen", "127.0.0.1:0") as node:
        yield node.line()
        assert node.stop(signal.SIGTERM) == 0


@pytest.fixture
def alice(cli: Cli) -> Cli:
    """A profile with two messages of a stranger, one of our own, a reaction, and something of the future."""
    cli.add_profile("alice")
    profiles = Profiles(cli.data_dir)
    with profiles.unlock(profiles.find("alice"), PASSWORD) as unlocked:
        store, own = SqlMessengerStore(unlocked.database), unlocked.account.public_key
        with store.transaction():
            store.save_chat(Chat(ROOM, ChatKind.PUBLIC, unread=2, updated_ms=1, mentions=1))
            for number, author in ((1, STRANGER), (2, STRANGER), (3, own)):
                state = MessageState.SENT if author == own else None
                text = f"number {number}"
                made = Message(bytes([17 * number] * 32), ROOM, author, number * 10, 1, 1, 1, text, b"", state=state)
                store.add_message(made)
            store.tables(Reactions).save_reaction(Reaction(ROOM, bytes([17] * 32), own, 1, 1), waiting=False)
            future = UnknownPayload(bytes(32), 31, STRANGER, ROOM, 4, 15, 15)
            store.tables(UnknownPayloads).add(Arrival(future, b"poll", STRANGER, True, ROOM, False), of_stranger=True)
    return cli


def test_a_message_is_shown_with_its_reactions(alice: Cli) -> None:
    message, reaction = alice.objects("message", "show", "alice", "0x111111")
    assert (message["id"], message["text"]) == (FIRST, "number 1")
    assert message["reactions"] == [{"type": 1, "emoji": HEART, "count": 1, "own": True}]
    assert (reaction["event"], reaction["own"], reaction["emoji"]) == ("reaction", True, HEART)
    shown = alice.text("message", "show", "alice", FIRST).splitlines()
    assert (shown[0], shown[-1]) == (FIRST, f"    {HEART} you")


def test_which_message(alice: Cli) -> None:
    assert "There is no message 0xabcdef in this profile" in alice.error("message", "show", "alice", "0xabcdef")
    assert "MESSAGE must be the id of a message" in alice.error("message", "show", "alice", "0x1", code=2)
    assert "There is no reaction 'x'. There are: " in alice.error("message", "react", "alice", FIRST, "x", code=2)
    assert alice.objects("message", "show", "alice", "222222")[0]["text"] == "number 2"


def test_a_message_is_deleted_here(alice: Cli) -> None:
    deleted = alice.object("message", "delete", "alice", FIRST)
    assert deleted == {"event": "message-deleted", "id": FIRST, "chat": ROOM, "withdrawn": False}
    assert "There is no message" in alice.error("message", "show", "alice", FIRST)
    assert alice.object("conversation", "list", "alice")["unread"] == 1


def test_what_waits_is_taken_back_and_what_has_left_is_not(cli: Cli, relay: str) -> None:
    cli.add_profile("alice")
    said = cli.run("send", "alice", "#plans", "a secret", "--peer", nobody(), "--timeout", "0.1", "--json")
    assert said.exit_code == 3
    waits = json.loads(said.stdout)
    assert f"pystatus message withdraw alice {waits['id'][:12]}" in said.stderr
    withdrawn = cli.object("message", "withdraw", "alice", waits["id"][:12])
    assert withdrawn == {"event": "message-deleted", "id": waits["id"], "chat": "plans", "withdrawn": True}
    assert "There is no message" in cli.error("message", "withdraw", "alice", waits["id"])
    sent = cli.object("send", "alice", "#plans", "no secret", "--peer", relay)
    assert "It has left this device, and cannot be withdrawn." in cli.error("message", "withdraw", "alice", sent["id"])
    assert [one["text"] for one in cli.objects("history", "alice", "#plans")] == ["no secret"]


def test_history_has_the_reactions_and_what_is_not_understood(alice: Cli) -> None:
    page = alice.objects("history", "alice", "#news", "--keep-unread")
    assert [one.get("text", one["event"]) for one in page] == ["number 3", "number 2", "unknown-payload", "number 1"]
    assert [len(one["reactions"]) for one in page if one["event"] == "message"] == [0, 0, 1]
    lines = alice.text("history", "alice", "#news", "--keep-unread").splitlines()
    assert lines[2].endswith("a message of a kind that this version does not know (type 31)")
    assert lines[-1] == f"    {HEART} 1 (one is yours)"
    newest = alice.run("history", "alice", "#news", "--keep-unread", "--limit", "2", "--json").stdout
    assert "unknown-payload" not in newest
    older = alice.objects("history", "alice", "#news", "--before", str(page[1]["cursor"]))
    assert [one["event"] for one in older] == ["unknown-payload", "message"]


def test_the_list_of_conversations(alice: Cli) -> None:
    alice.run("conversation", "draft", "alice", "#news", "dear all")
    (chat,) = alice.objects("conversation", "list", "alice")
    assert (chat["unread"], chat["mentions"], chat["muted"], chat["draft"]) == (2, 1, False, "dear all")
    text = alice.text("conversation", "list", "alice")
    assert text == "#news [2 unread, 1 of them for you] (draft: dear all)\n"


def test_read_and_unread(alice: Cli) -> None:
    assert alice.object("conversation", "read", "alice", "#news")["unread"] == 0
    assert alice.object("conversation", "unread", "alice", "#news")["unread"] == 1
    assert alice.object("conversation", "unread", "alice", "#news", "--count", "5")["unread"] == 2


def test_muted_and_not(alice: Cli) -> None:
    assert alice.object("conversation", "mute", "alice", "#news")["muted"] is True
    assert "muted" in alice.text("conversation", "list", "alice")
    assert alice.object("conversation", "unmute", "alice", "#news")["muted"] is False


def test_pinned_and_put_away(alice: Cli) -> None:
    assert alice.object("conversation", "pin", "alice", "#news")["pinned"] is True
    assert "pinned" in alice.text("conversation", "list", "alice")
    assert alice.object("conversation", "unpin", "alice", "#news")["pinned"] is False
    assert alice.object("conversation", "archive", "alice", "#news")["archived"] is True
    assert "archived" in alice.text("conversation", "list", "alice")
    assert alice.object("conversation", "unarchive", "alice", "#news")["archived"] is False


def test_cleared_left_and_deleted(alice: Cli) -> None:
    assert alice.object("conversation", "clear", "alice", "#news")["active"] is True
    assert alice.run("history", "alice", "#news").stdout == ""
    assert alice.text("conversation", "leave", "alice", "#news") == "#news [left]\n"
    assert "You are not in the chat" in alice.error("conversation", "leave", "alice", "#news")
    assert alice.object("conversation", "delete", "alice", "#news")["active"] is False
    assert "There is no chat" in alice.error("conversation", "read", "alice", "#nowhere")


def test_a_draft(alice: Cli) -> None:
    assert "Nothing was begun" in alice.run("conversation", "draft", "alice", "#news").stderr
    assert alice.object("conversation", "draft", "alice", "#news")["draft"] is None
    assert alice.text("conversation", "draft", "alice", "#news", "dear\nall") == "dear\nall\n"
    assert alice.object("conversation", "draft", "alice", "#news")["draft"] == "dear\nall"
    assert alice.text("conversation", "draft", "alice", "#news", "") == "Deleted\n"


def test_without_a_relay_a_reaction_waits(alice: Cli) -> None:
    waiting = alice.run(
        "message", "react", "alice", FIRST, "thumbs-up", "--peer", nobody(), "--timeout", "0.2", "--json"
    )
    assert waiting.exit_code == 3
    assert "It is stored and goes out the next time" in waiting.stderr
    counts = alice.objects("message", "show", "alice", FIRST)[0]["reactions"]
    assert [one["emoji"] for one in counts] == [HEART, THUMB]


def nobody() -> str:
    """Where no relay is."""
    return f"enode://{STRANGER.xy.hex()}@127.0.0.1:1"


def test_two_people_react_and_reply(cli: Cli, relay: str, tmp_path: Path) -> None:
    cli.add_profile("alice")
    cli.add_profile("bob")
    with Running(cli.data_dir, "listen", "bob", "#news", "--peer", relay, "--json", PYSTATUS_PASSWORD=PASSWORD) as bob:
        bob.event("peer-connected")
        said = cli.object("send", "alice", "#news", "tea?", "--peer", relay)
        heard = bob.event("message")
        assert heard["id"] == said["id"]
        put = cli.object("message", "react", "alice", str(said["id"]), THUMB, "--peer", relay)
        told = bob.event("reaction")
        assert (told["id"], told["emoji"], told["retracted"]) == (said["id"], THUMB, False)
        assert told["clock"] == put["clock"]
        cli.object("message", "retract", "alice", str(said["id"]), "thumbs-up", "--peer", relay)
        assert bob.event("reaction")["retracted"] is True
        cli.object("message", "reply", "alice", str(said["id"])[:12], "or coffee?", "--peer", relay)
        answer = bob.event("message")
        assert (answer["text"], answer["response_to"]) == ("or coffee?", said["id"])
        assert bob.stop(signal.SIGTERM) == 0
    assert encode(STRANGER).startswith("zQ3sh")


def test_what_was_given_up_is_sent_once_more(cli: Cli, relay: str) -> None:
    cli.add_profile("alice")
    nowhere = f"enode://{STRANGER.xy.hex()}@127.0.0.1:1"
    said = cli.run("send", "alice", "#news", "anybody?", "--peer", nowhere, "--timeout", "0.1", "--json")
    assert said.exit_code == 3
    profiles = Profiles(cli.data_dir)
    with profiles.unlock(profiles.find("alice"), PASSWORD) as unlocked:
        store = SqlMessengerStore(unlocked.database)
        (message,) = store.messages("news", 1)
        with store.transaction():
            for entry in store.outbox():
                store.remove_from_outbox(entry.number)
            store.set_message_state(message.id, MessageState.FAILED)
    identifier = f"0x{message.id.hex()}"
    again = cli.object("message", "resend", "alice", identifier[:12], "--peer", relay)
    assert again["id"] == identifier
    assert again["state"] in ("sent", "seen")
    assert "Only a message of yours that failed can be sent again." in cli.error(
        "message", "resend", "alice", identifier, "--peer", relay
    )
