"""``pystatus contact`` and ``pystatus profile``: as two people with a relay would use them."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from pystatus import PrivateKey
from pystatus.account.key_encoding import encode
from tests.apps.support import PASSWORD, Cli, Running
from tests.media.support import picture, saved

SOMEBODY = encode(PrivateKey.generate(os.urandom).public_key)


@pytest.fixture
def relay(tmp_path: Path) -> Iterator[str]:
    with Running(tmp_path / "relay", "node", "--listen", "127.0.0.1:0") as node:
        yield node.line()
        assert node.stop(signal.SIGTERM) == 0


def test_who_is_added_sees_it_and_accepts(cli: Cli, relay: str) -> None:
    alice, bob = cli.add_profile("alice"), cli.add_profile("bob")
    cli.environment["PYSTATUS_PEERS"] = relay
    assert cli.object("profile", "name", "alice", "alice.eth")["ens_name"] == "alice.eth"
    with Running(cli.data_dir, "listen", "bob", "--json", "--peer", relay, PYSTATUS_PASSWORD=PASSWORD) as listening:
        listening.event("peer-connected")
        (added,) = cli.objects("contact", "add", "alice", bob["chat_key"], "--nickname", "Bob")
        assert (added["added"], added["nickname"], added["chat_key"]) == (True, "Bob", bob["chat_key"])
        asked = listening.event("contact-requested")
        assert (asked["chat_key"], asked["ens_name"]) == (alice["chat_key"], "alice.eth")
        assert listening.stop(signal.SIGINT) in (0, 130)
    assert [one["chat_key"] for one in cli.objects("contact", "requests", "bob")] == [alice["chat_key"]]
    text = cli.text("contact", "list", "bob")
    assert "has added you and waits for an answer; says to be alice.eth, which nobody has checked" in text
    (accepted,) = cli.objects("contact", "accept", "bob", alice["chat_key"])
    assert (accepted["added"], accepted["request"]) == (True, False)
    sentence = cli.error("contact", "accept", "bob", alice["chat_key"])
    assert sentence == "This person waits for no answer of yours. See: pystatus contact requests"


def test_what_one_decides_alone_needs_no_relay(cli: Cli) -> None:
    cli.add_profile("alice")
    assert cli.object("contact", "nickname", "alice", SOMEBODY, "Bob")["nickname"] == "Bob"
    assert cli.object("contact", "block", "alice", "bob")["blocked"]
    assert cli.object("contact", "show", "alice", "bob")["chat_key"] == SOMEBODY
    assert "blocked" in cli.text("contact", "list", "alice")
    assert not cli.object("contact", "unblock", "alice", "bob")["blocked"]
    assert cli.object("contact", "nickname", "alice", "bob", "")["nickname"] == ""
    assert cli.objects("contact", "list", "alice") == []
    assert "None of your contacts is called 'bob'" in cli.error("contact", "show", "alice", "bob")
    assert cli.error("contact", "remove", "alice", SOMEBODY) == "This person is none of your contacts."
    assert cli.error("contact", "decline", "alice", SOMEBODY).startswith("This person waits for no answer of yours.")


def test_where_there_is_nobody_the_lists_say_so(cli: Cli) -> None:
    cli.add_profile("alice")
    assert cli.run("contact", "list", "alice").stderr.startswith("This profile has no contacts yet. Add one with: ")
    assert cli.run("contact", "requests", "alice").stderr == "Nobody waits for an answer.\n"


def test_without_a_relay_it_is_told_later(cli: Cli) -> None:
    cli.add_profile("alice")
    nobody = f"enode://{PrivateKey.generate(os.urandom).public_key.xy.hex()}@127.0.0.1:1"
    sentence = cli.run("contact", "add", "alice", SOMEBODY, "--peer", nobody, "--timeout", "0.1").stderr
    assert "The person is added, and told the next time that this profile is connected." in sentence
    assert cli.object("contact", "show", "alice", SOMEBODY)["added"]


def test_a_picture_of_ones_own(cli: Cli, tmp_path: Path) -> None:
    cli.add_profile("alice")
    file = tmp_path / "me.png"
    file.write_bytes(saved(picture(64, 64), "PNG"))
    shared = cli.object("profile", "picture", "alice", str(file))
    assert shared["picture"].startswith("data:image/")
    assert cli.object("profile", "show", "alice") == shared
    assert cli.object("profile", "picture", "alice", "--remove")["picture"] == ""
    assert "Picture: none" in cli.text("profile", "show", "alice")
    assert cli.error("profile", "picture", "alice", code=2) == "Give either a FILE, or --remove."
    file.write_bytes(b"no picture")
    assert "cannot be sent: it is no JPEG" in cli.error("profile", "picture", "alice", str(file))
