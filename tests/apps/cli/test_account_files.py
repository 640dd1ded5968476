"""``pystatus account backup``, ``export``, ``restore``, ``vacuum``, and ``conversation export``."""

from __future__ import annotations

import itertools
import json
import re
import stat
from pathlib import Path

import pytest

from tests.apps.cli.test_profile_changes import private
from tests.apps.support import PASSWORD, Cli, Terminal, contents

FILE_PASSWORD = "battery staple"
WORDS = "test test test test test test test test test test test junk"
PEER = f"enode://{'a979fb575495b8d6db44f750317d0f4622bf4c2aa3365d6af7c284339968eef29b69ad0dce72a4d8db5ebb4968de0e3bec910127f134779fbcb0cb6d3331163c'}@127.0.0.1:9"
NOTHING = (
    "There are no recovery words to show: they were confirmed and deleted here, or you have typed them in, or an "
    "earlier version made them, which kept none, or the account is a private key, which has none."
)
WRONG = (
    "Word 5 is not the one that your account has. Look again at your list: nothing was changed, and the words are "
    "still kept here."
)


@pytest.fixture
def file_password(tmp_path: Path) -> str:
    return private(tmp_path / "file password", f"{FILE_PASSWORD}\n")


@pytest.fixture
def alice(cli: Cli) -> Cli:
    """Alice, who has said something that waits to be sent."""
    cli.object("account", "create", "alice")
    say(cli, "hello *everybody*")
    return cli


def say(cli: Cli, text: str, name: str = "alice") -> None:
    assert cli.run("send", name, "#status", text, "--peer", PEER, "--timeout", "0").exit_code == 3


def said(cli: Cli, name: str = "alice") -> list[str]:
    return [str(one["text"]) for one in cli.objects("history", name, "#status", "--keep-unread")]


# the words


def test_a_script_gets_the_words_and_compares_a_list(cli: Cli, tmp_path: Path) -> None:
    made = cli.object("account", "create", "alice")
    shown = cli.object("account", "backup", "alice")
    assert shown == {**made, "confirmed": False}
    assert "    " + " ".join(made["mnemonic"].split()[:4]) in cli.text("account", "backup", "alice")

    words = made["mnemonic"].split()
    words[4] = "zoo" if words[4] != "zoo" else "abandon"
    wrong = private(tmp_path / "wrong", " ".join(words))
    assert cli.error("account", "backup", "alice", "--words-file", wrong) == WRONG  # which tells none of the words
    assert cli.object("account", "backup", "alice") == shown

    right = private(tmp_path / "right", made["mnemonic"])
    confirmed = cli.object("account", "backup", "alice", "--words-file", right)
    assert (confirmed["confirmed"], "mnemonic" in confirmed) == (True, False)
    for arguments in ((), ("--words-file", right)):
        assert cli.error("account", "backup", "alice", *arguments) == NOTHING


def test_the_words_take_the_password(cli: Cli) -> None:
    cli.object("account", "create", "alice")
    cli.environment["PYSTATUS_PASSWORD"] = "guessed"
    assert cli.error("account", "backup", "alice").startswith("The password of 'alice' is wrong.")


def test_what_was_brought_has_no_words_to_show(cli: Cli, tmp_path: Path) -> None:
    cli.add_profile("key")
    cli.object("account", "recover", "words", "--words-file", private(tmp_path / "words", WORDS))
    for name in ("key", "words"):
        assert cli.error("account", "backup", name) == NOTHING


@pytest.mark.parametrize("outcome", ["right", "wrong", "later"])
def test_at_a_terminal_three_words_are_asked_back(cli: Cli, outcome: str) -> None:
    phrase = str(cli.object("account", "create", "alice")["mnemonic"]).split()
    with Terminal(cli.data_dir, "account", "backup", "alice", PYSTATUS_PASSWORD=PASSWORD) as screen:
        screen.expect("\x1b[?1049h")  # on a screen of its own
        screen.expect(" ".join(phrase[:4]))
        screen.expect("Press Enter when you have them on paper")
        screen.type("\n")
        screen.expect("\x1b[?1049l")  # which is gone
        for number in range(3):
            screen.expect("Word ")
            screen.expect(" of your list (not shown): ")
            place = int(screen.screen.rpartition("Word ")[2].split()[0])
            word = {"right": phrase[place - 1], "wrong": "mistaken", "later": ""}[outcome if number else "right"]
            screen.type(f"{word}\n")
            if number and outcome != "right":
                break
        sentence = {
            "right": "Your list is right. The words of 'alice' are deleted here",
            "wrong": "is not the one that your account has",
            "later": "Nothing was changed: the words are still kept here.",
        }[outcome]
        screen.expect(sentence)
        assert screen.wait() == (0 if outcome == "right" else 1)
    after = screen.screen.rpartition("\x1b[?1049l")[2]
    assert {line.strip() for line in re.findall(r"\(not shown\):(.*)", after)} == {""}  # nor what is typed
    assert not any(f"{one} {next_one}" in after for one, next_one in itertools.pairwise(phrase))
    kept = cli.run("account", "backup", "alice", "--json")
    assert kept.exit_code == (1 if outcome == "right" else 0)


