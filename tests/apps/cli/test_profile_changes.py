"""``pystatus account rename``, ``password``, ``delete``, and ``recover`` and ``import`` of an account that is here."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pystatus import PrivateKey, Profiles
from tests.apps.support import PASSWORD, Cli, Terminal, contents

WORDS = "test test test test test test test test test test test junk"
NEW = "another password"
LOST = "its history, its chats, and what was waiting to be sent"
HERE = (
    f"This account is here already, as the profile 'alice'. With the old password, {LOST} are kept (it is changed with:"
    " pystatus account password); with any other one they are lost."
)


def private(path: Path, text: str) -> str:
    path.write_text(text)
    path.chmod(0o600)
    return str(path)


@pytest.fixture
def words(tmp_path: Path) -> str:
    return private(tmp_path / "words", WORDS)


@pytest.fixture
def new(tmp_path: Path) -> str:
    return private(tmp_path / "new", f"{NEW}\n")


@pytest.fixture
def alice(cli: Cli, words: str) -> Cli:
    """Alice with a message that waits to be sent: no relay is there."""
    cli.object("account", "recover", "alice", "--words-file", words)
    peer = f"enode://{'a979fb575495b8d6db44f750317d0f4622bf4c2aa3365d6af7c284339968eef29b69ad0dce72a4d8db5ebb4968de0e3bec910127f134779fbcb0cb6d3331163c'}@127.0.0.1:9"
    assert cli.run("send", "alice", "#status", "hello", "--peer", peer, "--timeout", "0").exit_code == 3
    return cli


def said(cli: Cli, password: str, name: str = "alice") -> list[str]:
    cli.environment["PYSTATUS_PASSWORD"] = password
    return [str(one["chat"]) for one in cli.objects("history", name)]


def test_a_password_is_changed_and_nothing_is_lost(alice: Cli, new: str) -> None:
    before = alice.object("account", "show", "alice")
    result = alice.run("account", "password", "alice", "--new-password-file", new, "--json")
    assert (result.exit_code, result.stderr) == (0, "")
    assert alice.object("account", "show", "alice") == before
    assert said(alice, NEW) == ["status"]
    alice.environment["PYSTATUS_PASSWORD"] = PASSWORD
    assert alice.error("history", "alice").startswith("The password of 'alice' is wrong.")


def test_a_new_password_is_not_asked_for_where_the_old_one_is_wrong(alice: Cli, new: str) -> None:
    before = contents(alice.data_dir)
    alice.environment["PYSTATUS_PASSWORD"] = "guessed"
    wrong = (
        "The password of 'alice' is wrong. Nothing was changed; try again. If it is forgotten: pystatus account recover"
    )
    assert alice.error("account", "password", "alice", "--new-password-file", new) == wrong
    alice.environment["PYSTATUS_PASSWORD"] = PASSWORD
    assert alice.error("account", "password", "alice").startswith(
        "New password cannot be asked for"
    )  # never the variable
    assert contents(alice.data_dir) == before


def test_at_a_terminal_both_passwords_are_asked_for(alice: Cli) -> None:
    with Terminal(alice.data_dir, "account", "password", "alice") as screen:
        for question, answer in (("Password", PASSWORD), ("New password", NEW), ("The same again", NEW)):
            screen.expect(f"{question}: ")
            screen.type(f"{answer}\n")
        screen.expect("The password of 'alice' was changed.")
        assert screen.wait() == 0
    assert not {PASSWORD, NEW} & set(screen.screen.splitlines())
    assert said(alice, NEW) == ["status"]


def test_recovering_an_account_that_is_here_says_so_and_what_would_be_lost(alice: Cli, words: str) -> None:
    before = contents(alice.data_dir)
    sentence = alice.error("account", "recover", "--words-file", words)
    assert sentence == f"{HERE} Nothing was done; with --set-password it gets the password that you give."
    assert contents(alice.data_dir) == before


def test_a_forgotten_password_is_replaced_and_the_history_is_lost(alice: Cli, words: str, new: str) -> None:
    arguments = ("account", "recover", "--words-file", words, "--set-password", "--password-file", new)
    shown = alice.object(*arguments)
    assert (shown["name"], shown["history"]) == ("alice", "lost")
    assert said(alice, NEW) == []
    assert alice.run(*arguments).stderr.startswith("The profile 'alice' opens with this password, and nothing")
    alice.environment["PYSTATUS_PASSWORD"] = PASSWORD
    assert alice.error("history", "alice").startswith("The password of 'alice' is wrong.")


def test_the_right_password_keeps_the_history_although_the_keys_were_lost(alice: Cli, words: str) -> None:
    for file in (Path(alice.object("account", "show", "alice")["directory"]) / "keystore").iterdir():
        file.write_bytes(b"")
    assert alice.object("account", "recover", "--words-file", words, "--set-password")["history"] == "kept"
    assert said(alice, PASSWORD) == ["status"]


def test_at_a_terminal_the_person_decides_what_becomes_of_the_history(alice: Cli, words: str) -> None:
    before = contents(alice.data_dir)
    for answer in ("n", "y"):
        with Terminal(alice.data_dir, "account", "recover", "--words-file", words) as screen:
            screen.expect("with any other one they are lost.")
            screen.expect("Set a new password for it? [y/N] ")
            screen.type(f"{answer}\n")
            if answer == "n":
                screen.expect("Nothing was done. The profile and its password are what they were.")
                assert screen.wait() == 1
                assert contents(alice.data_dir) == before
                continue
            for question in ("New password: ", "The same again: "):
                screen.expect(question)
                screen.type(f"{NEW}\n")
            screen.expect(f"has a new password, and begins anew: {LOST} are gone.")
            assert screen.wait() == 0
    assert said(alice, NEW) == []


def test_the_private_key_of_an_imported_account_does_as_well(cli: Cli, tmp_path: Path, new: str) -> None:
    key = private(tmp_path / "key", "01" * 32)
    cli.object("account", "import", "bot", "--key-file", key)
    assert cli.error("account", "import", "bot", "--key-file", key).startswith("This account is here already")
    arguments = ("account", "import", "--key-file", key, "--set-password", "--password-file", new)
    assert cli.object(*arguments)["history"] == "lost"
    assert said(cli, NEW, "bot") == []


def test_a_profile_is_renamed(alice: Cli) -> None:
    alice.add_profile("bob")
    before = alice.object("account", "show", "alice")
    assert alice.object("account", "rename", "alice", "Anna") == {**before, "name": "Anna"}
    assert said(alice, PASSWORD, "anna") == ["status"]
    taken = "There is a profile called 'bob' already. Choose another name."
    assert alice.error("account", "rename", "Anna", "BOB") == taken
    assert alice.object("account", "rename", "Anna", "ANNA")["name"] == "ANNA"
    assert "slash" in alice.error("account", "rename", "Anna", "a/b", code=2)


@pytest.mark.requirement("AC-31")
def test_a_profile_is_deleted_with_everything_of_it(alice: Cli, words: str) -> None:
    bob = alice.add_profile("bob")
    before = contents(alice.data_dir)
    doomed = alice.object("account", "show", "alice")
    sentence = alice.error("account", "delete", "alice")
    assert sentence == (
        f"Nothing was done. With --yes, this happens: The profile 'alice' ({doomed['alias']}) is deleted with its keys"
        " and its history."
    )
    assert contents(alice.data_dir) == before
    assert alice.object("account", "delete", "alice", "--yes") == {**doomed, "deleted": True}
    assert alice.objects("account", "list") == [bob]
    assert not [path for path in alice.data_dir.rglob("*") if doomed["key_uid"] in str(path)]
    assert "history" not in alice.object("account", "recover", "alice", "--words-file", words)  # it is new here


def test_at_a_terminal_the_person_decides_about_deleting(alice: Cli) -> None:
    for answer, code in (("", 1), ("yes", 0)):
        with Terminal(alice.data_dir, "account", "delete", "alice") as screen:
            screen.expect("Only its recovery words, or its private key, bring the account back.")
            screen.expect("Delete it? [y/N] ")
            screen.type(f"{answer}\n")
            assert screen.wait() == code
        assert bool(alice.objects("account", "list")) is (code == 1)


@pytest.mark.parametrize("command", ["rename", "password", "delete", "recover"])
def test_what_is_in_use_stays_as_it_is(alice: Cli, words: str, new: str, command: str) -> None:
    from pystatus.storage.locks import locked

    arguments = {
        "rename": ("alice", "anna"),
        "password": ("alice", "--new-password-file", new),
        "delete": ("alice", "--yes"),
        "recover": ("--words-file", words, "--set-password"),
    }[command]
    directory = Path(alice.object("account", "show", "alice")["directory"])
    with locked(directory / "lock", "It", "Stop."):
        assert alice.error("account", command, *arguments).startswith("The profile 'alice' is in use by process ")
    assert said(alice, PASSWORD) == ["status"]


def test_a_profile_that_is_in_use_is_told_before_anything_is_asked(alice: Cli, words: str) -> None:
    nobody = ("--peer", f"enode://{PrivateKey.generate(os.urandom).public_key.xy.hex()}@127.0.0.1:1")
    profiles = Profiles(alice.data_dir)
    with profiles.unlock(profiles.find("alice"), PASSWORD):
        for command in (
            ("account", "password", "alice"),
            ("account", "delete", "alice"),
            ("account", "recover", "--words-file", words),
            ("device", "renew", "alice"),
            ("send", "alice", "somewhere", "hello", *nobody),
            ("listen", "alice", *nobody),
            ("fetch", "alice", "--mailserver", nobody[1]),
        ):
            with Terminal(alice.data_dir, *command) as screen:
                assert screen.wait() == 1
            assert screen.screen.startswith("The profile 'alice' is in use by process "), command
