"""The name of a person in every command: nickname, verified name, three words; and people who are named by it."""

from __future__ import annotations

import pytest

from pystatus import Profiles
from pystatus.account.alias import alias
from pystatus.account.key_encoding import encode
from pystatus.apps.cli.commands.listen import Listener
from pystatus.apps.cli.output import Output
from pystatus.client import Client
from pystatus.crypto.keys import PrivateKey
from pystatus.messenger.contact_records import Contact
from pystatus.messenger.events import MessageStateChanged
from pystatus.messenger.features.contacts import Contacts
from pystatus.messenger.features.reactions import Reaction, Reactions
from pystatus.messenger.records import Chat, Message, MessageState
from pystatus.payloads.chats import ChatKind
from pystatus.storage.messenger import SqlMessengerStore
from tests.apps.support import PASSWORD, Cli

BOB, CAROL, EVE = (PrivateKey(bytes(31) + bytes([number])).public_key for number in (7, 8, 9))
ROOM = "news"
NOBODY = f"enode://{EVE.xy.hex()}@127.0.0.1:9"


@pytest.fixture
def alice(cli: Cli) -> Cli:
    """Alice calls Bob Bobby; the name of Carol is verified, and that of Eve is claimed. All write in one room."""
    cli.add_profile("alice")
    profiles = Profiles(cli.data_dir)
    with profiles.unlock(profiles.find("alice"), PASSWORD) as unlocked:
        store = SqlMessengerStore(unlocked.database)
        with store.transaction():
            contacts = store.tables(Contacts)
            contacts.save(Contact(BOB, added=True, nickname="Bobby"))
            contacts.save(Contact(CAROL, added=True, ens_name="carol.stateofus.eth", ens_verified=True))
            contacts.save(Contact(EVE, ens_name="bobby.stateofus.eth"))
            for person in (BOB, CAROL, EVE):
                store.people.add_known(person.compressed)
            store.save_chat(Chat(ROOM, ChatKind.PUBLIC))
            store.save_chat(Chat(BOB.hex, ChatKind.ONE_TO_ONE))
            for number, author in enumerate((BOB, CAROL, EVE), 1):
                text = f"number {number} for @{BOB.hex} and @{EVE.hex}"
                store.add_message(Message(bytes([number] * 32), ROOM, author, number, 1, 1, 1, text, b""))
            store.add_message(Message(bytes([9] * 32), BOB.hex, BOB, 9, 1, 1, 1, "psst", b""))
            store.tables(Reactions).save_reaction(Reaction(ROOM, bytes([1] * 32), BOB, 1, 1), waiting=False)
    return cli


@pytest.mark.requirement("AC-17")
def test_a_page_of_history_names_everybody(alice: Cli) -> None:
    page = [one for one in alice.objects("history", "alice", f"#{ROOM}") if one["event"] == "message"]
    names = [(one["author_name"], one["author_second_name"]) for one in page]
    assert names == [(alias(EVE), None), ("@carol", None), ("Bobby", alias(BOB))]
    assert [one["name"] for one in page[0]["mentions"]] == ["Bobby", alias(EVE)]
    newest, _, oldest = alice.text("history", "alice", f"#{ROOM}").splitlines()[:3]
    assert f"{alias(EVE)} ({encode(EVE)[:13]}): number 3 for @Bobby and @{alias(EVE)}" in newest
    assert f"Bobby ({alias(BOB)}, {encode(BOB)[:13]}): number 1" in oldest
    assert "bobby.stateofus" not in newest


def test_search_chats_and_reactions_have_the_same_names(alice: Cli) -> None:
    found = alice.objects("search", "alice", "number")
    assert [one["author_name"] for one in found] == [alias(EVE), "@carol", "Bobby"]
    assert f"@carol ({encode(CAROL)[:13]})" in alice.text("search", "alice", "number")
    assert {one["chat_name"] for one in alice.objects("conversation", "list", "alice")} == {None, "Bobby"}
    assert "Bobby (" in alice.text("conversation", "list", "alice")
    _, reaction = alice.objects("message", "show", "alice", "010101")
    assert (reaction["author_name"], reaction["author_second_name"]) == ("Bobby", alias(BOB))


def test_a_person_is_named_by_each_name_that_they_have(alice: Cli) -> None:
    for name in ("bobby", alias(BOB), encode(BOB)):
        assert [one["text"] for one in alice.objects("history", "alice", name)] == ["psst"]
    assert "There is no such chat" in alice.error("history", "alice", "@carol")
    for name in ("bobby.stateofus.eth", "nobody"):
        assert alice.error("history", "alice", name, code=2 if "." in name else 1)


def test_a_nickname_is_enough_to_write_and_other_names_are_asked_about(alice: Cli) -> None:
    alice.environment["PYSTATUS_PEERS"] = NOBODY
    sent = alice.run("send", "alice", "Bobby", "hello", "--timeout", "0.1")
    assert (sent.exit_code, f"to Bobby, {encode(BOB)}: only the two of you" in sent.stdout) == (3, True)
    newest, *_ = alice.objects("history", "alice", "Bobby")
    assert (newest["text"], newest["chat"], newest["chat_name"]) == ("hello", BOB.hex, "Bobby")
    refused = alice.error("send", "alice", "@carol", "hello", "--timeout", "0.1", code=2)
    assert "'@carol' is somebody you know: @carol, chat key" in refused
    with_room = alice.error("send", "alice", alias(BOB), "hello", "--timeout", "0.1", code=2)
    assert f"is somebody you know: Bobby, chat key {encode(BOB)}" in with_room


async def test_what_becomes_of_a_message_to_a_group_is_told_with_the_name_of_the_group_and_of_its_people(
    alice: Cli, capsys: pytest.CaptureFixture[str]
) -> None:
    ours = bytes([8] * 32)
    group = Chat(f"0c365bab-d23a-407a-8547-9542906638c7-{BOB.hex}", ChatKind.PRIVATE_GROUP, name="Hikers")
    profiles = Profiles(alice.data_dir)
    with profiles.unlock(profiles.find("alice"), PASSWORD) as unlocked:
        store = SqlMessengerStore(unlocked.database)
        with store.transaction():
            store.save_chat(group)
            store.add_message(Message(ours, group.id, BOB, 9, 1, 1, 1, f"hello @{BOB.hex}", b""))
    async with Client.open("alice", PASSWORD, data_dir=alice.data_dir) as client:
        Listener(client, Output(as_json=False), None, None).tell(MessageStateChanged(ours, MessageState.DELIVERED))
    assert capsys.readouterr().err == f"delivered 0x{ours.hex()} to Hikers (group): hello @Bobby\n"