def test_a_profile_in_use_is_told_before_somebody_answers(cli: Cli) -> None:
    from pystatus import Profiles

    cli.object("account", "create", "alice")
    profiles = Profiles(cli.data_dir)
    with profiles.unlock(profiles.find("alice"), PASSWORD):
        assert "The profile 'alice' is in use by" in cli.error("account", "backup", "alice", "--words-file", "nowhere")
        assert cli.object("account", "backup", "alice")["confirmed"] is False


# the list


@pytest.mark.requirement("AC-28")
def test_the_list_begins_with_who_was_opened_last(cli: Cli) -> None:
    for name in ("carol", "alice", "bob"):
        cli.add_profile(name)
    assert [(one["name"], one["last_login_ms"]) for one in cli.objects("account", "list")] == [
        ("alice", None), ("bob", None), ("carol", None),
    ]  # fmt: skip
    say(cli, "hello", "bob")
    bob, *others = cli.objects("account", "list")
    assert (bob["name"], [one["name"] for one in others]) == ("bob", ["alice", "carol"])
    assert bob["last_login_ms"] > 1_600_000_000_000
    assert cli.text("account", "list").startswith("bob ")
    assert said(cli, "bob") == ["hello"]
    assert cli.object("account", "show", "bob")["last_login_ms"] == bob["last_login_ms"], "reading is no login"


# moving


def test_an_account_moves_to_another_machine(alice: Cli, tmp_path: Path, file_password: str) -> None:
    file = tmp_path / "alice.backup"
    out = alice.object("account", "export", "alice", str(file), "--file-password-file", file_password)
    assert (out["name"], out["file"], out["bytes"]) == ("alice", str(file), file.stat().st_size)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600

    elsewhere = Cli(tmp_path / "another machine")
    there = elsewhere.run("account", "restore", str(file), "--file-password-file", file_password, "--json")
    assert (there.exit_code, there.stderr) == (0, "")
    restored = json.loads(there.stdout)
    mine = alice.object("account", "show", "alice")
    assert {name: restored[name] for name in ("name", "public_key")} == {
        name: mine[name] for name in ("name", "public_key")
    }
    assert said(elsewhere) == said(alice) == ["hello *everybody*"]
    say(elsewhere, "from there")
    assert len(said(elsewhere)) == 2
    before, after = (one.objects("device", "list", "alice")[0]["installation_id"] for one in (alice, elsewhere))
    assert before != after
    assert alice.error("account", "restore", str(file), "--file-password-file", file_password) == (
        "This account is here already, as the profile 'alice'. It is not replaced: use that one, or delete it first."
    )
    assert elsewhere.error("account", "restore", str(file), "bob", "--file-password-file", file_password)


def test_people_are_told_what_is_to_be_done(alice: Cli, tmp_path: Path, file_password: str) -> None:
    file = str(tmp_path / "alice.backup")
    assert "Restore it with: pystatus account restore" in alice.text(
        "account", "export", "alice", file, "--file-password-file", file_password
    )
    there = Cli(tmp_path / "there").run("account", "restore", file, "Anna", "--file-password-file", file_password)
    assert there.exit_code == 0
    assert "Profile:       Anna" in there.stdout
    assert "The profile 'Anna' opens with the password that it had." in there.stderr


def test_at_a_terminal_the_password_of_the_file_is_asked_for(alice: Cli, tmp_path: Path) -> None:
    file = str(tmp_path / "alice.backup")
    with Terminal(alice.data_dir, "account", "export", "alice", file, PYSTATUS_PASSWORD=PASSWORD) as screen:
        for question in ("New password of the file", "The same again"):
            screen.expect(f"{question}: ")
            screen.type(f"{FILE_PASSWORD}\n")
        screen.expect("The profile 'alice' is in")
        assert screen.wait() == 0
    other = tmp_path / "other"
    with Terminal(other, "account", "restore", file, PYSTATUS_PASSWORD=PASSWORD) as screen:
        screen.expect("Password of the file: ")
        screen.type("guessed\n")
        screen.expect("is wrong, or the file was changed")
        screen.expect("Password of the file: ")
        screen.type(f"{FILE_PASSWORD}\n")
        screen.expect("It becomes a new device of its account")
        assert screen.wait() == 0
    assert said(Cli(other)) == ["hello *everybody*"]


