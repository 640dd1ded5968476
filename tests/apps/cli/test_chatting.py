"""``pystatus send``, ``listen`` and ``history`` with a relay: what two people at their shells see."""

import json
import signal
import socket
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from pystatus.apps.cli.commands.listen import Listener
from pystatus.apps.cli.output import Output
from pystatus.client import Client, Event, HistoryProgress, PeerConnected, PeerDisconnected, Receipt, SendFailed
from pystatus.crypto.keys import PrivateKey
from pystatus.mailserver.time_ranges import TimeRange
from pystatus.messenger.events import (
    ChatLeft,
    ChatOpened,
    CopySuspected,
    DeviceRenewed,
    MessageReceived,
    MessageStateChanged,
    MessageUndecryptable,
    RenewalReason,
)
from pystatus.messenger.records import Chat, Message, MessageState
from pystatus.payloads.chats import ChatKind
from pystatus.storage.errors import StorageError
from tests.apps.support import PASSWORD, Cli, Running

STRANGER = PrivateKey(bytes(31) + b"\x07").public_key
ROOM = Chat("status", ChatKind.PUBLIC)
HELLO = Message(bytes(32), "status", STRANGER, 1, 1, 1, 1, "hello", b"")


@pytest.fixture(scope="module")
def relay(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The enode URL of a relay."""
    with Running(tmp_path_factory.mktemp("relay"), "node", "--listen", "127.0.0.1:0") as node:
        yield node.line()
        assert node.stop(signal.SIGTERM) == 0


@pytest.fixture
def nobody(relay: str) -> str:
    """The enode URL of a relay that is not running."""
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        port = reserved.getsockname()[1]
    return f"{relay.rpartition(':')[0]}:{port}"


@pytest.fixture
def people(cli: Cli, relay: str) -> Cli:
    """Alice and Bob, who know the relay."""
    cli.environment["PYSTATUS_PEERS"] = relay
    for name in ("alice", "bob"):
        cli.add_profile(name)
    return cli


@pytest.fixture
def room() -> str:
    """A public chat of this test alone: the relay remembers what was said in the others."""
    return f"room-{uuid.uuid4().hex[:12]}"


def key_of(cli: Cli, name: str) -> str:
    key = cli.object("account", "show", name)["public_key"]
    assert isinstance(key, str)
    return key


def listening(cli: Cli, name: str, *arguments: str, as_json: bool = True) -> Running:
    """``pystatus listen`` in a process of its own."""
    peers = cli.environment["PYSTATUS_PEERS"]
    assert peers is not None
    options = ("--json",) if as_json else ()
    return Running(cli.data_dir, "listen", name, *arguments, *options, PYSTATUS_PEERS=peers, PYSTATUS_PASSWORD=PASSWORD)


def test_a_public_message(people: Cli, room: str) -> None:
    with listening(people, "bob", f"#{room}") as bob:
        assert bob.event("listening")["profile"] == "bob"
        bob.event("peer-connected")
        sent = people.object("send", "alice", f"#{room}", "hello everybody")
        received = bob.event("message")
        assert bob.stop(signal.SIGTERM) == 0
        assert bob.errors() == []
    assert sent["state"] == "sent"
    assert received["id"] == sent["id"]
    assert received.pop("late") is False  # which nothing but the envelope told
    assert (received["chat"], received["chat_kind"], received["chat_name"]) == (room, "public", None)
    assert (received["text"], received["own"], received["state"]) == ("hello everybody", False, None)
    assert received["author"] == key_of(people, "alice")
    assert received["author_name"] == people.object("account", "show", "alice")["alias"]
    (of_alice,), (of_bob,) = (
        people.objects("history", "alice", room),
        people.objects("history", "bob", f"#{room.upper()}"),
    )
    assert (of_alice["own"], of_alice["state"], of_alice["text"]) == (True, "sent", "hello everybody")
    assert of_bob == {**received, "reactions": []}


@pytest.mark.requirement("PL-6")
def test_a_name_and_an_emoji_that_are_typed(people: Cli, room: str) -> None:
    bob = people.object("account", "show", "bob")
    with listening(people, "alice", f"#{room}") as alice:
        alice.event("peer-connected")
        people.object("send", "bob", f"#{room}", "good morning")
        alice.event("message")
        assert alice.stop(signal.SIGTERM) == 0
    said = f"hello @{bob['alias']}, :smile: `:smile:`"
    sent = people.object("send", "alice", f"#{room}", said)
    assert sent["text"] == f"hello @{bob['public_key']}, 😄 `:smile:`"
    assert sent["mentions"] == [{"key": bob["public_key"], "name": bob["alias"]}]
    assert people.object("send", "alice", f"#{room}", said, "--as-is")["text"] == said
    newest, named, _ = people.run("history", "alice", room).stdout.splitlines()
    assert newest.endswith(said)
    assert named.endswith(f"hello @{bob['alias']}, 😄 `:smile:`")


def test_a_private_message_and_its_answer(people: Cli) -> None:
    alice_key, bob_key = key_of(people, "alice"), people.object("account", "show", "bob")["chat_key"]
    with listening(people, "bob", "--count", "1") as bob:
        bob.event("peer-connected")
        sent = people.object("send", "alice", bob_key, "-", input="for you alone\nin two lines\n")
        received = bob.event("message")
        assert bob.wait() == 0
    assert received["text"] == "for you alone\nin two lines"
    assert (received["id"], received["chat"], received["chat_kind"]) == (sent["id"], alice_key, "one-to-one")
    assert received["chat_name"] == people.object("account", "show", "alice")["alias"]

    with listening(people, "alice", "--count", "1") as alice:
        alice.event("peer-connected")
        assert people.object("send", "bob", alice_key, "thank you")["forward_secrecy"] is True
        answer = alice.event("message")
        assert alice.wait() == 0
    assert (answer["text"], answer["chat"], answer["forward_secrecy"]) == ("thank you", key_of(people, "bob"), True)
    assert [one["text"] for one in people.objects("history", "alice", bob_key)] == [
        "thank you",
        "for you alone\nin two lines",
    ]


def test_people_see_lines(people: Cli, relay: str, room: str) -> None:
    alice, bob = people.object("account", "show", "alice"), people.object("account", "show", "bob")
    with listening(people, "bob", f"#{room}", "--count", "2", as_json=False) as listener:
        listener.wait_until_it_says(f"Connected to {relay.rpartition('@')[2]}")
        sent = people.text("send", "alice", f"#{room}", "one\ntwo")
        assert sent.startswith("sent 0x")
        people.text("send", "alice", bob["chat_key"], "psst")
        assert listener.wait() == 0
        first, second, private = listener.rest()
        assert f"Listening as {bob['alias']}, chat key {bob['chat_key']}" in listener.errors()
    author = f"{alice['alias']} ({alice['chat_key'][:13]})"
    assert first[19:] == f" #{room} {author}: one"
    assert second == "    | two"
    assert private[19:].startswith(f" private {author}")
    assert private.endswith(": psst")
    (shown,) = people.text("history", "alice", bob["chat_key"]).splitlines()
    assert shown[19:].startswith(f" private you to {bob['alias']} ({bob['chat_key'][:13]}) [sent")


def test_only_the_chats_that_were_asked_for(people: Cli, room: str) -> None:
    with listening(people, "bob", f"#{room}", f"#{room}-2", "--chat", f"#{room}-2", "--count", "1") as bob:
        bob.event("peer-connected")
        people.text("send", "alice", f"#{room}", "not shown")
        people.text("send", "alice", f"#{room}-2", "shown")
        assert bob.event("message")["text"] == "shown"
        assert bob.wait() == 0
    assert [one["text"] for one in people.objects("history", "bob", room)] == ["not shown"]


def test_asking_for_a_public_chat_that_one_is_not_in(people: Cli) -> None:
    assert people.error("listen", "bob", "--chat", "elsewhere", "--for", "5") == (
        "You are not in #elsewhere. Join it: pystatus listen bob '#elsewhere'"
    )


def test_too_few_messages_in_time(people: Cli) -> None:
    result = people.run("listen", "bob", "--count", "3", "--for", "0.05", "--json")
    assert result.exit_code == 1
    assert json.loads(result.stderr) == {"error": "0 of 3 messages came within 0.05 seconds."}
    assert people.run("listen", "bob", "--for", "0.05").exit_code == 0


def test_ctrl_c_ends_listening_quietly(people: Cli) -> None:
    with listening(people, "bob") as bob:
        bob.event("peer-connected")
        assert bob.stop(signal.SIGINT) == 130
        assert bob.errors() == []


EVIL = "\x1b[2J\nforged\u202e"


@pytest.mark.parametrize(
    ("event", "name", "for_people"),
    [
        (MessageReceived(HELLO, ROOM), "message", None),
        (MessageStateChanged(b"\x01" * 32, MessageState.DELIVERED), "state", "delivered 0x" + "01" * 32),
        (
            MessageStateChanged(b"\x01" * 32, MessageState.FAILED, "No relay took it."),
            "state",
            "failed 0x" + "01" * 32 + " (No relay took it.)",
        ),
        (ChatOpened(ROOM), "chat-opened", "In #status"),
        (ChatLeft(ROOM), "chat-left", "Left #status"),
        (
            MessageUndecryptable(STRANGER, EVIL),
            "undecryptable",
            "A message of Bony Remorseful Mousebird (zQ3shTepFLFFd) could not be opened: forged",
        ),
        (
            MessageUndecryptable(STRANGER, "no such session", "a device", 3),
            "undecryptable",
            "3 messages (repetitions counted) of Bony Remorseful Mousebird (zQ3shTepFLFFd) could not be opened:"
            " no such session",
        ),
        (
            CopySuspected(STRANGER),
            "copy-suspected",
            "Bony Remorseful Mousebird (zQ3shTepFLFFd) acknowledges messages that this device did not send. If this"
            " profile was restored from a backup, or a copy of it is in use, stop it and run:"
            " pystatus device renew alice",
        ),
        (DeviceRenewed("a device", RenewalReason.COPIED), "device-renewed", ""),
        (PeerConnected("ab" * 64), "peer-connected", "Connected to abababababababab…"),
        (PeerDisconnected("ab" * 64, EVIL), "peer-disconnected", "Lost abababababababab…: forged"),
    ],
)
async def test_every_event_is_told(
    cli: Cli, capsys: pytest.CaptureFixture[str], event: Event, name: str, for_people: str | None
) -> None:
    cli.add_profile("alice")
    async with Client.open("alice", PASSWORD, data_dir=cli.data_dir) as client:
        Listener(client, Output(as_json=True), None, None).tell(event)
        programs = capsys.readouterr()
        Listener(client, Output(as_json=False), None, None).tell(event)
        people = capsys.readouterr()
    assert (json.loads(programs.out)["event"], programs.err) == (name, "")
    if for_people is None:
        assert people.out.endswith(" #status Bony Remorseful Mousebird (zQ3shTepFLFFd): hello\n")
    else:
        assert (people.out, people.err) == ("", f"{for_people}\n" if for_people else "")


async def test_a_time_that_mailservers_lack_of_several_chats_is_told_once(
    cli: Cli, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are a day of each of four topics, and not four days."""
    cli.add_profile("alice")
    day = TimeRange(1_600_000_000, 1_600_086_400)
    monkeypatch.setattr(Client, "history_gaps", lambda _: [day])
    async with Client.open("alice", PASSWORD, data_dir=cli.data_dir) as client:
        listener = Listener(client, Output(as_json=False), None, None)
        listener.tell(HistoryProgress(missing=0, total=4 * day.seconds, envelopes=5, lacking=4 * day.seconds))
        assert capsys.readouterr() == ("", "History: 5 envelopes came, 24 hours are on no mailserver.\n")
        listener.tell(HistoryProgress(missing=0, total=4 * day.seconds, envelopes=5))
        assert capsys.readouterr() == ("", "History: 5 envelopes came, nothing is missing.\n")


def test_a_disk_that_fails_meanwhile_ends_listening_with_a_sentence(
    people: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(_: Client) -> None:
        raise StorageError("The disk is full: make room and try again. Nothing was lost.")

    monkeypatch.setattr(Client, "run_forever", fail)
    failed = people.run("listen", "bob", "--for", "20", "--json")
    assert failed.exit_code == 1
    assert json.loads(failed.stderr) == {"error": "The disk is full: make room and try again. Nothing was lost."}


def test_a_message_that_was_given_up_is_told_with_its_state(people: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(receipt: Receipt, timeout: float | None = None) -> None:
        receipt.state = MessageState.FAILED
        raise SendFailed("No relay took the message. Check the connection and send it again.")

    monkeypatch.setattr(Receipt, "sent", fail)
    failed = people.run("send", "alice", "#status", "hello", "--json")
    assert failed.exit_code == 1
    assert json.loads(failed.stdout)["state"] == "failed"
    assert json.loads(failed.stderr)["error"].startswith("No relay took the message.")


def test_a_message_that_no_relay_took_goes_out_the_next_time(people: Cli, room: str, nobody: str) -> None:
    late = people.run("send", "alice", f"#{room}", "better late", "--peer", nobody, "--timeout", "0.2", "--json")
    assert late.exit_code == 3
    sentence = json.loads(late.stderr.splitlines()[-1])["error"]  # before it there may be why
    assert sentence.startswith("No relay took the message within 0.2 seconds. ")
    message = json.loads(late.stdout)
    assert sentence.endswith(
        "It is stored and goes out the next time that this profile is connected, for example by: pystatus listen alice."
        " Do not send it again. Until then it can be taken back by: pystatus message withdraw alice "
        f"{message['id'][:12]}"
    )
    assert (message["state"], message["text"]) == ("sending", "better late")

    with listening(people, "bob", f"#{room}") as bob:
        bob.event("peer-connected")
        with listening(people, "alice") as alice:
            told = {"event": "state", "id": message["id"], "state": "sent", "chat": room, "text": "better late"}
            assert alice.event("state") == told
            assert bob.event("message")["id"] == message["id"]


def test_a_profile_that_is_open_serves_other_commands(people: Cli, room: str) -> None:
    """Without a password, and in the network of the process that has it open."""
    with listening(people, "bob", f"#{room}") as bob:
        bob.event("peer-connected")
        people.text("send", "alice", f"#{room}", "hello")
        bob.event("message")
        assert [one["text"] for one in people.objects("history", "bob", room)] == ["hello"]
        assert [one["this"] for one in people.objects("device", "list", "bob")] == [True]
        for name in ("PYSTATUS_PASSWORD", "PYSTATUS_PEERS"):
            people.environment[name] = None
        assert people.object("send", "bob", f"#{room}", "me too")["state"] == "sent"
        sent = bob.event("state")
        assert (sent["text"], sent["state"]) == ("me too", "sent")
        with Running(people.data_dir, "listen", "bob", "--json") as other:
            assert other.event("listening")["profile"] == "bob"
            people.objects("message", "reply", "bob", sent["id"][:10], "once more")
            assert other.event("state")["text"] == bob.event("state")["text"] == "once more"
            people.environment["PYSTATUS_PROXY"] = "socks5://127.0.0.1:9"
            assert people.error("send", "bob", f"#{room}", "in the open?").startswith(
                "The profile is open in another pystatus, which uses no proxy"
            )


def test_a_holder_that_is_killed_is_told_to_who_is_attached_and_the_next_command_opens_the_profile(
    people: Cli, room: str
) -> None:
    with listening(people, "bob", f"#{room}") as bob:
        bob.event("peer-connected")
        with Running(people.data_dir, "listen", "bob", "--json") as other:
            other.event("listening")
            bob.stop(signal.SIGKILL)
            assert other.wait() == 1
            assert "does not answer any more" in other.errors()[-1]
        assert people.object("send", "bob", f"#{room}", "I do it myself")["state"] == "sent"


def test_a_relay_is_needed(cli: Cli) -> None:
    for command in (("send", "alice", "#status", "hello"), ("listen", "alice")):
        assert cli.error(*command, code=2) == (
            "No relay is given. Name one with --peer enode://… or in PYSTATUS_PEERS, what finds some with "
            "--bootnode, --rendezvous or --dns-list, or a network with --join; to run one: pystatus node"
        )


def test_several_relays_in_the_environment(people: Cli, nobody: str) -> None:
    people.environment["PYSTATUS_PEERS"] = f" {nobody},{people.environment['PYSTATUS_PEERS']}\n"
    result = people.run("send", "alice", "#status", "hello", "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["state"] == "sent"


@pytest.mark.parametrize(
    ("enode", "why"),
    [
        ("http://example.org", "the node id is not 128 hexadecimal digits"),
        ("enode://12@127.0.0.1:1", "the node id is not 128 hexadecimal digits"),
        (f"enode://{'00' * 64}@127.0.0.1:1", "the node id is not a public key"),
        (f"enode://{'00' * 64}@127.0.0.1", "the node id is not a public key"),
    ],
)
def test_a_bad_enode(cli: Cli, enode: str, why: str) -> None:
    sentence = (
        f'--peer: "{enode}" is not an enode address: {why}. Copy it again, all of it, from what the node prints: '
        "enode://<128 hex digits>@host:port."
    )
    for command in (("send", "alice", "#status", "hello"), ("listen", "alice"), ("node",)):
        assert cli.error(*command, "--peer", enode, code=2) == sentence


NOT_A_KEY = "This is not a chat key. A chat key begins with zQ3sh, or is 0x04 and 128 more digits; copy it again."


@pytest.mark.parametrize(
    ("chat", "sentence"),
    [
        (f"zQ3sh{'-' * 44}", NOT_A_KEY),
        (
            "zQ3shNoKey",
            "A chat key that begins with zQ3sh has 49 characters, this one has 10. Give the whole key; what is printed "
            "beside messages is only its beginning.",
        ),
        ("a" * 41, NOT_A_KEY),
        ("0x04", NOT_A_KEY),
        (
            "c0ffee" + "00" * 29,
            "This looks like a private key. Never give it to anybody; what is wanted here is a public chat key.",
        ),
        (
            "0x" + "12" * 20,
            "This is an Ethereum address, not a chat key. Ask for the chat key: it begins with zQ3sh or 0x04.",
        ),
    ],
)
def test_what_is_no_chat(people: Cli, chat: str, sentence: str) -> None:
    for command in (("send", "alice", chat, "hello"), ("listen", "alice", chat), ("history", "alice", chat)):
        assert people.error(*command, code=2) == f"CHAT: {sentence}"
    assert people.objects("history", "alice") == []


@pytest.mark.parametrize("chat", ["no spaces", "#Größe", "#", "a_b"])
def test_names_that_no_public_chat_can_have(people: Cli, chat: str) -> None:
    refused = people.error("send", "alice", chat, "hello", code=2)
    assert refused.startswith("CHAT: The name of a public chat consists of the letters")


def test_nobody_writes_to_themselves(people: Cli) -> None:
    assert people.error("send", "alice", key_of(people, "alice"), "hello").startswith("This is your own chat key.")


def test_a_long_public_name_needs_its_hash_sign(people: Cli) -> None:
    assert people.object("send", "alice", "#" + "a" * 41, "hello")["chat"] == "a" * 41


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (b"\xff", "What is on standard input is not text in UTF-8. Check that it is the right file."),
        (b"x" * (1 + (1 << 20)), "What is on standard input is too long for a message."),
    ],
)
def test_standard_input_that_is_no_message(people: Cli, given: bytes, sentence: str) -> None:
    assert people.error("send", "alice", "#status", "-", input=given, code=2) == sentence


def test_a_blank_text_is_not_sent(people: Cli) -> None:
    blank, sentence = " \n ", "The message is empty. Write something."
    assert people.error("send", "alice", "#status", blank, code=2) == f"TEXT: {sentence}"
    assert people.error("send", "alice", "#status", "-", input=blank, code=2) == sentence
    assert people.objects("history", "alice") == []


def test_unknown_profiles_and_wrong_passwords_are_told_by_every_command(people: Cli) -> None:
    commands = (("send", "{}", "status", "hello"), ("listen", "{}"), ("history", "{}", "status"))
    for command in commands:
        assert people.error(*(part.format("carol") for part in command)) == (
            "There is no profile 'carol'. There are: 'alice', 'bob'."
        )
    people.environment["PYSTATUS_PASSWORD"] = "not the password"
    for command in commands:
        assert people.error(*(part.format("alice") for part in command)) == (
            "The password of 'alice' is wrong. Nothing was changed; try again. "
            "If it is forgotten: pystatus account recover"
        )


def test_the_log_goes_to_standard_error(people: Cli, nobody: str) -> None:
    result = people.run("listen", "bob", "--for", "0.3", "--log-level", "debug", "--json")
    assert result.exit_code == 0
    records = [json.loads(line) for line in result.stderr.splitlines()]
    assert records
    assert all(record.keys() >= {"time", "level", "logger", "message"} for record in records)
    assert all("event" in json.loads(line) for line in result.stdout.splitlines())
    console = people.run("listen", "bob", "--for", "0.3", "--log-level", "debug")
    assert " INFO " in console.stderr
    assert PASSWORD not in result.stderr + console.stderr


def test_profiles_elsewhere(people: Cli, tmp_path: Path) -> None:
    assert people.error("history", "alice", "--data-dir", str(tmp_path / "elsewhere")) == (
        f"There is no profile below {tmp_path}/elsewhere. Make one with: pystatus account create"
    )
