"""``pystatus link``, and QR codes of what other commands print."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from pystatus.account.alias import alias
from pystatus.account.key_encoding import encode, parse_public_key
from pystatus.links.qr_code import QrCode
from pystatus.links.values import GroupLink, UserLink
from pystatus.media import qr_codes
from tests.apps.support import PASSWORD, Cli, Running, Terminal
from tests.links.test_qr_code import of_terminal
from tests.media.support import noise, saved
from tests.media.test_qr_codes import code, on_a_page
from tests.support.command_line import LINK, SOMEBODY

STATUS = "https://join.status.im/status"
KEY = parse_public_key(SOMEBODY)
CHAT_KEY = encode(KEY)


@pytest.fixture(scope="module")
def relay(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with Running(tmp_path_factory.mktemp("relay"), "node", "--listen", "127.0.0.1:0") as node:
        yield node.line()
        assert node.stop(signal.SIGTERM) == 0


def chats(cli: Cli, who: str = "alice") -> list[str]:
    return [one["chat"] for one in cli.objects("conversation", "list", who)]


# what a link is


@pytest.mark.requirement("AC-33")
def test_what_links_lead_to(cli: Cli) -> None:
    person: dict[str, object] = {"public_key": SOMEBODY, "chat_key": CHAT_KEY, "name": alias(KEY)}
    expected: dict[str, dict[str, object]] = {
        "status-im:status": {"kind": "public-chat", "chat": "status", "link": STATUS},
        SOMEBODY: {"kind": "user", **person, "link": str(UserLink(KEY))},
        f"status-im://p/{CHAT_KEY}": {"kind": "chat", **person, "link": f"https://join.status.im/p/{SOMEBODY}"},
        "https://join.status.im/u/alice": {
            "kind": "user",
            "public_key": None,
            "chat_key": None,
            "ens_name": "alice.stateofus.eth",
            "link": "https://join.status.im/u/alice.stateofus.eth",
        },
        LINK: {
            "kind": "group",
            "chat": f"11111111-2222-4333-8444-555555555555-{SOMEBODY}",
            "chat_name": "harbour",
            "admin": SOMEBODY,
            "link": LINK,
        },
        "https://join.status.im/b/example.org": {
            "kind": "page",
            "page": "https://example.org",
            "link": "https://join.status.im/b/https://example.org",
        },
        "status-im:referral/a1": {"kind": "referral", "code": "a1", "link": "https://join.status.im/referral/a1"},
        "ethereum:pay-alice.eth@3": {
            "kind": "payment",
            "target": "alice.eth",
            "chain_id": 3,
            "link": "ethereum:pay-alice.eth@3",
        },
        f"0x{'00' * 20}": {"kind": "address", "address": f"0x{'00' * 20}", "link": f"0x{'00' * 20}"},
    }
    assert {link: cli.object("link", "show", link) for link in expected} == {
        link: {"event": "link", **fields} for link, fields in expected.items()
    }
    meanings = {link: cli.text("link", "show", link).splitlines() for link in expected}
    assert meanings["status-im:status"] == [
        "the public chat #status: everybody who knows this name can read it",
        STATUS,
    ]
    assert meanings[SOMEBODY] == [f"the person {alias(KEY)}, {CHAT_KEY}", str(UserLink(KEY))]
    assert meanings[LINK][0] == f"the group harbour; its admin {alias(KEY)}, {CHAT_KEY} may take you in"
    assert all(len(lines) == 2 for lines in meanings.values())


def test_a_name_in_a_link_paints_nothing(cli: Cli) -> None:
    link = str(GroupLink(KEY, "\x1b[2Jharbour\u202e", f"11111111-2222-4333-8444-555555555555-{SOMEBODY}"))
    shown = cli.text("link", "show", link)
    assert "the group harbour;" in shown
    assert "\x1b" not in shown
    assert "\u202e" not in shown


def test_what_is_no_link_is_refused_without_its_text(cli: Cli) -> None:
    for text in ("WIFI:S:home;P:secret;;", "c0ffee" + "5a" * 29, "https://join.status.im/Status", "nobody"):
        sentence = cli.error("link", "show", text, code=2)
        assert sentence.startswith("LINK: This ")
        assert text not in sentence


# links that are made


@pytest.mark.requirement("AC-33")
def test_links_that_are_made(cli: Cli) -> None:
    made = {
        what: cli.run("link", "create", what) for what in ("#status", "Status", SOMEBODY, CHAT_KEY, "Alice.eth", STATUS)
    }
    assert {what: result.stdout.strip() for what, result in made.items()} == {
        "#status": STATUS,
        "Status": STATUS,
        SOMEBODY: str(UserLink(KEY)),
        CHAT_KEY: str(UserLink(KEY)),
        "Alice.eth": "https://join.status.im/u/alice.eth",
        STATUS: STATUS,
    }
    assert made["#status"].stderr == "It leads to the public chat #status: everybody who knows this name can read it.\n"
    assert cli.object("link", "create", "#status") == cli.object("link", "show", STATUS)


# QR codes


def drawn(lines: list[str]) -> tuple[str, ...]:
    """What the codes in a terminal say."""
    code = tuple(line for line in lines if line and set(line) <= set("█▀▄ "))
    assert code
    return qr_codes.read(saved(of_terminal(code), "PNG"))


@pytest.mark.requirement("AC-13")
def test_whatever_is_given_to_others_is_drawn(cli: Cli, relay: str) -> None:
    key = cli.add_profile("alice")["chat_key"]
    to_alice = str(UserLink(parse_public_key(key)))
    cli.object("group", "create", "alice", "harbour", SOMEBODY, "--peer", relay)
    assert drawn(cli.text("account", "show", "alice", "--qr").splitlines()) == (key,)
    shown = cli.text("account", "show", "alice", "--link", "--qr").splitlines()
    assert f"Link:          {to_alice}" in shown
    assert drawn(shown) == (to_alice,)
    assert drawn(cli.run("link", "create", "#status", "--qr").stdout.splitlines()) == (STATUS,)
    invited = cli.text("group", "invite", "alice", "harbour", "--qr").splitlines()
    assert drawn(invited) == (invited[0],)
    enode = cli.text("enode", "--advertise", "203.0.113.5", "--qr").splitlines()
    assert drawn(enode) == (enode[0],)


@pytest.mark.requirement("AC-13")
@pytest.mark.parametrize(
    "command",
    [
        ("account", "show", "alice"),
        ("account", "show", "alice", "--link"),
        ("link", "create", "#status"),
        ("group", "invite", "alice", "harbour"),
        ("enode", "--advertise", "203.0.113.5"),
    ],
    ids=" ".join,
)
def test_whatever_is_given_to_others_is_written_to_a_file(
    cli: Cli, relay: str, tmp_path: Path, command: tuple[str, ...]
) -> None:
    cli.add_profile("alice")
    if command[0] == "group":
        cli.object("group", "create", "alice", "harbour", SOMEBODY, "--peer", relay)
    png, svg = tmp_path / "code.png", tmp_path / "code.svg"
    shown = cli.object(*command, "--qr-file", str(png), "--qr")
    assert shown["qr_file"] == str(png)
    (text,) = qr_codes.read(png.read_bytes())
    assert text in shown.values()
    cli.run(*command, "--qr-file", str(svg))
    assert svg.read_text() == QrCode(text).svg()
    refused = cli.error(*command, "--qr-file", str(tmp_path / "code.gif"), code=2)
    assert refused.startswith("--qr-file must be a path that ends with .png or .svg")


def test_on_a_terminal_a_code_is_dark_on_light(cli: Cli) -> None:
    with Terminal(cli.data_dir, "link", "create", "#status", "--qr") as screen:
        screen.expect("\x1b[38;2;255;255;255m\x1b[48;2;0;0;0m█████")
        screen.expect("It leads to the public chat #status")
        assert screen.wait() == 0


@pytest.mark.requirement("AC-13")
def test_links_in_pictures(cli: Cli, tmp_path: Path) -> None:
    photo, both, none = tmp_path / "photo.JPG", tmp_path / "both.png", tmp_path / "none.png"
    photo.write_bytes(saved(on_a_page(code(STATUS)), "JPEG"))
    both.write_bytes(saved(on_a_page(code(STATUS), code(SOMEBODY)), "PNG"))
    none.write_bytes(saved(noise(200, 200), "PNG"))
    assert cli.object("link", "show", str(photo)) == cli.object("link", "show", STATUS)
    assert {one["kind"] for one in cli.objects("link", "show", str(both))} == {"public-chat", "user"}
    assert cli.error("link", "show", str(none)).startswith("No QR code is found in this picture.")
    assert "No such file" in cli.error("link", "show", str(tmp_path / "nothing.png"))
    cli.add_profile("alice")
    several = cli.error("link", "open", "alice", str(both), "--yes", code=2)
    assert several.startswith("The picture has several QR codes.")
    assert cli.object("link", "open", "alice", str(photo), "--yes")["chat"] == "status"


# opening


@pytest.mark.requirement("AC-33")
def test_links_are_opened_after_a_yes(cli: Cli) -> None:
    cli.add_profile("alice")
    person = str(UserLink(KEY))
    assert cli.error("link", "open", "alice", STATUS) == (
        "Nothing was done. With --yes, this happens: You join the public chat #status: everybody who knows this name "
        "can read it."
    )
    assert cli.error("link", "open", "alice", person).endswith(
        f"You begin the chat with the person {alias(KEY)}, {CHAT_KEY}."
    )
    assert chats(cli) == []
    assert cli.object("link", "open", "alice", STATUS, "--yes") == {
        "event": "opened",
        "chat": "status",
        "chat_kind": "public",
        "chat_name": None,
    }
    assert cli.object("link", "open", "alice", person, "--yes")["chat"] == SOMEBODY
    assert sorted(chats(cli)) == sorted(["status", SOMEBODY])
    assert cli.text("link", "open", "alice", STATUS, "--yes") == "#status is among your chats now.\n"


def test_at_a_terminal_the_person_decides(cli: Cli) -> None:
    cli.add_profile("alice")
    for answer, then, status in (("n", "Nothing was done.", 1), ("y", "#status is among your chats now.", 0)):
        with Terminal(cli.data_dir, "link", "open", "alice", STATUS, PYSTATUS_PASSWORD=PASSWORD) as screen:
            screen.expect("You join the public chat #status: everybody who knows this name can read it.")
            screen.expect("Do it? [y/N] ")
            screen.type(f"{answer}\n")
            screen.expect(then)
            assert screen.wait() == status
    assert chats(cli) == ["status"]


@pytest.mark.requirement("AC-33")
def test_a_group_is_asked_for_through_a_relay(cli: Cli, relay: str) -> None:
    cli.add_profile("alice")
    assert cli.error("link", "open", "alice", LINK, "--yes", code=2).startswith("No relay is given.")
    cli.environment["PYSTATUS_PEERS"] = relay
    asked = cli.error("link", "open", "alice", LINK)
    assert asked.endswith(
        f"You ask to join the group harbour; its admin {alias(KEY)}, {CHAT_KEY} may take you in. That person learns "
        "your chat key."
    )
    (request,) = cli.objects("link", "open", "alice", LINK, "--introduction", "It is me.", "--yes")
    assert (request["event"], request["chat_name"], request["introduction"]) == ("request", "harbour", "It is me.")
    listed = cli.objects("group", "list", "alice")
    assert [one["id"] for one in listed] == [request["id"]]


def test_what_cannot_be_opened_is_told_before_the_password_is_asked(cli: Cli) -> None:
    key = cli.add_profile("alice")["public_key"]
    assert cli.error("link", "open", "alice", f"status-im:p/{key}", "--yes").startswith("This is your own chat key.")
    cli.environment["PYSTATUS_PASSWORD"] = "something else"
    assert "cannot look up ENS names yet" in cli.error("link", "open", "alice", "status-im:u/bob", "--yes")
    for link in ("status-im:b/example.org", "status-im:referral/a1", "ethereum:pay-bob.eth", f"0x{'00' * 20}"):
        assert cli.error("link", "open", "alice", link, "--yes").endswith("pystatus cannot open it. Nothing was done.")


# where chats and people are named


@pytest.mark.requirement("AC-13")
def test_commands_that_take_a_chat_or_a_person_take_a_link(cli: Cli, relay: str) -> None:
    cli.environment["PYSTATUS_PEERS"] = relay
    cli.add_profile("alice")
    person = str(UserLink(KEY))
    assert cli.object("send", "alice", STATUS, "hello")["chat"] == "status"
    assert cli.object("send", "alice", person, "hello")["chat"] == SOMEBODY
    for chat in (STATUS, person):
        assert [one["text"] for one in cli.objects("history", "alice", chat)] == ["hello"]
    own = cli.object("account", "show", "alice", "--link")["link"]
    assert cli.object("account", "show", own)["name"] == "alice"
    assert len(cli.objects("search", "alice", "hello", "--author", own, "--chat", "status-im:status")) == 1
    group = cli.object("group", "create", "alice", "harbour", person)
    assert SOMEBODY in json.dumps(group)
    invitation = cli.object("group", "invite", "alice", "harbour")["link"]
    assert cli.object("group", "show", "alice", invitation)["chat"] == group["chat"]
    cli.object("conversation", "mute", "alice", STATUS)
    assert cli.error("group", "create", "alice", "harbour", STATUS, code=2).startswith(
        "PERSON: This link leads to a chat"
    )
    assert "leads to no public chat" in cli.error("send", "alice", "https://join.status.im/No", "hello", code=2)