def test_mistakes_are_told_and_leave_nothing(alice: Cli, tmp_path: Path, file_password: str) -> None:
    (tmp_path / "text").write_text("hello")
    more = ("--file-password-file", file_password)
    assert alice.error("account", "restore", str(tmp_path / "text"), *more) == (
        f"The file {tmp_path}/text is no exported profile. Check that it is the right file."
    )
    assert "No such file or directory" in alice.error("account", "restore", str(tmp_path / "nowhere"), *more)
    assert alice.error("account", "export", "alice", str(tmp_path / "text"), *more, code=2) == (
        f"FILE: the file {tmp_path}/text is there already. Name another one, or remove it."
    )
    alice.text("account", "export", "alice", str(tmp_path / "file"), *more)
    elsewhere = Cli(tmp_path / "there")
    wrong = private(tmp_path / "wrong", "guessed password")
    sentence = elsewhere.error("account", "restore", str(tmp_path / "file"), "--file-password-file", wrong)
    assert "is wrong, or the file was changed. Nothing was stored; try again." in sentence
    assert "guessed" not in sentence
    assert contents(elsewhere.data_dir) == {}
    short = private(tmp_path / "short", "short")
    assert "at least 6 characters" in alice.error(
        "account", "export", "alice", str(tmp_path / "x"), "--file-password-file", short
    )


# the database


def test_a_database_is_made_small(alice: Cli) -> None:
    before = said(alice)
    done = alice.object("account", "vacuum", "alice")
    database = Path(alice.object("account", "show", "alice")["directory"]) / "profile.db"
    assert done.keys() == {"event", "name", "bytes_before", "bytes", "bytes_won", "rows_removed"}
    assert done["bytes"] == database.stat().st_size
    assert done["bytes_won"] == max(0, done["bytes_before"] - done["bytes"])
    assert "The database of 'alice' has " in alice.text("account", "vacuum", "alice")
    assert said(alice) == before


# a chat


@pytest.mark.parametrize(
    ("name", "beginning"), [("chat.html", "<!doctype html>"), ("chat.jsonl", "{"), ("chat.txt", "#status (public)")]
)
def test_a_chat_is_written_as_the_file_is_called(alice: Cli, tmp_path: Path, name: str, beginning: str) -> None:
    file = tmp_path / name
    out = alice.object("conversation", "export", "alice", "#status", str(file))
    assert out == {
        "event": "exported", "chat": "status", "chat_kind": "public", "chat_name": None, "file": str(file),
        "format": {".html": "html", ".jsonl": "json", ".txt": "text"}[file.suffix], "bytes": file.stat().st_size,
    }  # fmt: skip
    assert file.read_text().startswith(beginning)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "is there already. Name another one, or add --overwrite." in alice.error(
        "conversation", "export", "alice", "#status", str(file), code=2
    )
    assert alice.text("conversation", "export", "alice", "#status", str(file), "--overwrite").startswith(
        "#status is in"
    )


def test_an_ending_of_another_format_is_refused(alice: Cli, tmp_path: Path) -> None:
    command = ("conversation", "export", "alice", "#status", str(tmp_path / "chat.pdf"))
    assert alice.error(*command, code=2) == (
        "FILE: a chat is written as .html, .jsonl or .txt, and not as .pdf. Call the file otherwise, or add --format."
    )
    assert not list(tmp_path.glob("chat*"))
    assert alice.object(*command, "--format", "text")["format"] == "text"


def test_without_a_file_it_is_printed(alice: Cli) -> None:
    assert "hello *everybody*" in alice.text("conversation", "export", "alice", "#status")
    head, message = alice.objects("conversation", "export", "alice", "status")
    assert (head["event"], message["text"]) == ("transcript", "hello *everybody*")
    page = alice.text("conversation", "export", "alice", "#status", "--format", "html")
    assert "hello <em>everybody</em>" in page
    refused = alice.run("conversation", "export", "alice", "#status", "--format", "html", "--json")
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "leave --format out, or name a FILE" in refused.stderr


def test_a_chat_that_is_not_here(alice: Cli, tmp_path: Path) -> None:
    assert alice.error("conversation", "export", "alice", "#nowhere", str(tmp_path / "x")) == (
        "There is no such chat in this profile. Those that there are: pystatus history"
    )
    assert not (tmp_path / "x").exists()
